"""Tried as a coordinator would: 底稿 changed in LibreOffice, saved, read back, and the 汇总表 compared cell by cell."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.clients.libreoffice import Book, LibreOffice
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.store.entries import AttemptStatus
from xltool.words import table
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import ConsolidateResult, consolidate
from xltool.workflow.context import Context
from xltool.workflow.decide import reopen
from xltool.workflow.demo import demo
from xltool.workflow.generate import Reissue, generate

WORDS = table("working_paper")
SHEET = WORDS["sheets"]["paper"]
Grid = list[tuple[str, ...]]


@pytest.fixture
def round_(tmp_path: Path) -> Path:
    """The bundled example, consolidated and settled."""
    *_, last = demo(tmp_path / "round", context=Context(jobs=1))
    assert isinstance(last, ConsolidateResult)
    assert last.consolidation is not None
    assert not last.consolidation.draft
    return tmp_path / "round"


def grid(folder: Path) -> Grid:
    """Every cell of the 汇总表, row by row; a merged cell says the same in all the cells it covers."""
    page = openpyxl.load_workbook(folder / "result" / "汇总表.xlsx").worksheets[0]
    cells = {(cell.row, cell.column): cell.value for row in page.iter_rows() for cell in row}
    for area in page.merged_cells.ranges:
        value = cells[area.min_row, area.min_col]
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, area.max_col + 1):
                cells[row, column] = value
    return [
        tuple("" if (value := cells[row, column]) is None else str(value) for column in range(1, page.max_column + 1))
        for row in range(1, page.max_row + 1)
    ]


def row_of(book: Book, name: str) -> int:
    return next(number for number, row in enumerate(book.used(SHEET), 1) if row[1] == name)


def loud(findings: tuple[Finding, ...]) -> list[str]:
    return [item.code for item in findings if item.severity.value != "info"]


def test_a_rule_and_a_selection_change_exactly_these_cells(
    round_: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    before = grid(round_)
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        persons = row_of(book, "年末在职人数")
        assert book.choose(SHEET, f"D{persons}", "求和").changed
        sum_of_all = book.read(SHEET, f"F{persons}").text
        rate = row_of(book, "购买服务考核达标率")
        assert book.choose(SHEET, f"I{rate}", "否").changed
        assert book.read(SHEET, "A2").text == WORDS["title"]["settled"]
        paper = book.save(tmp_path / "底稿.xlsx")
    result = consolidate(round_, context=Context(), decisions=paper)
    assert loud(result.findings) == []
    (labels,) = (number for number, row in enumerate(before) if "年末在职人数" in row)
    columns = [place for place, text in enumerate(before[labels]) if text == "年末在职人数"]
    expected = [
        tuple(sum_of_all if number == labels + 1 and place in columns else text for place, text in enumerate(row))
        for number, row in enumerate(before)
        if "购买服务考核达标率" not in row
    ]
    assert sum_of_all == "330"
    assert grid(round_) == expected
    assert len(before) - len(expected) == 1


def test_two_places_are_exchanged_and_nothing_else_moves(
    round_: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    before = grid(round_)
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        rows = book.used(SHEET)
        second = next(n for n, row in enumerate(rows, 1) if row[0].endswith("数量指标") and row[9] == "2")
        first = next(n for n, row in enumerate(rows, 1) if row[0].endswith("数量指标") and row[9] == "1")
        names = rows[first - 1][1], rows[second - 1][1]
        assert book.type(SHEET, f"J{second}", "1").changed
        paper = book.save(tmp_path / "底稿.xlsx")
    assert loud(consolidate(round_, context=Context(), decisions=paper).findings) == []
    places = [next(n for n, row in enumerate(before) if name in row) for name in names]
    expected = list(before)
    expected[places[0]], expected[places[1]] = before[places[1]], before[places[0]]
    assert grid(round_) == expected


def test_an_override_stands_in_the_form_and_says_so(round_: Path, tmp_path: Path, libreoffice: LibreOffice) -> None:
    before = grid(round_)
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        row = row_of(book, "家庭环境适老化改造家庭数")
        assert book.type(SHEET, f"H{row}", "≥1200(户)").changed
        assert book.type(SHEET, f"K{row}", "年中追加").changed
        shown = book.read(SHEET, f"F{row}").text
        paper = book.save(tmp_path / "底稿.xlsx")
    result = consolidate(round_, context=Context(), decisions=paper)
    assert Code.AGG_OVERRIDDEN in [item.code for item in result.findings]
    assert [
        tuple(shown if text == "=1000.00(户)" else text for text in row) for row in before
    ] == grid(round_)
    assert shown == "≥1200(户)"


def resubmitted(folder: Path, unit: str, libreoffice: LibreOffice, typed: dict[tuple[str, int, int], str]) -> None:
    """The unit's form is opened again, comes with other answers and is accepted.

    `typed` is by a text of the form and how many rows below and columns beside it the answer stands.
    """
    (made,) = generate(folder, [unit], reissue=Reissue(carry_over=True), context=Context()).generated
    with libreoffice.open(made.file) as book:
        rows = book.used("申报表")
        for (text, below, beside), answer in typed.items():
            row = next(n for n, row in enumerate(rows, 1) if text in row)
            column = "ABCDEFGH"[rows[row - 1].index(text) + beside]
            assert book.type("申报表", f"{column}{row + below}", answer).changed
        book.save(folder / "inbox" / made.file.name)
    reopen(folder, unit, "更正人数", context=Context())
    (file,) = collect(folder, [folder / "inbox" / made.file.name], context=Context(jobs=1)).files
    assert file.status is AttemptStatus.ACCEPTED


def test_a_decision_whose_values_changed_is_flagged_in_every_place_and_holds_again_once_it_is_made_again(
    round_: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    before = grid(round_)
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        book.choose(SHEET, f"D{row_of(book, '年末在职人数')}", "求和")
        paper = book.save(tmp_path / "第一次.xlsx")
    consolidate(round_, context=Context(), decisions=paper)
    decided = grid(round_)
    assert decided != before
    resubmitted(round_, "002", libreoffice, {("年末在职人数", 1, 0): "61"})
    stale = consolidate(round_, context=Context())
    assert loud(stale.findings) == [Code.AGG_DECISION_STALE]
    assert stale.consolidation is not None
    assert stale.consolidation.draft
    marked = grid(round_)
    assert "草稿" in "".join(marked[0])
    assert marked[1:] == before[1:]  # the old decision holds no longer: the rule is the form's again
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        row = row_of(book, "年末在职人数")
        assert book.read(SHEET, f"D{row}").text == "默认·取本级"
        flagged = [line for line in book.used(WORDS["sheets"]["conflicts"]) if Code.AGG_DECISION_STALE in line]
        assert [line[2] for line in flagged] == [f"B{row}"]
        book.choose(SHEET, f"D{row}", "求和")
        paper = book.save(tmp_path / "第二次.xlsx")
    again = consolidate(round_, context=Context(), decisions=paper)
    assert loud(again.findings) == []
    old, new = "330", str(330 - 58 + 61)
    assert grid(round_) == [tuple(new if text == old else text for text in row) for row in decided]


def row_called(grid: Grid, name: str) -> tuple[str, ...]:
    return next((row for row in grid if name in row), ())


def test_everything_a_coordinator_decides_at_once_holds_until_its_values_change(
    round_: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    other = "助老惠老服务总人次"
    resubmitted(round_, "005", libreoffice, {("助老惠老服务人次", 0, 0): other, ("内部工作人员满意度", 0, 2): "90"})
    assert loud(consolidate(round_, context=Context()).findings) == [Code.AGG_VALUES_DIFFER]
    near = WORDS["sheets"]["near"]
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        book.choose(SHEET, f"D{row_of(book, '年末在职人数')}", "求和")
        book.choose(SHEET, f"D{row_of(book, '内部工作人员满意度')}", "取最低承诺")
        book.choose(SHEET, f"I{row_of(book, '物业食堂服务人员到岗数')}", "否")
        book.type(SHEET, f"J{row_of(book, '信息化系统运维服务完成数')}", "1")
        for column, typed in (("H", "≥1200(户)"), ("K", "年中追加")):
            book.type(SHEET, f"{column}{row_of(book, '家庭环境适老化改造家庭数')}", typed)
        pair = next(number for number, row in enumerate(book.used(near), 1) if other in row)
        assert book.choose(near, f"F{pair}", "是").changed
        assert book.type(near, f"G{pair}", "同一项").changed
        paper = book.save(tmp_path / "底稿.xlsx")
    assert loud(consolidate(round_, context=Context(), decisions=paper).findings) == []
    for _ in range(2):  # what was decided holds in the next consolidation too, which is not given the paper
        now = grid(round_)
        assert "草稿" not in "".join(now[0])
        assert "330" in [text for row in now for text in row]
        assert row_called(now, "内部工作人员满意度")[-1] == "≥85.00(%)"
        assert row_called(now, "物业食堂服务人员到岗数") == row_called(now, other) == ()
        assert row_called(now, "家庭环境适老化改造家庭数")[-1] == "≥1200(户)"
        assert row_called(now, "助老惠老服务人次")[-1] == "≥66575.00(人次)"
        first = next(number for number, row in enumerate(now) if "数量指标" in row)
        assert "信息化系统运维服务完成数" in now[first]
        assert loud(consolidate(round_, context=Context()).findings) == []
    later = {("内部工作人员满意度", 0, 2): "80", ("家庭环境适老化改造家庭数", 0, 2): "190"}
    resubmitted(round_, "005", libreoffice, later)
    changed = consolidate(round_, context=Context())
    assert loud(changed.findings) == [Code.AGG_DECISION_STALE, Code.AGG_DECISION_STALE, Code.AGG_VALUES_DIFFER]
    now = grid(round_)
    assert "草稿" in "".join(now[0])
    assert row_called(now, "内部工作人员满意度")[-1] == ""
    assert row_called(now, "家庭环境适老化改造家庭数")[-1] == "=1010.00(户)"
    assert row_called(now, "助老惠老服务人次")[-1] == "≥66575.00(人次)"  # the names are still one
