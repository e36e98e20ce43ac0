"""What a reviewer knows of indicators' names, as `codelists/review.csv` holds it.

`level` says what a level is about and `belongs` what a name is about, each by a part or an ending; `direction` whether
more or less is better; `share` and `beyond` which rates may and may not exceed 100; `vague-*` what is no standard.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from unicodedata import normalize

from xltool.data import codelist
from xltool.model.form import Level
from xltool.values.vocabulary import alternation

_IN_BRACKETS = re.compile(r"\([^()]*\)$")
_NUMBER = re.compile(r"^\d{1,3}[.、)]+(?=\D)")


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    rows = csv.DictReader(codelist("review").splitlines())
    return tuple((row["role"], row["spelling"], row["meaning"]) for row in rows)


@cache
def listed(role: str) -> dict[str, str]:
    """The spellings of a role with their meanings."""
    return {spelling: meaning for kind, spelling, meaning in _rows() if kind == role}


@lru_cache(maxsize=4096)
def bare(name: str) -> str:
    """A name for comparison: one width, no blanks, no numbering in front."""
    folded = "".join(normalize("NFKC", name).replace("□", "").split())
    return _NUMBER.sub("", folded)


@lru_cache(maxsize=4096)
def _ending(role: str, name: str) -> str:
    """The meaning of the longest spelling that ends the name, brackets after it left out; empty for none."""
    folded = _IN_BRACKETS.sub("", bare(name))
    ends = [spelling for spelling in listed(role) if folded.endswith(spelling)]
    return listed(role)[max(ends, key=len)] if ends else ""


@lru_cache(maxsize=512)
def concern(level: Level) -> str:
    """quantity, quality, timeliness, cost or satisfaction, by the level's printed name; empty for the others."""
    return next((meaning for part, meaning in listed("level").items() if part in level.path[-1]), "")


def belongs(name: str) -> str:
    """The concern that a name speaks of; empty where it may stand anywhere."""
    return _ending("belongs", name)


def direction(name: str) -> str:
    """`more` or `less`, whichever is better; empty where the name does not tell."""
    return _ending("direction", name)


@lru_cache(maxsize=4096)
def is_rate(name: str) -> bool:
    return _IN_BRACKETS.sub("", bare(name)).endswith(tuple(listed("rate")))


@lru_cache(maxsize=4096)
def is_opinion(name: str) -> bool:
    """Whether it asks what people think, which is what satisfaction is about."""
    return any(part in name for part in listed("opinion"))


@lru_cache(maxsize=4096)
def is_share(name: str) -> bool:
    """A part of a whole, which cannot be more than all of it."""
    folded = _IN_BRACKETS.sub("", bare(name))
    return folded.endswith(tuple(listed("share"))) and not any(part in folded for part in listed("beyond"))


@cache
def _vague() -> re.Pattern[str]:
    degree, verb = alternation(listed("vague-degree")), alternation(listed("vague-verb"))
    return re.compile(rf"(?:{degree})(?:地|的|得到)?(?:{verb})|{alternation(listed('vague-phrase'))}")


def vague(text: str) -> str:
    """The words in a target that set no standard (进一步提高), empty where there are none."""
    match = _vague().search(text)
    return match[0] if match else ""
