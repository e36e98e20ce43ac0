"""The names of the dataset's tables and columns, and what a table is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from xltool.model.form import Answer, FormDefinition, Rows, Tree

Cell = str | bool | int | Decimal | None
Record = dict[str, Cell]

SOURCE = ("file", "sha256", "sheet", "cell")
UNITS = ("unit_code", "unit_name", "role", "parent", "full_name", "accepted", "issue", "file", "sha256")
FIELDS = ("unit_code", "unit_name", "field", "label", "state", "text", "number", *SOURCE)
INDICATORS = (
    "unit_code", "unit_name", "key", "figure", "id", "name", "target", "column", "state", "operator", "number", "upper",
    "measure", "kind", "text", "every", "base",
)  # fmt: skip
CONSOLIDATED_FIELDS = ("field", "label", "number", "text", "rule", "status", "units_total", "contributors", "cell")
CONSOLIDATED = (
    "name", "target", "column", "operator", "number", "upper", "measure", "kind", "text", "rule", "status",
    "order", "contributors", "key", "cell",
)  # fmt: skip
CONTRIBUTIONS = (
    "figure", "unit_code", "unit_name", "key", "target", "text", "number", "used", "reason", *SOURCE,
)  # fmt: skip
DIFFERENCES = (
    "against", "part", "figure", "column", "name", "level", "match", "units_text", "units_number", "declared_text",
    "declared_number", "amount", "share", "bound", "cause", "unit_code", "unit_name", "units_total", "told", "file",
    "sheet", "cell",
)  # fmt: skip
FINDINGS = ("code", "severity", "message", "unit_code", "field", "file", "sha256", "sheet", "cell", "row", "column")
_TAKEN = frozenset({"row", "level1", "level2", "level3", *INDICATORS, *CONSOLIDATED, *SOURCE})
_TABLES = frozenset(
    {"units", "fields", "indicators", "consolidated_fields", "consolidated_indicators", "contributions",
     "differences", "findings"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, and its records, in which a column that does not apply is left out."""

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


def made(name: str, columns: Iterable[str], records: Iterable[Record]) -> Table:
    return Table(name, tuple(dict.fromkeys(columns)), tuple(records))


def block_table(block: Rows) -> str:
    """A block's own key, unless a table of the dataset has that name."""
    return f"{block.frame.key}_rows" if block.frame.key in _TABLES else block.frame.key


def free_column(key: str) -> str:
    """The column of an answer the form names: its key, unless the dataset has a column of that name."""
    return f"{key}_answer" if key in _TAKEN else key


def said(answers: Iterable[tuple[str, str]]) -> Record:
    return {free_column(key): text for key, text in answers}


def row_columns(block: Rows) -> tuple[str, ...]:
    return ("unit_code", "unit_name", "row", *(free_column(column.key) for column in block.columns), *SOURCE)


def indicator_columns(form: FormDefinition) -> tuple[str, ...]:
    extras = tuple(free_column(column.key) for column in extras_of(form))
    return (*INDICATORS[:2], *level_names(form), *INDICATORS[2:], *extras, *SOURCE)


def level_names(form: FormDefinition) -> tuple[str, ...]:
    return tuple(f"level{place}" for place in range(1, _depth(form) + 1))


def levels(path: Iterable[str]) -> Record:
    return {f"level{place}": name for place, name in enumerate(path, start=1)}


def _depth(form: FormDefinition) -> int:
    return max((len(block.levels) for block in form.blocks if isinstance(block, Tree)), default=0)


def extras_of(form: FormDefinition) -> tuple[Answer, ...]:
    return tuple(column for block in form.blocks if isinstance(block, Tree) for column in block.columns)
