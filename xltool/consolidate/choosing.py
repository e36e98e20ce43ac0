"""Rules that let one of the units' values stand, or each: nothing is computed but which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from xltool.consolidate.arithmetic import IncompatibleError, dimension, joined_operator, meaning
from xltool.consolidate.ordering import Key, UnorderedError, order_keys
from xltool.consolidate.printing import printed
from xltool.consolidate.question import Candidate, Outcome, Question, Rule, Sifted, sift
from xltool.consolidate.settling import refused, settled, unavailable, unsuited
from xltool.findings import Code
from xltool.model.consolidation import Status
from xltool.model.form import Role
from xltool.model.value import Kind, Operator, State, TargetValue

DRAFT = "department-draft"  # why a value of the department's draft is not used
_FLOORS = frozenset({Operator.AT_LEAST, Operator.MORE})
_CEILINGS = frozenset({Operator.AT_MOST, Operator.LESS})


def all_equal(question: Question) -> Outcome:
    """The one value that all say; else a conflict, and never a mean or a vote."""
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    values = [candidate.value for candidate in sifted.given]
    if len({(value.operator, *meaning(value)) for value in values}) == 1:
        return Outcome(Status.RESOLVED, values[0], sifted.reasons)
    if len({meaning(value) for value in values}) == 1:
        return refused(question, sifted, Code.AGG_OPERATORS)
    numbers = all(value.kind is Kind.NUMBER for value in values)
    if numbers and len({dimension(value.measure) for value in values}) > 1:
        return refused(question, sifted, Code.AGG_DIMENSIONS)
    return refused(question, sifted, Code.AGG_VALUES_DIFFER)


def keep_each(question: Question) -> Outcome:
    """Each differing value beside the units that say it; one value that all say stands alone."""
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    groups = classes(sifted.given)
    first = sifted.given[0].value
    if len(groups) == 1:
        return Outcome(Status.RESOLVED, first, sifted.reasons)
    text = "；".join(
        "、".join(dict.fromkeys(c.unit.name for c in group)) + "：" + printed(group[0].value, question.profile)
        for group in groups
    )
    values = [candidate.value for candidate in sifted.given]
    value = TargetValue(
        text, State.GIVEN,
        kind=first.kind if len({value.kind for value in values}) == 1 else Kind.UNPARSED,
        operator=first.operator if len({value.operator for value in values}) == 1 else None,
    )  # fmt: skip
    return Outcome(Status.RESOLVED, value, sifted.reasons, text=text)


def most_frequent(question: Question) -> Outcome:
    """The value that more units say than any other; as many for two values is a conflict, not a choice by order."""
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    groups = sorted(classes(sifted.given), key=len, reverse=True)
    if len(groups) > 1 and len(groups[0]) == len(groups[1]):
        return refused(question, sifted, Code.AGG_VALUES_DIFFER)
    return _standing(sifted, groups[0][0].value)


def maximum(question: Question) -> Outcome:
    """The largest number, the longest duration, the latest deadline."""
    return _extreme(question, largest=True)


def minimum(question: Question) -> Outcome:
    """The smallest number, the shortest duration, the earliest deadline."""
    return _extreme(question, largest=False)


def latest(question: Question) -> Outcome:
    """The latest deadline, in the words it was written in; what is no date is refused."""
    return _extreme(question, largest=True, dates_only=True)


def weakest(question: Question) -> Outcome:
    """The commitment all units keep: the smallest of ≥, the largest of ≤, the latest deadline.

    A bare `=` promises in no direction: then the coordinator says maximum or minimum.
    """
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    operators = {candidate.value.operator for candidate in sifted.given} - {Operator.EQUAL, None}
    if len(classes(sifted.given)) == 1:
        return all_equal(question)
    if not operators:
        return refused(question, sifted, Code.AGG_NO_DIRECTION)
    if not (operators <= _FLOORS or operators <= _CEILINGS):
        return refused(question, sifted, Code.AGG_OPERATORS)
    return _extreme(question, largest=operators <= _CEILINGS)


def own(question: Question) -> Outcome:
    """The department's own: what its draft says, else the form of its own bureau (本级), whatever the units say."""
    drafts = [item for item in question.candidates if item.unit.role is Role.DEPARTMENT]
    role = Role.DEPARTMENT if any(item.value.state is not State.BLANK for item in drafts) else Role.OWN
    return _of(question, lambda candidate: candidate.unit.role is role, "not-own")


def among_units(question: Question, rule: Rule) -> Outcome:
    """The rule applied to the units' values alone; the department's draft is no unit's."""
    part = tuple(item for item in question.candidates if item.unit.role is not Role.DEPARTMENT)
    if len(part) == len(question.candidates):
        return rule(question)
    outcome = rule(replace(question, candidates=part))
    reasons = iter(outcome.reasons)
    told = (DRAFT if c.unit.role is Role.DEPARTMENT else next(reasons) for c in question.candidates)
    return replace(outcome, reasons=tuple(told))


def owner(question: Question) -> Outcome:
    """The figure of the unit the rule names (牵头单位)."""
    if question.owner not in question.roster:
        return unavailable(question)
    return _of(question, lambda candidate: candidate.unit.code == question.owner, "not-owner")


def none(question: Question) -> Outcome:
    """No figure by intention: the place stays empty."""
    return Outcome(Status.RESOLVED, None, ("not-consolidated",) * len(question.candidates))


def classes(candidates: Sequence[Candidate]) -> tuple[tuple[Candidate, ...], ...]:
    """The candidates that say the same, together, in the order of their first."""
    groups: dict[object, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault((candidate.value.operator, *meaning(candidate.value)), []).append(candidate)
    return tuple(tuple(group) for group in groups.values())


def _extreme(question: Question, *, largest: bool, dates_only: bool = False) -> Outcome:
    sifted = sift(question)
    done = settled(question, sifted)
    if done is not None:
        return done
    values = [candidate.value for candidate in sifted.given]
    try:
        keys = order_keys(values, dates_only=dates_only)
        operator = bound_operator(values)
    except UnorderedError:
        return unsuited(question, sifted)
    except IncompatibleError:
        same = len({value.operator for value in values}) == 1
        return refused(question, sifted, Code.AGG_DIMENSIONS if same else Code.AGG_OPERATORS)
    chosen = values[keys.index(_best(keys, largest=largest))]
    return _standing(sifted, restated(chosen, operator))


def _best(keys: Sequence[Key], *, largest: bool) -> Key:
    return max(keys) if largest else min(keys)


def bound_operator(values: Sequence[TargetValue]) -> Operator | None:
    """The operator of the extreme of these values: as of a sum, and `=` among upper bounds gives an upper bound."""
    operators = frozenset(value.operator for value in values)
    if operators == {Operator.EQUAL, Operator.AT_MOST}:
        return Operator.AT_MOST
    return joined_operator(operators)


def restated(value: TargetValue, operator: Operator | None) -> TargetValue:
    """The value under another operator, no longer as it was written."""
    return value if value.operator is operator else replace(value, operator=operator, text="", notes=())


def _standing(sifted: Sifted, value: TargetValue) -> Outcome:
    """A value that stands for all; that the others differ is said."""
    if len(classes(sifted.given)) == 1:
        return Outcome(Status.RESOLVED, value, sifted.reasons)
    reasons = iter(_chosen_reasons(sifted.given, value))
    told = tuple(reason or next(reasons) for reason in sifted.reasons)
    return Outcome(Status.RESOLVED, value, told)


def _chosen_reasons(given: Sequence[Candidate], value: TargetValue) -> tuple[str, ...]:
    """Used are the units whose value stands; the operator may have been joined."""
    return tuple("" if meaning(item.value) == meaning(value) else "not-chosen" for item in given)


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
