"""What LibreOffice 7.4 makes of a book when it saves it as .xlsx, straight away or by way of .ods or .xls.

Left out is what it calculates anew: the results of formulas that had an empty one, and of all after .ods and .xls.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tests.mutation.book import BOOLEAN, ERROR, Book, Cell, Name, Validation
from tests.mutation.sheet_part import Manner

APPLICATION = "LibreOffice/7.4.7.2$Linux_X86_64 LibreOffice_project/40$Build-2"
MANNER = Manner(types=True, formula_attributes=' aca="false"')
BUILT_IN = ("_xlnm.Print_Area", "_xlnm.Print_Titles")

_QUOTED = re.compile(r"'((?!\d+')\w+)'!")  # sheets whose names need no quotes
_SMALL = re.compile(r"\b[0-9.]+E-[0-9]+\b")
_TRUTH = re.compile(r"\b(TRUE|FALSE)\b(?!\()")
_NAME = re.compile(r"\b[A-Z]+_[\w.]*\w")
_UNKNOWN = re.compile(r"\b([a-z]+_[\w.]*\w)")
_LOST = re.compile(r"\b(\w+)!([a-z]+[0-9]+)")
_SHEET = re.compile(r"\b(\w+)![A-Z]+[0-9]+")
_LITERAL = re.compile(r'"(.)"|"[^"]*"|\\.|\[(Red)\]|\[[^\]]*\]|E-|(-)')


def save(book: Book) -> None:
    """Nothing is very hidden, the structure lock is lost; formulas, rules and formats are written its own way."""
    book.structure_locked = False
    writer = _Writer(frozenset(item.name for item in book.names), frozenset(item.name for item in book.sheets))
    book.names = [name._replace(refers_to=writer.reference(name.refers_to)) for name in book.names]
    for sheet in book.sheets:
        sheet.state = "visible" if sheet.state == "visible" else "hidden"
        sheet.validations = [writer.rule(item) for item in sheet.validations]
        sheet.comments = [item._replace(author=" ") for item in sheet.comments]
        sheet.cells = {place: writer.cell(cell) for place, cell in sheet.cells.items()}


def through_ods(book: Book) -> None:
    """As `save`, but what shows nothing shows it four times, and a sheet that is not there is no sheet any more."""
    save(book)
    book.names = [name._replace(refers_to=name.refers_to.replace("!#ref!", " #REF!")) for name in book.names]
    for sheet in book.sheets:
        sheet.cells = {place: _after_ods(cell) for place, cell in sheet.cells.items()}


def _after_ods(cell: Cell) -> Cell:
    if cell.format == ";;;":
        cell = cell._replace(format='"";"";"";""')
    if cell.formula is not None and cell.text == "#NAME?":
        return cell._replace(formula=_LOST.sub(lambda match: f"{match[1]} {match[2].upper()}", cell.formula))
    return cell


def through_xls(book: Book) -> None:
    """The binary format knows no dots in names and no newer functions, and leaves names behind."""
    save(book)
    renamed = {name.name: name.name.replace(".", "_") for name in book.names if name.name not in BUILT_IN}
    left = [Name("_xlfn_IFERROR", "")] if _uses(book, "IFERROR(") else []
    for sheet in book.sheets:
        sheet.validations = [
            item._replace(formula1=_unknown(renamed.get(item.formula1, item.formula1))) for item in sheet.validations
        ]
        sheet.cells = {
            place: cell if cell.formula is None else cell._replace(formula=_binary(cell.formula))
            for place, cell in sheet.cells.items()
        }
    left += [_after_xls(name, {name.name: name.name.replace(".", "_")}) for name in book.names if name.name in BUILT_IN]
    kept = [name for name in book.names if name.name not in BUILT_IN or not _is_lost(name)]
    book.names = [_after_xls(name, renamed) for name in kept] + left


def _binary(formula: str) -> str:
    return "NA()" if "#REF!" in formula else _LOST.sub(r'"\1!\2"', _unknown(formula))


def _unknown(formula: str) -> str:
    """Names that `_Writer.known` did not know become texts."""
    return _outside_texts(formula, lambda piece: _UNKNOWN.sub(r'"\1"', piece))


def _after_xls(name: Name, renamed: dict[str, str]) -> Name:
    refers_to = "NA()" if _is_lost(name) else name.refers_to
    return name._replace(name=renamed.get(name.name, name.name), refers_to=refers_to)


def _is_lost(name: Name) -> bool:
    return "#REF!" in name.refers_to.upper()


def _uses(book: Book, function: str) -> bool:
    """Whether a formula uses this function, before it comes to a lost reference and is given up."""
    formulas = (cell.formula for sheet in book.sheets for cell in sheet.cells.values() if cell.formula)
    return any(function in formula.partition("#REF!")[0] for formula in formulas)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes formulas in a book with these names and sheets; what it does not know stands in small letters."""

    names: frozenset[str]
    sheets: frozenset[str]

    def reference(self, text: str) -> str:
        if text.endswith("'!#REF!"):
            return text.lower()
        return _QUOTED.sub(lambda match: f"{match[1]}!" if match[1] in self.sheets else match[0], text)

    def rule(self, item: Validation) -> Validation:
        """Truth as a number, and always a second formula."""
        first, second = (_TRUTH.sub(_as_number, self.known(text)) for text in (item.formula1, item.formula2))
        return item._replace(formula1=self.reference(first), formula2=second or "0")

    def cell(self, cell: Cell) -> Cell:
        code = _format(cell.format)
        if cell.kind == BOOLEAN and cell.formula is None:
            return cell._replace(formula="TRUE()" if cell.text == "1" else "FALSE()", format=code)
        if cell.formula is None:
            text = re.sub("\r\n?", "\n", cell.text) if "\r" in cell.text else cell.text
            return cell if code == cell.format and text is cell.text else cell._replace(format=code, text=text)
        formula = self.known(_formula(cell.formula))
        if any(name not in self.sheets for name in _SHEET.findall(formula)):
            return cell._replace(kind=ERROR, text="#NAME?", formula=formula.lower(), format=code)
        return cell._replace(formula=formula, format=code)

    def known(self, formula: str) -> str:
        if self.names.issuperset(_names_in(formula)):
            return formula
        return _outside_texts(formula, lambda piece: _NAME.sub(self._small, piece))

    def _small(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in self.names else match[0].lower()


@lru_cache(maxsize=4096)
def _names_in(formula: str) -> frozenset[str]:
    return frozenset(name for piece in formula.split('"')[::2] for name in _NAME.findall(piece))


@lru_cache(maxsize=4096)
def _formula(text: str) -> str:
    """A cell's formula: `FALSE()`, and small numbers without an exponent."""
    return _outside_texts(text, lambda piece: _TRUTH.sub(r"\1()", _SMALL.sub(_in_full, piece)))


def _outside_texts(formula: str, change: Callable[[str], str]) -> str:
    pieces = formula.split('"')
    pieces[::2] = [change(piece) for piece in pieces[::2]]
    return '"'.join(pieces)


def _in_full(match: re.Match[str]) -> str:
    return format(Decimal(match[0]), "f")


def _as_number(match: re.Match[str]) -> str:
    return str(int(match[1] == "TRUE"))


@lru_cache(maxsize=256)
def _format(code: str) -> str:
    """A format code: a quoted sign and a hyphen behind a backslash, a colour in capitals."""

    def literal(match: re.Match[str]) -> str:
        if match[1] or match[3]:
            return "\\" + (match[1] or match[3])
        return "[RED]" if match[2] else match[0]

    return _LITERAL.sub(literal, code)
