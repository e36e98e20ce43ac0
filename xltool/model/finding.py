"""One thing wrong or worth knowing, with its code and its cell; rendered into words late."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error blocks acceptance, a warning is listed, information is for the record."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a finding stands. Any part may be unknown (empty). `cell` is an A1 address or a range."""

    file: str = ""
    sheet: str = ""
    cell: str = ""
    field: str = ""  # the slot key, e.g. duties or output.quantity#05.value
    unit_code: str = ""
    row: int = 0  # line of a text file (definition, roster), where there is no cell
    column: str = ""  # column name of a table file


@dataclass(frozen=True, slots=True)
class Finding:
    """`args` fill the places of the message template and stay data until it is rendered."""

    code: str
    severity: Severity
    args: tuple[tuple[str, str], ...] = ()
    position: Position = field(default_factory=Position)
