"""Pressing gives the very bytes that writing gives, whatever the texts are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xltool.excel import press as pressing
from xltool.excel.press import press
from xltool.excel.write import write
from xltool.model.layout import PlanCell, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellRange

TEXT = Style("宋体", 10.0)


def plan_of(token: str, name: str, *more: str) -> WorkbookPlan:
    """A small workbook with a token in all its places, a name, a formula, labels, and further texts."""
    texts = ("单位名称", name, "≥", token, "1", *more)
    cells = [PlanCell(CellRange(row, 1, row, 1), text or None, TEXT) for row, text in enumerate(texts, start=1)]
    cells.append(PlanCell(CellRange(30, 1, 30, 2), "完整", TEXT, formula='="完整"'))
    sheet = SheetPlan("申报表", "visible", (20.0,), ((1, 30.0),), tuple(cells), footer=f"第 &P 页 {token}")
    other = SheetPlan("_meta", "hidden", (20.0,), (), (PlanCell(CellRange(1, 1, 1, 1), token, TEXT),))
    return WorkbookPlan((sheet, other), "表", (("XT_TOKEN", token),), (("xltool-token", token),), True)


@pytest.mark.parametrize("name", ["养老院", "A&B <院>", "1", "单位名称", "", " 前", "_x0041_", "<r>x</r>", "甲" * 300])
def test_a_name_of_any_kind_is_pressed_as_it_is_written(name: str) -> None:
    plan = plan_of("XT1.a.1", name)
    assert press(plan, ("XT1.a.1", name)) == write(plan)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=8), min_size=1, max_size=4), st.lists(st.text(max_size=5), max_size=4))
@example(["\ue000\ue100\ue001"], ["x"])
@example(["x"], ["\ue000\ue100\ue001"])
@example(["1", "11"], ["11", "1"])
def test_any_texts_are_pressed_as_they_are_written(texts: list[str], others: list[str]) -> None:
    plan = plan_of("XT1.form.1.c.002.unit.1.ABC", texts[0], *texts[1:], *others)
    try:
        written = write(plan)
    except (ValueError, UnicodeEncodeError):
        return  # no workbook can hold these texts
    assert press(plan, ("XT1.form.1.c.002.unit.1.ABC", *texts)) == written


def test_plans_that_differ_in_texts_of_their_own_are_laid_down_once() -> None:
    pressing.forget()
    for number in range(5):
        plan = plan_of(f"XT1.{number:03}", f"单位{number}")
        assert press(plan, (f"XT1.{number:03}", f"单位{number}")) == write(plan)
    assert pressing._mould.cache_info().misses == 1


def test_a_plan_that_differs_in_more_is_laid_down_anew() -> None:
    plan = plan_of("XT1.a", "甲")
    taller = replace(plan, sheets=(replace(plan.sheets[0], heights=((1, 60.0),)), plan.sheets[1]))
    assert press(plan, ("XT1.a", "甲")) != press(taller, ("XT1.a", "甲")) == write(taller)
