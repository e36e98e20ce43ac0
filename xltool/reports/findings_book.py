"""Findings as a workbook: one row each, in the order of the cells, with a filter, for whoever corrects them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xltool.excel.write import write
from xltool.findings import catalogue, split_message
from xltool.layout.metrics import height_for_text
from xltool.model.finding import Finding, Severity
from xltool.model.layout import PlanCell, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellRange
from xltool.reports.text import sorted_findings
from xltool.words import table

_WIDTHS = (6, 28, 10, 8, 8, 14, 52, 52, 9)
_TINTS = {Severity.ERROR: "F8CBCB", Severity.WARNING: "FFF2CC", Severity.INFO: ""}
_FIRST = 3  # row of the first finding
_SIZE = 10.0


def findings_book(findings: Sequence[Finding], language: str = "zh") -> bytes:
    """Number, file, sheet, cell, severity, title, what is wrong, what to do, code; errors first."""
    words = table("findings_book")[language]
    last = len(_WIDTHS)
    rows = [_row(number, item, words, language) for number, item in enumerate(sorted_findings(findings), start=1)]
    cells = [
        PlanCell(CellRange(1, 1, 1, last), words["title"], Style(size=14, bold=True, border=False, wrap=False)),
        *(_cell(2, place, text, Style(size=_SIZE, bold=True, align="center", fill="E7E6E6"))
          for place, text in enumerate(words["headings"], start=1)),
        *_cells(rows, sorted_findings(findings)),
    ]  # fmt: skip
    end = max(2, _FIRST - 1 + len(rows))
    heights = [(1, 26.0), (2, 24.0), *((_FIRST + at, _height(row)) for at, row in enumerate(rows))]
    sheet = SheetPlan(
        words["sheet"], "visible", _WIDTHS, tuple(heights), tuple(cells), protected=False, landscape=True, paper="A4",
        print_area=CellRange(1, 1, end, last), repeat_rows=(2, 2), freeze_row=2, freeze_column=4,
        filter_range=CellRange(2, 1, end, last),
    )  # fmt: skip
    return write(WorkbookPlan((sheet,), title=words["title"]))


def _row(number: int, item: Finding, words: dict[str, dict[str, str]], language: str) -> tuple[str, ...]:
    wrong, remedy = split_message(item, language)
    position = item.position
    return (
        str(number), position.file, position.sheet, position.cell or (str(position.row) if position.row else ""),
        words["severity"][item.severity], catalogue()[item.code].words[language].title, wrong, remedy, item.code,
    )  # fmt: skip


def _cells(rows: Sequence[tuple[str, ...]], findings: Sequence[Finding]) -> Iterator[PlanCell]:
    for at, (row, item) in enumerate(zip(rows, findings, strict=True)):
        for place, text in enumerate(row, start=1):
            fill = _TINTS[item.severity] if place <= 6 else ""
            yield _cell(_FIRST + at, place, text, Style(size=_SIZE, align="left", fill=fill, number_format="@"))


def _cell(row: int, column: int, text: str, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), text or None, style)


def _height(row: tuple[str, ...]) -> float:
    needed = (height_for_text(text, width, _SIZE) for text, width in zip(row, _WIDTHS, strict=True) if text)
    return min(max([20.0, *needed]), 400.0)
