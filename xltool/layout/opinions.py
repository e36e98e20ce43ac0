"""The 审核意见 sheet of a returned form: one line an opinion, linked to its cell, with room for the unit's reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xltool.layout.metrics import height_for_text
from xltool.layout.style import TINT, Palette
from xltool.model.form import FormDefinition
from xltool.model.layout import PlanCell, Rule, SheetPlan, Style
from xltool.model.opinion import Opinion, OpinionState
from xltool.model.workbook import CellRange
from xltool.words import table

WIDTHS = (6.0, 9.0, 9.0, 44.0, 34.0, 30.0, 10.0)
KEY_WIDTH = 4.0
KEY_COLUMN = len(WIDTHS) + 1
REASON_COLUMN = 6
REASON_LIMIT = 300


def opinions_sheet(form: FormDefinition, opinions: Sequence[Opinion], outside: Sequence[str] = ()) -> SheetPlan:
    """`outside` are the texts that stood beside the form in the unit's file: kept here, because the form is new."""
    words = table("workbook")["opinions"]
    palette = Palette(form.sheet)
    cells = [_across(1, words["title"], palette.band("title")), _across(2, words["lead"], _plain(palette))]
    heights = [(1, 30.0), (2, height_for_text(words["lead"], sum(WIDTHS), 10.0))]
    for column, text in enumerate(words["headings"], start=1):
        cells.append(_single(3, column, text, palette.heading()))
    row = 4
    for number, opinion in enumerate(opinions, start=1):
        cells.extend(_line(row, number, opinion, palette, form.sheet.name))
        heights.append((row, _height(opinion)))
        row += 1
    last = row - 1
    if outside:
        cells.append(_across(row, words["outside"], palette.caption()))
        for text in outside:
            row += 1
            cells.append(_across(row, text, _plain(palette)))
            heights.append((row, height_for_text(text, sum(WIDTHS), 10.0)))
    rule = Rule(CellRange(4, REASON_COLUMN, max(4, last), REASON_COLUMN), "warn-length", (str(REASON_LIMIT),),
                words["reason_title"], words["reason_prompt"])  # fmt: skip
    return SheetPlan(
        words["sheet"], "visible", (*WIDTHS, KEY_WIDTH), tuple(heights), tuple(cells),
        hidden_columns=(KEY_COLUMN,), rules=(rule,) if opinions else (), landscape=True,
        print_area=CellRange(1, 1, row, len(WIDTHS)), repeat_rows=(3, 3), freeze_row=3,
    )  # fmt: skip


def _line(row: int, number: int, opinion: Opinion, palette: Palette, sheet: str) -> list[PlanCell]:
    words = table("workbook")["opinions"]
    text = replace(palette.label("left"), size=10.0)
    done = opinion.state is OpinionState.FIXED
    grey = replace(text, color="7F7F7F") if done else text
    middle = replace(grey, align="center")
    link = f"internal:'{sheet}'!{opinion.cell}" if opinion.cell else ""
    where = _single(row, 3, opinion.cell or words["whole"], replace(middle, color="0563C1" if link else ""))
    return [
        _single(row, 1, str(number), middle),
        _single(row, 2, words["source"][opinion.source.value], middle),
        replace(where, link=link),
        _single(row, 4, opinion.problem, grey),
        _single(row, 5, "" if done else opinion.remedy, grey),
        _single(row, REASON_COLUMN, opinion.reason or None, replace(text, fill=TINT, locked=False, number_format="@")),
        _single(row, 7, words["state"][opinion.state.value], middle),
        _single(row, KEY_COLUMN, opinion.key, palette.hidden()),
    ]


def _height(opinion: Opinion) -> float:
    pairs = ((opinion.problem, WIDTHS[3]), (opinion.remedy, WIDTHS[4]), (opinion.reason, WIDTHS[5]))
    return max(30.0, *(height_for_text(text, width, 10.0) for text, width in pairs))


def _across(row: int, text: str, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, 1, row, len(WIDTHS)), text, style)


def _single(row: int, column: int, text: str | None, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), text, style)


def _plain(palette: Palette) -> Style:
    return replace(palette.label("left"), size=10.0, border=False)
