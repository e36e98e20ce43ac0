"""Which rule holds (decision, campaign, allocation, form, default), and by how much a sum may differ."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consolidation_cases import UNITS, a_campaign, a_form, a_submission, an_indicator
from xltool import measures
from xltool.consolidate import consolidate, deliberate
from xltool.consolidate.adding import listed
from xltool.consolidate.arithmetic import IncompatibleError, in_one_measure, joined_operator, rounding_bound
from xltool.consolidate.deciding import Ruling, decided, ruling
from xltool.findings import Code
from xltool.model.campaign import AllocatedIndicator, Campaign, ReportingUnit, RuleLine
from xltool.model.decision import Decision
from xltool.model.form import Role
from xltool.model.value import Operator

# decision | campaign's rule | allocation's owner | form's rule | default → rule and who named it
PRECEDENCE = """
maximum | minimum | 002 | own | sum | maximum decision
.       | minimum | 002 | own | sum | minimum campaign
.       | .       | 002 | own | sum | owner allocation
.       | .       | .   | own | sum | own form
.       | .       | .   | .   | sum | sum default
maximum | .       | .   | .   | sum | maximum decision
"""


@pytest.mark.parametrize("line", PRECEDENCE.strip().splitlines())
def test_a_decision_goes_before_the_campaign_the_allocation_the_form_and_the_default(line: str) -> None:
    told = [cell.strip() for cell in line.split("|")]
    by_decision, by_campaign, owner, form, default = ("" if cell == "." else cell for cell in told[:5])
    base = ruling(
        RuleLine("indicator", "", "甲", by_campaign), AllocatedIndicator("A1", "", "甲", owner=owner), form, default
    )
    found = decided(base, Decision("indicator:甲", "", by_decision) if by_decision else None)
    assert f"{found.rule} {found.origin}" == told[5]


def test_who_wrote_the_rule_answers_for_double_entry_and_nobody_else() -> None:
    declared = {origin: Ruling("sum", origin).declared for origin in ("decision", "campaign", "allocation", "form")}
    assert declared == {"decision": True, "campaign": True, "allocation": False, "form": False}


def test_an_allocated_indicator_takes_its_owners_figure() -> None:
    allocation = (AllocatedIndicator("A1", "output.quantity", "床位", owner="003"),)
    campaign = Campaign("r", "small", 2024, "局", None, "", "", UNITS[:3], allocation=allocation)
    submissions = {
        unit.code: a_submission(unit.code, indicators=[an_indicator("床位", f"={n}(张)", id="A1")])
        for n, unit in enumerate(UNITS[:3], start=1)
    }
    target = consolidate(a_form(), campaign, submissions).indicators[0].targets[0]
    assert (target.text, target.rule, target.origin) == ("=3.00(张)", "owner", "allocation")


# operators given → the operator of a sum; × where the table knows none
OPERATORS = """
=   | =
≥   | ≥
≤   | ≤
>   | >
<   | <
= ≥ | ≥
= ≤ | ×
≥ ≤ | ×
≥ > | ×
= 定性 | ×
"""


@pytest.mark.parametrize("line", OPERATORS.strip().splitlines())
def test_operators_combine_by_the_table(line: str) -> None:
    given_, joined = (cell.strip() for cell in line.split("|"))
    operators = [Operator(sign) for sign in given_.split()]
    if joined == "×":
        with pytest.raises(IncompatibleError):
            joined_operator(operators)
    else:
        assert joined_operator(operators) is Operator(joined)


def test_ten_amounts_in_ten_thousands_with_two_decimals_may_be_500_yuan_off_together() -> None:
    assert rounding_bound([(Decimal("28.80"), "万元")] * 10, "元") == Decimal(500)


def test_amounts_in_the_sums_own_measure_count_as_exact() -> None:
    assert rounding_bound([(Decimal("5.01"), "元"), (Decimal("28.8"), "万元")], "元") == Decimal(500)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.decimals(0, 10**9, places=4), min_size=1, max_size=30))
def test_a_sum_of_rounded_amounts_stays_within_the_bound(amounts: list[Decimal]) -> None:
    rounded = [amount.quantize(Decimal("0.01")) for amount in amounts]
    exact = sum((measures.convert(amount, "万元", "元") for amount in amounts), Decimal(0))
    numbers, _ = in_one_measure((amount, "万元") for amount in rounded)
    told = sum((measures.convert(number, "万元", "元") for number in numbers), Decimal(0))
    assert abs(exact - told) <= rounding_bound([(amount, "万元") for amount in rounded], "元")


# name of an indicator | the things it lists
LISTS = """
编纂书籍、画册和手册 | 编纂书籍 画册 手册
书籍、画册 | 书籍 画册
报告和手册 |
成果转化，编纂书籍 | 成果转化 编纂书籍
培训场次 |
"""


@pytest.mark.parametrize("line", LISTS.strip().splitlines())
def test_only_a_name_that_lists_things_says_how_many_each_means(line: str) -> None:
    name, things = (cell.strip() for cell in line.split("|"))
    assert " ".join(listed(name)) == things


def one(name: str, rule: str, *targets: str) -> tuple[str, str]:
    """Text and codes of one indicator by one rule."""
    submissions = {
        unit.code: a_submission(unit.code, indicators=[an_indicator(name, target)])
        for unit, target in zip(UNITS, targets, strict=False)
    }
    campaign = a_campaign([RuleLine("indicator", "", name, rule)], UNITS[: len(targets)])
    result = consolidate(a_form(), campaign, submissions)
    return result.indicators[0].targets[0].text, " ".join(item.code for item in result.findings)


def test_each_is_counted_for_every_thing_the_name_lists() -> None:
    assert one("书籍、画册和手册", "expand_and_sum", "各2个", "各3个") == ("15.00(个)", Code.AGG_EXPANDED)
    assert one("书籍、画册和手册", "expand_and_sum", "各2个") == ("6.00(个)", Code.AGG_EXPANDED)


def test_close_names_are_proposed_and_never_merged() -> None:
    submissions = {
        "001": a_submission("001", indicators=[an_indicator("社会组织扶持奖励数", "=1(个)")]),
        "002": a_submission("002", indicators=[an_indicator("社会组织扶持奖励个数", "=2(个)")]),
    }
    made = deliberate(a_form(), a_campaign(units=UNITS[:2]), submissions)
    (near,) = made.near
    assert (near.name_one, near.name_other) == ("社会组织扶持奖励数", "社会组织扶持奖励个数")
    assert [figure.targets[0].text for figure in made.result.indicators] == ["=1.00(个)", "=2.00(个)"]
    assert Code.AGG_NEAR_NAMES in [item.code for item in made.result.findings]
    assert not made.result.draft


def test_names_decided_to_be_one_are_one_figure() -> None:
    submissions = {
        "001": a_submission("001", indicators=[an_indicator("社会组织扶持奖励数", "=1(个)")]),
        "002": a_submission("002", indicators=[an_indicator("社会组织扶持奖励个数", "=2(个)")]),
    }
    campaign = a_campaign(units=UNITS[:2])
    (near,) = deliberate(a_form(), campaign, submissions).near
    made = deliberate(a_form(), campaign, submissions, [Decision(near.key, "", include=True)])
    assert [figure.targets[0].text for figure in made.result.indicators] == ["=3.00(个)"]
    assert made.near == ()
    assert made.result.findings == ()


def test_names_of_different_levels_or_far_apart_are_no_proposal() -> None:
    submissions = {
        "001": a_submission(
            "001", indicators=[an_indicator("满意度", "=1(个)"), an_indicator("覆盖率", "=1(个)", row=2)]
        ),
        "002": a_submission("002", indicators=[an_indicator("满意率度", "=2(个)", level="output.timeliness")]),
    }
    assert deliberate(a_form(), a_campaign(units=UNITS[:2]), submissions).near == ()


def test_the_departments_draft_writes_its_texts_and_adds_to_no_sum() -> None:
    bureau = ReportingUnit("D", "局", Role.DEPARTMENT)
    units = (bureau, *UNITS)
    submissions = {unit.code: a_submission(unit.code, fields={"duties": f"{unit.code}的职责"}) for unit in units}
    result = consolidate(a_form(), a_campaign(units=units), submissions)
    texts = {figure.key: figure.text for figure in result.fields}
    assert (texts["duties"], texts["budget.total"], texts["persons"]) == ("D的职责", "400.00", "5")
    assert {item.reason for item in result.others if item.unit_code == "D"} == {"department-draft"}


def test_a_blank_draft_leaves_the_texts_to_the_bureaus_own_form() -> None:
    units = (ReportingUnit("D", "局", Role.DEPARTMENT), *UNITS)
    submissions = {unit.code: a_submission(unit.code) for unit in UNITS}
    submissions["D"] = a_submission("D", fields={"duties": None})
    result = consolidate(a_form(), a_campaign(units=units), submissions)
    assert next(figure.text for figure in result.fields if figure.key == "duties") == "001的职责"
