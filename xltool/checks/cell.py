"""Checks of one scalar answer against what the form says of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from xltool.checks.case import Case
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.model.form import Answer, AnswerType
from xltool.model.layout import Slot
from xltool.model.submission import FieldAnswer
from xltool.model.value import State


class Entry(NamedTuple):
    """An answer with its slot and what the form says of it."""

    case: Case
    slot: Slot
    spec: Answer
    answer: FieldAnswer


def blank(entry: Entry) -> Iterator[Finding]:
    """A compulsory answer is given; in a repeating row only once the row is begun (blank rows are no answers)."""
    if entry.answer.state is State.BLANK and entry.spec.compulsory and not entry.slot.locked:
        yield entry.case.say(Code.VAL_BLANK, entry.slot.key, label=entry.slot.label)


def not_applicable(entry: Entry) -> Iterator[Finding]:
    """A compulsory answer that does not apply needs a reason."""
    if entry.answer.state is State.NOT_APPLICABLE and entry.spec.compulsory:
        yield entry.case.say(Code.VAL_NOT_APPLICABLE, entry.slot.key, label=entry.slot.label)


def bounds(entry: Entry) -> Iterator[Finding]:
    """A number lies between the answer's minimum and maximum, both allowed."""
    number, spec = entry.answer.number, entry.spec
    if number is None:
        return
    for code, limit, outside in (
        (Code.VAL_BELOW_MINIMUM, spec.minimum, spec.minimum is not None and number < spec.minimum),
        (Code.VAL_ABOVE_MAXIMUM, spec.maximum, spec.maximum is not None and number > spec.maximum),
    ):
        if outside:
            label, key = entry.slot.label, entry.slot.key
            yield entry.case.say(code, key, label=label, number=f"{number:,f}", limit=f"{limit:,f}")


def whole_number(entry: Entry) -> Iterator[Finding]:
    """Persons and pieces have no decimals."""
    number = entry.answer.number
    if number is not None and entry.spec.type is AnswerType.INTEGER and number != number.to_integral_value():
        yield entry.case.say(Code.VAL_NOT_INTEGER, entry.slot.key, label=entry.slot.label, number=f"{number:,f}")


def decimals(entry: Entry) -> Iterator[Finding]:
    """An amount has no more decimals than the form's amounts."""
    number, spec = entry.answer.number, entry.spec
    if number is None or spec.type is not AnswerType.MONEY:
        return
    limit = entry.case.form.decimals if spec.decimals is None else spec.decimals
    if number != round(number, limit):
        yield entry.case.say(
            Code.VAL_DECIMALS, entry.slot.key, label=entry.slot.label, number=f"{number:,f}", limit=limit
        )


def length(entry: Entry) -> Iterator[Finding]:
    """A text is no longer than fits."""
    limit = entry.spec.max_length
    if limit and entry.answer.state is State.GIVEN and entry.answer.number is None:
        count = len(entry.answer.text)
        if count > limit:
            yield entry.case.say(Code.VAL_TOO_LONG, entry.slot.key, label=entry.slot.label, length=count, limit=limit)


def choice(entry: Entry) -> Iterator[Finding]:
    """A choice is one of the list."""
    spec, answer = entry.spec, entry.answer
    if spec.type is not AnswerType.CHOICE or answer.state is not State.GIVEN or not spec.choices:
        return
    if answer.text.strip() not in spec.choices:
        choices = "、".join(spec.choices)
        yield entry.case.say(
            Code.VAL_NOT_A_CHOICE, entry.slot.key, label=entry.slot.label, text=answer.text.strip(), choices=choices
        )


CELL_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (
    blank,
    not_applicable,
    bounds,
    whole_number,
    decimals,
    length,
    choice,
)


def entries(case: Case) -> Iterator[Entry]:
    """Every scalar answer of a submission: fields, lines, cells of repeating rows, further columns of indicators."""
    submission = case.submission
    yield from _entries(case, "", submission.fields)
    for row in submission.rows:
        yield from _entries(case, f"{row.key}.", row.answers)
    for indicator in submission.indicators:
        yield from _entries(case, f"{indicator.key}.", indicator.extras)


def _entries(case: Case, prefix: str, answers: tuple[FieldAnswer, ...]) -> Iterator[Entry]:
    for answer in answers:
        slot = case.slots.get(prefix + answer.key)
        if slot is not None and slot.answer is not None:
            yield Entry(case, slot, slot.answer, answer)
