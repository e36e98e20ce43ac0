"""What people do to parts of the form: relabel, blank, split, merge, write beside it, note, paste over."""

from __future__ import annotations

from tests.mutation.book import EMPTY, TEXT, Area, Cell, Comment, Place
from tests.mutation.hand import CannotError, Hand, mutation

BLOCKS = "blocks"


@mutation(BLOCKS, "report", weight=2)
def retype_a_label(hand: Hand) -> None:
    """A caption, heading, label or level's name in words of one's own."""
    place = hand.one(place for place in hand.captions() if place[1] <= hand.form_columns)
    text = hand.sheet.cells[place].text
    hand.type(place, hand.rnd.choice((f"{text}（简要）", text[:-1] or "栏", "改了的栏目", f"{text}*")))
    hand.demand("TPL13 TPL12 TPL16 TPL17")


@mutation(BLOCKS)
def respace_a_label(hand: Hand) -> None:
    """Blanks and line breaks in a caption: still the same caption."""
    place = hand.one(place for place in hand.captions() if place[1] <= hand.form_columns)
    text = hand.sheet.cells[place].text
    at = len(text) // 2
    hand.type(place, text[:at] + hand.rnd.choice((" ", "\n", "\u3000")) + text[at:])


@mutation(BLOCKS, "report")
def clear_a_label(hand: Hand) -> None:
    place = hand.one(place for place in hand.captions() if place[1] <= hand.form_columns)
    hand.clear(place)
    hand.demand_whole("TPL14 TPL13 TPL01")


@mutation(BLOCKS)
def blank_a_block(hand: Hand) -> None:
    """All answers of a part emptied."""
    block = hand.one({slot.block for slot in hand.made.slots.values()})
    for place, cell in list(hand.sheet.cells.items()):
        if cell.slot and hand.made.slots[cell.slot].block == block and not hand.made.slots[cell.slot].locked:
            hand.clear(place)


@mutation(BLOCKS, "report")
def blank_whole_rows(hand: Hand) -> None:
    """A stretch of rows emptied with captions, keys and all."""
    top = hand.rnd.randint(2, hand.sheet.last_row)
    bottom = top + hand.rnd.choice((3, 11))
    gone = [place for place, cell in hand.sheet.cells.items() if top <= place[0] <= bottom and not cell.empty]
    if not {place for place in hand.captions() if place[1] <= hand.form_columns} & set(gone):
        raise CannotError
    for place in gone:
        hand.sheet.cells[place] = Cell(EMPTY, "", hand.sheet.cells[place].format, hand.sheet.cells[place].locked)
    hand.demand_whole("TPL14 TPL04 TPL05 TPL10 TPL11 TPL01 TPL13 TPL25")


@mutation(BLOCKS, "report")
def gut_the_form(hand: Hand) -> None:
    """Every text of the form gone, answers too: never valid, never blank."""
    keys = hand.key_column
    for place, cell in list(hand.sheet.cells.items()):
        if place[1] != keys:
            hand.sheet.cells[place] = Cell(EMPTY, "", cell.format, cell.locked)
    hand.demand_whole("TPL14 TPL01 IDN01")


@mutation(BLOCKS)
def split_a_merged_cell(hand: Hand) -> None:
    """One merged area taken apart; its text stays in its first cell."""
    hand.sheet.merges.remove(hand.one(hand.sheet.merges))


@mutation(BLOCKS)
def split_all_cells(hand: Hand) -> None:
    if not hand.sheet.merges:
        raise CannotError
    hand.sheet.merges = []


@mutation(BLOCKS, "report")
def write_in_a_split_cell(hand: Hand) -> None:
    """A merged answer taken apart, and something written into its second half."""
    area = hand.one(area for area in hand.sheet.merges if hand.sheet.cells.get(area[:2], Cell(EMPTY, "")).slot)
    hand.sheet.merges.remove(area)
    places = [(row, col) for row in range(area.top, area.bottom + 1) for col in range(area.left, area.right + 1)]
    hand.type(hand.one(places[1:]), "补充说明")
    hand.demand("TPL16 TPL17 TPL24", or_read=True)


@mutation(BLOCKS)
def merge_two_answers(hand: Hand) -> None:
    """Two neighbouring answers merged; the second one's content goes, or stays underneath where nobody sees it."""
    place = hand.an_answer()
    mine = hand.sheet.merge_at(*place)
    across = hand.rnd.random() < 0.5
    other_place = (place[0], mine.right + 1) if across else (mine.bottom + 1, place[1])
    other = hand.sheet.cells.get(other_place)
    if other is None or not other.slot:
        raise CannotError
    area = hand.sheet.merge_at(*other_place)
    if (area.top, area.bottom) != (mine.top, mine.bottom) and across:
        raise CannotError
    if (area.left, area.right) != (mine.left, mine.right) and not across:
        raise CannotError
    hand.sheet.merges = [item for item in hand.sheet.merges if item not in (mine, area)]
    hand.sheet.merges.append(Area(place[0], place[1], area.bottom, area.right))
    if hand.rnd.random() < 0.6:
        hand.clear(other_place)


@mutation(BLOCKS, "report", weight=2)
def write_beside_the_form(hand: Hand) -> None:
    """Right of it, below it, in a far corner."""
    right = max(hand.sheet.last_col, hand.form_columns) + hand.rnd.randint(1, 3)
    below = hand.sheet.last_row + hand.rnd.randint(1, 5)
    place = hand.one(((hand.rnd.randint(1, below), right), (below, hand.rnd.randint(1, right)), (300, 40)))
    text = hand.rnd.choice(("此数含下属单位", "制表人：示例人", "待核", "合计"))
    if hand.rnd.random() < 0.2:
        hand.enter(place, "12345.67", "General")
    else:
        hand.put(place, Cell(TEXT, text))
    hand.demand("TPL16 TPL17")


@mutation(BLOCKS, "report")
def write_many_cells_beside(hand: Hand) -> None:
    """A little table of one's own under the form: more cells than one finding lists."""
    top, left = hand.sheet.last_row + 2, hand.rnd.randint(1, 3)
    for row in range(top, top + 8):
        for col in range(left, left + 4):
            hand.put((row, col), Cell(TEXT, f"测算{row}-{col}"))
    hand.demand("TPL16")


@mutation(BLOCKS, "report")
def note_on_a_cell(hand: Hand) -> None:
    place = hand.an_answer()
    hand.sheet.comments.append(Comment(*place, "单位", "这个数待财务确认"))
    hand.demand_whole("TPL21", cell=True)


@mutation(BLOCKS, "report")
def type_over_a_check(hand: Hand) -> None:
    place = hand.one(place for place, cell in hand.sheet.cells.items()
                     if cell.formula is not None and place[0] > 1 and not cell.slot
                     and hand.sheet.merge_at(*place)[:2] == place)  # fmt: skip
    hand.put(place, Cell(TEXT, "没问题"))
    hand.demand("TPL15 TPL16 TPL28 TPL17")


@mutation(BLOCKS, "report")
def paste_over_a_label(hand: Hand) -> None:
    """A block pasted one column too far left: labels are overwritten by answers."""
    place = hand.an_answer(lambda slot: "#" not in slot.key)
    left = [other for other in hand.captions() if other[0] == place[0] and other[1] < place[1]]
    label = max(left, default=None)
    if label is None or hand.sheet.merge_at(*label).right + 1 != place[1]:
        raise CannotError
    cell = hand.sheet.cells[place]
    if len(cell.text) < 2:
        raise CannotError
    hand.put(label, hand.sheet.cells[label]._replace(kind=cell.kind, text=cell.text, format=cell.format))
    hand.clear(place)
    hand.demand("TPL13 TPL12 TPL16")


@mutation(BLOCKS)
def shift_answers_down(hand: Hand) -> None:
    """Answers of a part pasted one row lower than meant: they are read where they stand."""
    sections = {part: rows for part, rows in hand.sections().items() if len(rows) > 2}
    rows = sections[hand.one(sorted(sections))]
    places = sorted((place for row in rows for place in _slots(hand, row)), reverse=True)
    if any(not hand.sheet.cells[place].empty for place in _slots(hand, rows[-1])):
        raise CannotError
    content = {place: hand.sheet.cells[place] for place in places}
    for place in places:
        lower = rows[rows.index(place[0]) + 1] if place[0] != rows[-1] else 0
        if lower and (lower, place[1]) in content:
            _move_content(hand, content[place], (lower, place[1]))
    for place in _slots(hand, rows[0]):
        hand.clear(place)


def _slots(hand: Hand, row: int) -> list[Place]:
    return [place for place, cell in hand.sheet.cells.items() if place[0] == row and cell.slot]


def _move_content(hand: Hand, cell: Cell, place: Place) -> None:
    old = hand.sheet.cells[place]
    hand.sheet.cells[place] = old._replace(
        kind=cell.kind, text=cell.text, format=cell.format, formula=cell.formula, tags=(*cell.tags, hand.tag)
    )
