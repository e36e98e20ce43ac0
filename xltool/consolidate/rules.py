"""The rules by which one figure is formed from the units' values, and the default rule of each kind of value.

A further rule is one function here and one line in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from xltool.consolidate.arithmetic import (
    IncompatibleError,
    adds,
    counts_heads,
    dimension,
    exact_sum,
    in_base,
    in_one_measure,
    joined_operator,
    meaning,
)
from xltool.consolidate.printing import printed
from xltool.consolidate.question import (
    Candidate,
    Outcome,
    Question,
    Rule,
    Sifted,
    conflict,
    listing,
    sift,
)
from xltool.findings import Code
from xltool.model.consolidation import Status
from xltool.model.finding import Finding
from xltool.model.form import AnswerType, Role
from xltool.model.value import Kind, Operator, State, TargetValue

_SPREAD = frozenset({Kind.DISTRIBUTIVE, Kind.FREQUENCY})
_BY_TYPE = {
    AnswerType.MONEY: "sum",
    AnswerType.INTEGER: "sum",
    AnswerType.NUMBER: "sum",
    AnswerType.PERCENT: "all_equal",
}


def total(question: Question) -> Outcome:
    """The exact sum. Other kinds than numbers, operators or measures that do not add, and double entry: conflicts."""
    sifted = sift(question)
    settled = _settled(question, sifted)
    if settled is not None:
        return settled
    given = sifted.given
    values = [candidate.value for candidate in given]
    if any(value.kind is not Kind.NUMBER or value.number is None for value in values):
        return _refused(question, sifted, Code.AGG_VALUES_DIFFER)
    if len(given) > 1 and any(value.wording for value in values):  # 约200人 and 100人: 300 would say more than they did
        return _refused(question, sifted, Code.AGG_VALUES_DIFFER)
    try:
        operator = joined_operator(value.operator for value in values)
    except IncompatibleError:
        return _refused(question, sifted, Code.AGG_OPERATORS)
    try:
        numbers, symbol = in_one_measure((value.number, value.measure) for value in values if value.number is not None)
    except IncompatibleError:
        return _refused(question, sifted, Code.AGG_DIMENSIONS)
    twice = () if question.declared else _entered_twice(question, given)
    if twice:
        return _refused(question, sifted, Code.AGG_DOUBLE_ENTRY, twice)
    if len(given) == 1:
        return Outcome(Status.RESOLVED, values[0], sifted.reasons)
    result = TargetValue(
        text="", state=State.GIVEN, kind=Kind.NUMBER, operator=operator, number=exact_sum(numbers),
        measure=symbol,
    )  # fmt: skip
    return Outcome(Status.RESOLVED, result, sifted.reasons, _remarks(question, given, symbol))


def _entered_twice(question: Question, given: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Units that entered the very same large figure, or one unit that entered the indicator twice."""
    if question.threshold is None:
        return ()
    by_unit: dict[str, list[Candidate]] = {}
    by_amount: dict[object, list[Candidate]] = {}
    for candidate in given:
        number = candidate.value.number
        by_unit.setdefault(candidate.unit.code, []).append(candidate)
        if number is not None and in_base(number, candidate.value.measure) > question.threshold:
            by_amount.setdefault(meaning(candidate.value), []).append(candidate)
    for group in (*by_unit.values(), *by_amount.values()):
        if len(group) > 1:
            return tuple(group)
    return ()


def _remarks(question: Question, given: Sequence[Candidate], symbol: str | None) -> tuple[Finding, ...]:
    found = []
    if len({candidate.value.operator for candidate in given}) > 1:
        found.append(question.finding(Code.AGG_MIXED_OPERATORS, values=listing(tuple(given))))
    if counts_heads(symbol):
        found.append(question.finding(Code.AGG_COUNTED_TWICE, measure=symbol or "", count=len(given)))
    return tuple(found)


def all_equal(question: Question) -> Outcome:
    """The one value that all say; else a conflict, and never a mean or a vote."""
    sifted = sift(question)
    settled = _settled(question, sifted)
    if settled is not None:
        return settled
    values = [candidate.value for candidate in sifted.given]
    if len({(value.operator, *meaning(value)) for value in values}) == 1:
        return Outcome(Status.RESOLVED, values[0], sifted.reasons)
    if len({meaning(value) for value in values}) == 1:
        return _refused(question, sifted, Code.AGG_OPERATORS)
    numbers = all(value.kind is Kind.NUMBER for value in values)
    if numbers and len({dimension(value.measure) for value in values}) > 1:
        return _refused(question, sifted, Code.AGG_DIMENSIONS)
    return _refused(question, sifted, Code.AGG_VALUES_DIFFER)


def keep_each(question: Question) -> Outcome:
    """Each differing value beside the units that say it; one value that all say stands alone."""
    sifted = sift(question)
    settled = _settled(question, sifted)
    if settled is not None:
        return settled
    groups: dict[object, list[Candidate]] = {}
    for candidate in sifted.given:
        groups.setdefault((candidate.value.operator, *meaning(candidate.value)), []).append(candidate)
    first = sifted.given[0].value
    if len(groups) == 1:
        return Outcome(Status.RESOLVED, first, sifted.reasons)
    text = "；".join(
        "、".join(dict.fromkeys(c.unit.name for c in group)) + "：" + printed(group[0].value, question.profile)
        for group in groups.values()
    )
    values = [candidate.value for candidate in sifted.given]
    value = TargetValue(
        text, State.GIVEN,
        kind=first.kind if len({value.kind for value in values}) == 1 else Kind.UNPARSED,
        operator=first.operator if len({value.operator for value in values}) == 1 else None,
    )  # fmt: skip
    return Outcome(Status.RESOLVED, value, sifted.reasons, text=text)


def own(question: Question) -> Outcome:
    """The figure of the department's own bureau (本级), whatever the units say."""
    return _of(question, lambda candidate: candidate.unit.role is Role.OWN, "not-own")


def owner(question: Question) -> Outcome:
    """The figure of the unit the rule names (牵头单位)."""
    if question.owner not in question.roster:
        return unavailable(question)
    return _of(question, lambda candidate: candidate.unit.code == question.owner, "not-owner")


def none(question: Question) -> Outcome:
    """No figure by intention: the place stays empty."""
    return Outcome(Status.RESOLVED, None, ("not-consolidated",) * len(question.candidates))


def unavailable(question: Question) -> Outcome:
    """No figure, because the rule itself cannot be applied: nothing is guessed in its place."""
    found = question.finding(Code.AGG_RULE_UNKNOWN, rule=question.rule, owner=question.owner)
    return Outcome(Status.CONFLICT, None, ("no-rule",) * len(question.candidates), (found,))


RULES: Mapping[str, Rule] = {
    "sum": total,
    "own": own,
    "owner": owner,
    "pick": owner,
    "all_equal": all_equal,
    "keep_each": keep_each,
    "none": none,
}


def answer(question: Question) -> Outcome:
    """The outcome by the question's rule; a name that is no rule here is a conflict with its finding."""
    rule = RULES.get(question.rule)
    return rule(question) if rule else unavailable(question)


def default_for(values: Sequence[TargetValue]) -> str:
    """The default rule for an indicator's target, by the kinds of what was given (DESIGN §8)."""
    told = [value for value in values if value.state is State.GIVEN and value.kind is not Kind.NONE]
    kinds = {value.kind for value in told}
    if kinds == {Kind.NUMBER} and any(adds(value.measure) for value in told):
        countable = all(value.operator is not Operator.QUALITATIVE for value in told)
        return "sum" if countable else "all_equal"
    return "keep_each" if kinds and kinds <= _SPREAD else "all_equal"


def default_for_answer(type: AnswerType) -> str:
    """The default rule of a scalar answer: amounts and counts add, texts are the department's own."""
    return _BY_TYPE.get(type, "own")


def _settled(question: Question, sifted: Sifted) -> Outcome | None:
    """The outcome where nothing is left to combine: something is missing, or nobody gave a value."""
    if sifted.blocked:
        return conflict(sifted.reasons, *sifted.findings)
    if sifted.given:
        return None
    if not sifted.stated:
        return Outcome(Status.MISSING, None, sifted.reasons)
    said = {meaning(candidate.value) for candidate in sifted.stated}
    if len(said) > 1:
        return _refused(question, sifted, Code.AGG_VALUES_DIFFER, sifted.stated)
    reasons = tuple("" if reason in ("none", "not-applicable") else reason for reason in sifted.reasons)
    return Outcome(Status.RESOLVED, sifted.stated[0].value, reasons)


def _refused(question: Question, sifted: Sifted, code: Code, differing: Sequence[Candidate] = ()) -> Outcome:
    values = listing(tuple(differing or sifted.given))
    return conflict(sifted.reasons, question.finding(code, values=values))


def _of(question: Question, chosen: Callable[[Candidate], bool], reason: str) -> Outcome:
    """The figure of some candidates only; where they are silent, nobody else speaks for them."""
    part = tuple(candidate for candidate in question.candidates if chosen(candidate))
    if not part:
        found = question.finding(Code.AGG_NO_SOURCE, rule=question.rule, owner=question.owner)
        nobody = (reason,) * len(question.candidates)
        return Outcome(Status.MISSING, None, nobody, (found,) if question.compulsory else ())
    outcome = all_equal(replace(question, candidates=part))
    reasons = iter(outcome.reasons)
    told = tuple(next(reasons) if chosen(candidate) else reason for candidate in question.candidates)
    return replace(outcome, reasons=told)
