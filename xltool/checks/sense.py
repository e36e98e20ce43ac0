"""Checks of what an indicator says: its level, its target's direction, last year's, and whether it sets a standard.

All are warnings: a reviewer would ask, and the unit may have an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from xltool import measures
from xltool.checks.indicator import COUNTED, Entry
from xltool.checks.vocabulary import (
    bare,
    belongs,
    concern,
    counts,
    direction,
    is_opinion,
    is_rate,
    is_share,
    listed,
    says,
    vague,
)
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.model.form import Level, Tree
from xltool.model.value import Kind, Note, Operator, State, TargetValue
from xltool.values.phrases import one_width, phrase

_UP, _DOWN = (Operator.AT_LEAST, Operator.MORE), (Operator.AT_MOST, Operator.LESS)
_YEAR = re.compile(r"(?:19|20)\d\d(?=\D|$)", re.ASCII)
_WHOLE = Decimal(100)
_OF_RATES = ("ratio", "ratio-difference", "score", "multiple", "per-unit")
_OF_MONEY = ("money", "ratio", "per-unit")


def wrong_level(entry: Entry) -> Iterator[Finding]:
    """Timeliness stands under timeliness, a rate is no quantity, and satisfaction is what people think."""
    name, here = entry.indicator.name, concern(entry.level)
    wanted = belongs(name)
    if not entry.compulsory or wanted == here or not (here or wanted == "satisfaction"):
        return
    misplaced = bool(wanted) and bool(_level_name(entry, wanted))
    if here == "quantity":
        misplaced = misplaced or is_rate(name)
        wanted = wanted or "quality"
    elif here == "satisfaction":
        misplaced = misplaced or (is_rate(name) and not is_opinion(name))
    if misplaced:
        key = f"{entry.indicator.key}.name"
        place = _level_name(entry, wanted)
        like = f"“{place}”" if place else _others(entry)
        yield entry.case.say(Code.IND_WRONG_LEVEL, key, name=name, level=entry.level.path[-1], like=like)


def against_direction(entry: Entry) -> Iterator[Finding]:
    """At least for what should be much, at most for what should be little."""
    value, wanted = entry.value, _better(entry)
    wrong = _DOWN if wanted == "more" else _UP if wanted == "less" else ()
    if entry.compulsory and value.kind in (Kind.NUMBER, Kind.DURATION) and value.operator in wrong:
        yield entry.say(Code.IND_DIRECTION, "operator", operator=value.operator)


def below_last_year(entry: Entry) -> Iterator[Finding]:
    """The target asks no less than last year's, in the direction that is better."""
    earlier = _earlier(entry)
    if earlier is None or entry.prefix != f"{entry.indicator.key}.{entry.indicator.targets[0].column}":
        return
    now, before = _figure(entry.value, entry.value), _figure(earlier, entry.value)
    if now is None or before is None:
        return
    lower = _better(entry) == "less" or (not _better(entry) and entry.value.operator in _DOWN)
    if (now > before) if lower else (now < before):
        yield entry.say(Code.IND_BELOW_LAST_YEAR, "value", earlier=earlier.text.strip())


def vague_target(entry: Entry) -> Iterator[Finding]:
    """A target says what would be met; 进一步提高 and 约300 are met by anything. A base year makes it a comparison."""
    value = entry.value
    if not entry.compulsory:
        return
    words = ""
    if Note.APPROXIMATE in value.notes and value.kind in COUNTED:
        words = value.wording or ""
    elif value.kind in (Kind.WORDING, Kind.UNPARSED) and not value.base and value.number is None:
        words = vague(value.text)
    if words:
        yield entry.say(Code.IND_VAGUE, "value", words=words)


def outside_year(entry: Entry) -> Iterator[Finding]:
    """A deadline or period lies in the budget year, or has it within."""
    value, year = entry.value, entry.case.background.year
    if not year or not entry.compulsory:
        return
    dated = value.base if value.kind in (Kind.DEADLINE, Kind.PERIOD) else None
    years = [int(found) for found in _YEAR.findall(dated or "")]
    said = one_width(value.text.strip())
    other = value.kind is not Kind.COMPARISON and any(phrase(role, said) for role in ("next-year", "last-year"))
    if other or (years and not min(years) <= year <= max(years)):
        yield entry.say(Code.IND_OUTSIDE_YEAR, "value", year=year)


def whole_persons(entry: Entry) -> Iterator[Finding]:
    """Nobody counts half a person."""
    value = entry.value
    measure = measures.find(value.measure) if value.measure else None
    if value.kind not in (Kind.NUMBER, Kind.RANGE) or measure is None:
        return
    if measures.family(measure) not in listed("whole") or measure.symbol in listed("fraction"):
        return
    if says(entry.indicator.name, "average"):
        return
    if any(number * measure.factor % 1 for number in (value.number, value.upper) if number is not None):
        yield entry.say(Code.IND_NOT_WHOLE, "value", measure=measure.symbol)


def share_over_whole(entry: Entry) -> Iterator[Finding]:
    """A part is no more than the whole. Growth may be."""
    value = entry.value
    if value.kind is not Kind.NUMBER or value.measure != "%" or value.number is None or value.number <= _WHOLE:
        return
    if is_share(entry.indicator.name) or concern(entry.level) == "satisfaction":
        yield entry.say(Code.IND_SHARE, "value", number=f"{value.number:f}")


def measure_of_name(entry: Entry) -> Iterator[Finding]:
    """A rate is counted in per cent, heads and things are not; an amount is money.

    A rate among quantities is misplaced, which is said instead.
    """
    value, name = entry.value, entry.indicator.name
    measure = measures.find(value.measure) if value.measure else None
    if measure is None or value.kind is not Kind.NUMBER or not entry.compulsory:
        return
    family = measures.family(measure)
    misfit = (
        (is_rate(name) and family not in _OF_RATES and concern(entry.level) != "quantity")
        or (counts(name, "number") and family == "ratio")
        or (counts(name, "money") and family not in _OF_MONEY)
    )
    if misfit:
        yield entry.say(Code.IND_MEASURE_OF_NAME, "measure", measure=measure.symbol)


def negative(entry: Entry) -> Iterator[Finding]:
    """Nobody counts less than none; only what may rise and fall has a sign."""
    value = entry.value
    if value.kind is not Kind.NUMBER or value.number is None or value.number >= 0 or not entry.compulsory:
        return
    if not says(entry.indicator.name, "beyond") or counts(entry.indicator.name, "number"):
        yield entry.say(Code.IND_NEGATIVE, "value")


SENSE_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (
    wrong_level,
    against_direction,
    below_last_year,
    vague_target,
    outside_year,
    whole_persons,
    share_over_whole,
    measure_of_name,
    negative,
)


def _better(entry: Entry) -> str:
    said, about = direction(entry.indicator.name), concern(entry.level)
    if said or about not in ("cost", "satisfaction"):
        return said
    return "less" if about == "cost" or says(entry.indicator.name, "complaint") else "more"


def _earlier(entry: Entry) -> TargetValue | None:
    """Last year's target: what stands beside this one in the form, else what the campaign knows."""
    for target in entry.indicator.targets:
        if target.column == "previous":
            return target.value if target.value.state is State.GIVEN else None
    return entry.case.background.targets.get((entry.level.key, bare(entry.indicator.name)))


def _figure(value: TargetValue, like: TargetValue) -> Decimal | None:
    """The plain number in the measure of `like`; a figure without a measure is taken to be in it already."""
    if value.kind is not Kind.NUMBER or value.number is None:
        return None
    if value.measure is None or like.measure is None or value.measure == like.measure:
        return value.number
    try:
        return measures.convert(value.number, value.measure, like.measure)
    except ValueError:
        return None


def _level_name(entry: Entry, wanted: str) -> str:
    """The open level of the tree that is about this, empty where there is none."""
    return next((level.path[-1] for level in _levels(entry) if concern(level) == wanted), "")


def _others(entry: Entry) -> str:
    """The open levels beside this one, where none of them is meant in particular."""
    return "、".join(f"“{level.path[-1]}”" for level in _levels(entry) if not concern(level))


def _levels(entry: Entry) -> Iterator[Level]:
    for block in entry.case.form.blocks:
        if isinstance(block, Tree) and entry.level in block.leaves:
            yield from (level for level in block.leaves if level.entry == "open" and level != entry.level)
