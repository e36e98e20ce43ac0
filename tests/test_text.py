"""Findings as text: errors first, from the top of the form to its end, like ones together over their cells."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.variants import Variant, findings
from xltool.addresses import a1
from xltool.findings import Code, finding
from xltool.findings.lists import quoted
from xltool.model.finding import Finding, Position, Severity
from xltool.reports.findings_book import findings_book
from xltool.reports.text import lines, plain, sorted_findings

FORM = "minhang-2024"


def at(cell: str, code: Code = Code.VAL_BLANK, file: str = "甲.xlsx", **args: str) -> Finding:
    return finding(code, Position(file=file, sheet="申报表", cell=cell), None, **args)


def said(items: list[Finding], language: str = "zh") -> list[tuple[str, str]]:
    return [(where, text) for _, _, where, text in lines(items, language)]


def test_errors_come_first_and_each_severity_from_top_to_end() -> None:
    items = [
        at("C39", label="丙"), at("D5", Code.VAL_OTHER_UNIT, label="乙", unit="某站"), at("C4", label="甲"),
        at("AA4", label="丁"), at("C10", label="戊"),
    ]  # fmt: skip
    assert [item.position.cell for item in sorted_findings(items)] == ["C4", "AA4", "C10", "C39", "D5"]


def test_files_stay_together_in_the_order_they_were_given() -> None:
    items = [
        at("C4", file="乙.xlsx", label="甲"),
        at("C4", file="甲.xlsx", label="甲"),
        at("C5", file="乙.xlsx", label="丙"),
    ]
    assert [where.partition(" ")[0] for where, _ in said(items)] == ["乙.xlsx", "甲.xlsx"]


def test_blanks_of_one_kind_are_one_line_over_their_cells() -> None:
    (line,) = said([at("C24", label="内容·2"), at("C25", label="内容·3")])
    assert line[0] == "甲.xlsx 申报表!C24、C25"
    assert line[1].startswith("“内容·2”、“内容·3”没有填写。")
    (line,) = said([at("C24", label="内容·2"), at("C25", label="内容·3")], "en")
    assert line[1].startswith('"内容·2", "内容·3" is blank.')


def test_what_is_said_differently_stays_apart() -> None:
    vague = [
        at(cell, Code.IND_VAGUE, name=name, value=value, words=value)
        for cell, name, value in (("E8", "甲", "进一步提高"), ("E9", "乙", "明显改善"))
    ]
    assert len(said(vague)) == 2


def test_many_names_are_cut_with_how_many_there_are_and_all_their_cells_are_there() -> None:
    items = [at(f"C{row}", label=f"栏{row}") for row in range(1, 21)]
    (line,) = said(items)
    assert line[0].count("C") == 20
    assert line[1].startswith("“栏1”、")
    assert "、“栏8”等 20 项没有填写。" in line[1]
    (line,) = said(items, "en")
    assert ', "栏8" and 12 more is blank.' in line[1]


STRAY = [f"H{row}" for row in range(1, 38)]


def stray() -> Finding:
    cells, texts = ",".join(STRAY), quoted([f"第{row}行旁边写的话" + "很长" * 20 for row in range(1, 38)])
    return at(cells, Code.TPL_UNASKED, cells=cells, count="37", texts=texts)


def test_a_list_of_cells_is_cut_for_people_with_how_many_there_are() -> None:
    ((where, text),) = said([stray()])
    assert where == f"甲.xlsx 申报表!{','.join(STRAY[:12])}等 37 处"
    assert text.startswith(f"{','.join(STRAY[:12])}等 37 处 有 37 处填报栏以外的内容：第1行旁边写的话")
    assert "第3行旁边写的话" in text
    assert "第4行" not in text
    ((where, text),) = said([stray()], "en")
    assert where.endswith(f"{','.join(STRAY[:12])} and 25 more")
    assert " and 34 more." in text


def test_a_list_that_fits_is_whole_for_people_too() -> None:
    cells = ",".join(STRAY[:12])
    ((where, text),) = said([at(cells, Code.TPL_CHECKS_LOST, cells=cells, count="12")])
    assert (where, text.partition(" ")[0]) == (f"甲.xlsx 申报表!{cells}", cells)


def test_programs_are_given_every_cell_and_every_text() -> None:
    data = plain(stray())
    assert data["cell"].split(",") == data["args"]["cells"].split(",") == STRAY
    assert data["args"]["texts"].splitlines() == [f"第{row}行旁边写的话" + "很长" * 20 for row in range(1, 38)]


def test_the_workbook_of_findings_has_every_cell_however_many_there_are() -> None:
    many = [a1(row, column) for row in range(1000, 1400) for column in range(1, 40)]
    cells = ",".join(many)
    sheet = openpyxl.load_workbook(io.BytesIO(findings_book([at(cells, Code.TPL_CHECKS_LOST, cells=cells)]))).active
    assert sheet is not None
    rows = [(str(row[0].value), str(row[3].value)) for row in sheet.iter_rows(min_row=3)]
    assert {number for number, _ in rows} == {"1"}
    assert len(rows) > 1
    assert [cell for _, told in rows for cell in told.split(",")] == many


def test_of_very_many_long_texts_the_beginnings_are_kept() -> None:
    texts = quoted(["长" * 32_000] * 100_000)
    assert texts.count("\n") == 99_999
    assert len(texts) < 4_000_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_realistic_form_is_told_from_top_to_end_in_both_languages(language: str) -> None:
    typed = (
        ("budget.other", ""), ("persons", "58.5"), ("tasks#02.title", "二"), ("tasks#03.title", "三"),
        ("satisfaction.served#01.current.operator", "≤"), ("output.quality#01.current.value", "XX"),
    )  # fmt: skip
    found = [item for item in findings(Variant(FORM, 0, typed, "", "")) if item.severity is not Severity.INFO]
    told = list(lines(found, language))
    assert [code for _, code, _, _ in told] == ["VAL01", "SUM02", "VAL05", "IND17", "IND24"]
    assert all("{" not in text for *_, text in told)


def test_the_workbook_of_findings_has_a_row_for_each_with_what_is_wrong_and_what_to_do() -> None:
    items = [at("C39", Code.VAL_NOT_INTEGER, label="人数", number="58.5"), at("C4", label="职责")]
    sheet = openpyxl.load_workbook(io.BytesIO(findings_book(items))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0][:4] == ["序号", "文件", "工作表", "单元格"]
    assert [(row[3], row[8]) for row in rows[1:]] == [("C4", "VAL01"), ("C39", "VAL05")]
    assert rows[2][6:8] == ["“人数”为 58.5，应填整数。", "请核对后填整数。"]
    assert sheet.auto_filter.ref == "A2:I4"
