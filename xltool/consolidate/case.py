"""All that the parts of one consolidation share: form, roster, accepted forms, rules, decisions and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xltool.consolidate.deciding import DecisionBook
from xltool.consolidate.matching import RuleBook
from xltool.consolidate.weighing import Behind, Weighing
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.form import FormDefinition
from xltool.model.submission import Submission

Accepted = Sequence[tuple[ReportingUnit, Submission]]


@dataclass(frozen=True, slots=True)
class Around:
    """What lies further down than the units that are asked: all units of the node, and whose forms are accepted.

    `totals` are the sums over all units below a unit that hands up a figure of its own office alone, by unit and field.
    `behind` are the units that the figures handed up speak for.
    """

    whole: Campaign
    accepted: frozenset[str]
    totals: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    behind: Behind = field(default_factory=Behind)


@dataclass(frozen=True, slots=True)
class Case:
    """`accepted` are the units' forms in roster order, `drafts` the department's own."""

    form: FormDefinition
    campaign: Campaign
    accepted: Accepted
    drafts: Accepted
    books: Mapping[str, RuleBook]
    decisions: DecisionBook
    weighing: Weighing
    around: Around

    @property
    def roster(self) -> frozenset[str]:
        return frozenset(unit.code for unit in self.campaign.units)
