"""References inside formulas, as an office program keeps them true when rows or columns come, go or move."""

from __future__ import annotations

import re
from collections.abc import Callable

from xltool.addresses import letters, number

Span = tuple[int, int]
Shift = Callable[[Span], Span | None]

_COLUMN, _ROW = r"\$?[A-Z]{1,3}", r"\$?[0-9]{1,7}"
_AREA = f"{_COLUMN}{_ROW}(?::{_COLUMN}{_ROW})?|{_COLUMN}:{_COLUMN}|{_ROW}:{_ROW}"
_REFERENCE = re.compile(rf"(?<![\w.!$:])({_AREA})(?![\w.(!:])")
_PART = re.compile(r"(\$?)([A-Z]*)(\$?)([0-9]*)")


def shifted(formula: str, shift: Shift, *, rows: bool) -> str:
    """The formula after this shift of its own sheet; what it pointed to and is gone is `#REF!`."""
    pieces = formula.split('"')
    pieces[::2] = [_REFERENCE.sub(lambda match: area(match[1], shift, rows=rows), piece) for piece in pieces[::2]]
    return '"'.join(pieces)


def area(text: str, shift: Shift, *, rows: bool) -> str:
    """One reference: a cell, an area, whole columns or whole rows."""
    first, colon, last = text.partition(":")
    parts = [_split(first), _split(last or first)]
    lines = [row if rows else column for column, row in parts]
    if not all(lines):
        return text  # whole columns are not moved by rows, nor rows by columns
    start, end = sorted(int(line) for line in lines)
    there = shift((start, end))
    if there is None:
        return "#REF!"
    made = [_moved(part, line, rows=rows) for part, line in zip((first, last or first), there, strict=True)]
    return colon.join(made) if colon else made[0]


def _split(part: str) -> tuple[int, int]:
    found = _PART.fullmatch(part)
    assert found is not None
    return number(found[2]) if found[2] else 0, int(found[4] or 0)


def _moved(part: str, line: int, *, rows: bool) -> str:
    found = _PART.fullmatch(part)
    assert found is not None
    if not found[2]:
        return f"{found[1] or found[3]}{line}"
    if rows:
        return f"{found[1]}{found[2]}{found[3]}{line}"
    return f"{found[1]}{letters(line)}{found[3]}{found[4]}"
