"""Checks as expressions: what may be written, what is decided, and that two engines never decide differently."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clients.libreoffice import LibreOffice
from tests.formula import Cell, calculate
from xltool.expressions import (
    Expression,
    Verdict,
    bound,
    columns,
    difference_to_excel,
    evaluate,
    names,
    parse,
    to_excel,
)

CENT = Decimal("0.005")
TOLERANCES = [Decimal(text) for text in ("0.005", "0", "0.01", "1", "0.00005", "0.5")]
CHECKS = (
    "budget.total == budget.fiscal + budget.other",
    "budget.total != budget.fiscal - -budget.other",
    "budget.fiscal >= budget.other",
    "budget.fiscal <= budget.other * 1.5",
    "budget.fiscal > budget.other",
    "budget.fiscal - budget.other < budget.total",
    "budget.fiscal / budget.total >= 0.3",
    "budget.total / (budget.fiscal - budget.other) <= 2",
    "sum(tasks.amount) == budget.total",
    "sum(tasks.amount) - budget.other / 3 <= budget.fiscal * (budget.other - 1)",
    "count(tasks.amount) >= 2 and budget.total > 0",
    "budget.total == budget.fiscal or not (budget.other <= 0.01)",
    "if(budget.other > 0, budget.total > budget.fiscal, budget.total == budget.fiscal)",
    "if(budget.other > 0, budget.total, budget.fiscal) * 2 == budget.fiscal + budget.total",
)
KEYS = {"budget.total": "A{row}", "budget.fiscal": "B{row}", "budget.other": "C{row}", "tasks.amount": "D{row}:G{row}"}


def sound(text: str) -> Expression:
    expression = parse(text)
    assert isinstance(expression, Expression), expression
    return expression


def judge(text: str, tolerance: str = "0.005", **figures: str | None) -> Verdict:
    values = {key: None if value is None else Decimal(value) for key, value in figures.items()}
    return evaluate(sound(text), values.__getitem__, Decimal(tolerance)).verdict


def test_names_are_listed_once_in_the_order_written() -> None:
    expression = sound("budget.total == sum(tasks.amount) + count(tasks.title) - budget.total")
    assert names(expression) == ("budget.total", "tasks.amount", "tasks.title")
    assert columns(expression) == ("tasks.amount", "tasks.title")


@pytest.mark.parametrize(("text", "column"), [
    ("", ""), ("   ", ""), ("a", "1"), ("a + 1", "1"), ("a ==", ""), ("a == b c", "8"), ("a == b == c", "1"),
    ("a == 1e3", "6"), ("a == 0x1F", "6"), ("a == 1_000", "6"), ("a == 0.1234567890123456", "6"), ("a == 'x'", "6"),
    ("a == True", "6"), ("a ＝ b", "3"), ("a == b²", "7"), ("a is b", "1"), ("a in b", "1"), ("a // b == 1", "1"),
    ("a ** b == 1", "1"), ("  a % b == 1", "3"), ("~a == 1", "1"), ("+a == 1", "1"), ("a[0] == 1", "1"),
    ("a().b == 1", "1"), ("open(a) == 1", "1"), ("a.sum(b) == 1", "1"), ("sum(a, b) == 1", "1"),
    ("sum(a + b) == 1", "1"),
    ("sum(*a) == 1", "1"), ("sum(a=b) == 1", "1"), ("if(a > 1, b) == 1", "1"), ("if(a, b, c) == 1", "4"),
    ("(a == b) + 1 == 2", "2"), ("not a", "5"), ("a and b", "1"), ("1 if (a) else 2", "3"), ("lambda: 1", "1"),
    ("(b := 1) == a", "2"), ("[a] == 1", "1"), ("f'{a}' == 1", "1"), ("__import__('os').system == 1", "1"),
    ("a == sum(a)", "1"), ("a == \n b", "6"), ("(" * 300, ""), ("-" * 450 + "a == 1", ""), ("a" * 600, ""),
    ("+".join("a" * 200) + " == 1", ""), ("not " * 60 + "a == 1", ""),
])
def test_what_no_check_may_say_is_refused_with_its_column(text: str, column: str) -> None:
    for language in ("zh", "en"):
        fault = parse(text, language)
        assert isinstance(fault, str)
        assert column in fault
        assert "{" not in fault or "{" in text


@given(st.text() | st.text(alphabet="ab.()+-*/<>=! 01,ifnotandsum"))
def test_no_text_makes_parsing_raise(text: str) -> None:
    assert isinstance(parse(text), Expression | str)


@pytest.mark.parametrize(("tolerance", "expected"), [
    ("0", "0.005"), ("0.005", "0.0055"), ("0.01", "0.015"), ("1", "1.005"), ("0.000000", "0.0000005")])
def test_the_bound_lies_half_a_last_place_above_the_tolerance(tolerance: str, expected: str) -> None:
    assert bound(Decimal(tolerance)) == Decimal(expected)


def test_a_difference_up_to_the_tolerance_is_no_difference() -> None:
    assert judge("a == b", "0.01", a="10.00", b="10.01") is Verdict.HOLDS
    assert judge("a == b", "0.01", a="10.00", b="10.02") is Verdict.FAILS
    assert judge("a >= b", "0.01", a="10.00", b="10.01") is Verdict.HOLDS
    assert judge("a > b", "0.01", a="10.02", b="10.01") is Verdict.FAILS
    assert judge("a < b", "0.00", a="10.00", b="10.01") is Verdict.HOLDS


def test_blank_is_not_zero() -> None:
    assert judge("total == fiscal + other", total="5", fiscal="5", other=None) is Verdict.CANNOT_JUDGE
    assert judge("total == fiscal + other", total="5", fiscal="5", other="0") is Verdict.HOLDS
    assert judge("if(a > 0, b == 1, c == 1)", a="1", b="1", c=None) is Verdict.CANNOT_JUDGE


def test_division_by_zero_cannot_be_judged() -> None:
    assert judge("a / b > 1", a="5", b="0") is Verdict.CANNOT_JUDGE
    assert judge("a > 1 or a / b > 1", a="5", b="0") is Verdict.CANNOT_JUDGE
    assert judge("if(b == 0, a > 1, a / b > 1)", a="5", b="0") is Verdict.HOLDS


def test_a_sum_needs_numbers_only_and_at_least_one() -> None:
    one = Decimal(1)
    cases: dict[tuple[Decimal | None, ...], Verdict] = {
        (): Verdict.CANNOT_JUDGE, (one, None): Verdict.CANNOT_JUDGE, (one, one): Verdict.HOLDS, (one,): Verdict.FAILS}
    for column, verdict in cases.items():
        assert evaluate(sound("sum(tasks.amount) == 2"), {"tasks.amount": column}.__getitem__, CENT).verdict is verdict


def test_count_counts_the_answers_given_whatever_they_say() -> None:
    outcome = evaluate(sound("count(tasks.title) == 3"), lambda _: (None, None, Decimal(1)), CENT)
    assert (outcome.verdict, outcome.left) == (Verdict.HOLDS, Decimal(3))


def test_the_sides_are_those_of_the_comparison_that_decided() -> None:
    figures = {"a": Decimal("476373173.65"), "b": Decimal("476373173.55"), "c": Decimal(1)}
    assert evaluate(sound("a == b"), figures.__getitem__, CENT).difference == Decimal("0.10")
    outcome = evaluate(sound("c == 1 and if(c > 0, a == b, a == c)"), figures.__getitem__, CENT)
    assert (outcome.left, outcome.right) == (figures["a"], figures["b"])
    assert evaluate(sound("c == 1 and a > b"), figures.__getitem__, CENT).difference is None


@pytest.mark.parametrize("figure", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_never_judged(figure: str) -> None:
    assert judge("a == a", a=figure) is Verdict.CANNOT_JUDGE


def test_the_formula_of_the_budget_check_is_short_enough_to_read() -> None:
    cells = {"total": "$D$9", "fiscal": "$D$10", "other": "$D$11"}
    assert to_excel(sound("total == fiscal + other"), cells.__getitem__, CENT) == (
        'IFERROR(IF(AND(ISNUMBER($D$9),ISNUMBER($D$10),ISNUMBER($D$11)),'
        "IF(ABS(ABS($D$9-($D$10+$D$11))-0.0055)>2E-14*(ABS($D$9)+ABS($D$10)+ABS($D$11)),"
        'ABS($D$9-($D$10+$D$11))-0.0055<0,NA()),""),"")')


def test_a_check_that_is_not_one_comparison_has_no_difference() -> None:
    assert difference_to_excel(sound("a == 1 or a == 2"), lambda _: "A1") == '""'
    formula = difference_to_excel(sound("a == 1"), lambda _: "A1", 0)
    assert formula == 'IFERROR(IF(ISNUMBER(A1),TEXT(ROUND(A1-1,0),"0"),""),"")'


MONEY = st.decimals(-(10**9), 10**10, places=2)
FINE = st.decimals(-(10**4), 10**4, places=4)
NEAR = st.integers(-300, 300).map(lambda cents: Decimal(cents).scaleb(-4))
FIGURES = st.one_of(MONEY, FINE, NEAR)


def in_excel(text: str, cells: dict[str, Cell | list[Cell]], tolerance: Decimal) -> Cell:
    return calculate(to_excel(sound(text), lambda key: key.replace(".", "_"), tolerance), cells)


def agree(verdict: Verdict, shown: object) -> bool:
    return verdict is Verdict.CANNOT_JUDGE or shown == "" or shown is (verdict is Verdict.HOLDS)


@settings(max_examples=400)
@given(st.sampled_from(CHECKS), FIGURES, FIGURES, NEAR, st.lists(FIGURES, max_size=4), st.sampled_from(TOLERANCES))
def test_the_engines_never_both_decide_and_differ(
        text: str, fiscal: Decimal, other: Decimal, gap: Decimal, tasks: list[Decimal], tolerance: Decimal) -> None:
    figures = {"budget.total": fiscal + other + gap, "budget.fiscal": fiscal, "budget.other": other}
    outcome = evaluate(sound(text), lambda key: figures.get(key, tuple(tasks)), tolerance)
    cells: dict[str, Cell | list[Cell]] = {key.replace(".", "_"): float(value) for key, value in figures.items()}
    cells["tasks_amount"] = [*map(float, tasks), *[None] * (4 - len(tasks))]
    assert agree(outcome.verdict, in_excel(text, cells, tolerance))


@given(MONEY, MONEY, st.integers(-3, 3), st.sampled_from(["0.005", "0", "0.01", "0.02", "1"]))
def test_both_engines_always_decide_on_amounts_to_the_cent(
        fiscal: Decimal, other: Decimal, cents: int, tolerance: str) -> None:
    text = CHECKS[0]
    total = fiscal + other + Decimal(cents).scaleb(-2)
    figures = {"budget.total": total, "budget.fiscal": fiscal, "budget.other": other}
    verdict = evaluate(sound(text), figures.__getitem__, Decimal(tolerance)).verdict
    cells: dict[str, Cell | list[Cell]] = {key.replace(".", "_"): float(value) for key, value in figures.items()}
    assert verdict is (Verdict.HOLDS if abs(cents) * Decimal("0.01") <= Decimal(tolerance) else Verdict.FAILS)
    assert in_excel(text, cells, Decimal(tolerance)) is (verdict is Verdict.HOLDS)


def _amount(rng: random.Random) -> Cell:
    """What turns up in a money cell: mostly amounts, else blanks, text numbers, full-width digits, a tick."""
    odd: list[Cell] = [None, "100", "１００", " ", "　", "不适用", True, 0.0, 0.1 + 0.2]
    return rng.choice(odd) if rng.random() < 0.12 else round(rng.uniform(-10, 1e9), rng.choice([0, 2, 2, 2, 4]))


def _fillings(count: int) -> list[list[Cell]]:
    rng = random.Random(20240315)
    rows: list[list[Cell]] = []
    for _ in range(count):
        row = [_amount(rng) for _ in range(7)]
        if isinstance(row[1], float) and isinstance(row[2], float) and rng.random() < 0.7:
            row[0] = round(row[1] + row[2] + rng.choice([0, 0, 0.01, -0.01, 0.005, 0.0055, 0.02, 100]), 4)
        if rng.random() < 0.3:
            row[3:] = [row[0], None, None, None]
        rows.append(row)
    return rows


def _figure(cell: Cell) -> Decimal | None:
    return Decimal(f"{cell:.15g}") if isinstance(cell, float) else None


def _write(path: Path, rows: list[list[Cell]]) -> None:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("data")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, bool):
                    sheet.write_boolean(at, column, cell)
                elif isinstance(cell, float):
                    sheet.write_number(at, column, cell)
                elif cell is not None:
                    sheet.write_string(at, column, cell)
            cells = {key: pattern.format(row=at + 1) for key, pattern in KEYS.items()}
            for column, text in enumerate(CHECKS, start=7):
                sheet.write_formula(at, column, "=" + to_excel(sound(text), cells.__getitem__, CENT), None, "?")
            difference = difference_to_excel(sound(CHECKS[0]), cells.__getitem__)
            sheet.write_formula(at, 7 + len(CHECKS), "=" + difference, None, "?")


def test_libreoffice_and_python_never_differ_over_500_fillings(libreoffice: LibreOffice, tmp_path: Path) -> None:
    rows = _fillings(500)
    _write(tmp_path / "checks.xlsx", rows)
    with libreoffice.open(tmp_path / "checks.xlsx") as book:
        book.recalculate()
        shown = book.used("data")
    decided = 0
    for at, row in enumerate(rows):
        tasks = tuple(_figure(cell) for cell in row[3:] if not (cell is None or str(cell).isspace()))
        figures = dict(zip(KEYS, [*map(_figure, row[:3]), tasks], strict=True))
        for text, said in zip(CHECKS, shown[at][7:], strict=False):
            verdict = evaluate(sound(text), figures.__getitem__, CENT).verdict
            assert said in ("TRUE", "FALSE", ""), f"row {at + 1}: {text}"
            assert agree(verdict, said and said == "TRUE"), f"row {at + 1}: {text}"
            decided += said != "" and verdict is not Verdict.CANNOT_JUDGE
        difference = evaluate(sound(CHECKS[0]), figures.__getitem__, CENT).difference
        assert difference is None or abs(Decimal(shown[at][-1]) - difference) < CENT + Decimal("0.000001")
    assert decided > 4000
