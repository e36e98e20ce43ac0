"""What explains that two amounts differ: rounding, a factor, or one unit's figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from xltool import measures
from xltool.consolidate.arithmetic import exact_sum, places_of, rounding_bound
from xltool.model.consolidation import Contribution
from xltool.model.difference import Cause, Match

SLIP = Decimal(10_000)  # 元 in 万元
_NEAR = Decimal("0.5")  # a unit is named where its figure leaves less than half of the difference
_SHARE = Context(prec=6)


@dataclass(frozen=True, slots=True)
class Weighed:
    """How far two amounts are apart, and why."""

    match: Match
    amount: Decimal
    share: Decimal | None
    bound: Decimal
    cause: Cause = Cause.NONE
    unit: Contribution | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """The units' amount and the declared one, both in `measure`; `contributions` are all that stand behind ours.

    `written` and `places` say how the declared amount was written, where that was in another measure.
    """

    ours: Decimal
    declared: Decimal
    contributions: Sequence[Contribution]
    measure: str = ""
    written: str = ""
    places: int = 2
    summed: bool = True


def weigh(pair: Pair) -> Weighed:
    """Matched, within rounding, or different with what explains it best."""
    amount = pair.declared - pair.ours
    share = _SHARE.divide(amount, pair.ours) if pair.ours else None
    bound = rounding(pair)
    if not amount:
        return Weighed(Match.MATCHED, amount, Decimal(0), bound)
    if abs(amount) <= bound:
        return Weighed(Match.ROUNDING, amount, share, bound)
    cause, unit = _cause(pair, amount, bound)
    return Weighed(Match.DIFFERS, amount, share, bound, cause, unit)


def rounding(pair: Pair) -> Decimal:
    """By how much rounding alone may have parted the two.

    The declared amount may be the sum of as many rounded amounts as there are units: half a unit of the last decimal
    as written for each. Where the form is the coarser one (万元) and the other side exact (元), each unit's figure was
    rounded on its way into the form.
    """
    count = max(1, sum(1 for item in pair.contributions if item.used and item.number is not None))
    if not pair.written or pair.written == pair.measure:
        return Decimal(0)
    coarse, fine = measures.find(pair.written), measures.find(pair.measure)
    if coarse is None or fine is None or coarse.dimension != fine.dimension:
        return Decimal(0)
    if coarse.factor > fine.factor:
        unit = Decimal(1).scaleb(-pair.places)
        return rounding_bound([(unit, pair.written)] * count, pair.measure)
    halves = (Decimal((0, (5,), -places_of(item.number) - 1)) for item in pair.contributions
              if item.used and item.number is not None)  # fmt: skip
    return exact_sum(halves)


def _cause(pair: Pair, amount: Decimal, bound: Decimal) -> tuple[Cause, Contribution | None]:
    for factor in (SLIP, 1 / SLIP):
        if pair.ours and abs(pair.declared - pair.ours * factor) <= bound * max(factor, Decimal(1)):
            return Cause.SLIP, None
    numbers = [item for item in pair.contributions if item.number is not None]
    total = exact_sum(item.number for item in numbers if item.number is not None)
    if not pair.summed and len(numbers) > 1 and abs(pair.declared - total) <= bound:
        return Cause.ALL_UNITS, None
    own = [item for item in numbers if item.number == pair.declared]
    if pair.summed and len(numbers) > 1 and len(own) == 1:
        return Cause.OWN_ONLY, own[0]
    effects = sorted(_effects(numbers) if pair.summed else (), key=lambda item: abs(amount - item[0]))
    if not effects:
        return Cause.NONE, None
    effect, cause, unit = effects[0]
    rest = abs(amount - effect)
    if rest <= bound:
        return cause, unit
    return (Cause.CLOSEST, unit) if rest < abs(amount) * _NEAR else (Cause.NONE, None)


def _effects(numbers: Sequence[Contribution]) -> Iterator[tuple[Decimal, Cause, Contribution]]:
    """What the difference would be if one unit's figure were missing, counted twice, or off by the factor."""
    for item in numbers:
        number = item.number
        if number:
            yield -number if item.used else number, Cause.LEFT_OUT if item.used else Cause.TWICE, item
            if item.used:
                yield number, Cause.TWICE, item
                yield number * (SLIP - 1), Cause.UNIT_SLIP, item
                yield number / SLIP - number, Cause.UNIT_SLIP, item
