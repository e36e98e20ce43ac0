"""opinions.xlsx: the units' answers with what the system found, for a reviewer to write beside; and read back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from xltool.excel.read import read_bytes
from xltool.excel.write import write
from xltool.layout.metrics import EXCEL_ROW_LIMIT, height_for_text
from xltool.layout.style import TINT, Palette
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition
from xltool.model.layout import PlanCell, Rule, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellKind, CellRange, RawCell, RawSheet
from xltool.words import table

WIDTHS = (9.0, 22.0, 8.0, 24.0, 46.0, 7.0, 44.0, 10.0, 40.0, 10.0)
KEY_COLUMN = len(WIDTHS) + 1
_SEVERITY, _KEEP, _TEXT, _SOURCE = 6, 8, 9, 10
_HEADING_ROW = 2
_SHOWN = 300  # characters of an answer
_SIZE = 10.0


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line: an answer, a finding on it or none. `key` is the opinion's, empty where the line has none.

    `attempt` is the hash of the file that is reviewed, so that an opinion is never taken for one on another file.
    """

    unit_code: str
    unit_name: str
    attempt: str
    slot: str
    cell: str
    label: str
    answer: str
    severity: str = ""
    problem: str = ""
    key: str = ""
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """What the reviewer made of one line. `row` counts from 1; without a key column `attempt` is empty. `bureau` says
    that the finance bureau gave the opinion."""

    row: int
    unit_code: str
    attempt: str
    slot: str
    key: str
    dropped: bool
    text: str
    bureau: bool = False


def opinions_workbook(form: FormDefinition, lines: Sequence[ReviewLine]) -> bytes:
    """The workbook, to be filtered and written into freely: nothing in it is locked."""
    words = table("workbook")["review"]
    palette = Palette(form.sheet)
    text = replace(palette.label("left"), size=_SIZE, locked=False, number_format="@")
    lead = replace(text, border=False)
    cells = [PlanCell(CellRange(1, 1, 1, len(WIDTHS)), words["lead"], lead)]
    cells += [_single(_HEADING_ROW, at, heading, palette.heading()) for at, heading in enumerate(words["headings"], 1)]
    heights = [(1, 30.0), (_HEADING_ROW, 22.0)]
    for row, line in enumerate(lines, start=_HEADING_ROW + 1):
        cells.extend(_cells(row, line, text))
        heights.append((row, _height(line)))
    last = max(_HEADING_ROW + 1, _HEADING_ROW + len(lines))
    keep = Rule(CellRange(_HEADING_ROW + 1, _KEEP, last, _KEEP), "list", (words["keep"], words["drop"]))
    source = Rule(CellRange(_HEADING_ROW + 1, _SOURCE, last, _SOURCE), "list", _people())
    sheet = SheetPlan(
        words["sheet"], "visible", (*WIDTHS, 4.0), tuple(heights), tuple(cells), hidden_columns=(KEY_COLUMN,),
        rules=(keep, source), protected=False, landscape=True, print_area=CellRange(1, 1, last, len(WIDTHS)),
        repeat_rows=(_HEADING_ROW, _HEADING_ROW), freeze_row=_HEADING_ROW, gridlines=True,
        filter_range=CellRange(_HEADING_ROW, 1, last, len(WIDTHS)),
    )  # fmt: skip
    return write(WorkbookPlan((sheet,), title=form.title))


def read_opinions(data: bytes, name: str) -> tuple[tuple[WrittenLine, ...], tuple[Finding, ...]]:
    """Every line on which the reviewer dropped or wrote something, and why the workbook cannot be read where it cannot.

    Lines are known by their hidden key, however they were sorted; one that was added has the unit's code and place.
    """
    workbook, findings = read_bytes(data, name)
    words = table("workbook")["review"]
    sheet = next((item for item in workbook.sheets if item.name == words["sheet"]), None) if workbook else None
    if sheet is None:
        return (), findings
    shift = _shift(sheet, words["headings"])
    rows = sorted({row for row, _ in sheet.cells if row > _HEADING_ROW})
    lines = (_written(sheet, row, shift) for row in rows)
    return tuple(line for line in lines if line.dropped or line.text), findings


def _written(sheet: RawSheet, row: int, shift: int) -> WrittenLine:
    words = table("workbook")["review"]
    text = _text(sheet.cells.get((row, _TEXT + shift)))
    dropped = _text(sheet.cells.get((row, _KEEP + shift))) == words["drop"]
    bureau = _text(sheet.cells.get((row, _SOURCE + shift))) == _people()[1]
    try:
        known = json.loads(_text(sheet.cells.get((row, KEY_COLUMN + shift))))
        unit_code, attempt, slot, key = (str(part) for part in known)
    except ValueError:
        place = _text(sheet.cells.get((row, 3 + shift)))
        place = "" if place == words["whole"] else place
        return WrittenLine(row, _text(sheet.cells.get((row, 1 + shift))), "", place, "", dropped, text, bureau)
    return WrittenLine(row, unit_code, attempt, slot, key, dropped, text, bureau)


def _cells(row: int, line: ReviewLine, text: Style) -> list[PlanCell]:
    words = table("workbook")["review"]
    answer = line.answer if len(line.answer) <= _SHOWN else f"{line.answer[:_SHOWN]}…"
    colours = {"error": "C00000", "warning": "9C5700"}
    shown = (
        line.unit_code, line.unit_name, line.cell or words["whole"], line.label, answer,
        words["severity"].get(line.severity, ""), line.problem,
        (words["drop"] if line.dropped else words["keep"]) if line.key else "", "", _people()[0],
    )  # fmt: skip
    centred = (1, 3, _SEVERITY, _KEEP, _SOURCE)
    cells = []
    for at, content in enumerate(shown, start=1):
        style = replace(text, align="center") if at in centred else text
        style = replace(style, color=colours.get(line.severity, "")) if at in (_SEVERITY, 7) else style
        style = replace(style, fill=TINT) if at in (_KEEP, _TEXT, _SOURCE) else style
        cells.append(_single(row, at, content or None, style))
    key = json.dumps([line.unit_code, line.attempt, line.slot, line.key], ensure_ascii=False)
    return [*cells, _single(row, KEY_COLUMN, key, replace(text, wrap=False))]


def _people() -> tuple[str, str]:
    """Who may have given an opinion: the reviewer, who writes here, or the finance bureau."""
    names = table("workbook")["opinions"]["source"]
    return names["reviewer"], names["bureau"]


def _height(line: ReviewLine) -> float:
    pairs = ((line.answer[:_SHOWN], WIDTHS[4]), (line.problem, WIDTHS[6]), (line.label, WIDTHS[3]))
    return min(EXCEL_ROW_LIMIT, max(20.0, *(height_for_text(text, width, _SIZE) for text, width in pairs)))


def _single(row: int, column: int, text: str | None, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), text, style)


def _text(cell: RawCell | None) -> str:
    return cell.text.strip() if cell is not None and cell.kind in (CellKind.TEXT, CellKind.NUMBER) else ""


def _shift(sheet: RawSheet, headings: Sequence[str]) -> int:
    """By how many columns the table was moved."""
    at = next((col for (row, col), cell in sheet.cells.items()
               if row == _HEADING_ROW and cell.text.strip() == headings[_TEXT - 1]), _TEXT)  # fmt: skip
    return at - _TEXT
