"""Deadlines (每月15号前, 11月前, 2024年12月31日前) and periods (2020.1-12): values that are a place in the calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

from xltool.model.value import Doubt, Kind, Note, Operator
from xltool.values.numerals import YEAR, digits_of, number_in
from xltool.values.reading import Reading, Written
from xltool.values.vocabulary import alternation, signs, words

_YEAR = "(?:19|20)[0-9]{2}"
_TWO = "(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_TO = "(?:-|--|—|——|–|~|至|到)"
_YEAR_IN_WORDS = re.compile(YEAR)
_CALENDAR = re.compile(f"[年月号日季底末]|^[^0-9]{{0,4}}{_YEAR}")
_EVERY = {"月": "月", "季度": "季", "季": "季", "年": "年"}
_MONTHS = re.compile(rf"({_YEAR})[.年/](\d{{1,2}})月?{_TO}(?:({_YEAR})[.年/])?(\d{{1,2}})月?", re.ASCII)
_MONTHS_ALONE = re.compile(rf"(\d{{1,2}})月?{_TO}(\d{{1,2}})月", re.ASCII)
_YEARS = re.compile(rf"({_YEAR})年?{_TO}({_YEAR})(年?)度?")
_DAYS = re.compile(
    rf"({_YEAR})[-./年](\d{{1,2}})[-./月](\d{{1,2}})日?{_TO}(?:({_YEAR})[-./年])?(\d{{1,2}})[-./月](\d{{1,2}})日?",
    re.ASCII,
)


@cache
def _limit() -> str:
    tail = alternation(words("tail"))
    return (
        rf"(?P<edge>初|上旬|中旬|下旬|底|末)?(?P<limit>之?前|以前|[之以]?内)?(?P<tail>{tail})?"
        r"(?:\((?P<standard>[\u4e00-\u9fff]{1,4}标准)\))?"
    )


@cache
def _recurring() -> re.Pattern[str]:
    return re.compile(
        rf"每个?(?P<every>月|季度|季|年)的?(?:(?P<month>{_TWO})月份?)?(?:(?P<day>{_TWO})[号日])?{_limit()}"
    )


@cache
def _dated() -> re.Pattern[str]:
    sign = alternation(signs("prefix"))
    numeric = rf"(?P<y>{_YEAR})(?P<to>[-./])(?P<m>[0-9]{{1,2}})(?P=to)(?P<d>[0-9]{{1,2}})"
    spelt = (
        rf"(?:(?P<year>{_YEAR})年度?|(?P<near>次月|下月|当月|次年|当年))?"
        rf"(?:第?(?P<quarter>{_TWO})季度|(?P<month>{_TWO})月份?)?(?:(?P<day>{_TWO})[号日])?"
    )
    return re.compile(rf"[于在]?(?P<sign>{sign})?(?:{numeric}|{spelt}){_limit()}")


def calendar(text: str) -> Reading | None:
    """Read a whole text as a deadline or a period; None where it is neither or no such day exists."""
    spelt = _YEAR_IN_WORDS.sub(lambda match: digits_of(match[0]), text)
    found = _calendar(spelt)
    return found if found is None or spelt == text else replace(found, notes=(*found.notes, Note.CHINESE_NUMERAL))


def _calendar(text: str) -> Reading | None:
    if not _CALENDAR.search(text):
        return None
    match = _recurring().fullmatch(text)
    if match:
        return _each_time(match)
    match = _dated().fullmatch(text)
    return (_once(match) if match else None) or _period(text)


def _each_time(match: re.Match[str]) -> Reading | None:
    month, day = _figure(match["month"], 12), _figure(match["day"], 31)
    if not (month or day or match["edge"]) or 0 in (month, day):
        return None
    every = _EVERY[match["every"]]
    measure = f"日/{every}" if day else f"月/{every}" if month else None
    base = f"{month:02}-{day:02}" if month and day else None
    return _deadline(match, Operator.AT_MOST, day or month, measure, every, base, ())


def _once(match: re.Match[str]) -> Reading | None:
    """A deadline that comes once; a bare year is a period."""
    year, near = match["year"] or match["y"], match["near"]
    month = _figure(match["month"] or match["m"], 12)
    day, quarter = _figure(match["day"] or match["d"], 31), _figure(match["quarter"], 4)
    if 0 in (month, day, quarter) or not _exists(year, month, day) or (quarter and day):
        return None
    bounded = match["edge"] or match["limit"] or match["tail"]
    if not (month or quarter):
        if day and not near:
            return _day_alone(match, day)
        if not bounded:
            return Reading(Kind.PERIOD, base=year) if year and not (match["sign"] or day) else None
        if not (year or near):
            return None
    open_ended = not day and not match["edge"] and _before(match)
    alone = not (year or near or day or match["edge"])
    unclear = open_ended or (alone and not match["tail"])  # 12月 and 3月内 may be a month or its number of months
    written = "-".join(f"{part:02}" if isinstance(part, int) else part for part in (year, month, day) if part)
    number = day or month or quarter
    measure = "日" if day else "月" if month else "季度" if quarter else None
    base = near or (written if year or (month and day) else None)
    operator = Operator.LESS if open_ended else Operator.AT_MOST
    return _deadline(match, operator, number, measure, None, base, (Doubt.AMBIGUOUS,) if unclear else ())


def _day_alone(match: re.Match[str], day: int) -> Reading | None:
    """15号前 is a day of some month; 15日前 may also be fifteen days ahead."""
    if match["year"] or not _before(match) or match["edge"]:
        return None
    return _deadline(match, Operator.AT_MOST, day, "日", None, None, (Doubt.AMBIGUOUS,))


def _deadline(
    match: re.Match[str],
    implied: Operator,
    number: int | None,
    measure: str | None,
    every: str | None,
    base: str | None,
    doubts: tuple[Doubt, ...],
) -> Reading:
    sign = signs("prefix").get(match.groupdict().get("sign") or "")
    notes = (Note.OPERATOR_IN_VALUE, *sign.notes()) if sign else (Note.OPERATOR_IMPLIED,)
    words_ = "".join(match[name] or "" for name in ("edge", "limit", "tail", "standard"))
    figures = (match[name] for name in ("month", "day") if match[name])
    chinese = (Note.CHINESE_NUMERAL,) if any(not figure.isascii() for figure in figures) else ()
    return Reading(
        Kind.DEADLINE,
        sign.operator if sign else implied,
        Written.SIGN if sign else Written.IMPLIED,
        None if number is None else Decimal(number),
        None,
        measure,
        every,
        base,
        words_ or None,
        (*chinese, *notes),
        doubts,
    )


def _before(match: re.Match[str]) -> bool:
    return bool(match["limit"]) and match["limit"].endswith("前")


def _period(text: str) -> Reading | None:
    for pattern, read in ((_MONTHS, _months), (_MONTHS_ALONE, _months_alone), (_YEARS, _years), (_DAYS, _days)):
        match = pattern.fullmatch(text)
        if match:
            return read(match)
    return None


def _months(match: re.Match[str]) -> Reading | None:
    first, last = (match[1], int(match[2])), (match[3] or match[1], int(match[4]))
    if not (1 <= first[1] <= 12 and 1 <= last[1] <= 12 and first < last):
        return None
    return Reading(Kind.PERIOD, base=f"{first[0]}-{first[1]:02}/{last[0]}-{last[1]:02}")


def _months_alone(match: re.Match[str]) -> Reading | None:
    first, last = int(match[1]), int(match[2])
    return Reading(Kind.PERIOD, base=f"{first:02}/{last:02}") if 1 <= first < last <= 12 else None


def _years(match: re.Match[str]) -> Reading | None:
    if not match[1] < match[2]:
        return None
    doubts = () if match[3] else (Doubt.AMBIGUOUS,)
    return Reading(Kind.PERIOD, base=f"{match[1]}/{match[2]}", doubts=doubts)


def _days(match: re.Match[str]) -> Reading | None:
    try:
        first = date(int(match[1]), int(match[2]), int(match[3]))
        last = date(int(match[4] or match[1]), int(match[5]), int(match[6]))
    except ValueError:
        return None
    return Reading(Kind.PERIOD, base=f"{first}/{last}") if first < last else None


def _figure(text: str | None, largest: int) -> int | None:
    """The figure, None where none was written, 0 where the calendar has no such."""
    if not text:
        return None
    numeral = number_in(text)
    return int(numeral[0]) if numeral and 1 <= numeral[0] <= largest else 0


def _exists(year: str | None, month: int | None, day: int | None) -> bool:
    if not (month and day):
        return True
    try:
        date(int(year or 2000), month, day)  # without a year 29 February is allowed
    except ValueError:
        return False
    return True
