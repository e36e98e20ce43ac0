"""What a campaign asks beyond its form: grades, reasons, checks of its own, approved figures, and copied texts."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT
from tests.finding_cases.campaigns import CONTEXT, laid
from xltool import campaign as campaigns
from xltool.checks import Background, graded
from xltool.findings import Code, finding, message
from xltool.model.finding import Finding, Position, Severity
from xltool.workflow.collect import collect
from xltool.workflow.opening import Opened, open_campaign

EXAMPLE = ROOT / "examples" / "minhang-2024"
SLOT = "output.quantity#01.current.value"
LOWER = finding(Code.IND_BELOW_LAST_YEAR, Position(cell="E58", field=SLOT), name="编纂书籍", value="3", earlier="5本")
ASKS = Background(reasons=frozenset({Code.IND_BELOW_LAST_YEAR.value}))


def judged(known: Background, reasons: dict[str, str] | None = None, remarks: str = "") -> Finding | None:
    return next(graded([LOWER], known, reasons or {}, remarks), None)


def test_without_a_reason_what_needs_one_is_an_error_that_says_where_to_write_it() -> None:
    found = judged(ASKS)
    assert found is not None
    assert found.severity is Severity.ERROR
    assert "合理性说明" in message(found)


def test_the_reason_on_the_sheet_of_opinions_lets_it_pass_and_is_kept_with_it() -> None:
    found = judged(ASKS, {f"IND26|{SLOT}": "两本并为一本。"})
    assert found is not None
    assert found.severity is Severity.WARNING
    assert "两本并为一本" in message(found)
    assert dict(found.args)["justification"] == "两本并为一本。"


@pytest.mark.parametrize(
    ("remarks", "severity"),
    [
        ("编纂书籍：两本并为一本。", Severity.WARNING),
        ("E58 两本并为一本。", Severity.WARNING),
        ("本单位无独立食堂。", Severity.ERROR),
        ("", Severity.ERROR),
    ],
)
def test_remarks_are_a_reason_where_they_name_what_they_excuse(remarks: str, severity: Severity) -> None:
    found = judged(ASKS, remarks=remarks)
    assert found is not None
    assert found.severity is severity


def test_who_sent_a_file_cannot_be_switched_off() -> None:
    forged = finding(Code.IDN_FORGED, Position(), unit="001")
    assert list(graded([forged], Background(grades={"IDN02": "off"}), {}, "")) == [forged]


def test_a_check_of_the_campaign_is_one_of_its_form(tmp_path: Path) -> None:
    text = '\n[[check]]\nkey = "limit"\nlabel = "项目支出与总额"\nexpression = "budget.project <= budget.total"\n'
    opened = open_campaign(laid({"append": {"campaign.toml": text}}, tmp_path), CONTEXT)
    assert isinstance(opened, Opened)
    assert opened.form.checks[-1].expression == "budget.project <= budget.total"
    assert opened.form.checks[-1].severity is Severity.ERROR


def test_the_roster_may_hold_approved_figures(tmp_path: Path) -> None:
    roster = '编码,单位名称,角色,批复数.budget.total\n001,示例局（本级）,本级,"1,234.50"\n002,示例馆,单位,\n'
    opened = open_campaign(laid({"write": {"units.csv": roster}}, tmp_path), CONTEXT)
    assert isinstance(opened, Opened)
    assert [(item.unit_code, item.field, item.amount) for item in opened.campaign.approved] == [
        ("001", "budget.total", Decimal("1234.50"))
    ]


def test_a_text_that_two_units_sent_is_said_of_both(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("inbox", "*.py"))
    campaigns.inbox(folder).mkdir()
    goals = "全年平稳完成各项服务，落实困难群众基本服务减免政策，完成设备更新并投入使用。"
    for path in sorted((EXAMPLE / "inbox").iterdir()):
        if path.name[:3] in ("002", "010"):
            book = openpyxl.load_workbook(path)
            book["申报表"]["B13"] = goals
            book.save(campaigns.inbox(folder) / path.name)
        elif path.name[:3] in ("001", "003"):
            shutil.copy(path, campaigns.inbox(folder))
    found = [item for item in collect(folder, context=CONTEXT).findings if item.code == Code.COL_TEXT_COPIED]
    assert {(item.position.unit_code, item.position.field, item.position.cell) for item in found} == {
        ("002", "goals", "B13"), ("010", "goals", "B13"),
    }  # fmt: skip
