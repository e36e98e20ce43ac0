"""A workbook as it came back: cells, names and states, without any meaning given to them yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class CellKind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    ERROR = "error"
    DATE = "date"  # t="d": an ISO 8601 text (strict OOXML)
    EMPTY = "empty"  # a formula without a cached value


class RawCell(NamedTuple):
    """One non-empty cell. `row` and `col` count from 1, taken from its own `r=` reference.

    `text` is the number as stored in the file, the text, `1`/`0` or the error (`#REF!`); no dates, no decimals.
    `formula` is the formula's text (`""` for a follower of a shared or array formula), None where there is none.
    `style` indexes `RawWorkbook.styles`.
    """

    row: int
    col: int
    kind: CellKind
    text: str
    formula: str | None
    style: int


class CellRange(NamedTuple):
    """Inclusive, counted from 1."""

    first_row: int
    first_col: int
    last_row: int
    last_col: int


class RawStyle(NamedTuple):
    """What reading needs of a cell format: the number format code (`General`, `@`, `0.00%`) and the lock."""

    number_format: str
    locked: bool


class RawValidation(NamedTuple):
    """One data validation: where it applies, its type (`list`, `custom`, `decimal` …), and its formulas."""

    ranges: tuple[CellRange, ...]
    type: str
    formula1: str
    formula2: str


class RawComment(NamedTuple):
    row: int
    col: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class RawSheet:
    """`state` is visible, hidden or veryHidden; `cells` is keyed by (row, col).

    `lines` says on which line of a text or html file a cell begins; empty for workbooks.
    """

    name: str
    state: str
    cells: dict[tuple[int, int], RawCell]
    merges: tuple[CellRange, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_cols: frozenset[int] = frozenset()
    protected: bool = False
    validations: tuple[RawValidation, ...] = ()
    comments: tuple[RawComment, ...] = ()
    conditional_formats: int = 0
    lines: Mapping[tuple[int, int], int] = field(default_factory=dict)


class RawName(NamedTuple):
    """A defined name; `sheet` is the sheet it is local to, or empty. `refers_to` is the formula text."""

    name: str
    refers_to: str
    sheet: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """`properties` are the custom properties, `application` the program that says it saved the file.

    `lost` are the parts that are missing or damaged: sheets, comments, properties; no other cells depend on them.
    """

    sheets: tuple[RawSheet, ...]
    styles: tuple[RawStyle, ...] = ()
    names: tuple[RawName, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    application: str = ""
    date1904: bool = False
    structure_locked: bool = False
    external_links: tuple[str, ...] = ()
    has_macros: bool = False
    lost: tuple[str, ...] = ()
