"""Cases on a returned form: a bundled form filled in, what is typed into it, and what is done to the workbook."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from tests.finding_cases.definitions import edited
from tests.issued import KEY, PLACES, Issued, form_of, issue
from xltool.addresses import absolute_range, parse_range
from xltool.campaign.review import review_settings
from xltool.collect import examine as examining
from xltool.collect.examine import Reading, examine
from xltool.definition import load
from xltool.excel.identity import sign
from xltool.excel.read import read_bytes
from xltool.layout.grid import Filling
from xltool.model.campaign import Campaign, PreviousAnswer, ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Role
from xltool.model.review import Approved
from xltool.model.submission import Identity
from xltool.model.workbook import CellKind, RawCell, RawComment, RawName, RawSheet, RawStyle, RawWorkbook

FILLINGS = Path(__file__).parents[1] / "cases" / "fillings"
_HIGHEST = 1_000_000


@cache
def filling(form_id: str) -> dict[str, Any]:
    text = (FILLINGS / f"{form_id}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def content(value: Any) -> str | Decimal:
    return value if isinstance(value, str) else Decimal(value)


def form_for(case: dict[str, Any], folder: Path) -> FormDefinition:
    """The bundled form, or a copy of it with the case's edits."""
    if "edit" not in case:
        return form_of(case.get("form", "minhang-2024"))
    form, faults = load(edited(case, folder))
    assert form is not None, faults
    return form


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    form_id, role = case.get("form", "minhang-2024"), Role(case.get("role", "unit"))
    contents = {key: content(value) for key, value in {**filling(form_id), **case.get("type", {})}.items()}
    sources = {"unit.name": "示例单位", "unit.full_name": "示例单位（全称）"}
    issued = issue(form_for(case, folder), role, Filling(contents, sources=sources), case.get("issue", 1))
    raw, faults = read_bytes(issued.data)
    assert raw is not None, faults
    for step in case.get("do", ()):
        raw = _STEPS[step["what"]](raw, issued, step)
    reading = Reading(issued_forms(case, issued), campaign(case, form_id), KEY, guide=PLACES)
    with mock.patch.object(examining, "read_bytes", lambda data, name: (raw, ())):
        return examine(b"", reading, "表.xlsx").findings


def issued_forms(case: dict[str, Any], issued: Issued) -> tuple[FormDefinition, ...]:
    """The forms that are known where the file is read."""
    return tuple(map(form_of, case["known"])) if "known" in case else (issued.form,)


def campaign(case: dict[str, Any], form_id: str) -> Campaign | None:
    """The campaign a case speaks of, None where the workbook is checked on its own."""
    said = case.get("campaign")
    if said is None:
        return None
    names = said.get("units", {"001": "示例单位"})
    units = tuple(ReportingUnit(code, name, Role.UNIT) for code, name in names.items())
    review, faults = review_settings(said.get("checks", {}), [])
    assert not faults
    return Campaign(
        said.get("id", "test-2024"), said.get("form", form_id), form_of(form_id).year, "示例区民政局", None, "", "", units,
        review=review,
        approved=tuple(Approved("001", key, Decimal(value), key) for key, value in said.get("approved", {}).items()),
        previous=tuple(
            PreviousAnswer("001", item.get("kind", "field"), item.get("level", ""), item["name"],
                           item.get("operator", ""), item["value"], item.get("measure", ""))
            for item in said.get("previous", ())
        ),
    )  # fmt: skip


# --- what is done to a workbook ---------------------------------------------------------------------------------------

Step = dict[str, Any]


def _sheet(raw: RawWorkbook, issued: Issued, change: Callable[[RawSheet], RawSheet]) -> RawWorkbook:
    """The workbook with its form sheet changed."""
    return replace(raw, sheets=tuple(change(item) if item.name == issued.sheet else item for item in raw.sheets))


def _place(issued: Issued, step: Step) -> tuple[int, int]:
    if "slot" in step:
        where = issued.slots[step["slot"]].range
        return where.first_row, where.first_col
    where = parse_range(step["cell"])
    return where.first_row, where.first_col


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


def _row_of(issued: Issued, key: str) -> int:
    return next(row for row, found in issued.layout.row_keys if found == key)


def _shifted(raw: RawWorkbook, issued: Issued, row_of: Callable[[int], int | None]) -> RawWorkbook:
    """Rows move, and names with them, as a program moves them; a row that goes nowhere takes its names along."""

    def change(sheet: RawSheet) -> RawSheet:
        cells = {}
        for (row, col), cell in sheet.cells.items():
            to = row_of(row)
            if to is not None:
                cells[to, col] = cell._replace(row=to)
        return replace(sheet, cells=cells)

    def moved(name: RawName) -> RawName:
        sheet, _, reference = name.refers_to.rpartition("!")
        where = parse_range(reference) if sheet and "$" in reference else None
        if where is None or issued.sheet not in sheet:
            return name
        rows = [to for row in range(where.first_row, where.last_row + 1) if (to := row_of(row)) is not None]
        if not rows:
            return name._replace(refers_to="#REF!")
        moved_to = where._replace(first_row=min(rows), last_row=max(rows))
        return name._replace(refers_to=f"{sheet}!{absolute_range(moved_to)}")

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
        return replace(sheet, cells={at: cell for at, cell in sheet.cells.items() if at[1] != column or at[0] not in rows})

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
    sheet = replace(form, name=step["name"], cells=cells) if step.get("copy") else RawSheet(step["name"], "visible", cells)
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
    names = tuple(
        name._replace(refers_to=name.refers_to.replace(old, new)) for name in raw.names if new or old not in name.refers_to
    )
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


_STEPS: dict[str, Callable[[RawWorkbook, Issued, Step], RawWorkbook]] = {
    "put": _put,
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
