"""Where the printed pages of a form end, so that no answer is cut in two and each page names its levels.

Programs break pages wherever the paper ends, and a cell merged over many rows is then cut in half. Row heights are
fixed in the print profile, so the pages can be counted beforehand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xltool.layout.metrics import height_for_text
from xltool.model.form import SheetDesign
from xltool.model.layout import PlanCell
from xltool.model.workbook import CellRange

PAPERS = {"A4": (595.3, 841.9), "A3": (841.9, 1190.6)}  # points, upright
MARGIN_SIDE, MARGIN_END = 0.6 * 72, 0.7 * 72  # as the writer sets them
_SAFE, _NARROWER = 0.97, 0.93  # programs measure rows, and columns even more, differently
_COLUMN, _COLUMN_EDGE = 7 * 0.75, 5 * 0.75  # points of a column unit, and of what a column has besides


@dataclass(frozen=True, slots=True)
class Sheet:
    """What decides the pages: the height of each row, which rows repeat, and how wide and high the paper is."""

    first: int
    last: int
    heights: Mapping[int, float]
    repeat_rows: tuple[int, int] | None
    room: float  # points of rows that one page holds

    def height(self, first: int, last: int) -> float:
        return sum(self.heights.get(row, 15.0) for row in range(first, last + 1))

    def bearing(self, first: int, last: int) -> int:
        """The first of these rows of a split cell beside which its text stands: one below the repeated rows."""
        repeat = self.repeat_rows
        return repeat[1] + 1 if repeat is not None and first <= repeat[1] < last else first

    def capacity(self, start: int) -> float:
        """What a page that begins with this row holds: repeated rows take their part of it."""
        if self.repeat_rows is None or start <= self.repeat_rows[1]:
            return self.room
        return self.room - self.height(*self.repeat_rows)


def scale_of(design: SheetDesign) -> int:
    """The print scale in percent at which the form is one page wide."""
    width = sum(track * _COLUMN + _COLUMN_EDGE for track in design.tracks)
    return max(10, min(100, math.floor(_across(design)[0] * _NARROWER / width * 100)))


def _across(design: SheetDesign) -> tuple[float, float]:
    """Width and height that may be printed on."""
    width, height = PAPERS[design.paper]
    if design.landscape:
        width, height = height, width
    return width - 2 * MARGIN_SIDE, height - 2 * MARGIN_END


def room_of(design: SheetDesign) -> float:
    """Points of rows that a page holds at that scale."""
    return _across(design)[1] * _SAFE / (scale_of(design) / 100)


def breaks_of(
    sheet: Sheet, cells: Sequence[PlanCell], repeated: frozenset[CellRange], headings: frozenset[int],
    needed: Mapping[CellRange, float],
) -> tuple[int, ...]:  # fmt: skip
    """The last row of each page but the last.

    `repeated` are the cells that may be split, their text standing on both sides; `needed` is the height each of them
    needs to show it. `headings` are rows that must not end a page.
    """
    tall = [cell.range for cell in cells if cell.range.last_row > cell.range.first_row]
    whole = [where for where in tall if where not in repeated]
    split = [where for where in tall if where in repeated]
    found: list[int] = []
    start = sheet.first
    while (end := _fitting(sheet, start)) < sheet.last:
        cuts = (start, *[row + 1 for row in found])
        place = (
            _last(row for row in _downwards(start, end, headings) if not _crossed(whole, row)
                  and all(_shown(sheet, where, row, cuts, needed[where]) for where in split))
            or _last(row for row in _downwards(start, end, headings) if not _crossed(whole, row))
            or end
        )  # fmt: skip
        found.append(place)
        start = place + 1
    return tuple(found)


def _fitting(sheet: Sheet, start: int) -> int:
    """The last row of the page that begins here, if nothing stood in the way."""
    left, row = sheet.capacity(start), start
    while row <= sheet.last and (left := left - sheet.heights.get(row, 15.0)) >= 0:
        row += 1
    return max(row - 1, start)


def _downwards(start: int, end: int, headings: frozenset[int]) -> Iterator[int]:
    return (row for row in range(end, start - 1, -1) if row not in headings)


def _last(rows: Iterator[int]) -> int | None:
    return next(rows, None)


def _crossed(ranges: Sequence[CellRange], row: int) -> bool:
    return any(where.first_row <= row < where.last_row for where in ranges)


def _shown(sheet: Sheet, where: CellRange, row: int, cuts: Sequence[int], needed: float) -> bool:
    """Whether a cell that this break splits still shows its text above and below."""
    if not where.first_row <= row < where.last_row:
        return True
    first = max([where.first_row, *(cut for cut in cuts if where.first_row < cut <= row)])
    parts = ((first, row), (row + 1, where.last_row))
    return all(sheet.height(sheet.bearing(start, end), end) >= needed for start, end in parts)


def split_cells(
    sheet: Sheet, cells: Sequence[PlanCell], breaks: Sequence[int], repeated: frozenset[CellRange]
) -> Iterator[PlanCell]:
    """The cells, those that may be split made into one for each page they stand on.

    A cell that begins beside the rows which programs print again on every page bears no text there: of a text that
    stands half beside them every further page would show that half. No line is drawn between that part and the rest.
    """
    for cell in cells:
        if cell.range not in repeated:
            yield cell
        elif _beside_repeated(sheet, cell.range, breaks):
            for piece in _pieces(cell, breaks):
                yield from _below_repeated(sheet, piece)
        else:
            yield from _pieces(cell, breaks)


def _beside_repeated(sheet: Sheet, where: CellRange, breaks: Sequence[int]) -> bool:
    """Whether this cell stands beside rows that further pages show again."""
    repeat = sheet.repeat_rows
    across = repeat is not None and where.first_row <= repeat[1] < where.last_row
    return across and repeat is not None and any(row >= repeat[1] for row in breaks)


def _pieces(cell: PlanCell, breaks: Sequence[int]) -> Iterator[PlanCell]:
    where = cell.range
    first = where.first_row
    for row in breaks:
        if first <= row < where.last_row:
            yield replace(cell, range=where._replace(first_row=first, last_row=row))
            first = row + 1
    yield replace(cell, range=where._replace(first_row=first))


def _below_repeated(sheet: Sheet, cell: PlanCell) -> Iterator[PlanCell]:
    """A piece of such a cell, its text moved below the rows that repeat, open to what stands beside them."""
    where, first = cell.range, sheet.bearing(cell.range.first_row, cell.range.last_row)
    if first > where.first_row:
        yield PlanCell(where._replace(last_row=first - 1), None, replace(cell.style, open_side="bottom"))
    opened = sheet.repeat_rows is not None and first > sheet.repeat_rows[1]
    style = replace(cell.style, open_side="top") if opened else cell.style
    yield replace(cell, range=where._replace(first_row=first), style=style)


def needed_heights(
    cells: Sequence[PlanCell], repeated: frozenset[CellRange], design: SheetDesign
) -> dict[CellRange, float]:
    """The height that each repeated cell needs for its text."""
    found = {}
    for cell in cells:
        if cell.range in repeated:
            width = sum(design.tracks[cell.range.first_col - 1 : cell.range.last_col])
            found[cell.range] = height_for_text(str(cell.content or ""), width, design.font_size)
    return found
