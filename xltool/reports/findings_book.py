"""Findings as a workbook: one row each, in the order of the cells, with a filter, for whoever corrects them."""

from __future__ import annotations

from collections.abc import Sequence

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
    """Number, file, sheet, cell, severity, title, what is wrong, what to do, code; errors first."""
    words = table("findings_book")[language]
    shown = sorted_findings(findings)

    def style(at: int, place: int, _: Content) -> Style:
        fill = _TINTS[shown[at].severity] if place <= _TINTED else ""
        return Style(size=SIZE, align="left", fill=fill, number_format="@")

    lines = [_row(number, item, words, language) for number, item in enumerate(shown, start=1)]
    laid = FilteredList(_WIDTHS, heading_height=24.0, paper="A4", frozen=4, style=style)
    return laid.book(words["sheet"], words["title"], words["headings"], lines)


def _row(number: int, item: Finding, words: dict[str, dict[str, str]], language: str) -> tuple[str, ...]:
    wrong, remedy = split_message(item, language)
    position = item.position
    return (
        str(number), position.file, position.sheet, position.cell or (str(position.row) if position.row else ""),
        words["severity"][item.severity], catalogue()[item.code].words[language].title, wrong, remedy, item.code,
    )  # fmt: skip
