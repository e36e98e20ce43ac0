"""What a consolidation is held against, and where the two disagree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xltool.model.submission import Source
from xltool.model.value import TargetValue


class Against(StrEnum):
    """What the figures are compared with."""

    DECLARED = "declared"  # the department's own form
    PREVIOUS = "previous"  # last year's dataset
    CONTROLS = "controls"  # the budget's control totals


class Match(StrEnum):
    """How a figure of the units and its declared counterpart stand to each other."""

    MATCHED = "matched"
    ROUNDING = "within-rounding"
    WRITTEN = "written-differently"  # the same said in other signs: =100(%) and =100.00(%)
    MOVED = "other-level"  # the same indicator under another level
    TEXT = "other-text"  # a text of the department's own
    DIFFERS = "differs"
    ONLY_UNITS = "only-units"
    ONLY_DECLARED = "only-declared"
    OPEN = "open"  # the units' figure is not resolved yet


class Cause(StrEnum):
    """What explains a difference, where something does."""

    NONE = ""
    SLIP = "slip"  # 元 for 万元, or the other way: factor 10,000
    UNIT_SLIP = "unit-slip"  # one unit's figure was off by that factor
    LEFT_OUT = "left-out"  # exactly one unit's figure is not in it
    TWICE = "twice"  # exactly one unit's figure is in it twice
    CLOSEST = "closest"  # no figure fits exactly; this one comes nearest
    ALL_UNITS = "all-units"  # declared is the units' sum, ours is one unit's own figure
    OWN_ONLY = "own-only"  # declared is one unit's figure, ours the sum
    NOT_SELECTED = "not-selected"  # the units have it, but it does not stand in the department's form
    NEAR_NAME = "near-name"  # an indicator of nearly the same name is on the other side


@dataclass(frozen=True, slots=True)
class StatedField:
    """A scalar as the other side states it. `measure` is what its amount was written in, empty where the form's.

    `number` is already in the form's money; `unit_code` is a unit's where the figure is that unit's alone.
    """

    key: str
    text: str
    number: Decimal | None
    source: Source
    measure: str = ""
    places: int | None = None  # decimals as written
    unit_code: str = ""


@dataclass(frozen=True, slots=True)
class StatedRow:
    """A row of a repeating block; `answers` are column key, text and source."""

    block: str
    answers: tuple[tuple[str, str, Source], ...]


@dataclass(frozen=True, slots=True)
class StatedIndicator:
    """An indicator as the other side states it; `id` is the allocation's where it is known."""

    level: str
    levels: tuple[str, ...]
    name: str
    targets: tuple[tuple[str, TargetValue, Source], ...]
    extras: tuple[tuple[str, str, Source], ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One other side. What it does not speak of at all (`speaks` of fields, rows, indicators) is not compared."""

    against: Against
    name: str  # of the file or folder
    fields: tuple[StatedField, ...] = ()
    rows: tuple[StatedRow, ...] = ()
    indicators: tuple[StatedIndicator, ...] = ()
    speaks: frozenset[str] = frozenset({"fields", "rows", "indicators"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure held against its counterpart, also where they agree.

    `part` is field, row or indicator; `figure` the figure's key, `column` the target or the row's column. `amount` is
    declared less units, `share` of the units' figure, `bound` what rounding may account for; all in the figure's
    measure. `unit_code` names the unit that explains it best, with `cause`; `units_total` is the plain sum over the
    units beside an own figure. `told` is where `moved` indicators stand in the other form, or the near name.
    """

    against: Against
    part: str
    figure: str
    column: str
    name: str
    levels: tuple[str, ...]
    match: Match
    units_text: str
    units_number: Decimal | None
    declared_text: str
    declared_number: Decimal | None
    source: Source
    file: str
    amount: Decimal | None = None
    share: Decimal | None = None
    bound: Decimal | None = None
    cause: Cause = Cause.NONE
    unit_code: str = ""
    unit_name: str = ""
    units_total: Decimal | None = None
    told: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """下属预算单位个数 as declared, on the roster, and of whom a form is accepted."""

    declared: int | None
    roster: int
    accepted: int
