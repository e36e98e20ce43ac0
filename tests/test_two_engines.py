"""Each form's checks, calculated by LibreOffice and judged on reading over 500 random fillings, never disagree."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter

from tests.clients.libreoffice import LibreOffice
from tests.finding_cases.forms import content, filling
from tests.issued import FORM_IDS, Issued, form_of, issue
from xltool import expressions
from xltool.addresses import a1, range_a1
from xltool.collect.cells import Setting, see
from xltool.excel.read import read_bytes
from xltool.expressions import Expression, Verdict
from xltool.expressions.evaluate import Figure
from xltool.layout.grid import Filling
from xltool.model.form import AnswerType, FormDefinition
from xltool.model.value import State
from xltool.model.workbook import CellKind, CellRange, RawCell, RawSheet

FILLINGS = 500
ROWS = 3  # filled rows of a repeating column
ODD = ("", "", "０", "１２３.４５", "1,234.50", " 12.30 ", "123.45", "约五百", "12万元", "-", "不适用", "1 2", "1e3")


class Sum(NamedTuple):
    """A check of the form, and the columns of the sheet that hold its figures, by name."""

    expression: Expression
    tolerance: Decimal
    columns: dict[str, list[int]]


def sums(form: FormDefinition) -> tuple[list[Sum], int]:
    """The checks with places for their figures, side by side; and how many places there are."""
    found, width = [], 0
    for check in form.checks:
        parsed = expressions.parse(check.expression)
        assert isinstance(parsed, Expression)
        columns = {}
        for name in expressions.names(parsed):
            count = ROWS if name in expressions.columns(parsed) else 1
            columns[name] = list(range(width, width + count))
            width += count
        found.append(Sum(parsed, check.tolerance, columns))
    return found, width


def fillings(checks: list[Sum], width: int, chance: random.Random) -> Iterator[list[float | str]]:
    """Amounts to the cent, of which the first is often the sum of the rest; some cells hold something odd."""
    for _ in range(FILLINGS):
        row: list[float | str] = [round(chance.uniform(0, 9_999_999), 2) for _ in range(width)]
        for check in checks:
            places = [place for found in check.columns.values() for place in found]
            if chance.random() < 0.6:
                total = next(found[0] for found in check.columns.values() if len(found) == 1)
                rest = sum(float(row[place]) for place in places if place != total)
                row[total] = round(rest + chance.choice([0, 0, 0, 0.01, -0.01, 0.004, 0.005, 0.006, 100]), 3)
            if chance.random() < 0.4:
                row[chance.choice(places)] = chance.choice(ODD)
        yield row


def written(checks: list[Sum], rows: list[list[float | str]], width: int) -> bytes:
    """A line of cells per filling and behind it the formulas, as the form's workbook has them."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("sums")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(at, column, value)
                elif not isinstance(value, str):
                    sheet.write_number(at, column, value)
            for number, check in enumerate(checks):
                cells = {name: range_a1(CellRange(at + 1, found[0] + 1, at + 1, found[-1] + 1)) for name, found in
                         check.columns.items()}  # fmt: skip
                formula = expressions.to_excel(check.expression, cells.__getitem__, check.tolerance)
                sheet.write_formula(at, width + number, f"={formula}", None, "")
    return out.getvalue()


def figure(sheet: RawSheet, row: int, places: list[int], *, repeating: bool) -> Figure:
    """What is read there, as the form's own answers are read: text numbers and full width included."""
    numbers = []
    for place in places:
        sight = see(sheet.cells.get((row, place + 1)), "General", AnswerType.MONEY, Setting(money="元"))
        if not repeating:
            return sight.number
        if sight.state is not State.BLANK:
            numbers.append(sight.number)
    return tuple(numbers)


def calculated(cell: RawCell | None) -> bool | None:
    """What the formula says: true, false, or nothing where a figure is missing."""
    return cell.text == "1" if cell is not None and cell.kind is CellKind.BOOLEAN else None


@pytest.mark.parametrize("form_id", [form_id for form_id in FORM_IDS if form_of(form_id).checks])
def test_the_engines_never_both_decide_and_differ(form_id: str, libreoffice: LibreOffice, tmp_path: Path) -> None:
    form = form_of(form_id)
    checks, width = sums(form)
    rows = list(fillings(checks, width, random.Random(form_id)))
    path = tmp_path / "sums.xlsx"
    path.write_bytes(written(checks, rows, width))
    with libreoffice.open(path) as book:
        book.recalculate()
        book.save(tmp_path / "calculated.xlsx")
    raw, _ = read_bytes((tmp_path / "calculated.xlsx").read_bytes())
    assert raw is not None
    sheet, differing, decided = raw.sheets[0], [], {True: 0, False: 0}
    for row in range(1, FILLINGS + 1):
        for number, check in enumerate(checks):
            repeating = expressions.columns(check.expression)
            read = {
                name: figure(sheet, row, places, repeating=name in repeating) for name, places in check.columns.items()
            }
            verdict = expressions.evaluate(check.expression, read.__getitem__, check.tolerance).verdict
            live = calculated(sheet.cells.get((row, width + number + 1)))
            if live is None or verdict is Verdict.CANNOT_JUDGE:
                continue
            decided[live] += 1
            if live is not (verdict is Verdict.HOLDS):
                differing.append((row, number, rows[row - 1]))
    assert differing == []
    assert min(decided.values()) > FILLINGS * len(checks) // 10, "both verdicts must have come up often"


def check_cells(issued: Issued, sheet: RawSheet) -> dict[str, str]:
    """What stands in the check column and the status line of a saved workbook."""
    return {
        a1(cell.range.first_row, cell.range.first_col): sheet.cells[place].text if place in sheet.cells else ""
        for cell in issued.layout.sheet.cells
        if cell.formula
        for place in [(cell.range.first_row, cell.range.first_col)]
    }


@pytest.mark.parametrize("form_id", ["minhang-2024", "yuzhong-2020"])
def test_check_column_status_line_and_marks_survive_a_save_by_libreoffice(
    form_id: str, libreoffice: LibreOffice, tmp_path: Path
) -> None:
    contents = {key: content(value) for key, value in filling(form_id).items()}
    contents |= {"goals": "", "duties": "", "output.quantity#01.current.operator": ""}
    sources = {"unit.name": "示例单位", "unit.full_name": "示例单位"}
    issued = issue(form_of(form_id), filling=Filling(contents, sources=sources))
    path = tmp_path / "form.xlsx"
    path.write_bytes(issued.data)
    with libreoffice.open(path) as book:
        book.recalculate()
        book.save(tmp_path / "saved.xlsx")
    before, _ = read_bytes(issued.data)
    after, _ = read_bytes((tmp_path / "saved.xlsx").read_bytes())
    assert before is not None
    assert after is not None
    form, saved = before.sheets[0], after.sheets[0]
    said = check_cells(issued, form)
    assert check_cells(issued, saved) == said
    assert sum(text.count("○") for text in said.values()) >= 3
    status = [text for cell, text in said.items() if cell.lstrip("ABCDEFGHIJKL") == "1"]
    assert any("3" in text for text in status)
    assert form.conditional_formats > 0
    assert saved.conditional_formats > 0
    assert saved.protected
