"""A form filled on an earlier version is read with that version and carried over; nothing typed is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.layout.form import lay_out
from xltool.model.finding import Finding, Severity
from xltool.model.form import Profile
from xltool.model.layout import FormLayout
from xltool.workflow.collect import collect
from xltool.workflow.context import Context
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import Reissue, generate
from xltool.workflow.opening import Opened, open_campaign

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "minhang-2024"
NEW_FORM = HERE / "forms" / "minhang-v2"
CONTEXT = Context(jobs=1)
UNIT = "002"
TYPED: dict[str, str | float] = {
    "duties": "做好殡葬服务。",
    "goals": "全年安全运行。",
    "tasks#02.title": "设备更新",
    "tasks#02.content": "更新两台设备。",
    "assets": 1234.5,
    "persons": 30,
    "offices": 4,
    "output.timeliness#03.name": "检修完成及时性",
    "output.timeliness#03.current.operator": "定性",
    "output.timeliness#03.current.value": "6月底前",
}


def _layout(folder: Path) -> FormLayout:
    opened = open_campaign(folder, CONTEXT)
    assert isinstance(opened, Opened), opened
    unit = next(unit for unit in opened.campaign.units if unit.code == UNIT)
    return lay_out(opened.form, unit.role, Profile.FILL, filling_of(opened.form, opened.campaign, unit))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A round whose unit 002 filled in its form on version 1, while the round has moved on to version 2."""
    folder = tmp_path / "round"
    folder.mkdir()
    for name in ("campaign.toml", "campaign.key", "units.csv"):
        shutil.copyfile(EXAMPLE / name, folder / name)
    for place in (campaigns.outbox(folder), campaigns.inbox(folder)):
        place.mkdir()
    issued = generate(folder, (UNIT,), context=CONTEXT).generated[0].file
    layout = _layout(folder)
    book = openpyxl.load_workbook(issued)
    for slot in layout.slots:
        if slot.key in TYPED:
            book[layout.sheet.name][a1(slot.range.first_row, slot.range.first_col)] = TYPED[slot.key]
    book.save(campaigns.inbox(folder) / issued.name)
    shutil.copytree(NEW_FORM, folder / "forms" / "minhang-2024")
    return folder


def _of(findings: tuple[Finding, ...], code: str) -> list[dict[str, str]]:
    return [dict(item.args) for item in findings if item.code == code]


def test_it_is_carried_over_by_key_and_each_outcome_is_reported(folder: Path) -> None:
    """Same, renamed, new and gone: what was dropped is quoted, what is new and compulsory is asked for."""
    result = collect(folder, context=CONTEXT)
    (file,) = result.files
    (summary,) = _of(file.findings, "TPL40")
    assert (summary["found"], summary["current"]) == ("1", "2")
    assert (summary["renamed"], summary["gone"], summary["new"]) == ("2", "1", "1")
    assert {item["old"]: item["new"] for item in _of(file.findings, "TPL43")} == {
        "部门职责": "部门职能",
        "产出指标·时效指标": "产出指标·进度指标",
    }
    assert _of(file.findings, "TPL41") == [{"label": "内设机构数", "text": "4"}]
    assert [item["label"] for item in _of(file.findings, "TPL42")] == ["公务用车（辆）"]
    blanks = {item.position.field for item in file.findings if item.code == "VAL01" and item.severity is Severity.ERROR}
    assert "vehicles" in blanks
    assert "mission" not in blanks


def test_the_reissued_form_holds_everything_that_was_typed(folder: Path) -> None:
    """generate --carry-over: the new version with the old answers in their new places."""
    collect(folder, context=CONTEXT)
    made = generate(folder, (UNIT,), reissue=Reissue(carry_over=True), context=CONTEXT)
    assert [item.issue for item in made.generated] == [2]
    layout = _layout(folder)
    sheet = openpyxl.load_workbook(made.generated[0].file)[layout.sheet.name]
    found = {slot.key: sheet.cell(slot.range.first_row, slot.range.first_col).value for slot in layout.slots}
    moved = {"duties": "mission", "offices": ""}
    for key, value in TYPED.items():
        new = moved.get(key, key.replace("output.timeliness", "output.progress"))
        if new:
            assert found[new] == value, new


def test_more_rows_keep_what_was_typed(folder: Path) -> None:
    """generate --more-rows: a larger form with the same answers, read back whole."""
    shutil.rmtree(folder / "forms")
    collect(folder, context=CONTEXT)
    made = generate(folder, (UNIT,), reissue=Reissue({"tasks": 3, "output.quality": 7}), context=CONTEXT)
    book = openpyxl.load_workbook(made.generated[0].file)
    sheet = book[_layout(folder).sheet.name]
    keys = {cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    assert {"tasks#11", "output.quality#16"} <= keys
    assert "tasks#12" not in keys
    texts = {value for value in TYPED.values() if isinstance(value, str)}
    assert texts <= keys


def test_a_given_answer_that_was_changed_is_issued_as_given_again(folder: Path) -> None:
    """What is locked in the form cannot be put right by the unit, so it is not carried over."""
    shutil.rmtree(folder / "forms")
    (path,) = campaigns.inbox(folder).iterdir()
    layout = _layout(folder)
    where = next(slot.range for slot in layout.slots if slot.key == "unit_name")
    book = openpyxl.load_workbook(path)
    cell = book[layout.sheet.name].cell(where.first_row, where.first_col)
    given, cell.value = cell.value, "别的单位"
    book.save(path)
    (file,) = collect(folder, context=CONTEXT).files
    (said,) = _of(file.findings, "TPL26")
    assert (said["before"], said["after"]) == (given, "别的单位")
    made = generate(folder, (UNIT,), reissue=Reissue({"tasks": 1}), context=CONTEXT)
    sheet = openpyxl.load_workbook(made.generated[0].file)[layout.sheet.name]
    assert sheet.cell(where.first_row, where.first_col).value == given


def test_an_unknown_part_is_named_with_those_there_are(folder: Path) -> None:
    """Rows can only be added where the form repeats."""
    result = generate(folder, (UNIT,), reissue=Reissue({"duties": 2}), context=CONTEXT)
    assert [item.code for item in result.findings if item.severity is Severity.ERROR] == ["DEF41"]
    assert result.generated == ()
