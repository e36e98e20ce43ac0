"""Rules that compute a figure: the exact sum, the sum of what is spread, and the mean with declared weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from xltool.consolidate.arithmetic import (
    IncompatibleError,
    counts_heads,
    exact_sum,
    in_base,
    in_one_measure,
    joined_operator,
    meaning,
    places_of,
    rounding_bound,
)
from xltool.consolidate.choosing import classes
from xltool.consolidate.question import Candidate, Outcome, Question, Sifted, conflict, listing, sift
from xltool.consolidate.settling import refused, settled, unavailable, unsuited
from xltool.findings import Code
from xltool.model.consolidation import Status
from xltool.model.finding import Finding
from xltool.model.value import Kind, State, TargetValue

MEAN_PLACES = 2  # decimals of a mean where neither the form nor the units say more
_BETWEEN = re.compile("[、，,；;]")
_LAST = re.compile("以及|及|和|与")


def total(question: Question) -> Outcome:
    """The exact sum. Other kinds than numbers, operators or measures that do not add, and double entry: conflicts."""
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    given = sifted.given
    values = [candidate.value for candidate in given]
    if any(value.kind is not Kind.NUMBER or value.number is None for value in values):
        return refused(question, sifted, Code.AGG_VALUES_DIFFER)
    if len(given) > 1 and any(value.wording for value in values):  # 约200人 and 100人: 300 would say more than they did
        return refused(question, sifted, Code.AGG_VALUES_DIFFER)
    twice = () if question.declared else _entered_twice(question, given)
    summed = _summed(question, sifted, values)
    if isinstance(summed, Outcome):
        return summed
    if twice:
        return refused(question, sifted, Code.AGG_DOUBLE_ENTRY, twice)
    whole = () if question.declared else _whole_in_one(question, given)
    if whole:
        return refused(question, sifted, Code.AGG_IS_CONTROL, whole)
    if len(given) == 1:
        return Outcome(Status.RESOLVED, values[0], sifted.reasons)
    return Outcome(Status.RESOLVED, summed, sifted.reasons, _remarks(question, given, summed.measure))


def expand_and_sum(question: Question) -> Outcome:
    """各2个 counted for each thing its indicator's name lists (A、B和C), then summed; frequencies of one period add.

    A name that lists nothing leaves «each» unknown: refused, because a factor nobody wrote would be a guess.
    """
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    values = [candidate.value for candidate in sifted.given]
    kinds = {value.kind for value in values}
    if kinds == {Kind.FREQUENCY}:
        return _frequencies(question, sifted, values)
    if not kinds <= {Kind.NUMBER, Kind.DISTRIBUTIVE} or any(value.number is None or value.wording for value in values):
        return unsuited(question, sifted)
    if Kind.DISTRIBUTIVE not in kinds:
        return total(question)
    things = listed(question.name)
    if len(things) < 2:
        return unsuited(question, sifted)
    summed = _summed(question, sifted, [_expanded(value, len(things)) for value in values])
    if isinstance(summed, Outcome):
        return summed
    found = question.finding(Code.AGG_EXPANDED, count=len(things), things="、".join(things))
    remarks = _remarks(question, sifted.given, summed.measure)
    return Outcome(Status.RESOLVED, summed, sifted.reasons, (found, *remarks))


def listed(name: str) -> tuple[str, ...]:
    """The things a name lists: `书籍、画册和手册` are three. Without a 、 nothing is taken for a list."""
    parts = [part for part in _BETWEEN.split(name) if part.strip()]
    if len(parts) < 2:
        return ()
    return (*parts[:-1], *(part for part in _LAST.split(parts[-1], maxsplit=1) if part.strip()))


def expanded_number(value: TargetValue, things: int) -> Decimal | None:
    """The number that a value stands for once «each» is counted."""
    if value.number is None:
        return None
    return value.number * things if value.kind is Kind.DISTRIBUTIVE else value.number


def _expanded(value: TargetValue, things: int) -> TargetValue:
    return replace(value, kind=Kind.NUMBER, number=expanded_number(value, things))


def _frequencies(question: Question, sifted: Sifted, values: Sequence[TargetValue]) -> Outcome:
    """每日130份 here and 每日90份 there are 每日220份 together."""
    first = values[0]
    same = {(value.every, value.measure, value.wording, value.upper) for value in values}
    if len(same) > 1 or first.upper is not None or any(value.number is None for value in values):
        return unsuited(question, sifted)
    if len(values) == 1:
        return Outcome(Status.RESOLVED, first, sifted.reasons)
    try:
        operator = joined_operator(value.operator for value in values)
    except IncompatibleError:
        return refused(question, sifted, Code.AGG_OPERATORS)
    number = exact_sum(value.number for value in values if value.number is not None)
    text = f"{first.wording or ''}{number:f}{(first.measure or '').partition('/')[0]}"
    return Outcome(Status.RESOLVED, replace(first, text=text, number=number, operator=operator), sifted.reasons)


def weighted_mean(question: Question) -> Outcome:
    """The mean of numbers weighted by a numeric field of the same units, rounded half up, which a finding says.

    The decimals are the form's, else those of the longest value and at least two.
    """
    if question.weights is None:
        return unavailable(question)
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    values = [candidate.value for candidate in sifted.given]
    if any(value.kind is not Kind.NUMBER or value.number is None or value.wording for value in values):
        return unsuited(question, sifted)
    if len(classes(sifted.given)) == 1:
        return Outcome(Status.RESOLVED, values[0], sifted.reasons)
    if len({candidate.unit.code for candidate in sifted.given}) < len(values):  # a unit's weight would count twice
        return unsuited(question, sifted)
    weights = [question.weight_of(candidate) for candidate in sifted.given]
    told = [weight for weight in weights if weight is not None and weight >= 0]
    if len(told) < len(values) or not any(told):
        return conflict(sifted.reasons, question.finding(Code.AGG_WEIGHT_MISSING, weight=question.weight))
    summed = _summed(question, sifted, values)
    if isinstance(summed, Outcome):
        return summed
    numbers, symbol = in_one_measure((value.number, value.measure) for value in values if value.number is not None)
    mean = sum(Fraction(n) * Fraction(w) for n, w in zip(numbers, told, strict=True)) / sum(map(Fraction, told))
    number = _half_up(Fraction(mean), mean_places(question, numbers))
    found = question.finding(Code.AGG_ROUNDED, number=f"{number:f}", weight=question.weight)
    mixed = [item for item in _remarks(question, sifted.given, symbol) if item.code == Code.AGG_MIXED_OPERATORS]
    value = replace(summed, number=number, measure=symbol)
    return Outcome(Status.RESOLVED, value, sifted.reasons, (*mixed, *_climbed(question, sifted.given), found))


def _climbed(question: Question, given: Sequence[Candidate]) -> tuple[Finding, ...]:
    """That figures handed up weigh as the units they speak for, where their node's own number is another."""
    units = []
    for candidate in given:
        weight, shown = question.weight_of(candidate), (question.weights or {}).get(candidate.unit.code)
        if weight is not None and weight != shown:
            units.append(f"{candidate.unit.name} {weight:f} ({'-' if shown is None else f'{shown:f}'})")
    return (question.finding(Code.AGG_WEIGHT_CLIMBED, weight=question.weight, units="、".join(units)),) if units else ()


def mean_places(question: Question, numbers: Sequence[Decimal]) -> int:
    """Decimals of a mean of these numbers."""
    decimals = question.profile.decimals
    return decimals if decimals is not None else max(MEAN_PLACES, *map(places_of, numbers))


def _half_up(exact: Fraction, places: int) -> Decimal:
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def _summed(question: Question, sifted: Sifted, values: Sequence[TargetValue]) -> TargetValue | Outcome:
    try:
        operator = joined_operator(value.operator for value in values)
    except IncompatibleError:
        return refused(question, sifted, Code.AGG_OPERATORS)
    try:
        numbers, symbol = in_one_measure((value.number, value.measure) for value in values if value.number is not None)
    except IncompatibleError:
        return refused(question, sifted, Code.AGG_DIMENSIONS)
    return TargetValue(
        text="", state=State.GIVEN, kind=Kind.NUMBER, operator=operator, number=exact_sum(numbers), measure=symbol
    )


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


def _whole_in_one(question: Question, given: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Units whose figure alone is the whole department's approved total, where others have one too."""
    told = [candidate for candidate in given if candidate.value.number]
    if question.control is None or len(told) < 2:
        return ()
    return tuple(candidate for candidate in told if candidate.value.number == question.control)


def _remarks(question: Question, given: Sequence[Candidate], symbol: str | None) -> tuple[Finding, ...]:
    found = []
    if len({candidate.value.operator for candidate in given}) > 1:
        found.append(question.finding(Code.AGG_MIXED_OPERATORS, values=listing(tuple(given))))
    if counts_heads(symbol):
        found.append(question.finding(Code.AGG_COUNTED_TWICE, measure=symbol or "", count=len(given)))
    if symbol and len({in_base(Decimal(1), candidate.value.measure) for candidate in given}) > 1:
        numbers = ((c.value.number, c.value.measure) for c in given if c.value.number is not None)
        bound = rounding_bound(numbers, symbol)
        found.append(question.finding(Code.AGG_CONVERTED, measure=symbol, bound=f"{bound:f}"))
    return tuple(found)
