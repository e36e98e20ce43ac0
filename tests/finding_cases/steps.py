"""What is done to a returned workbook before it is read: what people do to rows, and what programs lose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.issued import KEY, Issued
from xltool.addresses import absolute_range, parse_range
from xltool.excel.identity import sign
from xltool.model.submission import Identity
from xltool.model.workbook import CellKind, CellRange, RawCell, RawComment, RawName, RawSheet, RawStyle, RawWorkbook

_HIGHEST = 1_000_000
Step = dict[str, Any]


def _sheet(raw: RawWorkbook, issued: Issued, change: Callable[[RawSheet], RawSheet]) -> RawWorkbook:
    """The workbook with its form sheet changed."""
    return replace(raw, sheets=tuple(change(item) if item.name == issued.sheet else item for item in raw.sheets))


def _place(issued: Issued, step: Step) -> tuple[int, int]:
    if "slot" in step:
        slot = issued.slots[step["slot"]].range
        return slot.first_row, slot.first_col
    cell = parse_range(step["cell"])
    assert cell is not None
    return cell.first_row, cell.first_col


def _put(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A cell as a program leaves it: kind, text, formula and number format. `kind = "none"` empties it."""
    row, col = _place(issued, step)
    style = len(raw.styles)
    raw = replace(raw, styles=(*raw.styles, RawStyle(step.get("format", "General"), False)))

    def change(sheet: RawSheet) -> RawSheet:
        cells = dict(sheet.cells)
        if step.get("kind") == "none":
            cells.pop((row, col), None)
        else:
            kind = CellKind(step.get("kind", "text"))
            cells[row, col] = RawCell(row, col, kind, step.get("text", ""), step.get("formula"), style)
        return replace(sheet, cells=cells)

    return _sheet(raw, issued, change)


def _put_on(raw: RawWorkbook, _: Issued, step: Step) -> RawWorkbook:
    """A text in a cell of another sheet."""
    where = parse_range(step["cell"])
    assert where is not None
    cell = RawCell(where.first_row, where.first_col, CellKind.TEXT, step["text"], None, 0)
    return replace(raw, sheets=tuple(
        replace(sheet, cells={**sheet.cells, (cell.row, cell.col): cell}) if sheet.name == step["sheet"] else sheet
        for sheet in raw.sheets
    ))  # fmt: skip


def _merge(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """Cells merged into one; what they hold stays in the file."""
    where = parse_range(step["cells"])
    assert where is not None
    return _sheet(raw, issued, lambda sheet: replace(sheet, merges=(*sheet.merges, where)))


def _row_of(issued: Issued, key: str) -> int:
    return next(row for row, found in issued.layout.row_keys if found == key)


def _shifted(raw: RawWorkbook, issued: Issued, row_of: Callable[[int], int | None]) -> RawWorkbook:
    """Rows move, and names and merged cells with them, as a program moves them; a row that goes takes its own along."""

    def spanned(where: CellRange) -> CellRange | None:
        rows = [to for row in range(where.first_row, where.last_row + 1) if (to := row_of(row)) is not None]
        return where._replace(first_row=min(rows), last_row=max(rows)) if rows else None

    def change(sheet: RawSheet) -> RawSheet:
        cells = {}
        for (row, col), cell in sheet.cells.items():
            to = row_of(row)
            if to is not None:
                cells[to, col] = cell._replace(row=to)
        merges = tuple(area for area in map(spanned, sheet.merges) if area is not None)
        return replace(sheet, cells=cells, merges=merges)

    def moved(name: RawName) -> RawName:
        sheet, _, reference = name.refers_to.rpartition("!")
        where = parse_range(reference) if sheet and "$" in reference else None
        if where is None or issued.sheet not in sheet:
            return name
        to = spanned(where)
        return name._replace(refers_to="#REF!" if to is None else f"{sheet}!{absolute_range(to)}")

    return replace(_sheet(raw, issued, change), names=tuple(moved(name) for name in raw.names))


def _delete_row(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    gone = _row_of(issued, step["row"])
    return _shifted(raw, issued, lambda row: None if row == gone else row - (row > gone))


def _insert_row(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A row above another, with a text typed into it."""
    at = _row_of(issued, step["above"])
    raw = _shifted(raw, issued, lambda row: row + (row >= at))
    text = RawCell(at, step.get("col", 3), CellKind.TEXT, step["text"], None, 0)
    return _sheet(raw, issued, lambda sheet: replace(sheet, cells={**sheet.cells, (at, text.col): text}))


def _insert_column(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A column before another; names are left behind."""
    at = step["before"]

    def change(sheet: RawSheet) -> RawSheet:
        moved = (cell._replace(col=cell.col + (cell.col >= at)) for cell in sheet.cells.values())
        return replace(sheet, cells={(cell.row, cell.col): cell for cell in moved})

    return _sheet(raw, issued, change)


def _copy_row(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A row copied, hidden key and all, and inserted below itself."""
    source = _row_of(issued, step["row"])
    raw = _shifted(raw, issued, lambda row: row + (row > source))

    def change(sheet: RawSheet) -> RawSheet:
        copied = {(source + 1, col): cell._replace(row=source + 1)
                  for (row, col), cell in sheet.cells.items() if row == source}  # fmt: skip
        return replace(sheet, cells=sheet.cells | copied)

    return _sheet(raw, issued, change)


def _move_row(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A row cut out and inserted above another one further down."""
    source, to = _row_of(issued, step["row"]), _row_of(issued, step["above"])
    return _shifted(
        raw, issued, lambda row: to - 1 if row == source else row - 1 if source < row < to else row
    )


def _without_keys(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """The hidden key column emptied: all of it but the token, or the keys of these rows."""
    column = issued.layout.key_column
    rows = {_row_of(issued, key) for key in step.get("rows", ())} or set(range(2, _HIGHEST))

    def change(sheet: RawSheet) -> RawSheet:
        kept = {at: cell for at, cell in sheet.cells.items() if at[1] != column or at[0] not in rows}
        return replace(sheet, cells=kept)

    return _sheet(raw, issued, change)


def _without_names(raw: RawWorkbook, _: Issued, step: Step) -> RawWorkbook:
    wanted = tuple(step.get("names", ("F_", "S_")))
    return replace(raw, names=tuple(name for name in raw.names if not name.name.startswith(wanted)))


def _names_to(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A name that points to another cell."""
    names = tuple(
        name._replace(refers_to=f"'{issued.sheet}'!{step['to']}") if name.name == step["name"] else name
        for name in raw.names
    )
    return replace(raw, names=names)


def _unprotect(raw: RawWorkbook, issued: Issued, _: Step) -> RawWorkbook:
    return _sheet(raw, issued, lambda sheet: replace(sheet, protected=False))


def _without_validations(raw: RawWorkbook, issued: Issued, _: Step) -> RawWorkbook:
    return _sheet(raw, issued, lambda sheet: replace(sheet, validations=()))


def _hide_row(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    hidden = frozenset({_place(issued, step)[0]})
    return _sheet(raw, issued, lambda sheet: replace(sheet, hidden_rows=hidden))


def _comment(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    note = RawComment(*_place(issued, step), "某某", step["text"])
    return _sheet(raw, issued, lambda sheet: replace(sheet, comments=(*sheet.comments, note)))


def _rename_sheet(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    names = tuple(name._replace(refers_to=name.refers_to.replace(issued.sheet, step["to"])) for name in raw.names)
    return replace(_sheet(raw, issued, lambda sheet: replace(sheet, name=step["to"])), names=names)


def _only_sheets(raw: RawWorkbook, _: Issued, step: Step) -> RawWorkbook:
    sheets = tuple(sheet for sheet in raw.sheets if sheet.name in step["sheets"])
    gone = tuple(f"'{sheet.name}'!" for sheet in raw.sheets if sheet not in sheets)
    names = (name._replace(refers_to="#REF!") if name.refers_to.startswith(gone) else name for name in raw.names)
    return replace(raw, sheets=sheets, names=tuple(names))


def _add_sheet(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """A sheet of one text, or with `copy` another copy of the form with one cell changed."""
    form = next(sheet for sheet in raw.sheets if sheet.name == issued.sheet)
    row, col = _place(issued, step) if "slot" in step else (1, 1)
    cell = RawCell(row, col, CellKind.TEXT, step["text"], None, 0)
    cells = {**form.cells, (row, col): cell} if step.get("copy") else {(1, 1): cell}
    blank = RawSheet(step["name"], "visible", {})
    sheet = replace(form if step.get("copy") else blank, name=step["name"], cells=cells)
    return replace(raw, sheets=(*raw.sheets, sheet))


def _token(raw: RawWorkbook, issued: Issued, step: Step) -> RawWorkbook:
    """Every copy of the token, or those of some carriers, replaced: by another identity's, by a text, or by nothing."""
    old = raw.sheets[0].cells[1, issued.layout.key_column].text
    new = step.get("text", "")
    if "identity" in step:
        said = {"form": issued.form.id, "version": issued.form.version, "campaign": "test-2024", "unit": "001",
                "issue": 1, "role": issued.role.value, **step["identity"]}  # fmt: skip
        key = b"another key" if step.get("forged") else KEY
        who = Identity(said["form"], said["version"], said["campaign"], said["unit"], said["issue"], said["role"])
        new = sign(who, key)
    where = step.get("where", ["name", "property", "cells"])
    kept = (name for name in raw.names if new or old not in name.refers_to)
    names = tuple(name._replace(refers_to=name.refers_to.replace(old, new)) for name in kept)
    properties = tuple((key, value.replace(old, new)) for key, value in raw.properties if new or old not in value)
    sheets = tuple(
        replace(
            sheet,
            cells={
                at: cell._replace(text=cell.text.replace(old, new))
                for at, cell in sheet.cells.items()
                if new or old not in cell.text
            },
        )
        for sheet in raw.sheets
    )
    return replace(
        raw,
        names=names if "name" in where else raw.names,
        properties=properties if "property" in where else raw.properties,
        sheets=sheets if "cells" in where else raw.sheets,
    )


STEPS: dict[str, Callable[[RawWorkbook, Issued, Step], RawWorkbook]] = {
    "put": _put,
    "put-on": _put_on,
    "merge": _merge,
    "delete-row": _delete_row,
    "insert-row": _insert_row,
    "insert-column": _insert_column,
    "copy-row": _copy_row,
    "move-row": _move_row,
    "without-keys": _without_keys,
    "without-names": _without_names,
    "names-to": _names_to,
    "unprotect": _unprotect,
    "without-validations": _without_validations,
    "hide-row": _hide_row,
    "comment": _comment,
    "rename-sheet": _rename_sheet,
    "only-sheets": _only_sheets,
    "add-sheet": _add_sheet,
    "token": _token,
}
