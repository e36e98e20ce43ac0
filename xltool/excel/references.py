"""Cell references and ranges as workbook parts write them: more forms than ours, and hostile ones."""

from __future__ import annotations

import re
from functools import lru_cache

from xltool.addresses import number
from xltool.excel.package import Refusal
from xltool.findings import Code
from xltool.model.workbook import CellRange

LAST_ROW = 1_048_576
LAST_COL = 16_384
LONGEST = len("$XFD$1048576:$XFD$1048576")

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_RANGE = re.compile(r"\$?([A-Za-z]{0,3})\$?([0-9]{0,7})(?::\$?([A-Za-z]{0,3})\$?([0-9]{0,7}))?")


@lru_cache(maxsize=16_384)
def position(reference: str) -> tuple[int, int]:
    """(row, column) of an A1 reference. Every form repeats the same addresses, hence the cache."""
    match = _CELL.fullmatch(reference)
    if match is None:
        raise damaged(reference)
    row, col = int(match.group(2)), number(match.group(1).upper())
    if not 0 < row <= LAST_ROW or col > LAST_COL:
        raise damaged(reference)
    return row, col


def damaged(reference: str) -> Refusal:
    """For a cell whose reference or content is nonsense; it is named as the file names it, which may be by nothing."""
    return Refusal(Code.FILE_DAMAGED, part=reference[:20] or 'r=""')


def whole(text: str) -> int:
    """A number of a row or column, which a few programs write as 1.0. ValueError where it is none."""
    return int(text) if text.isdecimal() else int(float(text))


def ranges(text: str) -> tuple[CellRange, ...]:
    """The ranges of an `sqref` (`A1:B2 D4 F:F`), corners in order; what is not a range is left out."""
    found = [_range(item) for item in text.split() if len(item) <= LONGEST]
    return tuple(item for item in found if item is not None)


@lru_cache(maxsize=4096)
def _range(text: str) -> CellRange | None:
    match = _RANGE.fullmatch(text)
    if match is None or not (match.group(1) or match.group(2)):
        return None
    first_col, first_row, last_col, last_row = match.groups()
    if last_col is None:
        last_col, last_row = first_col, first_row
    rows = sorted((int(first_row or 1), int(last_row or LAST_ROW)))
    cols = sorted((number((first_col or "A").upper()), number((last_col or "XFD").upper())))
    return CellRange(max(rows[0], 1), cols[0], min(rows[1], LAST_ROW), min(cols[1], LAST_COL))
