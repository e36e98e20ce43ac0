"""Traps that spreadsheet libraries and programs lay for a form like ours, each as a test of how we get past it."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.issued import FORM_IDS, KEY, PLACES, Issued, form_of, issue
from xltool.addresses import a1
from xltool.collect.examine import Examination, Reading, examine
from xltool.excel.read import read_bytes
from xltool.excel.write import write
from xltool.findings import Code
from xltool.layout.grid import Content, Filling
from xltool.layout.workbook import printed_workbook
from xltool.model.finding import Severity
from xltool.model.form import Role
from xltool.model.value import Kind, Note, State
from xltool.model.workbook import CellKind

MINHANG = form_of("minhang-2024")
TARGETS = "=48.00(家)", "≥66575.00(人次)", "每月15号前", "服务效率较2023年提升", "=", "各2个", "3本", "≥50个"
FILLED: dict[str, Content] = {
    "duties": "职责", "goals": "目标", "tasks#01.title": "任务", "tasks#01.content": "内容",
    "budget.total": Decimal("100.30"), "budget.fiscal": Decimal("100.30"), "budget.other": Decimal(0),
    "budget.basic": Decimal("100.30"), "budget.project": Decimal(0), "assets": Decimal("5.00"),
    "persons": Decimal(24), "offices": Decimal(8),
}  # fmt: skip
ROWS = {
    "output.quantity#01": ("扶持数", "=", "48", "家"), "output.quality#01": ("合格率", "≥", "85", "%"),
    "output.timeliness#01": ("发放及时性", "≤", "每月15号前", ""),
    "benefit.social#01": ("改善情况", "定性", "提升", ""),
    "satisfaction.served#01": ("满意度", "≥", "85.00", "%"),
}  # fmt: skip
for _row, _parts in ROWS.items():
    _keys = ("name", "current.operator", "current.value", "current.measure")
    FILLED |= {f"{_row}.{key}": text for key, text in zip(_keys, _parts, strict=True) if text}


@pytest.fixture(scope="module")
def filled() -> Issued:
    return issue(MINHANG, Role.OWN, Filling(FILLED, sources={"unit.name": "示例单位"}))


@pytest.fixture(scope="module")
def filled_path(filled: Issued, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "form.xlsx"
    path.write_bytes(filled.data)
    return path


def read(data: bytes) -> Examination:
    return examine(data, Reading((MINHANG,), key=KEY, guide=PLACES), "form.xlsx")


def told(result: Examination) -> dict[str, object]:
    """Every answer that was given, numbers as numbers."""
    assert result.submission is not None, result.findings
    found: dict[str, object] = {
        item.key: item.number if item.number is not None else item.text
        for item in result.submission.fields if item.state is State.GIVEN
    }  # fmt: skip
    for item in result.submission.indicators:
        value = item.targets[0].value
        found[item.key] = (item.name, value.operator and value.operator.value, value.text, value.measure)
    return found


def serious(result: Examination) -> list[str]:
    return [item.code for item in result.findings if item.severity is not Severity.INFO]


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode("utf-8")
            new = change(text) if name == part else text
            assert new != text or name != part
            after.writestr(name, new)
    return out.getvalue()


FORM_PART = "xl/worksheets/sheet1.xml"


def test_the_form_of_these_tests_is_read_whole(filled: Issued) -> None:
    assert serious(read(filled.data)) == []
    assert len(told(read(filled.data))) == len(ROWS) + 11


# --- an equals sign is data (excel §0.1, peers §5.1) ----------------------------------------------------------------


def test_equals_signs_come_back_from_libreoffice_exceljs_and_sheetjs(
    libreoffice: LibreOffice, exceljs: NodeClient, sheetjs: NodeClient, tmp_path: Path
) -> None:
    contents: dict[str, Content] = {f"output.quantity#{n:02d}.current": text for n, text in enumerate(TARGETS, start=1)}
    path = tmp_path / "form.xlsx"
    counts = {"output.quantity": len(TARGETS)}
    path.write_bytes(write(printed_workbook(MINHANG, Role.DEPARTMENT, Filling(contents, counts))))
    with libreoffice.open(path) as book:
        by_office = book.save(tmp_path / "office.xlsx")
    others = [client.fill(path, tmp_path / f"{client.name}.xlsx", []) for client in (exceljs, sheetjs)]
    for saved in (path, by_office, *others):
        workbook, _ = read_bytes(saved.read_bytes())
        assert workbook is not None
        texts = [cell.text for _, cell in sorted(workbook.sheets[0].cells.items()) if cell.text in TARGETS]
        assert texts == list(TARGETS), saved.name
        assert not [cell for cell in workbook.sheets[0].cells.values() if cell.formula]


def test_the_equals_sign_in_the_list_of_operators_stays_a_text(
    libreoffice: LibreOffice, filled_path: Path, tmp_path: Path
) -> None:
    with libreoffice.open(filled_path) as book:
        assert book.used("_lists")[1][0] == "="
        saved = book.save(tmp_path / "saved.xlsx")
    with libreoffice.open(saved) as book:
        assert book.used("_lists")[1][0] == "="


# --- readers that hide or lose cells (excel §0.2 to §0.4, §0.9, peers §5.2, §5.5, §5.6) ------------------------------


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NAME?"])
def test_an_error_cell_is_no_blank_cell(filled: Issued, error: str) -> None:
    where = filled.slots["budget.total"].range
    name = a1(where.first_row, where.first_col)
    amount, fault = rf'<c r="{name}"( s="\d+")[^>]*><v>[^<]*</v></c>', rf'<c r="{name}"\1 t="e"><v>{error}</v></c>'
    data = changed(filled.data, FORM_PART, lambda xml: re.sub(amount, fault, xml))
    workbook, _ = read_bytes(data)
    assert workbook is not None
    assert workbook.sheets[0].cells[where.first_row, where.first_col].kind is CellKind.ERROR
    assert "budget.total" not in told(read(data))
    assert [item for item in read(data).findings if item.position.cell == name and item.severity is Severity.ERROR]


def test_a_value_in_the_last_cell_of_the_grid_ends_nothing(filled: Issued) -> None:
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = changed(filled.data, FORM_PART, lambda xml: xml.replace("</sheetData>", last))
    assert told(read(data)) == told(read(filled.data))


def test_leading_rows_without_cells_shift_nothing(filled: Issued) -> None:
    data = changed(filled.data, FORM_PART, lambda xml: re.sub(r'<row r="1" .*?</row>', "", xml, flags=re.DOTALL))
    assert told(read(data)) == told(read(filled.data))


@pytest.mark.parametrize("dimension", ["A1", "A1:B2", "A1:XFD1048576"])
def test_a_false_dimension_is_not_believed(filled: Issued, dimension: str) -> None:
    false = f'<dimension ref="{dimension}"'
    data = changed(filled.data, FORM_PART, lambda xml: re.sub(r'<dimension ref="[^"]*"', false, xml))
    assert told(read(data)) == told(read(filled.data))


def test_a_stylesheet_that_openpyxl_refuses_is_read(filled: Issued) -> None:
    data = changed(filled.data, "xl/styles.xml", lambda xml: xml.replace('Type="solid"', 'Type="unheard of"'))
    with pytest.raises(ValueError, match="stylesheet"):
        openpyxl.load_workbook(io.BytesIO(data))
    assert told(read(data)) == told(read(filled.data))


def test_a_file_without_cached_values_is_read_as_it_is_and_sums_are_computed_anew(filled: Issued) -> None:
    book = openpyxl.load_workbook(io.BytesIO(filled.data))
    where = filled.slots["budget.other"].range
    book[filled.sheet].cell(where.first_row, where.first_col).value = 0.1
    out = io.BytesIO()
    book.save(out)
    assert openpyxl.load_workbook(io.BytesIO(out.getvalue()), data_only=True)[filled.sheet]["A1"].value is None
    result = read(out.getvalue())
    assert told(result) == told(read(filled.data)) | {"budget.other": Decimal("0.1")}
    assert [item.code for item in result.findings if item.severity is Severity.ERROR] == [Code.SUM_FAILS]


def test_planted_cached_values_in_check_cells_are_not_believed(filled: Issued) -> None:
    data = changed(filled.data, FORM_PART, lambda xml: xml.replace("<v>填写完整，可以报送。</v>", "<v>相差 9 元</v>"))
    assert told(read(data)) == told(read(filled.data))
    assert serious(read(data)) == []


# --- what programs do to locks, sheets and rules (excel §0.5 to §0.8, peers §5.3, §5.4) ------------------------------


def test_libreoffice_drops_the_structure_lock_and_shows_hidden_sheets_and_we_read_the_same(
    libreoffice: LibreOffice, filled: Issued, filled_path: Path, tmp_path: Path
) -> None:
    with libreoffice.open(filled_path) as book:
        saved = book.save(tmp_path / "saved.xlsx").read_bytes()
    before, after = read_bytes(filled.data)[0], read_bytes(saved)[0]
    assert before is not None
    assert after is not None
    assert (before.structure_locked, after.structure_locked) == (True, False)
    assert [sheet.state for sheet in before.sheets] == ["visible", "visible", "hidden", "veryHidden"]
    assert [sheet.state for sheet in after.sheets] == ["visible", "visible", "hidden", "hidden"]
    assert "LibreOffice" in after.application
    assert told(read(saved)) == told(read(filled.data))
    assert serious(read(saved)) == []


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_no_rule_refers_to_a_cell_relatively(form_id: str) -> None:
    for rule in issue(form_of(form_id)).layout.sheet.rules:
        if rule.kind.endswith("custom"):
            without_texts = re.sub(r'"[^"]*"', "", rule.values[0])
            assert not re.findall(r"(?<![$A-Z_])\$?[A-Z]{1,3}\$?\d+", without_texts), rule.values
            assert "ROW()" in rule.values[0]


def test_a_locked_cell_pasted_over_an_answer_is_no_proof_of_tampering(
    libreoffice: LibreOffice, filled: Issued, filled_path: Path, tmp_path: Path
) -> None:
    (heading,) = [item.range for item in filled.layout.headings if item.text == "计量单位"]
    target = filled.slots["output.quantity#02.name"].range
    name = a1(target.first_row, target.first_col)
    with libreoffice.open(filled_path) as book:
        book.copy(filled.sheet, a1(heading.first_row, heading.first_col), name)
        assert book.read(filled.sheet, name).locked
        saved = book.save(tmp_path / "saved.xlsx").read_bytes()
    result = read(saved)
    assert result.submission is not None
    assert [item.name for item in result.submission.indicators][:2] == ["扶持数", "计量单位"]
    topics = {item.code[:3] for item in result.findings if item.severity is Severity.ERROR}
    assert "TPL" not in topics


def test_what_a_general_cell_would_turn_into_dates_and_numbers_stays_as_typed(
    libreoffice: LibreOffice, filled: Issued, filled_path: Path
) -> None:
    where = filled.slots["output.quantity#02.current.value"].range
    with libreoffice.open(filled_path) as book:
        for text in ("85%", "1/2", "1,000", "00123", "3-5", "2024-12-31"):
            after = book.type(filled.sheet, a1(where.first_row, where.first_col), text).after
            assert (after.kind, after.text) == ("text", text)


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_rules_and_tints_are_written_in_the_classic_form_that_every_program_keeps(form_id: str) -> None:
    with zipfile.ZipFile(io.BytesIO(issue(form_of(form_id)).data)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [xml for xml in sheets if b"x14:" in xml or b"<extLst" in xml]


# --- writing (excel §0.10) ------------------------------------------------------------------------------------------


def test_cells_written_out_of_order_are_all_written(filled: Issued) -> None:
    shuffled = list(filled.plan.sheets[0].cells)
    random.Random(3).shuffle(shuffled)
    plan = replace(filled.plan, sheets=(replace(filled.plan.sheets[0], cells=tuple(shuffled)), *filled.plan.sheets[1:]))
    before, after = read_bytes(filled.data)[0], read_bytes(write(plan))[0]
    assert before is not None
    assert after is not None

    def texts(cells: object) -> object:
        return {place: (cell.kind, cell.text, cell.formula) for place, cell in cells.items()}  # type: ignore[attr-defined]

    assert texts(after.sheets[0].cells) == texts(before.sheets[0].cells)
    assert sorted(after.sheets[0].merges) == sorted(before.sheets[0].merges)


# --- mixed text in target cells (peers §5.7) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "value", "measure"),
    [
        ("≤", "每月15号前", ""), ("≤", "2小时内", ""), ("定性", "符合政策规定", ""),
        ("=", "3本", ""), ("=", "各2个", ""), ("=", "0件", ""),
    ],
)
def test_targets_of_every_kind_are_read_without_an_error(operator: str, value: str, measure: str) -> None:
    row = {"output.quantity#01.name": "甲", "output.quantity#01.current.operator": operator}
    contents = FILLED | row | {"output.quantity#01.current.value": value, "output.quantity#01.current.measure": measure}
    result = read(issue(MINHANG, Role.OWN, Filling(contents, sources={"unit.name": "示例单位"})).data)
    assert [item for item in result.findings if item.severity is Severity.ERROR] == []
    assert result.submission is not None
    assert result.submission.indicators[0].targets[0].value.text.startswith(value)


def test_markup_and_lost_characters_do_not_keep_a_target_from_being_understood() -> None:
    contents = FILLED | {"output.timeliness#01.current.value": "<p>每月15号前</p>□"}
    result = read(issue(MINHANG, Role.OWN, Filling(contents, sources={"unit.name": "示例单位"})).data)
    assert result.submission is not None
    (value,) = [item.targets[0].value for item in result.submission.indicators if item.name == "发放及时性"]
    assert value.kind is Kind.DEADLINE
    assert {Note.MARKUP, Note.LOST_CHARACTER} <= set(value.notes)
