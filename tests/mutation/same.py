"""Where two raw workbooks differ, in what reading could tell apart: styles by what they say, not by their number."""

from __future__ import annotations

from collections.abc import Container, Iterator

from xltool.addresses import a1, range_a1
from xltool.model.workbook import CellRange, RawSheet, RawWorkbook

Seen = dict[str, object]


def differences(one: RawWorkbook, other: RawWorkbook, recalculated: Container[str] = ()) -> list[str]:
    """A line for each thing that one workbook has and the other has not, or has otherwise.

    `recalculated` are cells (`申报表 A1`) whose formulas have to be the same, but not their results.
    """
    first, second = _seen(one, recalculated), _seen(other, recalculated)
    return [
        f"{key}: {first.get(key)!r} | {second.get(key)!r}"
        for key in sorted(first.keys() | second.keys())
        if first.get(key) != second.get(key)
    ]


def _seen(book: RawWorkbook, recalculated: Container[str]) -> Seen:
    found: Seen = {
        "application": book.application,
        "date1904": book.date1904,
        "structure locked": book.structure_locked,
        "macros": book.has_macros,
        "links": book.external_links,
        "sheets": [sheet.name for sheet in book.sheets],
    }
    found |= {f"property {name}": text for name, text in book.properties}
    found |= {f"name {item.sheet}!{item.name}": (item.refers_to, item.hidden) for item in book.names}
    for sheet in book.sheets:
        found |= {f"{sheet.name} {key}": value for key, value in _of_sheet(sheet)}
        for cell in sheet.cells.values():
            key = f"{sheet.name} {a1(cell.row, cell.col)}"
            result = (cell.kind.value, cell.text) if cell.formula is None or key not in recalculated else ()
            found[key] = (*result, cell.formula, *book.styles[cell.style])
    return found


def _of_sheet(sheet: RawSheet) -> Iterator[tuple[str, object]]:
    yield "state", sheet.state
    yield "protected", sheet.protected
    yield "merges", sorted(range_a1(area) for area in sheet.merges)
    yield "hidden rows", sorted(sheet.hidden_rows)
    yield "hidden columns", sorted(sheet.hidden_cols)
    yield "conditional formats", sheet.conditional_formats
    for comment in sheet.comments:
        yield f"comment {a1(comment.row, comment.col)}", (comment.author, comment.text)
    for place, rule in _validations(sheet):
        yield f"validation {place}", rule


def _validations(sheet: RawSheet) -> Iterator[tuple[str, object]]:
    """By cell, because programs join equal rules and split others."""
    for rule in sheet.validations:
        for area in rule.ranges:
            for row, col in _places(area):
                yield a1(row, col), (rule.type, rule.formula1, rule.formula2)


def _places(area: CellRange) -> Iterator[tuple[int, int]]:
    for row in range(area.first_row, area.last_row + 1):
        for col in range(area.first_col, area.last_col + 1):
            yield row, col
