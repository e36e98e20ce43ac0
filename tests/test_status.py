"""Who stands where, the 台账 and whom to remind; as the workflow tells it and as the files show it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.test_returns import CLEAN, UNIT, context, folder
from xltool.model.standing import Standing
from xltool.workflow.collect import collect
from xltool.workflow.decide import accept, hand_in, reopen, stamp, withdraw
from xltool.workflow.generate import generate
from xltool.workflow.opinions import Said
from xltool.workflow.returns import return_forms
from xltool.workflow.status import StatusResult, status

__all__ = ["folder"]


def standing(folder: Path, unit: str) -> str:
    return next(row.standing.value for row in status(folder, context=context()).rows if row.code == unit)


def test_a_unit_goes_through_its_standings_one_after_the_other(folder: Path) -> None:
    assert standing(folder, "001") == "not-issued"
    generate(folder, ("001",), context=context())
    assert standing(folder, "001") == "not-received"
    assert (standing(folder, UNIT), standing(folder, CLEAN)) == ("received", "accepted")
    return_forms(folder, context=context())
    assert standing(folder, UNIT) == "returned"
    stamp(folder, CLEAN, context=context())
    assert standing(folder, CLEAN) == "stamped"
    hand_in(folder, context=context())
    assert standing(folder, CLEAN) == "handed-in"
    reopen(folder, CLEAN, "财政退回", context=context())
    assert standing(folder, CLEAN) == "received"
    accept(folder, CLEAN, context=context())
    assert standing(folder, CLEAN) == "accepted"
    withdraw(folder, CLEAN, "错报", context=context())
    assert standing(folder, CLEAN) == "not-received"


def test_under_manual_acceptance_a_clean_form_waits(tmp_path: Path, folder: Path) -> None:
    settings = folder / "campaign.toml"
    settings.write_text(settings.read_text("utf-8").replace('accept = "auto"', 'accept = "manual"'), "utf-8")
    (folder / "ledger.sqlite").unlink()
    collect(folder, context=context())
    assert standing(folder, CLEAN) == "received"
    assert not accept(folder, CLEAN, context=context()).findings
    assert standing(folder, CLEAN) == "accepted"


@pytest.mark.parametrize(("today", "left", "final"), [(10, 5, 15), (15, 0, 10), (20, -5, 5), (30, -15, -5)])
def test_days_are_counted_to_both_deadlines(folder: Path, today: int, left: int, final: int) -> None:
    settings = folder / "campaign.toml"
    both = 'deadline = 2023-11-15\nfinal_deadline = "2023/11/25"'
    settings.write_text(settings.read_text("utf-8").replace("deadline = 2023-11-15", both), "utf-8")
    result = status(folder, context=replace(context(), now=lambda: datetime(2023, 11, today, tzinfo=UTC)))
    assert (result.days_left, result.final_days_left) == (left, final)


def test_the_board_can_be_filtered_counts_live_and_has_a_chart(folder: Path) -> None:
    result = status(folder, board=True, context=context())
    (path,) = result.files
    assert path.name == "台账.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    assert sheet.auto_filter.ref == "A4:M14"
    assert [cell.value for cell in sheet[6]][:3] == [CLEAN, "示例区殡仪馆", "已通过"]
    assert len(getattr(sheet, "_charts")) == 1  # noqa: B009  untyped
    counts = {sheet.cell(row, 15).value: sheet.cell(row, 16).value for row in range(5, 12)}
    assert counts["已通过"] == "=COUNTIF($C$5:$C$14,O9)"
    values = openpyxl.load_workbook(path, data_only=True).active
    assert values is not None
    assert {values.cell(row, 15).value: values.cell(row, 16).value for row in range(5, 12)} == {
        "未发": 8, "未报": 0, "已报待审": 1, "已退回": 0, "已通过": 1, "已盖章": 0, "已上报": 0,
    }  # fmt: skip


def chased(folder: Path, day: datetime) -> StatusResult:
    return status(folder, chase=True, context=replace(context(), now=lambda: day))


def test_those_to_be_reminded_are_those_whose_turn_it_is(folder: Path) -> None:
    generate(folder, ("001",), context=context())
    return_forms(folder, context=context())
    result = chased(folder, datetime(2023, 11, 12, tzinfo=UTC))
    text = result.chase
    assert [path.name for path in result.files] == ["催报.txt"]
    assert result.files[0].read_text("utf-8-sig") == text
    lines = text.splitlines()
    assert lines[2] == "1. 示例区民政局（本级）　未报　联系人：财务科　电话：021-00000001"
    assert lines[3].startswith("2. 示例区民政事务中心　已退回")
    assert "请于2023年11月15日前（还有 3 天）交回" in lines[5]
    assert "第1次退回" in lines[7]
    assert "还没有报送的：示例区民政局（本级）。已退回、等待改正的：示例区民政事务中心。" in lines[-1]
    assert "殡仪馆" not in text
    assert "{" not in text
    assert "已过 5 天" in chased(folder, datetime(2023, 11, 20, tzinfo=UTC)).chase


def test_nobody_is_reminded_when_nobody_owes_anything(folder: Path) -> None:
    assert "没有要催的单位" in chased(folder, datetime(2023, 11, 20, tzinfo=UTC)).chase


def test_a_newer_file_after_acceptance_is_said_with_the_standing(folder: Path) -> None:
    said = {CLEAN: Said((("duties", "请精简"),))}
    made = {item.unit_code: item for item in return_forms(folder, said=said, context=context()).returned}[CLEAN]
    accept(folder, CLEAN, context=context())
    (folder / "inbox" / "newer.xlsx").write_bytes(made.file.read_bytes())
    collect(folder, context=context())
    result = status(folder, context=context())
    (found,) = result.findings
    assert ("accepted", "1") in found.args
    row = next(row for row in result.rows if row.code == CLEAN)
    assert (row.standing, row.held, row.accepted_issue) == (Standing.ACCEPTED, 1, 1)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="only Unix lets a process change its clock's zone")
def test_days_and_times_are_those_of_the_clock_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Beijing the day begins eight hours before it does in Greenwich."""
    monkeypatch.setenv("TZ", "CST-8")
    time.tzset()
    try:
        evening = replace(context(), now=lambda: datetime(2023, 11, 9, 20, tzinfo=UTC))
        result = status(folder, board=True, context=evening)
        sheet = openpyxl.load_workbook(result.files[0]).active
        assert sheet is not None
        assert result.days_left == 5
        assert "（2023-11-10）" in str(sheet["A1"].value)
        assert {row[10].value for row in sheet.iter_rows(min_row=5, max_row=14)} == {"2024-01-01 20:00", None}
    finally:
        monkeypatch.undo()
        time.tzset()


def test_of_units_that_sent_nothing_no_errors_are_counted(folder: Path) -> None:
    result = status(folder, board=True, context=context())
    sheet = openpyxl.load_workbook(result.files[0]).active
    assert sheet is not None
    shown = {str(row[0].value): [cell.value for cell in row[7:10]] for row in sheet.iter_rows(min_row=5, max_row=14)}
    assert shown["001"] == [None, None, None]
    assert shown[CLEAN] == [0, 0, 0]


def test_on_the_last_day_it_is_said_that_it_is_today(folder: Path) -> None:
    generate(folder, ("001",), context=context())
    assert "请今天内（2023年11月15日截止）交回" in chased(folder, datetime(2023, 11, 15, tzinfo=UTC)).chase
