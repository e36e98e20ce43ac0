"""The whole journey on the bundled example gives the published form, in the tables and on the page."""

from __future__ import annotations

import csv
import os
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from tests.clients.libreoffice import LibreOffice
from tests.commands import as_json, xltool
from tests.golden.seed import GoldenField, GoldenIndicator, stored_fields, stored_indicators

Row = dict[str, str]
FAULTY = "005"  # the unit whose first form is full of mistakes
OWN = "001"
RESULTS = (
    "汇总表.xlsx", "dataset.xlsx", "dataset/units.csv", "dataset/fields.csv", "dataset/tasks.csv",
    "dataset/indicators.csv", "dataset/consolidated_fields.csv", "dataset/consolidated_tasks.csv",
    "dataset/consolidated_indicators.csv", "dataset/contributions.csv", "dataset/findings.csv",
)  # fmt: skip
WITHOUT_NUMBER = ("wording", "comparison")
BUDGET = {
    "budget.total": Decimal("476373173.65"),
    "budget.fiscal": Decimal("476373173.65"),
    "budget.other": Decimal(0),
    "budget.basic": Decimal("52920036.15"),
    "budget.project": Decimal("423453137.50"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo: one made elsewhere where XLTOOL_DEMO_RESULT names it, else made here."""
    given = os.environ.get("XLTOOL_DEMO_RESULT")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("demo") / "round"
    done = xltool("demo", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module", params=["zh", "en"])
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The language, and what the demo prints in it."""
    done = xltool("demo", tmp_path_factory.mktemp("told") / "round", language=request.param)
    assert (done.returncode, done.stderr) == (0, "")
    return request.param, done.stdout


def table(demo: Path, name: str) -> list[Row]:
    with (demo / "result" / "dataset" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def golden_amounts() -> list[GoldenField]:
    return [row for row in stored_fields() if not row.field.startswith("tasks.")]


def golden_tasks() -> list[str]:
    return [row.text for row in stored_fields() if row.field.startswith("tasks.")]


def test_every_result_is_there(demo: Path) -> None:
    for name in RESULTS:
        assert (demo / "result" / name).stat().st_size > 0, name


def test_the_indicators_are_the_published_ones_letter_for_letter_in_their_order(demo: Path) -> None:
    rows = table(demo, "consolidated_indicators")
    told = [GoldenIndicator(row["level1"], row["level2"], row["name"], row["text"]) for row in rows]
    assert told == list(stored_indicators())
    assert len(told) == 42
    levels = Counter(row.level2 for row in told)
    assert (levels["质量指标"], levels["时效指标"]) == (7, 7)
    assert {row["column"] for row in rows} == {"本年"}


def test_each_indicator_says_how_it_came_about(demo: Path) -> None:
    columns = {"level1", "level2", "name", "column", "operator", "number", "measure", "kind", "text", "rule"}
    for row in table(demo, "consolidated_indicators"):
        assert columns | {"contributors"} <= row.keys()
        assert row["operator"], row
        assert row["rule"], row
        assert row["contributors"], row
        assert bool(row["number"]) == (row["kind"] not in WITHOUT_NUMBER), row


def test_the_fields_are_the_published_ones_letter_for_letter(demo: Path) -> None:
    rows = {row["field"]: row for row in table(demo, "consolidated_fields")}
    told = [GoldenField(row.field, rows[row.field]["label"], rows[row.field]["text"]) for row in golden_amounts()]
    assert told == golden_amounts()
    assert {"field", "label", "number", "text", "rule", "contributors"} <= rows["assets"].keys()


def test_the_budget_adds_up_both_ways_to_the_published_total(demo: Path) -> None:
    rows = {row["field"]: Decimal(row["number"]) for row in table(demo, "consolidated_fields") if row["number"]}
    assert {key: rows[key] for key in BUDGET} == BUDGET
    assert rows["budget.fiscal"] + rows["budget.other"] == rows["budget.total"]
    assert rows["budget.basic"] + rows["budget.project"] == rows["budget.total"]
    assert rows["assets"] == Decimal("117172292.09")


def test_persons_and_offices_are_the_bureaus_own_with_the_units_sum_beside(demo: Path) -> None:
    rows = {row["field"]: row for row in table(demo, "consolidated_fields")}
    said = defaultdict(list)
    for row in table(demo, "fields"):
        said[row["field"]].append(Decimal(row["number"] or 0))
    for key, own in (("persons", Decimal(24)), ("offices", Decimal(8))):
        assert (rows[key]["rule"], rows[key]["contributors"], Decimal(rows[key]["number"])) == ("own", OWN, own)
        assert len(said[key]) == 10
        assert Decimal(rows[key]["units_total"]) == sum(said[key]) > own


def test_the_six_published_tasks_are_picked_in_their_order(demo: Path) -> None:
    rows = table(demo, "consolidated_tasks")
    assert [row["title"] for row in rows] == golden_tasks()
    assert len(rows) == 6
    assert all(row["content"] for row in rows)


def test_summed_figures_are_the_sums_of_their_contributions(demo: Path) -> None:
    used: defaultdict[str, list[Row]] = defaultdict(list)
    for row in table(demo, "contributions"):
        if row["used"] == "true":
            used[row["figure"]].append(row)
    figures = [(row["field"], row) for row in table(demo, "consolidated_fields") if row["rule"] == "sum"]
    figures += [(row["key"], row) for row in table(demo, "consolidated_indicators") if row["rule"] == "sum"]
    assert len(figures) > 15
    for figure, row in figures:
        assert sum(Decimal(told["number"]) for told in used[figure]) == Decimal(row["number"]), figure
        assert [told["unit_code"] for told in used[figure]] == row["contributors"].split(), figure


def test_an_indicator_left_out_of_the_form_keeps_its_contributions_with_the_reason(demo: Path) -> None:
    consolidated = {row["key"] for row in table(demo, "consolidated_indicators")}
    left = [row for row in table(demo, "contributions") if row["reason"] == "not-selected"]
    assert left
    assert {row["used"] for row in left} == {"false"}
    assert not consolidated & {row["figure"] for row in left}


def test_every_contribution_stands_in_the_very_cell_of_the_archived_original(demo: Path) -> None:
    @cache
    def book(digest: str, file: str) -> Workbook:
        return openpyxl.load_workbook(demo / "archive" / digest / file)

    told = table(demo, "contributions")
    assert len(told) > 200
    for row in told:
        held = book(row["sha256"], row["file"])[row["sheet"]][row["cell"]].value
        assert same(held, row["text"]), (row["figure"], row["unit_code"], held, row["text"])


def same(held: object, told: str) -> bool:
    """A number is told as a number; of a text the white space at its ends is no content."""
    if isinstance(held, int | float):
        return Decimal(repr(held)) == Decimal(told)
    return str(held).strip() == told


def test_the_page_shows_the_published_indicators_under_their_levels(libreoffice: LibreOffice, demo: Path) -> None:
    rows = page(libreoffice, demo)
    start = next(place for place, row in enumerate(rows) if "三级目标" in row) + 1
    shown, level1, level2 = [], "", ""
    for row in rows[start:]:
        level1, level2 = row[0] or level1, row[1] or level2
        if row[2] and row[3]:
            shown.append(GoldenIndicator(level1, level2, row[2], row[3]))
    assert shown == list(stored_indicators())


def test_the_page_shows_the_published_figures_and_tasks(libreoffice: LibreOffice, demo: Path) -> None:
    rows = page(libreoffice, demo)
    for field in golden_amounts():
        place, column = next((place, row.index(field.label)) for place, row in enumerate(rows) if field.label in row)
        below = field.field in ("assets", "persons", "offices")
        answer = rows[place + 1][column] if below else next(text for text in rows[place][column + 1 :] if text)
        assert answer == field.text, field
    start = next(place for place, row in enumerate(rows) if row[0] == "任务名称") + 1
    assert [row[0] for row in rows[start : start + 6]] == golden_tasks()
    assert rows[0][0] == "部门（单位）整体支出绩效目标申报表"  # no draft


def page(libreoffice: LibreOffice, demo: Path) -> list[list[str]]:
    """Every cell of the 汇总表 as LibreOffice displays it."""
    with libreoffice.open(demo / "result" / "汇总表.xlsx") as book:
        rows = book.used(book.sheets()[0].name)
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def test_the_journey_shows_the_mistakes_of_one_unit_and_then_their_correction(journey: tuple[str, str]) -> None:
    language, told = journey
    first, _, rest = told.partition({"zh": "五、", "en": "\n5. "}[language])
    faults = [line for line in first.splitlines() if line.startswith({"zh": "错误", "en": "Error"}[language])]
    assert {line.split()[1] for line in faults} >= {"VAL01", "IND03", "IND10", "IND11", "SUM01"}
    assert all(line.split()[2].startswith(f"{FAULTY}_") for line in faults)
    assert {"zh": "通过 9，有错 1，打不开 0", "en": "9 accepted, 1 with errors"}[language] in first
    assert not [line for line in rest.splitlines() if line.startswith({"zh": "错误", "en": "Error"}[language])]
    assert {"zh": "已通过 10 / 10", "en": "10 of 10 accepted"}[language] in rest
    assert "476,373,173.65" in rest
    assert "42" in rest


def test_the_journey_is_told_in_one_language(journey: tuple[str, str]) -> None:
    language, told = journey
    titles = [line for line in told.splitlines() if line.startswith(("一、", "1. "))]
    assert [line[:2] for line in titles] == [{"zh": "一、", "en": "1."}[language]]


def test_the_second_issue_of_the_faulty_unit_is_the_accepted_one(demo: Path) -> None:
    units = {row["unit_code"]: row for row in table(demo, "units")}
    assert len(units) == 10
    assert {row["accepted"] for row in units.values()} == {"true"}
    assert {code: row["issue"] for code, row in units.items() if row["issue"] != "1"} == {FAULTY: "2"}
    faults = {(row["unit_code"], row["file"].rpartition("_")[2]) for row in table(demo, "findings")
              if row["severity"] == "error"}  # fmt: skip
    assert faults == {(FAULTY, "第1次.xlsx")}


def test_the_campaign_can_be_looked_at_afterwards(demo: Path) -> None:
    told = as_json("status", "-C", demo)
    assert Counter(row["standing"] for row in told["rows"]) == {"accepted": 10}


def test_with_json_the_demo_prints_its_consolidation_and_nothing_else(tmp_path: Path) -> None:
    told = as_json("demo", tmp_path / "round")
    figures = {figure["key"]: figure for figure in told["consolidation"]["fields"]}
    assert figures["budget.total"]["text"] == "476,373,173.65"
    assert not told["consolidation"]["draft"]
    assert {Path(file).name for file in told["files"]} >= {Path(name).name for name in RESULTS}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_demo_leaves_a_folder_alone_that_is_not_empty(tmp_path: Path, language: str) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = xltool("demo", tmp_path, language=language)
    assert done.returncode == 2
    assert {"zh": "里已有内容", "en": "is not empty"}[language] in done.stderr
    assert names(tmp_path.iterdir()) == ["mine.txt"]


def test_an_empty_folder_is_fine_for_the_demo_and_two_runs_give_the_same_tables(demo: Path, tmp_path: Path) -> None:
    done: subprocess.CompletedProcess[str] = xltool("demo", tmp_path)
    assert done.returncode == 0, done.stderr
    for name in RESULTS:
        if name.endswith(".csv"):
            assert (tmp_path / "result" / name).read_bytes() == (demo / "result" / name).read_bytes(), name


def names(paths: Iterable[Path]) -> list[str]:
    return sorted(path.name for path in paths)
