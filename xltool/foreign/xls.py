"""Workbooks of the old binary format (.xls, .et) → `RawWorkbook`, with number formats, merges and names."""

from __future__ import annotations

import io
from collections.abc import Iterator

import xlrd

from xltool.foreign.grid import MOST_CELLS, EncryptedError, TooLargeError
from xltool.model.workbook import CellKind, CellRange, RawCell, RawComment, RawName, RawSheet, RawStyle, RawWorkbook

_STATES = ("visible", "hidden", "veryHidden")
_KINDS = {
    xlrd.XL_CELL_TEXT: CellKind.TEXT,
    xlrd.XL_CELL_NUMBER: CellKind.NUMBER,
    xlrd.XL_CELL_DATE: CellKind.NUMBER,  # a serial number under a date format, as in .xlsx
    xlrd.XL_CELL_BOOLEAN: CellKind.BOOLEAN,
    xlrd.XL_CELL_ERROR: CellKind.ERROR,
}
_WHOLE = 10**15  # below it a double holds each whole number
_GENERAL = "General"


def read(data: bytes) -> RawWorkbook:
    """Every cell that holds something. Whether a value came from a formula is not known of this format.

    Runs in the limited child process. Raises `EncryptedError`, `TooLargeError`, and whatever xlrd raises for a
    damaged file.
    """
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise EncryptedError from error
        raise
    total = sum(sheet.nrows * max(sheet.ncols, 1) for sheet in book.sheets())
    if total > 50 * MOST_CELLS:
        raise TooLargeError
    return RawWorkbook(
        sheets=tuple(_sheet(sheet) for sheet in book.sheets()),
        styles=tuple(_style(book, xf) for xf in book.xf_list),
        names=tuple(_names(book)),
        date1904=book.datemode == 1,
    )


def _sheet(sheet: xlrd.sheet.Sheet) -> RawSheet:
    return RawSheet(
        name=sheet.name,
        state=_STATES[sheet.visibility] if sheet.visibility in (0, 1, 2) else "visible",
        cells={(cell.row, cell.col): cell for cell in _cells(sheet)},
        merges=tuple(CellRange(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells),
        hidden_rows=frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_cols=frozenset(col + 1 for col, info in sheet.colinfo_map.items() if info.hidden),
        comments=tuple(
            RawComment(row + 1, col + 1, note.author or "", (note.text or "").strip())
            for (row, col), note in sorted(sheet.cell_note_map.items())
        ),
    )


def _cells(sheet: xlrd.sheet.Sheet) -> Iterator[RawCell]:
    count = 0
    for row in range(sheet.nrows):
        for col in range(sheet.row_len(row)):
            cell = sheet.cell(row, col)
            kind = _KINDS.get(cell.ctype)
            if kind is None or cell.value == "":
                continue
            count += 1
            if count > MOST_CELLS:
                raise TooLargeError
            yield RawCell(row + 1, col + 1, kind, _text(kind, cell.value), None, cell.xf_index or 0)


def _text(kind: CellKind, value: str | float) -> str:
    if kind is CellKind.ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind is CellKind.BOOLEAN:
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
    return str(value)


def _style(book: xlrd.book.Book, xf: xlrd.formatting.XF) -> RawStyle:
    number_format = book.format_map.get(xf.format_key)
    code = number_format.format_str if number_format is not None else _GENERAL
    return RawStyle(code or _GENERAL, bool(xf.protection.cell_locked))


def _names(book: xlrd.book.Book) -> Iterator[RawName]:
    sheets = book.sheet_names()
    for item in book.name_obj_list:
        if item.builtin or item.macro:
            continue
        result = getattr(item, "result", None)
        refers_to = getattr(result, "text", "") or ""
        local = sheets[item.scope] if 0 <= item.scope < len(sheets) else ""
        yield RawName(item.name, refers_to, local, bool(item.hidden))
