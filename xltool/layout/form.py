"""The form sheet: `lay_out` turns a definition, a role and a profile into addresses, for the writer and the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xltool.addresses import absolute, absolute_range
from xltool.layout.blocks import ROW_HEIGHT, place_band, place_caption, place_fields, place_lines, place_rows
from xltool.layout.grid import Filling, Grid, own_places
from xltool.layout.live import Book, Piece, book_of, row_pieces, status_line
from xltool.layout.pages import Sheet, breaks_of, needed_heights, room_of, scale_of, split_cells
from xltool.layout.rules import marks_of, rules_of
from xltool.layout.style import Palette
from xltool.layout.tree import place_tree
from xltool.model.form import Band, Block, Fields, FormDefinition, Frame, Lines, Profile, Role, Rows
from xltool.model.layout import FormLayout, PlanCell, SheetPlan
from xltool.model.workbook import CellRange
from xltool.words import table

CHECK_WIDTH = 34.0
KEY_WIDTH = 4.0


def lay_out(form: FormDefinition, role: Role, profile: Profile, filling: Filling | None = None) -> FormLayout:
    """The form sheet of one role. The fill profile adds a status line on top, a check column and a hidden key column.

    Sizes and contents come from `filling`; without it the form is blank and has its prepared and spare rows.
    """
    grid = Grid(form, role, profile, _with_places(form, filling or Filling()), Palette(form.sheet))
    if grid.filling_in:
        grid.open_row("status", ROW_HEIGHT)
    top = grid.row
    _place_all(grid)
    tracks, last = grid.tracks, grid.row - 1
    check, key = (tracks + 1, tracks + 2) if grid.filling_in else (0, 0)
    book = book_of(grid)
    cells = list(grid.cells)
    if grid.filling_in:
        cells.extend(_live_cells(grid, book, check, top, last))
        cells.extend(_key_cells(grid, key))
    design = form.sheet
    breaks: tuple[int, ...] = ()
    if not grid.filling_in:
        breaks, cells = _paged(grid, cells, top, last)
    sheet = SheetPlan(
        name=design.name,
        state="visible",
        widths=(*design.tracks, CHECK_WIDTH, KEY_WIDTH) if grid.filling_in else design.tracks,
        heights=tuple(grid.heights),
        cells=tuple(cells),
        hidden_columns=(key,) if key else (),
        rules=tuple(rules_of(grid, book)) if grid.filling_in else (),
        marks=tuple(marks_of(grid, book, check)) if grid.filling_in else (),
        names=tuple((name, f"='{design.name}'!{absolute_range(where)}") for name, where in grid.names),
        paper=design.paper,
        landscape=design.landscape,
        print_area=CellRange(top, 1, last, tracks),
        repeat_rows=grid.repeat_rows,
        page_breaks=breaks,
        scale=0 if grid.filling_in else scale_of(design),
        freeze_row=top - 1,
        fitted_rows=frozenset(grid.fitted_rows),
    )
    return FormLayout(
        form, role, profile, sheet, tuple(grid.slots), tuple(grid.headings), tuple(grid.row_keys), key, check
    )


def _paged(grid: Grid, cells: list[PlanCell], top: int, last: int) -> tuple[tuple[int, ...], list[PlanCell]]:
    """Where the pages of the printed form end, and its cells with names repeated on each page they go on."""
    repeated = frozenset(grid.repeated)
    headings = frozenset(row for row, key in grid.row_keys if key.partition(":")[2].startswith(("heading", "caption")))
    sheet = Sheet(top, last, dict(grid.heights), grid.repeat_rows, room_of(grid.form.sheet))
    breaks = breaks_of(sheet, cells, repeated, headings, needed_heights(cells, repeated, grid.form.sheet))
    return breaks, list(split_cells(sheet, cells, breaks, repeated))


def _with_places(form: FormDefinition, filling: Filling) -> Filling:
    return replace(filling, places=own_places(form) | dict(filling.places))


def _place_all(grid: Grid) -> None:
    """Blocks top to bottom; captions down the side are put once the rows they span are known."""
    sides = {section.key: section.side for section in grid.form.sections}
    open_section, first = "", grid.row
    for block in grid.form.blocks:
        frame = block.frame
        if not _applies(grid, frame):
            continue
        if frame.section != open_section:
            _close_section(grid, open_section, first)
            open_section, first = frame.section, grid.row
        _place(grid, block, 1 + sides.get(frame.section, 0))
    _close_section(grid, open_section, first)


def _applies(grid: Grid, frame: Frame) -> bool:
    wanted = not frame.optional or frame.key in grid.filling.optional_blocks
    return wanted and grid.profile in frame.profiles and grid.role in frame.roles


def _close_section(grid: Grid, key: str, first: int) -> None:
    for section in grid.form.sections:
        if section.key == key and grid.row > first:
            where = CellRange(first, 1, grid.row - 1, section.side)
            grid.put_beside(where, grid.text(section.caption), grid.palette.label())


def _place(grid: Grid, block: Block, left: int) -> None:
    if isinstance(block, Band):
        place_band(grid, block)
        return
    place_caption(grid, block.frame)
    first, inner = grid.row, left + block.frame.side
    if isinstance(block, Fields):
        place_fields(grid, block, inner)
    elif isinstance(block, Lines):
        place_lines(grid, block, inner)
    elif isinstance(block, Rows):
        place_rows(grid, block, inner)
    else:
        place_tree(grid, block, inner)
    if block.frame.side and grid.row > first:
        where = CellRange(first, left, grid.row - 1, inner - 1)
        grid.put_beside(where, grid.text(block.frame.caption), grid.palette.label())


def _live_cells(grid: Grid, book: Book, column: int, top: int, last: int) -> Iterator[PlanCell]:
    """The check column beside the form and the status line above it."""
    pieces = row_pieces(grid, book)
    spans = _row_spans(grid)
    values = []
    yield PlanCell(CellRange(1, column, 1, column), table("workbook")["check"]["heading"], grid.palette.check())
    for row_key, items in pieces.items():
        first, end = spans[row_key]
        # Programs drop the blank at the end of a stored text.
        formula, value = "&".join(item.formula for item in items), "".join(item.value for item in items)
        joined = Piece(f"TRIM({formula})", value.strip())
        values.append(joined.value)
        yield PlanCell(CellRange(first, column, end, column), joined.value, grid.palette.check(), f"={joined.formula}")
    area = f"{absolute(top, column)}:{absolute(last, column)}"
    status = status_line(area, values)
    yield PlanCell(CellRange(1, 1, 1, grid.tracks), status.value, grid.palette.status(), f"={status.formula}")


def _row_spans(grid: Grid) -> dict[str, tuple[int, int]]:
    """First and last sheet row of each keyed row, its slices taken together."""
    spans: dict[str, tuple[int, int]] = {}
    for row, key in grid.row_keys:
        base = key.partition("+")[0]
        spans[base] = (spans.get(base, (row, row))[0], row)
    return spans


def _key_cells(grid: Grid, column: int) -> Iterator[PlanCell]:
    """The hidden key column; its first cell is left to the identity token."""
    for row, key in grid.row_keys:
        if row > 1:
            yield PlanCell(CellRange(row, column, row, column), key, grid.palette.key())
