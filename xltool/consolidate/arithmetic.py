"""What adds: operators by a table, measures by exact factors, numbers without rounding, equality by what is meant."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Context, Decimal, Inexact
from functools import reduce
from unicodedata import normalize

from xltool import measures
from xltool.model.value import Kind, Measure, Operator, TargetValue

# Far beyond any amount; a sum that would still be rounded raises instead.
_EXACT = Context(prec=2000, traps=[Inexact])

_JOINED: dict[frozenset[Operator | None], Operator | None] = {
    frozenset({Operator.EQUAL}): Operator.EQUAL,
    frozenset({Operator.AT_LEAST}): Operator.AT_LEAST,
    frozenset({Operator.AT_MOST}): Operator.AT_MOST,
    frozenset({Operator.MORE}): Operator.MORE,
    frozenset({Operator.LESS}): Operator.LESS,
    frozenset({None}): None,
    # Exactly 3 here and at least 5 there are at least 8 together: the bound holds, only the exactness is lost.
    frozenset({Operator.EQUAL, Operator.AT_LEAST}): Operator.AT_LEAST,
}


class IncompatibleError(ValueError):
    """Two operators or two measures that do not add; caught by the rule, which makes a finding of it."""


def joined_operator(operators: Iterable[Operator | None]) -> Operator | None:
    """The operator of a sum. Raises IncompatibleError where the table knows none (`=` with `≤`)."""
    together = frozenset(operators)
    if together not in _JOINED:
        raise IncompatibleError
    return _JOINED[together]


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    """The sum with every decimal kept; a sum of nothing is 0."""
    return reduce(_EXACT.add, numbers, Decimal(0))


def places_of(number: Decimal) -> int:
    """Decimals as written: 2 for 100.00."""
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounding_bound(values: Iterable[tuple[Decimal, str | None]], symbol: str) -> Decimal:
    """By how much a sum in `symbol` may differ from the sum before its parts were rounded to what was written.

    Half a unit in the last decimal of each part: ten amounts in 万元 with two decimals may be 500 元 off together.
    A part written in `symbol` itself counts as exact.
    """
    halves = (
        measures.convert(Decimal((0, (5,), -places_of(number) - 1)), written, symbol)
        for number, written in values
        if written and written != symbol
    )
    return exact_sum(halves)


def in_one_measure(values: Iterable[tuple[Decimal, str | None]]) -> tuple[tuple[Decimal, ...], str | None]:
    """The numbers in the finest of their measures, where every conversion is exact (元 rather than 万元).

    Raises IncompatibleError for different dimensions, for a missing measure beside a given one, and where no exact
    conversion exists. Unknown measures only go with themselves.
    """
    pairs = tuple(values)
    symbols = tuple(dict.fromkeys(symbol or None for _, symbol in pairs))
    if len(symbols) == 1:
        return tuple(number for number, _ in pairs), symbols[0]
    known: list[Measure] = [found for found in (measures.find(symbol or "") for symbol in symbols) if found]
    if len(known) < len(symbols) or len({measure.dimension for measure in known}) > 1:
        raise IncompatibleError
    for measure in sorted(known, key=lambda item: item.factor):
        try:
            return tuple(measures.convert(n, symbol or "", measure.symbol) for n, symbol in pairs), measure.symbol
        except ValueError:
            continue
    raise IncompatibleError


def in_base(number: Decimal, symbol: str | None) -> Decimal:
    """The number in the base measure of its dimension, or as it is where the measure is unknown."""
    measure = measures.find(symbol) if symbol else None
    return _EXACT.multiply(number, measure.factor) if measure else number


def adds(symbol: str | None) -> bool:
    """Whether figures in this measure may be summed; an unknown measure may not."""
    measure = measures.find(symbol) if symbol else None
    return measure is not None and measure.adds


def dimension(symbol: str | None) -> str:
    """The dimension, or the measure as written where nobody knows it."""
    measure = measures.find(symbol) if symbol else None
    return measure.dimension if measure else symbol or ""


def counts_heads(symbol: str | None) -> bool:
    """Whether the same person or household may stand in two units' figures."""
    measure = measures.find(symbol) if symbol else None
    return measure is not None and measures.family(measure) in ("persons", "households")


def meaning(value: TargetValue) -> tuple[Hashable, ...]:
    """Equal for two values that say the same beside their operator: 100 and 100.00, 1 万元 and 10000 元.

    What was understood is compared where a number or a base was; wording is compared as text of one width.
    """
    if value.kind is Kind.NUMBER and value.number is not None:
        return value.kind, dimension(value.measure), in_base(value.number, value.measure), value.wording
    if value.number is not None or value.base is not None:
        return (
            value.kind, value.number, value.upper, value.measure, value.every, value.base,
            folded(value.wording or ""),
        )  # fmt: skip
    return (folded(value.text),)


def folded(text: str) -> str:
    """Text of one width and case without blanks and □, for comparing; never for printing."""
    return "".join(normalize("NFKC", text).replace("\u25a1", "").casefold().split())
