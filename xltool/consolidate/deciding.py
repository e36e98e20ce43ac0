"""Who names the rule of a figure, and what the coordinator's decision changes: decision, campaign, allocation, form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from xltool import values
from xltool.consolidate.question import Candidate, Outcome, Question, conflict, listing
from xltool.findings import Code, finding
from xltool.model.campaign import AllocatedIndicator, RuleLine
from xltool.model.consolidation import Status
from xltool.model.decision import Decision
from xltool.model.finding import Finding, Position
from xltool.model.value import Kind, State, TargetValue


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rule of one figure and who named it; `declared` where a person did, who then answers for double entry."""

    rule: str
    origin: str
    owner: str = ""
    weight: str = ""

    @property
    def declared(self) -> bool:
        return self.origin in ("decision", "campaign")


def ruling(line: RuleLine | None, allocated: AllocatedIndicator | None, form_rule: str, default: str) -> Ruling:
    """The rule without a decision: the campaign's line, else the allocation, else the form, else the default."""
    if line is not None and line.rule:
        return Ruling(line.rule, "campaign", line.owner, line.weight)
    if allocated is not None and (allocated.rule or allocated.owner):
        return Ruling(allocated.rule or "owner", "allocation", allocated.owner)
    if form_rule:
        return Ruling(form_rule, "form", line.owner if line else "")
    return Ruling(default, "default", line.owner if line else "")


def decided(base: Ruling, decision: Decision | None) -> Ruling:
    """The rule with the coordinator's decision, which goes before all others."""
    if decision is None or not (decision.rule or decision.owner or decision.weight):
        return base
    return Ruling(
        decision.rule or base.rule, "decision", decision.owner or base.owner, decision.weight or base.weight
    )


class DecisionBook:
    """The decisions by row key, and which of them met a row."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._by_key = {decision.figure: decision for decision in decisions}
        self._met: set[str] = set()
        self._stale: list[Finding] = []

    def find(self, key: str, name: str, inputs: str) -> Decision | None:
        """The decision on this row; one that was made on other values counts as met and is not given."""
        decision = self._by_key.get(key)
        if decision is None:
            return None
        self._met.add(key)
        if decision.inputs != inputs:
            self._stale.append(finding(Code.AGG_DECISION_STALE, Position(field=key), name=name))
            return None
        return decision

    def merged(self) -> Iterator[tuple[str, str, str]]:
        """The pairs of group keys that were decided to be one indicator, each with the reason."""
        for key, decision in self._by_key.items():
            kind, _, pair = key.partition(":")
            if kind == "same":
                self._met.add(key)
                first, _, second = pair.partition("|")
                if decision.include:
                    yield first, second, decision.reason

    def stale(self) -> tuple[Finding, ...]:
        return tuple(self._stale)

    def unmet(self) -> tuple[Finding, ...]:
        """Decisions on rows that no longer exist."""
        left = (key for key in self._by_key if key not in self._met)
        return tuple(finding(Code.AGG_DECISION_UNMATCHED, Position(field=key), name=_called(key)) for key in left)


def _called(key: str) -> str:
    """The indicator's name in a key that has one (indicator:LEVEL:NAME:COLUMN), else the key itself."""
    kind, *parts = key.split(":")
    return parts[1] if kind == "indicator" and len(parts) > 1 else key


def overridden(question: Question, decision: Decision) -> Outcome:
    """The final value as the coordinator typed it; no unit's value is used in it."""
    text = decision.override
    value = typed(text, numeric=question.numeric, plain=question.plain)
    if value is None:
        found = question.finding(Code.AGG_DECISION_BAD, column="override", value=text, expected="0.00")
        return conflict(("overridden",) * len(question.candidates), found)
    found = question.finding(
        Code.AGG_OVERRIDDEN, text=text, values=listing(question.candidates), reason=decision.reason or "-"
    )
    reasons = ("overridden",) * len(question.candidates)
    return Outcome(Status.RESOLVED, value, reasons, (found,), text=None if question.numeric else text)


def typed(text: str, *, numeric: bool, plain: bool) -> TargetValue | None:
    """A typed final value: a number, a text, or an indicator's target; None where a number was needed."""
    if numeric:
        try:
            number = Decimal(text.replace(",", "").strip())
        except InvalidOperation:
            return None
        return TargetValue(text, State.GIVEN, Kind.NUMBER, number=number) if number.is_finite() else None
    if plain:
        return TargetValue(text, State.GIVEN, Kind.WORDING)
    return replace(values.parse(text), text=text)


@dataclass(frozen=True, slots=True)
class Formed:
    """One figure with all that led to it, for the working paper.

    `base` and `base_outcome` are without the coordinator's decision. `leads` marks the first column of an indicator,
    whose row says whether the indicator stands in the form and where; `order` counts within its level, 0 where it is
    left out, `base_*` as it would be without a decision.
    """

    key: str
    kind: str  # field, indicator or extra
    path: tuple[str, ...]
    question: Question
    base: Question
    outcome: Outcome
    base_outcome: Outcome
    ruling: Ruling
    base_ruling: Ruling
    text: str
    inputs: str
    decision: Decision | None = None
    decimals: int | None = None
    leads: bool = False
    group: str = ""
    included: bool = True
    base_included: bool = True
    order: int = 0
    base_order: int = 0

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        return self.question.candidates
