"""What the screen shows of a stored number, where that differs from the number itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from xltool.values.number_formats import shown

_EXACT = Context(prec=1000)
_SECTION = re.compile(r'((?:"[^"]*"|\\.|[^;"\\])*)(?:;|$)', re.DOTALL)
_LITERAL = re.compile(r'"[^"]*"|[\\!].|_.|\*.|\[[^\]]*\]', re.DOTALL)
_PLACES = re.compile(r"[0#?][0#?,]*(?:\.([0#?]*))?(,*)")
_PLAIN = frozenset({"", "General", "GENERAL", "@", "G/通用格式"})
_THOUSANDS = 3


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a number format: decimals it shows (None: all), powers of ten it divides by, what it hides."""

    decimals: int | None = None
    scale: int = 0
    blank: bool = False
    signless: bool = False


@lru_cache(maxsize=1024)
def sections(number_format: str) -> tuple[Section, ...]:
    """The sections for positive, negative and zero, as far as the format has them."""
    if number_format in _PLAIN:
        return (Section(),)
    parts = _SECTION.findall(number_format)
    if not number_format.endswith(";"):
        parts.pop()  # the empty match behind the last section
    return tuple(_section(part) for part in parts[:3])


def _section(text: str) -> Section:
    if not text.replace('""', "").strip():  # LibreOffice writes ;;; as "";"";"";""
        return Section(blank=True)
    bare = _LITERAL.sub("", text)
    signless = "-" not in text and "(" not in text and "（" not in text
    if bare.strip() in _PLAIN or "E" in bare.upper() or "/" in bare:
        return Section(signless=signless)
    places = _PLACES.search(bare)
    if places is None:
        return Section(blank=not bare.strip() and '"' not in text, signless=signless)
    scale = -2 * bare.count("%") + _THOUSANDS * len(places[2] or _trailing_commas(places[0]))
    return Section(len(places[1] or ""), scale, signless=signless)


def _trailing_commas(places: str) -> str:
    return places[len(places.rstrip(",")) :]


def on_screen(number: Decimal, number_format: str) -> str | None:
    """What the person sees where it is another number than the stored one (times 100 under a percent format counts
    as the same); None where both agree."""
    found = sections(number_format)
    place = 1 if number < 0 and len(found) > 1 else 2 if not number and len(found) > 2 else 0
    section = found[place]
    if section.blank:
        return ""
    percent = "%" if shown(number_format).percent else ""
    scaled = _EXACT.scaleb(number, -section.scale)
    seen = scaled if section.decimals is None else _rounded(scaled, section.decimals)
    if number < 0 and place == 1 and section.signless:
        return f"{abs(seen):f}{percent}"
    as_meant = _EXACT.scaleb(number, 2) if percent else number
    return None if seen == as_meant else f"{seen:f}{percent}"


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_EXACT)


def as_date(number: Decimal, *, date1904: bool) -> str:
    """The calendar date of a serial number as ISO text; the number itself where there is no such date."""
    epoch = date(1904, 1, 1) if date1904 else date(1899, 12, 30)
    try:
        return (epoch + timedelta(days=int(number))).isoformat()
    except OverflowError:
        return f"{number:f}"
