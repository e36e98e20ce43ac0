"""What a cell's number format makes the person see: a percentage, a date, words around the figure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PIECES = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*.|\[([^\]]*)\]|([0#?][0#?,./Ee+\-]*)|(.)', re.DOTALL)
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;])+', re.DOTALL)
_DATE_LETTERS = frozenset("ymdhseabgYMDHSEABG")
_GENERAL = re.compile(r"general|g/通用格式|@", re.IGNORECASE)
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?")


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands around the figure on the screen; `scaled` formats show it divided by thousands."""

    percent: bool = False
    date: bool = False
    scaled: bool = False
    before: str = ""
    after: str = ""


@lru_cache(maxsize=1024)
def shown(number_format: str) -> Shown:
    """Read the first section of an Excel number format; `General`, `@` and anything odd show the figure alone."""
    section = _SECTION.match(number_format)
    if section is None or _GENERAL.fullmatch(section[0]):
        return Shown()
    around = ["", ""]
    date = scaled = placed = False
    for quoted, escaped, bracket, places, bare in _PIECES.findall(section[0]):
        if places:
            scaled, placed = scaled or places.endswith(","), True
        elif bracket:
            date = date or bool(_ELAPSED.fullmatch(bracket))
            currency = _CURRENCY.fullmatch(bracket)
            around[placed] += currency[1] if currency else ""
        elif bare in _DATE_LETTERS:
            date = True
        else:
            scaled = scaled or (placed and escaped == ".")
            around[placed] += quoted or escaped or bare
    if date or not placed:
        return Shown(date=date)
    before, after = around[0].strip(), around[1].strip()
    return Shown("%" in after, False, scaled, before, after)
