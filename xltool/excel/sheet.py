"""One worksheet in one streaming pass. What runs per cell is kept tiny: this loop is the reader's speed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xltool.addresses import a1
from xltool.excel.package import Limits, Package, Refusal
from xltool.excel.parts import Start, feed, new_parser, prefix_of, unescape
from xltool.excel.references import LAST_COL, LAST_ROW, damaged, position
from xltool.excel.surroundings import Surroundings
from xltool.findings import Code
from xltool.model.workbook import CellKind, CellRange, RawCell

Attributes = dict[str, str]
Cells = dict[tuple[int, int], RawCell]
Keep = Callable[[Attributes, int, str | None], None]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OTHER_KINDS = {"e": CellKind.ERROR, "d": CellKind.DATE}
_ARRAY_WORK = 2_000_000  # cells visited for the followers of array formulas
# What the character data belongs to; a late formula is one that stands after its value, against the schema.
_NOTHING, _FORMULA, _SHARED, _PLAIN, _TEXT, _OTHER, _LATE = range(7)
_STAGES = {None: _PLAIN, "n": _PLAIN, "s": _SHARED, "str": _TEXT}


def read_sheet(
    package: Package, part: str, strings: Mapping[str, str], styles: Mapping[str, int]
) -> tuple[Cells, Surroundings]:
    """The cells of a worksheet part and what stands around them.

    `strings` and `styles` are looked up by the index as the file writes it.
    """
    reader = _SheetReader(strings, styles)
    feed(package, part, reader.parser, lambda: len(reader.cells) + reader.around.count())
    reader.finish()
    if reader.kept != len(reader.cells):
        raise Refusal(Code.FILE_DUPLICATE_PART, part=package.entries[part].name)
    _check_extent(reader.cells, package.limits)
    _mark_followers(reader.cells, reader.around.arrays)
    return reader.cells, reader.around


def _check_extent(cells: Cells, limits: Limits) -> None:
    """Hold rows and columns to a caller's caps; Excel's own were held to by `position`."""
    if limits.rows < LAST_ROW and max((row for row, _ in cells), default=0) > limits.rows:
        raise Refusal(Code.FILE_TOO_LARGE, limit=f"{limits.rows:,}")
    if limits.columns < LAST_COL and max((col for _, col in cells), default=0) > limits.columns:
        raise Refusal(Code.FILE_TOO_LARGE, limit=f"{limits.columns:,}")


class _SheetReader:
    """Expat callbacks of a worksheet.

    Inside `sheetData` there is no end handler: a cell is finished by the next start tag, which saves two callbacks
    in five. The blanks of an indented file then follow the value; only in a text value do they matter, so only
    there an end handler is switched on.
    """

    def __init__(self, strings: Mapping[str, str], styles: Mapping[str, int]) -> None:
        self.strings, self.styles = strings, styles
        self.pieces: list[str] = []  # character data since it was last cleared
        self.cells: Cells = {}
        self.around = Surroundings(self.pieces)
        self.text: str | None = None  # the value, where an end handler took it
        self.row_number = 0
        self.kept = 0
        self.inside: Start | None = None
        self.parser = new_parser()
        self.parser.StartElementHandler = self._root
        self.parser.CharacterDataHandler = self.pieces.append

    def _root(self, name: str, _: dict[str, str]) -> None:
        prefix = self.around.prefix = prefix_of(name)
        self.row, self.f, self.inline = prefix + "row", prefix + "f", prefix + "is"
        self.t, self.reading, self.v = prefix + "t", prefix + "rPh", prefix + "v"
        self.entrances = (prefix + "sheetData", self.row, prefix + "c")
        self._leave()

    def _leave(self) -> None:
        self.inside = None
        self.parser.StartElementHandler = self._outside
        self.parser.EndElementHandler = self.around.end

    def _outside(self, name: str, attributes: dict[str, str]) -> None:
        if name in self.entrances:
            inside = _cell_handler(self, self.entrances[-1], self.v)
            self._enter(inside)
            inside(name, attributes)
        else:
            self.around.start(name, attributes)

    def _enter(self, inside: Start) -> None:
        self.inside = self.parser.StartElementHandler = inside
        self.parser.EndElementHandler = None

    def finish(self) -> None:
        """Keep the last cell of a sheet that ends with its `sheetData`: a next row would do it."""
        if self.inside:
            self.inside(self.row, {})

    def other(self, name: str, attributes: Attributes, cell: Attributes) -> Attributes:
        """A start tag that is neither a cell nor a value. Takes and gives back the open cell."""
        if name == self.f:
            self.pieces.clear()
            self.around.formula(attributes)
            return cell
        if name == self.row:
            self.row_number = self.around.row(attributes, self.row_number)
        elif name not in self.entrances:
            self._leave()
            self.around.start(name, attributes)
        return {}

    def watch_inline(self) -> None:
        """Gather the runs of an inline string, without phonetic readings, until `</is>`."""
        self.text = ""
        inside, phonetic = self.parser.StartElementHandler, False

        def start(name: str, _: dict[str, str]) -> None:
            nonlocal phonetic
            self.pieces.clear()
            phonetic = phonetic or name == self.reading

        def end(name: str) -> None:
            nonlocal phonetic
            if name == self.t and not phonetic:
                self.text = (self.text or "") + "".join(self.pieces)
            elif name == self.reading:
                phonetic = False
            elif name == self.inline:
                self.parser.StartElementHandler, self.parser.EndElementHandler = inside, None

        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end

    def end_of_text(self, name: str) -> None:
        """The end handler while the value is text of its own (`t="str"`)."""
        if name == self.v:
            self.text = "".join(self.pieces)
            self.parser.EndElementHandler = None

    def following(self, previous: Attributes) -> str:
        """The reference of a cell that does not say its own: right of the previous, or the first of its row."""
        column = position(previous["r"])[1] + 1 if previous else 1
        return a1(self.row_number, column)

    def shared(self, index: str, cell: Attributes) -> str:
        """A shared string whose index is not written plainly; one that is not in the table has lost its text."""
        plain = index.lstrip("0") or index[-1:]
        if plain not in self.strings:
            raise damaged(cell["r"])
        return self.strings[plain]

    def add_formula(self, cell: Attributes, formula: str) -> None:
        """Give the cell whose value has been kept its formula."""
        place = position(cell["r"])
        if place in self.cells:
            self.cells[place] = self.cells[place]._replace(formula=unescape(formula.strip()))

    def typed(self, cell: Attributes, value: str) -> tuple[CellKind, str]:
        """Kind and text of a value that is no plain number or shared string."""
        kind = cell.get("t", "n")
        if self.text is not None:
            value, self.text = self.text, None
            return CellKind.TEXT, unescape(value)
        value = value.strip()
        # An inline string stands in `<is>`; what stands in `<v>` instead, no program shows.
        if not value or kind == "inlineStr":
            return CellKind.EMPTY, ""
        if kind == "s":
            return CellKind.TEXT, self.shared(value, cell)
        if kind == "b":
            return CellKind.BOOLEAN, "1" if value in ("1", "true") else "0"
        if kind in _OTHER_KINDS:
            return _OTHER_KINDS[kind], value
        return (CellKind.NUMBER if _NUMBER.fullmatch(value) else CellKind.TEXT), value


def _keeper(reader: _SheetReader) -> Keep:
    """The function that keeps a finished cell. Locals, not attributes, and no enum looked up: it runs per cell."""
    pieces, cells, strings, styles = reader.pieces, reader.cells, reader.strings, reader.styles
    number_kind, text_kind, empty_kind = CellKind.NUMBER, CellKind.TEXT, CellKind.EMPTY
    is_number, new = _NUMBER.fullmatch, tuple.__new__  # a NamedTuple's own constructor is Python code

    def keep(cell: Attributes, stage: int, formula: str | None) -> None:
        value = "".join(pieces)
        if stage == _SHARED and value in strings:
            kind, text = text_kind, strings[value]
        elif stage == _PLAIN and is_number(value):
            kind, text = number_kind, value
        elif stage == _FORMULA:
            kind, text, formula = empty_kind, "", unescape(value.strip())
        elif stage == _LATE:
            reader.add_formula(cell, value)
            return
        else:
            kind, text = reader.typed(cell, value)
        if text or formula is not None:
            place = position(cell["r"])
            row, col = place
            cells[place] = new(RawCell, (row, col, kind, text, formula, styles.get(cell.get("s", "0"), 0)))
            reader.kept += 1

    return keep


def _cell_handler(reader: _SheetReader, c: str, v: str) -> Start:
    """The start handler inside `sheetData`; `c` and `v` are the names of a cell and its value."""
    pieces, keep, own_values = reader.pieces, _keeper(reader), (v, reader.inline)
    cell: Attributes = {}
    kept: Attributes | None = None
    formula: str | None = None
    stage = _NOTHING

    def start(name: str, attributes: Attributes) -> None:
        nonlocal cell, kept, stage, formula
        if stage and name not in own_values:
            keep(cell, stage, formula)
            kept, formula, stage = cell, None, _NOTHING
        if name == c:
            if "r" not in attributes:
                attributes["r"] = reader.following(cell)
            cell = attributes
        elif name == v:
            if stage:
                formula = unescape("".join(pieces).strip())
            stage = _STAGES.get(cell.get("t"), _OTHER)
            pieces.clear()
            if stage == _TEXT:
                reader.parser.EndElementHandler = reader.end_of_text
        elif name == reader.inline:
            if stage:
                formula = unescape("".join(pieces).strip())
            stage = _TEXT
            reader.watch_inline()
        else:
            stage = _NOTHING if name != reader.f else _FORMULA if cell is not kept else _LATE
            cell = reader.other(name, attributes, cell)

    return start


def _mark_followers(cells: Cells, arrays: list[CellRange]) -> None:
    """Give the cells filled by another cell's array formula (or data table) the formula `""`."""
    work = 0
    for area in arrays:
        size = (area.last_row - area.first_row + 1) * (area.last_col - area.first_col + 1)
        work += min(size, len(cells))
        if work > _ARRAY_WORK:
            raise Refusal(Code.FILE_TOO_LARGE, limit=f"{_ARRAY_WORK:,}")
        for place in _inside(cells, area, size):
            if cells[place].formula is None:
                cells[place] = cells[place]._replace(formula="")


def _inside(cells: Cells, area: CellRange, size: int) -> list[tuple[int, int]]:
    if size > len(cells):
        return [
            (row, col)
            for row, col in cells
            if area.first_row <= row <= area.last_row and area.first_col <= col <= area.last_col
        ]
    rows, cols = range(area.first_row, area.last_row + 1), range(area.first_col, area.last_col + 1)
    return [(row, col) for row in rows for col in cols if (row, col) in cells]
