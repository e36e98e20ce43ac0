"""What people do to columns: insert, delete, widen, hide, swap."""

from __future__ import annotations

from tests.mutation.book import EMPTY, Area, Cell
from tests.mutation.edits import delete_cols, insert_cols
from tests.mutation.hand import CannotError, Hand, mutation
from xltool.model.form import Tree

COLUMNS = "columns"


@mutation(COLUMNS, intact=True, weight=2)
def insert_blank_column(hand: Hand) -> None:
    insert_cols(hand.book, hand.sheet, hand.rnd.randint(1, hand.form_columns + 2))


@mutation(COLUMNS, "report")
def insert_filled_column(hand: Hand) -> None:
    """A column of one's own, with a heading and a few texts, where no merged area grows over it."""
    col = hand.rnd.randint(2, hand.form_columns + 1)
    insert_cols(hand.book, hand.sheet, col)
    free = [
        row for row in range(2, hand.sheet.last_row + 1) if hand.sheet.merge_at(row, col) == Area(row, col, row, col)
    ]
    for row in hand.rnd.sample(free, min(len(free), 3)):
        hand.type((row, col), "自己加的一列")
    hand.demand("TPL16 TPL17 TPL13 TPL24", or_read=True)


@mutation(COLUMNS, intact=True)
def widen_columns(hand: Hand) -> None:
    for col in hand.rnd.sample(range(1, hand.form_columns + 1), 2):
        hand.sheet.widths[col] = hand.rnd.choice((5.0, 30.0, 60.0))


@mutation(COLUMNS)
def delete_key_column(hand: Hand) -> None:
    if not hand.key_column:
        raise CannotError
    delete_cols(hand.book, hand.sheet, hand.key_column)


@mutation(COLUMNS)
def delete_check_column(hand: Hand) -> None:
    col = hand.one({place[1] for place, cell in hand.sheet.cells.items()
                    if cell.formula is not None and place[1] > hand.form_columns})  # fmt: skip
    delete_cols(hand.book, hand.sheet, col)


@mutation(COLUMNS, "report")
def delete_answer_column(hand: Hand) -> None:
    """A column of the table of indicators, heading and answers."""
    places = hand.answers(lambda slot: bool(slot.part or (slot.answer and slot.block == "indicators")))
    place = hand.one(places)
    delete_cols(hand.book, hand.sheet, place[1], keep_text=hand.rnd.random() < 0.7)
    hand.demand_whole("TPL11 TPL14 TPL25 TPL13 TPL24")


@mutation(COLUMNS)
def hide_column(hand: Hand) -> None:
    """A column folded away: what stands in it is read, and told."""
    place = hand.an_answer()
    hand.sheet.hidden_cols.add(place[1])
    hand.demand_whole("TPL20", cell=True)


@mutation(COLUMNS)
def show_key_column(hand: Hand) -> None:
    """The hidden column unfolded: nothing more is to be read."""
    hand.sheet.hidden_cols.discard(hand.key_column)


@mutation(COLUMNS)
def swap_two_columns(hand: Hand) -> None:
    """Two columns of the indicators change places, headings and all."""
    tree = next(block for block in hand.made.form.blocks if isinstance(block, Tree))
    rows = [row for part, rows in hand.sections().items() if part in {leaf.key for leaf in tree.leaves} for row in rows]
    columns = sorted({col for row, col in hand.sheet.cells if row in rows and hand.sheet.cells[row, col].slot})
    pairs = [(one, two) for one in columns for two in columns if one < two]
    one, two = hand.one(pairs)
    top = min(rows) - 1
    wide = [area for area in hand.sheet.merges if area.bottom >= top and area.top <= max(rows)
            and (area.left in (one, two) or area.right in (one, two))]  # fmt: skip
    if wide or min(len(rows), top) < 2:
        raise CannotError
    cells = hand.sheet.cells
    for row in range(top, max(rows) + 1):
        left, right = cells.get((row, one), Cell(EMPTY, "")), cells.get((row, two), Cell(EMPTY, ""))
        cells[row, one], cells[row, two] = right, left
