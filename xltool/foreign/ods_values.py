"""What a cell of an OpenDocument spreadsheet holds, and which number format makes it look as it does.

Formats are written there in a language of their own; but beside each value stands what the screen shows of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from xltool.foreign.ods_styles import OFFICE, TABLE
from xltool.model.workbook import CellKind

_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_NUMBERS = frozenset({"float", "percentage", "currency"})
_TRUTH = {"TRUE()": "1", "FALSE()": "0"}  # LibreOffice writes a truth value as a function that gives a number
_MIDNIGHT = datetime.min.time()
_DAY_ONE = datetime.combine(date(1899, 12, 30), _MIDNIGHT)
_DAY = timedelta(days=1)
_DATE = "yyyy/m/d"
_UNSEEN = ";;;"
_FIGURE = re.compile(r"-?[0-9](?:[0-9,]*[0-9])?(?:\.([0-9]+))?")


def value_of(attributes: Mapping[str, str], shown: str) -> tuple[CellKind, str, str]:
    """Kind, stored text, and the number format where the cell's style does not say it (else empty).

    A date is its serial number, as in a workbook; an error is the text it shows.
    """
    kind = attributes.get(f"{OFFICE}value-type", "")
    if attributes.get(f"{_CALC}value-type") == "error" or (kind in _NUMBERS and shown.startswith(("#", "Err:"))):
        return CellKind.ERROR, shown, ""
    formula = attributes.get(f"{TABLE}formula", "").partition(":=")[2]
    if kind == "boolean" or (kind == "float" and formula in _TRUTH):
        truth = attributes.get(f"{OFFICE}boolean-value") == "true" or _TRUTH.get(formula) == "1"
        return CellKind.BOOLEAN, "1" if truth else "0", ""
    if kind in _NUMBERS:
        value = attributes.get(f"{OFFICE}value", "")
        return CellKind.NUMBER, value, "" if kind == "percentage" else _format(value, shown)
    if kind == "date":
        return _date(attributes.get(f"{OFFICE}date-value", ""))
    return CellKind.TEXT, attributes.get(f"{OFFICE}string-value", shown), ""


def is_truth(formula: str) -> bool:
    """The function LibreOffice writes for a truth value that somebody typed."""
    return formula.partition(":=")[2] in _TRUTH


def _date(text: str) -> tuple[CellKind, str, str]:
    try:
        moment = datetime.fromisoformat(text) if "T" in text else datetime.combine(date.fromisoformat(text), _MIDNIGHT)
    except ValueError:
        return CellKind.DATE, text, ""
    days = (moment.replace(tzinfo=None) - _DAY_ONE) / _DAY
    return CellKind.NUMBER, f"{days:.10g}" if days % 1 else str(int(days)), _DATE


def _format(value: str, shown: str) -> str:
    """A format that shows this value so: nothing at all, fewer decimals, words around the figure."""
    if not shown.strip():
        return _UNSEEN
    figure = _FIGURE.search(shown)
    try:
        if figure is None or (shown == figure[0] and Decimal(figure[0].replace(",", "")) == Decimal(value)):
            return ""
    except InvalidOperation:
        return ""
    before, after = (text.replace('"', "") for text in (shown[: figure.start()], shown[figure.end() :]))
    decimals = f".{'0' * len(figure[1])}" if figure[1] else ""
    return f"{_quoted(before)}0{decimals}{_quoted(after)}"


def _quoted(text: str) -> str:
    return f'"{text}"' if text else ""
