"""Placing each kind of block on the grid; the tree has a module of its own."""

from __future__ import annotations

from dataclasses import replace

from xltool.layout.grid import Grid
from xltool.layout.metrics import height_for_length, height_for_text, slices
from xltool.model.form import Answer, AnswerType, Band, Fields, Frame, Line, Lines, Rows
from xltool.model.workbook import CellRange

ROW_HEIGHT = 24.0
HEADING_HEIGHT = 22.0
BAND_HEIGHTS = {"title": 34.0, "subtitle": 20.0}


def place_band(grid: Grid, block: Band) -> None:
    """A line of text over the whole width."""
    row = grid.open_row(f"{block.frame.key}:1", BAND_HEIGHTS.get(block.style, HEADING_HEIGHT))
    grid.put(CellRange(row, 1, row, grid.tracks), grid.text(block.text), grid.palette.band(block.style))


def place_caption(grid: Grid, frame: Frame) -> None:
    """A caption on top of its block, over the whole width; captions down the side are put when the block is done."""
    if frame.caption and not frame.side:
        row = grid.open_row(f"{frame.key}:caption", HEADING_HEIGHT)
        grid.put(CellRange(row, 1, row, grid.tracks), grid.text(frame.caption), grid.palette.caption())


def place_fields(grid: Grid, block: Fields, left: int) -> None:
    """Label and answer pairs. Where a field does not apply to the role, the last one of the row takes its room."""
    rows = [tuple(item for item in row if grid.role in item.roles) for row in block.rows]
    rows = [row for row in rows if row]
    for number, row in enumerate(rows, start=1):
        key = f"{block.frame.key}:{number}"
        note = block.note.span if block.note and number == len(rows) else 0
        first = grid.row
        if block.labels == "above":
            _labels_above(grid, block, row, key, left)
        else:
            _labels_left(grid, block, row, key, left, grid.tracks - note)
        if note and block.note:
            where = CellRange(first, grid.tracks - note + 1, grid.row - 1, grid.tracks)
            grid.put(where, grid.text(block.note.text), replace(grid.palette.band("note"), align="right"))


def _labels_left(grid: Grid, block: Fields, row: tuple[Answer, ...], key: str, left: int, right: int) -> None:
    spans = _stretched(row, right - left + 1, with_labels=True)
    heights = [ROW_HEIGHT]
    column = left
    for item, (label, answer) in zip(row, spans, strict=True):
        heights.append(height_for_text(item.label, grid.width(column, label), grid.form.sheet.font_size))
        heights.append(_height(grid, item.key, item, grid.width(column + label, answer)))
        column += label + answer
    rows = grid.open_rows(key, slices(max(heights), grid.form.sheet.font_size))
    column = left
    for item, (label, answer) in zip(row, spans, strict=True):
        where = CellRange(rows.first_row, column, rows.last_row, column + label - 1)
        style = grid.palette.label(item.label_align or "center") if block.frame.ruled else grid.palette.band("note")
        grid.head(item.key, grid.text(item.label), where, key, style)
        column += label
        where = CellRange(rows.first_row, column, rows.last_row, column + answer - 1)
        _scalar(grid, item, where, key, block.frame)
        column += answer


def _labels_above(grid: Grid, block: Fields, row: tuple[Answer, ...], key: str, left: int) -> None:
    spans = _stretched(row, grid.tracks - left + 1, with_labels=False)
    label_row = grid.open_row(f"{key}:heading", HEADING_HEIGHT)
    heights, column = [ROW_HEIGHT], left
    for item, (_, answer) in zip(row, spans, strict=True):
        heights.append(_height(grid, item.key, item, grid.width(column, answer)))
        column += answer
    rows = grid.open_rows(key, slices(max(heights), grid.form.sheet.font_size))
    column = left
    for item, (_, answer) in zip(row, spans, strict=True):
        where = CellRange(label_row, column, label_row, column + answer - 1)
        grid.head(item.key, grid.text(item.label), where, f"{key}:heading", grid.palette.label())
        where = CellRange(rows.first_row, column, rows.last_row, column + answer - 1)
        _scalar(grid, item, where, key, block.frame)
        column += answer


def _stretched(row: tuple[Answer, ...], tracks: int, *, with_labels: bool) -> list[tuple[int, int]]:
    """Label and answer spans of a row, the last answer stretched to the right edge."""
    spans = [(item.label_span if with_labels else 0, item.answer_span) for item in row]
    used = sum(label + answer for label, answer in spans)
    label, answer = spans[-1]
    spans[-1] = (label, answer + tracks - used)
    return spans


def _scalar(grid: Grid, item: Answer, where: CellRange, row_key: str, frame: Frame) -> None:
    grid.answer(item.key, item, where, row_key, frame.key, item.name or item.label, ruled=frame.ruled)
    grid.names.append((f"F_{item.key}", where))


def _height(grid: Grid, slot_key: str, answer: Answer, width: float) -> float:
    """Height of an answer: in the fill form for the longest text allowed, in print for the text itself."""
    size = grid.palette.answer(answer, locked=False, decimals=grid.form.decimals).size
    if answer.type is not AnswerType.TEXT:
        return ROW_HEIGHT
    content = grid.content_of(slot_key, answer)
    needed = height_for_text(str(content), width, size) if content is not None else 0.0
    if grid.filling_in:
        needed = max(needed, height_for_length(answer.max_length, width, size))
    return max(ROW_HEIGHT, needed)


def place_lines(grid: Grid, block: Lines, left: int) -> None:
    """Fixed lines under a heading row, such as the budget; without any heading they go on with the table above."""
    if block.heading or any(item.label for item in block.columns):
        _lines_heading(grid, block, left)
    first = grid.row
    for line in block.lines:
        _line(grid, block, line, left)
    grid.names.append((f"S_{block.frame.key}", CellRange(first, 1, grid.row - 1, grid.tracks)))


def _lines_heading(grid: Grid, block: Lines, left: int) -> None:
    key = f"{block.frame.key}:heading"
    row = grid.open_row(key, HEADING_HEIGHT)
    grid.put(CellRange(row, left, row, left + block.span - 1), grid.text(block.heading), grid.palette.heading())
    column = left + block.span
    for item in block.columns:
        where = CellRange(row, column, row, column + item.answer_span - 1)
        grid.head(f"{block.frame.key}.{item.key}", grid.text(item.label), where, key, grid.palette.heading())
        column += item.answer_span


def _line(grid: Grid, block: Lines, line: Line, left: int) -> None:
    key = f"{block.frame.key}.{line.key}"
    row = grid.open_row(key, ROW_HEIGHT)
    where = CellRange(row, left, row, left + block.span - 1)
    grid.head(key, grid.text(line.label), where, key, grid.palette.label("left"))
    column = left + block.span
    for item in block.columns:
        where = CellRange(row, column, row, column + item.answer_span - 1)
        slot_key = key if len(block.columns) == 1 else f"{key}.{item.key}"
        label = line.name if len(block.columns) == 1 else f"{line.name}·{item.name or item.label}"
        grid.answer(slot_key, item, where, key, block.frame.key, label)
        grid.names.append((f"F_{slot_key}", where))
        column += item.answer_span


def place_rows(grid: Grid, block: Rows, left: int) -> None:
    """A repeating table: heading row, then prepared and spare rows, each with a key."""
    key = f"{block.frame.key}:heading"
    row = grid.open_row(key, HEADING_HEIGHT)
    column = left
    for item in block.columns:
        where = CellRange(row, column, row, column + item.answer_span - 1)
        grid.head(f"{block.frame.key}.{item.key}", grid.text(item.label), where, key, grid.palette.heading())
        column += item.answer_span
    first = grid.row
    for number in range(1, grid.filling.counts.get(block.frame.key, block.prepared + block.spare) + 1):
        _repeating_row(grid, block, number, left)
    grid.names.append((f"S_{block.frame.key}", CellRange(first, 1, grid.row - 1, grid.tracks)))


def _repeating_row(grid: Grid, block: Rows, number: int, left: int) -> None:
    key = f"{block.frame.key}#{number:02d}"
    heights, column = [ROW_HEIGHT], left
    for item in block.columns:
        heights.append(_height(grid, f"{key}.{item.key}", item, grid.width(column, item.answer_span)))
        column += item.answer_span
    rows = grid.open_rows(key, slices(max(heights), grid.form.sheet.font_size))
    column = left
    for item in block.columns:
        where = CellRange(rows.first_row, column, rows.last_row, column + item.answer_span - 1)
        grid.answer(f"{key}.{item.key}", item, where, key, block.frame.key, f"{item.name or item.label}·{number}")
        column += item.answer_span
