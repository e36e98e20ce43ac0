"""Whether what was read is what a person sees: the harness's own few rules, none of them the reader's."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from tests.mutation.display import squeezed
from xltool.model.submission import FieldAnswer
from xltool.model.value import State, TargetValue

_WIDE = str.maketrans({"，": ",", "。": ".", "％": "%"})
_NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?)(.*)", re.DOTALL)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_SCALES = {"万": Decimal(10000), "亿": Decimal(100000000)}
_NUMERALS = {"百分之百": Decimal(100), "三次": Decimal(3), "零": Decimal(0)}
_BARE = re.compile(r"[(]?(%|[万亿]?元|个|家|户|人次?|张|套|次|件|本|天|小时|公里)?[)]?")
OPERATORS = {
    "=": "=", "==": "=", "等于": "=", "≥": "≥", ">=": "≥", "≧": "≥", "不低于": "≥", "≤": "≤", "<=": "≤",
    ">": ">", "<": "<", "大于": ">", "小于": "<", "不超过": "≤", "定性": "定性", "不适用": "不适用",
}  # fmt: skip
_MEASURES = {"人/次": "人次", "名": "人", "位": "人", "h": "小时", "m2": "平方米", "m3": "立方米", "百分比": "%"}


@lru_cache(maxsize=1 << 15)
def plain(text: str) -> str:
    """One spelling of a text: width, blanks, stray marks and outer quotes do not matter."""
    folded = unicodedata.normalize("NFKC", squeezed(text).translate(_WIDE)).replace("﹦", "=")
    return re.sub(r"</?p>|□", "", folded).strip("“”\"'")


@lru_cache(maxsize=1 << 15)
def number_in(text: str) -> tuple[Decimal, str] | None:
    """A text that is one figure: the figure and what stands after it; None for anything else."""
    found = _NUMBER.fullmatch(_THOUSANDS.sub("", plain(text)))
    if found is None or _DIGITS.search(found[2]):
        return None
    return Decimal(found[1]), found[2]


def same_number(text: str, number: Decimal, money: str) -> bool:
    """The text says this number; an amount may say its own measure (120万元 in a form that counts in 元)."""
    found = number_in(text)
    if found is None:
        return False
    figure, rest = found
    if figure == number and (not rest or rest == "%" or rest[0] not in _SCALES or rest == money):
        return True
    scale = Decimal(1)
    for letter in rest:
        scale *= _SCALES.get(letter, Decimal(1))
    return figure * scale == number * (10000 if money == "万元" else 1)


def _day(text: str) -> tuple[int, int] | None:
    """Month and day of a date, however it is written."""
    found = re.fullmatch(r"(?:\d{4}[-/年])?(\d{1,2})[-/月](\d{1,2})日?", plain(text))
    return (int(found[1]), int(found[2])) if found else None


def same_text(seen: str, read: str) -> bool:
    """One wording, one figure or one day, whatever it is spelt like."""
    if plain(seen) == plain(read):
        return True
    figure, day = number_in(seen), _day(seen)
    return (figure is not None and figure == number_in(read)) or (day is not None and day == _day(read))


def same_answer(text: str, answer: FieldAnswer, money: str) -> bool:
    """A scalar answer against the text that is seen in its cell."""
    if answer.state is State.BLANK:
        return not squeezed(text)
    if answer.state is State.NOT_APPLICABLE:
        return plain(text) == "不适用"
    if answer.number is not None:
        return same_number(text, answer.number, money)
    return same_text(text, answer.text)


def same_name(text: str, name: str) -> bool:
    return same_text(text, name)


def same_operator(text: str, value: str, read: TargetValue) -> bool:
    """The sign in its own cell, or none there and whatever the value itself says."""
    seen = plain(text)
    written = read.operator.value if read.operator else ""
    if seen:
        return OPERATORS.get(seen.replace("》", ">").replace("《", "<")) == written
    return not written or not _bare(value)


def _bare(value: str) -> bool:
    """A figure with nothing but its measure: no sign and no period can be understood from it."""
    found = number_in(value)
    return found is not None and _BARE.fullmatch(found[1]) is not None


def same_measure(text: str, value: str, read: TargetValue) -> bool:
    """The measure in its own cell, else one that stands in the value."""
    measure = plain(read.measure or "")
    seen = plain(text).strip("()")
    if seen:
        known = measure in (seen, _MEASURES.get(seen, seen))
        return known or (not _bare(value) and measure.startswith(seen))  # 次/年 for 全年不少于4次
    return not measure or not _bare(value) or measure in plain(value)


def same_value(text: str, read: TargetValue) -> bool:
    """The value cell: the same text, and where a figure was understood one that stands in the text."""
    found = number_in(text)
    if found is not None and read.number is not None:
        figure, rest = found
        wanted = {figure, *(figure * scale for letter, scale in _SCALES.items() if letter in rest)}
        return read.upper is None and read.number in wanted
    if plain(text) != plain(read.text):
        return False
    return all(number is None or number in _figures(plain(text)) for number in (read.number, read.upper))


def _figures(text: str) -> set[Decimal]:
    found = {Decimal(item) for item in _DIGITS.findall(_THOUSANDS.sub("", text))}
    scaled = {figure * scale for figure in found for letter, scale in _SCALES.items() if letter in text}
    return found | scaled | {number for word, number in _NUMERALS.items() if word in text}
