"""核对: every figure beside its counterpart as a sheet, what differs tinted and explained in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from xltool.consolidate.reconcile_findings import findings_of, full_name, share_text
from xltool.findings import message
from xltool.model.difference import Difference, Match
from xltool.model.layout import Style
from xltool.reports.filtered_list import SIZE, Content, FilteredList
from xltool.words import table

_WIDTHS = (11, 8, 30, 18, 8, 12, 22, 22, 16, 9, 11, 20, 14, 22, 10, 60)
_MONEY = "#,##0.00##"
_TINTS = {
    Match.DIFFERS: "F8CBCB",
    Match.ONLY_UNITS: "FDE3C8",
    Match.ONLY_DECLARED: "FDE3C8",
    Match.OPEN: "FDE3C8",
    Match.MOVED: "FFF2CC",
    Match.WRITTEN: "FFF9E5",
    Match.TEXT: "FFF9E5",
    Match.ROUNDING: "EAF3E3",
}
_LONGEST = 40  # characters of a text shown; the whole stands in the dataset
_SHARE = 10  # the column of shares, which are texts of figures


def reconciliation_sheet(found: Sequence[Difference], language: str = "zh") -> bytes:
    """The workbook 核对.xlsx: one row a figure, those that agree too, with a filter over the results."""
    words = table("reconcile")[language]

    def style(at: int, place: int, content: Content) -> Style:
        number = isinstance(content, Decimal)
        align = "right" if number or place == _SHARE else "left"
        fill = _TINTS.get(found[at].match, "")
        return Style(size=SIZE, align=align, fill=fill, number_format=_MONEY if number else "@")

    lines = [_row(item, words, language) for item in found]
    laid = FilteredList(_WIDTHS, heading_height=30.0, paper="A3", frozen=3, style=style)
    return laid.book(words["sheet"], words["title"], words["headings"], lines)


def _row(item: Difference, words: dict[str, dict[str, str]], language: str) -> tuple[Content, ...]:
    said = "".join(message(found, language) for found in findings_of([item]))
    return (
        words["against"][item.against], words["part"][item.part], full_name(item), "·".join(item.levels), item.label,
        words["match"][item.match], _shown(item.units_text), _shown(item.declared_text), item.amount,
        share_text(item.share) if item.amount else "", item.bound or None, item.unit_name, item.units_total,
        item.file, f"{item.source.sheet}!{item.source.cell}".strip("!"), said,
    )  # fmt: skip


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
