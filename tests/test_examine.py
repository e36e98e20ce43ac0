"""One returned file from bytes to findings, through every room, and the same from a worker process."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.tiny import FILLED, FORM, LAYOUT, ROWS, codes, values_of
from xltool.collect.examine import Examination, Reading, examine
from xltool.excel.identity import sign
from xltool.excel.write import write
from xltool.findings import Code
from xltool.layout.form import lay_out
from xltool.layout.grid import Content, Filling
from xltool.layout.workbook import Stamp, common_sheets, unit_workbook
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Severity
from xltool.model.form import Profile, Role
from xltool.model.submission import Identity

KEY = b"k" * 32
GUIDE = {"deadline": "2024-03-01", "contact": "甲", "telephone": "000"}
CAMPAIGN = Campaign("round", "tiny", 2024, "某局", None, "", "", (ReportingUnit("001", "示例站", Role.UNIT),))
READING = Reading((FORM,), CAMPAIGN, KEY, guide=GUIDE)


def _issued(
    changes: dict[str, Content] | None = None, counts: dict[str, int] | None = None, identity: Identity | None = None,
    key: bytes = KEY, *, protected: bool = True,
) -> bytes:  # fmt: skip
    token = sign(identity or Identity("tiny", "1", "round", "001", 1), key)
    filling = Filling({**FILLED, **(changes or {})}, counts or {})
    _, plan = unit_workbook(FORM, Role.UNIT, filling, Stamp(token), common_sheets(FORM, Role.UNIT, GUIDE))
    sheets = tuple(sheet if protected else replace(sheet, protected=False) for sheet in plan.sheets)
    return write(replace(plan, sheets=sheets))


def _examined(data: bytes, reading: Reading = READING) -> Examination:
    return examine(data, reading, "a.xlsx", "0" * 64)


def test_a_form_written_by_us_reads_back_without_a_finding() -> None:
    result = _examined(_issued())
    assert result.findings == ()
    assert result.submission is not None
    assert result.submission.identity == Identity("tiny", "1", "round", "001", 1)
    assert values_of(result.submission)["budget.total"] == Decimal("300.50")
    assert len(result.submission.indicators) == 3


def test_every_finding_says_file_and_unit() -> None:
    result = _examined(_issued({"persons": Decimal(-1)}))
    assert result.has_errors
    assert [(item.code, item.position.file, item.position.unit_code) for item in result.findings] == [
        (Code.VAL_BELOW_MINIMUM, "a.xlsx", "001")
    ]
    assert result.submission is not None
    assert result.submission.findings == result.findings


def test_a_form_issued_with_more_rows_is_read_whole() -> None:
    row = "output.quality#07"
    more: dict[str, Content] = {f"{row}.name": "达标率", f"{row}.current.operator": "≥", f"{row}.current.value": "90",
                                f"{row}.current.measure": "%"}  # fmt: skip
    result = _examined(_issued(more, {"output.quality": 8}))
    assert result.findings == ()
    assert result.submission is not None
    assert result.submission.indicators[-1].key == row


def test_without_a_campaign_the_token_is_taken_as_said() -> None:
    result = _examined(_issued(key=b"x" * 32), Reading((FORM,)))
    assert result.submission is not None
    assert result.submission.identity.unit_code == "001"


@pytest.mark.parametrize(
    ("identity", "key", "code"),
    [
        (Identity("tiny", "1", "round", "001", 1), b"x" * 32, Code.IDN_FORGED),
        (Identity("tiny", "1", "last", "001", 1), KEY, Code.IDN_OTHER_CAMPAIGN),
        (Identity("other", "1", "round", "001", 1), KEY, Code.IDN_OTHER_FORM),
        (Identity("tiny", "1", "round", "009", 1), KEY, Code.IDN_UNKNOWN_UNIT),
        (Identity("tiny", "0", "round", "001", 1), KEY, Code.IDN_OTHER_VERSION),
    ],
)
def test_a_form_that_is_not_this_units_of_this_campaign_is_named(identity: Identity, key: bytes, code: Code) -> None:
    found = codes(_examined(_issued(identity=identity, key=key)).findings)
    assert [item for item in found if item != Code.IDN_PROPOSED] == [code]
    assert (Code.IDN_PROPOSED in found) is (code in (Code.IDN_FORGED, Code.IDN_UNKNOWN_UNIT))


def test_what_is_no_workbook_is_a_finding() -> None:
    result = _examined(b"%PDF-1.7 scan")
    assert result.submission is None
    assert codes(result.findings) == [Code.FILE_PICTURE_OR_PDF]


def test_what_goes_to_a_worker_and_comes_back_can_be_sent() -> None:
    result = _examined(_issued())
    assert pickle.loads(pickle.dumps(result)) == result
    reading = pickle.loads(pickle.dumps(READING))
    assert _examined(_issued(), reading).findings == ()


def test_reading_a_file_imports_nothing_heavy() -> None:
    code = (
        "import sys, xltool.collect.examine, xltool.collect.intake;"
        "print(sorted({'pandas','openpyxl','xlsxwriter','numpy','click','rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == "[]"


# --- what is missing is never taken for blank -------------------------------------------------------------------------


def _changed(change: Callable[[Worksheet], None], data: bytes | None = None) -> Examination:
    book = openpyxl.load_workbook(io.BytesIO(data or _issued(protected=False)))
    change(book["申报表"])
    out = io.BytesIO()
    book.save(out)
    return _examined(out.getvalue())


def test_a_form_with_every_answer_emptied_is_no_valid_form() -> None:
    def empty(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if not cell.protection.locked and not isinstance(cell, MergedCell):
                    cell.value = None

    result = _changed(empty)
    missing = {item.position.field for item in result.findings if item.code == Code.VAL_BLANK}
    assert {"unit_name", "duties", "budget.total", "assets", "persons"} <= missing
    assert result.has_errors


def test_a_form_whose_cells_were_all_cleared_is_not_found() -> None:
    def clear(sheet: Worksheet) -> None:
        for row in sheet.iter_rows():
            for cell in row:
                if not isinstance(cell, MergedCell):
                    cell.value = None

    result = _changed(clear)
    assert result.submission is None
    assert result.has_errors


@pytest.mark.parametrize("block", ["tasks#", "budget.", "output.quantity#", "basic:", "scale:"])
def test_a_deleted_block_is_named_row_by_row(block: str) -> None:
    rows = sorted(row for key, row in ROWS.items() if key.startswith(block))

    def delete(sheet: Worksheet) -> None:
        sheet.delete_rows(rows[0], rows[-1] - rows[0] + 1)

    result = _changed(delete)
    told = {key for item in result.findings for key in dict(item.args).get("keys", "").split()}
    told |= {item.position.field for item in result.findings if item.code in (Code.TPL_ROW_MISSING, Code.TPL_CELL_GONE)}
    for slot in LAYOUT.slots:
        if slot.row_key.startswith(block):
            assert slot.key in told or slot.row_key.partition("+")[0] in told, slot.key


def test_another_grid_on_the_sheet_of_the_form_is_not_found_as_the_form() -> None:
    def replace_all(sheet: Worksheet) -> None:
        sheet.delete_rows(1, sheet.max_row)
        for row in range(1, 60):
            for col in range(1, 9):
                sheet.cell(row, col, f"{row}-{col}")

    result = _changed(replace_all)
    assert result.submission is None
    assert Code.TPL_NO_FORM in codes(result.findings)


def test_the_last_row_of_an_enlarged_level_is_missed_when_it_is_deleted() -> None:
    """Its key goes with it, so the form itself says how large it was issued."""
    filling = Filling(FILLED, {"output.quality": 6})
    layout = lay_out(FORM, Role.UNIT, Profile.FILL, filling)
    row = next(row for row, key in layout.row_keys if key == "output.quality#06")
    result = _changed(lambda sheet: sheet.delete_rows(row), _issued(counts={"output.quality": 6}))
    (item,) = (item for item in result.findings if item.code == Code.TPL_ROWS_MISSING)
    assert dict(item.args)["keys"] == "output.quality#06"


# --- what real programs make of it ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("issued") / "a.xlsx"
    path.write_bytes(_issued())
    return path


def _same_as_issued(path: Path) -> Examination:
    result = _examined(path.read_bytes())
    intact = _examined(_issued()).submission
    assert result.submission is not None
    assert intact is not None
    assert values_of(result.submission) == values_of(intact)
    assert [item for item in result.findings if item.severity is not Severity.INFO] == []
    return result


def test_a_save_by_libreoffice_loses_nothing(libreoffice: LibreOffice, issued: Path, tmp_path: Path) -> None:
    with libreoffice.open(issued) as book:
        book.save(tmp_path / "b.xlsx")
    result = _same_as_issued(tmp_path / "b.xlsx")
    assert result.submission is not None
    assert "LibreOffice" in result.submission.application


def test_rows_inserted_by_libreoffice_lose_nothing(libreoffice: LibreOffice, tmp_path: Path) -> None:
    issued = tmp_path / "a.xlsx"
    issued.write_bytes(_issued(protected=False))
    for row in (1, ROWS["tasks#02"], ROWS["output.quantity#02"]):
        with libreoffice.open(issued) as book:
            assert book.insert_rows("申报表", row)
            book.save(tmp_path / f"{row}.xlsx")
        _same_as_issued(tmp_path / f"{row}.xlsx")


def test_a_save_by_exceljs_loses_nothing(exceljs: NodeClient, issued: Path, tmp_path: Path) -> None:
    _same_as_issued(exceljs.fill(issued, tmp_path / "b.xlsx", []))


def test_a_save_by_sheetjs_loses_nothing_but_protection_and_rules(
    sheetjs: NodeClient, issued: Path, tmp_path: Path
) -> None:
    result = _same_as_issued(sheetjs.fill(issued, tmp_path / "b.xlsx", []))
    assert {Code.TPL_PROTECTION_LOST, Code.TPL_VALIDATION_LOST} <= set(codes(result.findings))


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_save_in_another_format_is_read_without_a_word_on_its_checks(
    sheetjs: NodeClient, issued: Path, tmp_path: Path, ending: str
) -> None:
    saved = sheetjs.fill(issued, tmp_path / f"b.{ending}", [], format="biff8" if ending == "xls" else "ods")
    result = examine(saved.read_bytes(), READING, saved.name)
    intact = _examined(_issued()).submission
    assert result.submission is not None
    assert intact is not None
    assert values_of(result.submission) == values_of(intact)
    loud = [item.code for item in result.findings if item.severity is not Severity.INFO]
    assert loud == [Code.FILE_OTHER_FORMAT]


def test_a_save_by_openpyxl_loses_nothing(issued: Path, tmp_path: Path) -> None:
    openpyxl.load_workbook(issued).save(tmp_path / "b.xlsx")
    _same_as_issued(tmp_path / "b.xlsx")
