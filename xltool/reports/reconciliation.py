"""核对: every figure beside its counterpart as a sheet, what differs tinted and explained in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from xltool.consolidate.reconcile_findings import findings_of, full_name, share_text
from xltool.excel.write import write
from xltool.findings import message
from xltool.layout.metrics import height_for_text
from xltool.model.difference import Difference, Match
from xltool.model.layout import PlanCell, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellRange
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
_FIRST = 3  # row of the first figure
_SIZE = 10.0


def reconciliation_sheet(found: Sequence[Difference], language: str = "zh") -> bytes:
    """The workbook 核对.xlsx: one row a figure, those that agree too, with a filter over the results."""
    words = table("reconcile")[language]
    last = len(words["headings"])
    rows = [_row(item, words, language) for item in found]
    cells = [
        PlanCell(CellRange(1, 1, 1, last), words["title"], Style(size=14, bold=True, border=False, wrap=False)),
        *(_cell(2, place, text, Style(size=_SIZE, bold=True, align="center", fill="E7E6E6"))
          for place, text in enumerate(words["headings"], start=1)),
        *_cells(rows, found),
    ]  # fmt: skip
    end = max(2, _FIRST - 1 + len(rows))
    heights = [(1, 26.0), (2, 30.0), *((_FIRST + at, _height(row)) for at, row in enumerate(rows))]
    sheet = SheetPlan(
        words["sheet"], "visible", _WIDTHS, tuple(heights), tuple(cells), protected=False, landscape=True, paper="A3",
        print_area=CellRange(1, 1, end, last), repeat_rows=(2, 2), freeze_row=2, freeze_column=3,
        filter_range=CellRange(2, 1, end, last),
    )  # fmt: skip
    return write(WorkbookPlan((sheet,), title=words["title"]))


def _row(item: Difference, words: dict[str, dict[str, str]], language: str) -> tuple[str | Decimal | None, ...]:
    said = "".join(message(found, language) for found in findings_of([item]))
    return (
        words["against"][item.against], words["part"][item.part], full_name(item), "·".join(item.levels), item.label,
        words["match"][item.match], _shown(item.units_text), _shown(item.declared_text), item.amount,
        share_text(item.share) if item.amount else "", item.bound or None, item.unit_name, item.units_total,
        item.file, f"{item.source.sheet}!{item.source.cell}".strip("!"), said,
    )  # fmt: skip


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _cells(rows: Sequence[tuple[str | Decimal | None, ...]], found: Sequence[Difference]) -> Iterator[PlanCell]:
    for at, (row, item) in enumerate(zip(rows, found, strict=True)):
        fill = _TINTS.get(item.match, "")
        for place, content in enumerate(row, start=1):
            number = isinstance(content, Decimal)
            align = "right" if number or place == 10 else "left"
            style = Style(size=_SIZE, align=align, fill=fill, number_format=_MONEY if number else "@")
            yield _cell(_FIRST + at, place, content, style)


def _cell(row: int, column: int, content: str | Decimal | None, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), None if content == "" else content, style)


def _height(row: tuple[str | Decimal | None, ...]) -> float:
    needed = [height_for_text(text, width, _SIZE) for text, width in zip(row, _WIDTHS, strict=True)
              if isinstance(text, str) and text]  # fmt: skip
    return min(max([20.0, *needed]), 400.0)
