"""Consolidated figures, each with the contributions it was formed from, down to the cell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xltool.model.finding import Finding
from xltool.model.value import Kind, Operator


class Status(StrEnum):
    """A conflict stays a conflict until a person decides; a 汇总表 with one is a marked draft."""

    RESOLVED = "resolved"
    CONFLICT = "conflict"
    MISSING = "missing"  # nobody gave a value


@dataclass(frozen=True, slots=True)
class Contribution:
    """One accepted value and what became of it: used in a figure by its rule, or not used and why.

    `figure` is the key of the figure it belongs to (`budget.total`, `tasks`, or the indicator figure's key).
    `reason` is a code of the words file (`not-own`, `not-picked`, `not-selected`, …), empty where used.
    """

    figure: str
    unit_code: str
    unit_name: str
    file: str
    sha256: str
    sheet: str
    cell: str
    key: str  # slot key in the unit's form
    column: str  # target column, empty for fields
    text: str
    number: Decimal | None
    used: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FieldFigure:
    """A consolidated scalar. `units_total` is the plain sum over the units, shown beside an `own` figure.

    `origin` says who named the rule: decision, campaign, allocation, form or default.
    """

    key: str
    label: str
    rule: str
    status: Status
    number: Decimal | None
    text: str
    units_total: Decimal | None
    contributions: tuple[Contribution, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RowFigure:
    """A row of a repeating block that stands in the consolidated form, in its order."""

    block: str
    order: int
    answers: tuple[tuple[str, str], ...]  # column key, text
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """A consolidated target of one column. `text` is what the form prints."""

    column: str
    label: str
    rule: str
    status: Status
    operator: Operator | None
    number: Decimal | None
    upper: Decimal | None
    measure: str
    kind: Kind | None
    text: str
    contributions: tuple[Contribution, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorFigure:
    """A consolidated indicator: `key` is level key + normalised name (or the allocation's id).

    `included` says whether it stands in the department's form (纳入部门表).
    """

    key: str
    level: str
    levels: tuple[str, ...]
    name: str
    order: int
    included: bool
    targets: tuple[TargetFigure, ...]
    extras: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Everything consolidated at one node. `draft` while anything included is unresolved.

    `others` are the contributions of no figure above: rows not picked, fields that are not consolidated, and the
    further answers (备注 …) of indicators.
    """

    node: str
    units: tuple[str, ...]
    fields: tuple[FieldFigure, ...]
    rows: tuple[RowFigure, ...]
    indicators: tuple[IndicatorFigure, ...]
    findings: tuple[Finding, ...]
    draft: bool
    others: tuple[Contribution, ...] = ()
