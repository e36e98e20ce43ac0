"""The department's figures from the units' submissions: fields, lines, rows, grouping, selection, order and drafts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consolidation_cases import UNITS, a_campaign, a_field, a_form, a_row, a_submission, an_indicator
from xltool.consolidate import consolidate
from xltool.consolidate.matching import normalised
from xltool.findings import Code, catalogue, message
from xltool.model.campaign import ReportingUnit, RuleLine
from xltool.model.consolidation import Consolidation, Contribution, FieldFigure, Status
from xltool.model.form import Answer, AnswerType, Lines, Role
from xltool.model.review import Approved
from xltool.model.submission import Submission
from xltool.model.value import State

# rule of the form | type | the four units' answers (. is blank, ! a number) | status | text | units_total | codes
FIELD_CASES = """
sum         | money   | !476373173.65 ; !0.00 ; !0 ; !0.5     | resolved | 476,373,174.15 |      |
sum         | money   | !1 ; !2 ; !3 ; !4                     | resolved | 10.00          |      |
sum         | money   | !0.001 ; !2 ; !3 ; !4                 | resolved | 9.001          |      |
sum         | money   | !0 ; !0 ; !0 ; !0                     | resolved | 0.00           |      |
sum         | money   | !-5 ; !2 ; !1 ; !1                    | resolved | -1.00          |      |
sum         | integer | !1000 ; !24 ; !0 ; !0                 | resolved | 1024           |      |
sum         | money   | !1 ; . ; !3 ; !4                      | conflict |                |      | AGG05
sum         | money   | . ; . ; !3 ; !4                       | conflict |                |      | AGG05 AGG05
sum         | money   | !1 ; ? ; !3 ; !4                      | conflict |                |      | AGG05
sum         | money   | !1 ; 十 ; !3 ; !4                     | conflict |                |      | AGG05
sum         | money   | !1 ; 不适用 ; !3 ; !4                 | resolved | 8.00           |      |
own         | integer | !24 ; !5 ; !6 ; !7                    | resolved | 24             | 42   | AGG11
own         | integer | !24 ; !0 ; !0 ; !0                    | resolved | 24             | 24   |
own         | integer | . ; !5 ; !6 ; !7                      | conflict |                | 18   | AGG05
own         | text    | 局的职责□ ; 甲 ; 乙 ; 丙              | resolved | 局的职责       |      |
own         | text    | . ; 甲 ; 乙 ; 丙                      | conflict |                |      | AGG05
all_equal   | text    | 2024.1-12 ; 2024.1-12 ; ２０２４.1-12 ; 2024.1-12 □ | resolved | 2024.1-12 | |
all_equal   | text    | 2024.1-12 ; 2024.2-12 ; 2024.1-12 ; . | conflict |                |      | AGG05
all_equal   | text    | 2024.1-12 ; 2024.2-12 ; 2024.1-12 ; 2024.1-12 | conflict |        |      | AGG01
all_equal   | percent | !85 ; !85.0 ; !85 ; !85               | resolved | 85             |      |
keep_each   | text    | 甲 ; 乙 ; 甲 ; 甲                     | resolved | 本级、乙站、丙院：甲；甲中心：乙 | |
consolidated_name | text | 一 ; 二 ; 三 ; 四                  | resolved | 示例区民政局(汇总) |  |
            | money   | !1 ; !2 ; !3 ; !4                     | resolved | 10.00          |      |
            | text    | 局 ; 甲 ; 乙 ; 丙                     | resolved | 局             |      |
weakest     | integer | !1 ; !2 ; !3 ; !4                     | conflict |                |      | AGG15
weakest     | integer | !4 ; !4 ; !4 ; !4                     | resolved | 4              |      |
maximum     | money   | !1 ; !20 ; !3 ; !4                    | resolved | 20.00          |      |
minimum     | money   | !1 ; !20 ; !3 ; !4                    | resolved | 1.00           |      |
minimum     | money   | !1 ; . ; !3 ; !4                      | conflict |                |      | AGG05
latest      | date    | 2024-03-15 ; 2024-12-01 ; 2024-03-15 ; 2024-11-30 | resolved | 2024-12-01 | |
latest      | text    | 甲 ; 乙 ; 甲 ; 甲                     | conflict |                |      | AGG14
latest      | money   | !1 ; !2 ; !3 ; !4                     | conflict |                |      | AGG14
most_frequent | text  | 甲 ; 乙 ; 甲 ; 丙                     | resolved | 甲             |      |
most_frequent | text  | 甲 ; 乙 ; 甲 ; 乙                     | conflict |                |      | AGG01
expand_and_sum | money | !1 ; !2 ; !3 ; !4                    | resolved | 10.00          |      |
weighted_mean | percent | !1 ; !2 ; !3 ; !4                   | conflict |                |      | AGG08
guess       | integer | !1 ; !2 ; !3 ; !4                     | conflict |                |      | AGG08
"""


def _lines(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]


def _given(text: str) -> str | Decimal | None:
    text = text.strip()
    return Decimal(text[1:]) if text.startswith("!") else None if text == "." else text


def all_units(**fields: Sequence[str | Decimal | None]) -> dict[str, Submission]:
    """One submission per unit of the roster, the n-th of each field's answers for the n-th unit."""
    return {
        unit.code: a_submission(unit.code, fields={key.replace("__", "."): told[i] for key, told in fields.items()})
        for i, unit in enumerate(UNITS)
    }


def a_figure(result: Consolidation, key: str) -> FieldFigure:
    return next(figure for figure in result.fields if figure.key == key)


def codes(result: Consolidation, field: str) -> str:
    return " ".join(item.code for item in result.findings if item.position.field == field)


@pytest.mark.parametrize(("rule", "type", "answers", "status", "text", "total", "found"), _lines(FIELD_CASES))
def test_each_rule_forms_each_type_of_field_as_the_table_says(
    rule: str, type: str, answers: str, status: str, text: str, total: str, found: str
) -> None:
    asked = Answer("asked", "所问", AnswerType(type), compulsory=True, rule=rule)
    told = [_given(text) for text in answers.split(";")]
    result = consolidate(a_form(fields=[asked]), a_campaign(), all_units(asked=told))
    figure = a_figure(result, "asked")
    units_total = "" if figure.units_total is None else str(figure.units_total)
    assert (figure.status.value, figure.text, units_total) == (status, text, total)
    assert codes(result, "asked") == found
    assert result.draft is (status != "resolved")


def test_a_blank_that_is_not_compulsory_is_left_out_of_a_sum_and_said_to_be_blank() -> None:
    asked = Answer("asked", "所问", AnswerType.MONEY, rule="sum")
    result = consolidate(a_form(fields=[asked]), a_campaign(), all_units(asked=[Decimal(1), None, Decimal(3), None]))
    figure = a_figure(result, "asked")
    assert (figure.number, [item.reason for item in figure.contributions]) == (Decimal(4), ["", "blank", "", "blank"])


# the department's approved total | the four units' figures | the figure, or the code that keeps it back
CONTROLS = """
700 | 700 ; 100 ; 0 ; 0   | AGG32
700 | 700 ; 0 ; 0 ; 0     | 700
700 | 600 ; 100 ; 0 ; 0   | 700
.   | 700 ; 100 ; 0 ; 0   | 800
0   | 0 ; 100 ; 0 ; 0     | 100
"""


@pytest.mark.parametrize("line", CONTROLS.strip().splitlines())
def test_one_figure_that_is_the_departments_whole_total_is_not_added_to_others(line: str) -> None:
    control, given_, expected = (cell.strip() for cell in line.split("|"))
    bureau = ReportingUnit("D", "局", Role.DEPARTMENT)
    approved = () if control == "." else (Approved("D", "budget.total", Decimal(control), "批复数.budget.total"),)
    campaign = replace(a_campaign(units=(bureau, *UNITS)), approved=approved)
    amounts = zip(UNITS, map(Decimal, map(str.strip, given_.split(";"))), strict=True)
    told = {unit.code: a_submission(unit.code, fields={"budget.total": amount}) for unit, amount in amounts}
    result = consolidate(a_form(), campaign, told)
    total = next(figure for figure in result.fields if figure.key == "budget.total")
    codes = [item.code for item in result.findings if item.position.field == "budget.total"]
    assert (codes or [f"{total.number:f}"]) == [expected]
    declared = replace(campaign, rules=(RuleLine("field", "", "budget.total", "sum"),))
    assert Code.AGG_IS_CONTROL not in [item.code for item in consolidate(a_form(), declared, told).findings]


def test_a_field_nobody_answers_and_nobody_must_is_missing_and_no_draft() -> None:
    asked = Answer("asked", "所问", AnswerType.MONEY, rule="sum")
    result = consolidate(a_form(fields=[asked]), a_campaign(), all_units(asked=[None] * 4))
    assert (a_figure(result, "asked").status, a_figure(result, "asked").text) == (Status.MISSING, "")
    assert not result.draft


def test_a_field_is_expected_only_of_the_roles_it_applies_to() -> None:
    roles = frozenset({Role.OWN, Role.DEPARTMENT})
    asked = Answer("asked", "所问", AnswerType.MONEY, compulsory=True, rule="sum", roles=roles)
    result = consolidate(a_form(fields=[asked]), a_campaign(), all_units(asked=[Decimal(7), None, None, None]))
    assert a_figure(result, "asked").text == "7.00"


@pytest.mark.parametrize(("own_counts", "expected"), [(True, "4"), (False, "3")])
def test_the_number_of_units_is_the_rosters_and_counts_the_bureau_where_the_campaign_says_so(
    own_counts: bool, expected: str
) -> None:
    result = consolidate(a_form(), a_campaign(own_counts=own_counts), all_units())
    assert a_figure(result, "subordinate_units").text == expected


def test_a_unit_without_accepted_form_is_named_and_makes_a_draft() -> None:
    submissions = all_units()
    del submissions["003"]
    result = consolidate(a_form(), a_campaign(), submissions)
    (found,) = [item for item in result.findings if item.code == Code.AGG_UNITS]
    assert dict(found.args) == {"accepted": "3", "expected": "4", "units": "乙站"}
    assert result.draft
    assert a_figure(result, "subordinate_units").text == "4"


def test_a_submission_of_a_unit_that_is_not_on_the_roster_is_named_and_not_added() -> None:
    submissions = {**all_units(), "999": a_submission("999")}
    result = consolidate(a_form(), a_campaign(), submissions)
    assert [item.code for item in result.findings if dict(item.args).get("units") == "999"] == [Code.AGG_UNITS]
    assert a_figure(result, "budget.total").text == "400.00"


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (RuleLine("field", "", "年末在职人数", "sum"), "5"),
        (RuleLine("field", "", "persons", "owner", "003"), "0"),
        (RuleLine("field", "", "预算总额(元)", "owner", "003"), "5"),
    ],
)
def test_a_rule_line_names_a_field_by_its_key_or_by_its_label(line: RuleLine, text: str) -> None:
    result = consolidate(a_form(), a_campaign([line]), all_units())
    assert a_figure(result, "persons").text == text
    assert Code.AGG_RULE_UNMATCHED not in [item.code for item in result.findings]


def test_a_field_the_coordinator_leaves_out_has_no_figure_and_its_values_say_why() -> None:
    result = consolidate(a_form(), a_campaign([RuleLine("field", "", "persons", include=False)]), all_units())
    assert "persons" not in [figure.key for figure in result.fields]
    assert {item.reason for item in result.others if item.figure == "persons"} == {"not-selected"}


# The names that are one indicator, and names that are not.
SAME = """
社会组织扶持奖励数 | 1.社会组织扶持奖励数
社会组织扶持奖励数 | 1、社会组织扶持奖励数
社会组织扶持奖励数 | （一）社会组织扶持奖励数
社会组织扶持奖励数 | (12) 社会组织扶持奖励数□
社会组织扶持奖励数 | ①社会组织扶持奖励数
社会组织扶持奖励数 | ⒈社会组织 扶持奖励数
社会组织扶持奖励数 | <p>社会组织扶持奖励数</p>
补贴（重度）人次   | 补贴(重度)人次
补贴（重度）人次   | 补贴【重度】人次
ＡＢＣ覆盖率       | abc覆盖率
"""
DIFFERENT = """
补贴（重度）人次 | 补贴（困难）人次
1.5倍达标        | 5倍达标
两项补贴         | 三项补贴
15分钟服务圈     | 服务圈
"""


@pytest.mark.parametrize(("one", "other"), _lines(SAME))
def test_numbering_brackets_width_and_blanks_do_not_make_two_indicators(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(("one", "other"), _lines(DIFFERENT))
def test_words_and_numbers_in_a_name_do_make_two_indicators(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize("name", ["□", "()", "1.", "（一）"])
def test_a_name_of_marks_alone_is_compared_as_it_stands(name: str) -> None:
    assert normalised("任务") != normalised(name)


def indicators(*rows: tuple[str, list[tuple[str, str, str]]], rules: Sequence[RuleLine] = ()) -> Consolidation:
    """Submissions of unit code → (level, name, target) rows."""
    submissions = {
        code: a_submission(code, indicators=[an_indicator(n, t, level=v, row=i) for i, (v, n, t) in enumerate(told, 1)])
        for code, told in rows
    }
    units = tuple(unit for unit in UNITS if unit.code in submissions)
    return consolidate(a_form(), a_campaign(rules, units), submissions)


QUANTITY, TIMELINESS = "output.quantity", "output.timeliness"


def test_indicators_stand_in_level_order_then_rule_order_then_first_appearance() -> None:
    rules = [RuleLine("indicator", "数量指标", "戊", order=1), RuleLine("indicator", "数量指标", "丁", order=2)]
    result = indicators(
        ("002", [(QUANTITY, "丁", "=1(个)"), (QUANTITY, "丙", "=1(个)")]),
        ("001", [(TIMELINESS, "甲", "及时"), (QUANTITY, "乙", "=1(个)"), (QUANTITY, "戊", "=1(个)")]),
        rules=rules,
    )
    assert [figure.name for figure in result.indicators] == ["戊", "丁", "乙", "丙", "甲"]
    assert [figure.order for figure in result.indicators] == [1, 2, 3, 4, 5]


def test_one_name_under_two_levels_is_two_indicators() -> None:
    result = indicators(("001", [(QUANTITY, "甲", "=1(个)"), (TIMELINESS, "甲", "及时")]))
    assert [figure.key for figure in result.indicators] == ["output.quantity:甲", "output.timeliness:甲"]


def test_a_figure_has_the_printed_levels_and_the_name_without_lost_characters() -> None:
    result = indicators(("001", [(TIMELINESS, " 提升情况□", "提升□")]))
    (figure,) = result.indicators
    assert (figure.levels, figure.name, figure.targets[0].text) == (("产出指标", "时效指标"), "提升情况", "提升")


def test_an_allocations_id_joins_names_that_differ_and_a_retyped_row_joins_by_its_name() -> None:
    one = an_indicator("床位", "=1(张)", id="A7")
    other = an_indicator("新增床位", "=2(张)", id="A7")
    retyped = an_indicator("1.床位", "=4(张)")
    submissions = {
        code: a_submission(code, indicators=[item])
        for code, item in zip(("001", "002", "003"), (one, other, retyped), strict=True)
    }
    result = consolidate(a_form(), a_campaign(units=UNITS[:3]), submissions)
    (figure,) = result.indicators
    assert (figure.key, figure.targets[0].text) == ("A7", "=7.00(张)")


@pytest.mark.parametrize("level", ["数量指标", "output.quantity", "产出指标/数量指标", ""])
def test_a_rule_line_names_a_level_by_its_key_or_its_printed_name(level: str) -> None:
    rules = [RuleLine("indicator", level, "甲", "owner", "002")]
    result = indicators(("001", [(QUANTITY, "1.甲", "=1(个)")]), ("002", [(QUANTITY, "甲", "=5(个)")]), rules=rules)
    assert result.indicators[0].targets[0].text == "=5.00(个)"
    assert not result.draft


def test_a_level_is_named_by_its_alias_too() -> None:
    rules = [RuleLine("indicator", "进度指标", "甲", "own")]
    result = indicators(("001", [(TIMELINESS, "甲", "及时")]), ("002", [(TIMELINESS, "甲", "适时")]), rules=rules)
    assert result.indicators[0].targets[0].text == "及时"


def test_an_indicator_that_is_left_out_uses_nothing_and_no_conflict_of_it_makes_a_draft() -> None:
    rules = [RuleLine("indicator", "", "甲", include=False)]
    result = indicators(("001", [(QUANTITY, "甲", "=90(%)")]), ("002", [(QUANTITY, "甲", "=95(%)")]), rules=rules)
    (figure,) = result.indicators
    assert not figure.included
    assert not result.draft
    assert not any(item.used for item in figure.targets[0].contributions)
    assert result.findings == ()


def test_an_indicator_that_is_left_out_keeps_its_figure_for_the_working_paper() -> None:
    rules = [RuleLine("indicator", "", "甲", include=False)]
    result = indicators(("001", [(QUANTITY, "甲", "=9(个)")]), ("002", [(QUANTITY, "甲", "=5(个)")]), rules=rules)
    target = result.indicators[0].targets[0]
    assert target.text == "=14.00(个)"
    assert {item.reason for item in target.contributions} == {"not-selected"}


@pytest.mark.parametrize(
    "line",
    [
        RuleLine("indicator", "数量指标", "不存在", "sum"),
        RuleLine("indicator", "时效指标", "甲", "sum"),
        RuleLine("field", "", "no_such_field", "sum"),
        RuleLine("row", "tasks", "不存在"),
        RuleLine("task", "", "甲"),
    ],
)
def test_a_rule_line_that_matches_nothing_is_a_warning(line: RuleLine) -> None:
    result = indicators(("001", [(QUANTITY, "甲", "=1(个)")]), rules=[line])
    assert [item.code for item in result.findings] == [Code.AGG_RULE_UNMATCHED]


def test_a_second_rule_line_for_one_indicator_is_a_warning_and_the_first_counts() -> None:
    rules = [RuleLine("indicator", "", "甲", "own"), RuleLine("indicator", "", "1.甲", "sum")]
    result = indicators(("001", [(QUANTITY, "甲", "=1(个)")]), ("002", [(QUANTITY, "甲", "=5(个)")]), rules=rules)
    assert result.indicators[0].targets[0].text == "=1.00(个)"
    assert [item.code for item in result.findings] == [Code.AGG_RULE_REPEATED]


def test_each_column_of_an_indicator_is_a_figure_of_its_own() -> None:
    told = {
        "001": a_submission("001", indicators=[an_indicator("甲", "=1(个)", previous="无", remark="说明")]),
        "002": a_submission("002", indicators=[an_indicator("甲", "=2(个)", previous="50个", remark="说明")]),
    }
    result = consolidate(a_form(), a_campaign(units=UNITS[:2]), told)
    (figure,) = result.indicators
    assert [(t.label, t.text) for t in figure.targets] == [("本年", "=3.00(个)"), ("上年", "50个")]
    assert figure.extras == (("remark", "说明"),)


@pytest.mark.parametrize(
    ("numbered", "typed", "printed"),
    [
        (True, ("1.甲", "3.乙"), ("1.甲", "3.乙")),  # rising: as typed, gaps and all
        (True, ("3.甲", "3.乙"), ("1.甲", "2.乙")),
        (True, ("2.甲", "1.乙"), ("1.甲", "2.乙")),
        (True, ("甲", "2.乙"), ("1.甲", "2.乙")),
        (False, ("3.甲", "乙"), ("3.甲", "乙")),
    ],
)
def test_numbers_stay_as_typed_while_they_rise_and_are_counted_anew_else(
    numbered: bool, typed: tuple[str, str], printed: tuple[str, str]
) -> None:
    """A form whose names carry numbers never shows two of one number in a level."""
    told = {"001": a_submission("001", indicators=[an_indicator(name, "=1(个)") for name in typed])}
    figures = consolidate(a_form(numbered=numbered), a_campaign(units=UNITS[:1]), told).indicators
    assert tuple(figure.name for figure in figures) == printed


def tasks(rule: str, rules: Sequence[RuleLine] = ()) -> Consolidation:
    submissions = {
        "001": a_submission("001", rows=[a_row(1, "养老□", "一"), a_row(2, "救助", "二"), a_row(3, "治理", "三")]),
        "002": a_submission("002", rows=[a_row(1, "救助", "二之二"), a_row(2, "殡葬", "四")]),
    }
    return consolidate(a_form(rows_rule=rule), a_campaign(rules, UNITS[:2]), submissions)


def a_pick(name: str, owner: str = "", order: int = 0, include: bool = True) -> RuleLine:
    return RuleLine("row", "tasks", name, "pick", owner, include, order)


# rule of the block | lines (name owner order) | titles and contents that stand in the form | draft
ROW_CASES: list[tuple[str, list[RuleLine], str, bool]] = [
    ("pick", [], "养老 一, 救助 二, 治理 三", False),
    ("own", [], "养老 一, 救助 二, 治理 三", False),
    ("keep_each", [], "养老 一, 救助 二, 治理 三, 救助 二之二, 殡葬 四", False),
    ("none", [], "", False),
    ("pick", [a_pick("殡葬", "002", 2), a_pick("养老", "001", 1)], "养老 一, 殡葬 四", False),
    ("pick", [a_pick("殡葬"), a_pick("1.养老")], "殡葬 四, 养老 一", False),
    ("pick", [a_pick("救助", "002")], "救助 二之二", False),
    ("pick", [a_pick("治理", include=False)], "养老 一, 救助 二", False),
    ("pick", [a_pick("救助")], "", True),
    ("pick", [a_pick("养老", "002")], "", True),
    ("pick", [a_pick("养老", "999")], "", True),
    ("guess", [], "", True),
]


@pytest.mark.parametrize(("rule", "lines", "expected", "draft"), ROW_CASES)
def test_rows_stand_in_the_form_as_they_are_picked(
    rule: str, lines: list[RuleLine], expected: str, draft: bool
) -> None:
    result = tasks(rule, lines)
    assert ", ".join(" ".join(text for _, text in row.answers) for row in result.rows) == expected
    assert [row.order for row in result.rows] == list(range(1, len(result.rows) + 1))
    assert result.draft is draft


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (a_pick("救助"), Code.AGG_VALUES_DIFFER),
        (a_pick("养老", "002"), Code.AGG_RULE_UNMATCHED),
        (a_pick("养老", "999"), Code.AGG_RULE_UNKNOWN),
    ],
)
def test_a_row_that_cannot_be_picked_is_a_finding(line: RuleLine, code: Code) -> None:
    assert [item.code for item in tasks("pick", [line]).findings] == [code]


def test_every_cell_of_a_row_is_accounted_for_whether_picked_or_not() -> None:
    result = tasks("pick", [a_pick("殡葬")])
    told = [item for row in result.rows for item in row.contributions]
    told += [item for item in result.others if item.figure == "tasks"]
    assert len(told) == 10
    assert [item.key for item in told if item.used] == ["tasks#02.title", "tasks#02.content"]
    assert {item.reason for item in told if not item.used} == {"not-picked"}


def everything(result: Consolidation) -> list[Contribution]:
    told = [item for field in result.fields for item in field.contributions]
    told += [item for row in result.rows for item in row.contributions]
    told += [item for figure in result.indicators for target in figure.targets for item in target.contributions]
    return [*told, *result.others]


targets = st.sampled_from(
    [
        "=3(个)",
        "≥5.50(个)",
        "≤2(个)",
        "=1200(个)",
        "=100(%)",
        "=95(%)",
        "及时",
        "每月15号前",
        "各2个",
        "无",
        "不适用",
        "",
        "=1(万元)",
    ]
)
row = st.tuples(st.sampled_from(["甲", "1.甲", "乙", "丙"]), targets, st.one_of(st.none(), targets))
told = st.lists(row, max_size=4)
rule = st.builds(
    RuleLine,
    st.just("indicator"),
    st.sampled_from(["", "数量指标"]),
    st.sampled_from(["甲", "乙", "丙", "丁"]),
    st.sampled_from(["", "sum", "own", "owner", "all_equal", "keep_each", "none", "guess"]),
    st.sampled_from(["", "002", "999"]),
    st.booleans(),
    st.integers(0, 3),
)
amounts = st.one_of(st.none(), st.decimals(-(10**12), 10**12, places=2))


def _submissions(units: list[list[tuple[str, str, str | None]]], money: list[Decimal | None]) -> dict[str, Submission]:
    return {
        unit.code: a_submission(
            unit.code,
            fields={"budget.total": amount},
            rows=[a_row(1, unit.name, "内容")],
            indicators=[an_indicator(n, t, row=i, previous=p, remark=n) for i, (n, t, p) in enumerate(rows, 1)],
        )
        for unit, rows, amount in zip(UNITS, units, money, strict=True)
    }


@settings(max_examples=150, deadline=None)
@given(
    st.lists(told, min_size=4, max_size=4), st.lists(amounts, min_size=4, max_size=4), st.lists(rule, max_size=3),
    st.permutations([unit.code for unit in UNITS]),
)  # fmt: skip
def test_the_order_of_the_files_changes_nothing(
    units: list[list[tuple[str, str, str | None]]], money: list[Decimal | None], rules: list[RuleLine], order: list[str]
) -> None:
    submissions = _submissions(units, money)
    shuffled = {code: submissions[code] for code in order}
    form, campaign = a_form(), a_campaign(rules)
    assert consolidate(form, campaign, submissions) == consolidate(form, campaign, shuffled)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(told, min_size=4, max_size=4), st.lists(amounts, min_size=4, max_size=4), st.lists(rule, max_size=3),
)  # fmt: skip
def test_every_accepted_value_is_accounted_for_once_and_sums_are_those_of_what_they_use(
    units: list[list[tuple[str, str, str | None]]], money: list[Decimal | None], rules: list[RuleLine]
) -> None:
    submissions = _submissions(units, money)
    result = consolidate(a_form(), a_campaign(rules), submissions)
    contributions = everything(result)
    for item in contributions:
        assert item.used == (item.reason == "")
    accounted = [(item.unit_code, item.key, item.column) for item in contributions]
    assert len(accounted) == len(set(accounted))
    for code, submission in submissions.items():
        expected = {(code, given.key, "") for given in submission.fields if given.state is not State.BLANK}
        expected |= {(code, f"{r.key}.{given.key}", "") for r in submission.rows for given in r.answers}
        for indicator in submission.indicators:
            expected |= {(code, indicator.key, target.column) for target in indicator.targets}
            expected |= {(code, f"{indicator.key}.{given.key}", given.key) for given in indicator.extras}
        assert expected <= set(accounted)
    for figure in result.indicators:
        for target in figure.targets:
            _sum_is_that_of_its_contributions(
                target.rule, target.number, target.measure, target.contributions, figure.included
            )
    for field in result.fields:
        _sum_is_that_of_its_contributions(field.rule, field.number, "", field.contributions, included=True)


def _sum_is_that_of_its_contributions(
    rule: str, number: Decimal | None, measure: str, told: Sequence[Contribution], included: bool
) -> None:
    if rule != "sum" or number is None or not included or measure == "元":
        return
    assert Fraction(number) == sum(Fraction(item.number) for item in told if item.used and item.number is not None)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.decimals(0, 10**9, places=2), min_size=4, max_size=4))
def test_two_steps_through_the_tree_give_the_sum_of_one_step(money: list[Decimal]) -> None:
    whole = consolidate(a_form(), a_campaign(), _submissions([[]] * 4, list(money)))
    part = consolidate(a_form(), a_campaign(units=UNITS[1:]), _submissions([[]] * 4, list(money)))
    inner = a_figure(part, "budget.total").number
    middle = ReportingUnit("M", "中间层", Role.UNIT)
    told = {
        "001": a_submission("001", fields={"budget.total": money[0]}),
        "M": a_submission("M", fields={"budget.total": inner}),
    }
    above = consolidate(a_form(), a_campaign(units=(UNITS[0], middle)), told)
    assert a_figure(above, "budget.total").number == a_figure(whole, "budget.total").number


def test_every_finding_of_consolidation_can_be_said_in_both_languages() -> None:
    submissions = all_units(budget__total=[Decimal(1), None, Decimal(3), Decimal(4)])
    result = consolidate(a_form(), a_campaign([RuleLine("row", "tasks", "无此任务")]), submissions)
    for item in result.findings:
        for language in ("zh", "en"):
            assert "{" not in message(item, language)


def test_every_code_of_consolidation_has_a_head_of_the_review() -> None:
    heads = {entry.head for code, entry in catalogue().items() if code.startswith("AGG")}
    assert heads <= {"完整性", "相关性", "适当性", "可行性", "技术"}


def test_an_unknown_level_stands_after_those_of_the_form() -> None:
    stray = an_indicator("戊", "=1(个)", level="output.stray")
    told = {"001": a_submission("001", indicators=[stray, an_indicator("甲", "=1(个)", row=2)])}
    result = consolidate(a_form(), a_campaign(units=UNITS[:1]), told)
    assert [figure.name for figure in result.indicators] == ["甲", "戊"]


def test_a_line_of_several_columns_has_a_figure_for_each() -> None:
    form = a_form()
    (lines,) = [block for block in form.blocks if isinstance(block, Lines)]
    columns = (Answer("plan", "预算", AnswerType.MONEY), Answer("done", "执行", AnswerType.MONEY))
    both = replace(lines, columns=columns)
    form = replace(form, blocks=tuple(both if block is lines else block for block in form.blocks))
    submission = a_submission("001")
    answers = (*submission.fields, a_field("budget.total.plan", Decimal(5)), a_field("budget.total.done", Decimal(4)))
    result = consolidate(form, a_campaign(units=UNITS[:1]), {"001": replace(submission, fields=answers)})
    assert [(f.label, f.text) for f in result.fields if f.key.startswith("budget.total")] == [
        ("预算总额(元) 预算", "5.00"),
        ("预算总额(元) 执行", "4.00"),
    ]


@pytest.mark.parametrize(
    ("second", "text", "codes"), [("=70(%)", "", [Code.AGG_RULE_UNSUITED]), ("=90(%)", "=90.00(%)", [])]
)
def test_a_mean_is_no_rule_where_one_unit_gave_two_rates(second: str, text: str, codes: list[Code]) -> None:
    rates = [an_indicator("率", "=90(%)"), an_indicator("1.率", second, row=2)]
    given = {
        "001": a_submission("001", indicators=[an_indicator("率", "=90(%)")]),
        "002": a_submission("002", indicators=rates),
    }
    campaign = a_campaign([RuleLine("indicator", "", "率", "weighted_mean", weight="persons")])
    result = consolidate(a_form(), campaign, given)
    assert result.indicators[0].targets[0].text == text
    assert [item.code for item in result.findings if item.position.field.endswith(":率")] == codes
