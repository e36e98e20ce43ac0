"""Workbooks of the old binary format (.xls, .et) → `RawWorkbook`, with number formats, merges and names."""

from __future__ import annotations

import io
import struct
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
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})  # the record of a formula in BIFF 5 and 8, 3, 4
_BOF, _EOF = frozenset({0x0809, 0x0409, 0x0209, 0x0009}), 0x000A


def read(data: bytes) -> RawWorkbook:
    """Every cell that holds something. Of a formula it is known that there is one, not what it says.

    Runs in the limited child process. Raises `EncryptedError`, `TooLargeError`, and whatever xlrd raises for a
    damaged file.
    """
    try:
        # On demand, for then xlrd keeps the stream of records after the sheets are read.
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO())
        sheets = book.sheets()
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise EncryptedError from error
        raise
    total = sum(sheet.nrows * max(sheet.ncols, 1) for sheet in sheets)
    if total > 50 * MOST_CELLS:
        raise TooLargeError
    return RawWorkbook(
        sheets=tuple(_sheet(sheet, frozenset(_formulas(book, sheet.number))) for sheet in sheets),
        styles=tuple(_style(book, xf) for xf in book.xf_list),
        names=tuple(_names(book)),
        date1904=book.datemode == 1,
    )


def _formulas(book: xlrd.book.Book, number: int) -> Iterator[tuple[int, int]]:
    """Row and column, from 0, of each formula of a sheet: xlrd gives the results alone.

    A program that never calculated stores the result 0, which nobody typed. Before BIFF 5 xlrd keeps no stream.
    """
    stream, at, depth = book.mem, book._sh_abs_posn[number], 0  # noqa: SLF001  # xlrd has no other name for it
    while stream is not None and 0 <= at <= len(stream) - 4:
        record, length = struct.unpack_from("<HH", stream, at)
        if record in _FORMULAS and length >= 4:
            yield struct.unpack_from("<HH", stream, at + 4)
        depth += (record in _BOF) - (record == _EOF)  # a chart in the sheet has its own beginning and end
        if depth <= 0:
            return
        at += 4 + length


def _sheet(sheet: xlrd.sheet.Sheet, formulas: frozenset[tuple[int, int]]) -> RawSheet:
    return RawSheet(
        name=sheet.name,
        state=_STATES[sheet.visibility] if sheet.visibility in (0, 1, 2) else "visible",
        cells={(cell.row, cell.col): cell for cell in _cells(sheet, formulas)},
        merges=tuple(CellRange(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells),
        hidden_rows=frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden),
        hidden_cols=frozenset(col + 1 for col, info in sheet.colinfo_map.items() if info.hidden),
        comments=tuple(
            RawComment(row + 1, col + 1, note.author or "", (note.text or "").strip())
            for (row, col), note in sorted(sheet.cell_note_map.items())
        ),
    )


def _cells(sheet: xlrd.sheet.Sheet, formulas: frozenset[tuple[int, int]]) -> Iterator[RawCell]:
    count = 0
    for row in range(sheet.nrows):
        for col in range(sheet.row_len(row)):
            cell = sheet.cell(row, col)
            kind = _KINDS.get(cell.ctype)
            formula = "" if (row, col) in formulas else None
            if kind is None or (cell.value == "" and formula is None):
                continue
            count += 1
            if count > MOST_CELLS:
                raise TooLargeError
            yield RawCell(row + 1, col + 1, kind, _text(kind, cell.value), formula, cell.xf_index or 0)


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
