"""Which of two values is the larger or the later: numbers of one dimension, durations, frequencies, deadlines."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

from xltool import values as grammar
from xltool.consolidate.arithmetic import IncompatibleError, in_one_measure
from xltool.model.value import Doubt, Kind, TargetValue

# By the end of which day of the month each part of it is over; 初 ends on no known day.
_ENDS = {"上旬": 10, "中旬": 20, "下旬": 31, "底": 31, "末": 31}
_EDGE = re.compile("^(初|上旬|中旬|下旬|底|末)")
_DATE = re.compile(r"(?:(\d{4})-?)?(?:(\d{2})(?:-(\d{2}))?)?")
_MONTH_MEASURES, _DAY_MEASURES = ("月", "月/年", "月/季"), ("日", "日/月", "日/年", "日/季")

Key = tuple[object, ...]


class UnorderedError(ValueError):
    """Values of which none is the larger or the later: wording, mixed kinds, deadlines of different shapes."""


def order_keys(values: Sequence[TargetValue], *, dates_only: bool = False) -> tuple[Key, ...]:
    """One key for each value; the larger number, the later deadline has the larger key.

    Raises UnorderedError, or IncompatibleError where only the dimensions differ.
    """
    told = [_understood(value) for value in values]
    kinds = {value.kind for value in told}
    if kinds == {Kind.DEADLINE}:
        return _deadlines(told)
    if dates_only or len(kinds) != 1 or not kinds <= {Kind.NUMBER, Kind.DURATION, Kind.FREQUENCY}:
        raise UnorderedError
    if any(value.number is None or value.upper is not None for value in told):
        raise UnorderedError
    if kinds == {Kind.FREQUENCY} and len({value.every for value in told}) > 1:
        raise UnorderedError
    numbers, _ = in_one_measure((value.number, value.measure) for value in told if value.number is not None)
    return tuple((number,) for number in numbers)


def ranks(keys: Sequence[Key]) -> tuple[int, ...]:
    """The place of each key from 1; equal keys share a place."""
    places = {key: place for place, key in enumerate(sorted(set(keys), key=lambda key: [_plain(k) for k in key]), 1)}
    return tuple(places[key] for key in keys)


def _plain(part: object) -> float:
    return part  # type: ignore[return-value]  # numbers all, whatever their class


def _understood(value: TargetValue) -> TargetValue:
    """A field's text (2024-03-15) read as what it says; a value that was understood stays as it is."""
    if value.kind is not Kind.WORDING or value.operator is not None:
        return value
    read = grammar.parse(value.text)
    return read if read.kind is Kind.DEADLINE else value


def _deadlines(values: Sequence[TargetValue]) -> tuple[Key, ...]:
    moments = [_moment(value) for value in values]
    if len({shape for shape, _ in moments}) > 1:
        raise UnorderedError
    return tuple(key for _, key in moments)


def _moment(value: TargetValue) -> tuple[Hashable, Key]:
    """The shape that two deadlines must share to be compared, and year, month and day (0 where not said)."""
    year, month, day, near = _written(value)
    edge = _EDGE.match(value.wording or "")
    if edge:
        if edge[1] not in _ENDS:
            raise UnorderedError
        day = _ENDS[edge[1]]
    open_ended = Doubt.AMBIGUOUS in value.doubts
    if month and not day and not open_ended:
        day = 31  # a month without a day and without 前 is over at its end
    if not (year or month or day):
        raise UnorderedError
    shape = (value.every, near, year is None, month is None, day is None, open_ended)
    return shape, (year or 0, month or 0, day or 0)


def _written(value: TargetValue) -> tuple[int | None, int | None, int | None, str]:
    date = _DATE.fullmatch(value.base or "")
    year, month, day = (int(part) if part else None for part in date.groups()) if date else (None, None, None)
    near = "" if date else value.base or ""
    figure = int(value.number) if value.number is not None else None
    if value.measure in _DAY_MEASURES:
        day = day or figure
    elif value.measure in _MONTH_MEASURES:
        month = month or figure
    elif value.measure == "季度" and figure:
        month = 3 * figure
    return year, month, day, near


__all__ = ["IncompatibleError", "UnorderedError", "order_keys", "ranks"]
