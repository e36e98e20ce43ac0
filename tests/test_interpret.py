"""What a located cell is read as: the four states, numbers as the screen shows them, and what is said about it."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.tiny import FORMATS, Book, at, codes, filled, read, target_of
from xltool.addresses import a1
from xltool.collect.cells import Setting, see
from xltool.collect.display import on_screen
from xltool.findings import Code, message
from xltool.model.finding import Finding, Severity
from xltool.model.form import AnswerType
from xltool.model.submission import FieldAnswer, Indicator
from xltool.model.value import Kind, Note, State
from xltool.model.workbook import CellKind, RawCell

GENERAL, CENTS, PERCENT, DAY, WHOLE, UNSEEN = (FORMATS.index(code) for code in FORMATS[1:])


def _field(book: Book, key: str) -> tuple[FieldAnswer, tuple[Finding, ...]]:
    submission, _ = read(book)
    found = tuple(item for item in submission.findings if item.position.field == key)
    assert all(message(item) and message(item, "en") for item in found)
    assert all(item.position.cell == a1(*at(key)) for item in found)
    return next(item for item in submission.fields if item.key == key), found


def _typed(key: str, content: str | Decimal | None, style: int = GENERAL) -> tuple[FieldAnswer, tuple[Finding, ...]]:
    book = filled()
    book.put(key, content, style)
    return _field(book, key)


def _indicator(book: Book) -> tuple[Indicator, tuple[Finding, ...]]:
    submission, _ = read(book)
    return submission.indicators[0], submission.findings


with (Path(__file__).parent / "cases" / "cells.csv").open(encoding="utf-8", newline="") as table:
    CELLS = list(csv.DictReader(table))


def _characters(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


@pytest.mark.parametrize("case", CELLS, ids=lambda case: f"{case['slot']}-{case['comment']}")
def test_a_cell_is_read_as_the_table_says(case: dict[str, str]) -> None:
    """What programs keep letter for letter (reference: excel §6), and what comes along from elsewhere."""
    book = filled()
    text, formula = _characters(case["text"]), "A1+1" if case["kind"] == "empty" else None
    book.put_raw(case["slot"], CellKind(case["kind"]), text, formula, FORMATS.index(case["format"]))
    answer, found = _field(book, case["slot"])
    assert answer.state == case["state"]
    if answer.number is not None and case["slot"] in ("budget.other", "persons"):
        assert answer.number == Decimal(case["read"])
    elif answer.state is State.GIVEN:
        assert answer.text == case["read"]
    else:
        assert answer.number is None
    assert codes(found) == case["codes"].split()


def test_blank_zero_not_applicable_and_unreadable_are_four_states() -> None:
    assert _typed("budget.other", None)[0].state is State.BLANK
    zero, _ = _typed("budget.other", Decimal(0))
    assert (zero.state, zero.number) == (State.GIVEN, Decimal(0))
    assert _typed("budget.other", "不适用")[0].state is State.NOT_APPLICABLE
    assert _typed("budget.other", "若干")[0].state is State.UNREADABLE


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\xa0\u200b", "\n"])
def test_blanks_of_every_kind_are_blank(text: str) -> None:
    assert _typed("budget.other", text)[0].state is State.BLANK
    assert _typed("leader", text)[0].state is State.BLANK


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1,234.50", "1234.50"),
        ("１２３４．５", "1234.5"),
        (" 300 ", "300"),
        ("300\xa0", "300"),
        ("120万元", "1200000"),
        ("1.2亿元", "120000000"),
        ("300元", "300"),
        ("人民币300元", "300"),
        ("￥1,234.50元", "1234.50"),
        ("叁佰元", "300"),
        ("-5", "-5"),
    ],
)
def test_a_number_that_came_as_text_is_read_with_a_note(typed: str, number: str) -> None:
    answer, found = _typed("budget.other", typed)
    assert answer.number == Decimal(number)
    assert answer.text == typed
    assert Note.TEXT_NUMBER in answer.notes
    assert codes(found) == [Code.VAL_NORMALISED]
    assert found[0].severity is Severity.INFO


def test_what_was_counted_beside_a_number_is_left_out_with_a_warning() -> None:
    answer, found = _typed("persons", "24人")
    assert answer.number == Decimal(24)
    assert [(item.code, item.severity) for item in found] == [(Code.VAL_MEASURE_DROPPED, Severity.WARNING)]


@pytest.mark.parametrize("typed", ["约300", "无", "/", "200-300", "≥85", "三百左右", "85%", "见附表", "5米"])
def test_what_is_not_one_plain_number_is_an_error_and_no_number(typed: str) -> None:
    answer, found = _typed("budget.other", typed)
    assert (answer.state, answer.number) == (State.UNREADABLE, None)
    assert codes(found) == [Code.VAL_NOT_NUMBER]


@pytest.mark.parametrize(("typed", "code"), [("007", Code.VAL_AMBIGUOUS), ("10 20", Code.VAL_AMBIGUOUS),
                                             ("10²", Code.VAL_SUPERSCRIPT)])  # fmt: skip
def test_a_number_open_to_doubt_is_not_read(typed: str, code: Code) -> None:
    answer, found = _typed("budget.other", typed)
    assert answer.number is None
    assert codes(found) == [code]


def test_a_stored_double_is_read_at_fifteen_digits_without_a_word() -> None:
    book = filled()
    book.put_raw("budget.total", CellKind.NUMBER, "476373173.64999998", style=CENTS)
    answer, found = _field(book, "budget.total")
    assert answer.number == Decimal("476373173.65")
    assert found == ()


def test_digits_that_the_format_hides_are_shown_both_ways() -> None:
    answer, found = _typed("budget.total", Decimal("300.506"), CENTS)
    assert answer.number == Decimal("300.506")
    assert codes(found) == [Code.VAL_HIDDEN_DIGITS]
    assert dict(found[0].args) | {"shown": "300.51", "stored": "300.506"} == dict(found[0].args)


@pytest.mark.parametrize(
    ("number", "code", "expected"),
    [
        ("300.5", "0.00", None), ("300.5", "General", None), ("300.5", "#,##0", "301"), ("0.4", "0", "0"),
        ("0.856", "0%", "86%"), ("0.85", "0%", None), ("0.8567", "0.00%", None), ("12345", "0,", "12"),
        ("5", ";;;", ""), ("-5", "0;0", "5"), ("-5", "0_);(0)", None), ("5", '0"元"', None), ("5", "[Red]0.0", None),
        ("0", "0;-0;", ""), ("12000", '0.0,"千"', "12.0"), ("5", "@", None), ("1234.5", "0.00E+00", None),
    ],
)  # fmt: skip
def test_the_screen_shows_another_number_only_where_the_format_makes_it(
    number: str, code: str, expected: str | None
) -> None:
    assert on_screen(Decimal(number), code) == expected


def test_a_number_nobody_can_see_is_told() -> None:
    assert codes(_typed("budget.other", Decimal(5), UNSEEN)[1]) == [Code.VAL_HIDDEN_DIGITS]


def test_a_percentage_where_an_amount_is_due_is_not_read() -> None:
    answer, found = _typed("budget.other", Decimal("0.85"), PERCENT)
    assert answer.number is None
    assert codes(found) == [Code.VAL_PERCENT]
    assert ("text", "85%") in found[0].args


def test_a_date_where_an_amount_is_due_is_not_read() -> None:
    answer, found = _typed("budget.other", Decimal(45293), DAY)
    assert answer.number is None
    assert codes(found) == [Code.VAL_DATE]
    assert ("text", "2024-01-02") in found[0].args


def test_a_date_counts_from_the_epoch_of_its_workbook() -> None:
    cell = RawCell(1, 1, CellKind.NUMBER, "43831", None, 0)
    seen = {epoch: see(cell, "yyyy/m/d", AnswerType.TEXT, Setting(date1904=epoch)).text for epoch in (False, True)}
    assert seen == {False: "2020-01-01", True: "2024-01-02"}


@pytest.mark.parametrize("typed", ["甲\r\n乙", "甲\r乙", "甲\n乙"])
def test_a_line_break_of_two_characters_is_one(typed: str) -> None:
    answer, found = _typed("duties", typed)
    assert (answer.text, found) == ("甲\n乙", ())


def test_an_error_cell_is_unreadable() -> None:
    book = filled()
    book.put_raw("budget.other", CellKind.ERROR, "#REF!", formula="A1/0")
    answer, found = _field(book, "budget.other")
    assert answer.state is State.UNREADABLE
    assert codes(found) == [Code.VAL_ERROR_CELL]


def test_a_formula_without_a_value_is_unreadable() -> None:
    book = filled()
    book.put_raw("budget.other", CellKind.EMPTY, "", formula="A1+1")
    answer, found = _field(book, "budget.other")
    assert answer.state is State.UNREADABLE
    assert codes(found) == [Code.VAL_FORMULA_WITHOUT_VALUE]


def test_a_formula_where_an_answer_was_expected_gives_its_saved_value_and_says_so() -> None:
    book = filled()
    book.put_raw("budget.other", CellKind.NUMBER, "7", formula="A1+1")
    answer, found = _field(book, "budget.other")
    assert answer.number == Decimal(7)
    assert codes(found) == [Code.VAL_FORMULA]


@pytest.mark.parametrize(("text", "style", "expected"), [("12", GENERAL, "12"), ("0.85", PERCENT, "85%"),
                                                         ("45293", DAY, "2024-01-02")])  # fmt: skip
def test_a_number_in_a_text_answer_is_the_text_that_was_seen(text: str, style: int, expected: str) -> None:
    assert _typed("leader", Decimal(text), style)[0].text == expected


def test_an_operator_that_became_a_formula_error_is_named() -> None:
    book = filled()
    book.put_raw("output.quantity#01.current.operator", CellKind.ERROR, "#NAME?", formula="")
    _, found = _indicator(book)
    assert (Code.VAL_ERROR_CELL, a1(*at("output.quantity#01.current.operator"))) in [
        (item.code, item.position.cell) for item in found
    ]


def test_equals_is_an_operator_and_a_target_may_start_with_it() -> None:
    book = filled({"output.quantity#01.current.value": "=48.00(家)"})
    assert target_of(_indicator(book)[0]) == ("=", Decimal("48.00"), "家")


@pytest.mark.parametrize(
    ("content", "style", "number", "measure"),
    [(Decimal("0.85"), PERCENT, "85", "%"), ("85%", GENERAL, "85", "%"), (Decimal(85), GENERAL, "85", "%")],
)
def test_three_ways_to_write_85_percent_are_one(content: str | Decimal, style: int, number: str, measure: str) -> None:
    book = filled({"output.quantity#01.current.measure": "%"})
    book.put("output.quantity#01.current.value", content, style)
    assert target_of(_indicator(book)[0]) == ("=", Decimal(number), measure)


def test_a_date_in_a_target_is_an_error_with_the_date() -> None:
    book = filled()
    book.put("output.quantity#01.current.value", Decimal(45293), DAY)
    item, found = _indicator(book)
    assert codes(found) == [Code.IND_DATE]
    assert ("value", "2024-01-02") in found[0].args
    assert item.targets[0].value.number is None


def test_a_date_that_is_stored_as_one_is_an_error_too() -> None:
    """Strict workbooks write dates as ISO texts."""
    book = filled()
    book.put_raw("output.quantity#01.current.value", CellKind.DATE, "2024-01-02T00:00:00")
    item, found = _indicator(book)
    assert item.targets[0].value.state is State.UNREADABLE
    assert codes(found) == [Code.IND_DATE]


def test_a_target_in_full_width_is_read_and_noted_once() -> None:
    book = filled({"output.quantity#01.current.value": "４８"})
    item, found = _indicator(book)
    assert target_of(item) == ("=", Decimal(48), "家")
    assert codes(found) == [Code.VAL_NORMALISED]


def test_a_row_with_anything_in_it_is_an_indicator() -> None:
    for part in ("name", "current.operator", "current.value", "current.measure"):
        book = filled()
        book.put(f"output.quality#02.{part}", "≥" if part.endswith("operator") else "3")
        keys = [item.key for item in read(book)[0].indicators]
        assert "output.quality#02" in keys


def test_a_name_is_put_on_one_line() -> None:
    item, found = _indicator(filled({"output.quantity#01.name": " 养老\n机构□"}))
    assert item.name == "养老机构"
    assert codes(found) == [Code.VAL_NORMALISED]


def test_blank_rows_are_no_answers() -> None:
    submission, _ = read(filled())
    assert [row.key for row in submission.rows] == ["tasks#01", "tasks#02"]
    assert [item.key for item in submission.indicators] == [
        "output.quantity#01", "output.quantity#02", "output.quality#01",
    ]  # fmt: skip


def test_a_target_whose_column_cannot_be_told_is_unreadable_and_not_blank() -> None:
    book = filled()
    for place, cell in list(book.cells.items()):
        if cell.text in ("目标值", "指标目标值"):
            book.cells[place] = cell._replace(text="改了")
    book.insert(col=at("output.quantity#01.current.value")[1])
    submission, located = read(book)
    assert Code.TPL_COLUMN_LOST in codes(located.findings)
    value = submission.indicators[0].targets[0].value
    assert (value.state, value.kind) == (State.UNREADABLE, Kind.UNPARSED)
