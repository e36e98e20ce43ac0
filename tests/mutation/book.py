"""A workbook as the harness holds it: cheap to copy, easy to damage, and made by openpyxl, not by the reader on trial.

`load` makes it from the bytes of an issued form; `tests.mutation.saves` writes it as each program would.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import openpyxl

TEXT, NUMBER, BOOLEAN, ERROR, EMPTY = "s", "n", "b", "e", ""
Place = tuple[int, int]


class Cell(NamedTuple):
    """One cell: `kind` is s, n, b, e, or empty for a cell that has only a format.

    `text` is the text, the number as stored, 1/0, or the error. A formula's `text` is its cached result. `tags` are
    the numbers of the mutations of this run that touched the cell and `slot` the answer it was issued as: both go
    with the cell and are never written.
    """

    kind: str
    text: str
    format: str = "General"
    locked: bool = True
    formula: str | None = None
    tags: tuple[int, ...] = ()
    slot: str = ""

    @property
    def empty(self) -> bool:
        return self.kind == EMPTY or (self.kind == TEXT and not self.text)


class Area(NamedTuple):
    """Inclusive, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, col: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= col <= self.right


class Validation(NamedTuple):
    """`rest` are the further attributes and texts of the element (errorStyle, prompt …), for writing it back."""

    areas: tuple[Area, ...]
    type: str
    formula1: str
    formula2: str
    rest: tuple[tuple[str, str], ...] = ()


class Mark(NamedTuple):
    """A conditional format by formula."""

    areas: tuple[Area, ...]
    formula: str


class Comment(NamedTuple):
    row: int
    col: int
    author: str
    text: str


class Name(NamedTuple):
    """A defined name; `sheet` is the sheet it is local to, or empty."""

    name: str
    refers_to: str
    sheet: str = ""
    hidden: bool = False


@dataclass(slots=True)
class Sheet:
    """`state` is visible, hidden or veryHidden; widths and heights are in Excel's units."""

    name: str
    state: str = "visible"
    cells: dict[Place, Cell] = field(default_factory=dict)
    merges: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    validations: list[Validation] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    protected: bool = False

    def copy(self) -> Sheet:
        return replace(
            self, cells=dict(self.cells), merges=list(self.merges), hidden_rows=set(self.hidden_rows),
            hidden_cols=set(self.hidden_cols), widths=dict(self.widths), heights=dict(self.heights),
            validations=list(self.validations), marks=list(self.marks), comments=list(self.comments),
        )  # fmt: skip

    @property
    def overlaps(self) -> bool:
        """Two merged areas share a cell, which no program leaves behind."""
        cells = [(row, col) for area in self.merges for row in range(area.top, area.bottom + 1)
                 for col in range(area.left, area.right + 1)]  # fmt: skip
        return len(set(cells)) < len(cells)

    def merge_at(self, row: int, col: int) -> Area:
        """The merged area a cell lies in, or the cell alone."""
        for area in self.merges:
            if area.top <= row <= area.bottom and area.left <= col <= area.right:
                return area
        return Area(row, col, row, col)

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_col(self) -> int:
        return max((col for _, col in self.cells), default=0)


@dataclass(slots=True)
class Book:
    """`form` is the name of the sheet that holds the form now; `file` the file's name."""

    sheets: list[Sheet]
    names: list[Name] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)
    structure_locked: bool = False
    application: str = "Microsoft Excel"
    form: str = ""
    file: str = "001.xlsx"

    def copy(self) -> Book:
        return replace(
            self, sheets=[sheet.copy() for sheet in self.sheets], names=list(self.names),
            properties=list(self.properties),
        )  # fmt: skip

    @property
    def sheet(self) -> Sheet:
        """The sheet with the form on it."""
        return next(sheet for sheet in self.sheets if sheet.name == self.form)


def load(data: bytes, form: str) -> Book:
    """The book of a workbook's bytes; `form` names the sheet that is the form."""
    plain: Any = openpyxl.load_workbook(io.BytesIO(data))
    shown: Any = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheets = [_sheet(sheet, shown[sheet.title]) for sheet in plain.worksheets]
    return Book(
        sheets=sheets,
        names=list(_names(plain)),
        properties=[(item.name, str(item.value)) for item in plain.custom_doc_props.props],
        structure_locked=bool(plain.security and plain.security.lockStructure),
        form=form,
    )


def _names(book: Any) -> Iterator[Name]:
    for name, item in book.defined_names.items():
        yield Name(name, item.attr_text, "", bool(item.hidden))
    for sheet in book.worksheets:
        for name, item in sheet.defined_names.items():
            yield Name(name, item.attr_text, sheet.title, bool(item.hidden))
        if sheet.print_area:
            yield Name("_xlnm.Print_Area", str(sheet.print_area), sheet.title)
        if sheet.print_title_rows:
            yield Name("_xlnm.Print_Titles", f"'{sheet.title}'!{sheet.print_title_rows}", sheet.title)


def _sheet(sheet: Any, shown: Any) -> Sheet:
    cells = {}
    comments = []
    for row in sheet.iter_rows():
        for cell in row:
            made = _cell(cell, shown.cell(cell.row, cell.column).value)
            if made is not None:
                cells[cell.row, cell.column] = made
            if cell.comment is not None:
                comments.append(Comment(cell.row, cell.column, cell.comment.author, cell.comment.text))
    columns: dict[int, tuple[float, bool]] = {}
    for item in sheet.column_dimensions.values():
        for col in range(item.min or 1, (item.max or 0) + 1):
            columns[col] = (float(item.width), bool(item.hidden))
    return Sheet(
        name=sheet.title,
        state=sheet.sheet_state,
        cells=cells,
        merges=[_area(item.coord) for item in sheet.merged_cells.ranges],
        hidden_rows={row for row, item in sheet.row_dimensions.items() if item.hidden},
        hidden_cols={col for col, (_, hidden) in columns.items() if hidden},
        widths={col: width for col, (width, _) in columns.items()},
        heights={row: float(item.height) for row, item in sheet.row_dimensions.items() if item.height},
        validations=[_validation(item) for item in sheet.data_validations.dataValidation],
        marks=[
            Mark(tuple(_area(item.coord) for item in areas.cells.ranges), rule.formula[0])
            for areas, rules in sheet.conditional_formatting._cf_rules.items()
            for rule in rules
            if rule.formula
        ],
        comments=comments,
        protected=bool(sheet.protection.sheet),
    )


def _cell(cell: Any, result: Any) -> Cell | None:
    if not cell.has_style and cell.value is None:
        return None
    locked = bool(cell.protection.locked)
    value, formula = cell.value, None
    if cell.data_type == "f":
        formula, value = str(cell.value).removeprefix("="), "" if result is None else result
    return _kind(value, cell.data_type)._replace(format=cell.number_format, locked=locked, formula=formula)


def _kind(value: Any, data_type: str) -> Cell:
    if value is None:
        return Cell(EMPTY, "")
    if isinstance(value, bool):
        return Cell(BOOLEAN, str(int(value)))
    if isinstance(value, int | float):
        return Cell(NUMBER, repr(value))
    return Cell(ERROR if data_type == "e" else TEXT, str(value))


def _area(text: str) -> Area:
    found = re.findall(r"([A-Z]+)([0-9]+)", text.replace("$", ""))
    places = [(int(row), _number(letters)) for letters, row in found]
    (top, left), (bottom, right) = places[0], places[-1]
    return Area(top, left, bottom, right)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


_REST = (
    "operator", "errorStyle", "allow_blank", "showInputMessage", "showErrorMessage", "errorTitle", "error",
    "promptTitle", "prompt",
)  # fmt: skip


def _validation(item: Any) -> Validation:
    rest = []
    for name in _REST:
        value = getattr(item, name)
        if value not in (None, False):
            rest.append((name, "1" if value is True else str(value)))
    areas = tuple(_area(part.coord) for part in item.sqref.ranges)
    return Validation(areas, item.type or "none", item.formula1 or "", item.formula2 or "", tuple(rest))
