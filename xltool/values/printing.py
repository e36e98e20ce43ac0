"""Printing a target value the way a form publishes it; the inverse of `parse`."""

from __future__ import annotations

import re
from decimal import Decimal

from xltool.model.value import Kind, Note, Operator, PrintProfile, State, TargetValue
from xltool.values.cleaning import clean

CANONICAL = PrintProfile()
_FROM_PARTS = (Kind.NUMBER, Kind.RANGE, Kind.DISTRIBUTIVE, Kind.TOLERANCE, Kind.DURATION, Kind.FREQUENCY)
_UNSIGNED = (Operator.QUALITATIVE, Operator.NOT_APPLICABLE)
_MEASURE_PLACE = re.compile(r"[(（]?\{measure\}[)）]?")
_FIGURE_FIRST = re.compile("[0-9约近]")


def format(value: TargetValue, profile: PrintProfile = CANONICAL) -> str:
    """The value as the form prints it.

    A figure is printed from its parts by the profile's pattern, with at least `profile.decimals` decimals and never
    rounded: a figure with more keeps them. Everything that has words (每月15号前, 约200人, 及时, unread text) is
    printed as written, without the marks `parse` strips; a measure chosen beside such a figure is put after it.
    """
    if value.kind in _FROM_PARTS and value.number is not None and value.wording is None:
        return _patterned(value, value.number, profile)
    text = clean(value.text).text
    if not text:
        return Operator.NOT_APPLICABLE.value if value.state is State.NOT_APPLICABLE else ""
    if value.kind in _FROM_PARTS and value.number is not None and _FIGURE_FIRST.match(text):
        text = f"{_sign(value, profile)}{text}" if Note.OPERATOR_IN_VALUE not in value.notes else text
    if value.kind in _FROM_PARTS and value.measure and Note.MEASURE_IN_VALUE not in value.notes and value.number:
        text += value.measure.partition("/")[0] if value.kind is Kind.FREQUENCY else value.measure
    return text


def _patterned(value: TargetValue, number: Decimal, profile: PrintProfile) -> str:
    figure = _figure(number, profile.decimals)
    if value.upper is not None:
        figure = f"{figure}-{_figure(value.upper, profile.decimals)}"
    if value.kind is Kind.DISTRIBUTIVE:
        figure = f"各{figure}"
    elif value.kind is Kind.TOLERANCE:
        figure = f"±{figure}"
    pattern = profile.pattern if value.measure else _MEASURE_PLACE.sub("", profile.pattern)
    return (
        pattern.replace("{operator}", _sign(value, profile))
        .replace("{number}", figure)
        .replace("{measure}", value.measure or "")
    )


def _sign(value: TargetValue, profile: PrintProfile) -> str:
    operator = value.operator
    if operator is None or operator in _UNSIGNED or operator in profile.bare_operators:
        return ""
    return operator.value


def _figure(number: Decimal, decimals: int | None) -> str:
    """Written out plainly; zeros are added up to `decimals`, and only zeros are dropped beyond it."""
    written = f"{number:f}"
    if decimals is None:
        return written
    whole, _, fraction = written.partition(".")
    kept = fraction[:decimals].ljust(decimals, "0") + fraction[decimals:].rstrip("0")
    return f"{whole}.{kept}" if kept else whole
