"""What a campaign asks of its forms beyond the form itself, and what is known of its units beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xltool.model.form import Check


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The [checks] of campaign.toml. `grades` go from a code or a check's key to off, error, warning or info.

    `reasons` are codes that pass only with a written 合理性说明; `checks` are added to those of the form.
    """

    grades: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Approved:
    """批复数: the approved figure of one unit's field, in the form's money measure. `column` names it in the roster."""

    unit_code: str
    field: str
    amount: Decimal
    column: str
