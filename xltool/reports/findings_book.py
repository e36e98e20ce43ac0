"""Findings as a workbook: one row each, in the order of the cells, with a filter, for whoever corrects them."""

from __future__ import annotations

from collections.abc import Sequence

from xltool.excel.tables import LONGEST
from xltool.findings import catalogue, split_message
from xltool.model.finding import Finding, Severity
from xltool.model.layout import Style
from xltool.reports.filtered_list import SIZE, Content, FilteredList
from xltool.reports.text import sorted_findings
from xltool.words import table

_WIDTHS = (6, 28, 10, 8, 8, 14, 52, 52, 9)
_TINTS = {Severity.ERROR: "F8CBCB", Severity.WARNING: "FFF2CC", Severity.INFO: ""}
_TINTED = 6  # columns that show the severity by their colour


def findings_book(findings: Sequence[Finding], language: str = "zh") -> bytes:
    """Number, file, sheet, cell, severity, title, what is wrong, what to do, code; errors first.

    A list of cells that is longer than a cell of the workbook holds goes on in the next row, under the same number.
    """
    words = table("findings_book")[language]
    numbered = enumerate(sorted_findings(findings), start=1)
    shown = [(number, item, cells) for number, item in numbered for cells in _pieces(item.position.cell)]

    def style(at: int, place: int, _: Content) -> Style:
        fill = _TINTS[shown[at][1].severity] if place <= _TINTED else ""
        return Style(size=SIZE, align="left", fill=fill, number_format="@")

    lines = [_row(number, item, cells, words, language) for number, item, cells in shown]
    laid = FilteredList(_WIDTHS, heading_height=24.0, paper="A4", frozen=4, style=style)
    return laid.book(words["sheet"], words["title"], words["headings"], lines)


def _row(number: int, item: Finding, cells: str, words: dict[str, dict[str, str]], language: str) -> tuple[str, ...]:
    wrong, remedy = split_message(item, language)
    position = item.position
    return (
        str(number), position.file, position.sheet, cells or (str(position.row) if position.row else ""),
        words["severity"][item.severity], catalogue()[item.code].words[language].title, wrong, remedy, item.code,
    )  # fmt: skip


def _pieces(cells: str) -> list[str]:
    """The addresses in pieces that a cell of a workbook holds."""
    pieces = []
    while len(cells) > LONGEST:
        end = cells.rindex(",", 0, LONGEST + 1)
        pieces.append(cells[:end])
        cells = cells[end + 1 :]
    return [*pieces, cells]
