"""Last year's accepted answers: where this year's forms begin, and what they are held against."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.commands import xltool
from xltool.definition import load_form
from xltool.findings import Code
from xltool.layout.form import lay_out
from xltool.model.campaign import PreviousAnswer
from xltool.model.form import Profile
from xltool.workflow.collect import collect
from xltool.workflow.compare import diff
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import generate
from xltool.workflow.init import init
from xltool.workflow.opening import Opened, open_campaign
from xltool.workflow.previous import previous_answers, take_previous
from xltool.workflow.suggestions import suggested

CONTEXT = Context(jobs=1)


@pytest.fixture(scope="module")
def last_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled example, run to its end."""
    folder = tmp_path_factory.mktemp("last") / "year"
    for _ in demo(folder, context=CONTEXT):
        pass
    return folder


def _opened(folder: Path) -> Opened:
    opened = open_campaign(folder, CONTEXT)
    assert isinstance(opened, Opened), opened
    return opened


def test_texts_and_indicators_stand_in_the_new_forms_as_a_starting_point(last_year: Path, tmp_path: Path) -> None:
    """Names, operators and measures are there to be kept or changed; this year's targets are left to the unit."""
    folder = tmp_path / "round"
    result = init(folder, "minhang-2024", previous=last_year, context=CONTEXT)
    assert result.findings == ()
    assert result.units == 10
    made = generate(folder, ("009",), context=CONTEXT).generated[0]
    opened = _opened(folder)
    unit = next(unit for unit in opened.campaign.units if unit.code == "009")
    layout = lay_out(opened.form, unit.role, Profile.FILL, filling_of(opened.form, opened.campaign, unit))
    sheet = openpyxl.load_workbook(made.file)[layout.sheet.name]
    found = {slot.key: sheet.cell(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    with (last_year / "result" / "dataset" / "fields.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = {row["field"]: row["text"] for row in csv.DictReader(file) if row["unit_code"] == "009"}
    assert found["duties"].value == texts["duties"]
    assert not found["duties"].protection.locked
    assert found["budget.total"].value is None
    with (last_year / "result" / "dataset" / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        names = [row["name"] for row in csv.DictReader(file) if row["unit_code"] == "009"]
    written = [cell.value for key, cell in found.items() if key.endswith(".name") and cell.value]
    assert written == names
    assert not [key for key, cell in found.items() if key.endswith(".value") and cell.value]


def test_a_column_for_last_year_gets_last_years_target(last_year: Path) -> None:
    """上年度 is filled with what was accepted: operator, number and measure as one text."""
    form, _ = load_form("yuzhong-2020")
    assert form is not None
    opened = _opened(last_year)
    unit = opened.campaign.units[1]
    answers = (
        PreviousAnswer(unit.code, "indicator", "output.quantity", "甲", "≥", "50", "个"),
        PreviousAnswer(unit.code, "indicator", "output.quality", "乙", "定性", "及时", ""),
        PreviousAnswer("999", "indicator", "output.quality", "丙", "定性", "及时", ""),
    )
    contents = suggested(form, replace(opened.campaign, previous=answers), unit, {})
    assert contents["output.quantity#01.name"] == "甲"
    assert contents["output.quantity#01.previous.value"] == "≥50个"
    assert contents["output.quality#01.previous.value"] == "及时"
    assert "丙" not in contents.values()


def test_a_text_that_looks_like_a_formula_survives_the_table(last_year: Path, tmp_path: Path) -> None:
    """previous.csv may be opened in a spreadsheet: `=1+1` stays text there and comes back as it was."""
    folder = tmp_path / "round"
    init(folder, "minhang-2024", previous=last_year, context=CONTEXT)
    operators = {item.operator for item in _opened(folder).campaign.previous if item.kind == "indicator"}
    assert "=" in operators
    with (folder / "previous.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_the_dataset_of_a_campaign_says_what_the_campaign_itself_says(last_year: Path) -> None:
    form = _opened(last_year).form
    from_campaign, findings = previous_answers(last_year, form, CONTEXT)
    assert findings == ()
    from_dataset, findings = previous_answers(last_year / "result" / "dataset", form, CONTEXT)
    assert findings == ()
    assert from_dataset == from_campaign
    assert len({item.unit_code for item in from_dataset}) == 10


def test_neither_a_campaign_nor_a_dataset_is_said_and_nothing_is_written(tmp_path: Path, last_year: Path) -> None:
    (tmp_path / "nothing").mkdir()
    folder = tmp_path / "round"
    init(folder, "minhang-2024", units=last_year / "units.csv", context=CONTEXT)
    result = take_previous(folder, tmp_path / "nothing", context=CONTEXT)
    assert (result.file, [item.code for item in result.findings]) == (None, [Code.DEF_CAMPAIGN_MISSING])
    assert not (folder / "previous.csv").exists()


@pytest.mark.parametrize("source", [".", "result/dataset"])
def test_answers_taken_in_later_reach_the_checks_and_the_comparison(
    last_year: Path, tmp_path: Path, source: str
) -> None:
    """The same forms collected in the next year: every text is last year's, no target is below it."""
    folder = tmp_path / "round"
    shutil.copytree(last_year, folder, ignore=shutil.ignore_patterns("result", "archive", "ledger*"))
    done = xltool("previous", last_year / source, "-C", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "10 个单位" in done.stdout
    result = collect(folder, context=CONTEXT)
    mine = [item for file in result.files if file.unit_code == "002" for item in file.findings]
    assert {item.position.field for item in mine if item.code == Code.VAL_LAST_YEARS} == {"duties", "goals"}
    assert diff(folder, "002", last_year=True, context=CONTEXT).changes == ()


@pytest.mark.parametrize("source", [".", "result/dataset"])
def test_a_form_is_compared_with_last_years_folder_without_taking_it_in(last_year: Path, source: str) -> None:
    assert [item.code for item in diff(last_year, "002", last_year=True, context=CONTEXT).findings] == [
        Code.COL_NO_SUCH_FILE
    ]
    result = diff(last_year, "002", previous=last_year / source, context=CONTEXT)
    assert (result.changes, result.findings) == ((), ())
    done = xltool("diff", "002", "--previous", last_year / source, "-C", last_year)
    assert (done.returncode, done.stderr) == (0, "")
