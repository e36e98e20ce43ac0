"""What stands between the figure and the end of a value: multiplier, qualifier, measure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from xltool import measures
from xltool.model.value import Doubt, Measure, Note

_MULTIPLIERS = {"十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "万亿": 12}
_MULTIPLIER = re.compile("十万|百万|千万|万亿|十|百|千|万|亿")
_MORE = ("余", "多")
_ABOUT = ("左右", "上下")
_UNLISTED = re.compile(r"[\u4e00-\u9fff]|\([\u4e00-\u9fffA-Za-z/·]{1,10}\)")
_ORDINALS = frozenset("号第条款章节页楼届版折成")  # 13号, 3楼: what follows is no count
_EXPLANATIONS = frozenset(("(含)", "(不含)"))


@dataclass(frozen=True, slots=True)
class Unit:
    """`exponent` is the multiplier's power of ten; `about` the qualifier as written."""

    exponent: int = 0
    symbol: str | None = None
    measure: Measure | None = None
    about: str = ""
    notes: tuple[Note, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@lru_cache(maxsize=4096)
def unit(text: str, money: bool, known_only: bool = False) -> Unit | None:
    """The unit this text spells, or None where it is not one. `money` allows a bare 万 to be 万元."""
    if not text:
        return Unit()
    direct = _measured(text, money)
    if direct is not None:
        return direct
    rest, around = _without(text, _ABOUT)
    rest, before = _without_first(rest)
    multiplier = None if _measured(rest, money) else _MULTIPLIER.match(rest)
    rest, after = _without_first(rest[multiplier.end() :]) if multiplier else (rest, "")
    about = before + after + around
    if multiplier and not rest and (whole := _measured(multiplier[0], money)):
        return _qualified(whole, 0, about)
    whole = _measured(rest, money) if rest else Unit()
    if whole is None and not (known_only or multiplier or about):
        whole = _unlisted(rest)
    return None if whole is None else _qualified(whole, _MULTIPLIERS[multiplier[0]] if multiplier else 0, about)


def _without(text: str, endings: tuple[str, ...]) -> tuple[str, str]:
    for ending in endings:
        if text.endswith(ending):
            return text.removesuffix(ending), ending
    return text, ""


def _without_first(text: str) -> tuple[str, str]:
    return (text[1:], text[0]) if text.startswith(_MORE) else (text, "")


def _qualified(whole: Unit, exponent: int, about: str) -> Unit:
    notes = (*whole.notes, *((Note.MULTIPLIER,) if exponent else ()), *((Note.APPROXIMATE,) if about else ()))
    return Unit(exponent, whole.symbol, whole.measure, about, notes, whole.doubts)


def _measured(text: str, money: bool) -> Unit | None:
    """A listed or per-unit measure; 万人次 in a value is a multiplier and 人次, so no multiples here."""
    measure = measures.find(text) if text else None
    if measure is None:
        return None
    bare = text[1:-1] if text[0] == "(" and text[-1] == ")" and text not in measure.aliases else text
    if measures.doubtful(bare):
        in_money = measures.family(measure) == "money"
        if in_money:
            return Unit(0, measure.symbol, measure, "", (Note.MEASURE_ALIAS,)) if money else None
        return Unit(0, measure.symbol, measure, "", (Note.MEASURE_ALIAS,), (Doubt.AMBIGUOUS,))
    if measure.symbol == bare:
        multiple = measure.symbol not in measures.symbols() and "/" not in measure.symbol
        return None if multiple else Unit(0, measure.symbol, measure)
    return Unit(0, measure.symbol, measure, "", (Note.MEASURE_ALIAS,))


def _unlisted(text: str) -> Unit | None:
    """One ideograph, or a short word in brackets, is taken for a measure nobody has listed yet."""
    if text in _EXPLANATIONS or not _UNLISTED.fullmatch(text) or text[0] in _ORDINALS:
        return None
    symbol = text.strip("()")
    return Unit(0, symbol, None, "", (), (Doubt.UNKNOWN_MEASURE,))
