"""A form that came as text: cells parted by tabs, or one cell a line with blank lines between the rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from xltool.findings import Code, finding
from xltool.foreign.decoding import decoded
from xltool.foreign.grid import Grid, TooLargeError
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawWorkbook

_MOST_BYTES = 16 << 20
_MOSTLY = 0.8  # share of the lines with a tab that begin with their only one, where each line is a cell


def read(data: bytes, name: str = "") -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """The text as a grid: a row has the number of its (first) line, a column counts the cells from the left.

    Reported with their lines: a layout of one cell a line, cells that run over several lines, blank lines between
    two rows of a table, bytes that are no text.
    """
    position = Position(file=name)
    if len(data) > _MOST_BYTES:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit=f"{_MOST_BYTES >> 20} MiB"),)
    text, whole = decoded(data)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = _Reader(name)
    try:
        if _cell_per_line(lines):
            reader.cells_on_lines(lines)
        else:
            reader.tabbed(lines)
    except TooLargeError:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit="200,000"),)
    unreadable = () if whole else (finding(Code.EXT_UNDECODABLE, position),)
    return reader.grid.workbook(name), (*unreadable, *reader.findings)


def _cell_per_line(lines: list[str]) -> bool:
    tabbed = [line for line in lines if "\t" in line]
    single = sum(line.startswith("\t") and "\t" not in line[1:] for line in tabbed)
    filled = sum(bool(line.strip()) for line in tabbed)
    return filled > 1 and single >= _MOSTLY * len(tabbed)


class _Reader:
    """Fills the grid and notes what the layout itself has to say."""

    def __init__(self, name: str) -> None:
        self.grid, self.name = Grid(), name
        self.findings: list[Finding] = []

    def _say(self, code: Code, row: int, **args: int) -> None:
        self.findings.append(finding(code, Position(file=self.name, row=row), None, **args))

    def tabbed(self, lines: list[str]) -> None:
        for line, cells in _records(lines):
            for col, text in enumerate(cells, start=1):
                self.grid.put(line, col, text, line)
        for line in _gaps(lines):
            self._say(Code.EXT_BLANK_LINE, line, line=line)

    def cells_on_lines(self, lines: list[str]) -> None:
        """A line with a leading tab is the next cell of its row; one without continues the cell above it."""
        filled = [number for number, line in enumerate(lines, start=1) if line.strip()]
        self._say(Code.EXT_CELL_PER_LINE, filled[0], first=filled[0], last=filled[-1])
        row = col = 0
        cell: list[str] = []
        begun = 0
        for number, line in enumerate([*lines, ""], start=1):
            if row and (not line or line.startswith("\t")):
                self._close(row, col, cell, begun)
            if not line:
                row = col = 0
                continue
            if not row:
                row, cell = number, []
            elif cell and not line.startswith("\t"):
                cell.append(line)
                continue
            col, begun, cell = col + 1, number, [line.removeprefix("\t")]

    def _close(self, row: int, col: int, cell: list[str], begun: int) -> None:
        self.grid.put(row, col, "\n".join(cell), begun)
        if len(cell) > 1:
            last = begun + len(cell) - 1
            self._say(Code.EXT_CONTINUED, begun + 1, cell=begun, first=begun + 1, last=last)


def _records(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines as cells. Quotes count as a spreadsheet's only where the whole text is quoted like one."""
    if any(line.startswith('"') or '\t"' in line for line in lines):
        reader = csv.reader(io.StringIO("\n".join(lines)), delimiter="\t", strict=True)
        found, begun = [], 1
        try:
            for cells in reader:
                found.append((begun, cells))
                begun = reader.line_num + 1
        except csv.Error:
            pass  # the quotes are somebody's own
        else:
            yield from found
            return
    for number, line in enumerate(lines, start=1):
        yield number, line.split("\t")


def _gaps(lines: list[str]) -> Iterator[int]:
    """Blank lines with a row of a table right above and below."""
    for number in range(2, len(lines)):
        above, line, below = lines[number - 2 : number + 1]
        if not line.strip() and all("\t" in row and row.strip() for row in (above, below)):
            yield number
