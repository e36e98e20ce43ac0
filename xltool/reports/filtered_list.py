"""One list as a workbook: a title, a line of headings that stays in sight and prints on every page, rows to filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xltool.excel.write import write
from xltool.layout.metrics import height_for_text
from xltool.model.layout import PlanCell, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellRange

SIZE = 10.0
_FIRST = 3  # row of the list's first line
_LEAST, _MOST = 20.0, 400.0  # points of a line's height

Content = str | Decimal | None
Line = Sequence[Content]


@dataclass(frozen=True, slots=True)
class FilteredList:
    """How a list is laid out: the columns' widths in characters, the height of its headings in points, the paper, and
    how many columns stay in sight. `style` gives a cell's look from the line's number, the column's (from 1), and what
    stands there."""

    widths: tuple[float, ...]
    heading_height: float
    paper: str
    frozen: int
    style: Callable[[int, int, Content], Style]

    def book(self, sheet: str, title: str, headings: Sequence[str], lines: Sequence[Line]) -> bytes:
        """The workbook. Texts stay texts, whatever they begin with."""
        last = len(self.widths)
        head = Style(size=SIZE, bold=True, align="center", fill="E7E6E6")
        cells = [
            PlanCell(CellRange(1, 1, 1, last), title, Style(size=14, bold=True, border=False, wrap=False)),
            *(_cell(2, place, text, head) for place, text in enumerate(headings, start=1)),
            *self._cells(lines),
        ]
        end = max(2, _FIRST - 1 + len(lines))
        heights = [(1, 26.0), (2, self.heading_height)]
        heights += [(_FIRST + at, self._height(line)) for at, line in enumerate(lines)]
        plan = SheetPlan(
            sheet, "visible", self.widths, tuple(heights), tuple(cells), protected=False, landscape=True,
            paper=self.paper, print_area=CellRange(1, 1, end, last), repeat_rows=(2, 2), freeze_row=2,
            freeze_column=self.frozen, filter_range=CellRange(2, 1, end, last),
        )  # fmt: skip
        return write(WorkbookPlan((plan,), title=title))

    def _cells(self, lines: Sequence[Line]) -> Iterator[PlanCell]:
        for at, line in enumerate(lines):
            for place, content in enumerate(line, start=1):
                yield _cell(_FIRST + at, place, content, self.style(at, place, content))

    def _height(self, line: Line) -> float:
        needed = [height_for_text(text, width, SIZE) for text, width in zip(line, self.widths, strict=True)
                  if isinstance(text, str) and text]  # fmt: skip
        return min(max([_LEAST, *needed]), _MOST)


def _cell(row: int, column: int, content: Content, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), None if content == "" else content, style)
