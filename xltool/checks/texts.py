"""Checks of running text: blanks of a template left standing, last year's words, another unit's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from unicodedata import normalize

from xltool.checks.case import Case
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.model.form import AnswerType, Role
from xltool.model.value import State
from xltool.values.phrases import one_width, phrase, untitled

LONG = 30  # characters from which two texts do not agree by chance
_PUNCTUATION = re.compile(r"[^\w]+")
_YEAR = re.compile(r"20\d\d(?=年)")
_ANY_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_BUDGET_YEAR = "{year}"  # in an answer's default
_IN_WORDS = (AnswerType.TEXT, AnswerType.PHONE, AnswerType.DATE)


class Text(NamedTuple):
    """An answer in words: its slot, what messages call it, and what it says."""

    key: str
    label: str
    text: str


def placeholders(case: Case) -> Iterator[Finding]:
    """No blank of a template is left standing in a text or a name."""
    for said in (*texts(case), *names(case)):
        text = one_width(said.text)
        match = phrase("blank-whole", text) or phrase("blank", text)
        if match:
            yield case.say(Code.VAL_PLACEHOLDER, said.key, label=said.label, found=match[0].strip())


def nothing_written(case: Case) -> Iterator[Finding]:
    """A compulsory text says something: 略, 同上 and 见附件 cannot be consolidated."""
    for said in texts(case):
        answer = case.slots[said.key].answer
        if answer is not None and answer.compulsory and phrase("nothing", one_width(said.text)):
            yield case.say(Code.VAL_NOTHING_WRITTEN, said.key, label=said.label, text=said.text.strip())


def other_years(case: Case) -> Iterator[Finding]:
    """What is planned is planned for the budget year. Years of documents, bases and earlier work are no plans."""
    year = case.background.year
    for said in texts(case) if year else ():
        answer, text = case.slots[said.key].answer, untitled(one_width(said.text))
        if answer is not None and _BUDGET_YEAR in answer.default:  # 实施起止时间: any year in it is the budget year
            years = [int(found) for found in _ANY_YEAR.findall(text)]
            if years and not min(years) <= year <= max(years):
                yield case.say(Code.VAL_OTHER_YEAR, said.key, label=said.label, found=said.text.strip(), year=year)
            continue
        past, future = phrase("plan-past", text), phrase("plan-future", text)
        match = past if past and int(past["year"]) < year else future
        if match and int(match["year"]) != year:
            yield case.say(Code.VAL_OTHER_YEAR, said.key, label=said.label, found=match[0], year=year)


def last_years(case: Case) -> Iterator[Finding]:
    """A text is not last year's word for word, nor with only the year changed."""
    earlier = case.background.texts
    for said in texts(case) if earlier else ():
        if said.key in earlier:
            now = folded(_YEAR.sub("", said.text))
            if len(now) >= LONG and now == folded(_YEAR.sub("", earlier[said.key])):
                yield case.say(Code.VAL_LAST_YEARS, said.key, label=said.label)


def other_units(case: Case) -> Iterator[Finding]:
    """A unit writes of itself; another unit's name in its text came with a copy."""
    known = case.background
    if case.role is not Role.UNIT or known.names is None:
        return
    for said in (*texts(case), *names(case)):
        found = [match[0] for match in known.names.finditer(said.text) if known.is_others(match[0])]
        if found:
            unit = "、".join(dict.fromkeys(found))
            yield case.say(Code.VAL_OTHER_UNIT, said.key, label=said.label, unit=unit)


TEXT_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    placeholders,
    nothing_written,
    last_years,
    other_units,
    other_years,
)


def texts(case: Case) -> Iterator[Text]:
    """Every answer that the unit wrote in words: fields, cells of repeating rows, remarks on indicators."""
    answers = [("", answer) for answer in case.submission.fields]
    answers += [(f"{row.key}.", answer) for row in case.submission.rows for answer in row.answers]
    answers += [(f"{item.key}.", answer) for item in case.submission.indicators for answer in item.extras]
    for prefix, answer in answers:
        slot = case.slots.get(prefix + answer.key)
        if slot is None or slot.answer is None or slot.locked or answer.state is not State.GIVEN:
            continue
        if slot.answer.type in _IN_WORDS:
            yield Text(slot.key, slot.label, answer.text)


def names(case: Case) -> Iterator[Text]:
    """The names of the indicators."""
    for item in case.submission.indicators:
        yield Text(f"{item.key}.name", case.slots[f"{item.key}.name"].label, item.name)


def folded(text: str) -> str:
    """A text without blanks, punctuation and width, for telling whether two say the same letter for letter."""
    return _PUNCTUATION.sub("", normalize("NFKC", text))
