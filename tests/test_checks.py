"""What is wrong with a filled-in form, said once, at the cell where it can be put right."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.tiny import FORM, LAYOUT, SLOTS, Book, at, codes, filled, read
from xltool.addresses import a1
from xltool.checks import Case, check_submission, check_workbook, settle
from xltool.checks.cell import Entry as Cell
from xltool.checks.cell import choice
from xltool.checks.workbook import Entry
from xltool.findings import Code, finding, message
from xltool.layout.grid import Content
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import Answer, AnswerType, Role, Rows
from xltool.model.workbook import CellKind, RawComment

VALUE = "output.quantity#01.current.value"
OPERATOR = "output.quantity#01.current.operator"
MEASURE = "output.quantity#01.current.measure"
NAME = "output.quantity#01.name"


def _case(book: Book) -> Case:
    submission, located = read(book)
    assert located.sheet is not None
    texts = {
        key: located.sheet.cells[place].text for key, place in located.places.items() if place in located.sheet.cells
    }
    return Case(submission, FORM, Role.UNIT, located.sheet.name, SLOTS, located.places, texts)


def _checked(book: Book) -> tuple[Finding, ...]:
    case = _case(book)
    found = settle((*case.submission.findings, *check_submission(case)))
    assert all(message(item) and message(item, "en") for item in found)
    return found


def _places(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(item.code, item.position.cell) for item in found if item.severity is not Severity.INFO]


def _expect(changes: dict[str, Content | None], *expected: tuple[Code, str]) -> tuple[Finding, ...]:
    """Exactly these findings (information aside), each at the cell of its slot."""
    found = _checked(filled(changes))
    assert _places(found) == [(code, a1(*at(key))) for code, key in expected]
    return found


def test_a_rightly_filled_form_has_no_findings() -> None:
    assert _checked(filled()) == ()


# --- one answer -------------------------------------------------------------------------------------------------------

ONE_ANSWER: list[tuple[dict[str, Content | None], Code, str]] = [
    ({"duties": None}, Code.VAL_BLANK, "duties"),
    ({"duties": " \u3000"}, Code.VAL_BLANK, "duties"),
    ({"persons": None}, Code.VAL_BLANK, "persons"),
    ({"tasks#02.content": None}, Code.VAL_BLANK, "tasks#02.content"),
    ({"duties": "不适用"}, Code.VAL_NOT_APPLICABLE, "duties"),
    ({"persons": "若干"}, Code.VAL_NOT_NUMBER, "persons"),
    ({"persons": Decimal(-1)}, Code.VAL_BELOW_MINIMUM, "persons"),
    ({"persons": Decimal(10001)}, Code.VAL_ABOVE_MAXIMUM, "persons"),
    ({"persons": Decimal("24.5")}, Code.VAL_NOT_INTEGER, "persons"),
    ({"assets": Decimal("12.345")}, Code.VAL_DECIMALS, "assets"),
    ({"leader": "一二三四五六七八九十一"}, Code.VAL_TOO_LONG, "leader"),
    ({"tasks#01.title": "长" * 21}, Code.VAL_TOO_LONG, "tasks#01.title"),
    ({NAME: "长" * 31}, Code.VAL_TOO_LONG, NAME),
]


@pytest.mark.parametrize(("changes", "code", "key"), ONE_ANSWER, ids=[f"{c[1].name}-{c[2]}" for c in ONE_ANSWER])
def test_a_wrong_answer_is_found_at_its_cell_and_nothing_else(
    changes: dict[str, Content | None], code: Code, key: str
) -> None:
    _expect(changes, (code, key))


@pytest.mark.parametrize(
    "changes",
    [
        {"leader": None}, {"persons": Decimal(0)}, {"persons": Decimal(10000)}, {"duties": "长" * 2000},
        {"tasks#02.title": None, "tasks#02.content": None}, {"budget.total": Decimal("300.50")},
    ],
)  # fmt: skip
def test_what_is_allowed_is_not_found_fault_with(changes: dict[str, Content | None]) -> None:
    _expect(changes)


def test_a_choice_is_one_of_the_list() -> None:
    case = _case(filled())
    spec = Answer("unit_name", "单位名称", AnswerType.CHOICE, choices=("甲站", "乙站"))
    answer = case.submission.fields[0]
    slot = SLOTS["unit_name"]
    assert codes(tuple(choice(Cell(case, slot, spec, answer)))) == [Code.VAL_NOT_A_CHOICE]
    assert not tuple(choice(Cell(case, slot, spec, replace(answer, text="乙站"))))


# --- one indicator ----------------------------------------------------------------------------------------------------

INDICATORS: list[tuple[dict[str, Content | None], Code, str]] = [
    ({NAME: None}, Code.IND_NAME_BLANK, NAME),
    ({VALUE: None}, Code.IND_VALUE_BLANK, VALUE),
    ({VALUE: "无"}, Code.IND_NO_TARGET, VALUE),
    ({OPERATOR: None}, Code.IND_OPERATOR_BLANK, OPERATOR),
    ({MEASURE: None}, Code.IND_MEASURE_BLANK, MEASURE),
    ({OPERATOR: "约等于"}, Code.IND_OPERATOR_UNKNOWN, OPERATOR),
    ({MEASURE: "坨"}, Code.IND_MEASURE_UNKNOWN, MEASURE),
    ({MEASURE: "分"}, Code.IND_MEASURE_NOT_OFFERED, MEASURE),
    ({VALUE: "≥48"}, Code.IND_OPERATOR_DISAGREES, OPERATOR),
    ({VALUE: "28.8万元"}, Code.IND_MEASURE_DISAGREES, MEASURE),
    ({OPERATOR: "定性"}, Code.IND_NUMBER_UNDER_QUALITATIVE, VALUE),
    ({VALUE: "建立健全", MEASURE: None}, Code.IND_WORDING_UNDER_QUANTITATIVE, VALUE),
    ({VALUE: "及时", OPERATOR: "定性"}, Code.IND_MEASURE_WITH_WORDING, MEASURE),
    ({VALUE: "11月前", OPERATOR: "≤", MEASURE: None}, Code.IND_AMBIGUOUS, VALUE),
    ({VALUE: "XX"}, Code.IND_PLACEHOLDER, VALUE),
]


@pytest.mark.parametrize(("changes", "code", "key"), INDICATORS, ids=[case[1].name for case in INDICATORS])
def test_a_wrong_indicator_is_found_at_the_cell_to_change_and_nothing_else(
    changes: dict[str, Content | None], code: Code, key: str
) -> None:
    _expect(changes, (code, key))


@pytest.mark.parametrize(
    "changes",
    [
        {VALUE: "每月15号前", OPERATOR: "≤", MEASURE: None},
        {VALUE: "2小时内", OPERATOR: "≤", MEASURE: None},
        {VALUE: "每日130份", MEASURE: None},
        {VALUE: "及时", OPERATOR: "定性", MEASURE: None},
        {VALUE: "各2个", MEASURE: None},
        {VALUE: "0"},
        {VALUE: "≥48", OPERATOR: None},
        {VALUE: "48家", MEASURE: None},
        {VALUE: "1000", MEASURE: "元"},
        {VALUE: None, OPERATOR: "不适用", MEASURE: None},
    ],
)
def test_a_rightly_written_target_has_no_finding(changes: dict[str, Content | None]) -> None:
    found = _checked(filled(changes))
    assert [item for item in found if item.severity is Severity.ERROR] == []


def test_an_operator_cell_with_an_error_is_not_also_called_blank() -> None:
    book = filled()
    book.put_raw(OPERATOR, CellKind.ERROR, "#NAME?")
    assert _places(_checked(book)) == [(Code.VAL_ERROR_CELL, a1(*at(OPERATOR)))]


# --- across the form --------------------------------------------------------------------------------------------------


def test_too_few_rows_say_how_many_are_short_and_where_the_next_goes() -> None:
    blank: dict[str, Content | None] = {
        f"tasks#{n:02d}.{column}": None for n in (1, 2) for column in ("title", "content")
    }
    found = _expect(blank, (Code.VAL_TOO_FEW_ROWS, "tasks#01.title"))
    assert dict(found[0].args)["short"] == "1"


def test_too_few_and_too_many_indicators_in_a_level_are_counted() -> None:
    blank: dict[str, Content | None] = {key: None for key in SLOTS if key.startswith("output.quantity#")}
    found = _expect(blank, (Code.IND_TOO_FEW, NAME))
    assert dict(found[0].args) == {"level": "数量指标", "limit": "1", "short": "1"}
    more: dict[str, Content | None] = {}
    for number in (3, 4):
        more |= {
            f"output.quantity#{number:02d}.name": f"指标{number}",
            f"output.quantity#{number:02d}.current.operator": "=",
            f"output.quantity#{number:02d}.current.value": "1",
            f"output.quantity#{number:02d}.current.measure": "家",
        }
    _expect(more, (Code.IND_TOO_MANY, "output.quantity#04.name"))


def test_the_same_name_twice_in_a_level_is_an_error_and_in_two_levels_is_not() -> None:
    _expect({"output.quantity#02.name": "养老 机构"}, (Code.IND_DUPLICATE_NAME, "output.quantity#02.name"))
    _expect({"output.quality#01.name": "养老机构"})


def test_a_sum_that_does_not_agree_says_both_sides_and_the_difference() -> None:
    found = _expect({"budget.total": Decimal("400.60")}, (Code.SUM_FAILS, "budget.total"))
    args = dict(found[0].args)
    assert (args["left"], args["right"], args["difference"]) == ("400.60", "300.50", "100.10")


def test_a_sum_with_a_blank_or_unreadable_figure_is_not_judged() -> None:
    _expect({"budget.other": "若干"}, (Code.VAL_NOT_NUMBER, "budget.other"))
    _expect({"budget.other": None}, (Code.VAL_BLANK, "budget.other"))


def test_a_blank_whose_sum_holds_with_zero_says_so_instead_of_only_blank() -> None:
    found = _expect(
        {"budget.other": None, "budget.fiscal": Decimal("300.50")}, (Code.SUM_BLANK_AS_ZERO, "budget.other")
    )
    assert "0" in message(found[0])


def test_a_difference_within_the_tolerance_is_no_finding() -> None:
    _expect({"budget.fiscal": Decimal(300), "budget.other": Decimal("0.50"), "budget.total": Decimal("300.50")})


def test_checks_of_another_role_are_not_asked() -> None:
    case = _case(filled({"budget.total": Decimal(1)}))
    form = replace(FORM, checks=(replace(FORM.checks[0], roles=frozenset({Role.DEPARTMENT})),))
    assert Code.SUM_FAILS not in codes(check_submission(replace(case, form=form)))
    blocks = tuple(
        replace(block, frame=replace(block.frame, roles=frozenset({Role.DEPARTMENT})), minimum=9)
        if isinstance(block, Rows)
        else block
        for block in FORM.blocks
    )
    assert Code.VAL_TOO_FEW_ROWS not in codes(check_submission(replace(case, form=replace(FORM, blocks=blocks))))


# --- the workbook -----------------------------------------------------------------------------------------------------


def _workbook_codes(book: Book, comments: tuple[RawComment, ...] = ()) -> list[tuple[str, str]]:
    _, located = read(book)
    assert located.sheet is not None
    sheet = replace(located.sheet, comments=comments)
    return [(item.code, item.position.cell) for item in check_workbook(Entry(sheet, LAYOUT, located.places))]


def test_lost_protection_and_rules_are_information() -> None:
    book = filled()
    assert _workbook_codes(book) == []
    book.protected = book.validated = False
    found = _workbook_codes(book)
    assert [code for code, _ in found] == [Code.TPL_PROTECTION_LOST, Code.TPL_VALIDATION_LOST]
    assert all(finding(Code(code)).severity is Severity.INFO for code, _ in found)


def test_answers_in_hidden_rows_are_told_and_empty_hidden_rows_are_not() -> None:
    book = filled()
    book.hidden_rows = frozenset({at("budget.other")[0]})
    assert _workbook_codes(book) == [(Code.TPL_HIDDEN, a1(*at("budget.other")))]
    book.hidden_rows = frozenset({at("tasks#04.title")[0]})
    assert _workbook_codes(book) == []


def test_cell_notes_are_quoted() -> None:
    assert _workbook_codes(filled(), (RawComment(4, 2, "甲", "请核"),)) == [(Code.TPL_COMMENT, "B4")]


# --- settling ---------------------------------------------------------------------------------------------------------


def test_errors_come_first_each_once() -> None:
    at_cell = Position(sheet="申报表", cell="B2", field="x")
    note = finding(Code.VAL_FORMULA, at_cell, label="甲", value="1")
    error = finding(Code.VAL_NOT_NUMBER, at_cell, label="甲", text="?")
    assert settle((note, error, note, error)) == (error, note)


def test_only_findings_at_the_same_answer_explain_each_other() -> None:
    here, there = Position(field="x"), Position(field="y")
    blank = finding(Code.VAL_BLANK, here, label="甲")
    as_zero = finding(Code.SUM_BLANK_AS_ZERO, here, label="甲", check="乙")
    elsewhere = finding(Code.SUM_BLANK_AS_ZERO, there, label="甲", check="乙")
    assert settle((blank, as_zero)) == (as_zero,)
    assert settle((blank, elsewhere)) == (blank, elsewhere)
