"""All that the parts of one consolidation share: form, roster, accepted forms, rules, decisions and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xltool.consolidate.deciding import DecisionBook, Ruling
from xltool.consolidate.matching import RuleBook
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.form import FormDefinition
from xltool.model.submission import Submission

Accepted = Sequence[tuple[ReportingUnit, Submission]]


@dataclass(frozen=True, slots=True)
class Around:
    """What lies further down than the units that are asked: all units of the node, and whose forms are accepted.

    `totals` are the sums over all units below a unit that hands up a figure of its own office alone, by unit and field.
    """

    whole: Campaign
    accepted: frozenset[str]
    totals: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """`accepted` are the units' forms in roster order, `drafts` the department's own; `weights` by field, then unit."""

    form: FormDefinition
    campaign: Campaign
    accepted: Accepted
    drafts: Accepted
    books: Mapping[str, RuleBook]
    decisions: DecisionBook
    weights: Mapping[str, Mapping[str, Decimal]]
    around: Around

    @property
    def roster(self) -> frozenset[str]:
        return frozenset(unit.code for unit in self.campaign.units)

    def weights_of(self, ruling: Ruling) -> Mapping[str, Decimal] | None:
        """The weights that a rule names, None where it names no field."""
        return self.weights.get(ruling.weight) if ruling.weight else None
