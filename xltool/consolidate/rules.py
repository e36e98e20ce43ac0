"""The rules by which one figure is formed from the units' values, and the default rule of each kind of value.

A further rule is one function in `choosing` or `adding` and one line in `RULES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xltool.consolidate.adding import expand_and_sum, total, weighted_mean
from xltool.consolidate.arithmetic import adds
from xltool.consolidate.choosing import (
    all_equal,
    among_units,
    keep_each,
    latest,
    maximum,
    minimum,
    most_frequent,
    none,
    own,
    owner,
    weakest,
)
from xltool.consolidate.question import Outcome, Question, Rule
from xltool.consolidate.settling import unavailable
from xltool.model.form import AnswerType
from xltool.model.value import Kind, Operator, State, TargetValue

_SPREAD = frozenset({Kind.DISTRIBUTIVE, Kind.FREQUENCY})
_BY_TYPE = {
    AnswerType.MONEY: "sum",
    AnswerType.INTEGER: "sum",
    AnswerType.NUMBER: "sum",
    AnswerType.PERCENT: "all_equal",
}

RULES: Mapping[str, Rule] = {
    "sum": total,
    "own": own,
    "owner": owner,
    "pick": owner,
    "all_equal": all_equal,
    "weakest": weakest,
    "maximum": maximum,
    "minimum": minimum,
    "latest": latest,
    "weighted_mean": weighted_mean,
    "most_frequent": most_frequent,
    "keep_each": keep_each,
    "expand_and_sum": expand_and_sum,
    "none": none,
}

ASSOCIATIVE = frozenset({"sum", "all_equal", "weakest", "maximum", "minimum", "latest"})
"""Rules under which two steps through the tree give what one step gives."""


def answer(question: Question) -> Outcome:
    """The outcome by the question's rule; a name that is no rule here is a conflict with its finding."""
    rule = RULES.get(question.rule)
    if rule is None:
        return unavailable(question)
    return own(question) if rule is own else among_units(question, rule)


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
