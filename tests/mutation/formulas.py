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
_MANY = 20_000

Part = tuple[str, str, int, str, int]  # `$`, letters, their number, `$`, row; 0 where there is none
Reference = tuple[Part, Part | None]
_read: dict[str, tuple[str | Reference, ...]] = {}  # formulas by their text, for the next edit


def shifted(formula: str, shift: Shift, *, rows: bool) -> str:
    """The formula after this shift of its own sheet; what it pointed to and is gone is `#REF!`."""
    moved = tuple(piece if isinstance(piece, str) else _area(piece, shift, rows) for piece in _pieces(formula))
    text = "".join(piece if isinstance(piece, str) else _written(piece) for piece in moved)
    if len(_read) < _MANY:
        _read[text] = moved
    return text


def _pieces(formula: str) -> tuple[str | Reference, ...]:
    found = _read.get(formula)
    if found is None:
        pieces: list[str | Reference] = []
        for count, piece in enumerate(formula.split('"')):
            pieces.append('"' if count else "")
            parts = _REFERENCE.split(piece) if count % 2 == 0 else [piece]
            pieces += [_reference(part) if at % 2 else part for at, part in enumerate(parts)]
        found = tuple(pieces)
        if len(_read) >= _MANY:
            _read.clear()
        _read[formula] = found
    return found


def _reference(text: str) -> Reference:
    first, colon, last = text.partition(":")
    return _part(first), _part(last) if colon else None


def _part(text: str) -> Part:
    found = _PART.fullmatch(text)
    assert found is not None
    return found[1], found[2], number(found[2]) if found[2] else 0, found[3], int(found[4] or 0)


def _area(area: Reference, shift: Shift, rows: bool) -> str | Reference:
    """One reference: a cell, an area, whole columns or whole rows. Whole columns are not moved by rows."""
    first, last = area[0], area[1] or area[0]
    one, two = (first[4], last[4]) if rows else (first[2], last[2])
    if not one or not two:
        return area
    there = shift((min(one, two), max(one, two)))
    if there is None:
        return "#REF!"
    return _moved(first, there[0], rows), _moved(last, there[1], rows) if area[1] else None


def _moved(part: Part, line: int, rows: bool) -> Part:
    return (*part[:4], line) if rows else (part[0], letters(line), line, *part[3:])


def _written(area: Reference) -> str:
    texts = [f"{before}{column}{mid}{row or ''}" for before, column, _, mid, row in filter(None, area)]
    return ":".join(texts)
