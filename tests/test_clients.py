"""The test clients do what the other tests believe they do, shown on a small protected form."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from tests.clients import javascript, pdf
from tests.clients.libreoffice import Book, LibreOffice, LibreOfficeError

FORM = "申报表"
DRAFT = "草稿"
TITLE = "绩效目标申报表"


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A protected sheet: A1 locked; B2, B3 lists; C2 text; C3 general; D2 amount ≥ 0; E2 a formula cached as
    999; A5:C6 merged, five characters at most. A hidden sheet of lists and an open one of three rows."""
    path = tmp_path_factory.mktemp("form") / "表.xlsx"
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False})
    sheet, lists = book.add_worksheet(FORM), book.add_worksheet("_lists")
    book.add_worksheet(DRAFT).write_column(0, 0, ["一", "二", "三"])
    lists.hide()
    locked = book.add_format({"font_name": "宋体"})
    text = book.add_format({"font_name": "宋体", "locked": False, "num_format": "@"})
    general, amount = (
        book.add_format({"locked": False}),
        book.add_format({"locked": False, "num_format": "#,##0.00"}),
    )
    lists.write_column(0, 0, ["=", "≥", "≤"])
    sheet.protect()
    sheet.write_string("A1", TITLE, locked)
    for cell in ("B2", "B3", "C2"):
        sheet.write_blank(cell, None, text)
    sheet.write_blank("C3", None, general)
    sheet.write_number("D2", 1234.5, amount)
    sheet.write_formula("E2", "=D2*2", locked, 999)
    sheet.merge_range("A5:C6", "多行\n文本", text)
    sheet.data_validation("B2", {"validate": "list", "source": ["=", "≥", "≤"]})
    sheet.data_validation("B3", {"validate": "list", "source": "=_lists!$A$1:$A$3"})
    sheet.data_validation("D2", {"validate": "decimal", "criteria": ">=", "value": 0})
    sheet.data_validation("A5", {"validate": "length", "criteria": "<=", "value": 5})
    book.close()
    return path


@pytest.fixture
def book(libreoffice: LibreOffice, form: Path) -> Iterator[Book]:
    with libreoffice.open(form) as opened:
        yield opened


def test_typing_into_a_locked_cell_changes_nothing(book: Book) -> None:
    assert book.sheets()[0].protected
    answer = book.type(FORM, "A1", "x")
    assert (answer.changed, answer.after.text, answer.after.locked) == (False, TITLE, True)


def test_typed_text_goes_through_the_input_parser(book: Book) -> None:
    assert book.type(FORM, "C2", "85%").after.kind == "text"
    assert book.type(FORM, "C3", "85%").after.value == 0.85


@pytest.mark.parametrize("cell", ["B2", "B3"])
def test_a_drop_down_gives_what_it_offers_and_nothing_else(book: Book, cell: str) -> None:
    assert book.choose(FORM, cell, "=").after.text == "="
    with pytest.raises(LibreOfficeError, match="does not offer"):
        book.choose(FORM, cell, "≠")
    assert book.text(FORM, cell) == "="


def test_a_cell_without_a_list_has_no_drop_down(book: Book) -> None:
    with pytest.raises(LibreOfficeError, match="no drop-down"):
        book.choose(FORM, "C2", "=")


def test_each_validation_flags_its_own_cell_only(book: Book) -> None:
    for cell, wrong in (("B2", "约"), ("D2", "-5"), ("A5", "六个字的文本")):
        assert book.accepts(FORM, cell)
        book.type(FORM, cell, wrong)
        assert not book.accepts(FORM, cell)
    assert book.accepts(FORM, "B3")
    assert book.invalid(FORM) == ["B2", "D2", "A5"]


def test_cached_values_are_trusted_until_recalculation(book: Book) -> None:
    assert book.text(FORM, "E2") == "999"
    book.recalculate()
    assert book.text(FORM, "E2") == "2469"


def test_the_used_area_reads_as_it_is_displayed(book: Book) -> None:
    rows = book.used(FORM)
    assert rows[0][0] == TITLE
    assert rows[1][3] == "1,234.50"
    assert rows[4][0] == "多行\n文本"
    assert book.used("_lists") == [["="], ["≥"], ["≤"]]


def test_rows_cannot_be_inserted_into_a_protected_sheet(book: Book) -> None:
    assert not book.insert_rows(FORM, 3)
    assert not book.delete_rows(FORM, 3)
    assert book.insert_rows(DRAFT, 2, 2)
    assert book.text(DRAFT, "A4") == "二"
    assert book.delete_rows(DRAFT, 2, 2)
    assert book.text(DRAFT, "A2") == "二"


def test_a_hidden_sheet_takes_no_typing(book: Book) -> None:
    with pytest.raises(LibreOfficeError, match="hidden"):
        book.type("_lists", "A1", "x")


def test_a_pasted_locked_cell_brings_its_lock_along(book: Book) -> None:
    book.copy(FORM, "A1", "C2")
    pasted = book.read(FORM, "C2")
    assert (pasted.text, pasted.locked) == (TITLE, True)


@pytest.mark.parametrize("format", ["xlsx", "ods", "xls"])
def test_a_saved_copy_opens_again_with_what_was_typed(
    libreoffice: LibreOffice, book: Book, tmp_path: Path, format: str
) -> None:
    book.choose(FORM, "B2", "≥")
    with libreoffice.open(book.save(tmp_path / f"存.{format}", format)) as again:
        assert again.text(FORM, "B2") == "≥"


def test_a_saved_workbook_names_its_application(book: Book, tmp_path: Path) -> None:
    with zipfile.ZipFile(book.save(tmp_path / "存.xlsx")) as package:
        assert b"LibreOffice" in package.read("docProps/app.xml")


@pytest.mark.usefixtures("poppler")
def test_a_printed_form_has_its_text_in_the_mapped_font(book: Book, tmp_path: Path) -> None:
    printed = book.pdf(tmp_path / "印.pdf", FORM)
    assert TITLE in pdf.squeezed(printed)
    assert any("CJK" in name for name in pdf.fonts(printed))
    assert [page.suffix for page in pdf.pages(printed, tmp_path)] == [".png"]


@pytest.mark.usefixtures("poppler")
def test_one_sheet_prints_alone_and_the_others_come_back(libreoffice: LibreOffice, tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    made = xlsxwriter.Workbook(path)
    for name in ("甲", "乙"):
        made.add_worksheet(name).write_string(0, 0, f"在{name}表")
    made.close()
    with libreoffice.open(path) as opened:
        assert pdf.squeezed(opened.pdf(tmp_path / "one.pdf", "乙")) == "在乙表"
        assert pdf.squeezed(opened.pdf(tmp_path / "all.pdf")) == "在甲表在乙表"


def test_a_file_that_is_no_workbook_is_refused_and_the_program_goes_on(
    libreoffice: LibreOffice, form: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 but not really")
    with pytest.raises(LibreOfficeError):
        libreoffice.open(bad)
    with libreoffice.open(form) as opened:
        assert opened.text(FORM, "A1") == TITLE


def test_a_program_that_died_is_started_again(libreoffice: LibreOffice, form: Path) -> None:
    before = libreoffice.open(form)
    libreoffice.stop()
    with libreoffice.open(form) as opened:
        assert opened.text(FORM, "A1") == TITLE
        with pytest.raises(LibreOfficeError, match="gone"):
            before.text(FORM, "A1")


def test_a_job_that_does_not_answer_in_time_ends_the_program_but_not_the_run(
    libreoffice: LibreOffice, form: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    libreoffice.version()
    with monkeypatch.context() as patch:
        patch.setattr(libreoffice, "timeout", 0.0)
        with pytest.raises(LibreOfficeError, match="no answer"):
            libreoffice.open(form)
    with libreoffice.open(form) as opened:
        assert opened.text(FORM, "A1") == TITLE


def test_exceljs_sees_protection_locks_and_validations(exceljs: javascript.NodeClient, form: Path) -> None:
    seen = javascript.inspect(form)[FORM]
    assert (seen.protection or {})["sheet"] is True
    assert {"B2", "B3", "C2", "C3", "D2", "A5"} <= seen.unlocked
    assert "A1" not in seen.unlocked
    assert seen.validations["B2"]["formulae"] == ['"=,≥,≤"']
    assert seen.values["A1"] == TITLE


def test_exceljs_fills_and_keeps_the_protection(
    exceljs: javascript.NodeClient, form: Path, tmp_path: Path
) -> None:
    out = exceljs.fill(
        form, tmp_path / "out.xlsx", [(FORM, "B2", "="), (FORM, "D2", 7.25), (FORM, "A5", None)]
    )
    seen = javascript.inspect(out)[FORM]
    assert (seen.values["B2"], seen.values["D2"], "A5" in seen.values) == ("=", 7.25, False)
    assert seen.protection is not None


def test_sheetjs_fills_and_loses_the_protection(
    exceljs: javascript.NodeClient, sheetjs: javascript.NodeClient, form: Path, tmp_path: Path
) -> None:
    out = sheetjs.fill(
        form, tmp_path / "out.xlsx", [(FORM, "B2", "="), (FORM, "D2", 7.25), (FORM, "A1", None)]
    )
    seen = javascript.inspect(out)[FORM]
    assert (seen.values["B2"], seen.values["D2"], "A1" in seen.values) == ("=", 7.25, False)
    assert (seen.protection, seen.validations) == (None, {})


def test_a_script_that_fails_says_why(exceljs: javascript.NodeClient, form: Path, tmp_path: Path) -> None:
    with pytest.raises(javascript.NodeError, match="no sheet"):
        exceljs.fill(form, tmp_path / "out.xlsx", [("没有", "A1", "x")])
