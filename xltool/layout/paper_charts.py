"""The sheet of charts beside 底稿: each table of figures, following the paper live, with its chart to the right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xltool.layout.style import LOCKED
from xltool.model.layout import Chart, PlanCell, SheetPlan, Style
from xltool.model.workbook import CellRange

MOST_BARS = 40  # of one chart; the table beside it has them all
_COLORS = ("4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5", "70AD47")
_FONT, _SIZE, _HEIGHT, _PIXELS = "宋体", 10.0, 18.0, 24
_NAME, _WIDTH = 30.0, 15.0
_CHART = (760, 190, 100, 24)  # width, least height, room for title, axis and legend, and for each bar in pixels
_SCALE, _PAGE = 62, 42  # percent, and the rows that a page has at that


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a table: the formula that follows the paper, and what it gives now."""

    formula: str
    now: Decimal | None


@dataclass(frozen=True, slots=True)
class ChartTable:
    """One table and its chart. `headings` are those of the names and of each series; a row is a name and figures."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]
    stacked: bool = False
    number_format: str = "0"


def charts_sheet(name: str, note: str, tables: Sequence[ChartTable]) -> SheetPlan:
    """The tables one below the other. Without any the sheet says only its note."""
    columns = max((len(table.headings) for table in tables), default=2)
    cells = [PlanCell(CellRange(1, 1, 1, columns), note, Style(_FONT, _SIZE, border=False))]
    charts: list[Chart] = []
    row, page, breaks = 3, 1, []
    for table in tables:
        chart = _chart(table, row, columns + 2)
        rows = max(len(table.rows) + 2, -(-chart.size[1] // _PIXELS)) + 2
        if row > 3 and row + rows - page > _PAGE:
            breaks.append(row - 1)
            page = row
        cells += _table(table, row)
        charts.append(chart)
        row += rows
    # A chart reaches over columns of the usual width.
    beside = -(-_CHART[0] // 64)
    widths = (_NAME, *(_WIDTH for _ in range(columns - 1)), 3.0)
    return SheetPlan(
        name, "visible", widths, tuple((n, _HEIGHT) for n in range(2, row)), tuple(cells), landscape=True,
        print_area=CellRange(1, 1, row, columns + 1 + beside), charts=tuple(charts), protected=False,
        scale=_SCALE, page_breaks=tuple(breaks),
    )  # fmt: skip


def _table(table: ChartTable, top: int) -> Iterator[PlanCell]:
    title = Style(_FONT, _SIZE + 1, bold=True, border=False, wrap=False)
    yield PlanCell(CellRange(top, 1, top, 1), table.title, title)
    heading = Style(_FONT, _SIZE, bold=True, align="center", fill=LOCKED)
    for place, text in enumerate(table.headings, start=1):
        yield PlanCell(CellRange(top + 1, place, top + 1, place), text, heading)
    label = Style(_FONT, _SIZE, number_format="@")
    shape = Style(_FONT, _SIZE, align="right", wrap=False, number_format=table.number_format)
    for number, (name, figures) in enumerate(table.rows, start=top + 2):
        yield PlanCell(CellRange(number, 1, number, 1), name, label)
        for place, figure in enumerate(figures, start=2):
            where = CellRange(number, place, number, place)
            if figure is None or figure.now is None:
                yield PlanCell(where, None, shape)
            else:
                yield PlanCell(where, figure.now, shape, figure.formula)


def _chart(table: ChartTable, top: int, column: int) -> Chart:
    shown = min(len(table.rows), MOST_BARS)
    first, last = top + 2, top + 1 + shown
    width, least, room, bar = _CHART
    series = tuple(CellRange(first, place, last, place) for place in range(2, len(table.headings) + 1))
    return Chart(
        table.title, CellRange(first, 1, last, 1), series, (top, column), table.stacked,
        (width, max(least, room + bar * shown)), _COLORS[: len(series)],
    )  # fmt: skip
