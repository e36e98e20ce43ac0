"""The 审核意见 sheet of a returned form, read back: the unit's reasons, by the key of the opinion they answer."""

from __future__ import annotations

from xltool.layout.opinions import KEY_COLUMN, REASON_COLUMN
from xltool.model.workbook import CellKind, RawSheet, RawWorkbook
from xltool.words import table


def reasons(workbook: RawWorkbook) -> dict[str, str]:
    """Opinion key → reason. Keys and the column of reasons are found by what stands in them, wherever they moved."""
    words = table("workbook")["opinions"]
    sheet = next((item for item in workbook.sheets if item.name == words["sheet"]), None)
    if sheet is None:
        return {}
    column = _column_of(sheet, words["headings"][REASON_COLUMN - 1])
    shift = column - REASON_COLUMN
    found: dict[str, str] = {}
    for (row, col), cell in sheet.cells.items():
        if col == KEY_COLUMN + shift and cell.kind is CellKind.TEXT:
            answer = sheet.cells.get((row, column))
            if answer is not None and answer.text.strip():
                found[cell.text] = answer.text.strip()
    return found


def _column_of(sheet: RawSheet, heading: str) -> int:
    return next((col for (_, col), cell in sheet.cells.items() if cell.text.strip() == heading), REASON_COLUMN)
