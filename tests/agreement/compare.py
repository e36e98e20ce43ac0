"""One workbook read three ways, brought to a common form and compared cell by cell.

Dates are compared as seconds since their epoch, as each library counts them from the serial number; conversions live
here because the reader gives what the file says.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import multiprocessing
import re
import warnings
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import openpyxl
import python_calamine

from xltool.excel.read import is_date_format, read_bytes
from xltool.model.workbook import CellKind, CellRange, RawCell, RawSheet, RawWorkbook

Value = tuple[str, object]  # kind (number, text, boolean, date) and content
Grid = dict[tuple[int, int], Value]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DAY = 86_400
_CHILD_SECONDS = 60


@dataclass
class Comparison:
    """What became of one file. `refused` is the code of our finding; `differences` name the cells."""

    path: Path
    refused: str = ""
    openpyxl: str = ""  # why it refused, or empty
    calamine: str = ""
    cells: int = 0  # of ours
    agreed: int = 0  # cells on which the other two agree, error cells aside
    disputed: int = 0  # cells on which they differ, so nothing is asked of ours
    alone: int = 0  # cells blank to both others where a rule of theirs is known to drop what stands in the file
    differences: list[str] = field(default_factory=list)


def compare(path: Path) -> Comparison:
    """Read one file with all three and compare. Never raises for what a file holds."""
    data = path.read_bytes()
    result = Comparison(path)
    workbook, findings = read_bytes(data, path.name)
    theirs, result.openpyxl = _openpyxl(data)
    others, result.calamine = _calamine(data)
    if workbook is None:
        result.refused = findings[0].code
        return result
    result.cells = sum(len(sheet.cells) for sheet in workbook.sheets)
    for sheet in workbook.sheets:
        # A formula without a value, or with empty text, looks blank and is blank to the other two.
        ours = {place: _ours(cell, workbook) for place, cell in sheet.cells.items() if cell.text}
        left, right = theirs.get(sheet.name), others.get(sheet.name)
        if left is not None and right is not None:
            _set_aside(result, sheet, ours, left, right)
            _compare_sheet(result, sheet.name, ours, left, right)
    for name in theirs.keys() & others.keys() - {sheet.name for sheet in workbook.sheets}:
        result.differences.append(f"{name}: no such sheet")
    return result


def _set_aside(result: Comparison, sheet: RawSheet, ours: Grid, left: Grid, right: Grid) -> None:
    """Take out of all three the cells that the other two drop by rules of their own, and count them.

    openpyxl blanks what a merge covers and calls a date outside its calendar an error.
    """
    for place in [place for place in ours if place not in right or place not in left]:
        covered = place not in left and any(_covers(area, place) for area in sheet.merges)
        outside = ours[place][0] == "date" and left.get(place, ("",))[0] == "error"
        if place not in right and (covered or outside):
            result.alone += 1
            for grid in (ours, left, right):
                grid.pop(place, None)


def _covers(area: CellRange, place: tuple[int, int]) -> bool:
    first, last = (area.first_row, area.first_col), (area.last_row, area.last_col)
    return place != first and all(low <= at <= high for low, at, high in zip(first, place, last, strict=True))


def _compare_sheet(result: Comparison, name: str, ours: Grid, left: Grid, right: Grid) -> None:
    for place in sorted(ours.keys() | left.keys() | right.keys()):
        mine, first, second = ours.get(place), left.get(place), right.get(place)
        if mine is not None and mine[0] == "error":
            # calamine shows an error cell as blank, so openpyxl alone is asked.
            if mine != first:
                result.differences.append(f"{name}!{place}: ours {mine}, openpyxl {first}")
        elif first is not None and first[0] == "error" and second is None:
            result.differences.append(f"{name}!{place}: ours {mine}, openpyxl {first}")
        elif not _same(first, second):
            result.disputed += 1
        elif first is not None:
            result.agreed += 1
            if not (_same(mine, first) or _same(mine, second)):
                result.differences.append(f"{name}!{place}: ours {mine}, both {first}")
        elif mine is not None:
            result.differences.append(f"{name}!{place}: ours {mine}, both blank")


def _same(one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return one is other
    if one[0] == other[0] and isinstance(one[1], float) and isinstance(other[1], float):
        scale = 0.002 if one[0] == "date" else abs(one[1]) * 1e-12
        return abs(one[1] - other[1]) <= scale
    return one == other


def _ours(cell: RawCell, workbook: RawWorkbook) -> Value:
    if cell.kind is CellKind.NUMBER:
        number, code = float(cell.text), workbook.styles[cell.style].number_format
        if is_date_format(code):
            # The 29 February 1900 of Excel's calendar is the 28th to the other two.
            leap = 60 <= number < 61 and not workbook.date1904 and not _ELAPSED.search(code)
            return ("date", (number - leap) * _DAY)
        return ("number", number)
    if cell.kind is CellKind.BOOLEAN:
        return ("boolean", cell.text == "1")
    if cell.kind is CellKind.DATE:
        return _iso(cell.text, workbook.date1904)
    return ("error" if cell.kind is CellKind.ERROR else "text", _plain(cell.text))


def _iso(text: str, date1904: bool) -> Value:
    for kind in (datetime.datetime, datetime.time):
        with contextlib.suppress(ValueError):
            return ("date", _seconds(kind.fromisoformat(text), date1904))
    return ("text", text)


def _seconds(value: object, date1904: bool) -> float:
    """What the serial number of a date, a time or a duration is in seconds."""
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.time):
        return value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    if not isinstance(value, datetime.datetime):
        assert isinstance(value, datetime.date)
        value = datetime.datetime(value.year, value.month, value.day)  # noqa: DTZ001
    epoch = datetime.datetime(1904, 1, 1) if date1904 else datetime.datetime(1899, 12, 30)  # noqa: DTZ001
    seconds = (value.replace(tzinfo=None) - epoch).total_seconds()
    # Excel counts a 29 February 1900: serial numbers before it are one less than the days since this epoch.
    return seconds - _DAY if not date1904 and 2 * _DAY <= seconds < 61 * _DAY else seconds


def _plain(text: str) -> str:
    """Text without what only one library keeps: escapes (openpyxl) and carriage returns (calamine)."""
    text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    return text.replace("\r\n", "\n").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _value(value: object, date1904: bool) -> Value | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, int | float):
        return ("number", float(value))
    if isinstance(value, str):
        text = _plain(value)
        return ("text", text) if text else None
    return ("date", _seconds(value, date1904))


def _openpyxl(data: bytes) -> tuple[dict[str, Grid], str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except Exception as error:  # noqa: BLE001  (a reference reader may fail in any way)
        return {}, repr(error)[:100]
    date1904 = book.epoch.year == 1904
    grids: dict[str, Grid] = {}
    for sheet in book.worksheets:
        grid = grids[sheet.title] = {}
        for row, line in enumerate(sheet.iter_rows(), 1):
            for col, cell in enumerate(line, 1):
                kind = "error" if cell.data_type == "e" else ""
                value = (kind, str(cell.value)) if kind else _value(cell.value, date1904)
                if value is not None:
                    grid[row, col] = value
    return grids, ""


def _calamine(data: bytes) -> tuple[dict[str, Grid], str]:
    """calamine in a child process: a hostile file makes it end the process, not raise."""
    receive, send = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_calamine_child, args=(data, send))
    child.start()
    send.close()
    answer: tuple[dict[str, Grid], str] = ({}, "no answer")
    try:
        if receive.poll(_CHILD_SECONDS):
            answer = receive.recv()
    except EOFError:
        answer = ({}, "ended the process")
    child.kill()
    child.join()
    return answer


def _calamine_child(data: bytes, send: Connection) -> None:
    try:
        grids = _calamine_grids(data)
    except Exception as error:  # noqa: BLE001  (a reference reader may fail in any way)
        send.send(({}, repr(error)[:100]))
    else:
        send.send((grids, ""))


def _calamine_grids(data: bytes) -> dict[str, Grid]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    date1904 = _says_1904(data)
    grids: dict[str, Grid] = {}
    for name in book.sheet_names:
        grid = grids[name] = {}
        for row, line in enumerate(book.get_sheet_by_name(name).to_python(skip_empty_area=False), 1):
            for col, value in enumerate(line, 1):
                common = _value(value, date1904)
                if common is not None:
                    grid[row, col] = common
    return grids


def _says_1904(data: bytes) -> bool:
    workbook, _ = read_bytes(data)
    return workbook is not None and workbook.date1904
