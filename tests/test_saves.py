"""A fast imitation of a program's save counts only because it reads as the program's own save of the same book."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.conftest import need
from tests.mutation.book import BOOLEAN, NUMBER, Book, Cell
from tests.mutation.programs import missing, save
from tests.mutation.run import damage
from tests.mutation.same import differences
from tests.mutation.saves import HABITS, emit
from xltool.addresses import a1
from xltool.excel.read import read_bytes
from xltool.model.workbook import RawCell, RawWorkbook

IMITATED = [name for name in HABITS if name != "plain"]
MARKS = "conditional formats"  # by way of .ods, LibreOffice counts them otherwise
FEW, MANY = 20, 200


def read(data: bytes) -> RawWorkbook:
    found, findings = read_bytes(data)
    assert found is not None, findings
    return found


def books(count: int) -> list[Book]:
    """Filled forms after whatever people do to them."""
    return [damage(seed, "any").book for seed in range(7000, 7000 + count)]


def calculated_anew(book: Book, program: str) -> set[str]:
    """Cells whose results the imitation does not claim, because LibreOffice calculates them itself."""
    if not program.startswith("libreoffice"):
        return set()
    return {
        f"{sheet.name} {a1(*place)}" for sheet in book.sheets for place, cell in sheet.cells.items()
        if cell.formula is not None and (not cell.text or program.endswith(("ods", "xls")))
    }  # fmt: skip


def unlike(program: str, count: int, folder: Path) -> list[str]:
    """Where the program's saves of so many books differ from their imitations."""
    made = books(count)
    files = []
    for number, book in enumerate(made):
        files.append(folder / f"{number}.xlsx")
        files[-1].write_bytes(emit(book))
    found = []
    for book, path in zip(made, save(files, program, folder / "saved"), strict=True):
        lines = differences(read(path.read_bytes()), read(emit(book, program)), calculated_anew(book, program))
        found += [f"{path.name} {line}" for line in lines if not (MARKS in line and program.endswith("ods"))]
    return found


@pytest.mark.parametrize("program", IMITATED)
@pytest.mark.xdist_group("libreoffice")
def test_an_imitation_reads_as_the_programs_own_save(program: str, tmp_path: Path) -> None:
    need(missing(program))
    assert unlike(program, FEW, tmp_path) == []


@pytest.mark.long
@pytest.mark.parametrize("program", IMITATED)
def test_an_imitation_reads_as_the_programs_own_save_of_two_hundred_books(program: str, tmp_path: Path) -> None:
    need(missing(program))
    assert unlike(program, MANY, tmp_path) == []


def test_what_was_emitted_reads_back_as_the_book() -> None:
    for book in books(5):
        found = read(emit(book))
        assert [(sheet.name, sheet.state) for sheet in found.sheets] == [
            (item.name, item.state) for item in book.sheets
        ]
        for sheet, raw in zip(book.sheets, found.sheets, strict=True):
            wanted = {place: cell for place, cell in sheet.cells.items() if not cell.empty or cell.formula is not None}
            assert wanted.keys() == raw.cells.keys()
            assert all(same(cell, raw.cells[place]) for place, cell in wanted.items())
            assert (len(raw.merges), raw.protected) == (len(sheet.merges), sheet.protected)
            assert (set(raw.hidden_rows), set(raw.hidden_cols)) == (sheet.hidden_rows, sheet.hidden_cols)


def same(cell: Cell, raw: RawCell) -> bool:
    text = str(float(raw.text)) if cell.kind == NUMBER else raw.text
    wanted = str(float(cell.text)) if cell.kind == NUMBER else cell.text
    return (text, raw.formula) == (wanted, cell.formula)


def test_a_difference_is_seen_in_each_thing_that_reading_may_rest_on() -> None:
    book = books(1)[0]
    seen = read(emit(book))
    for change in CHANGES:
        other = book.copy()
        change(other)
        assert differences(seen, read(emit(other))) != []


def _cell(book: Book) -> None:
    book.sheet.cells[1, 1] = Cell(BOOLEAN, "1")


def _style(book: Book) -> None:
    place = next(place for place, cell in book.sheet.cells.items() if not cell.empty)
    book.sheet.cells[place] = book.sheet.cells[place]._replace(format="0.000")


def _row(book: Book) -> None:
    book.sheet.hidden_rows ^= {3}


def _column(book: Book) -> None:
    book.sheet.hidden_cols ^= {2}


def _merge(book: Book) -> None:
    book.sheet.merges = []


def _protection(book: Book) -> None:
    book.sheet.protected = not book.sheet.protected


def _names(book: Book) -> None:
    book.names = []


CHANGES = (_cell, _style, _row, _column, _merge, _protection, _names)


def test_a_form_is_emitted_in_a_few_milliseconds() -> None:
    book = books(1)[0]
    begun = time.process_time()
    for _ in range(10):
        emit(book)
    assert (time.process_time() - begun) / 10 < 0.1  # 8 ms here; no machine is ten times slower
