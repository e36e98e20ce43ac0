"""One worksheet in one streaming pass. What runs per cell is kept tiny: this loop is the reader's speed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from xltool.excel.addresses import column_letters, position
from xltool.excel.package import Package, Refusal
from xltool.excel.parts import End, Start, feed, new_parser, prefix_of, truth, unescape
from xltool.excel.surroundings import Surroundings
from xltool.findings import Code
from xltool.model.workbook import CellKind, CellRange, RawCell

Cells = dict[tuple[int, int], RawCell]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_ARRAY_WORK = 2_000_000  # cells visited for the followers of array formulas


def read_sheet(
    package: Package, part: str, strings: Mapping[str, str], styles: Mapping[str, int]
) -> tuple[Cells, Surroundings]:
    """The cells of a worksheet part and what stands around them.

    `strings` and `styles` are looked up by the index as the file writes it.
    """
    parser = new_parser()
    pieces: list[str] = []
    cells: Cells = {}
    around = Surroundings(pieces)

    def first(name: str, attributes: dict[str, str]) -> None:
        around.prefix = prefix_of(name)
        inside = cell_handlers(around, pieces, cells, strings, styles, leave)
        entry = around.prefix + "sheetData"

        def outside(name: str, attributes: dict[str, str]) -> None:
            if name == entry:
                parser.StartElementHandler, parser.EndElementHandler = inside
            else:
                around.start(name, attributes)

        starts.append(outside)
        leave()

    def leave() -> None:
        parser.StartElementHandler, parser.EndElementHandler = starts[0], around.end

    starts: list[Start] = []
    parser.StartElementHandler = first
    parser.CharacterDataHandler = pieces.append
    feed(package, part, parser, lambda: len(cells) + around.count())
    _mark_followers(cells, around.arrays)
    return cells, around


def cell_handlers(
    around: Surroundings,
    pieces: list[str],
    cells: Cells,
    strings: Mapping[str, str],
    styles: Mapping[str, int],
    leave: Callable[[], None],
) -> tuple[Start, End]:
    """The start and end handlers inside `sheetData`; `leave` is called at its end."""
    tags = ("c", "v", "f", "row", "is", "t", "rPh", "sheetData")
    c, v, f, row, inline, t, reading, data = (around.prefix + tag for tag in tags)
    new = tuple.__new__  # a NamedTuple's own constructor is Python code, and costs as much as the rest of a cell
    text_kind = CellKind.TEXT
    cell: dict[str, str] = {}
    value: str | None = None
    formula: str | None = None
    phonetic = False
    number = 0  # of the row

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal cell, value, formula, phonetic, number
        if name == c:
            if "r" not in attributes:
                attributes["r"] = _following(cell, number)
            cell = attributes
            value = formula = None
        elif name == v or name == t:
            pieces.clear()
        elif name == row:
            cell = {}
            number = around.row(attributes, number)
        elif name == f:
            pieces.clear()
            around.formula(attributes)
        elif name == inline:
            value = None
        elif name == reading:
            phonetic = True

    def end(name: str) -> None:
        nonlocal value, formula, phonetic
        if name == v:
            value = "".join(pieces)
        elif name == c:
            if value is not None or formula is not None:
                kind, text = text_kind, strings.get(value) if cell.get("t") == "s" else None  # type: ignore[arg-type]
                if text is None:
                    kind, text = _typed(cell, value)
                if text or formula is not None:
                    place = position(cell["r"])
                    style = styles.get(cell.get("s", "0"), 0)
                    cells[place] = new(RawCell, (*place, kind, text, formula, style))
        elif name == f:
            formula = unescape("".join(pieces))
        elif name == t:
            if not phonetic:
                value = (value or "") + "".join(pieces)
        elif name == reading:
            phonetic = False
        elif name == data:
            leave()

    return start, end


def _typed(cell: dict[str, str], value: str | None) -> tuple[CellKind, str]:
    """Kind and text of a value that is no (plain) shared string."""
    kind = cell.get("t", "n")
    if value is None:
        return CellKind.EMPTY, ""
    if kind in ("str", "inlineStr"):
        return CellKind.TEXT, unescape(value)
    if kind == "s":
        # Every honest index was found: this one is beyond the table, so the text is lost.
        raise Refusal(Code.FILE_DAMAGED, part=cell["r"])
    value = value.strip()
    if kind == "b":
        return CellKind.BOOLEAN, "1" if value in ("1", "true") else "0"
    if kind == "e":
        return CellKind.ERROR, value
    if kind == "d":
        return CellKind.DATE, value
    if not value:
        return CellKind.EMPTY, ""
    return (CellKind.NUMBER if _NUMBER.fullmatch(value) else CellKind.TEXT), value


def _following(previous: dict[str, str], row: int) -> str:
    """The reference of a cell that does not say its own: right of the previous one, or the first of its row."""
    column = position(previous["r"])[1] + 1 if previous else 1
    return f"{column_letters(column)}{row}"


def _mark_followers(cells: Cells, arrays: list[CellRange]) -> None:
    """Give the cells filled by another cell's array formula (or data table) the formula `""`."""
    work = 0
    for area in arrays:
        size = (area.last_row - area.first_row + 1) * (area.last_col - area.first_col + 1)
        work += min(size, len(cells))
        if work > _ARRAY_WORK:
            raise Refusal(Code.FILE_TOO_LARGE, what="cells", limit=_ARRAY_WORK)
        if size <= len(cells):
            rows, cols = range(area.first_row, area.last_row + 1), range(area.first_col, area.last_col + 1)
            inside = [(row, col) for row in rows for col in cols if (row, col) in cells]
        else:
            inside = [
                (row, col)
                for row, col in cells
                if area.first_row <= row <= area.last_row and area.first_col <= col <= area.last_col
            ]
        for place in inside:
            if cells[place].formula is None:
                cells[place] = cells[place]._replace(formula="")
