"""Findings as text: errors first, from the top of the form to its end, like ones together over their cells."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.variants import Variant, findings
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.reports.findings_book import findings_book
from xltool.reports.text import lines, sorted_findings

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


def test_many_names_are_cut_and_all_their_cells_are_there() -> None:
    (line,) = said([at(f"C{row}", label=f"栏{row}") for row in range(1, 21)])
    assert line[0].count("C") == 20
    assert "…" in line[1]


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
