"""A page cut into logical rows: slices of one tall row taken together, gaps of a row without borders filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from xltool.addresses import a1, parse_range
from xltool.drafting.page import Box, Page
from xltool.model.workbook import CellRange

COLONS = ("：", ":")
Edges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """The boxes that start in one logical row, left to right; `first` and `last` are rows of the blank."""

    first: int
    last: int
    boxes: tuple[Box, ...]

    @property
    def edges(self) -> Edges:
        return tuple((box.range.first_col, box.range.last_col) for box in self.boxes)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(box.text.strip() for box in self.boxes)

    @property
    def all_texts(self) -> bool:
        return all(self.texts)

    @property
    def no_texts(self) -> bool:
        return not any(self.texts)

    @property
    def is_line(self) -> bool:
        """A label with answers to its right and nothing else."""
        return len(self.boxes) > 1 and bool(self.texts[0]) and not any(self.texts[1:])

    @property
    def ruled(self) -> bool:
        return any(box.ruled for box in self.boxes)


def rows_of(page: Page, window: CellRange) -> list[Row]:
    """The logical rows of a part of the page: one begins wherever a box begins."""
    inside = [box for box in page.boxes if _within(box, window)]
    starts = sorted({box.range.first_row for box in inside})
    ends = [*(start - 1 for start in starts[1:]), window.last_row]
    rows = []
    for start, end in zip(starts, ends, strict=True):
        boxes = tuple(box for box in inside if box.range.first_row == start)
        rows.append(Row(start, end, boxes if any(box.ruled for box in boxes) else tuple(_filled(boxes, window))))
    return [row for row in rows if not (row.no_texts and not row.ruled)]


def _within(box: Box, window: CellRange) -> bool:
    where = box.range
    rows = window.first_row <= where.first_row <= window.last_row
    return rows and window.first_col <= where.first_col and where.last_col <= window.last_col


def _filled(boxes: tuple[Box, ...], window: CellRange) -> Iterator[Box]:
    """Between texts without borders the blank room after a colon is where one writes; other texts run on into it."""
    nexts = [*(box.range.first_col for box in boxes[1:]), window.last_col + 1]
    for box, following in zip(boxes, nexts, strict=True):
        where = box.range
        free = CellRange(where.first_row, where.last_col + 1, where.last_row, following - 1)
        if free.first_col > free.last_col or not box.text.strip():
            yield box
        elif box.text.rstrip().endswith(COLONS):
            yield box
            yield Box(free, a1_beside(box), locked=box.locked)
        else:
            yield replace(box, range=where._replace(last_col=free.last_col))


def whole(row: Row, window: CellRange) -> Row:
    """The row with its boxes stretched to the right until they fill the window: a form has no holes."""
    nexts = [*(box.range.first_col for box in row.boxes[1:]), window.last_col + 1]
    firsts = [window.first_col, *(box.range.first_col for box in row.boxes[1:])]
    boxes = (
        replace(box, range=box.range._replace(first_col=first, last_col=following - 1))
        for box, first, following in zip(row.boxes, firsts, nexts, strict=True)
    )
    return replace(row, boxes=tuple(boxes))


def a1_beside(box: Box) -> str:
    """The address of the cell to the right of a box of the blank; hidden columns between them do not matter."""
    where = parse_range(box.cell)
    return box.cell if where is None else a1(where.first_row, where.first_col + box.span)
