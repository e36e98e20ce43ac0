"""Marks that nobody wrote and that come along from web systems: tags, entities, and □ for a lost character."""

from __future__ import annotations

import re
from typing import NamedTuple

from xltool.findings import Code
from xltool.values.cleaning import LOST, TAG, without_markup

_PARAGRAPH = re.compile(r"</(?:p|div|li)\s*>\s*(?=<)|<br\s*/?>", re.IGNORECASE)
_BEFORE, _AFTER = 12, 8  # characters around a □ that are quoted


class Mark(NamedTuple):
    """What is to be said of a text because of its marks."""

    code: Code
    args: tuple[tuple[str, str], ...]


def in_lines(text: str) -> str:
    """The text with the ends of web paragraphs as line breaks."""
    return _PARAGRAPH.sub("\n", text) if "<" in text else text


def unmarked(text: str) -> str:
    """A running text as it was meant: without markup, and without □ at its end."""
    return without_markup(in_lines(text)).rstrip(LOST)


def marks(text: str) -> tuple[Mark, ...]:
    """The tags that are taken off, and each □; its neighbours tell which character was lost."""
    found: list[Mark] = []
    tags = TAG.findall(text)
    if tags:
        found.append(Mark(Code.EXT_MARKUP, (("tags", " ".join(dict.fromkeys(tags))),)))
    count = text.count(LOST)
    if count:
        at = text.find(LOST)
        around = " ".join(text[max(0, at - _BEFORE) : at + _AFTER].split())
        found.append(Mark(Code.EXT_LOST_CHARACTER, (("count", str(count)), ("text", around))))
    return tuple(found)
