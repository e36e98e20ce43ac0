"""Which cell of 底稿 is which, and what stands in its rows: written and read back by the same columns and keys."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xltool.layout.paper_formulas import Live, Words

Content = str | Decimal
COLUMNS = (
    "path", "name", "column", "rule", "source", "result", "status", "override", "include", "order", "reason",
    "units_total",
)  # fmt: skip
DECIDED = ("rule", "source", "override", "include", "order", "reason")
HIDDEN = ("key", "inputs", "issued", "type", "effective", "kept", "stands")
BANDS = ("owners", "classes", "numbers", "orders", "texts", "restated")
HEADING_ROW = 4
SOURCES_NAME = "XT_SOURCES"
NUMERIC, TEXTUAL = "number", "text"
_MARK = "XTP1"  # the format of the paper


@dataclass(frozen=True, slots=True)
class Child:
    """One column of values: a unit, or its second value where it entered something twice."""

    code: str
    heading: str


@dataclass(frozen=True, slots=True)
class ChildCell:
    """What a unit said: a number with the format that shows it as printed, or a text. `tint` marks what is no value."""

    content: Content | None
    number_format: str = "@"
    link: str = ""
    tint: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One figure. `result` is Python's own, cached in the live cell; `base` is the rule without a decision.

    `rules` are the labels offered; `include` None where the row is not selected or left out (fields, further columns).
    Without `live` the result is what `result` says, whatever rule is chosen (a figure that no unit decides). A row that
    `follows` is a further column of the indicator above it and stands in the form or not with that.
    """

    key: str
    inputs: str
    path: str
    name: str
    column: str
    rule: str
    base: str
    base_status: int
    rules: tuple[str, ...]
    source: str
    result: Content | None
    number_format: str
    status: str
    override: Content | None
    include: bool | None
    order: int
    reason: str
    issued: str
    cells: tuple[ChildCell, ...]
    live: Live | None
    numeric: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the sheet 底稿 is made of. `token` says which round and node it belongs to, `note` what is special."""

    token: str
    title: str
    children: tuple[Child, ...]
    rows: tuple[PaperRow, ...]
    words: Words
    note: str = ""


def token(campaign: str, node: str) -> str:
    """What the sheets of one round's and node's working paper carry in their first key cell."""
    return f"{_MARK}.{campaign}.{node}"


def column_of(name: str, children: int) -> int:
    """The column of a named one, counted from 1; a band's first."""
    if name in COLUMNS:
        return COLUMNS.index(name) + 1
    start = len(COLUMNS) + children + 1
    if name in HIDDEN:
        return start + HIDDEN.index(name)
    return start + len(HIDDEN) + BANDS.index(name) * children
