"""The text a consolidated figure is printed with."""

from __future__ import annotations

from decimal import Decimal

from xltool import values
from xltool.consolidate.arithmetic import folded
from xltool.consolidate.matching import printable
from xltool.model.form import AnswerType
from xltool.model.value import Kind, Note, PrintProfile, TargetValue


def printed(value: TargetValue, profile: PrintProfile) -> str:
    """A number by the form's profile, words as they were written.

    A text whose measure stood in a cell of its own (`2` and 小时) is printed by the profile too, else it would lose it.
    """
    if value.kind is Kind.NUMBER or (value.number is not None and not _complete(value)):
        return values.format(value, profile)
    return printable(value.text)


def _complete(value: TargetValue) -> bool:
    counted = (value.measure or "").partition("/")[0]
    return Note.MEASURE_IN_VALUE in value.notes or folded(counted) in folded(value.text)


def printed_number(number: Decimal, type: AnswerType, decimals: int | None) -> str:
    """An amount as official forms print it, `476,373,173.65`; decimals beyond the form's are never rounded away."""
    if type is not AnswerType.MONEY:
        return f"{number:f}"
    exponent = number.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    bare = f"{number:f}"
    needed = len(bare.partition(".")[2].rstrip("0"))
    return f"{number:,.{max(decimals or 0, needed)}f}" if decimals is not None else f"{number:,.{max(places, 0)}f}"
