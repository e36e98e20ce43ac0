"""The sheets beside the form: what was added to ours, what a list of ours has become, what stands on new ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

from xltool.addresses import a1, listed
from xltool.collect.cells import is_blank
from xltool.collect.drafts import written_beside_rows
from xltool.collect.plan_index import plain
from xltool.collect.reasons import written_beside
from xltool.excel.identity import META_SHEET, PREFIX
from xltool.findings import Code, finding
from xltool.findings.lists import quoted
from xltool.layout.workbook import SIZES_NAME
from xltool.model.finding import Finding, Position
from xltool.model.layout import SheetPlan
from xltool.model.submission import Identity
from xltool.model.workbook import RawCell, RawSheet, RawWorkbook
from xltool.words import table

UNKNOWN = "\ufffc"  # stands in a text of ours for what was filled in there


def other_sheets(
    workbook: RawWorkbook, forms: Collection[str], identity: Identity, others: tuple[SheetPlan, ...] = ()
) -> Iterator[Finding]:
    """Content nobody asked for on any sheet but the form, hidden ones too, and lists that were changed.

    `forms` are the names of the form sheet and of copies that hold nothing else; `others` the further sheets as
    issued: the guide, the lists.
    """
    plans = {plan.name: plan for plan in others}
    for sheet in workbook.sheets:
        if sheet.name in forms:
            continue
        plan = plans.get(sheet.name)
        if plan is not None and plan.state != "visible":
            yield from _altered_lists(sheet, plan)
        added = sorted(added_cells(sheet, plan, identity), key=lambda cell: (cell.row, cell.col))
        if added:
            position = Position(sheet=sheet.name, cell=listed((cell.row, cell.col) for cell in added))
            texts = quoted([cell.text for cell in added])
            yield finding(Code.TPL_OTHER_SHEET, position, sheet=sheet.name, count=len(added), texts=texts)


def added_cells(sheet: RawSheet, plan: SheetPlan | None, identity: Identity) -> list[RawCell]:
    """What stands on a sheet beside the form that is not ours; the sheet of opinions knows its own texts."""
    if sheet.name == table("workbook")["opinions"]["sheet"]:
        return list(written_beside(sheet))
    if sheet.name == META_SHEET:
        return [cell for cell in sheet.cells.values() if not is_blank(cell) and not _is_meta(sheet, cell, identity)]
    beside = written_beside_rows(sheet)
    if beside is not None:
        return list(beside)
    if plan is not None and plan.state != "visible":
        # What was put below a list of ours has become a part of it.
        lists = {col for _, col, _ in _columns(sheet, plan)}
        return [cell for cell in sheet.cells.values() if cell.col not in lists and not is_blank(cell)]
    known = _known(plan)
    return [cell for cell in sheet.cells.values() if not is_blank(cell) and not known.holds(plain(cell.text))]


def _is_meta(sheet: RawSheet, cell: RawCell, identity: Identity) -> bool:
    """A property of the workbook, or its value: the name of the unit may be any, the others are the identity's."""
    said = {"form": identity.form_id, "version": identity.form_version, "campaign": identity.campaign,
            "unit": identity.unit_code, "issue": str(identity.issue), "name": "", "token": "",
            SIZES_NAME: ""}  # fmt: skip
    if cell.col == 1:
        return cell.text in said
    before = sheet.cells.get((cell.row, 1))
    if cell.col > 2 or before is None or before.text not in said:
        return False
    return said[before.text] in ("", cell.text) and (before.text != "token" or cell.text.startswith(PREFIX))


def _columns(sheet: RawSheet, plan: SheetPlan) -> Iterator[tuple[str, int, list[str]]]:
    """Name of each list, the column it stands in now (0: nowhere), and its values as issued."""
    heads = {cell.text: col for (row, col), cell in sheet.cells.items() if row == 1}
    for col, (name, *values) in _kept(_COLUMNS, plan, _issued).items():
        yield name, heads.get(name, col if (1, col) not in sheet.cells else 0), values


def _issued(plan: SheetPlan) -> dict[int, list[str]]:
    """Each column of a sheet of lists from its first row to its last."""
    planned: dict[int, dict[int, str]] = {}
    for cell in plan.cells:
        planned.setdefault(cell.range.first_col, {})[cell.range.first_row] = str(cell.content)
    return {col: [column[row] for row in sorted(column)] for col, column in planned.items()}


def _altered_lists(sheet: RawSheet, plan: SheetPlan) -> Iterator[Finding]:
    columns: dict[int, dict[int, RawCell]] = {}
    for (row, at), cell in sheet.cells.items():
        if row > 1 and not is_blank(cell):
            columns.setdefault(at, {})[row] = cell
    for name, col, values in _columns(sheet, plan):
        found = columns.get(col, {})
        now = [found[row].text for row in sorted(found)]
        if now == values or sorted(map(plain, now)) == sorted(map(plain, values)):
            continue
        before = [value for value in values if value not in now]
        after = [(row, cell) for row, cell in sorted(found.items()) if cell.text not in values]
        cells = listed((row, col) for row, _ in after) or (a1(1, col) if col else "")
        yield finding(
            Code.TPL_LIST_ALTERED, Position(sheet=sheet.name, cell=cells), sheet=sheet.name, list=name, cell=cells,
            removed=quoted(before), added=quoted([cell.text for _, cell in after]),
        )  # fmt: skip


_Made = TypeVar("_Made")
_MOST_PLANS = 64  # kept; a run reads forms of a few roles


def _kept(made: dict[int, tuple[SheetPlan, _Made]], plan: SheetPlan, make: Callable[[SheetPlan], _Made]) -> _Made:
    """What was made of this plan, whose sheet every unit's workbook has: made once. The plan is kept with it, so that
    no other takes its identity."""
    if id(plan) not in made:
        if len(made) >= _MOST_PLANS:
            made.clear()
        made[id(plan)] = (plan, make(plan))
    return made[id(plan)][1]


def _known(plan: SheetPlan | None) -> _Known:
    return _Known(None) if plan is None else _kept(_KNOWN, plan, _Known)


class _Known:
    """The texts of a sheet of ours. Where a text was filled with something unknown here, any filling will do."""

    def __init__(self, plan: SheetPlan | None) -> None:
        texts = {plain(str(cell.content)) for cell in plan.cells if cell.content is not None} if plan else set()
        self.texts = {text for text in texts if UNKNOWN not in text}
        self.patterns = [
            re.compile(".*".join(map(re.escape, text.split(UNKNOWN))), re.DOTALL) for text in texts - self.texts
        ]

    def holds(self, text: str) -> bool:
        return text in self.texts or any(pattern.fullmatch(text) for pattern in self.patterns)


_KNOWN: dict[int, tuple[SheetPlan, _Known]] = {}
_COLUMNS: dict[int, tuple[SheetPlan, dict[int, list[str]]]] = {}
