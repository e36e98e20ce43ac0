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

LONG = 30  # characters from which two texts do not agree by chance
# XX年, ××, **月**日, ____, 〇〇: what a template writes where something is to be filled in. A masked number
# (138****1234) and an English word are none.
_BLANK = re.compile(
    r"(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])|×{2,}|(?<![\d*])\*{2,}(?=[年月日号项个件人次家万元%])|_{2,}|[〇○]{2,}(?=[年月日号个人万元])"
    r"|\((?:此处|请)[^()]{0,8}填[^()]{0,8}\)|请填写|待填写|待补充"
)
_PUNCTUATION = re.compile(r"[^\w]+")


class Text(NamedTuple):
    """An answer in words: its slot, what messages call it, and what it says."""

    key: str
    label: str
    text: str


def placeholders(case: Case) -> Iterator[Finding]:
    """No blank of a template is left standing in a text or a name."""
    named = [Text(f"{item.key}.name", "", item.name) for item in case.submission.indicators]
    for said in (*texts(case), *named):
        match = _BLANK.search(normalize("NFKC", said.text))
        if match:
            label = said.label or case.slots[said.key].label
            yield case.say(Code.VAL_PLACEHOLDER, said.key, label=label, found=match[0])


def last_years(case: Case) -> Iterator[Finding]:
    """A text is not last year's word for word."""
    earlier = case.background.texts
    for said in texts(case) if earlier else ():
        if said.key in earlier:
            now = folded(said.text)
            if len(now) >= LONG and now == folded(earlier[said.key]):
                yield case.say(Code.VAL_LAST_YEARS, said.key, label=said.label)


def other_units(case: Case) -> Iterator[Finding]:
    """A unit writes of itself; another unit's name in its text came with a copy."""
    known = case.background
    if case.role is not Role.UNIT or known.names is None or not known.others:
        return
    for said in texts(case):
        found = [match[0] for match in known.names.finditer(said.text) if match[0] in known.others]
        if found:
            unit = "、".join(dict.fromkeys(found))
            yield case.say(Code.VAL_OTHER_UNIT, said.key, label=said.label, unit=unit)


TEXT_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (placeholders, last_years, other_units)


def texts(case: Case) -> Iterator[Text]:
    """Every answer that the unit wrote in words: fields and cells of repeating rows."""
    answers = [("", answer) for answer in case.submission.fields]
    answers += [(f"{row.key}.", answer) for row in case.submission.rows for answer in row.answers]
    for prefix, answer in answers:
        slot = case.slots.get(prefix + answer.key)
        if slot is None or slot.answer is None or slot.locked or answer.state is not State.GIVEN:
            continue
        if slot.answer.type is AnswerType.TEXT:
            yield Text(slot.key, slot.label, answer.text)


def folded(text: str) -> str:
    """A text without blanks, punctuation and width, for telling whether two say the same letter for letter."""
    return _PUNCTUATION.sub("", normalize("NFKC", text))
