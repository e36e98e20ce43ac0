"""Each rule with each kind of value: what becomes of the units' targets, and what is said of it."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consolidation_cases import UNITS, a_campaign, a_form, a_submission, an_indicator
from xltool import values
from xltool.consolidate import consolidate
from xltool.consolidate.rules import RULES
from xltool.findings import Code
from xltool.model.campaign import RuleLine
from xltool.model.consolidation import Consolidation, Status, TargetFigure
from xltool.model.finding import Severity
from xltool.model.value import Kind

# kind and three values; then what each rule makes of them
MATRIX = Path(__file__).parent / "cases" / "consolidation" / "matrix.csv"

# rule (- is the default of the kind) | the four units' targets (. none, blank a blank cell) | status | text | codes
CASES = """
-         | =48.00(家) ; . ; . ; .                        | resolved | =48.00(家)        |
-         | =3(套) ; =2(套) ; =2.50(套) ; .               | resolved | =7.50(套)         |
-         | ≥66575(人次) ; ≥0.5(人次) ; . ; .             | resolved | ≥66575.50(人次)   |
-         | =3(套) ; ≥5(套) ; . ; .                       | resolved | ≥8.00(套)         | AGG06
-         | =3(套) ; ≤5(套) ; . ; .                       | conflict |                   | AGG02
-         | ≥3(套) ; ≤5(套) ; . ; .                       | conflict |                   | AGG02
-         | ≤3(套) ; ≤5(套) ; . ; .                       | resolved | ≤8.00(套)         |
-         | =3(套) ; 定性 3 套 ; . ; .                    | conflict |                   | AGG02
-         | =3(套) ; =5(家) ; . ; .                       | conflict |                   | AGG03
-         | =3(套) ; = 5 ; . ; .                          | conflict |                   | AGG03
-         | =3(套) ; =50(%) ; . ; .                       | conflict |                   | AGG03
-         | =3(套) ; 及时 ; . ; .                         | conflict |                   | AGG01
-         | =3(套) ; 约5套 ; . ; .                        | conflict |                   | AGG01
-         | =28.8(万元) ; =5.01(元) ; . ; .               | resolved | =288005.01(元)    | AGG19
-         | =0(套) ; =2(套) ; . ; .                       | resolved | =2.00(套)         |
-         | =0(件) ; =0(件) ; . ; .                       | resolved | =0.00(件)         |
-         | =3(套) ; 无 ; . ; .                           | resolved | =3.00(套)         |
-         | 无 ; 无 ; . ; .                               | resolved | 无                |
-         | =3(套) ; 不适用 - ; . ; .                     | resolved | =3.00(套)         |
-         | =3(套) ;  ; . ; .                             | conflict |                   | AGG05
-         |  ; . ; . ; .                                  | conflict |                   | AGG05
-         | =3(人) ; =2(名) ; . ; .                       | resolved | =5.00(人)         | AGG07
-         | =1000(户) ; =7(户) ; . ; .                    | resolved | =1007.00(户)      | AGG07
-         | =1000(户) ; . ; . ; .                         | resolved | =1000.00(户)      |
-         | =1000(次) ; =1000(次) ; . ; .                 | resolved | =2000.00(次)      |
-         | =1001(次) ; =1001(次) ; . ; .                 | conflict |                   | AGG04
-         | =1001(次) ; ≥1001.00(次) ; . ; .              | conflict |                   | AGG04
-         | =200(万元) ; =2000000(元) ; . ; .             | conflict |                   | AGG04
sum       | =1001(次) ; =1001(次) ; . ; .                 | resolved | =2002.00(次)      |
owner 003 | =1001(次) ; =1001(次) ; =9(次) ; .            | resolved | =9.00(次)         |
owner 003 | =100(%) ; =95(%) ; ≥97.5(%) ; =100(%)         | resolved | ≥97.50(%)         |
owner 010 | =100(%) ; =95(%) ; . ; .                      | missing  |                   | AGG13
owner 999 | =100(%) ; =95(%) ; . ; .                      | conflict |                   | AGG08
owner     | =100(%) ; =95(%) ; . ; .                      | conflict |                   | AGG08
own       | =3(套) ; =5(套) ; . ; .                       | resolved | =3.00(套)         |
own       | . ; =5(套) ; . ; .                            | missing  |                   | AGG13
-         | =100(%) ; =100.00(%) ; . ; .                  | resolved | =100.00(%)        |
-         | =100(%) ; =95(%) ; . ; .                      | conflict |                   | AGG01
-         | =95(%) ; ≥95(%) ; . ; .                       | conflict |                   | AGG02
-         | ≥85(%) ; ≥85(分) ; . ; .                      | conflict |                   | AGG03
-         | =5(元/人) ; =5.0(元/人) ; . ; .               | resolved | =5.00(元/人)      |
-         | =5(元/人) ; =6(元/人) ; . ; .                 | conflict |                   | AGG01
-         | =5(某某) ; =5(某某) ; . ; .                   | resolved | =5.00(某某)       |
-         | =5(某某) ; =6(某某) ; . ; .                   | conflict |                   | AGG01
-         | 每月15号前 ; 每月15号前 ; . ; .               | resolved | 每月15号前        |
-         | 每月15号前 ; 每月20号前 ; . ; .               | conflict |                   | AGG01
-         | 2小时内 ; 2小时内 ; . ; .                     | resolved | 2小时内           |
-         | ≤ 2 小时 ; ≤ 2 小时 ; . ; .                   | resolved | ≤2.00(小时)       |
-         | 2小时内 ; 3小时内 ; . ; .                     | conflict |                   | AGG01
-         | 11月前 ; 11月前 ; . ; .                       | resolved | 11月前            |
-         | 及时□ ; 及时 ; 及时 ; 及时                    | resolved | 及时              |
-         | 符合政策规定 ; 符合政策标准 ; . ; .           | conflict |                   | AGG01
-         | 定性 及时 ; ≤ 及时 ; . ; .                    | conflict |                   | AGG02
-         | 较2023年提升 ; 较2023年提升 ; . ; .           | resolved | 较2023年提升      |
-         | 较2023年提升 ; 较2022年提升 ; . ; .           | conflict |                   | AGG01
-         | 1-2次 ; 1-3次 ; . ; .                         | conflict |                   | AGG01
-         | 2020.1-12 ; 2020.1-12 ; . ; .                 | resolved | 2020.1-12         |
-         | 每日130份 ; 每日130份 ; . ; .                 | resolved | 每日130份         |
-         | 每日130份 ; 每日90份 ; 每日130份 ; .          | resolved | 本级、乙站：每日130份；甲中心：每日90份 |
-         | 各2个 ; 各3个 ; . ; .                         | resolved | 本级：各2个；甲中心：各3个 |
-         | 各2个 ; =3(个) ; . ; .                        | conflict |                   | AGG01
keep_each | =100(%) ; =95(%) ; =100.0(%) ; .              | resolved | 本级、乙站：=100.00(%)；甲中心：=95.00(%) |
keep_each | 及时 ; 及时 ; . ; .                           | resolved | 及时              |
all_equal | =3(套) ; =3.0(套) ; . ; .                     | resolved | =3.00(套)         |
all_equal | =3(套) ; =4(套) ; . ; .                       | conflict |                   | AGG01
sum       | 每月15号前 ; 每月15号前 ; . ; .               | conflict |                   | AGG01
sum       | 每日130份 ; 每日90份 ; . ; .                  | conflict |                   | AGG01
sum       | =3(%) ; =4(%) ; . ; .                         | resolved | =7.00(%)          |
weakest   | ≥85(%) ; ≥90(%) ; ≥88(%) ; .                  | resolved | ≥85.00(%)         |
weakest   | ≤3(件) ; ≤5(件) ; . ; .                       | resolved | ≤5.00(件)         |
weakest   | =95(%) ; ≥90(%) ; . ; .                       | resolved | ≥90.00(%)         |
weakest   | =89(%) ; ≥90(%) ; . ; .                       | resolved | ≥89.00(%)         |
weakest   | =3(件) ; ≤2(件) ; . ; .                       | resolved | ≤3.00(件)         |
weakest   | =95(%) ; =90(%) ; . ; .                       | conflict |                   | AGG15
weakest   | =95(%) ; =95.0(%) ; . ; .                     | resolved | =95.00(%)         |
weakest   | ≥3(件) ; ≤2(件) ; . ; .                       | conflict |                   | AGG02
weakest   | 2小时内 ; 90分钟内 ; . ; .                    | resolved | 2小时内           |
weakest   | 每月15号前 ; 每月20号前 ; . ; .               | resolved | 每月20号前        |
weakest   | 及时 ; 适时 ; . ; .                           | conflict |                   | AGG15
weakest   | ≥85(%) ; ≥3(件) ; . ; .                       | conflict |                   | AGG03
weakest   | ≥85(%) ;  ; . ; .                             | conflict |                   | AGG05
maximum   | =3(套) ; =5(套) ; =4(套) ; .                  | resolved | =5.00(套)         |
maximum   | =7(套) ; ≥5(套) ; . ; .                       | resolved | ≥7.00(套)         |
maximum   | =1.5(万元) ; =20000(元) ; . ; .               | resolved | =20000.00(元)     |
maximum   | =3(套) ; 及时 ; . ; .                         | conflict |                   | AGG14
maximum   | 及时 ; 适时 ; . ; .                           | conflict |                   | AGG14
maximum   | =3(套) ; =5(家) ; . ; .                       | conflict |                   | AGG03
maximum   | 每日130份 ; 每日90份 ; . ; .                  | resolved | 每日130份         |
maximum   | 每日130份 ; 每月90份 ; . ; .                  | conflict |                   | AGG14
maximum   | 1-2次 ; 1-3次 ; . ; .                         | conflict |                   | AGG14
maximum   | 无 ; =3(套) ; 不适用 - ; .                    | resolved | =3.00(套)         |
minimum   | =3(套) ; =5(套) ; =0(套) ; .                  | resolved | =0.00(套)         |
minimum   | ≥3(套) ; =5(套) ; . ; .                       | resolved | ≥3.00(套)         |
minimum   | 2小时内 ; 90分钟内 ; . ; .                    | resolved | 90分钟内          |
minimum   | 2024年12月31日前 ; 2024年11月底前 ; . ; .     | resolved | 2024年11月底前    |
latest    | 每月15号前 ; 每月20号前 ; 每月底前 ; .        | resolved | 每月底前          |
latest    | 2024年12月31日前 ; 2024年11月底前 ; . ; .     | resolved | 2024年12月31日前  |
latest    | 11月前 ; 10月前 ; . ; .                       | resolved | 11月前            |
latest    | 11月前 ; 10月底前 ; . ; .                     | conflict |                   | AGG14
latest    | 每月15号前 ; 12月31日前 ; . ; .               | conflict |                   | AGG14
latest    | 2小时内 ; 3小时内 ; . ; .                     | conflict |                   | AGG14
latest    | =3(套) ; =5(套) ; . ; .                       | conflict |                   | AGG14
most_frequent | =100(%) ; =95(%) ; =100.0(%) ; .          | resolved | =100.00(%)        |
most_frequent | 及时 ; 适时 ; 适时 ; .                    | resolved | 适时              |
most_frequent | 及时 ; 适时 ; . ; .                       | conflict |                   | AGG01
most_frequent | 及时 ; . ; . ; .                          | resolved | 及时              |
expand_and_sum | =3(套) ; =5(套) ; . ; .                  | resolved | =8.00(套)         |
expand_and_sum | 各2个 ; 各3个 ; . ; .                    | conflict |                   | AGG14
expand_and_sum | 每日130份 ; 每日90份 ; . ; .             | resolved | 每日220份         |
expand_and_sum | 每日130份 ; 每月90份 ; . ; .             | conflict |                   | AGG14
expand_and_sum | 及时 ; 及时 ; . ; .                      | conflict |                   | AGG14
weighted_mean persons | =100(%) ; =95(%) ; . ; .          | resolved | =99.17(%)         | AGG17
weighted_mean persons | ≥100(%) ; =95(%) ; . ; .          | resolved | ≥99.17(%)         | AGG06 AGG17
weighted_mean persons | =95(%) ; =95(%) ; . ; .           | resolved | =95.00(%)         |
weighted_mean persons | =95(%) ; ≤90(%) ; . ; .           | conflict |                   | AGG02
weighted_mean persons | 及时 ; 适时 ; . ; .               | conflict |                   | AGG14
weighted_mean persons | . ; =95(%) ; =90(%) ; .           | resolved | =95.00(%)         | AGG17
weighted_mean persons | . ; . ; =95(%) ; =90(%)           | conflict |                   | AGG16
weighted_mean nothing | =100(%) ; =95(%) ; . ; .          | conflict |                   | AGG08
none      | =3(套) ; =4(套) ; . ; .                       | resolved |                   |
guess     | =3(套) ; =4(套) ; . ; .                       | conflict |                   | AGG08
"""


def _lines(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in line.split("|")) for line in table.strip().splitlines()]


def consolidated(rule: str, targets: list[str], name: str = "一件事") -> Consolidation:
    """One indicator over the roster's four units by one rule."""
    ruled, _, source = rule.partition(" ")
    weight, owner = (source, "") if ruled == "weighted_mean" else ("", source)
    rules = () if ruled == "-" else (RuleLine("indicator", "数量指标", name, ruled, owner, weight=weight),)
    persons = dict(zip((unit.code for unit in UNITS), map(Decimal, (5, 1, 0, 0)), strict=True))
    submissions = {
        unit.code: a_submission(
            unit.code, fields={"persons": persons[unit.code]},
            indicators=[an_indicator(name, target)] if target != "." else [],
        )
        for unit, target in zip(UNITS, targets, strict=True)
    }  # fmt: skip
    return consolidate(a_form(), a_campaign(rules), submissions)


def current(result: Consolidation) -> TargetFigure:
    return next(target for target in result.indicators[0].targets if target.column == "current")


@pytest.mark.parametrize(("rule", "targets", "status", "text", "codes"), _lines(CASES))
def test_each_rule_forms_each_kind_as_the_table_says(
    rule: str, targets: str, status: str, text: str, codes: str
) -> None:
    result = consolidated(rule, [cell.strip() for cell in targets.split(";")])
    figure = current(result)
    found = [item.code for item in result.findings if item.position.field.startswith("output.quantity")]
    assert (figure.status.value, figure.text, " ".join(found)) == (status, text, codes)


@pytest.mark.parametrize(("rule", "targets", "status", "text", "codes"), _lines(CASES))
def test_a_conflict_or_a_missing_figure_makes_a_draft_and_nothing_else_does(
    rule: str, targets: str, status: str, text: str, codes: str
) -> None:
    assert consolidated(rule, [cell.strip() for cell in targets.split(";")]).draft is (status != "resolved")


@pytest.mark.parametrize(("rule", "targets", "status", "text", "codes"), _lines(CASES))
def test_an_unresolved_figure_uses_no_contribution_and_says_why_of_each(
    rule: str, targets: str, status: str, text: str, codes: str
) -> None:
    told = current(consolidated(rule, [cell.strip() for cell in targets.split(";")])).contributions
    assert all(item.used == (item.reason == "") for item in told)
    assert len(told) == sum(target.strip() != "." for target in targets.split(";"))
    if status != "resolved":
        assert not any(item.used for item in told)


def test_the_table_of_cases_names_every_rule() -> None:
    named = {line[0].partition(" ")[0] for line in _lines(CASES)}
    assert set(RULES) - named == {"pick"}


def matrix() -> list[dict[str, str]]:
    """One row a kind of value: `kind`, `values` of three units, and what each rule makes of them."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_matrix_holds_every_rule_and_every_kind() -> None:
    rows = matrix()
    assert set(rows[0]) - {"kind", "values"} == set(RULES) - {"pick"}
    assert {row["kind"] for row in rows} == {kind.value for kind in Kind}


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"pick"}))
@pytest.mark.parametrize("row", matrix(), ids=lambda row: f"{row['kind']} {row['values']}")
def test_each_rule_makes_of_each_kind_what_the_matrix_says(row: dict[str, str], rule: str) -> None:
    """Three units' values → the text that is printed, or the codes of what is wrong; - is no figure by intention."""
    source = {"owner": " 003", "weighted_mean": " persons"}.get(rule, "")
    targets = [*(value.strip() for value in row["values"].split(";")), "."]
    assert all(values.parse(target).kind is Kind(row["kind"]) for target in targets[:3])
    result = consolidated(f"{rule}{source}", targets, name="甲、乙")
    figure = current(result)
    errors = {item.code for item in result.findings
              if item.severity is Severity.ERROR and item.position.field.startswith("output.quantity")}  # fmt: skip
    told = " ".join(sorted(errors)) or figure.text or "-"
    assert (told, figure.status is Status.RESOLVED) == (row[rule], not errors)


def test_one_unit_that_enters_an_indicator_twice_is_a_conflict_whatever_the_value() -> None:
    twice = [an_indicator("一件事", "=3(套)", row=1), an_indicator("1.一件事", "=4(套)", row=2)]
    submissions = {"002": a_submission("002", indicators=twice)}
    result = consolidate(a_form(), a_campaign(units=(UNITS[1],)), submissions)
    assert Code.AGG_DOUBLE_ENTRY in [item.code for item in result.findings]
    assert current(result).text == ""


def test_a_finding_names_the_differing_values_and_who_wrote_them() -> None:
    result = consolidated("-", ["=100(%)", "=95(%)", "=100(%)", "."])
    (found,) = [item for item in result.findings if item.code == Code.AGG_VALUES_DIFFER]
    assert dict(found.args)["values"] == "=100% [本级, 乙站]; =95% [甲中心]"


def test_a_missing_value_is_reported_with_its_cell() -> None:
    result = consolidated("-", ["=3(套)", "", ".", "."])
    (found,) = [item for item in result.findings if item.code == Code.AGG_MISSING]
    position = found.position
    assert (position.file, position.cell, position.unit_code) == ("002.xlsx", "D21", "002")


numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**24), max_value=10**24, places=6)


@settings(max_examples=200, deadline=None)
@given(st.lists(numbers, min_size=4, max_size=4))
def test_a_sum_is_exactly_the_sum_of_the_contributions_it_uses(amounts: list[Decimal]) -> None:
    result = consolidated("sum", [f"= {amount:f} 套" for amount in amounts])
    figure = current(result)
    used = [item.number for item in figure.contributions if item.used and item.number is not None]
    assert figure.number is not None
    assert Fraction(figure.number) == sum(map(Fraction, used))
    assert len(used) == 4
