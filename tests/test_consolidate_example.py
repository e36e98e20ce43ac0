"""The bundled example's answers, as records, consolidate to the published form letter for letter."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from xltool import values
from xltool.consolidate import consolidate
from xltool.definition import load_form
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.consolidation import Consolidation
from xltool.model.form import FormDefinition, Role
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import State
from xltool.store.dataset import frames
from xltool.store.exports import write_csv

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "minhang-2024"
GOLDEN = ROOT / "tests" / "golden"
SOURCE = Source("申报表", "A1")
Row = dict[str, str]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def form() -> FormDefinition:
    found, findings = load_form("minhang-2024")
    assert found is not None, findings
    return found


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    units = tuple(ReportingUnit(row["code"], row["name"], Role(row["role"])) for row in table(EXAMPLE / "units.csv"))
    rules = tuple(
        RuleLine(
            row["kind"], row["level"], row["name"], row["rule"], row["owner"], row["include"] == "yes",
            int(row["order"] or 0),
        )
        for row in table(EXAMPLE / "rules.csv")
    )  # fmt: skip
    return Campaign("example-2024", "minhang-2024", 2024, "示例区民政局", None, "", "", units, rules)


def a_field(row: Row) -> FieldAnswer:
    number = Decimal(row["text"]) if row["text"].replace(".", "").isdigit() else None
    return FieldAnswer(row["field"], State.GIVEN, row["text"], number, SOURCE)


def rows_of(code: str) -> Iterator[RowAnswer]:
    told = [row for row in table(EXAMPLE / "tasks.csv") if row["unit_code"] == code]
    for place, row in enumerate(told, start=1):
        cells = tuple(FieldAnswer(key, State.GIVEN, row[key], None, SOURCE) for key in ("title", "content"))
        yield RowAnswer("tasks", f"tasks#{place:02}", cells)


def indicators_of(code: str) -> Iterator[Indicator]:
    told = [row for row in table(EXAMPLE / "answers.csv") if row["unit_code"] == code]
    for place, row in enumerate(told, start=1):
        value = values.parse(row["value"], row["operator"], row["measure"])
        target = Target("current", value, SOURCE)
        yield Indicator(f"{row['level']}#{place:02}", row["level"], (), row["name"], SOURCE, (target,))


@pytest.fixture(scope="module")
def submissions(campaign: Campaign) -> dict[str, Submission]:
    fields = table(EXAMPLE / "fields.csv")
    return {
        unit.code: Submission(
            Identity("minhang-2024", "1", campaign.id, unit.code, 1), f"{unit.code}.xlsx", unit.code, "",
            tuple(a_field(row) for row in fields if row["unit_code"] == unit.code),
            tuple(rows_of(unit.code)), tuple(indicators_of(unit.code)),
        )
        for unit in campaign.units
    }  # fmt: skip


@pytest.fixture(scope="module")
def result(form: FormDefinition, campaign: Campaign, submissions: dict[str, Submission]) -> Consolidation:
    return consolidate(form, campaign, submissions)


@pytest.fixture(scope="module")
def tables(
    form: FormDefinition, campaign: Campaign, submissions: dict[str, Submission], result: Consolidation
) -> dict[str, pd.DataFrame]:
    return frames(campaign, form, submissions, result, result.findings)


def test_all_published_indicators_come_out_with_their_names_and_texts_in_the_published_order(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    write_csv(tables, tmp_path)
    columns = ("level1", "level2", "name", "text")
    rows = table(tmp_path / "consolidated_indicators.csv")
    expected = table(GOLDEN / "minhang-2024-indicators.csv")
    assert len(expected) == 42
    assert [tuple(row[key] for key in columns) for row in rows] == [
        tuple(row[key] for key in columns) for row in expected
    ]


def test_all_published_fields_come_out_with_their_labels_and_texts(
    tables: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    write_csv(tables, tmp_path)
    rows = {row["field"]: row for row in table(tmp_path / "consolidated_fields.csv")}
    expected = [row for row in table(GOLDEN / "minhang-2024-fields.csv") if not row["field"].startswith("tasks.")]
    assert [(rows[row["field"]]["label"], rows[row["field"]]["text"]) for row in expected] == [
        (row["label"], row["text"]) for row in expected
    ]


def test_the_six_published_tasks_are_picked_in_their_order(result: Consolidation) -> None:
    expected = [row["text"] for row in table(GOLDEN / "minhang-2024-fields.csv") if row["field"].startswith("tasks.")]
    assert [dict(row.answers)["title"] for row in result.rows] == expected


def test_the_texts_are_those_of_the_bureaus_own_form(result: Consolidation) -> None:
    own = {row["field"]: row["text"] for row in table(EXAMPLE / "fields.csv") if row["unit_code"] == "001"}
    texts = {figure.key: figure.text for figure in result.fields}
    assert (texts["duties"], texts["goals"]) == (own["duties"], own["goals"])
    assert texts["unit_name"] == "示例区民政局(汇总)"


def test_the_example_is_no_draft_and_its_findings_are_for_information(result: Consolidation) -> None:
    assert not result.draft
    assert {item.severity.value for item in result.findings} == {"info"}


def test_persons_and_offices_are_the_bureaus_own_with_the_units_sum_beside(result: Consolidation) -> None:
    figures = {figure.key: (figure.number, figure.units_total) for figure in result.fields}
    sums = {
        key: sum(Decimal(row["text"]) for row in table(EXAMPLE / "fields.csv") if row["field"] == key)
        for key in ("persons", "offices")
    }
    assert figures["persons"] == (Decimal(24), sums["persons"])
    assert figures["offices"] == (Decimal(8), sums["offices"])
    assert sums["persons"] > 24
