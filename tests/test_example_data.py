"""The bundled example's figures give the published form: shown from its CSV files alone."""

from __future__ import annotations

import csv
import re
import tomllib
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.golden import seed as golden

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "minhang-2024"
TEMPLATE = ROOT / "templates" / "minhang-2024"
LEAVES = {
    "output.quantity": ("产出指标", "数量指标"),
    "output.quality": ("产出指标", "质量指标"),
    "output.timeliness": ("产出指标", "时效指标"),
    "benefit.social": ("效益指标", "社会效益指标"),
    "benefit.sustained": ("效益指标", "可持续影响指标"),
    "satisfaction.served": ("满意度指标", "服务对象满意度指标"),
}
ADDING = {"家", "户", "人次", "人", "个", "张", "套", "件", "次", "份", "场次"}
OWN = "001"
LONGEST_SHARED_RUN = 15
Row = dict[str, str]


def rows_of(name: str, folder: Path = EXAMPLE) -> list[Row]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def field(key: str) -> dict[str, str]:
    """One field's text by unit code."""
    return {row["unit_code"]: row["text"] for row in rows_of("fields.csv") if row["field"] == key}


def contributions() -> dict[tuple[str, str], list[Row]]:
    grouped = defaultdict(list)
    for row in rows_of("answers.csv"):
        grouped[row["level"], row["name"]].append(row)
    return grouped


def printed(rows: list[Row]) -> str:
    """Counts added, everything else the same in every unit, in the published way of writing."""
    operators = {row["operator"] for row in rows}
    measures = {row["measure"] for row in rows}
    assert (len(operators), len(measures)) == (1, 1), rows
    (operator,), (measure,) = operators, measures
    values = [row["value"] for row in rows]
    if measure in ADDING:
        return f"{operator}{sum(map(Decimal, values)):.2f}({measure})"
    assert len(set(values)) == 1, rows
    return values[0] if operator == "定性" else f"{operator}{Decimal(values[0]):.2f}({measure})"


def included() -> list[Row]:
    rules = [row for row in rows_of("rules.csv") if row["kind"] == "indicator" and row["include"] == "yes"]
    return sorted(rules, key=lambda row: int(row["order"]))


def test_the_roster_has_ten_units_with_leading_zeros_and_one_own_bureau() -> None:
    units = rows_of("units.csv")
    assert [row["code"] for row in units] == [f"{number:03}" for number in range(1, 11)]
    assert [row["code"] for row in units if row["role"] == "own"] == [OWN]
    assert {row["role"] for row in units} == {"own", "unit"}
    assert all(row["name"].startswith("示例区") for row in units)
    assert all(re.fullmatch(r"021-000000\d\d", row["telephone"]) for row in units)


def test_the_campaign_is_for_the_form_of_the_template() -> None:
    campaign = tomllib.loads((EXAMPLE / "campaign.toml").read_text(encoding="utf-8"))["campaign"]
    form = tomllib.loads((TEMPLATE / "form.toml").read_text(encoding="utf-8"))["form"]
    assert (campaign["form"], campaign["year"]) == (form["id"], form["year"])


def test_the_key_says_that_it_is_public() -> None:
    comment, key = (EXAMPLE / "campaign.key").read_text(encoding="utf-8").splitlines()
    assert re.match("# .*PUBLIC", comment)
    assert len(bytes.fromhex(key)) == 32


@pytest.mark.parametrize("line", ["total", "fiscal", "other", "basic", "project"])
def test_the_budget_adds_to_the_published_line(line: str) -> None:
    key = f"budget.{line}"
    published = next(row.text for row in golden.stored_fields() if row.field == key)
    assert f"{sum(map(Decimal, field(key).values())):,.2f}" == published


def test_the_assets_add_to_the_published_total() -> None:
    assert f"{sum(map(Decimal, field('assets').values())):,.2f}" == "117,172,292.09"


def test_every_unit_s_sources_and_structure_add_to_its_total() -> None:
    total = field("budget.total")
    assert len(total) == 10
    for parts in (("budget.fiscal", "budget.other"), ("budget.basic", "budget.project")):
        for code, amount in total.items():
            assert sum(Decimal(field(part)[code]) for part in parts) == Decimal(amount), (code, parts)


@pytest.mark.parametrize("key", ["persons", "offices"])
def test_the_own_bureau_has_the_published_count_and_the_units_sum_differs(key: str) -> None:
    published = next(row.text for row in golden.stored_fields() if row.field == key)
    assert field(key)[OWN] == published
    assert sum(map(int, field(key).values())) != int(published)


def test_the_number_of_units_is_the_published_one() -> None:
    published = next(row.text for row in golden.stored_fields() if row.field == "subordinate_units")
    assert len(rows_of("units.csv")) == int(published)


def test_the_units_figures_give_the_42_published_indicators() -> None:
    units = contributions()
    made = []
    for rule in included():
        key = rule["level"], rule["name"]
        made.append(golden.GoldenIndicator(*LEAVES[rule["level"]], rule["name"], printed(units[key])))
    assert made == list(golden.stored_indicators())


def test_the_published_table_has_its_known_shape() -> None:
    rows = golden.stored_indicators()
    assert Counter(row.level2 for row in rows) == {
        "数量指标": 12,
        "质量指标": 7,
        "时效指标": 7,
        "社会效益指标": 10,
        "可持续影响指标": 3,
        "服务对象满意度指标": 3,
    }
    assert sum(row.text[0] in "=≥" for row in rows) == 24


def test_every_indicator_of_a_unit_has_one_rule_and_some_are_left_out() -> None:
    ruled = Counter((row["level"], row["name"]) for row in rows_of("rules.csv") if row["kind"] == "indicator")
    assert set(ruled.values()) == {1}
    assert set(ruled) == set(contributions())
    assert len(ruled) > len(included())


def test_the_six_published_tasks_are_picked_in_order_from_the_unit_that_wrote_them() -> None:
    picked = [row for row in rows_of("rules.csv") if row["kind"] == "row"]
    picked.sort(key=lambda row: int(row["order"]))
    published = [row.text for row in golden.stored_fields() if row.field.startswith("tasks.")]
    assert [row["name"] for row in picked] == published
    written = {(row["unit_code"], row["title"]) for row in rows_of("tasks.csv")}
    assert {(row["owner"], row["name"]) for row in picked} < written


def test_no_figure_above_the_threshold_stands_in_two_units() -> None:
    form = tomllib.loads((TEMPLATE / "form.toml").read_text(encoding="utf-8"))["form"]
    threshold = Decimal(form["double_entry_threshold"])
    for name, rows in contributions().items():
        counts = [Decimal(row["value"]) for row in rows if row["measure"] in ADDING]
        large = [count for count in counts if count > threshold]
        assert len(large) == len(set(large)), name


def test_every_unit_fits_the_rows_of_each_level_and_meets_its_minimum() -> None:
    counts = Counter((row["unit_code"], row["level"]) for row in rows_of("answers.csv"))
    for level in rows_of("indicators.csv", TEMPLATE):
        if level["entry"] != "open":
            continue
        room = int(level["prepared"]) + int(level["spare"])
        for unit in rows_of("units.csv"):
            assert int(level["minimum"]) <= counts[unit["code"], level["key"]] <= room, (unit, level["key"])


def test_wording_has_no_measure_and_numbers_have_one_that_the_level_offers() -> None:
    offered = {row["key"]: row["measures"].split() for row in rows_of("indicators.csv", TEMPLATE)}
    for row in rows_of("answers.csv"):
        if row["operator"] == "定性":
            assert row["measure"] == "", row
            assert not row["value"].isdigit(), row
        else:
            assert row["operator"] in {"=", "≥", "≤"}, row
            assert Decimal(row["value"]) >= 0, row
            assert row["measure"] in offered[row["level"]], row


def test_every_unit_writes_its_texts_and_at_least_one_task() -> None:
    codes = {row["code"] for row in rows_of("units.csv")}
    assert {row["unit_code"] for row in rows_of("tasks.csv")} == codes
    assert all(len(row["title"]) <= 40 and 0 < len(row["content"]) <= 400 for row in rows_of("tasks.csv"))
    duties, goals = field("duties"), field("goals")
    assert set(duties) == set(goals) == codes
    assert 950 <= len(duties[OWN]) <= 980
    assert all(200 <= len(text) <= 500 for code, text in duties.items() if code != OWN)


def test_each_mistake_spoils_an_answer_that_is_right_later() -> None:
    indicators = {(row["unit_code"], row["level"], row["name"]): row for row in rows_of("answers.csv")}
    mistakes = rows_of("mistakes.csv")
    assert {row["unit_code"] for row in mistakes} == {"005"}
    for row in mistakes:
        if row["kind"] == "indicator":
            right = indicators[row["unit_code"], row["level"], row["name"]][row["part"]]
        else:
            right = field(row["name"])[row["unit_code"]]
        assert row["text"] != right, row
        assert row["why"], row


def test_the_stored_golden_files_are_what_the_seed_gives() -> None:
    if not golden.SEED.is_file():
        pytest.skip("the published form's text is not beside this checkout")
    text = golden.read()
    assert golden.stored_indicators() == golden.indicators(text)
    assert golden.stored_fields() == golden.fields(text)


def test_the_long_texts_of_the_example_are_not_the_published_ones() -> None:
    if not golden.SEED.is_file():
        pytest.skip("the published form's text is not beside this checkout")
    published = "\n".join(golden.long_texts(golden.read()))
    contents = [row["content"] for row in rows_of("tasks.csv")]
    size = LONGEST_SHARED_RUN + 1
    for text in (*field("duties").values(), *field("goals").values(), *contents):
        runs = {text[at : at + size] for at in range(len(text) - size + 1)}
        assert not [run for run in runs if run in published]


def test_the_inbox_was_saved_by_real_programs_and_one_unit_sent_twice() -> None:
    inbox = sorted((EXAMPLE / "inbox").glob("*.xlsx"))
    if not inbox:
        pytest.skip("the inbox has not been made yet (examples/fill_inbox.py)")
    sent = Counter(path.name.partition("_")[0] for path in inbox)
    assert sent == {row["code"]: 2 if row["code"] == "005" else 1 for row in rows_of("units.csv")}
    saved_by = Counter(application(path).partition("/")[0] for path in inbox)
    assert saved_by["LibreOffice"] >= 6
    assert saved_by["Microsoft Excel 16.0300"] >= 2  # as exceljs gives itself out
    assert "Microsoft Excel 12.0000" not in saved_by  # as generated: nobody saved it


def application(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        text = package.read("docProps/app.xml").decode("utf-8")
    found = (re.search(f"<{name}>([^<]*)<", text) for name in ("Application", "AppVersion"))
    return " ".join(match[1] for match in found if match)
