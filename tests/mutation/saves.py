"""A book written as each program writes it: what it keeps, what it loses, and how its parts look.

Fast, for the hundred thousand runs. `tests/test_saves.py` holds each imitation to the program itself: both must
read as the same `RawWorkbook`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.mutation import book_parts as parts
from tests.mutation import office
from tests.mutation.book import EMPTY, NUMBER, Book, Cell, Name, Sheet
from tests.mutation.office import BUILT_IN
from tests.mutation.sheet_part import Manner, Tables, sheet_part


@dataclass(frozen=True, slots=True)
class Habit:
    """What a program makes of a book, and the manner in which it writes what it made."""

    manner: Manner
    change: Callable[[Book], None]
    application: str


def emit(book: Book, style: str = "plain") -> bytes:
    """The bytes of the workbook as the program of this style saves it."""
    habit = HABITS[style]
    saved = book.copy()
    saved.application = habit.application or book.application
    habit.change(saved)
    return _written(saved, Tables(habit.manner))


def _written(book: Book, tables: Tables) -> bytes:
    made: dict[str, str] = {"_rels/.rels": "", "xl/workbook.xml": parts.workbook_part(book)}
    related = []
    for number, sheet in enumerate(book.sheets, start=1):
        made[f"xl/worksheets/sheet{number}.xml"] = sheet_part(sheet, tables)
        related.append(("worksheet", f"worksheets/sheet{number}.xml"))
        if sheet.comments:
            made[f"xl/comments{number}.xml"] = parts.comment_part(sheet)
            made[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = parts.relations_part(
                [("comments", f"../comments{number}.xml")]
            )
    made["xl/styles.xml"] = parts.styles_part(tables)
    related.append(("styles", "styles.xml"))
    if tables.strings:
        made["xl/sharedStrings.xml"] = parts.strings_part(tables)
        related.append(("sharedStrings", "sharedStrings.xml"))
    made["xl/_rels/workbook.xml.rels"] = parts.relations_part(related)
    root = [("officeDocument", "xl/workbook.xml"), ("extended-properties", "docProps/app.xml")]
    made["docProps/app.xml"] = parts.application_part(book)
    if book.properties:
        made["docProps/custom.xml"] = parts.properties_part(book)
        root.append(("custom-properties", "docProps/custom.xml"))
    made["_rels/.rels"] = parts.relations_part(root)
    return parts.packed(made)


def _each(book: Book, change: Callable[[Cell], Cell]) -> None:
    for sheet in book.sheets:
        sheet.cells = {place: change(cell) for place, cell in sheet.cells.items()}


def _nothing(book: Book) -> None:
    """Excel saves what it holds."""


def _openpyxl(book: Book) -> None:
    """Results of formulas are lost, doubles are written with 16 digits, what is printed names its own sheet."""
    names = [name for name in book.names if name.name not in BUILT_IN or "#REF!" not in name.refers_to]
    book.names = [_own(name) if name.name in BUILT_IN else name for name in names]
    for sheet in book.sheets:
        _clear_covered(sheet)

    def change(cell: Cell) -> Cell:
        if cell.formula is not None:
            return cell._replace(kind=EMPTY, text="")
        if cell.kind == NUMBER:
            return cell._replace(text=f"{float(cell.text):.16g}" if "." in cell.text else cell.text)
        return cell

    _each(book, change)


def _own(name: Name) -> Name:
    quoted = name.sheet.replace("'", "''")
    return name._replace(refers_to=f"'{quoted}'!{name.refers_to.rpartition('!')[2]}")


def _exceljs(book: Book) -> None:
    """Custom properties, the structure lock, names of no area, who commented, empty results and returns are lost."""
    book.properties = []
    book.structure_locked = False
    book.names = [_half_absolute(name) for name in book.names if "!" in name.refers_to and "#" not in name.refers_to]
    for sheet in book.sheets:
        sheet.comments = [item._replace(author="Author") for item in sheet.comments]
        _clear_covered(sheet)
    _each(book, _without_returns)


def _without_returns(cell: Cell) -> Cell:
    if cell.formula is not None and not cell.text:
        return cell._replace(kind=EMPTY)
    return cell._replace(text=re.sub("\r\n?", "\n", cell.text)) if "\r" in cell.text else cell


def _clear_covered(sheet: Sheet) -> None:
    """What stands under a merged area but its first cell is gone."""
    for area in sheet.merges:
        for row in range(area.top, area.bottom + 1):
            for col in range(area.left, area.right + 1):
                cell = sheet.cells.get((row, col))
                if cell is not None and cell.kind and (row, col) != area[:2]:
                    sheet.cells[row, col] = cell._replace(kind=EMPTY, text="", formula=None)


def _half_absolute(name: Name) -> Name:
    """exceljs writes the print area of `$A$1:$C$43` as `$A1:$C43`, and quotes what has more than ASCII letters."""
    if name.name not in BUILT_IN:
        text = re.sub(r"'([a-zA-Z0-9]+)'!", r"\1!", name.refers_to)
        return name._replace(refers_to=re.sub(r"(\$[A-Z]+\$[0-9]+):\1$", r"\1", text))
    area = name.refers_to.rpartition("!")[2]
    if name.name == "_xlnm.Print_Area":
        area = re.sub(r"\$([0-9])", r"\1", area)
    return name._replace(refers_to=f"'{name.sheet}'!{area}")


def _sheetjs(book: Book) -> None:
    """Validations, conditional formats, protection and locks are lost; who commented is read as Latin-1."""
    for sheet in book.sheets:
        sheet.comments = [
            item._replace(author=item.author.encode("utf-8").decode("latin-1")) for item in sheet.comments
        ]
        sheet.validations = []
        sheet.marks = []
        sheet.protected = False
    book.structure_locked = False
    _each(book, lambda cell: cell._replace(locked=True))


HABITS = {
    "exceljs": Habit(Manner(), _exceljs, ""),
    "sheetjs": Habit(Manner(texts="plain"), _sheetjs, "SheetJS"),
    "plain": Habit(Manner(), _nothing, ""),
    "libreoffice": Habit(office.MANNER, office.save, office.APPLICATION),
    "libreoffice via ods": Habit(office.MANNER, office.through_ods, office.APPLICATION),
    "libreoffice via xls": Habit(office.MANNER, office.through_xls, office.APPLICATION),
    "openpyxl": Habit(Manner(cached=False, types=True), _openpyxl, "Microsoft Excel Compatible / Openpyxl 3.1.5"),
}
