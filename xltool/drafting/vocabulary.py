"""What official blanks call things (words/drafting.toml), and the guesses that rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from xltool.drafting.page import Box
from xltool.model.form import AnswerType
from xltool.words import fill, table

_NOT_WORDS = re.compile(r"[\s\W_]+")
LONG_SHARE = 0.5  # an answer over half of the form's width takes a text
MOST_CHARACTERS = 2_000


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing for a person to confirm. `kind` is its table in the words, `args` fill the sentence."""

    cell: str
    kind: str
    confidence: Confidence
    args: tuple[tuple[str, object], ...] = ()


def told(guess: Guess, language: str = "zh") -> str:
    """The sentence of a guess."""
    words = words_of("guess", guess.kind)
    return fill(str(words[language]), dict(guess.args))


def words_of(*path: str) -> Any:
    found: Any = table("drafting")
    for part in path:
        found = found[part]
    return found


def plain(text: str) -> str:
    """A caption without blanks, stars, brackets and numbering marks."""
    return _NOT_WORDS.sub("", text)


def has_word(text: str, words: Iterable[str]) -> bool:
    bare = plain(text)
    return any(word in bare for word in words)


def first_key(text: str, *path: str) -> str:
    """The key in a table of words whose words stand in the text; empty where none does."""
    bare = plain(text)
    return next((key for key, words in words_of(*path).items() if any(word in bare for word in words)), "")


@dataclass(slots=True)
class Names:
    """Keys that are unique within the draft: known ones by their words, others counted."""

    taken: set[str] = field(default_factory=set)

    def take(self, wanted: str) -> str:
        key, number = wanted, 1
        while key in self.taken:
            number += 1
            key = f"{wanted}_{number}"
        self.taken.add(key)
        return key

    def known(self, text: str, kind: str, otherwise: str) -> str:
        return self.take(first_key(text, "keys", kind) or otherwise)


def answer_type(label: str, box: Box | None) -> AnswerType:
    """By the number format of the cell where it has one, else by the words of its label."""
    shown = box.number_format if box else ""
    if box and box.choices:
        return AnswerType.CHOICE
    if shown.endswith("%"):
        return AnswerType.PERCENT
    if re.fullmatch(r"#,##0\.0+(_ )?|0\.0+", shown):
        return AnswerType.MONEY
    if shown in ("0", "#,##0"):
        return AnswerType.INTEGER
    if shown == "@":
        return AnswerType.PHONE if has_word(label, words_of("types", "phone")) else AnswerType.TEXT
    return AnswerType(first_key(label, "types") or "text")


def answer(label: str, box: Box | None, width: float, whole: float) -> dict[str, object]:
    """The keys of an answer in form.toml that are guessed alike for fields, lines and columns.

    `width` is the answer's, `whole` the form's, both in characters.
    """
    kind = answer_type(label, box)
    made: dict[str, object] = {"type": kind.value}
    if kind is AnswerType.TEXT and box is not None:
        made |= _lengths(box, width, whole)
    if kind is AnswerType.CHOICE and box is not None:
        made["choices"] = list(box.choices)
    if kind in (AnswerType.MONEY, AnswerType.INTEGER):
        made["minimum"] = "0"
    if label.strip().startswith(("*", "＊", "★")):
        made["compulsory"] = True
    return made


def _lengths(box: Box, width: float, whole: float) -> dict[str, object]:
    """Characters to be expected by the room there is, and twice that as the most."""
    if box.limit:
        return {"max_length": box.limit} if box.limit < EXCEL_FREE else {}
    size = box.size or 10.0
    room = max(1, int(box.height / (size * 1.45))) * max(1, int(width * 7 * 0.75 / size))
    if width <= whole * LONG_SHARE:
        return {"expected_length": min(room, 100), "max_length": min(max(room * 2, 60), 200)}
    expected = min(max(room, 300), MOST_CHARACTERS // 2)
    return {"expected_length": expected, "max_length": expected * 2}


EXCEL_FREE = 32_000  # a validation that allows this much says nothing
