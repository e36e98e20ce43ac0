"""One round: form, year, roster and rules, as the campaign folder says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from xltool.model.form import Role
from xltool.model.review import Approved, ReviewSettings


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """预算单位. `code` keeps its leading zeros; `prefill` holds further roster columns by their name."""

    code: str
    name: str
    role: Role
    parent: str = ""
    full_name: str = ""
    contact: str = ""
    telephone: str = ""
    prefill: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of rules.csv: how a figure is formed, whether and where it stands in the department's form.

    `kind` is field, row or indicator. For an indicator `level` is the leaf's key or printed second level and `name`
    the indicator's name; for a row `level` is the block's key and `name` the first column's text. `owner` is the
    code of the 牵头单位 for the rule `owner`, and the unit whose row is picked for `pick`. `order` 0 means unsaid.
    `weight` is the key of the numeric field whose values weigh the units for `weighted_mean`.
    """

    kind: str
    level: str
    name: str
    rule: str = ""
    owner: str = ""
    include: bool = True
    order: int = 0
    weight: str = ""


class Duty(StrEnum):
    """Whether a unit carries an allocated indicator."""

    MUST = "must"
    MAY = "may"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class AllocatedIndicator:
    """One row of the 指标分解表. `id` stays the same over the years and is the indicator's key when consolidating.

    `level` is the leaf's key. Name and measure are given to the units as they stand here; the target is fixed where
    `fixed`, else open with `value` as a suggestion. `owner` is the code of the 牵头单位, `duties` by unit code.
    """

    id: str
    level: str
    name: str
    operator: str = ""
    value: str = ""
    measure: str = ""
    fixed: bool = False
    owner: str = ""
    rule: str = ""
    duties: tuple[tuple[str, Duty], ...] = ()

    def duty(self, unit_code: str) -> Duty:
        return dict(self.duties).get(unit_code, Duty.NOT)


@dataclass(frozen=True, slots=True)
class PreviousAnswer:
    """What a unit reported the year before: a field's text, or an indicator with its target as written.

    `kind` is field or indicator; a field is named by its key, an indicator by its level's key and its name.
    """

    unit_code: str
    kind: str
    level: str
    name: str
    operator: str
    value: str
    measure: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """`id` names the round in identity tokens. Secrets are not here: they are read where they are used.

    `deadline` is the department's own, for its units; `final_deadline` the finance bureau's, for the department.
    """

    id: str
    form_id: str
    year: int
    department: str
    deadline: date | None
    contact: str
    telephone: str
    units: tuple[ReportingUnit, ...]
    rules: tuple[RuleLine, ...] = ()
    allocation: tuple[AllocatedIndicator, ...] = ()
    previous: tuple[PreviousAnswer, ...] = ()
    accept: str = "auto"
    sign_block: bool = False
    password: str = ""
    own_counts: bool = True  # 本级 is one of the 下属预算单位
    final_deadline: date | None = None
    review: ReviewSettings = field(default_factory=ReviewSettings)
    approved: tuple[Approved, ...] = ()
