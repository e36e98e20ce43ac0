"""An official blank as boxes on a grid: merged ranges and single cells with what shows of them, read by openpyxl."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Side
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from xltool.addresses import a1
from xltool.model.workbook import CellRange

DEFAULT_WIDTH, DEFAULT_HEIGHT = 8.43, 15.0
PADDING = 0.7109375  # Excel stores a column five pixels wider than it is set
MOST_ROWS, MOST_COLUMNS = 1_000, 200
PAPERS = {"8": "A3", "9": "A4"}


@dataclass(frozen=True, slots=True)
class Box:
    """One cell or merged range. Columns count the visible tracks from 1; `cell` is its address in the blank.

    `height` is points, `limit` the characters that a validation allows (0: none says so).
    """

    range: CellRange
    cell: str
    text: str = ""
    ruled: bool = False
    open_above: bool = False
    open_below: bool = False
    locked: bool = True
    font: str = ""
    size: float = 0.0
    bold: bool = False
    align: str = ""
    number_format: str = "General"
    formula: str = ""
    limit: int = 0
    choices: tuple[str, ...] = ()
    height: float = DEFAULT_HEIGHT

    @property
    def span(self) -> int:
        return self.range.last_col - self.range.first_col + 1


@dataclass(frozen=True, slots=True)
class Page:
    """The form on its sheet: `boxes` in reading order, `tracks` the widths of the visible columns."""

    name: str
    tracks: tuple[float, ...]
    boxes: tuple[Box, ...]
    paper: str
    landscape: bool
    protected: bool

    def at(self, row: int, column: int) -> Box | None:
        """The box that covers this place."""
        for box in self.boxes:
            where = box.range
            if where.first_row <= row <= where.last_row and where.first_col <= column <= where.last_col:
                return box
        return None

    def fonts(self, *, ruled: bool) -> Counter[tuple[str, float]]:
        """How often each font and size is used by texts, inside the borders or outside."""
        return Counter((box.font, box.size) for box in self.boxes if box.text and box.font and box.ruled is ruled)


def read_page(data: bytes) -> Page | None:
    """The visible sheet with the most merged ranges; None where no sheet has anything on it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    for sheet in sorted(sheets, key=lambda item: len(item.merged_cells.ranges), reverse=True):
        area = _area(sheet)
        if area is not None:
            return _page(sheet, area)
    return None


def _page(sheet: Worksheet, area: CellRange) -> Page:
    widths = _widths(sheet, area)
    columns = {column: number for number, column in enumerate(widths, start=1)}
    boxes = sorted(_boxes(sheet, area, columns), key=lambda box: (box.range.first_row, box.range.first_col))
    boxes = _joined(boxes, {item.id for item in sheet.row_breaks.brk})
    return Page(
        name=sheet.title,
        tracks=tuple(widths.values()),
        boxes=tuple(boxes),
        paper=PAPERS.get(str(sheet.page_setup.paperSize), PAPERS["9"]),
        landscape=sheet.page_setup.orientation == "landscape",
        protected=bool(sheet.protection.sheet),
    )


def _joined(boxes: list[Box], breaks: set[int]) -> list[Box]:
    """The boxes, those that a printed blank draws in parts made one again.

    A text that stands on both sides of a page break over the same columns is one box, named again for the reader. Where
    pages break, a box without a text that no line parts from the text below it is the part of that one's box which
    stands beside rows that every page repeats.
    """
    found: list[Box] = []
    above: dict[tuple[int, int, int], int] = {}  # last row and columns → place in `found`
    for box in boxes:
        where = box.range
        place = above.get((where.first_row - 1, where.first_col, where.last_col))
        before = found[place] if place is not None else None
        if place is not None and before is not None and box.text:
            again = before.text == box.text and where.first_row - 1 in breaks
            whole = _undivided(before, box) and any(row >= where.first_row for row in breaks)
            if again or whole:
                first = before if again else box
                found[place] = replace(first, range=where._replace(first_row=before.range.first_row))
                above[where.last_row, where.first_col, where.last_col] = place
                continue
        above[where.last_row, where.first_col, where.last_col] = len(found)
        found.append(box)
    return found


def _undivided(upper: Box, lower: Box) -> bool:
    silent = not upper.text and not upper.formula
    return silent and upper.ruled and lower.ruled and upper.open_below and lower.open_above


def _area(sheet: Worksheet) -> CellRange | None:
    """What is printed; without a print area the bordered columns, from the first text down to the last border."""
    if sheet.print_area:
        area = str(sheet.print_area).rpartition("!")[2]
        first_col, first_row, last_col, last_row = range_boundaries(area)
        if first_col and first_row and last_col and last_row:
            return CellRange(int(first_row), int(first_col), int(last_row), int(last_col))
    ruled, texts = [], []
    height, width = min(sheet.max_row, MOST_ROWS), min(sheet.max_column, MOST_COLUMNS)
    for row, cells in enumerate(sheet.iter_rows(max_row=height, max_col=width), start=1):
        for column, cell in enumerate(cells, start=1):
            if _ruled(cell):
                ruled.append((row, column))
            if isinstance(cell.value, str) and cell.value.strip() and not cell.value.startswith("="):
                texts.append((row, column))
    places = ruled or texts
    if not places:
        return None
    first_col, last_col = min(column for _, column in places), max(column for _, column in places)
    within = [row for row, _ in ruled] + [row for row, column in texts if first_col <= column <= last_col]
    return CellRange(min(within), first_col, max(within), last_col)


def _widths(sheet: Worksheet, area: CellRange) -> dict[int, float]:
    """Widths of the visible columns in characters; openpyxl keeps a run of equal columns under its first letter."""
    stored: dict[int, float] = {}
    hidden: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        for column in range(dimension.min or 0, min(dimension.max or 0, MOST_COLUMNS) + 1):
            if dimension.hidden:
                hidden.add(column)
            if dimension.width:
                stored[column] = max(1.0, round(dimension.width - PADDING, 2))
    usual = sheet.sheet_format.defaultColWidth
    default = round(usual - PADDING, 2) if usual else DEFAULT_WIDTH
    columns = range(area.first_col, area.last_col + 1)
    return {column: stored.get(column, default) for column in columns if column not in hidden}


def _boxes(sheet: Worksheet, area: CellRange, columns: dict[int, int]) -> Iterator[Box]:
    covered: set[tuple[int, int]] = set()
    limits = _limits(sheet)
    for merged in sheet.merged_cells.ranges:
        where = CellRange(merged.min_row, merged.min_col, merged.max_row, merged.max_col)
        covered.update((row, col) for row in range(where.first_row, where.last_row + 1)
                       for col in range(where.first_col, where.last_col + 1))  # fmt: skip
        if area.first_row <= where.first_row <= area.last_row:
            yield from _box(sheet, where, columns, limits)
    for row in range(area.first_row, area.last_row + 1):
        for column in columns:
            cell = sheet.cell(row, column)
            if (row, column) not in covered and (_ruled(cell) or cell.value not in (None, "")):
                yield from _box(sheet, CellRange(row, column, row, column), columns, limits)


def _box(
    sheet: Worksheet, where: CellRange, columns: dict[int, int], limits: dict[str, tuple[int, tuple[str, ...]]]
) -> Iterator[Box]:
    shown = [columns[column] for column in range(where.first_col, where.last_col + 1) if column in columns]
    cell = sheet.cell(where.first_row, where.first_col)
    if not shown or not isinstance(cell, Cell):
        return
    address = a1(where.first_row, where.first_col)
    value = "" if cell.value is None else str(cell.value)
    formula = value if cell.data_type == "f" else ""
    limit, choices = limits.get(address, (0, ()))
    heights = (sheet.row_dimensions[row].height or DEFAULT_HEIGHT for row in range(where.first_row, where.last_row + 1))
    yield Box(
        range=CellRange(where.first_row, shown[0], where.last_row, shown[-1]),
        cell=address,
        text="" if formula else value,
        ruled=_ruled(cell),
        open_above=not _drawn(cell.border.top),
        open_below=not _drawn(cell.border.bottom),
        locked=bool(cell.protection.locked),
        font=cell.font.name or "",
        size=float(cell.font.sz or 0),
        bold=bool(cell.font.b),
        align=cell.alignment.horizontal or "",
        number_format=cell.number_format,
        formula=formula,
        limit=limit,
        choices=choices,
        height=sum(heights),
    )


def _ruled(cell: Cell | MergedCell) -> bool:
    border = cell.border
    return any(_drawn(side) for side in (border.left, border.right, border.top, border.bottom))


def _drawn(side: Side | None) -> bool:
    return side is not None and bool(side.style)


def _limits(sheet: Worksheet) -> dict[str, tuple[int, tuple[str, ...]]]:
    """What validations say of cells, by address: the most characters, and the words of an inline list."""
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for rule in sheet.data_validations.dataValidation:
        formula = str(rule.formula1 or "")
        limit = int(formula) if rule.type == "textLength" and re.fullmatch(r"[0-9]{1,5}", formula) else 0
        listed = rule.type == "list" and formula.startswith('"')
        choices = tuple(word.strip() for word in formula.strip('"').split(",")) if listed else ()
        for cells in rule.sqref.ranges if limit or choices else ():
            for row in range(cells.min_row, min(cells.max_row, cells.min_row + MOST_ROWS) + 1):
                for column in range(cells.min_col, cells.max_col + 1):
                    found[a1(row, column)] = (limit, choices)
    return found
