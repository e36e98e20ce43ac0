"""The 审核意见 sheet of a returned form, read back: the unit's reasons, and whatever else was written there."""

from __future__ import annotations

from collections.abc import Iterator

from xltool.collect.cells import is_blank
from xltool.layout.opinions import KEY_COLUMN, NOTE, OUTSIDE_KEY, PRINT_COLUMN, REASON_COLUMN, fingerprint
from xltool.model.workbook import CellKind, RawCell, RawComment, RawSheet, RawWorkbook
from xltool.words import table


def reasons(workbook: RawWorkbook) -> dict[str, str]:
    """Opinion key → reason. Keys and the column of reasons are found by what stands in them, wherever they moved."""
    sheet = opinions_sheet_of(workbook)
    if sheet is None:
        return {}
    column = _reason_column(sheet)
    found: dict[str, str] = {}
    for row, key in _keys(sheet, column).items():
        answer = sheet.cells.get((row, column))
        if key != OUTSIDE_KEY and answer is not None and answer.text.strip():
            found[key] = answer.text.strip()
    return found


def opinions_sheet_of(workbook: RawWorkbook) -> RawSheet | None:
    """The sheet of opinions, where this is a returned form."""
    name = table("workbook")["opinions"]["sheet"]
    return next((item for item in workbook.sheets if item.name == name), None)


def written_beside(sheet: RawSheet) -> tuple[RawCell, ...]:
    """Everything on the sheet of opinions that is neither ours nor a reason, in reading order."""
    column = _reason_column(sheet)
    shift = column - REASON_COLUMN
    keys = _keys(sheet, column)
    hidden = {KEY_COLUMN + shift, PRINT_COLUMN + shift}

    def ours(cell: RawCell) -> bool:
        key = keys.get(cell.row, "")
        if cell.col in hidden or (key == OUTSIDE_KEY and cell.col == 1 + shift):
            return True
        if cell.col == column and key not in ("", OUTSIDE_KEY):
            return True
        return f"{cell.col - shift}{fingerprint(cell.text)}" in _prints(sheet, cell.row, shift)

    found = (cell for cell in sheet.cells.values() if not is_blank(cell) and not ours(cell))
    return tuple(sorted(found, key=lambda cell: (cell.row, cell.col)))


def kept_lines(sheet: RawSheet) -> tuple[str, ...]:
    """The texts that an earlier round kept here from outside the form, as they stand now."""
    column = _reason_column(sheet)
    rows = [row for row, key in sorted(_keys(sheet, column).items()) if key == OUTSIDE_KEY]
    first = 1 + column - REASON_COLUMN
    return tuple(cell.text for row in rows if (cell := sheet.cells.get((row, first))) is not None)


def foreign_notes(workbook: RawWorkbook, sheet: RawSheet) -> tuple[RawComment, ...]:
    """The cell notes on the form sheet that a person wrote; those of a returned form itself left out."""
    opinions = opinions_sheet_of(workbook)
    if opinions is None:
        return sheet.comments
    shift = _reason_column(opinions) - REASON_COLUMN
    known = {
        part.removeprefix(NOTE)
        for (row, _) in opinions.cells
        for part in _prints(opinions, row, shift)
        if part.startswith(NOTE)
    }
    return tuple(note for note in sheet.comments if fingerprint(note.text) not in known)


def _keys(sheet: RawSheet, reason_column: int) -> dict[int, str]:
    column = KEY_COLUMN + reason_column - REASON_COLUMN
    return {row: cell.text for row, cell in _column(sheet, column) if cell.kind is CellKind.TEXT}


def _prints(sheet: RawSheet, row: int, shift: int) -> list[str]:
    cell = sheet.cells.get((row, PRINT_COLUMN + shift))
    return cell.text.split() if cell is not None else []


def _column(sheet: RawSheet, column: int) -> Iterator[tuple[int, RawCell]]:
    return ((row, cell) for (row, col), cell in sheet.cells.items() if col == column)


def _reason_column(sheet: RawSheet) -> int:
    heading = table("workbook")["opinions"]["headings"][REASON_COLUMN - 1]
    return next((col for (_, col), cell in sheet.cells.items() if cell.text.strip() == heading), REASON_COLUMN)
