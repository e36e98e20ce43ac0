"""Writing: the plan comes back to the letter, equal plans give equal bytes, and nothing is dropped silently."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.audit import audit, validate
from tests.golden.parts import current, stored
from tests.issued import FORM_IDS, form_of, issue
from xltool.excel.read import read_bytes
from xltool.excel.write import CELL_FORMULA_LIMIT, OPTIONS, _Sheet, write
from xltool.excel.write_options import WriteError, validation
from xltool.model.form import Role
from xltool.model.layout import Mark, PlanCell, Rule, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellRange

ONE = CellRange(1, 1, 1, 1)
BLOCK = CellRange(2, 1, 3, 2)
TEXT, NUMBER = Style("宋体", number_format="@"), Style("宋体", number_format="#,##0.00")
EMPTY = SheetPlan("表", "visible", (10.0, 10.0), (), ())


def sheet(*cells: PlanCell, **changes: object) -> SheetPlan:
    return replace(EMPTY, cells=cells, **changes)  # type: ignore[arg-type]


def book(*sheets: SheetPlan, **changes: object) -> WorkbookPlan:
    return replace(WorkbookPlan(sheets), **changes)  # type: ignore[arg-type]


def cell(content: str | Decimal | None, where: CellRange = ONE, style: Style = TEXT) -> PlanCell:
    return PlanCell(where, content, style)


def part(data: bytes, name: str) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode("utf-8")


REFUSED = {
    "an inline list of 256 characters": sheet(rules=(Rule(ONE, "list", ("甲" * 127, "乙" * 128)),)),
    "a validation formula of 256 characters": sheet(rules=(Rule(ONE, "custom", ("1" * 256,)),)),
    "a prompt of 256 characters": sheet(rules=(Rule(ONE, "length", ("5",), prompt="长" * 256),)),
    "a prompt's title of 33 characters": sheet(rules=(Rule(ONE, "length", ("5",), prompt_title="长" * 33),)),
    "an error message of 256 characters": sheet(rules=(Rule(ONE, "length", ("5",), error="长" * 256),)),
    "an error's title of 33 characters": sheet(rules=(Rule(ONE, "length", ("5",), error_title="长" * 33),)),
    "a text of 32,768 characters": sheet(cell("长" * 32_768)),
    "a cell formula of 8,193 characters": sheet(PlanCell(ONE, "", TEXT, formula="=" + "1" * CELL_FORMULA_LIMIT)),
    "a number of 16 digits": sheet(cell(Decimal("1234567890123.456"), style=NUMBER)),
    "merged cells that overlap": sheet(cell("甲", BLOCK), cell("乙", CellRange(3, 2, 4, 3))),
    "a row of 410 points": sheet(heights=((1, 410.0),)),
    "a cell outside the grid": sheet(cell("甲", CellRange(1_048_577, 1, 1_048_577, 1))),
    "a name that looks like a cell": sheet(names=(("A1", "='表'!$A$1"),)),
    "a name with a blank in it": sheet(names=(("两 字", "='表'!$A$1"),)),
    "one name twice, in capitals once": sheet(names=(("F_x", "='表'!$A$1"), ("f_X", "='表'!$A$2"))),
    "a sheet name of 32 characters": sheet(name="长" * 32),
    "a footer of 256 characters": sheet(footer="长" * 256),
    "a property of 256 characters": book(EMPTY, properties=(("token", "x" * 256),)),
    "two sheets of one name": book(EMPTY, EMPTY),
}


@pytest.mark.parametrize("plan", REFUSED.values(), ids=REFUSED.keys())
def test_what_excel_or_xlsxwriter_would_drop_or_repair_is_refused(plan: SheetPlan | WorkbookPlan) -> None:
    with pytest.raises(WriteError):
        write(plan if isinstance(plan, WorkbookPlan) else book(plan))


LARGEST = {
    "an inline list of 255 characters": sheet(rules=(Rule(ONE, "list", ("甲" * 127, "乙" * 127)),)),
    "a prompt of 255 characters": sheet(rules=(Rule(ONE, "length", ("5",), "长" * 32, "长" * 255),)),
    "a text of 32,767 characters": sheet(cell("长" * 32_767)),
    "a number of 15 digits": sheet(cell(Decimal("1234567890123.45"), style=NUMBER)),
    "a row of 409 points": sheet(heights=((1, 409.0),)),
}


@pytest.mark.parametrize("plan", LARGEST.values(), ids=LARGEST.keys())
def test_the_largest_that_the_format_allows_is_written_and_clean(plan: SheetPlan, tmp_path: Path) -> None:
    path = tmp_path / "largest.xlsx"
    path.write_bytes(write(book(plan)))
    assert audit(path) == []
    assert validate(path) == []


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), min_size=1, max_size=20))
@example(["\ufffe", "\uffff", "a\x00b", "\x1f", "_x0041_", "a\r\nb", "\x85", " 前后有空格 ", "\n"])
@settings(max_examples=60, deadline=None)
def test_every_text_comes_back_to_the_letter(texts: list[str]) -> None:
    cells = [cell(text, CellRange(row, 1, row, 1)) for row, text in enumerate(texts, start=1)]
    workbook, findings = read_bytes(write(book(sheet(*cells))))
    assert workbook is not None, findings
    found = {item.row: item.text for item in workbook.sheets[0].cells.values()}
    assert [found.get(row) for row in range(1, len(texts) + 1)] == texts


@given(st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_every_amount_comes_back_to_the_cent(numbers: list[Decimal]) -> None:
    cells = [cell(number, CellRange(row, 1, row, 1), NUMBER) for row, number in enumerate(numbers, start=1)]
    sheet_read = openpyxl.load_workbook(io.BytesIO(write(book(sheet(*cells))))).worksheets[0]
    found = [sheet_read.cell(row, 1).value for row in range(1, len(numbers) + 1)]
    assert [round(Decimal(f"{value:.15g}"), 2) for value in found if isinstance(value, int | float)] == numbers


def test_cached_values_are_written_beside_their_formulas() -> None:
    formulas = sheet(
        PlanCell(ONE, Decimal("2.50"), NUMBER, formula="=1+1.5"),
        PlanCell(CellRange(2, 1, 2, 1), "已填", TEXT, formula='=IF(A1>0,"已填","")'),
        PlanCell(CellRange(3, 1, 3, 1), "", TEXT, formula='=IF(A1>0,"","未填")'),
    )
    found = openpyxl.load_workbook(io.BytesIO(write(book(formulas))), data_only=True).worksheets[0]
    assert [found.cell(row, 1).value for row in (1, 2, 3)] == [2.5, "已填", None]


def test_an_equals_sign_is_a_text_in_cells_and_lists() -> None:
    plan = sheet(cell("="), cell("=48.00(家)", CellRange(2, 1, 2, 1)), rules=(Rule(BLOCK, "list", ("=", "≥")),))
    data = write(book(plan))
    assert "<f>" not in part(data, "xl/worksheets/sheet1.xml")
    found = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert (found["A1"].value, found["A1"].data_type) == ("=", "s")
    assert '"=,≥"' in part(data, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["http://example.org", "1/2", "00123", "85%", "1,000", "internal:A1", "{=1}", "TRUE"])
def test_no_text_becomes_a_link_a_number_or_a_formula(text: str) -> None:
    data = write(book(sheet(cell(text))))
    assert part(data, "xl/sharedStrings.xml").count(f">{text}<") == 1
    assert "hyperlink" not in part(data, "xl/worksheets/sheet1.xml")


def test_a_rule_that_warns_asks_and_the_others_refuse() -> None:
    assert validation(Rule(ONE, "warn-list", ("甲", "乙")))["error_type"] == "warning"
    assert validation(Rule(ONE, "list", ("甲", "乙")))["error_type"] == "stop"


def test_a_list_on_another_sheet_is_referred_to() -> None:
    assert validation(Rule(ONE, "list", ("=XT_OPERATORS",)))["source"] == "=XT_OPERATORS"
    assert validation(Rule(ONE, "list", ("=",)))["source"] == ["="]


def test_sheet_and_structure_are_locked_and_only_heights_may_be_changed() -> None:
    issued = issue(form_of("minhang-2024"))
    assert '<workbookProtection lockStructure="1"/>' in part(issued.data, "xl/workbook.xml")
    protection = openpyxl.load_workbook(io.BytesIO(issued.data))[issued.sheet].protection
    # Excel writes what is forbidden: False allows it.
    assert (protection.sheet, protection.formatRows, protection.insertRows, protection.deleteRows,
            protection.insertColumns, protection.formatCells) == (True, False, True, True, True, True)  # fmt: skip


def test_heights_are_fixed_except_of_rows_to_be_fitted() -> None:
    data = write(book(sheet(cell("甲"), heights=((1, 30.0), (2, 30.0)), fitted_rows=frozenset({1}))))
    xml = part(data, "xl/worksheets/sheet1.xml")
    assert '<row r="1" spans="1:1" ht="30">' in xml
    assert '<row r="2" spans="1:1" ht="30" customHeight="1"/>' in xml


def test_conditional_formats_notes_and_page_set_up_are_written() -> None:
    plan = sheet(
        replace(cell("甲"), comment="请补填"), marks=(Mark(ONE, "LEN($A$1)=0", "FDE3C8"),), footer="第 &P 页",
        print_area=CellRange(1, 1, 9, 2), repeat_rows=(1, 2), page_breaks=(5,), freeze_row=2, landscape=True,
    )  # fmt: skip
    page = openpyxl.load_workbook(io.BytesIO(write(book(plan)))).worksheets[0]
    assert (page.page_setup.paperSize, page.page_setup.orientation) == (9, "landscape")
    assert (page.print_title_rows, page.freeze_panes) == ("$1:$2", "A3")
    assert page.print_area == "'表'!$A$1:$B$9"
    assert [item.id for item in page.row_breaks.brk] == [5]
    note = page["A1"].comment
    assert note is not None
    assert note.text == "请补填"
    assert [rule.formula for rules in page.conditional_formatting for rule in rules.rules] == [["LEN($A$1)=0"]]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("form_id", FORM_IDS)
def test_equal_inputs_give_equal_bytes(form_id: str, role: Role) -> None:
    assert issue(form_of(form_id), role).data == issue(form_of(form_id), role).data


def test_another_process_writes_the_same_bytes() -> None:
    code = (
        "import hashlib; from tests.issued import form_of, issue; "
        "print(hashlib.sha256(issue(form_of('minhang-2024')).data).hexdigest())"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[1],
            capture_output=True, encoding="utf-8", check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert set(made) == {hashlib.sha256(issue(form_of("minhang-2024")).data).hexdigest()}


def test_the_parts_of_a_workbook_are_those_last_looked_at() -> None:
    now, then = current(), stored()
    assert now.keys() == then.keys()
    for name, text in now.items():
        assert text == then[name], f"{name} differs: look at it, then run python -m tests.golden.parts"


def written_with(kind: type[Worksheet]) -> bytes:
    """The sheet's part where xlsxwriter is told to use this class of worksheets, with and without a format."""
    contents = ("文字", 'a&b<"c">', "", None, 0, -1.5, 1e300, 0.1, 123456789012345, " x ", "末")
    buffer = io.BytesIO()
    book = Workbook(buffer, OPTIONS)
    page, bold = book.add_worksheet("表", kind), book.add_format({"bold": True})
    for row, content in enumerate(contents):
        for column, style in ((0, bold), (27, bold), (3, None)):
            if isinstance(content, (int, float)):
                page.write_number(row, column, content, style)
            elif content:
                page.write_string(row, column, content, style)
            else:
                page.write_blank(row, column, None, style)
    book.close()
    with zipfile.ZipFile(buffer) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def test_cells_are_written_to_the_letter_as_xlsxwriter_writes_them() -> None:
    assert written_with(_Sheet) == written_with(Worksheet)
    assert written_with(_Sheet).count(b"<c ") > 20
