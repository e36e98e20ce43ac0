"""On workbooks saved by real programs the reader agrees with openpyxl and calamine wherever those two agree."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.agreement.__main__ import SUFFIXES, main
from tests.agreement.compare import Comparison, compare
from tests.agreement.made import MAKERS
from xltool.excel.read import read_bytes
from xltool.findings import Code
from xltool.model.workbook import RawSheet

# What one of the other two opens and ours refuses.
REFUSED = {
    "excel-mac/6ee5baa1fd94.xlsx": Code.FILE_DAMAGED,  # text before the root of the sheet; openpyxl refuses it too
    "excel-online/5aa65f91139a.xlsx": Code.FILE_DUPLICATE_PART,  # sheet1.xml twice, with different contents
    "excel-online/a89d81163b3c.xlsx": Code.FILE_DUPLICATE_PART,  # sheet1.xml and Sheet1.xml, which are one name
}
# What neither opens either.
BROKEN = {
    Code.FILE_DOCTYPE: {"libreoffice/5edcd16d3efc.xlsx"},
    Code.FILE_ENCRYPTED: {
        f"notzip/{name}.xlsx"
        for name in (
            "16369d4aceef 24d908d34dd5 2a86a49c40cd 3c7cc047fae5 5ac2146436d2 6c6fa314e8d9 b0b9fc983743 caae96225a5f "
            "deed30663d59"
        ).split()
    },
    Code.FILE_DAMAGED: {
        f"notzip/{name}.xlsx" for name in "002b86de5d3b 0a98e11497a7 2471661d4400 a4e85686a0c8 fe393e289221".split()
    },
    Code.FILE_TEXT_OR_HTML: {"notzip/e0afc42d4084.xlsx"},
}
# Extensions of Excel 2010, which openpyxl drops: validations that refer to another sheet.
MORE_VALIDATIONS = {"excel/187d6ca93dd8.xlsx", "excel/ca96ff28d84f.xlsx", "excel/ea2c622a3123.xlsx"}


@pytest.fixture(scope="module")
def corpus(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("shared") / "corpus"
    if not folder.is_dir():
        pytest.skip("no corpus of workbooks beside the checkout")
    return folder


@pytest.fixture(scope="module")
def results(corpus: Path) -> dict[str, Comparison]:
    paths = sorted(path for path in corpus.rglob("*") if path.suffix in SUFFIXES)
    return {path.relative_to(corpus).as_posix(): compare(path) for path in paths}


def test_every_cell_on_which_two_readers_agree_reads_the_same(results: dict[str, Comparison]) -> None:
    differing = {name: len(result.differences) for name, result in results.items() if result.differences}
    assert differing == {}
    assert sum(result.agreed for result in results.values()) > 70_000


def test_what_either_reader_opens_is_opened_but_for_the_files_named_here(results: dict[str, Comparison]) -> None:
    refused = {
        name: result.refused
        for name, result in results.items()
        if result.refused and not (result.openpyxl and result.calamine)
    }
    assert refused == REFUSED


def test_what_nobody_opens_gets_its_code(results: dict[str, Comparison]) -> None:
    broken: dict[str, set[str]] = {}
    for name, result in results.items():
        if result.refused and name not in REFUSED:
            broken.setdefault(result.refused, set()).add(name)
    assert broken == BROKEN


def test_other_kinds_of_files_are_called_what_they_are(corpus: Path) -> None:
    expected = {".xls": Code.FILE_OLD_XLS, ".ods": Code.FILE_OPEN_DOCUMENT, ".xlsb": Code.FILE_BINARY_XLSB}
    for path in corpus.rglob("*"):
        if path.suffix in expected:
            workbook, findings = read_bytes(path.read_bytes())
            assert (workbook, findings[0].code) == (None, expected[path.suffix]), path


def test_what_stands_around_the_cells_is_what_openpyxl_says(corpus: Path) -> None:
    compared = 0
    for path in sorted(corpus.rglob("*.xls[xm]")):
        ours, _ = read_bytes(path.read_bytes())
        theirs = _openpyxl(path)
        if ours is None or theirs is None:
            continue
        for sheet in ours.sheets:
            if sheet.name in theirs.sheetnames and hasattr(theirs[sheet.name], "merged_cells"):
                name = path.relative_to(corpus).as_posix()
                _compare_surroundings(name, sheet, theirs[sheet.name])
                compared += 1
        assert ours.structure_locked == bool(theirs.security and theirs.security.lockStructure)
        assert [name for name, _ in ours.properties] == theirs.custom_doc_props.names  # type: ignore[attr-defined]
        count = len(theirs.defined_names) + sum(len(sheet.defined_names) for sheet in theirs.worksheets)
        assert len([item for item in ours.names if not item.name.startswith("_xlnm.")]) == count
    assert compared > 500


def _openpyxl(path: Path) -> openpyxl.Workbook | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        except Exception:  # noqa: BLE001  (what it refuses is not compared)
            return None


def _compare_surroundings(name: str, ours: RawSheet, theirs: Worksheet) -> None:
    merges = {range_boundaries(str(area)) for area in theirs.merged_cells.ranges}
    assert {(area.first_col, area.first_row, area.last_col, area.last_row) for area in ours.merges} == merges, name
    hidden = {row for row, shape in theirs.row_dimensions.items() if shape.hidden or shape.height == 0}
    assert ours.hidden_rows == hidden, name
    columns = [shape for shape in theirs.column_dimensions.values() if shape.hidden or shape.width == 0]
    assert ours.hidden_cols == {col for shape in columns for col in range(shape.min or 1, (shape.max or 0) + 1)}, name
    assert (ours.protected, ours.state) == (theirs.protection.sheet, theirs.sheet_state), name
    comments = {(cell.row, cell.column) for row in theirs.iter_rows() for cell in row if cell.comment}
    assert {(comment.row, comment.col) for comment in ours.comments} == comments, name
    validations = len(theirs.data_validations.dataValidation)
    assert len(ours.validations) == validations or name in MORE_VALIDATIONS, name


def test_the_command_counts_and_names_what_needs_a_look(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(corpus / "wps") == 0
    assert "of the agreed cells, ours differs on: 0" in capsys.readouterr().out


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("seeds", [range(20), pytest.param(range(20, 400), marks=pytest.mark.long)], ids=str)
def test_made_workbooks_read_as_two_readers_agree(tmp_path: Path, maker: str, seeds: range) -> None:
    path, agreed = tmp_path / "made.xlsx", 0
    for seed in seeds:
        path.write_bytes(MAKERS[maker](seed))
        result = compare(path)
        assert (result.refused, result.differences) == ("", []), (maker, seed)
        agreed += result.agreed
    assert agreed > 4 * len(seeds)
