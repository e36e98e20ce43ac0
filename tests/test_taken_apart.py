"""Several units' forms copied into one workbook are taken apart, each with its own sheet as its source."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.clients import libreoffice
from tests.clients.libreoffice import LibreOffice
from tests.test_whose import CONTEXT, lay, put, returned
from xltool import campaign as campaigns
from xltool.collect.examine import OpenedForm
from xltool.findings import Code
from xltool.model.submission import FieldAnswer, Submission
from xltool.store.entries import AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.collect import CollectResult, collect
from xltool.workflow.consolidate import consolidate
from xltool.workflow.opening import Opened, open_campaign, reading_of
from xltool.workflow.reissue import reopened

FORM = "申报表"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign")


def copied_in(book: Workbook, code: str, title: str, *, token: bool = True) -> Worksheet:
    """The form of a unit as a further sheet, cell by cell, as a clerk copies and pastes; names do not come along."""
    source = openpyxl.load_workbook(io.BytesIO(returned(code)))[FORM]
    page: Worksheet = book.create_sheet(title)
    for row in source.iter_rows():
        for cell in row:
            if cell.value is not None and (token or not str(cell.value).startswith("XT1.")):
                page.cell(cell.row, cell.column, cell.value).number_format = cell.number_format
    for area in source.merged_cells.ranges:
        page.merge_cells(str(area))
    return page


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def merged(*codes: str) -> bytes:
    """The workbook of 002 with the forms of these units behind it."""
    book = openpyxl.load_workbook(io.BytesIO(returned("002")))
    for code in codes:
        copied_in(book, code, f"单位{code}")
    return saved(book)


def with_bare(code: str) -> bytes:
    """The workbook of 002 with the form of another unit, whose token got lost, behind it."""
    book = openpyxl.load_workbook(io.BytesIO(returned("002")))
    copied_in(book, code, f"单位{code}", token=False)
    return saved(book)


def submissions(folder: Path) -> dict[str, Submission]:
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        return {item.unit_code: item.submission for item in ledger.attempts() if item.submission is not None}


def values(submission: Submission) -> list[object]:
    def answers(given: tuple[FieldAnswer, ...]) -> list[object]:
        return [(item.key, item.state, item.text, item.number) for item in given if item.text]

    rows = [(row.key, answers(row.answers)) for row in submission.rows]
    indicators = [(item.key, item.name, [target.value for target in item.targets]) for item in submission.indicators]
    return [answers(submission.fields), rows, indicators]


def alone(folder: Path, code: str) -> Submission:
    """What the unit's own file gives, collected elsewhere."""
    place = lay(folder.parent / f"alone{code}")
    put(place, "表.xlsx", returned(code))
    collect(place, context=CONTEXT)
    return submissions(place)[code]


def codes(result: CollectResult, unit: str) -> list[str]:
    return [item.code for file in result.files if file.unit_code == unit for item in file.findings]


def test_each_unit_has_its_own_attempt_with_its_sheet_as_source(folder: Path) -> None:
    data = merged("003", "004")
    put(folder, "三家.xlsx", data)
    result = collect(folder, context=CONTEXT)
    digest = hashlib.sha256(data).hexdigest()
    assert [(file.unit_code, file.sha256) for file in result.files] == [
        ("002", f"{digest}#1"), ("003", f"{digest}#5"), ("004", f"{digest}#6"),
    ]  # fmt: skip
    for unit, sheet in (("002", FORM), ("003", "单位003"), ("004", "单位004")):
        submission = submissions(folder)[unit]
        assert values(submission) == values(alone(folder, unit))
        assert (submission.sha256, submission.file) == (digest, "三家.xlsx")
        assert {answer.source.sheet for answer in submission.fields} == {sheet}
        assert Code.FILE_TAKEN_APART in codes(result, unit)


def test_collecting_it_again_changes_nothing_and_the_results_name_file_and_sheet(folder: Path) -> None:
    put(folder, "三家.xlsx", merged("003", "004"))
    first, second = collect(folder, context=CONTEXT), collect(folder, context=CONTEXT)
    assert [(file.sha256, file.status) for file in first.files] == [(file.sha256, file.status) for file in second.files]
    assert {file.new for file in second.files} == {False}
    written = [path for path in consolidate(folder, context=CONTEXT).files if path.name == "fields.csv"]
    assert all("单位003" in path.read_text("utf-8-sig") for path in written)


def test_the_recorded_form_is_found_again_in_the_archived_file(folder: Path) -> None:
    put(folder, "三家.xlsx", merged("003", "004"))
    collect(folder, context=CONTEXT)
    opened = open_campaign(folder, CONTEXT)
    assert isinstance(opened, Opened)
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        for attempt in ledger.attempts():
            form = reopened(opened, attempt, reading_of(opened))
            assert isinstance(form, OpenedForm)
            assert (form.identity.unit_code, form.sheet.name) == (
                attempt.unit_code, FORM if attempt.unit_code == "002" else f"单位{attempt.unit_code}")  # fmt: skip


def test_a_sheet_without_a_token_is_proposed_and_given_by_its_name(folder: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(returned("002")))
    copied_in(book, "003", "单位003")
    copied_in(book, "004", "单位004", token=False)
    path = put(folder, "三家.xlsx", saved(book))
    result = collect(folder, context=CONTEXT)
    assert [(file.unit_code, file.status) for file in result.files][-1] == ("", AttemptStatus.REFUSED)
    said = {item.code: dict(item.args) for item in result.files[-1].findings}
    assert said[Code.IDN_PROPOSED]["unit_code"] == "004"
    unsaid = collect(folder, [path], unit="004", context=CONTEXT)
    assert Code.IDN_WHICH_SHEET in [item.code for file in unsaid.files for item in file.findings]
    collect(folder, [path], unit="004", sheet="单位004", context=CONTEXT)
    assert values(submissions(folder)["004"]) == values(alone(folder, "004"))
    assert set(submissions(folder)) == {"002", "003", "004"}


def test_forms_without_any_token_that_name_different_units_are_taken_apart(folder: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for code in ("003", "004"):
        copied_in(book, code, f"表{code}", token=False)
    put(folder, "两家.xlsx", saved(book))
    result = collect(folder, context=CONTEXT)
    found = [dict(item.args)["unit_code"] for file in result.files for item in file.findings
             if item.code == Code.IDN_PROPOSED]  # fmt: skip
    assert found == ["003", "004"]


def test_two_sheets_of_one_unit_are_one_form_and_a_finding(folder: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(returned("002")))
    page = copied_in(book, "002", "申报表 (2)")
    changed = next(cell for row in page.iter_rows() for cell in row if isinstance(cell.value, int | float))
    changed.value = 1
    put(folder, "表.xlsx", saved(book))
    result = collect(folder, context=CONTEXT)
    assert [file.unit_code for file in result.files] == ["002"]
    assert Code.TPL_TWO_FORMS in codes(result, "002")


def test_a_copy_of_one_unit_beside_other_units_is_a_finding_too(folder: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(merged("003")))
    page = copied_in(book, "003", "单位003改")
    next(cell for row in page.iter_rows() for cell in row if isinstance(cell.value, int | float)).value = 1
    put(folder, "表.xlsx", saved(book))
    result = collect(folder, context=CONTEXT)
    assert sorted(file.unit_code for file in result.files) == ["002", "003"]
    assert Code.TPL_TWO_FORMS in codes(result, "003")
    assert Code.TPL_TWO_FORMS not in codes(result, "002")


def test_an_ordinary_form_is_not_taken_apart(folder: Path) -> None:
    put(folder, "表.xlsx", returned("003"))
    (file,) = collect(folder, context=CONTEXT).files
    assert "#" not in file.sha256
    assert Code.FILE_TAKEN_APART not in [item.code for item in file.findings]


def office_merged(folder: Path, codes: tuple[str, ...]) -> bytes:
    """Sheets moved into the first unit's workbook by LibreOffice, with the names it makes of them."""
    for code in codes:
        (folder / f"{code}.xlsx").write_bytes(returned(code))
    with LibreOffice() as office, office.open(folder / f"{codes[0]}.xlsx") as book:
        for code in codes[1:]:
            with office.open(folder / f"{code}.xlsx") as other:
                book.import_sheet(other, FORM, len(book.sheets()))
        return book.save(folder / "merged.xlsx").read_bytes()


@pytest.mark.skipif(libreoffice.missing() is not None, reason=str(libreoffice.missing()))
@pytest.mark.xdist_group("office")
def test_sheets_that_libreoffice_copied_between_workbooks_are_taken_apart(folder: Path, tmp_path: Path) -> None:
    put(folder, "三家.xlsx", office_merged(tmp_path, ("002", "003", "004")))
    result = collect(folder, context=CONTEXT)
    assert sorted(file.unit_code for file in result.files) == ["002", "003", "004"]
    for unit in ("002", "003", "004"):
        assert values(submissions(folder)[unit]) == values(alone(folder, unit))
