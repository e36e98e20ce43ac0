"""Cell addresses in A1 style, and back. Rows and columns count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from xltool.model.workbook import CellRange

_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII)


@cache
def letters(column: int) -> str:
    """28 → AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(text: str) -> int:
    """AB → 28. Letters only, as the address grammar gives them."""
    value = 0
    for char in text:
        value = value * 26 + ord(char) - 64
    return value


def a1(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


def listed(places: Iterable[tuple[int, int]]) -> str:
    """The cells in reading order, `A1,B2`."""
    return ",".join(a1(*place) for place in sorted(places))


def absolute(row: int, column: int) -> str:
    return f"${letters(column)}${row}"


def range_a1(where: CellRange) -> str:
    """`B4`, or `B4:F11` where it is more than one cell."""
    first = a1(where.first_row, where.first_col)
    last = a1(where.last_row, where.last_col)
    return first if first == last else f"{first}:{last}"


def absolute_range(where: CellRange) -> str:
    first = absolute(where.first_row, where.first_col)
    last = absolute(where.last_row, where.last_col)
    return first if first == last else f"{first}:{last}"


def parse_range(text: str) -> CellRange | None:
    """`$B$4` or `B4:F11` as a range; None for anything else (whole columns, several areas, errors)."""
    first, _, last = text.partition(":")
    start, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last or first)
    if start is None or end is None:
        return None
    return CellRange(int(start[2]), number(start[1]), int(end[2]), number(end[1]))
