"""Slips of the pen in the running texts of a foreign form. Nothing is corrected: each is reported where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xltool.collect.extract_captions import extract_words
from xltool.collect.extract_grid import Page, Text
from xltool.findings import Code
from xltool.model.submission import FieldAnswer
from xltool.model.value import Note

_KINDS = {
    "stray-space": Code.EXT_STRAY_SPACE,
    "half-width": Code.EXT_HALF_WIDTH,
    "punctuation": Code.EXT_PUNCTUATION,
    "document-number": Code.EXT_DOCUMENT_NUMBER,
    "typo": Code.EXT_TYPO,
}
_PAIRS = {"（": "）", "(": ")", "〔": "〕", "【": "】", "《": "》", "〈": "〉"}
_CLOSING = frozenset(_PAIRS.values())
_SAMPLES = 5  # of one text that are quoted
_AROUND = 4  # characters on each side of a sample


def report_slips(page: Page, targets: frozenset[str]) -> None:
    """Every text that was read, but for target values (`targets` are their keys): those have a grammar of their own."""
    for text in page.texts:
        if text.key in targets:
            continue
        for slip in extract_words()["slip"]:
            _pattern(page, text, slip)
        _outer_blanks(page, text)
        _brackets(page, text)
        _parts(page, text)


def _pattern(page: Page, text: Text, slip: Mapping[str, Any]) -> None:
    found = [(match.start(), match.end()) for match in re.finditer(slip["find"], text.seen.text)]
    if found:
        _say(page, _KINDS[slip["kind"]], text, len(found), (_around(text.seen.text, *where) for where in found))


def _say(page: Page, code: Code, text: Text, count: int, samples: Iterable[str]) -> None:
    shown = list(dict.fromkeys(samples))
    quoted = " ".join(f"“{sample}”" for sample in shown[:_SAMPLES]) + ("…" if len(shown) > _SAMPLES else "")
    page.say(code, text.seen, text.key, label=text.label, count=count, samples=quoted)


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - _AROUND) : end + _AROUND].replace("\n", " ")


def _outer_blanks(page: Page, text: Text) -> None:
    """Blanks around a text; in a text file nobody can see them."""
    if Note.SPACE in text.seen.notes:
        raw = text.seen.raw
        _say(page, Code.EXT_STRAY_SPACE, text, 1, (f"{raw[:_AROUND]}…{raw[-_AROUND:]}",))


def _brackets(page: Page, text: Text) -> None:
    samples = list(_unmatched(text.seen.text))
    if samples:
        _say(page, Code.EXT_BRACKETS, text, len(samples), samples)


def _unmatched(text: str) -> Iterator[str]:
    """Brackets without their other half, and pairs of two widths."""
    open_at: list[int] = []
    for place, char in enumerate(text):
        if char in _PAIRS:
            open_at.append(place)
        elif char in _CLOSING:
            if open_at and _PAIRS[text[open_at[-1]]] == char:
                open_at.pop()
            elif open_at:
                start = open_at.pop()
                yield f"{text[start : start + 2 * _AROUND]}…{text[max(start, place - _AROUND) : place + 1]}"
            elif not text[place - 1 : place].isdigit():  # `1)` opens nothing
                yield _around(text, place, place + 1)
    for start in open_at:
        yield _around(text, start, start + 1)


def _parts(page: Page, text: Text) -> None:
    """Numbered parts: a number left out, a part that is nothing but its title."""
    words = extract_words()["enumeration"]
    found = list(re.finditer(words["item"], text.seen.text, re.MULTILINE))
    if len(found) < 3:
        return
    samples = []
    before = 0
    for place, match in enumerate(found):
        number = _value(match["numeral"], words["numerals"])
        if number > before + 1 and before:
            samples += [f"{_numeral(missing, words['numerals'])}、?" for missing in range(before + 1, number)]
        before = number
        end = found[place + 1].start() if place + 1 < len(found) else len(text.seen.text)
        if re.match(words["empty"], text.seen.text[match.end() : end].strip()):
            samples.append(text.seen.text[match.start() : end].strip())
    if samples:
        _say(page, Code.EXT_ENUMERATION, text, len(samples), samples)


def _value(numeral: str, numerals: str) -> int:
    """一 to 九十九, as parts of a text are numbered."""
    tens, ten, ones = numeral.rpartition(numerals[-1])
    value = numerals.index(ones) + 1 if ones else 0
    return value + (10 * (numerals.index(tens) + 1 if tens else 1) if ten else 0)


def _numeral(number: int, numerals: str) -> str:
    tens, ones = divmod(number, 10)
    text = (numerals[tens - 1] if tens > 1 else "") + (numerals[-1] if tens else "")
    return text + (numerals[ones - 1] if ones else "")


def report_two_names(page: Page, answers: Iterable[tuple[FieldAnswer, str]]) -> None:
    """The reporting unit's name in two fields (each with its label) that do not say the same."""
    given = [(answer, label) for answer, label in answers if answer.text]
    for answer, label in given[1:]:
        first, first_label = given[0]
        if answer.text != first.text:
            seen = next((text.seen for text in page.texts if text.key == answer.key), None)
            page.say(Code.EXT_TWO_NAMES, seen, answer.key, label=first_label, name=first.text, other_label=label,
                     other=answer.text)  # fmt: skip
