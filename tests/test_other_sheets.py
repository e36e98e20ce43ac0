"""Nothing that was typed on another sheet goes unmentioned, hidden or not; lists that were changed are named."""

from __future__ import annotations

import pytest

from tests.tiny import FORM, IDENTITY, LAYOUT, TOKEN
from xltool.collect.other_sheets import other_sheets
from xltool.findings import Code
from xltool.layout.guide import lists_sheet, meta_sheet
from xltool.model.finding import Finding
from xltool.model.layout import SheetPlan
from xltool.model.workbook import CellKind, RawCell, RawSheet, RawWorkbook

LISTS = lists_sheet(FORM)
META = meta_sheet(FORM, (("token", TOKEN), ("form", "tiny"), ("unit", "001"), ("name", "某站"), ("issue", "1")))
FORM_SHEET = RawSheet(LAYOUT.sheet.name, "visible", {})


def _raw(plan: SheetPlan, changes: dict[tuple[int, int], str | None] | None = None) -> RawSheet:
    texts: dict[tuple[int, int], str | None] = {
        (cell.range.first_row, cell.range.first_col): str(cell.content) for cell in plan.cells
    }
    texts.update(changes or {})
    cells = {at: RawCell(*at, CellKind.TEXT, text, None, 0) for at, text in texts.items() if text is not None}
    return RawSheet(plan.name, plan.state, cells)


def _found(*sheets: RawSheet) -> list[Finding]:
    return list(other_sheets(RawWorkbook((FORM_SHEET, *sheets)), {FORM_SHEET.name}, IDENTITY, (LISTS,)))


def test_sheets_as_issued_are_nothing_to_speak_of() -> None:
    assert _found(_raw(LISTS), _raw(META)) == []


@pytest.mark.parametrize("state", ["visible", "hidden", "veryHidden"])
def test_content_on_a_new_sheet_is_named_hidden_or_not(state: str) -> None:
    sheet = RawSheet("草稿", state, {(2, 3): RawCell(2, 3, CellKind.TEXT, "五百万", None, 0)})
    (item,) = _found(sheet)
    assert (item.code, item.position.sheet, item.position.cell) == (Code.TPL_OTHER_SHEET, "草稿", "C2")


def test_a_choice_put_in_the_place_of_another_is_told_before_and_after() -> None:
    (item,) = _found(_raw(LISTS, {(3, 1): "大约"}))
    assert item.code == Code.TPL_LIST_ALTERED
    assert (dict(item.args)["removed"], dict(item.args)["added"], item.position.cell) == ("≥", "大约", "A3")


@pytest.mark.parametrize(
    ("changes", "removed", "added"), [({(2, 1): None}, "=", ""), ({(40, 1): "约"}, "", "约")], ids=["removed", "added"]
)
def test_a_choice_removed_or_added_is_named(
    changes: dict[tuple[int, int], str | None], removed: str, added: str
) -> None:
    (item,) = _found(_raw(LISTS, changes))
    assert item.code == Code.TPL_LIST_ALTERED
    assert (dict(item.args)["removed"], dict(item.args)["added"]) == (removed, added)


def test_choices_in_another_order_are_the_same_list() -> None:
    assert _found(_raw(LISTS, {(2, 1): "≥", (3, 1): "="})) == []


def test_content_beside_the_lists_is_named() -> None:
    (item,) = _found(_raw(LISTS, {(1, 30): "顺便"}))
    assert (item.code, item.position.cell) == (Code.TPL_OTHER_SHEET, "AD1")


@pytest.mark.parametrize(
    ("change", "cell"),
    [({(9, 1): "备注"}, "A9"), ({(2, 3): "多写的"}, "C2"), ({(3, 2): "002"}, "B3"), ({(1, 2): "XX"}, "B1")],
)
def test_what_the_hidden_identity_sheet_says_besides_is_named(change: dict[tuple[int, int], str], cell: str) -> None:
    (item,) = _found(_raw(META, dict(change)))
    assert (item.code, item.position.cell) == (Code.TPL_OTHER_SHEET, cell)
