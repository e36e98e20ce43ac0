"""What changed between two attempts, value by value, wherever the rows went."""

from __future__ import annotations

from pathlib import Path

from tests.clients.javascript import NodeClient
from tests.test_returns import UNIT, come_back, context, folder, seen, the_return
from xltool.findings import Code
from xltool.workflow.compare import DiffResult, _changes, _Content, diff
from xltool.workflow.returns import return_forms

__all__ = ["folder"]


def changed(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str, str, str]]:
    found = _changes(_Content("a", before, {}), _Content("b", after, {}), {}, only_known=False)
    return [(item.slot, item.row, item.before, item.after) for item in found]


def test_two_attempts_differ_in_what_was_changed_and_nothing_else(folder: Path, exceljs: NodeClient) -> None:
    made = the_return(return_forms(folder, context=context()))
    where = seen(folder, made.file).cells
    come_back(folder, made, exceljs.fill, [("申报表", where["goals"], "保障运转"), ("申报表", where["persons"], 46)])
    result = diff(folder, UNIT, context=context())
    assert [(item.slot, item.cell, item.before, item.after) for item in result.changes] == [
        ("goals", where["goals"], "", "保障运转"),
        ("persons", where["persons"], "46人", "46"),
    ]
    assert result.after == "back-2.xlsx"
    assert diff(folder, UNIT, issues=(2, 1), context=context()).changes[0].after == ""


def test_a_form_that_came_only_once_has_nothing_to_be_compared_with(folder: Path) -> None:
    for result in (diff(folder, UNIT, context=context()), diff(folder, UNIT, issues=(1, 7), context=context())):
        assert [item.code for item in result.findings] == [Code.COL_NO_SUCH_FILE]
    assert [item.code for item in diff(folder, "999", context=context()).findings] == [Code.DEF_UNIT_UNKNOWN]


def test_last_years_answers_are_compared_where_there_are_any(folder: Path) -> None:
    (folder / "previous.csv").write_text(
        "单位编码,种类,级次,名称,计算符号,目标值,计量单位\n"
        f"{UNIT},字段,,duties,,去年的职责,\n{UNIT},指标,output.quantity,助老惠老服务人次,≥,5000,人次\n",
        "utf-8-sig",
    )
    result: DiffResult = diff(folder, UNIT, last_year=True, context=context())
    assert not [item for item in result.findings if item.severity == "error"], result.findings
    values = {(item.slot.rpartition(".")[2], item.before): item.after for item in result.changes}
    assert values["value", "5000"] == "6000"
    assert next(item for item in result.changes if item.slot == "duties").before == "去年的职责"
    assert len(result.changes) == 3  # the text, the value, and the operator that is missing now


BEFORE = {"t#01.name": "甲", "t#01.x": "1", "t#02.name": "乙", "t#02.x": "2", "t#03.name": "", "t#03.x": ""}


def test_a_row_that_moved_has_not_changed() -> None:
    after = {"t#01.name": "乙", "t#01.x": "2", "t#02.name": "甲", "t#02.x": "1", "t#03.name": "", "t#03.x": ""}
    assert changed(BEFORE, after) == []


def test_a_row_that_is_gone_is_told_and_those_below_have_not_changed() -> None:
    after = {"t#01.name": "乙", "t#01.x": "2", "t#02.name": "", "t#02.x": "", "t#03.name": "", "t#03.x": ""}
    assert changed(BEFORE, after) == [("t#01.name", "甲", "甲", ""), ("t#01.x", "甲", "1", "")]


def test_a_row_that_was_renamed_is_one_change() -> None:
    assert changed(BEFORE, {**BEFORE, "t#01.name": "丙"}) == [("t#01.name", "丙", "甲", "丙")]


def test_a_new_row_is_told_value_by_value() -> None:
    assert changed(BEFORE, {**BEFORE, "t#03.name": "丙", "t#03.x": "3"}) == [
        ("t#03.name", "丙", "", "丙"),
        ("t#03.x", "丙", "", "3"),
    ]


def test_numbers_are_compared_as_numbers() -> None:
    assert changed({"a": "100.00"}, {"a": "100"}) == []
