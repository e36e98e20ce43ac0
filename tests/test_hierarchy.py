"""The roster as a tree: any node can be consolidated, and two steps up the tree give what one step gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clients.libreoffice import LibreOffice
from tests.consolidation_cases import a_campaign, a_form, a_row, a_submission, an_indicator
from tests.test_consolidate import everything
from tests.test_working_paper import WORDS, expected, plain
from xltool.consolidate import consolidate
from xltool.consolidate.climbing import Node, climb
from xltool.consolidate.hierarchy import at_node, below, children, inner_nodes, uppers
from xltool.consolidate.rules import ASSOCIATIVE
from xltool.findings import Code
from xltool.layout.paper import HEADING_ROW, column_of
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.consolidation import Consolidation, Status
from xltool.model.decision import Decision
from xltool.model.form import Role
from xltool.model.submission import Submission
from xltool.reports.working_paper import working_paper
from xltool.store import decisions as kept
from xltool.workflow.consolidate import consolidate as run
from xltool.workflow.context import Context
from xltool.workflow.demo import demo

# 部门: its bureau, one unit, and a unit M with its own office and two units, one of which has one below it.
TREE = (
    ReportingUnit("001", "局本级", Role.OWN),
    ReportingUnit("002", "甲中心", Role.UNIT),
    ReportingUnit("M", "乙院", Role.UNIT),
    ReportingUnit("M0", "乙院本部", Role.OWN, "M"),
    ReportingUnit("M1", "乙院一分院", Role.UNIT, "M"),
    ReportingUnit("M2", "乙院二分院", Role.UNIT, "M"),
    ReportingUnit("M21", "二分院门诊", Role.UNIT, "M2"),
)
REPORTING = tuple(unit for unit in TREE if unit.code != "M")


def a_round(*rules: RuleLine, units: tuple[ReportingUnit, ...] = TREE) -> Campaign:
    return a_campaign(rules, units)


def roles(campaign: Campaign) -> dict[str, str]:
    return {unit.code: unit.role.value for unit in campaign.units}


def test_inner_nodes_are_the_units_with_others_below_them() -> None:
    assert [unit.code for unit in inner_nodes(a_round())] == ["M", "M2"]


def test_below_a_node_are_all_units_at_any_depth() -> None:
    assert [unit.code for unit in below(a_round(), "M")] == ["M0", "M1", "M2", "M21"]
    assert below(a_round(), "") == TREE


def test_at_a_node_its_own_office_is_the_bureau_and_the_node_itself_the_department() -> None:
    campaign = at_node(a_round(), "M")
    assert campaign is not None
    assert campaign.department == "乙院"
    assert roles(campaign) == {"M": "department", "M0": "own", "M1": "unit", "M2": "unit", "M21": "unit"}


def test_a_node_without_an_office_of_its_own_reports_for_itself() -> None:
    campaign = at_node(a_round(), "M2")
    assert campaign is not None
    assert roles(campaign) == {"M2": "own", "M21": "unit"}


def test_for_the_whole_the_offices_of_nodes_further_down_are_units_like_others() -> None:
    campaign = at_node(a_round(), "")
    assert campaign is not None
    assert [code for code, role in roles(campaign).items() if role == "own"] == ["001"]


@pytest.mark.parametrize("node", ["X", "002"])
def test_there_is_no_node_without_units_below_it(node: str) -> None:
    assert at_node(a_round(), node) is None


def test_rules_hold_at_a_node_and_what_stands_in_the_form_is_selected_anew() -> None:
    lines = (
        RuleLine("field", "", "persons", "sum"), RuleLine("field", "", "budget.other", "owner", "002"),
        RuleLine("indicator", "", "甲", include=False), RuleLine("row", "tasks", "乙", "pick", "001"),
    )  # fmt: skip
    campaign = at_node(a_round(*lines), "M")
    assert campaign is not None
    assert campaign.rules == lines[:1]


@pytest.mark.parametrize(("own_counts", "expected"), [(True, "4"), (False, "3")])
def test_the_nodes_own_office_counts_among_its_units_where_the_campaign_says_so(
    own_counts: bool, expected: str
) -> None:
    campaign = at_node(replace(a_round(), own_counts=own_counts), "M")
    assert campaign is not None
    submissions = {unit.code: a_submission(unit.code) for unit in campaign.units if unit.role is not Role.DEPARTMENT}
    result = consolidate(a_form(), campaign, submissions)
    assert next(figure.text for figure in result.fields if figure.key == "subordinate_units") == expected
    assert not result.draft


TARGETS: Mapping[str, st.SearchStrategy[str]] = {
    "sum": st.builds("{}{}({})".format, st.sampled_from("=≥"), st.decimals(0, 900, places=2), st.just("次")),
    "maximum": st.builds("={}({})".format, st.integers(0, 50), st.sampled_from(["元", "万元"])),
    "minimum": st.builds("={}({})".format, st.integers(0, 50), st.sampled_from(["元", "万元"])),
    "weakest": st.builds("≥{}({})".format, st.integers(80, 99), st.just("%")),
    "latest": st.builds("每月{}号前".format, st.integers(1, 28)),
    "all_equal": st.sampled_from(["及时", "=100(%)"]),
}


def told(rule: str, targets: Mapping[str, str], money: Mapping[str, Decimal]) -> dict[str, Submission]:
    return {
        code: a_submission(code, fields={"budget.total": money[code]}, indicators=[an_indicator("一件事", target)])
        for code, target in targets.items()
    }


def figures(result: Consolidation) -> tuple[object, ...]:
    total = next(figure for figure in result.fields if figure.key == "budget.total")
    target = result.indicators[0].targets[0]
    number = None if target.number is None else target.number.normalize()
    # An amount of 1 万元 and of 10000 元 is one: which of them is printed may depend on who came first.
    worth = None if number is None else number * (10000 if target.measure == "万元" else 1)
    return total.number, target.status, target.operator, worth, target.kind


def climbed(rule: RuleLine, submissions: Mapping[str, Submission]) -> Node:
    """M2 from its two forms, M from its office, M1 and M2, the department from its bureau, 002 and M."""
    return climb(a_form(), a_round(rule), submissions, {})


@pytest.mark.parametrize("rule", sorted(ASSOCIATIVE))
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_two_steps_through_the_tree_give_what_one_step_gives(rule: str, data: st.DataObject) -> None:
    codes = [unit.code for unit in REPORTING]
    targets = dict(zip(codes, data.draw(st.lists(TARGETS[rule], min_size=6, max_size=6)), strict=True))
    amounts = st.lists(st.decimals(0, 10**9, places=2), min_size=6, max_size=6)
    money = dict(zip(codes, data.draw(amounts), strict=True))
    submissions = told(rule, targets, money)
    line = RuleLine("indicator", "", "一件事", rule)
    one = consolidate(a_form(), a_campaign([line], REPORTING), submissions)
    top = climbed(line, submissions)
    assert figures(top.made.result) == figures(one)
    assert [node.code for node in top.walk()] == ["M2", "M", ""]


@st.composite
def a_tree(draw: st.DrawFn) -> tuple[ReportingUnit, ...]:
    """The bureau and up to nine units, each below the department or below one of those before it."""
    units = [ReportingUnit("000", "局本级", Role.OWN)]
    for number in range(1, draw(st.integers(1, 9)) + 1):
        above = draw(st.sampled_from(["", *(unit.code for unit in units[1:])]))
        units.append(ReportingUnit(f"{number:03}", f"单位{number}", Role.UNIT, above))
    return tuple(units)


@pytest.mark.parametrize("rule", sorted(ASSOCIATIVE))
@settings(max_examples=40, deadline=None)
@given(data=st.data(), units=a_tree())
def test_any_tree_gives_what_one_step_gives(rule: str, data: st.DataObject, units: tuple[ReportingUnit, ...]) -> None:
    count = len(units)
    codes = [unit.code for unit in units]
    targets = dict(zip(codes, data.draw(st.lists(TARGETS[rule], min_size=count, max_size=count)), strict=True))
    amounts = data.draw(st.lists(st.decimals(0, 10**9, places=2), min_size=count, max_size=count))
    submissions = told(rule, targets, dict(zip(codes, amounts, strict=True)))
    line = RuleLine("indicator", "", "一件事", rule)
    flat = tuple(replace(unit, parent="") for unit in units)
    one = consolidate(a_form(), a_campaign([line], flat), submissions)
    top = climb(a_form(), a_campaign([line], units), submissions, {}).made.result
    assert figures(top) == figures(one)
    assert {item.unit_code for item in everything(top)} == {item.unit_code for item in everything(one)}


def test_the_rules_that_need_each_unit_are_not_said_to_be_associative() -> None:
    assert not ASSOCIATIVE & {"most_frequent", "weighted_mean", "keep_each", "own", "owner", "expand_and_sum"}


def test_a_conflict_below_holds_up_the_figure_above() -> None:
    line = RuleLine("indicator", "", "一件事", "all_equal")
    targets = dict.fromkeys((unit.code for unit in REPORTING), "=100(%)") | {"M21": "=95(%)"}
    above = climbed(line, told("", targets, dict.fromkeys(targets, Decimal(1)))).made.result
    assert above.draft
    assert above.indicators[0].targets[0].text == ""
    assert Code.AGG_MISSING in [item.code for item in above.findings]


# roster: code role parent; … → unit<its upper
UPPERS = """
1 own . ; 2 unit 1 ; 3 unit 2                                   | 1<. 2<. 3<2
D department . ; 1 own D ; 2 unit D ; 3 unit 2                  | D<. 1<. 2<. 3<2
D department . ; 1 own . ; 2 unit D                             | D<. 1<. 2<.
D department . ; 1 own D ; E department . ; 2 own E ; 3 unit 2  | D<. 1<D E<. 2<E 3<E
D department . ; 2 unit . ; 3 unit D                            | D<. 2<. 3<D
1 own . ; D department . ; 2 own D ; 3 unit D                   | 1<. D<. 2<D 3<D
"""


@pytest.mark.parametrize("line", UPPERS.strip().splitlines())
def test_a_bureau_and_the_campaigns_department_are_no_steps_of_the_tree(line: str) -> None:
    roster, _, told = line.partition("|")
    rows = [item.split() for item in roster.split(";")]
    units = tuple(ReportingUnit(code, code, Role(role), parent.strip(".")) for code, role, parent in rows)
    assert " ".join(f"{code}<{upper or '.'}" for code, upper in uppers(a_campaign(units=units)).items()) == told.strip()


def test_a_node_sees_one_unit_for_each_right_below_it() -> None:
    assert roles(children(a_round(), "")) == {"001": "own", "002": "unit", "M": "unit"}
    assert roles(children(a_round(), "M")) == {"M": "department", "M0": "own", "M1": "unit", "M2": "unit"}
    assert roles(children(a_round(), "M2")) == {"M2": "own", "M21": "unit"}


LEFT_OUT_AND_PICKED = (
    RuleLine("indicator", "", "M21的事", include=False), RuleLine("row", "tasks", "M1的任务", "pick"),
)  # fmt: skip


def a_full_round() -> dict[str, Submission]:
    """Every unit with fields, tasks, a shared indicator, one of its own and a remark on both."""
    return {
        unit.code: a_submission(
            unit.code, fields={"budget.total": Decimal(place), "persons": Decimal(place), "remarks": "说明"},
            rows=[a_row(1, f"{unit.code}的任务", "内容")],
            indicators=[
                an_indicator("一件事", f"={place}(次)", remark="共同"),
                an_indicator(f"{unit.code}的事", "=1(件)", row=2, remark="自己", previous="=1(件)"),
            ],
        )
        for place, unit in enumerate(REPORTING, start=1)
    }  # fmt: skip


def test_every_value_below_is_accounted_for_once_at_every_node() -> None:
    submissions = a_full_round()
    campaign = a_round(*LEFT_OUT_AND_PICKED)
    flat = everything(consolidate(a_form(), replace(campaign, units=REPORTING), submissions))
    for node in climb(a_form(), campaign, submissions, {}).walk():
        told = [(item.unit_code, item.key, item.column) for item in everything(node.made.result)]
        below_it = {unit.code for unit in (*below(campaign, node.code),) if unit.code in submissions} | {node.code}
        assert sorted(told) == sorted((i.unit_code, i.key, i.column) for i in flat if i.unit_code in below_it)


def test_what_is_used_above_is_what_is_used_at_every_step() -> None:
    campaign = a_round(*LEFT_OUT_AND_PICKED)
    result = climb(a_form(), campaign, a_full_round(), {}).made.result
    total = next(figure for figure in result.fields if figure.key == "budget.total")
    assert total.number == sum(item.number or 0 for item in total.contributions if item.used) == 21
    assert {item.unit_code for item in total.contributions} == {unit.code for unit in REPORTING}
    persons = next(figure for figure in result.fields if figure.key == "persons")
    assert (persons.number, persons.units_total) == (Decimal(1), Decimal(21))
    assert [(item.unit_code, item.used) for item in result.rows[0].contributions] == [("M1", True), ("M1", True)]
    reasons = {item.unit_code: item.reason for item in everything(result) if item.column == "current"}
    assert reasons["M21"] == "not-selected"


def test_a_rule_that_names_a_unit_further_down_takes_that_units_figure() -> None:
    line = RuleLine("field", "", "persons", "owner", "M21")
    result = climb(a_form(), a_round(line), a_full_round(), {}).made.result
    persons = next(figure for figure in result.fields if figure.key == "persons")
    assert (persons.number, [item.unit_code for item in persons.contributions if item.used]) == (Decimal(6), ["M21"])


def test_a_decision_at_a_node_goes_up_with_its_figure_and_one_gone_stale_makes_drafts_above() -> None:
    campaign, submissions = a_round(), a_full_round()
    below_ = climb(a_form(), campaign, submissions, {}, "M")
    total = next(one for one in below_.made.formed if one.key == "field:budget.total")
    decision = Decision(total.key, total.inputs, override="100", reason="核对")
    above = climb(a_form(), campaign, submissions, {"M": [decision]}).made.result
    assert next(figure.number for figure in above.fields if figure.key == "budget.total") == 103
    assert not above.draft
    stale = climb(a_form(), campaign, submissions, {"M": [replace(decision, inputs="older")]}).made.result
    assert next(figure.number for figure in stale.fields if figure.key == "budget.total") == 21
    assert (stale.draft, Code.AGG_DECISION_STALE in [item.code for item in stale.findings]) == (True, True)


def test_a_column_nobody_must_fill_that_is_undecided_below_is_no_blank_above() -> None:
    submissions = {
        unit.code: a_submission(unit.code, indicators=[an_indicator("一件事", "=1(次)", previous="=5(次)")])
        for unit in REPORTING
    }
    odd = an_indicator("一件事", "=1(次)", previous="≤5(次)")
    submissions["M21"] = a_submission("M21", indicators=[odd])
    above = climb(a_form(), a_round(), submissions, {}).made.result
    assert above.indicators[0].targets[1].status is Status.CONFLICT


# 乙院's persons: its office 10, its first branch 30, its second 60 with the clinic below it (20 of 60).
PERSONS = {"001": 100, "002": 50, "M0": 10, "M1": 30, "M2": 40, "M21": 20}
BY_PERSONS = RuleLine("indicator", "", "满意率", "weighted_mean", weight="persons")


def a_weighed_round(**targets: str) -> dict[str, Submission]:
    """Each unit with its persons; those named here with their rate."""
    return {
        code: a_submission(
            code, fields={"persons": Decimal(number)},
            indicators=[an_indicator("满意率", targets[code])] if code in targets else [],
        )
        for code, number in PERSONS.items()
    }  # fmt: skip


def the_mean(result: Consolidation) -> tuple[str, bool]:
    """The figure of the rate, and whether a finding says that a weight climbed."""
    return result.indicators[0].targets[0].text, Code.AGG_WEIGHT_CLIMBED in [item.code for item in result.findings]


def decided_at(node: str, campaign: Campaign, submissions: Mapping[str, Submission], **said: str) -> Decision:
    made = climb(a_form(), campaign, submissions, {}, node).made
    one = next(one for one in made.formed if one.key.startswith("indicator:") and one.leads)
    return Decision(one.key, one.inputs, reason="核对", **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({"001": "=90(%)", "M0": "=80(%)", "M1": "=60(%)", "M21": "=50(%)"}, "=78.75(%)"),
        ({"001": "=90(%)", "M0": "=80(%)", "M2": "=50(%)"}, "=78.67(%)"),
    ],
)
def test_a_mean_of_means_weighs_each_figure_as_the_units_behind_it(targets: dict[str, str], expected: str) -> None:
    submissions = a_weighed_round(**targets)
    flat = consolidate(a_form(), a_campaign([BY_PERSONS], REPORTING), submissions)
    top = climb(a_form(), a_round(BY_PERSONS), submissions, {}).made.result
    assert the_mean(flat) == (expected, False)
    assert the_mean(top) == (expected, True)


def test_a_figure_that_is_the_bureaus_own_weighs_as_the_bureau_alone() -> None:
    campaign = a_round(BY_PERSONS, RuleLine("field", "", "persons", "sum"))
    submissions = a_weighed_round(**{"001": "=90(%)", "M0": "=80(%)", "M1": "=60(%)"})
    own = decided_at("M", campaign, submissions, rule="own")
    result = climb(a_form(), campaign, submissions, {"M": [own]}).made.result
    assert the_mean(result) == ("=89.09(%)", True)  # (100 of 90 and 10 of 80) / 110, not 100 and 100
    (told,) = (item for item in result.findings if item.code == Code.AGG_WEIGHT_CLIMBED)
    assert dict(told.args)["units"] == "乙院 10 (100)"


def test_a_rate_that_all_keep_weighs_as_all_of_them() -> None:
    campaign = a_round(BY_PERSONS, RuleLine("field", "", "persons", "sum"))
    submissions = a_weighed_round(**dict.fromkeys(PERSONS, "≥80(%)") | {"001": "≥90(%)", "M1": "≥60(%)"})
    weakest = decided_at("M", campaign, submissions, rule="weakest")
    result = climb(a_form(), campaign, submissions, {"M": [weakest]}).made.result
    assert the_mean(result) == ("≥76.00(%)", False)  # 100 of 90, 50 of 80, 100 of 60: as the rows of 底稿 show it


def test_a_typed_rate_weighs_as_the_units_whose_values_it_replaces() -> None:
    campaign = a_round(BY_PERSONS)
    submissions = a_weighed_round(**{"001": "=90(%)", "M0": "=80(%)", "M1": "=60(%)"})
    typed = decided_at("M", campaign, submissions, override="=70(%)")
    result = climb(a_form(), campaign, submissions, {"M": [typed]}).made.result
    assert the_mean(result) == ("=84.29(%)", True)  # (100 of 90 and 40 of 70) / 140


def test_a_figure_whose_units_have_no_weight_is_a_conflict_and_no_guess() -> None:
    submissions = a_weighed_round(**{"001": "=90(%)", "M0": "=80(%)", "M1": "=80(%)"})
    without = a_submission("M1", fields={"persons": None}, indicators=[an_indicator("满意率", "=80(%)")])
    result = climb(a_form(), a_round(BY_PERSONS), submissions | {"M1": without}, {}).made.result
    target = result.indicators[0].targets[0]
    assert (target.status, target.text) == (Status.CONFLICT, "")
    assert Code.AGG_WEIGHT_MISSING in [item.code for item in result.findings]


def test_the_paper_of_every_node_agrees_in_libreoffice(tmp_path: Path, libreoffice: LibreOffice) -> None:
    submissions = a_full_round()
    odd = an_indicator("一件事", "≤9(次)", previous="=5(次)")
    submissions["M21"] = a_submission("M21", fields={"persons": None}, indicators=[odd])
    for code, target in zip(("001", "M0", "M1", "M2"), ("=90(%)", "=80(%)", "=60(%)", "=50(%)"), strict=True):
        rate = an_indicator("满意率", target, row=3)
        submissions[code] = replace(submissions[code], indicators=(*submissions[code].indicators, rate))
    campaign = a_round(BY_PERSONS)
    for node in climb(a_form(), campaign, submissions, {}).walk():
        path = tmp_path / f"{node.code}底稿.xlsx"
        path.write_bytes(working_paper(a_form(), node.campaign, node.code, node.made, {}))
        places = [column_of(name, 0) - 1 for name in ("result", "status")]
        with libreoffice.open(path) as book:
            book.recalculate()
            rows = book.used(WORDS["sheets"]["paper"])[HEADING_ROW:]
        assert plain([(row[places[0]], row[places[1]]) for row in rows]) == plain(expected(node.made)), node.code


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled example with two of its units put below a third."""
    folder = tmp_path_factory.mktemp("tree")
    for _ in demo(folder, context=Context(jobs=1)):
        pass
    units = (folder / "units.csv").read_text(encoding="utf-8-sig").splitlines()
    with_parents = [f"{units[0]},parent"] + [
        f"{line},{'003' if line[:3] in ('004', '005') else ''}" for line in units[1:]
    ]
    (folder / "units.csv").write_text("\n".join(with_parents) + "\n", encoding="utf-8-sig")
    return folder


def title(path: Path) -> str:
    page = openpyxl.load_workbook(path).worksheets[0]
    return " ".join(str(item.value) for row in page.iter_rows(max_row=4) for item in row if item.value is not None)


def test_every_inner_node_gets_a_form_and_a_paper_of_its_own(round_: Path) -> None:
    result = run(round_, context=Context(), all_nodes=True)
    assert result.consolidation is not None
    assert [(one.node, one.units) for one in result.nodes] == [("示例区社会福利院", ("003", "004", "005"))]
    assert "示例区社会福利院(汇总)" in title(round_ / "result" / "003" / "汇总表.xlsx")
    assert (round_ / "result" / "003" / "底稿.xlsx").is_file()
    assert len(result.consolidation.units) == 10
    assert not result.consolidation.draft


@pytest.mark.parametrize(("all_nodes", "steps"), [(False, 5), (True, 6)])
def test_consolidating_tells_how_far_it_is(round_: Path, all_nodes: bool, steps: int) -> None:
    told: list[tuple[int, int]] = []
    run(round_, context=Context(progress=lambda done, total: told.append((done, total))), all_nodes=all_nodes)
    assert told == [(number, steps) for number in range(1, steps + 1)]


def test_the_paper_above_has_one_column_for_the_node_and_leads_to_its_paper(round_: Path) -> None:
    run(round_, context=Context())
    page = openpyxl.load_workbook(round_ / "result" / "底稿.xlsx").worksheets[0]
    headings = [cell.value for cell in page[HEADING_ROW]]
    assert "示例区社会福利院" in headings
    below_it = [name for code, name in unit_names(round_).items() if code in ("004", "005")]
    assert not set(below_it) & set(headings)
    row = next(n for n in range(HEADING_ROW + 1, page.max_row) if page.cell(n, 2).value == "部门整体预算总额")
    cell = page.cell(row, headings.index("示例区社会福利院") + 1)
    assert cell.value == 54201795.10
    link: Any = cell.hyperlink
    assert link.target.replace("\\", "/") == "003/底稿.xlsx"
    sheet, place = link.location.split("!")
    paper = openpyxl.load_workbook(round_ / "result" / "003" / "底稿.xlsx", data_only=True)
    assert paper[sheet.strip("'")][place].value == cell.value


def unit_names(folder: Path) -> dict[str, str]:
    lines = (folder / "units.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    return {line.split(",")[0]: line.split(",")[1] for line in lines}


def test_one_node_can_be_consolidated_by_itself_and_decided_by_itself(round_: Path) -> None:
    result = run(round_, context=Context(), node="003")
    assert result.consolidation is not None
    amounts = {figure.key: figure.number for figure in result.consolidation.fields}
    assert amounts["budget.total"] == Decimal("54201795.10")
    paper = round_ / "result" / "003" / "底稿.xlsx"
    book = openpyxl.load_workbook(paper)
    page = book.worksheets[0]
    row = next(n for n in range(5, page.max_row) if page.cell(n, 2).value == "年末在职人数")
    page.cell(row, 4).value = "求和"
    book.save(paper)
    decided = run(round_, context=Context(), node="003", decisions=paper)
    assert decided.consolidation is not None
    stored = kept.load(round_ / kept.NAME)
    assert isinstance(stored, dict)
    assert [(node, [item.figure for item in told]) for node, told in stored.items()] == [("003", ["field:persons"])]
    whole = run(round_, context=Context())
    assert whole.consolidation is not None
    assert next(figure.rule for figure in whole.consolidation.fields if figure.key == "persons") == "own"


def test_the_paper_of_one_node_is_not_read_for_another(round_: Path) -> None:
    run(round_, context=Context(), node="003")
    result = run(round_, context=Context(), decisions=round_ / "result" / "003" / "底稿.xlsx")
    assert [item.code for item in result.findings if item.severity.value == "error"] == [Code.AGG_PAPER_FOREIGN]
    assert result.files == ()


def test_an_unknown_node_is_a_finding_that_names_the_nodes(round_: Path) -> None:
    result = run(round_, context=Context(), node="002")
    (found,) = [item for item in result.findings if item.severity.value == "error"]
    assert (found.code, dict(found.args)["known"]) == (Code.AGG_NODE_UNKNOWN, "003")
