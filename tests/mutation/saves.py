"""A book written as each program writes it: what it keeps, what it loses, and how its parts look.

Fast, for the hundred thousand runs. `tests/test_saves.py` holds each imitation to the program itself: both must
read as the same `RawWorkbook`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tests.mutation import book_parts as parts
from tests.mutation.book import EMPTY, NUMBER, Book, Cell, Name, Validation
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
    """Results of formulas are lost; doubles are written with 16 digits."""

    def change(cell: Cell) -> Cell:
        if cell.formula is not None:
            return cell._replace(kind=EMPTY, text="")
        if cell.kind == NUMBER:
            return cell._replace(text=f"{float(cell.text):.16g}" if "." in cell.text else cell.text)
        return cell

    _each(book, change)


def _exceljs(book: Book) -> None:
    """Custom properties, the structure lock, the names of constants and empty results are lost."""
    book.properties = []
    book.structure_locked = False
    book.names = [_half_absolute(name) for name in book.names if "!" in name.refers_to]
    _each(book, lambda cell: cell._replace(kind=EMPTY) if cell.formula is not None and not cell.text else cell)


def _half_absolute(name: Name) -> Name:
    """exceljs writes the print area of `$A$1:$C$43` as `$A1:$C43`."""
    if name.name != "_xlnm.Print_Area":
        return name
    return name._replace(refers_to=re.sub(r"\$([0-9])", r"\1", name.refers_to))


def _sheetjs(book: Book) -> None:
    """Validations, conditional formats, protection and locks are lost."""
    for sheet in book.sheets:
        sheet.validations = []
        sheet.marks = []
        sheet.protected = False
    book.structure_locked = False
    _each(book, lambda cell: cell._replace(locked=True))


_OFFICE = Manner(types=True, formula_attributes=' aca="false"')
_LIBREOFFICE = "LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2"
_QUOTED = re.compile(r"'((?!\d)\w+)'!")  # names that need no quotes
_SMALL = re.compile(r"\b[0-9.]+E-[0-9]+\b")
_TRUTH = re.compile(r"\b(TRUE|FALSE)\b(?!\()")


def _libreoffice(book: Book) -> None:
    """Nothing is very hidden, the structure lock is lost, references and rules are written its own way."""
    book.structure_locked = False
    book.names = [name._replace(refers_to=_QUOTED.sub(r"\1!", name.refers_to)) for name in book.names]
    for sheet in book.sheets:
        sheet.state = "visible" if sheet.state == "visible" else "hidden"
        sheet.validations = [_rule(item) for item in sheet.validations]
    _each(book, lambda cell: cell._replace(formula=_formula(cell.formula)) if cell.formula else cell)


@lru_cache(maxsize=4096)
def _formula(text: str) -> str:
    """A cell's formula as LibreOffice writes it: `FALSE()`, and small numbers without an exponent."""
    pieces = text.split('"')
    pieces[::2] = [_TRUTH.sub(r"\1()", _SMALL.sub(_in_full, piece)) for piece in pieces[::2]]
    return '"'.join(pieces)


def _in_full(match: re.Match[str]) -> str:
    return format(Decimal(match[0]), "f")


def _rule(item: Validation) -> Validation:
    """A rule as LibreOffice writes it: truth as a number, plain names without quotes, always a second formula."""
    first, second = (_TRUTH.sub(_as_number, text) for text in (item.formula1, item.formula2))
    return item._replace(formula1=_QUOTED.sub(r"\1!", first), formula2=second or "0")


def _through_xls(book: Book) -> None:
    """The binary format knows no dots in names, no properties and no newer functions, and leaves names behind."""
    _libreoffice(book)
    renamed = {name.name: name.name.replace(".", "_") for name in book.names if "." in name.name}
    left = [Name("_xlfn_IFERROR", "")] if _uses(book, "IFERROR(") else []
    for name in book.names:
        if name.name in _BUILT_IN:
            left.append(name._replace(name=name.name.replace(".", "_")))
        left.append(name._replace(name=renamed.get(name.name, name.name) if name.name not in _BUILT_IN else name.name))
    book.names = left
    for sheet in book.sheets:
        sheet.validations = [
            item._replace(formula1=renamed.get(item.formula1, item.formula1)) for item in sheet.validations
        ]


_BUILT_IN = ("_xlnm.Print_Area", "_xlnm.Print_Titles")


def _uses(book: Book, function: str) -> bool:
    return any(cell.formula and function in cell.formula for sheet in book.sheets for cell in sheet.cells.values())


def _as_number(match: re.Match[str]) -> str:
    return str(int(match[1] == "TRUE"))


HABITS = {
    "exceljs": Habit(Manner(), _exceljs, ""),
    "sheetjs": Habit(Manner(texts="plain"), _sheetjs, "SheetJS"),
    "plain": Habit(Manner(), _nothing, ""),
    "libreoffice": Habit(_OFFICE, _libreoffice, _LIBREOFFICE),
    "libreoffice via ods": Habit(_OFFICE, _libreoffice, _LIBREOFFICE),
    "libreoffice via xls": Habit(_OFFICE, _through_xls, _LIBREOFFICE),
    "openpyxl": Habit(Manner(cached=False, types=True), _openpyxl, "Microsoft Excel Compatible / Openpyxl 3.1.5"),
}
