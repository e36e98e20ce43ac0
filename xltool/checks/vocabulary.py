"""What a reviewer knows of indicators' names, as `codelists/review.csv` holds it.

`level` says what a level is about and `belongs` what a name is about, each by a part or an ending (`timely` parts count
before a `timely-ending`); `direction` whether more or less is better, `complaint` parts that less is better of; `share`
and `beyond` which rates may and may not exceed 100; `number` (`whole` where it comes in pieces) and `money` endings
what a name counts; `whole` families of measures that come whole, but `fraction` measures and `average` names;
`vague-*` what is no standard; `fits` and `unusual` which families of measures a level about this (or about something
`other`) is counted in beside those that the form lists for it.
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
_CIRCLED = re.compile("^[\u2460-\u2473]")
_NUMBER = re.compile(
    r"^(?:\d{1,3}[.、)]+(?=\D)|\((?:\d{1,2}|[一二三四五六七八九十]{1,3})\)|[一二三四五六七八九十]{1,3}、)"
)
_STOP = "。;"


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
    """A name for comparison: one width, no blanks, no numbering in front, no full stop behind."""
    folded = "".join(normalize("NFKC", _CIRCLED.sub("", name.strip())).replace("□", "").split())
    return _NUMBER.sub("", folded).rstrip(_STOP)


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


def takes(level: Level, family: str, *, role: str = "fits") -> bool:
    """Whether what the level is about is counted in measures of this family."""
    return family in listed(role).get(concern(level) or "other", "").split()


def belongs(name: str) -> str:
    """The concern that a name speaks of; empty where it may stand anywhere."""
    folded = _IN_BRACKETS.sub("", bare(name))
    timely = folded.endswith(tuple(listed("timely-ending"))) and any(part in folded for part in listed("timely"))
    return _ending("belongs", name) or ("timeliness" if timely else "")


def direction(name: str) -> str:
    """`more` or `less`, whichever is better; empty where the name does not tell."""
    return _ending("direction", name)


@lru_cache(maxsize=4096)
def is_rate(name: str) -> bool:
    folded = _IN_BRACKETS.sub("", bare(name))
    return folded.endswith(tuple(listed("rate"))) and not folded.endswith(tuple(listed("no-rate")))


@lru_cache(maxsize=4096)
def counts(name: str, role: str) -> bool:
    """Whether the name ends as one that counts heads and things (`number`) or amounts (`money`)."""
    return _IN_BRACKETS.sub("", bare(name)).endswith(tuple(listed(role)))


@lru_cache(maxsize=4096)
def counts_pieces(name: str) -> bool:
    """Whether the name ends as one that counts what comes whole: 人数, 次数."""
    return _ending("number", name) == "whole"


@lru_cache(maxsize=4096)
def says(name: str, role: str) -> bool:
    """Whether a part of the name is of this role: complaint, average, beyond."""
    return any(part in bare(name) for part in listed(role))


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
    phrases = alternation(listed("vague-phrase"))
    return re.compile(rf"(?:{degree})(?:地|的|得到|有)?(?:{verb})|(?:{verb})(?:{degree})|{phrases}")


def vague(text: str) -> str:
    """The words in a target that set no standard (进一步提高, 若干), empty where there are none."""
    if (whole := bare(text)) in listed("vague-whole"):
        return whole
    match = _vague().search(text)
    return match[0] if match else ""
