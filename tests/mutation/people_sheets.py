"""What people do to sheets and books: rename, copy, delete, add, unprotect, change a list."""

from __future__ import annotations

from tests.mutation.book import EMPTY, TEXT, Book, Cell, Sheet
from tests.mutation.edits import delete_cols
from tests.mutation.hand import CannotError, Hand, mutation

SHEETS = "sheets"
TITLES = ("Sheet1", "我的表", "2024年申报", "申报表(2)", "表一'终稿'版", "申报表终")


@mutation(SHEETS, intact=True)
def delete_hidden_sheets(hand: Hand) -> None:
    gone = {sheet.name for sheet in hand.book.sheets if sheet.state != "visible"}
    if not gone:
        raise CannotError
    _drop(hand.book, gone)


def _drop(book: Book, gone: set[str]) -> None:
    book.sheets = [sheet for sheet in book.sheets if sheet.name not in gone]
    book.names = [item for item in book.names if item.sheet not in gone]
    book.names = [
        item._replace(refers_to="#REF!") if any(name in item.refers_to.partition("!")[0] for name in gone) else item
        for item in book.names
    ]


@mutation(SHEETS, intact=True)
def rename_sheet(hand: Hand) -> None:
    hand.rename(hand.rnd.choice([title for title in TITLES if title not in {s.name for s in hand.book.sheets}]))


@mutation(SHEETS, intact=True)
def copy_sheet_to_a_new_book(hand: Hand) -> None:
    """The sheet with its hidden column in a book of its own: no names, no other sheets, no rules."""
    sheet = hand.sheet
    sheet.validations = []
    if not hand.key_column:
        raise CannotError
    hand.book.sheets, hand.book.names, hand.book.properties = [sheet], [], []
    hand.book.structure_locked = False
    if hand.rnd.random() < 0.5:
        hand.rename("Sheet1")
    if hand.rnd.random() < 0.3:
        hand.book.sheets.append(Sheet("Sheet2"))


@mutation(SHEETS, "report")
def copy_sheet_without_its_keys(hand: Hand) -> None:
    """What can be seen copied into a new book: nothing says any more whose form it is."""
    copy_sheet_to_a_new_book(hand)
    delete_cols(hand.book, hand.sheet, hand.key_column)
    hand.sheet.protected = False
    hand.demand_whole("IDN01")


@mutation(SHEETS, "report")
def copy_sheet_in_its_book(hand: Hand) -> None:
    """A second form in the book, that says something else."""
    other = hand.sheet.copy()
    name = f"{hand.book.form} (2)"
    if any(sheet.name == name for sheet in hand.book.sheets):
        raise CannotError
    other.name = name
    place = hand.an_answer()
    other.cells[place] = other.cells[place]._replace(kind=TEXT, text="另一种说法", formula=None, tags=(hand.tag,))
    hand.book.sheets.append(other)
    hand.demand_whole("TPL02", cell=True)


@mutation(SHEETS)
def keep_a_backup_sheet(hand: Hand) -> None:
    """The same sheet twice."""
    if any(sheet.name == "备份" for sheet in hand.book.sheets):
        raise CannotError
    other = hand.sheet.copy()
    other.name = "备份"
    hand.book.sheets.append(other)


@mutation(SHEETS, "report")
def add_a_sheet(hand: Hand) -> None:
    name = hand.rnd.choice(("附表", "测算", "Sheet9"))
    if any(sheet.name == name for sheet in hand.book.sheets):
        raise CannotError
    cells = {(row, 1): Cell(TEXT, f"附注{row}", tags=(hand.tag,)) for row in range(1, hand.rnd.randint(2, 20))}
    hand.book.sheets.insert(hand.rnd.choice((0, len(hand.book.sheets))), Sheet(name, cells=cells))
    hand.demand_whole("TPL22", cell=True)


@mutation(SHEETS, "report")
def write_on_the_guide(hand: Hand) -> None:
    guides = [sheet for sheet in hand.book.sheets if sheet.state == "visible" and sheet.name == "填报说明"]
    guide = hand.one(guides)
    guide.cells[guide.last_row + hand.rnd.randint(1, 4), hand.rnd.randint(1, 5)] = Cell(
        TEXT, "请电话联系我", tags=(hand.tag,)
    )
    hand.demand_whole("TPL22", cell=True)


@mutation(SHEETS)
def show_hidden_sheets(hand: Hand) -> None:
    for sheet in hand.book.sheets:
        sheet.state = "visible"


@mutation(SHEETS, "report")
def unprotect(hand: Hand) -> None:
    if not hand.sheet.protected:
        raise CannotError
    hand.sheet.protected = False
    hand.book.structure_locked = False
    hand.demand_whole("TPL18")


@mutation(SHEETS, "report")
def lose_the_rules(hand: Hand) -> None:
    if not hand.sheet.validations:
        raise CannotError
    hand.sheet.validations = []
    hand.demand_whole("TPL19")


@mutation(SHEETS, "report")
def change_a_list(hand: Hand) -> None:
    """A word of one's own in a drop-down's list."""
    lists = hand.one(sheet for sheet in hand.book.sheets if sheet.name == "_lists")
    place = hand.one(place for place, cell in lists.cells.items() if not cell.empty and place[0] > 1)
    lists.cells[place] = Cell(TEXT, hand.rnd.choice(("自定", "随便")), tags=(hand.tag,))
    hand.demand_whole("TPL27", cell=True)


@mutation(SHEETS)
def lose_the_names(hand: Hand) -> None:
    hand.book.names = []


@mutation(SHEETS)
def lose_some_names(hand: Hand) -> None:
    hand.book.names = [item for item in hand.book.names if hand.rnd.random() < 0.6]


@mutation(SHEETS)
def clear_some_keys(hand: Hand) -> None:
    """Cells of the hidden column emptied."""
    col = hand.key_column
    keys = [place for place, cell in hand.sheet.cells.items() if place[1] == col and not cell.empty and place[0] > 1]
    for place in hand.rnd.sample(keys, min(len(keys), hand.rnd.choice((1, 3, 10)))):
        hand.sheet.cells[place] = hand.sheet.cells[place]._replace(kind=EMPTY, text="")
