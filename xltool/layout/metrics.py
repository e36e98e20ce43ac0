"""How much room a text needs: measured against LibreOffice, never under-estimating (reference: excel §4).

Heights are points, widths Excel's column units, lengths characters. A Chinese character is two units wide.
"""

from __future__ import annotations

import math
import unicodedata

LINE_PITCH = 1.49  # where 宋体 is missing and substituted; 1.42 where it is not
PADDING = 4.0
SPARE = 1.3  # fonts differ between machines by up to 30 %
EXCEL_ROW_LIMIT = 409.0
SLICE_LINES = 7
# A row of up to a third of a page is left whole, because a page break between slices may cut a line of text.
WHOLE_ROW = 220.0


class _Widths(dict[str, int]):
    """Of each character met so far: 2 where it is wide, else 1. Long tables measure the same few thousand."""

    def __missing__(self, char: str) -> int:
        width = self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return width


_WIDTHS = _Widths()


def text_units(text: str) -> int:
    """Width of one line of text: 2 for wide characters, 1 for the others."""
    return sum(map(_WIDTHS.__getitem__, text))


def units_per_line(width: float, size: float) -> float:
    """How many units fit on one line of a cell that is `width` column units wide, at `size` points.

    Chinese characters do not split, so it is an even number.
    """
    return max(2.0, math.floor(width * 7 * 0.75 / size) * 2.0)


def lines_of(text: str, width: float, size: float) -> int:
    """Lines that a text takes when wrapped, each of its own line breaks counted."""
    room = units_per_line(width, size)
    return sum(max(1, math.ceil(text_units(part) / room)) for part in text.split("\n"))


def height_of_lines(lines: float, size: float) -> float:
    return math.ceil(lines) * size * LINE_PITCH + PADDING


def height_for_text(text: str, width: float, size: float) -> float:
    """Height that shows this text whole, with room to spare once it wraps."""
    lines = lines_of(text, width, size)
    return height_of_lines(lines if lines == 1 else lines * SPARE, size)


def height_for_length(length: int, width: float, size: float) -> float:
    """Height that shows any Chinese text of this many characters whole, with room to spare."""
    lines = math.ceil(length * 2 / units_per_line(width, size))
    return height_of_lines(lines if lines <= 1 else lines * SPARE, size)


def slices(height: float, size: float) -> tuple[float, ...]:
    """Row heights that together give `height`: one row while it is low, else slices of a few whole lines.

    A row may not exceed Excel's 409 pt, and a tall row would leave half a printed page blank.
    """
    if height <= WHOLE_ROW:
        return (round(height, 1),)
    slice_height = SLICE_LINES * size * LINE_PITCH
    count = math.ceil(height / slice_height)
    return tuple(round(height / count, 1) for _ in range(count))
