"""台账.xlsx: one row a unit, to be filtered and sorted, with a count of each standing and a small chart of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from xltool.addresses import absolute_range, letters
from xltool.excel.write import write
from xltool.layout.style import MARKED, MISSING, Palette
from xltool.model.form import FormDefinition
from xltool.model.layout import Chart, PlanCell, SheetPlan, Style, WorkbookPlan
from xltool.model.standing import Board, Standing, UnitRow
from xltool.model.workbook import CellRange
from xltool.words import table

WIDTHS = (9.0, 30.0, 11.0, 8.0, 7.0, 7.0, 7.0, 7.0, 7.0, 7.0, 18.0, 14.0, 16.0, 3.0, 12.0, 9.0, 19.0)
_COLUMNS = 13
_COUNTS = 15  # the column of the standings that are counted
_TOP = 4
_FILLS = {
    Standing.NOT_RECEIVED: MISSING, Standing.RETURNED: MARKED, Standing.RECEIVED: "FFF2CC", Standing.ACCEPTED: "E2EFDA",
    Standing.STAMPED: "C6E0B4", Standing.HANDED_IN: "A9D08E",
}  # fmt: skip


def board_workbook(form: FormDefinition, board: Board) -> bytes:
    """Nothing on it is locked; the counts are formulas, so that they follow what is changed by hand."""
    words = table("workbook")["board"]
    palette = Palette(form.sheet)
    title = words["title"].format(department=board.campaign.department, date=board.today.isoformat())
    cells = [
        PlanCell(CellRange(1, 1, 1, _COLUMNS), title, replace(palette.band("title"), size=15.0)),
        PlanCell(CellRange(2, 1, 2, _COLUMNS), "　　".join(_deadlines(board)), replace(_text(palette), border=False)),
    ]
    cells += [_single(_TOP, at, text, palette.heading()) for at, text in enumerate(words["headings"], start=1)]
    for row, unit in enumerate(board.rows, start=_TOP + 1):
        cells.extend(_cells(row, unit, palette))
    last = _TOP + max(1, len(board.rows))
    cells.extend(_counts(board, last, palette))
    first = _TOP + 1
    rows = ((row, 18.0) for row in range(first, max(last, _TOP + len(Standing)) + 1))
    chart = Chart(
        words["chart"], CellRange(first, _COUNTS, first + len(Standing) - 1, _COUNTS),
        (CellRange(first, _COUNTS + 1, first + len(Standing) - 1, _COUNTS + 1),),
        (first + len(Standing) + 1, _COUNTS),
        size=(280, 240),
    )  # fmt: skip
    sheet = SheetPlan(
        words["sheet"], "visible", WIDTHS, ((1, 30.0), (_TOP, 24.0), *rows), tuple(cells), protected=False,
        landscape=True,
        print_area=CellRange(1, 1, max(last, _TOP + len(Standing) + 14), len(WIDTHS)),
        repeat_rows=(_TOP, _TOP), freeze_row=_TOP, gridlines=True,
        filter_range=CellRange(_TOP, 1, last, _COLUMNS), charts=(chart,),
    )  # fmt: skip
    return write(WorkbookPlan((sheet,), title=title))


def _deadlines(board: Board) -> Iterator[str]:
    words = table("workbook")["board"]
    for key, day in (("deadline", board.campaign.deadline), ("final", board.campaign.final_deadline)):
        if day is not None:
            yield words[key].format(day=day.isoformat(), left=days_left(day, board.today))


def days_left(day: date, today: date) -> str:
    """还有 n 天, or 已过 n 天."""
    words = table("workbook")["board"]
    days = (day - today).days
    return str(words["left" if days >= 0 else "late"].format(days=abs(days)))


def _cells(row: int, unit: UnitRow, palette: Palette) -> Iterator[PlanCell]:
    standing = table("workbook")["standing"][unit.standing.value]
    times = unit.returned if unit.standing is Standing.RETURNED else unit.accepted_issue
    counts = map(Decimal, (unit.issued, unit.returned, unit.received))
    found = map(Decimal, (unit.errors, unit.warnings, unit.held)) if unit.received else (None, None, None)
    shown: tuple[str | Decimal | None, ...] = (
        unit.code, unit.name, standing, Decimal(times) if times else None, *counts, *found,
        _local(unit.last_received_at), unit.contact, unit.telephone,
    )  # fmt: skip
    text = _text(palette)
    number = replace(text, align="center", number_format="0")
    for at, content in enumerate(shown, start=1):
        style = number if 4 <= at < 11 else text
        style = replace(style, fill=_FILLS.get(unit.standing, "")) if at == 3 else style
        style = replace(style, color="C00000", bold=True) if at == 8 and unit.errors else style
        yield _single(row, at, content, style)


def _local(time: str) -> str:
    """An ISO 8601 time as the clock here shows it."""
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}" if time else ""


def _counts(board: Board, last: int, palette: Palette) -> Iterator[PlanCell]:
    words = table("workbook")
    for at, text in enumerate(words["board"]["counts"], start=_COUNTS):
        yield _single(_TOP, at, text, palette.heading())
    counted = Counter(unit.standing for unit in board.rows)
    where = absolute_range(CellRange(_TOP + 1, 3, last, 3))
    for row, standing in enumerate(Standing, start=_TOP + 1):
        yield _single(row, _COUNTS, words["standing"][standing.value], _text(palette))
        formula = f"=COUNTIF({where},{letters(_COUNTS)}{row})"
        style = replace(_text(palette), align="center", number_format="0")
        place = CellRange(row, _COUNTS + 1, row, _COUNTS + 1)
        yield PlanCell(place, Decimal(counted[standing]), style, formula=formula)


def _text(palette: Palette) -> Style:
    return replace(palette.label("left"), locked=False, number_format="@")


def _single(row: int, column: int, content: str | Decimal | None, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), content, style)
