"""Cells laid out by a container's reader, counted as they are laid, → one sheet of a `RawWorkbook`."""

from __future__ import annotations

from dataclasses import dataclass, field

from xltool.model.workbook import CellKind, CellRange, RawCell, RawSheet, RawStyle, RawWorkbook

MOST_CELLS = 200_000
MOST_COLUMNS = 1_000
LONGEST_TEXT = 100_000  # characters of one cell
GENERAL = (RawStyle("General", True),)


class TooLargeError(Exception):
    """More than any form holds; a container's reader turns it into a finding."""


class EncryptedError(Exception):
    """The file asks for a password before it can be read."""


@dataclass(slots=True)
class Grid:
    """Texts by (row, column) from 1. `lines` are the lines of the file where each text begins, where it has lines."""

    cells: dict[tuple[int, int], RawCell] = field(default_factory=dict)
    lines: dict[tuple[int, int], int] = field(default_factory=dict)
    merges: list[CellRange] = field(default_factory=list)

    def put(self, row: int, col: int, text: str, line: int = 0) -> None:
        """A text; an empty one is no cell. Raises `TooLargeError`."""
        if not text:
            return
        if len(self.cells) >= MOST_CELLS or col > MOST_COLUMNS or len(text) > LONGEST_TEXT:
            raise TooLargeError
        self.cells[row, col] = RawCell(row, col, CellKind.TEXT, text, None, 0)
        if line:
            self.lines[row, col] = line

    def merge(self, row: int, col: int, down: int, across: int) -> None:
        """A cell that covers `down` rows and `across` columns."""
        if down > 1 or across > 1:
            self.merges.append(CellRange(row, col, row + down - 1, col + across - 1))

    def workbook(self, name: str, application: str = "") -> RawWorkbook:
        sheet = RawSheet(name, "visible", self.cells, merges=tuple(self.merges), lines=self.lines)
        return RawWorkbook((sheet,), GENERAL, application=application)
