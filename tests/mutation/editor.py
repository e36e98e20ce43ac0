"""Edits that a real LibreOffice carries out on a form, and the same edits on the book: both must read alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.clients.libreoffice import Book as Open
from tests.clients.libreoffice import LibreOffice
from tests.mutation.book import Book
from tests.mutation.edits import delete_cols, delete_rows, insert_cols, insert_rows
from tests.mutation.issue import fill, pick
from tests.mutation.same import differences
from tests.mutation.saves import emit
from xltool.addresses import a1, letters
from xltool.excel.read import read_bytes
from xltool.model.workbook import RawWorkbook

MARKS = "conditional formats"  # LibreOffice splits and joins them as it likes
RULE = " validation "  # its formulas do not follow columns, and a new row takes over those of the row above
LETTERS = tuple(letters(col) for col in range(1, 27))
Hand = Callable[[Open, str], None]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: what a person does in LibreOffice, and what the model does."""

    name: str
    by_hand: Hand
    by_model: Callable[[Book], None]
    columns: bool = False
    new_rows: tuple[int, ...] = ()


def _rows(command: str, first: int, count: int) -> Hand:
    return lambda book, sheet: book.dispatch(command, sheet, f"{first}:{first + count - 1}")


def _columns(command: str, first: int, count: int = 1) -> Hand:
    return lambda book, sheet: book.dispatch(command, sheet, f"{letters(first)}:{letters(first + count - 1)}")


def _insert_rows(rnd: random.Random, book: Book) -> Edit:
    at, count = rnd.randint(2, book.sheet.last_row), rnd.choice((1, 1, 2))
    return Edit(
        f"{count} rows inserted above {at}",
        _rows(".uno:InsertRowsBefore", at, count),
        lambda book: insert_rows(book, book.sheet, at, count),
        new_rows=tuple(range(at, at + count)),
    )


def _delete_rows(rnd: random.Random, book: Book) -> Edit:
    at, count = rnd.randint(2, book.sheet.last_row - 2), rnd.choice((1, 1, 2))
    return Edit(
        f"{count} rows deleted from {at}",
        _rows(".uno:DeleteRows", at, count),
        lambda book: delete_rows(book, book.sheet, at, count, keep_text=False),
    )


def _insert_column(rnd: random.Random, book: Book) -> Edit:
    at = rnd.randint(2, book.sheet.last_col)
    return Edit(
        f"a column inserted before {letters(at)}",
        _columns(".uno:InsertColumnsBefore", at),
        lambda book: insert_cols(book, book.sheet, at),
        columns=True,
    )


def _delete_column(rnd: random.Random, book: Book) -> Edit:
    at = rnd.randint(2, book.sheet.last_col)
    return Edit(
        f"column {letters(at)} deleted",
        _columns(".uno:DeleteColumns", at),
        lambda book: delete_cols(book, book.sheet, at, keep_text=False),
        columns=True,
    )


def _hide_rows(rnd: random.Random, book: Book) -> Edit:
    at, count = rnd.randint(2, book.sheet.last_row), rnd.choice((1, 3))
    return Edit(
        f"{count} rows hidden from {at}",
        _rows(".uno:HideRow", at, count),
        lambda book: book.sheet.hidden_rows.update(range(at, at + count)),
    )


def _hide_column(rnd: random.Random, book: Book) -> Edit:
    at = rnd.randint(1, book.sheet.last_col)
    return Edit(
        f"column {letters(at)} hidden", _columns(".uno:HideColumn", at), lambda book: book.sheet.hidden_cols.add(at)
    )


def _type(rnd: random.Random, book: Book) -> Edit:
    """A text into an answer that is one already, through the input line."""
    answers = [place for place, cell in book.sheet.cells.items() if cell.slot and cell.format == "@"]
    place, text = rnd.choice(answers), rnd.choice(("≥85%", "1/2", "00123", "约100左右", "=", "48.00(家)", "１００"))

    def by_model(book: Book) -> None:
        cells = book.sheet.cells
        here = next(at for at, cell in cells.items() if cell.slot == slot)
        cells[here] = cells[here]._replace(kind="s", text=text)

    slot = book.sheet.cells[place].slot
    return Edit(f"{text!r} typed into {a1(*place)}", lambda open_, sheet: _typed(open_, sheet, place, text), by_model)


def _typed(book: Open, sheet: str, place: tuple[int, int], text: str) -> None:
    book.type(sheet, a1(*place), text)


EDITS: tuple[Callable[[random.Random, Book], Edit], ...] = (
    _insert_rows, _insert_rows, _delete_rows, _delete_rows, _insert_column, _delete_column, _hide_rows, _hide_column,
    _type,
)  # fmt: skip


def unlike(office: LibreOffice, seed: int, folder: Path) -> tuple[str, list[str]]:
    """What was done to the form of this seed, and where the program's file and the model's read otherwise."""
    rnd = random.Random(seed)
    book = fill(pick(rnd), rnd)
    book.sheet.protected = False  # as somebody must have made it who inserts rows
    edit = rnd.choice(EDITS)(rnd, book)
    source, saved = folder / f"{seed}.xlsx", folder / f"{seed}-saved.xlsx"
    source.write_bytes(emit(book))
    with office.open(source) as opened:
        edit.by_hand(opened, book.form)
        opened.save(saved)
    edit.by_model(book)
    lines = differences(_read(saved.read_bytes()), _read(emit(book, "libreoffice")), _formulas(book))
    return edit.name, [line for line in lines if not _its_own(line, edit)]


def _its_own(line: str, edit: Edit) -> bool:
    """Whether a difference is LibreOffice's own way, which the model leaves to Excel's or has no need of."""
    key, _, values = line.partition(": ")
    if RULE in line:
        return edit.columns or key.endswith(tuple(f"{letter}{row}" for row in edit.new_rows for letter in LETTERS))
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
