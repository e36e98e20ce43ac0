"""What an office program does to a sheet when rows or columns are inserted, deleted, moved: everything follows."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.mutation.book import EMPTY, Area, Book, Cell, Comment, Name, Place, Sheet, Validation
from tests.mutation.formulas import Shift, Span, shifted

_PART = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]+)")


def letters(col: int) -> str:
    found = ""
    while col:
        col, rest = divmod(col - 1, 26)
        found = chr(65 + rest) + found
    return found


def a1(row: int, col: int) -> str:
    return f"{letters(col)}{row}"


def number(text: str) -> int:
    found = 0
    for letter in text:
        found = found * 26 + ord(letter) - 64
    return found


def inserted(at: int, count: int) -> Shift:
    """Rows from `at` on move down; a run that has `at` inside grows."""

    def shift(span: Span) -> Span:
        first, last = span
        return (first + count if first >= at else first, last + count if last >= at else last)

    return shift


def deleted(at: int, count: int) -> Shift:
    """Rows below move up; a run that loses rows shrinks, or is gone."""

    def one(line: int, *, first: bool) -> int:
        if line < at:
            return line
        return line - count if line >= at + count else (at if first else at - 1)

    def shift(span: Span) -> Span | None:
        first, last = one(span[0], first=True), one(span[1], first=False)
        return (first, last) if first <= last else None

    return shift


def move_rows(book: Book, sheet: Sheet, shift: Shift) -> None:
    """Apply a shift of rows to everything on the sheet and to the names that point into it."""
    _apply(book, sheet, shift, rows=True)


def move_cols(book: Book, sheet: Sheet, shift: Shift) -> None:
    _apply(book, sheet, shift, rows=False)


def _apply(book: Book, sheet: Sheet, shift: Shift, *, rows: bool) -> None:
    def place(at: Place) -> Place | None:
        there = shift((at[0], at[0]) if rows else (at[1], at[1]))
        if there is None:
            return None
        return (there[0], at[1]) if rows else (at[0], there[0])

    def area(where: Area) -> Area | None:
        span = shift((where.top, where.bottom) if rows else (where.left, where.right))
        if span is None:
            return None
        if rows:
            return where._replace(top=span[0], bottom=span[1])
        return where._replace(left=span[0], right=span[1])

    def formula(text: str) -> str:
        return shifted(text, shift, rows=rows)

    sheet.cells = {
        new: cell if cell.formula is None else cell._replace(formula=formula(cell.formula))
        for old, cell in sheet.cells.items() if (new := place(old)) is not None
    }  # fmt: skip
    sheet.merges = [moved for old in sheet.merges if (moved := area(old)) is not None and moved[:2] != moved[2:]]
    sheet.comments = [
        Comment(*to, item.author, item.text) for item in sheet.comments if (to := place((item.row, item.col)))
    ]
    lines, sizes = (sheet.hidden_rows, sheet.heights) if rows else (sheet.hidden_cols, sheet.widths)
    folded = {span[0] for old in lines if (span := shift((old, old)))}
    resized = {span[0]: size for old, size in sizes.items() if (span := shift((old, old)))}
    if rows:
        sheet.hidden_rows, sheet.heights = folded, resized
    else:
        sheet.hidden_cols, sheet.widths = folded, resized
    sheet.validations = [
        item._replace(areas=areas, formula1=formula(item.formula1), formula2=formula(item.formula2))
        for item in sheet.validations if (areas := _all_moved(item.areas, area))
    ]  # fmt: skip
    sheet.marks = [
        item._replace(areas=areas, formula=formula(item.formula))
        for item in sheet.marks if (areas := _all_moved(item.areas, area))
    ]  # fmt: skip
    book.names = [_moved_name(item, sheet.name, shift, rows=rows) for item in book.names]


def _all_moved(areas: tuple[Area, ...], area: Callable[[Area], Area | None]) -> tuple[Area, ...]:
    return tuple(moved for old in areas if (moved := area(old)) is not None)


def _moved_name(item: Name, sheet: str, shift: Shift, *, rows: bool) -> Name:
    """A name, a print area or print titles after a shift on this sheet."""
    prefix, mark, cells = item.refers_to.rpartition("!")
    if not mark or unquoted(prefix) != sheet or "#REF!" in cells:
        return item
    return item._replace(refers_to=f"{prefix}!{shifted(cells, shift, rows=rows)}")


def unquoted(sheet: str) -> str:
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet


def target(item: Name) -> tuple[str, Area] | None:
    """Sheet and area that a name points to; None for constants and broken ones."""
    sheet, mark, cells = item.refers_to.rpartition("!")
    found = _PART.findall(cells)
    if not mark or not found or len(found) > 2 or "#REF!" in cells:
        return None
    places = [(int(row), number(col)) for col, row in found]
    return unquoted(sheet), Area(*places[0], *places[-1])


def absolute(area: Area) -> str:
    first, last = f"${letters(area.left)}${area.top}", f"${letters(area.right)}${area.bottom}"
    return first if first == last else f"{first}:{last}"


def insert_rows(book: Book, sheet: Sheet, at: int, count: int = 1) -> None:
    """New rows above `at`, formatted like the row above them, as office programs do."""
    like = {col: cell for (row, col), cell in sheet.cells.items() if row == at - 1}
    move_rows(book, sheet, inserted(at, count))
    for row in range(at, at + count):
        for col, cell in like.items():
            sheet.cells[row, col] = blank_like(cell)


def insert_cols(book: Book, sheet: Sheet, at: int, count: int = 1) -> None:
    like = {row: cell for (row, col), cell in sheet.cells.items() if col == at - 1}
    move_cols(book, sheet, inserted(at, count))
    for col in range(at, at + count):
        for row, cell in like.items():
            sheet.cells[row, col] = blank_like(cell)


def blank_like(cell: Cell) -> Cell:
    return Cell(EMPTY, "", cell.format, cell.locked)


def delete_rows(book: Book, sheet: Sheet, at: int, count: int = 1, *, keep_text: bool = True) -> None:
    """Delete rows. `keep_text`: a merged area that loses its first row stays and keeps its text, as Excel has it;
    else text and area are gone, as LibreOffice has it."""
    beheaded = [area for area in sheet.merges if at <= area.top < at + count <= area.bottom]
    kept = _kept(sheet, beheaded, keep=keep_text)
    move_rows(book, sheet, deleted(at, count))
    sheet.cells.update({(at, col): cell for (_, col), cell in kept.items()})


def delete_cols(book: Book, sheet: Sheet, at: int, count: int = 1, *, keep_text: bool = True) -> None:
    beheaded = [area for area in sheet.merges if at <= area.left < at + count <= area.right]
    kept = _kept(sheet, beheaded, keep=keep_text)
    move_cols(book, sheet, deleted(at, count))
    sheet.cells.update({(row, at): cell for (row, _), cell in kept.items()})


def _kept(sheet: Sheet, beheaded: list[Area], *, keep: bool) -> dict[Place, Cell]:
    """The first cells of areas that lose them, if those are kept; the areas are taken away if not."""
    if keep:
        return {area[:2]: sheet.cells[area[:2]] for area in beheaded if area[:2] in sheet.cells}
    sheet.merges = [area for area in sheet.merges if area not in beheaded]
    return {}


def relocate_row(book: Book, sheet: Sheet, source: int, at: int) -> int:
    """Cut one row and insert it above row `at`; where it lies now. Merged areas it lay inside of lose it, others
    take it in; its names and rules go with it."""
    tall = [area for area in sheet.merges if area.top <= source <= area.bottom and area.bottom > area.top]
    cells = {col: cell for (row, col), cell in sheet.cells.items()
             if row == source and not any(area.holds(row, col) for area in tall)}  # fmt: skip
    own = [area for area in sheet.merges if area.top == area.bottom == source]
    height = sheet.heights.get(source)
    names = {item.name: there[1] for item in book.names if (there := target(item)) and there[0] == sheet.name
             and there[1].top == there[1].bottom == source}  # fmt: skip
    rules = [item for item in sheet.validations if any(part.top == part.bottom == source for part in item.areas)]
    delete_rows(book, sheet, source)
    at = at - 1 if at > source else at
    move_rows(book, sheet, inserted(at, 1))
    for col, cell in cells.items():
        sheet.cells[at, col] = cell
    sheet.merges += [Area(at, area.left, at, area.right) for area in own]
    sheet.validations += [_at_row(item, source, at) for item in rules]
    if height is not None:
        sheet.heights[at] = height
    book.names = [
        item._replace(refers_to=f"'{sheet.name}'!{absolute(Area(at, where.left, at, where.right))}")
        if (where := names.get(item.name)) else item
        for item in book.names
    ]  # fmt: skip
    return at


def _at_row(item: Validation, source: int, row: int) -> Validation:
    areas = tuple(Area(row, part.left, row, part.right) for part in item.areas if part.top == part.bottom == source)
    return item._replace(areas=areas)
