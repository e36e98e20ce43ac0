"""The weights of a mean: each unit's own number, and of a figure handed up by a node those of the units behind it.

A node's rate may stand for its own bureau alone (`own`), or for the two of its three units that have the indicator at
all. Its weight is that of just these units: the weight climbs with the figure, or there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xltool.consolidate.question import Question, Slot

Numbers = Mapping[str, Mapping[str, Decimal]]
"""The numbers of each numeric field by one of its names, then by unit."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the figures handed up: `units` by node and slot, and the numbers of those units."""

    units: Mapping[tuple[str, Slot], frozenset[str]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Weighing:
    """The weights by field: of the units right below the node, and of those behind the figures of a node among them."""

    numbers: Numbers
    behind: Behind = field(default_factory=Behind)

    def by(self, question: Question, weight: str) -> Question:
        """The question with the weights that a field gives its candidates; with none where there is no such field."""
        if weight not in self.numbers:
            return replace(question, weight=weight, weights=None, climbed={})
        climbed = dict(self._climbed(question, weight))
        return replace(question, weight=weight, weights=self.numbers[weight], climbed=climbed)

    def _climbed(self, question: Question, weight: str) -> Iterator[tuple[tuple[str, Slot], Decimal | None]]:
        numbers = self.behind.numbers.get(weight, {})
        for candidate in question.candidates:
            place = candidate.place
            if place in self.behind.units:
                told = [numbers.get(code) for code in sorted(self.behind.units[place])]
                known = [number for number in told if number is not None and number >= 0]
                yield place, sum(known, Decimal(0)) if known and len(known) == len(told) else None
