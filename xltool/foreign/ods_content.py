"""content.xml of an OpenDocument spreadsheet: a handler for one expat pass that gathers sheets and names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xltool.foreign.grid import LONGEST_TEXT, MOST_CELLS, TooLargeError
from xltool.foreign.ods_styles import OFFICE, TABLE, TEXT, Styles
from xltool.foreign.ods_values import is_truth, value_of
from xltool.model.workbook import CellKind, CellRange, RawCell, RawComment, RawName, RawSheet, RawWorkbook

_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_MOST_COPIES = 4_096  # of one filled row or cell that is written once and said to repeat
_HIDDEN = ("collapse", "filter")
_ADDRESS = re.compile(r"(?:\$?(?P<sheet>'(?:[^']|'')+'|[^.:$]+))?\.(?P<cell>\$?[A-Z]+\$?\d+)")


@dataclass(slots=True)
class _Sheet:
    name: str
    state: str
    protected: bool
    cells: dict[tuple[int, int], RawCell] = field(default_factory=dict)
    merges: list[CellRange] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)
    comments: list[RawComment] = field(default_factory=list)
    column_styles: list[tuple[int, str]] = field(default_factory=list)  # (last column, style)
    row: int = 0
    col: int = 0


class Content:
    """Feed it the events of the pass; `workbook` gives the result. Raises `TooLargeError`."""

    def __init__(self) -> None:
        self.styles = Styles()
        self.sheets: list[_Sheet] = []
        self.names: list[RawName] = []
        self._sheet: _Sheet | None = None
        self._attributes: dict[str, str] = {}
        self._lines: list[list[str]] | None = None  # the paragraphs of the cell that is open
        self._row_times = 1
        self._row_cells: list[RawCell] = []
        self._unseen = 0  # depth inside notes and drawings, whose text is not the cell's
        self._note: list[str] | None = None  # the text of the note that is open
        self._noted = False  # inside one of its paragraphs
        self._count = 0
        self._structure_locked = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._unseen or name in (f"{OFFICE}annotation", f"{TABLE}shapes"):
            self._unseen += 1
            self._start_unseen(name)
        elif name.startswith(TABLE):
            self._start_table(name.removeprefix(TABLE), attributes)
        elif name.startswith(TEXT):
            self._start_text(name.removeprefix(TEXT), attributes)
        elif name == f"{OFFICE}spreadsheet":
            self._structure_locked = attributes.get(f"{TABLE}structure-protected") == "true"
        elif self._sheet is None:
            self.styles.start(name, attributes)

    def end(self, name: str) -> None:
        if self._unseen:
            self._unseen -= 1
            self._noted = self._noted and name != f"{TEXT}p"
            self._end_note()
        elif name in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            self._end_cell()
        elif name == f"{TABLE}table-row":
            self._end_row()
        elif name == f"{TABLE}table":
            self._sheet = None

    def text(self, data: str) -> None:
        if self._noted and self._note is not None:
            self._note.append(data)
        elif self._lines and not self._unseen:
            self._lines[-1].append(data)

    def _start_unseen(self, name: str) -> None:
        if name == f"{OFFICE}annotation" and self._lines is not None:
            self._note = []
        elif name == f"{TEXT}p" and self._note is not None:
            self._note += ["\n"] if self._note else []
            self._noted = True

    def _end_note(self) -> None:
        """A note that anybody wrote; its author is not said."""
        if self._unseen or self._note is None or self._sheet is None:
            return
        text = "".join(self._note).strip()
        self._note = None
        if text and len(self._sheet.comments) < MOST_CELLS:
            self._sheet.comments.append(RawComment(self._sheet.row, self._sheet.col + 1, "", text))

    def _start_table(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            hidden = attributes.get(f"{TABLE}style-name", "") in self.styles.hidden_tables
            protected = attributes.get(f"{TABLE}protected") == "true"
            self._sheet = _Sheet(attributes.get(f"{TABLE}name", ""), "hidden" if hidden else "visible", protected)
            self.sheets.append(self._sheet)
        elif name in ("named-range", "named-expression"):
            self._name(attributes)
        elif self._sheet is None:
            return
        elif name == "table-column":
            self._column(self._sheet, attributes)
        elif name == "table-row":
            self._row(self._sheet, attributes)
        elif name in ("table-cell", "covered-table-cell"):
            self._attributes, self._lines = attributes, []

    def _start_text(self, name: str, attributes: dict[str, str]) -> None:
        if self._lines is None:
            return
        if name in ("p", "h"):
            self._lines.append([])
        elif self._lines and name == "s":
            self._lines[-1].append(" " * min(_times(attributes, f"{TEXT}c"), LONGEST_TEXT))
        elif self._lines and name in ("tab", "line-break"):
            self._lines[-1].append("\t" if name == "tab" else "\n")

    def _column(self, sheet: _Sheet, attributes: dict[str, str]) -> None:
        last = sheet.column_styles[-1][0] if sheet.column_styles else 0
        times = min(_times(attributes, f"{TABLE}number-columns-repeated"), _MOST_COLUMNS)
        if attributes.get(f"{TABLE}visibility") in _HIDDEN:
            sheet.hidden_cols.update(range(last + 1, last + times + 1))
        sheet.column_styles.append((last + times, attributes.get(f"{TABLE}default-cell-style-name", "")))

    def _row(self, sheet: _Sheet, attributes: dict[str, str]) -> None:
        self._row_times = _times(attributes, f"{TABLE}number-rows-repeated")
        if sheet.row + self._row_times > 2 * _MOST_ROWS:
            raise TooLargeError
        sheet.row += 1
        sheet.col = 0
        self._row_cells = []
        if attributes.get(f"{TABLE}visibility") in _HIDDEN:
            times = min(self._row_times, _MOST_COPIES)
            sheet.hidden_rows.update(range(sheet.row, sheet.row + times))

    def _end_row(self) -> None:
        """A row that stands for several equal ones is each of them."""
        sheet = self._sheet
        if sheet is None:
            return
        further = self._row_times - 1
        if self._row_cells and further:
            if further > _MOST_COPIES:
                raise TooLargeError
            for row in range(sheet.row + 1, sheet.row + 1 + further):
                for cell in self._row_cells:
                    self._put(sheet, cell._replace(row=row))
        sheet.row += further

    def _end_cell(self) -> None:
        sheet, attributes, lines = self._sheet, self._attributes, self._lines
        self._lines = None
        if sheet is None or lines is None:
            return
        times = _times(attributes, f"{TABLE}number-columns-repeated")
        col = sheet.col + 1
        sheet.col += times
        if sheet.col > 2 * _MOST_COLUMNS:
            raise TooLargeError
        self._merge(sheet, col, attributes)
        kind, text, number_format = value_of(attributes, "\n".join("".join(parts) for parts in lines))
        formula = attributes.get(f"{TABLE}formula")
        if kind is CellKind.BOOLEAN and formula is not None and is_truth(formula):
            formula = None
        if not text and formula is None:
            return
        if times > _MOST_COPIES:
            raise TooLargeError
        for place in range(col, col + times):
            style = attributes.get(f"{TABLE}style-name") or _default_style(sheet, place)
            cell = RawCell(sheet.row, place, kind, text, None if formula is None else formula.partition(":=")[2],
                           self.styles.index(style, number_format))  # fmt: skip
            self._put(sheet, cell)
            self._row_cells.append(cell)

    def _put(self, sheet: _Sheet, cell: RawCell) -> None:
        self._count += 1
        if self._count > MOST_CELLS or len(cell.text) > LONGEST_TEXT:
            raise TooLargeError
        sheet.cells[cell.row, cell.col] = cell

    def _merge(self, sheet: _Sheet, col: int, attributes: dict[str, str]) -> None:
        down = _times(attributes, f"{TABLE}number-rows-spanned")
        across = _times(attributes, f"{TABLE}number-columns-spanned")
        if down > 1 or across > 1:
            sheet.merges.append(CellRange(sheet.row, col, sheet.row + down - 1, col + across - 1))

    def _name(self, attributes: dict[str, str]) -> None:
        local = self._sheet.name if self._sheet is not None else ""
        address = attributes.get(f"{TABLE}cell-range-address", "")
        refers_to = _reference(address) if address else attributes.get(f"{TABLE}expression", "").partition(":=")[2]
        self.names.append(RawName(attributes.get(f"{TABLE}name", ""), refers_to, local, False))

    def workbook(self, properties: tuple[tuple[str, str], ...], application: str) -> RawWorkbook:
        """What was gathered; sheets in their order."""
        sheets = tuple(
            RawSheet(
                sheet.name, sheet.state, sheet.cells, tuple(sheet.merges), frozenset(sheet.hidden_rows),
                frozenset(sheet.hidden_cols), sheet.protected, comments=tuple(sheet.comments),
            )
            for sheet in self.sheets
        )  # fmt: skip
        return RawWorkbook(
            sheets, tuple(self.styles.all), tuple(self.names), properties, application,
            structure_locked=self._structure_locked,
        )  # fmt: skip


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _default_style(sheet: _Sheet, col: int) -> str:
    return next((style for last, style in sheet.column_styles if col <= last), "")


def _reference(address: str) -> str:
    """`$申报表.$B$4:.$F$11` as `申报表!$B$4:$F$11`, the way workbooks write it."""
    matches = list(_ADDRESS.finditer(address))
    if not matches or not matches[0]["sheet"]:
        return "#REF!" if "#REF!" in address else address
    return f"{matches[0]['sheet']}!{':'.join(match['cell'] for match in matches)}"


