"""Patterns that say what a text is rather than what it means: a template's blank, a stand-in, another year's plan.

They are rows of `codelists/phrases.csv`, each with a text that it finds and one that it must not find. Patterns are
written for text of one width (NFKC): brackets, commas and signs are the half-width ones.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

from xltool.data import codelist

WHOLE = frozenset({"blank-whole", "nothing"})
"""The roles whose patterns stand for a whole text; the others are found anywhere in it."""
_TITLE = re.compile(r"《[^》]*》|〔[^〕]*〕")
_ENDING = "。.;,!:"


class Phrase(NamedTuple):
    """One row of the list."""

    role: str
    pattern: re.Pattern[str]
    example: str
    counterexample: str


@cache
def phrases(role: str = "") -> tuple[Phrase, ...]:
    """The rows of a role in their order, or all of them."""
    rows = csv.DictReader(codelist("phrases").splitlines())
    return tuple(
        Phrase(row["role"], re.compile(row["pattern"]), row["example"], row["counterexample"])
        for row in rows
        if role in ("", row["role"])
    )


def phrase(role: str, text: str) -> re.Match[str] | None:
    """The first phrase of a role in a text of one width; of a whole-text role, the text itself but its full stop."""
    if role in WHOLE:
        whole = text.strip()
        bare = whole.rstrip(_ENDING) or whole
        return next((match for row in phrases(role) if (match := row.pattern.fullmatch(bare))), None)
    return next((match for row in phrases(role) if (match := row.pattern.search(text))), None)


def one_width(text: str) -> str:
    return normalize("NFKC", text)


def untitled(text: str) -> str:
    """A text without what stands in 《》 and 〔〕: the years of documents are nobody's plan."""
    return _TITLE.sub("", text)
