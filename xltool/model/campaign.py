"""One round: form, year, roster and rules, as the campaign folder says it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xltool.model.form import Role


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
    """

    kind: str
    level: str
    name: str
    rule: str = ""
    owner: str = ""
    include: bool = True
    order: int = 0


@dataclass(frozen=True, slots=True)
class Campaign:
    """`id` names the round in identity tokens. Secrets are not here: they are read where they are used."""

    id: str
    form_id: str
    year: int
    department: str
    deadline: date | None
    contact: str
    telephone: str
    units: tuple[ReportingUnit, ...]
    rules: tuple[RuleLine, ...] = ()
    accept: str = "auto"
    sign_block: bool = False
    password: str = ""
    own_counts: bool = True  # 本级 is one of the 下属预算单位
