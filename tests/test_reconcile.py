"""Reconciling: each way in which two figures may part is told as what it is, and figures that agree are not told."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission, an_indicator
from xltool.campaign.controls import read_controls
from xltool.consolidate import consolidate
from xltool.consolidate.arithmetic import folded
from xltool.consolidate.fields import scalars
from xltool.consolidate.reconcile import reconcile, unit_count
from xltool.consolidate.reconcile_amounts import Pair, weigh
from xltool.consolidate.reconcile_findings import count_findings, findings_of
from xltool.consolidate.reconcile_stated import statement_of
from xltool.findings import Code
from xltool.model.campaign import RuleLine
from xltool.model.consolidation import Consolidation, Contribution
from xltool.model.difference import Against, Cause, Difference, Match, StatedField, Statement, UnitCount
from xltool.model.finding import Severity
from xltool.model.submission import Indicator, Source, Submission
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate as consolidate_round
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.export import export
from xltool.workflow.reconcile import ReconcileResult
from xltool.workflow.reconcile import reconcile as run

EXAMPLES = Path(__file__).parents[1] / "examples"
CONTEXT = Context(jobs=1)
AMOUNTS = ("1000000.00", "234567.89", "50000.00", "7000.00")


def differing(found: Iterable[Difference]) -> list[Difference]:
    return [item for item in found if item.match is not Match.MATCHED]


def a_result(indicators: tuple[Indicator, ...] = (), rules: tuple[RuleLine, ...] = ()) -> Consolidation:
    """Four units with these amounts and indicators; one task of the first."""
    told = {
        unit.code: a_submission(
            unit.code, fields={"budget.total": Decimal(amount)}, indicators=indicators,
            rows=[a_row(1, "任务一", "内容")] if unit.code == "001" else (),
        )
        for unit, amount in zip(UNITS, AMOUNTS, strict=True)
    }  # fmt: skip
    picked = RuleLine("row", "tasks", "任务一", "pick", "001", order=1)
    return consolidate(a_form(), a_campaign((picked, *rules)), told)


def declared(**fields: str) -> Statement:
    """A statement about the budget alone."""
    stated = tuple(
        StatedField(f"budget.{key}", text, Decimal(text), Source("申报表", "C9")) for key, text in fields.items()
    )
    return Statement(Against.DECLARED, "declared.xlsx", stated, speaks=frozenset({"fields"}))


def the_total(statement: Statement, result: Consolidation | None = None) -> Difference:
    found = reconcile(a_form(), result or a_result(), statement)
    return next(item for item in found if item.figure == "budget.total")


def form_of_department(*indicators: Indicator, title: str = "任务一", content: str = "内容") -> Statement:
    submission: Submission = a_submission(
        "000", fields={"budget.total": Decimal("1291567.89")}, indicators=indicators, rows=[a_row(1, title, content)]
    )
    return statement_of(submission, ())


def compared(ours: tuple[Indicator, ...], theirs: tuple[Indicator, ...], *rules: RuleLine) -> list[Difference]:
    found = reconcile(a_form(), a_result(ours, rules), form_of_department(*theirs))
    return [item for item in differing(found) if item.part == "indicator"]


# Amounts


@pytest.mark.parametrize(
    ("text", "match", "cause", "unit", "code"),
    [
        ("1291567.89", Match.MATCHED, Cause.NONE, "", None),
        ("1291567.9", Match.DIFFERS, Cause.NONE, "", Code.REC_DIFFERS),
        ("129.156789", Match.DIFFERS, Cause.SLIP, "", Code.REC_SLIP),
        ("12915678900", Match.DIFFERS, Cause.SLIP, "", Code.REC_SLIP),
        ("1241567.89", Match.DIFFERS, Cause.LEFT_OUT, "003", Code.REC_LEFT_OUT),
        ("1298567.89", Match.DIFFERS, Cause.TWICE, "010", Code.REC_TWICE),
        ("1284568.59", Match.DIFFERS, Cause.UNIT_SLIP, "010", Code.REC_UNIT_SLIP),
        ("1000000", Match.DIFFERS, Cause.OWN_ONLY, "001", Code.REC_WHOLE_OR_OWN),
        ("1240000", Match.DIFFERS, Cause.CLOSEST, "003", Code.REC_DIFFERS),
    ],
)
def test_a_difference_of_amounts_is_explained(
    text: str, match: Match, cause: Cause, unit: str, code: Code | None
) -> None:
    found = the_total(declared(total=text))
    assert (found.match, found.cause, found.unit_code) == (match, cause, unit)
    assert found.amount == Decimal(text) - Decimal("1291567.89")
    told = [item.code for item in findings_of([found])]
    assert told == ([code] if code else [])


def test_ten_units_rounded_to_wan_yuan_may_differ_by_500_yuan_and_no_more() -> None:
    units = [Contribution("f", str(n), "", "", "", "", "", "", "", "", Decimal("12345.67"), used=True)
             for n in range(10)]  # fmt: skip
    ours = Decimal("123456.70")
    for amount, match in (("500", Match.ROUNDING), ("-500", Match.ROUNDING), ("500.01", Match.DIFFERS)):
        weighed = weigh(Pair(ours, ours + Decimal(amount), units, "元", "万元", 2))
        assert (weighed.match, weighed.bound) == (match, Decimal(500))


@given(st.lists(st.decimals(0, 10**7, places=2), min_size=1, max_size=30))
def test_sums_of_amounts_rounded_to_wan_yuan_are_always_within_rounding(amounts: list[Decimal]) -> None:
    units = [Contribution("f", str(n), "", "", "", "", "", "", "", "", item, used=True)
             for n, item in enumerate(amounts)]  # fmt: skip
    rounded = sum((round(item / 10000, 2) for item in amounts), Decimal(0))
    weighed = weigh(Pair(sum(amounts, Decimal(0)), rounded * 10000, units, "元", "万元", 2))
    assert weighed.match in (Match.MATCHED, Match.ROUNDING)


def test_in_the_same_measure_nothing_is_excused_as_rounding() -> None:
    assert the_total(declared(total="1291567.90")).match is Match.DIFFERS


def test_an_own_figure_beside_the_units_sum_is_told_as_that() -> None:
    told = {unit.code: a_submission(unit.code, fields={"persons": Decimal(5)}) for unit in UNITS}
    stated = (StatedField("persons", "20", Decimal(20), Source("", "")),)
    statement = Statement(Against.DECLARED, "x", stated, speaks=frozenset({"fields"}))
    found = next(item for item in reconcile(a_form(), consolidate(a_form(), a_campaign(), told), statement)
                 if item.figure == "persons")  # fmt: skip
    assert (found.match, found.cause, found.units_total) == (Match.DIFFERS, Cause.ALL_UNITS, Decimal(20))


def test_a_figure_that_only_one_side_has_is_named_as_such() -> None:
    found = {item.figure: item.match for item in reconcile(a_form(), a_result(), declared(total="1291567.89"))}
    assert found["budget.other"] is Match.ONLY_UNITS


# Indicators, rows, units


def test_the_same_indicator_under_another_level_is_moved_and_nothing_else() -> None:
    ours = (an_indicator("及时性", "每月15号前", level="output.timeliness"),)
    theirs = (an_indicator("1.及时性□", "每月15号前", level="output.quantity"),)
    (found,) = compared(ours, theirs)
    assert (found.match, found.told) == (Match.MOVED, "产出指标·数量指标")


@pytest.mark.parametrize(
    ("ours", "theirs", "match"),
    [
        ("=100.00(%)", "=100(%)", Match.WRITTEN),
        ("=100.00(%)", "≥100(%)", Match.DIFFERS),
        ("=100.00(%)", "=99(%)", Match.DIFFERS),
        ("每月15号前", "每月20号前", Match.DIFFERS),
        ("及时", "按时", Match.DIFFERS),
        ("及时", "及时 ", None),
    ],
)
def test_targets_that_mean_the_same_do_not_differ(ours: str, theirs: str, match: Match | None) -> None:
    found = compared((an_indicator("率", ours),), (an_indicator("率", theirs),))
    assert [item.match for item in found] == ([match] if match else [])


def test_what_one_side_lacks_is_told_with_the_nearest_name() -> None:
    found = compared((an_indicator("新增养老床位数量", "=1(张)"),), (an_indicator("新增养老床位总数量", "=1(张)"),))
    assert [(item.match, item.cause, item.told) for item in found] == [
        (Match.ONLY_UNITS, Cause.NEAR_NAME, "新增养老床位总数量"),
        (Match.ONLY_DECLARED, Cause.NEAR_NAME, "新增养老床位数量"),
    ]


def test_an_indicator_that_was_not_selected_is_told_as_that() -> None:
    mine = (an_indicator("奖励数", "=1(家)"),)
    (found,) = compared(mine, mine, RuleLine("indicator", "", "奖励数", include=False))
    assert (found.match, found.cause) == (Match.ONLY_DECLARED, Cause.NOT_SELECTED)
    assert [item.code for item in findings_of([found])] == [Code.REC_NOT_SELECTED]


def test_an_undecided_figure_is_not_compared() -> None:
    told = {unit.code: a_submission(unit.code, indicators=[an_indicator("率", f"={90 + n}(%)")])
            for n, unit in enumerate(UNITS)}  # fmt: skip
    result = consolidate(a_form(), a_campaign(), told)
    found = reconcile(a_form(), result, form_of_department(an_indicator("率", "=9(%)")))
    assert [item.match for item in found if item.part == "indicator"] == [Match.OPEN]


def test_a_task_of_the_same_title_and_other_content_differs_in_its_text() -> None:
    found = differing(reconcile(a_form(), a_result(), form_of_department(title="任务一□", content="别的")))
    assert [(item.figure, item.column, item.match) for item in found if item.part == "row"] == [
        ("tasks#01", "content", Match.TEXT)
    ]


def test_the_number_of_units_is_held_against_the_accepted_ones() -> None:
    statement = Statement(Against.DECLARED, "x", (StatedField("subordinate_units", "5", Decimal(5), Source("", "")),))
    count = unit_count(a_form(), a_campaign(), a_result(), statement)
    assert count == UnitCount(5, 4, 4)
    assert [item.code for item in count_findings(count, statement)] == [Code.REC_UNIT_COUNT]
    assert not [*count_findings(replace(count, declared=4), statement)]


# Control totals


def controls(path: Path) -> tuple[Statement | None, list[str]]:
    fields = {folded(name): scalar.key for scalar in scalars(a_form()) for name in (*scalar.spellings, scalar.key)}
    statement, findings = read_controls(path, fields, frozenset(unit.code for unit in UNITS), "元")
    return statement, [item.code for item in findings]


@pytest.mark.parametrize(
    "text",
    [
        "编码,字段,金额（万元）\n,预算总额,129.16\n",
        "code,field,amount\n,budget.total,129.16万元\n",
        "字段,金额,计量单位\n预算总额,129.16,万元\n",
    ],
)
def test_control_totals_may_name_their_measure_in_three_places(tmp_path: Path, text: str) -> None:
    path = tmp_path / "controls.csv"
    path.write_text(text, encoding="utf-8-sig")
    statement, faults = controls(path)
    assert statement is not None
    assert faults == []
    found = the_total(statement)
    assert (found.match, found.amount, found.bound) == (Match.ROUNDING, Decimal("32.11"), Decimal(200))


def test_a_control_total_of_one_unit_is_held_against_that_unit(tmp_path: Path) -> None:
    path = tmp_path / "controls.csv"
    path.write_text("编码,字段,金额\n003,预算总额,50001\n", encoding="gbk")
    statement, _ = controls(path)
    assert statement is not None
    (found,) = reconcile(a_form(), a_result(), statement)
    assert (found.unit_name, found.amount, found.match) == ("乙站", Decimal("1.00"), Match.DIFFERS)


@pytest.mark.parametrize("line", ["999,预算总额,1", "001,没有这项,1", "001,预算总额,很多"])
def test_a_control_total_that_cannot_be_used_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "controls.csv"
    path.write_text(f"编码,字段,金额\n{line}\n", encoding="utf-8")
    assert controls(path)[1] == [Code.REC_CONTROL_UNKNOWN]


# The examples


@pytest.fixture(scope="module")
def minhang(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reconcile") / "round"
    for _ in demo(folder, context=CONTEXT):
        pass
    return folder


@pytest.fixture(scope="module")
def against_the_seed(minhang: Path, shared: Path) -> ReconcileResult:
    return run(minhang, shared / "seeds" / "minhang-2024.txt", context=CONTEXT)


MISFILED = ["残疾人及护理补贴发放及时性", "儿童福利补贴发放及时性", "社会组织审核完成及时性", "老年综合津贴发放及时性"]


def test_the_demo_differs_from_the_published_form_in_what_is_known_and_nothing_else(
    against_the_seed: ReconcileResult
) -> None:
    found = differing(against_the_seed.differences)
    by_match = {match: [item.name for item in found if item.match is match] for match in Match}
    assert by_match[Match.MOVED] == MISFILED
    assert [(item.name, item.declared_text) for item in found if item.match is Match.WRITTEN] == [
        ("购买服务人员持证上岗率", "=100(%)")
    ]
    texts = [item.figure if item.part == "field" else item.column for item in found if item.match is Match.TEXT]
    assert Counter(texts) == Counter({"unit_name": 1, "duties": 1, "goals": 1, "content": 6})
    assert len(found) == 4 + 1 + 9


def test_the_findings_of_the_demo_are_four_warnings_and_information(against_the_seed: ReconcileResult) -> None:
    codes = Counter((item.code, item.severity) for item in against_the_seed.findings if item.code.startswith("REC"))
    assert codes == Counter({
        (Code.REC_OTHER_LEVEL, Severity.WARNING): 4, (Code.REC_WRITTEN, Severity.INFO): 1,
        (Code.REC_OTHER_TEXT, Severity.INFO): 9, (Code.REC_HEADS, Severity.INFO): 2,
    })  # fmt: skip


def test_the_outcome_stands_on_the_sheet_and_in_the_dataset(against_the_seed: ReconcileResult, minhang: Path) -> None:
    with (minhang / "result" / "dataset" / "differences.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["match"] for row in rows) == Counter(item.match for item in against_the_seed.differences)
    sheet = openpyxl.load_workbook(minhang / "result" / "核对.xlsx")["核对"]
    assert sheet.max_row == 2 + len(rows)
    assert [cell.value for cell in sheet["F"][2:]].count("级次不同") == 4


def test_what_was_reconciled_is_kept_for_later_exports(against_the_seed: ReconcileResult, minhang: Path) -> None:
    assert export(minhang, "csv", context=CONTEXT).files
    with (minhang / "result" / "dataset" / "differences.csv").open(encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(against_the_seed.differences)


def test_a_consolidation_matches_its_own_form_and_its_own_dataset(minhang: Path) -> None:
    for against in (minhang / "result" / "汇总表.xlsx", minhang, minhang / "result" / "dataset"):
        result = run(minhang, against, context=CONTEXT)
        assert {item.match for item in result.differences} == {Match.MATCHED}
        assert len(result.differences) == 66


@pytest.mark.parametrize("content", ["无关的一段文字", "a,b\n1,2\n"])
def test_a_file_that_is_no_form_is_refused(minhang: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content, encoding="utf-8")
    result = run(minhang, path, context=CONTEXT)
    assert Code.REC_UNUSABLE in {item.code for item in result.findings}
    assert result.files == ()


def test_yuzhong_differs_from_the_published_form_in_its_own_texts_alone(tmp_path: Path, shared: Path) -> None:
    folder = tmp_path / "round"
    shutil.copytree(EXAMPLES / "yuzhong-2020", folder)
    collect(folder, context=CONTEXT)
    consolidate_round(folder, context=CONTEXT)
    result = run(folder, shared / "seeds" / "yuzhong-2020.txt", context=CONTEXT)
    found = differing(result.differences)
    assert {item.match for item in found} == {Match.TEXT}
    assert {item.figure for item in found} == {
        "reporter", "project_name", "unit_name", "contact", "telephone", "duties", "goals", "regulations", "measures",
    }  # fmt: skip
    assert len(result.differences) == 40
