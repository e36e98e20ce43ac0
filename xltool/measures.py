"""Measures (计量单位): canonical symbol, aliases, dimension, whether they add, and exact conversion.

Two measures share a `dimension` exactly when figures in them may be added after `convert`; 个 and 家 do not.
The list is `codelists/measures.csv`: `per` is how a measure is spelt after a slash (empty: it never stands there),
`doubtful` are aliases that need a person's eye (M for 米, 万 for 万元), `caution` is a word for what to watch.
"""

from __future__ import annotations

import csv
import re
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from unicodedata import normalize

from xltool.data import codelist
from xltool.model.value import Measure

_EXACT = Context(prec=1000)
_LONGEST = 20  # characters of the longest spelling worth looking up
_MULTIPLES = (("百万", 6), ("千万", 7), ("万", 4), ("亿", 8))
_BETWEEN = re.compile("[·•/]")
_COUNTED_PER = ("persons", "households", "organisations", "services", "duration", "calendar", "area")


@cache
def _rows() -> tuple[dict[str, str], ...]:
    return tuple(csv.DictReader(codelist("measures").splitlines()))


@cache
def _listed() -> dict[str, Measure]:
    """Each spelling, canonical or alias or doubtful, with its measure."""
    listed: dict[str, Measure] = {}
    for row in _rows():
        aliases = (*row["aliases"].split(), *row["doubtful"].split())
        measure = Measure(
            row["symbol"], row["dimension"], row["adds"] == "yes", Decimal(row["factor"]), row["base"],
            aliases, row["caution"],
        )  # fmt: skip
        for spelling in (measure.symbol, *aliases):
            if spelling in listed:
                raise ValueError(f"measures.csv: {spelling} stands twice")
            listed[spelling] = measure
    return listed


@cache
def _denominators() -> dict[str, Measure]:
    by_symbol = {row["symbol"]: row["per"] for row in _rows() if row["per"]}
    listed = _listed()
    return {
        spelling: listed[by_symbol[measure.symbol]]
        for spelling, measure in listed.items()
        if measure.symbol in by_symbol
    }


@cache
def _doubtful() -> frozenset[str]:
    return frozenset(spelling for row in _rows() for spelling in row["doubtful"].split())


def symbols() -> tuple[str, ...]:
    """The canonical symbols in the order of the list, as a drop-down shows them."""
    return tuple(row["symbol"] for row in _rows())


def doubtful(spelling: str) -> bool:
    """Whether this spelling names its measure only in a fitting context (`M`, a bare `万`)."""
    return spelling in _doubtful()


@cache
def compatibility_spellings() -> dict[str, str]:
    """Spellings that NFKC would ruin (`m²` becomes `m2`, `㎡` too), with their canonical symbols."""
    return {s: m.symbol for s, m in _listed().items() if normalize("NFKC", s) != s}


@lru_cache(maxsize=4096)
def find(text: str) -> Measure | None:
    """The measure spelt so, canonical or alias, with or without brackets; None where nobody knows it.

    Per-unit measures (元/人, 份/日, 元/人·月) and multiples (万人次) are composed and exact: a multiple converts into
    its measure, a per-unit measure only into others of the same denominator.
    """
    spelling = text.strip()
    if not spelling or len(spelling) > _LONGEST:
        return None
    listed = _listed()
    if spelling in listed:
        return listed[spelling]
    spelling = normalize("NFKC", spelling)
    if spelling[0] == "(" and spelling[-1] == ")":
        spelling = spelling[1:-1].strip()
    return listed.get(spelling) or _per(spelling) or _multiple(spelling)


def _per(spelling: str) -> Measure | None:
    counted, slash, each = spelling.partition("/")
    if not slash or not counted or not each:
        return None
    measure = _listed().get(counted) or _multiple(counted)
    if measure is None or doubtful(counted):
        return None
    parts = [_denominators().get(part) for part in _BETWEEN.split(each)]
    found = [part for part in parts if part and _may_stand_per(measure, part)]
    if len(found) < len(parts):
        return None
    below = "·".join(part.symbol for part in sorted(found, key=_is_time))  # 元/月·人 is 元/人·月
    return Measure(
        f"{measure.symbol}/{below}", f"{measure.dimension}/{below}", False, measure.factor, f"{measure.base}/{below}"
    )


def _is_time(measure: Measure) -> bool:
    return family(measure) in ("duration", "calendar")


def _may_stand_per(measure: Measure, part: Measure) -> bool:
    """台/件 is a choice between two measures, not a rate; 元/件 and 次/人 are rates."""
    return family(measure) == "money" or family(part) in _COUNTED_PER


def _multiple(spelling: str) -> Measure | None:
    for word, exponent in _MULTIPLES:
        measure = _listed().get(spelling[len(word) :]) if spelling.startswith(word) else None
        if measure is not None and measure.adds:
            factor = measure.factor.scaleb(exponent, _EXACT)
            return Measure(f"{word}{measure.symbol}", measure.dimension, True, factor, measure.base)
    return None


def family(measure: Measure) -> str:
    """The broad kind of a measure: money, persons, households, services, ratio, duration, count, per-unit …

    `count:台` and `count:件` are one family and two dimensions; 元/人 and 份/日 are both `per-unit`.
    """
    return "per-unit" if "/" in measure.dimension else measure.dimension.partition(":")[0]


def convert(number: Decimal, from_: str, to: str) -> Decimal:
    """The same quantity in another measure, exact: 28.8 万元 are 288000 元.

    Raises ValueError for an unknown measure, for different dimensions, and where the result is not a finite decimal
    (1 亩 in 平方米): rounding is the caller's decision.
    """
    source, target = find(from_), find(to)
    if source is None or target is None:
        raise ValueError(f"unknown measure: {from_ if source is None else to}")
    if source.dimension != target.dimension:
        raise ValueError(f"{source.symbol} and {target.symbol} measure different things")
    if source.factor == target.factor:
        return number
    exact = Fraction(number) * Fraction(source.factor) / Fraction(target.factor)
    rest, places = exact.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        raise ValueError(f"{number} {source.symbol} is not a finite decimal in {target.symbol}")
    return Decimal(exact.numerator * 10**places // exact.denominator).scaleb(-places, _EXACT)
