"""What a rule is asked and what it answers: the candidates for one figure, and what became of each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xltool.findings import Code, finding
from xltool.model.campaign import ReportingUnit
from xltool.model.consolidation import Contribution, Status
from xltool.model.finding import Finding, Position
from xltool.model.value import Kind, Operator, PrintProfile, State, TargetValue

_NAMED = 3  # units named per value in a message; a hundred names help nobody
_LISTED = 6  # values listed in a message
_PLAIN = PrintProfile()
Slot = tuple[str, str]  # key and column of a contribution
DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """One accepted value for a figure. `trace` leads to its cell and says nothing yet of its use."""

    unit: ReportingUnit
    value: TargetValue
    trace: Contribution

    @property
    def place(self) -> tuple[str, Slot]:
        """Whose value it is, and in which slot of the form."""
        return self.unit.code, (self.trace.key, self.trace.column)


@dataclass(frozen=True, slots=True)
class Question:
    """One figure to be formed from its candidates, which stand in roster order.

    `declared` says that the rule was written by the coordinator, who then answers for adding what looks entered
    twice; `numeric` that each value must be a number and adds without a measure (money, persons), `plain` that each is
    a text that is no target (职责, 备注). `threshold` is the form's limit for double entry in base measures, None where
    the check does not apply, and `control` the department's own approved total, None where none is known. `weights`
    are the units' values of the field `weight`, None where there is no such field; `climbed` those of the units behind
    a figure that was handed up, by its place, None where they have none.
    """

    key: str
    name: str
    column: str
    candidates: tuple[Candidate, ...]
    rule: str
    owner: str = ""
    weight: str = ""
    weights: Mapping[str, Decimal] | None = None
    climbed: Mapping[tuple[str, Slot], Decimal | None] = field(default_factory=dict)
    declared: bool = False
    compulsory: bool = False
    numeric: bool = False
    plain: bool = False
    threshold: Decimal | None = None
    control: Decimal | None = None
    roster: frozenset[str] = frozenset()
    profile: PrintProfile = _PLAIN

    def weight_of(self, candidate: Candidate) -> Decimal | None:
        """The weight of a candidate's value: of a figure that was handed up, that of the units it speaks for."""
        if candidate.place in self.climbed:
            return self.climbed[candidate.place]
        return (self.weights or {}).get(candidate.unit.code)

    def finding(self, code: Code, **args: object) -> Finding:
        """A finding about this figure; its name is always among the args."""
        return finding(code, Position(field=self.key), None, name=self.full_name, **args)

    @property
    def full_name(self) -> str:
        """What messages call the figure: its name and, where it has several columns, which one."""
        return f"{self.name} ({self.column})" if self.column else self.name


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule made of a question. `reasons` runs beside the candidates: empty where the value was used.

    `text` is given where the figure is no value to be printed by the form's profile but a text of its own.
    """

    status: Status
    value: TargetValue | None
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    text: str | None = None


Rule = Callable[[Question], Outcome]


def contributions(question: Question, outcome: Outcome) -> tuple[Contribution, ...]:
    """The candidates' traces with what the outcome says became of them."""
    pairs = zip(question.candidates, outcome.reasons, strict=True)
    return tuple(replace(candidate.trace, used=not reason, reason=reason) for candidate, reason in pairs)


def digest(candidates: Iterable[Candidate]) -> str:
    """A short hash of what the units said, whoever's file it stands in: a decision holds for these values only."""
    said = [
        (
            c.unit.code, c.value.state.value, c.value.text.strip(), c.value.operator or "", c.value.measure or "",
            "" if c.value.number is None else f"{c.value.number:f}",
        )
        for c in candidates
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:DIGEST_LENGTH]


def conflict(reasons: tuple[str, ...], *findings: Finding) -> Outcome:
    """No figure: what could have been used was not, because of a conflict."""
    return Outcome(Status.CONFLICT, None, tuple(reason or "conflict" for reason in reasons), findings)


def listing(candidates: tuple[Candidate, ...]) -> str:
    """The differing values with who wrote them, short enough for a message: `100% [甲, 乙 +3]; 95% [丙]`."""
    units: dict[str, list[str]] = {}
    for candidate in candidates:
        units.setdefault(shown(candidate.value), []).append(candidate.unit.name)
    parts = []
    for text, names in units.items():
        more = f" +{len(names) - _NAMED}" if len(names) > _NAMED else ""
        parts.append(f"{text} [{', '.join(names[:_NAMED])}{more}]")
    more = f"; +{len(parts) - _LISTED}" if len(parts) > _LISTED else ""
    return "; ".join(parts[:_LISTED]) + more


def shown(value: TargetValue) -> str:
    """One value with all its cells, as a message shows it."""
    operator = value.operator.value if value.operator in _SIGNS else ""
    if value.kind is Kind.NUMBER and value.number is not None:
        return f"{operator}{value.number:f}{value.measure or ''}"
    return f"{operator}{value.text}" if not value.text.startswith(operator) else value.text


_SIGNS = (Operator.EQUAL, Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE, Operator.LESS)


@dataclass(frozen=True, slots=True)
class Sifted:
    """The candidates that say something, and why the others do not. `blocked`: one is missing that must not be."""

    given: tuple[Candidate, ...]
    stated: tuple[Candidate, ...]  # 无 and 不适用: said to have no value
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]
    blocked: bool


def sift(question: Question) -> Sifted:
    """Set aside what is blank, has no value or cannot be read: none of these is a zero."""
    given: list[Candidate] = []
    stated: list[Candidate] = []
    reasons: list[str] = []
    findings: list[Finding] = []
    for candidate in question.candidates:
        reason = _silence(candidate.value, question.numeric)
        reasons.append(reason)
        if not reason:
            given.append(candidate)
        elif reason in ("none", "not-applicable"):
            stated.append(candidate)
        elif question.compulsory or reason == "unreadable":
            findings.append(_missing(question, candidate))
    return Sifted(tuple(given), tuple(stated), tuple(reasons), tuple(findings), bool(findings))


def _silence(value: TargetValue, numeric: bool) -> str:
    if value.state is State.NOT_APPLICABLE or value.operator is Operator.NOT_APPLICABLE:
        return "not-applicable"
    if value.state is State.BLANK or value.kind is Kind.PLACEHOLDER:
        return "blank"
    if value.kind is Kind.NONE:
        return "none"
    if value.state is State.UNREADABLE or (numeric and value.number is None):
        return "unreadable"
    return ""


def _missing(question: Question, candidate: Candidate) -> Finding:
    trace = candidate.trace
    position = Position(trace.file, trace.sheet, trace.cell, trace.key, trace.unit_code)
    return finding(
        Code.AGG_MISSING, position,
        name=question.full_name, unit=trace.unit_name, text=trace.text,
    )  # fmt: skip
