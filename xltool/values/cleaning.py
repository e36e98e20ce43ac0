"""What is taken off a text before it is read, and the one-width form the grammar matches on."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from unicodedata import decomposition, is_normalized, normalize

from xltool.measures import compatibility_spellings
from xltool.model.value import Doubt, Note

LONGEST = 60  # characters; a target value has at most 60 in the fiscal data standard, longer is running text
_ROUNDS = 8  # nested quotes and tags are peeled this often; more is not a slip of the hand
LOST = "\u25a1"
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "「": "」", "『": "』"}
_LONE_QUOTES = ("'", "’", "‘")  # the apostrophe that keeps a number text
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_SUSPECT = re.compile("[\\s<&\"'“‘「『’\u25a1\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_DIGIT = re.compile("[0-9０-９]")
_BLANK = re.compile(r"\s+")
_SPLIT_DIGITS = re.compile(r"[0-9]\s+[0-9]")
_VARIANTS = str.maketrans({"\u2212": "-", "•": "·", "\u301c": "~", "\u2015": "—"})  # look-alikes that NFKC leaves alone


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without the marks nobody meant, and what was taken off."""

    text: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A text of one width without blanks; `text` is empty where matching it could invent a number."""

    text: str
    notes: tuple[Note, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def clean(text: str) -> Cleaned:
    """Take off outer blanks, unseen characters, tags, outer quotes and trailing □; inner blanks stay."""
    if not _SUSPECT.search(text):
        return Cleaned(text)
    notes: list[Note] = []
    for _ in range(_ROUNDS):
        before = text
        text = _peel(text, notes)
        if text == before:
            break
    return Cleaned(text, tuple(dict.fromkeys(notes)))


def _peel(text: str, notes: list[Note]) -> str:
    for note, step in _STEPS:
        peeled = step(text)
        if peeled != text:
            notes.append(note)
            text = peeled
    return text


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text).strip()


def without_markup(text: str) -> str:
    """The text without HTML tags, its entities as the characters they stand for."""
    return html.unescape(TAG.sub("", text)) if "<" in text or _ENTITY.search(text) else text


def _without_lost(text: str) -> str:
    return text.rstrip(LOST)


def _unquoted(text: str) -> str:
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1]
    return text[1:] if text.startswith(_LONE_QUOTES) else text


_STEPS: tuple[tuple[Note, Callable[[str], str]], ...] = (
    (Note.SPACE, _seen),
    (Note.MARKUP, without_markup),
    (Note.LOST_CHARACTER, _without_lost),
    (Note.QUOTES, _unquoted),
)


def narrow(text: str) -> Narrowed:
    """The form the grammar matches on: NFKC, no blanks; empty where that could turn the text into another number.

    A raised or lowered digit (10²) is refused with a doubt, ½, ① and CO₂ without one, because NFKC would make plain
    digits of them; so is a blank between two digits (`10 20` is not 1020).
    """
    if text.isascii():
        return _close(text, ())
    if is_normalized("NFKC", text):
        same = text.translate(_VARIANTS)
        return _close(same, () if same == text else (Note.WIDTH,))
    spelt = _compatibility().sub(_canonical, text)
    notes = () if spelt == text else (Note.MEASURE_ALIAS,)
    for character in spelt:
        if _hides_digit(character):
            raised = decomposition(character).startswith(("<super>", "<sub>")) and _DIGIT.search(spelt)
            return Narrowed("", notes, (Doubt.SUPERSCRIPT,) if raised else ())
    dense = _BLANK.sub("", spelt)
    width = () if normalize("NFKC", dense).translate(_VARIANTS) == dense else (Note.WIDTH,)
    return _close(normalize("NFKC", spelt).translate(_VARIANTS), (*notes, *width))


def _close(text: str, notes: tuple[Note, ...]) -> Narrowed:
    if not _BLANK.search(text):
        return Narrowed(text, notes)
    if _SPLIT_DIGITS.search(text):
        return Narrowed("", notes, (Doubt.AMBIGUOUS,))
    return Narrowed(_BLANK.sub("", text), (*notes, Note.SPACE))


@cache
def _compatibility() -> re.Pattern[str]:
    spellings = sorted(compatibility_spellings(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, spellings)))


def _canonical(match: re.Match[str]) -> str:
    return compatibility_spellings()[match[0]]


def _hides_digit(character: str) -> bool:
    """Whether NFKC makes ASCII digits of something that is not a full-width digit."""
    if character.isascii() or "０" <= character <= "９":
        return False
    return any("0" <= part <= "9" for part in normalize("NFKC", character))
