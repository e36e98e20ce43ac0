"""What people do to rows: insert, delete, move, sort, hide, copy."""

from __future__ import annotations

from tests.mutation.book import EMPTY, Cell, Place
from tests.mutation.edits import delete_rows, insert_rows, relocate_row
from tests.mutation.hand import CannotError, Hand, mutation
from tests.mutation.issue import NUMERIC
from tests.mutation.words import NAMES
from xltool.model.layout import Slot

ROWS = "rows"


@mutation(ROWS, intact=True, weight=3)
def insert_blank_row(hand: Hand) -> None:
    last = hand.sheet.last_row
    insert_rows(hand.book, hand.sheet, hand.rnd.randint(2, last + 1), hand.rnd.choice((1, 1, 2)))


@mutation(ROWS, intact=True)
def insert_row_at_top(hand: Hand) -> None:
    insert_rows(hand.book, hand.sheet, 1, hand.rnd.choice((1, 2)))


@mutation(ROWS, "report", weight=2)
def insert_filled_row(hand: Hand) -> None:
    """A row of one's own in a repeating part, written like the others."""
    section = hand.one(rows for rows in hand.sections().values() if len(rows) > 1)
    row = hand.one(section[1:])
    places = [place for place, cell in hand.sheet.cells.items() if place[0] == row - 1 and cell.slot]
    if not places:
        raise CannotError
    slots = {place: hand.made.slots[hand.sheet.cells[place].slot] for place in places}
    insert_rows(hand.book, hand.sheet, row)
    for (_, col), slot in slots.items():
        if hand.sheet.merge_at(row, col)[:2] == (row, col):
            _write_own(hand, (row, col), slot)
    hand.demand("TPL17 TPL16", or_read=True)


def _write_own(hand: Hand, place: Place, slot: Slot) -> None:
    if slot.answer is not None and slot.answer.type in NUMERIC:
        hand.enter(place, str(hand.rnd.randint(1, 90)))
    else:
        texts = {"operator": "=", "value": "9", "measure": "个", "name": f"{hand.rnd.choice(NAMES)}（新增）"}
        hand.type(place, texts.get(slot.part, "自己加的"))


@mutation(ROWS, "report", weight=2)
def delete_filled_row(hand: Hand) -> None:
    """A repeating row with answers: gone, and told by its key."""
    row = hand.one(row for rows in hand.sections().values() for row in rows if hand.filled(row))
    _delete(hand, row)


@mutation(ROWS, "report")
def delete_spare_row(hand: Hand) -> None:
    row = hand.one(row for rows in hand.sections().values() for row in rows if not hand.filled(row))
    _delete(hand, row)


def _delete(hand: Hand, row: int) -> None:
    key = hand.key_of(row)
    slices = 1 + sum(other.partition("+")[0] == key and other != key for _, other in hand.made.layout.row_keys)
    delete_rows(hand.book, hand.sheet, row, slices, keep_text=hand.rnd.random() < 0.7)
    hand.demand("TPL05 TPL04 TPL29", key)


@mutation(ROWS, "report")
def delete_fixed_row(hand: Hand) -> None:
    """The row of a field or line with all that stands in it."""
    rows = hand.rows()
    row = hand.one(row for row, key in rows.items() if "#" not in key)
    last = max(
        hand.sheet.merge_at(*place).bottom for place, cell in hand.sheet.cells.items() if place[0] == row and cell.slot
    )
    keys = [cell.slot for place, cell in hand.sheet.cells.items() if place[0] == row and cell.slot]
    delete_rows(hand.book, hand.sheet, row, last - row + 1, keep_text=False)
    hand.demand("TPL04 TPL11 TPL12 TPL25", *keys)


@mutation(ROWS)
def delete_first_slice(hand: Hand) -> None:
    """The first of the rows a long answer is merged over; the program keeps what stood in it, or not."""
    tall = [
        area.top
        for area in hand.sheet.merges
        if area.bottom > area.top and hand.sheet.cells.get(area[:2], Cell(EMPTY, "")).slot
    ]
    delete_rows(hand.book, hand.sheet, hand.one(tall), keep_text=hand.rnd.random() < 0.8)


@mutation(ROWS, "report")
def delete_heading_row(hand: Hand) -> None:
    """A row of captions or headings without answers."""
    own = hand.rows()
    row = hand.one({row for row, _ in hand.captions() if row not in own and row > 1})
    delete_rows(hand.book, hand.sheet, row, keep_text=False)
    hand.demand_whole("TPL14 TPL11 TPL05 TPL04 TPL13 TPL01")


@mutation(ROWS)
def move_row_within_its_part(hand: Hand) -> None:
    rows = _single(hand)
    source = hand.one(rows)
    others = [row for row in rows if row != source and rows[row] == rows[source]]
    relocate_row(hand.book, hand.sheet, source, hand.one(others))


@mutation(ROWS, "report")
def move_row_into_another_part(hand: Hand) -> None:
    """Cut and inserted among another level's rows."""
    rows = _single(hand)
    source = hand.one(row for row in rows if hand.filled(row))
    at = hand.one(
        row
        for row, part in rows.items()
        if part != rows[source] and rows.get(row - 1) == part and rows.get(row + 1) == part
    )
    now = relocate_row(hand.book, hand.sheet, source, at)
    for place in hand.filled(now):
        hand.touch(place)
    hand.demand("TPL06 TPL17 TPL24 TPL11 TPL16", or_read=True)


def _single(hand: Hand) -> dict[int, str]:
    """Repeating rows of one sheet row each, with their part; rows inside no taller answer."""
    tall = {row for area in hand.sheet.merges if area.bottom > area.top
            and hand.sheet.cells.get(area[:2], Cell(EMPTY, "")).slot
            for row in range(area.top, area.bottom + 1)}  # fmt: skip
    return {row: part for part, rows in hand.sections().items() for row in rows if row not in tall}


@mutation(ROWS, weight=2)
def sort_answers_of_a_part(hand: Hand) -> None:
    """The answers of a level or table sorted as a block; keys and level names stay."""
    rows = _single(hand)
    part = hand.one(set(rows.values()))
    mine = [row for row in rows if rows[row] == part]
    columns = sorted({col for row, col in hand.sheet.cells if row in mine and hand.sheet.cells[row, col].slot})
    if len(mine) < 2:
        raise CannotError
    order = sorted(mine, key=lambda row: str(hand.sheet.cells.get((row, columns[0]), Cell(EMPTY, "")).text) or "\uffff")
    if hand.rnd.random() < 0.5:
        hand.rnd.shuffle(order)
    _reorder(hand, mine, order, columns)


@mutation(ROWS)
def sort_whole_rows(hand: Hand) -> None:
    """The rows of a part sorted with everything on them, keys and checks too."""
    rows = _single(hand)
    part = hand.one(set(rows.values()))
    mine = [row for row in rows if rows[row] == part]
    first = min(col for row, col in hand.sheet.cells if row in mine and hand.sheet.cells[row, col].slot)
    columns = sorted({col for row, col in hand.sheet.cells if row in mine and col >= first})
    order = list(mine)
    hand.rnd.shuffle(order)
    _reorder(hand, mine, order, columns)


def _reorder(hand: Hand, rows: list[int], order: list[int], columns: list[int]) -> None:
    cells = hand.sheet.cells
    taken = {(row, col): cells.pop((row, col), None) for row in rows for col in columns}
    for row, source in zip(rows, order, strict=True):
        for col in columns:
            cell = taken[source, col]
            if cell is not None:
                cells[row, col] = cell


@mutation(ROWS, "report")
def sort_lines(hand: Hand) -> None:
    """Fixed lines sorted with their labels, while the hidden keys stay."""
    rows = hand.rows()
    lines: dict[str, list[int]] = {}
    for row, key in rows.items():
        if "#" not in key and ":" not in key:
            lines.setdefault(key.partition(".")[0], []).append(row)
    mine = hand.one(found for found in lines.values() if len(found) > 1)
    columns = list(range(1, hand.form_columns + 1))
    order = list(mine)
    hand.rnd.shuffle(order)
    _reorder(hand, mine, order, columns)


@mutation(ROWS)
def hide_rows(hand: Hand) -> None:
    """Rows folded away: what stands in them is read, and told."""
    row = hand.one(hand.rows())
    count = hand.rnd.choice((1, 1, 3))
    hand.sheet.hidden_rows.update(range(row, row + count))
    if any(hand.filled(line) for line in range(row, row + count)):
        hand.demand_whole("TPL20", cell=True)


@mutation(ROWS, "report")
def copy_row(hand: Hand) -> None:
    """A row copied and inserted below itself, its hidden key with it."""
    row = hand.one(row for row in _single(hand) if hand.filled(row))
    cells = {col: cell for (line, col), cell in hand.sheet.cells.items() if line == row}
    insert_rows(hand.book, hand.sheet, row + 1)
    for col, cell in cells.items():
        if hand.sheet.merge_at(row + 1, col)[:2] == (row + 1, col):
            hand.sheet.cells[row + 1, col] = cell._replace(slot="")
            if cell.slot and not cell.empty:
                hand.touch((row + 1, col))
    hand.demand("TPL07 TPL17 TPL16", or_read=True)
