"""Edits that a real LibreOffice carries out on a form, and the same edits on the book: both must read alike."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.clients.libreoffice import Book as Open
from tests.clients.libreoffice import LibreOffice, LibreOfficeError
from tests.mutation.book import Book
from tests.mutation.edits import delete_cols, delete_rows, insert_cols, insert_rows
from tests.mutation.hand import CannotError, Hand
from tests.mutation.issue import fill, pick
from tests.mutation.people_rows import _reorder as reorder
from tests.mutation.people_rows import _single as single
from tests.mutation.people_sheets import delete_hidden_sheets
from tests.mutation.same import differences
from tests.mutation.saves import emit
from xltool.addresses import a1, letters
from xltool.excel.read import read_bytes
from xltool.model.workbook import RawWorkbook

MARKS = "conditional formats"  # LibreOffice splits and joins them as it likes
RULE = " validation "  # they do not follow columns, break where sheets are deleted, and new rows take them over
LETTERS = tuple(letters(col) for col in range(1, 27))
NO_GRID = ("name ", "links", "property ", "structure")  # names and links to the old book go with a copied sheet there
INSERTED = "a column inserted before"  # a hidden one: there the new one is hidden too
COPIED = "copied to a new book"
Do = Callable[[Open, str], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what a person does in LibreOffice, and what the model does."""

    name: str
    by_hand: Do
    by_model: Callable[[Hand], None]
    loses_rules: bool = False
    new_rows: tuple[int, ...] = ()


def _rows(command: str, first: int, count: int) -> Do:
    return lambda book, sheet: book.dispatch(command, sheet, f"{first}:{first + count - 1}")


def _columns(command: str, first: int, count: int = 1) -> Do:
    return lambda book, sheet: book.dispatch(command, sheet, f"{letters(first)}:{letters(first + count - 1)}")


def _insert_rows(hand: Hand) -> Edit:
    at, count = hand.rnd.randint(2, hand.sheet.last_row), hand.rnd.choice((1, 1, 2))
    return Edit(
        f"{count} rows inserted above {at}",
        _rows(".uno:InsertRowsBefore", at, count),
        lambda hand: insert_rows(hand.book, hand.sheet, at, count),
        new_rows=tuple(range(at, at + count)),
    )


def _delete_rows(hand: Hand) -> Edit:
    at, count = hand.rnd.randint(2, hand.sheet.last_row - 2), hand.rnd.choice((1, 1, 2))
    return Edit(
        f"{count} rows deleted from {at}",
        _rows(".uno:DeleteRows", at, count),
        lambda hand: delete_rows(hand.book, hand.sheet, at, count, keep_text=False),
    )


def _insert_column(hand: Hand) -> Edit:
    at = hand.rnd.randint(2, hand.sheet.last_col)
    return Edit(
        f"{INSERTED} {letters(at)}",
        _columns(".uno:InsertColumnsBefore", at),
        lambda hand: insert_cols(hand.book, hand.sheet, at),
        loses_rules=True,
    )


def _delete_column(hand: Hand) -> Edit:
    at = hand.rnd.randint(2, hand.sheet.last_col)
    return Edit(
        f"column {letters(at)} deleted",
        _columns(".uno:DeleteColumns", at),
        lambda hand: delete_cols(hand.book, hand.sheet, at, keep_text=False),
        loses_rules=True,
    )


def _hide_rows(hand: Hand) -> Edit:
    at, count = hand.rnd.randint(2, hand.sheet.last_row), hand.rnd.choice((1, 3))
    return Edit(
        f"{count} rows hidden from {at}",
        _rows(".uno:HideRow", at, count),
        lambda hand: hand.sheet.hidden_rows.update(range(at, at + count)),
    )


def _hide_column(hand: Hand) -> Edit:
    at = hand.rnd.randint(1, hand.sheet.last_col)
    return Edit(
        f"column {letters(at)} hidden", _columns(".uno:HideColumn", at), lambda hand: hand.sheet.hidden_cols.add(at)
    )


def _type(hand: Hand) -> Edit:
    """A text into an answer that is one already, through the input line."""
    answers = [place for place, cell in hand.sheet.cells.items() if cell.slot and cell.format == "@"]
    place, text = (
        hand.rnd.choice(answers),
        hand.rnd.choice(("≥85%", "1/2", "00123", "约100左右", "=", "48.00(家)", "１００")),
    )

    def by_model(hand: Hand) -> None:
        cells = hand.sheet.cells
        here = next(at for at, cell in cells.items() if cell.slot == slot)
        cells[here] = cells[here]._replace(kind="s", text=text)

    slot = hand.sheet.cells[place].slot
    return Edit(f"{text!r} typed into {a1(*place)}", lambda open_, sheet: _typed(open_, sheet, place, text), by_model)


def _typed(book: Open, sheet: str, place: tuple[int, int], text: str) -> None:
    book.type(sheet, a1(*place), text)


def _rename(hand: Hand) -> Edit:
    name = hand.rnd.choice(("Sheet1", "我的表", "2024年申报", "申报表(2)", "申报 表"))
    return Edit(f"renamed {name}", lambda book, sheet: book.rename_sheet(sheet, name), lambda hand: hand.rename(name))


def _without_hidden_sheets(hand: Hand) -> Edit:
    hidden = [sheet.name for sheet in hand.book.sheets if sheet.state != "visible"]

    def by_hand(opened: Open, _: str) -> None:
        for name in hidden:
            opened.remove_sheet(name)

    return Edit("hidden sheets deleted", by_hand, delete_hidden_sheets, loses_rules=True)


def _copy_to_a_new_book(_: Hand) -> Edit:
    return Edit(COPIED, lambda book, sheet: book.copy_to_new_book(sheet), _alone, loses_rules=True)


def _alone(hand: Hand) -> None:
    hand.book.sheets, hand.book.names, hand.book.properties = [hand.sheet], [], []
    hand.book.structure_locked = False


def _sort(hand: Hand) -> Edit:
    """The answers of one part sorted by their first column, given texts that have one order everywhere.

    LibreOffice sorts no merged cells.
    """
    cells, rows_of = hand.sheet.cells, defaultdict(list)
    for row, part in single(hand).items():
        rows_of[part].append(row)
    merged = {area.top for area in hand.sheet.merges if area.top == area.bottom}
    rows = hand.one(rows for rows in rows_of.values() if len(rows) > 1 and merged.isdisjoint(rows))
    columns = sorted({col for row, col in cells if row in rows and cells[row, col].slot})
    for row, number in zip(rows, hand.rnd.sample(range(100, 999), len(rows)), strict=True):
        cells[row, columns[0]] = cells[row, columns[0]]._replace(kind="s", text=f"n{number}")
    area = f"{a1(rows[0], columns[0])}:{a1(rows[-1], columns[-1])}"

    def by_model(hand: Hand) -> None:
        order = sorted(rows, key=lambda row: hand.sheet.cells[row, columns[0]].text)
        reorder(hand, rows, order, columns)

    return Edit(f"sorted {area}", lambda opened, sheet: opened.sort(sheet, area, 0), by_model)


EDITS: tuple[Callable[[Hand], Edit], ...] = (
    _insert_rows, _insert_rows, _delete_rows, _delete_rows, _insert_column, _delete_column, _hide_rows, _hide_column,
    _type, _rename, _without_hidden_sheets, _copy_to_a_new_book, _sort, _sort,
)  # fmt: skip


def unlike(office: LibreOffice, seed: int, folder: Path) -> tuple[str, list[str]]:
    """What was done to the form of this seed, and where the program's file and the model's read otherwise."""
    rnd = random.Random(seed)
    made = pick(rnd)
    hand = Hand(rnd, made, fill(made, rnd))
    hand.sheet.protected = False  # as somebody must have made it who inserts rows
    edit = _some_edit(hand)
    source, saved = folder / f"{seed}.xlsx", folder / f"{seed}-saved.xlsx"
    source.write_bytes(emit(hand.book))
    _carry_out(office, edit, hand.book.form, source, saved)
    edit.by_model(hand)
    book = hand.book
    formulas = _formulas(book)
    lines = differences(_read(saved.read_bytes()), _read(emit(book, "libreoffice")), formulas)
    if edit.name == COPIED:  # there formulas still know the names of the old book
        lines = [line for line in lines if line.partition(": ")[0] not in formulas]
    return edit.name, [line for line in lines if not _its_own(line, edit)]


def _some_edit(hand: Hand) -> Edit:
    while True:
        with suppress(CannotError):
            return hand.rnd.choice(EDITS)(hand)


def _carry_out(office: LibreOffice, edit: Edit, form: str, source: Path, saved: Path) -> None:
    """The edit in the program, which now and then dies of a copied sheet: then once more in a new one."""
    for last in (False, False, True):
        try:
            with office.open(source) as opened:
                edit.by_hand(opened, form)
                opened.save(saved)
        except LibreOfficeError:
            office.stop()
            if last:
                raise
        else:
            return


def _its_own(line: str, edit: Edit) -> bool:
    """Whether a difference is LibreOffice's own way, which the model leaves to Excel's or has no need of."""
    key, _, values = line.partition(": ")
    if edit.name == COPIED and key.startswith(NO_GRID):
        return True
    if RULE in line:
        return edit.loses_rules or key.endswith(tuple(f"{letter}{row}" for row in edit.new_rows for letter in LETTERS))
    if edit.name.startswith(INSERTED) and key.endswith("hidden columns"):
        return True
    lost = key.startswith("name ") and all("#ref!" in value for value in values.lower().split(" | "))
    return lost or MARKS in key


def _formulas(book: Book) -> set[str]:
    """LibreOffice calculates what an edit touches."""
    return {
        f"{sheet.name} {a1(*place)}" for sheet in book.sheets for place, cell in sheet.cells.items()
        if cell.formula is not None
    }  # fmt: skip


def _read(data: bytes) -> RawWorkbook:
    found, findings = read_bytes(data)
    assert found is not None, findings
    return found
