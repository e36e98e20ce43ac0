"""One returned workbook, understood: every answer with its state, its text, its number and its cell."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xltool.model.finding import Finding
from xltool.model.value import Note, State, TargetValue


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value was read: the cell is an A1 address on `sheet` of the submission's file."""

    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class FieldAnswer:
    """A scalar answer. `number` is set for numeric types that could be read; `text` is what stands in the cell."""

    key: str
    state: State
    text: str
    number: Decimal | None
    source: Source
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """One filled row of a repeating block; its answers' keys are the column keys."""

    block: str
    key: str  # tasks#03
    answers: tuple[FieldAnswer, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """An indicator's target in one column (`current`, `previous` …), with its cell (the value part's)."""

    column: str
    value: TargetValue
    source: Source


@dataclass(frozen=True, slots=True)
class Indicator:
    """三级指标. `key` is the row's slot (output.quantity#05), `level` the leaf's key, `levels` the printed path.

    `id` is the allocation's stable id, where the row came from an allocation.
    """

    key: str
    level: str
    levels: tuple[str, ...]
    name: str
    source: Source
    targets: tuple[Target, ...]
    extras: tuple[FieldAnswer, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the token in a workbook says. `issue` counts the workbooks issued to the unit, from 1."""

    form_id: str
    form_version: str
    campaign: str
    unit_code: str
    issue: int
    role: str = "unit"


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt of one unit. `sha256` is the hash of the file as it came; `findings` are all of its findings."""

    identity: Identity
    file: str
    sha256: str
    application: str
    fields: tuple[FieldAnswer, ...]
    rows: tuple[RowAnswer, ...]
    indicators: tuple[Indicator, ...]
    findings: tuple[Finding, ...] = ()
