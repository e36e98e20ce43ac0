"""The texts of a form by which its places are known where nothing else is: labels, headings, captions, level names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple
from unicodedata import normalize

from xltool.layout.grid import own_places
from xltool.model.form import Answer, Band, Block, Fields, FormDefinition, Lines, Profile, Rows, Tree
from xltool.words import table

_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff□*]+")
_NUMBERED = re.compile(r"^(?:\(?[0-9一二三四五六七八九十]{1,3}[)、.]|\([0-9一二三四五六七八九十]{1,3}\))+")
_PLACE = re.compile(r"\{(\w+)\}")
_BRACKETED = re.compile(r"\([^()]*\)$")


class What(StrEnum):
    """What a text of the form is."""

    FIELD = "field"  # a label: the answer stands beside or below it
    LINE = "line"  # a label of a fixed line: its amounts stand to the right
    HEADING = "heading"  # of a column of a table
    CAPTION = "caption"  # of a block or section
    TEXT = "text"  # a title, a note or a prescribed sentence: it asks for nothing


class Caption(NamedTuple):
    """One meaning of a text. `key` is the slot key of a label, the heading's key (`tasks.content`), or empty."""

    what: What
    block: str
    key: str
    text: str


def extract_words() -> dict[str, Any]:
    """What reading foreign forms knows of Chinese forms in general (words/extract.toml)."""
    return table("extract")


def fold(text: str) -> str:
    """A caption for comparing: one width, no blanks, no compulsory stars, no colon at its end."""
    return _UNSEEN.sub("", normalize("NFKC", text)).rstrip(":")


def bare(text: str) -> str:
    """A folded caption without its number and without what stands in brackets at its end: 年末资产总额(元)."""
    return _BRACKETED.sub("", _NUMBERED.sub("", text)) or text


def level_name(text: str) -> str:
    """A folded name of a level without the ending that people leave out or swap: 产出类指标 is 产出."""
    folded = bare(fold(text))
    for ending in extract_words()["level_endings"]:
        if folded.endswith(ending) and len(folded) > len(ending):
            return folded.removesuffix(str(ending))
    return folded


@dataclass(frozen=True, slots=True)
class Captions:
    """All texts of a form. `exact` is by folded text, `loose` without numbers and trailing brackets.

    `bands` are titles and notes as patterns, since a year or a measure in them may differ: with the block's key.
    """

    exact: dict[str, tuple[Caption, ...]]
    loose: dict[str, tuple[Caption, ...]]
    bands: tuple[tuple[re.Pattern[str], str], ...]

    def of(self, text: str) -> tuple[Caption, ...]:
        """What this text of a cell can be; empty where it is no text of the form."""
        folded = fold(text)
        found = self.exact.get(folded)
        if found is None:
            found = self.loose.get(bare(folded), ())
        if not found and self.band(text):
            return (Caption(What.TEXT, "", "", text),)
        return found

    def band(self, text: str) -> re.Match[str] | None:
        folded = fold(text)
        for pattern, _ in self.bands:
            match = pattern.fullmatch(folded)
            if match:
                return match
        return None


def captions(form: FormDefinition) -> Captions:
    """The captions of this form, blocks of the fill profile alone included: somebody may have copied them."""
    exact: dict[str, list[Caption]] = {}
    loose: dict[str, list[Caption]] = {}
    places = own_places(form)
    for printed in _all(form):
        item = printed._replace(text=_PLACE.sub(lambda match: places.get(match[1], ""), printed.text))
        folded = fold(item.text)
        if folded:
            exact.setdefault(folded, []).append(item)
            if item.what in (What.FIELD, What.LINE, What.HEADING):
                loose.setdefault(bare(folded), []).append(item)
    return Captions(
        {text: tuple(items) for text, items in exact.items()},
        {text: tuple(items) for text, items in loose.items()},
        tuple(_bands(form)),
    )


def asked_for(block: Block) -> bool:
    """Whether a published form has this block; help of the fill form and an optional signature need not be there."""
    return Profile.PRINT in block.frame.profiles and not block.frame.optional


def _all(form: FormDefinition) -> Iterator[Caption]:
    for section in form.sections:
        yield Caption(What.CAPTION, "", "", section.caption)
    for block in form.blocks:
        key = block.frame.key
        if block.frame.caption:
            yield Caption(What.CAPTION, key, "", block.frame.caption)
        if isinstance(block, Fields):
            for answer in (answer for row in block.rows for answer in row):
                yield from _answer(What.FIELD, key, answer.key, answer)
        elif isinstance(block, Lines):
            yield from _lines(block)
        elif isinstance(block, Rows):
            for answer in block.columns:
                yield from _answer(What.HEADING, key, f"{key}.{answer.key}", answer)
        elif isinstance(block, Tree):
            yield from _tree(block)


def _answer(what: What, block: str, key: str, answer: Answer) -> Iterator[Caption]:
    for text in dict.fromkeys((answer.label, *answer.aliases)):
        yield Caption(what, block, key, text)


def _lines(block: Lines) -> Iterator[Caption]:
    key = block.frame.key
    yield Caption(What.TEXT, key, "", block.heading)
    for answer in block.columns:
        yield from _answer(What.HEADING, key, f"{key}.{answer.key}", answer)
    for line in block.lines:
        for text in dict.fromkeys((line.label, line.name, *line.aliases)):
            yield Caption(What.LINE, key, f"{key}.{line.key}", text)


def _tree(block: Tree) -> Iterator[Caption]:
    key = block.frame.key
    for level in block.levels:
        yield Caption(What.HEADING, key, f"{key}.{level.key}", level.heading)
    yield Caption(What.HEADING, key, f"{key}.name", block.name.heading)
    groups = {block.name.group}
    for target in block.targets:
        yield Caption(What.HEADING, key, f"{key}.{target.key}", target.heading)
        groups.add(target.group)
        for part in target.parts:
            yield Caption(What.HEADING, key, f"{key}.{target.key}.{part.part}", part.heading)
    for group in groups:
        yield Caption(What.HEADING, key, f"{key}+{fold(group)}", group)
    for answer in block.columns:
        yield from _answer(What.HEADING, key, f"{key}.{answer.key}", answer)


def _bands(form: FormDefinition) -> Iterator[tuple[re.Pattern[str], str]]:
    places = {
        "title": re.escape(fold(form.title)),
        "annex": re.escape(fold(form.annex)),
        "year": r"(?P<year>\d{4})",
        "money": r"(?P<measure>[^:]{1,6})",
        "issuer": re.escape(fold(form.issuer)),
    }
    for key, text in _band_texts(form.blocks):
        parts = re.split(r"\{(\w+)\}", text)
        pattern = "".join(
            places.get(part, ".{0,40}") if place % 2 else re.escape(fold_inside(part))
            for place, part in enumerate(parts)
        )
        yield re.compile(pattern), key


def fold_inside(text: str) -> str:
    """Like `fold`, for a part of a text: its colon stays."""
    return _UNSEEN.sub("", normalize("NFKC", text))


def _band_texts(blocks: Iterable[Block]) -> Iterator[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, Band) and block.text:
            yield block.frame.key, block.text
        elif isinstance(block, Fields) and block.note is not None:
            yield block.frame.key, block.note.text
