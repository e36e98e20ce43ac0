"""The 审核意见 sheet as it is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients import pdf
from tests.clients.libreoffice import LibreOffice
from tests.issued import form_of
from xltool.excel.write import write
from xltool.layout.opinions import REASON_COLUMN, opinions_sheet
from xltool.model.finding import Severity
from xltool.model.layout import SheetPlan, WorkbookPlan
from xltool.model.opinion import Opinion, OpinionSource, OpinionState

LAST_COLUMN = REASON_COLUMN + 1
PROBLEM, REMEDY = "指标“遗体接运服务次数”的目标值比上年低，请核对是否填错。", "请核对后改正。"


def opinion(number: int, severity: Severity, state: OpinionState = OpinionState.NEW) -> Opinion:
    problem = PROBLEM * (1 + number % 3)
    return Opinion(f"K{severity}{number}", OpinionSource.SYSTEM, severity.value, "goals", "B13", problem, REMEDY, state)


def sheet(errors: int) -> SheetPlan:
    given = [opinion(number, Severity.ERROR) for number in range(errors)]
    given += [opinion(number, Severity.WARNING) for number in range(6)]
    given += [opinion(number, Severity.ERROR, OpinionState.FIXED) for number in range(4)]
    return opinions_sheet(form_of("minhang-2024"), given, ["J5: 请联系小组"])


def heads(plan: SheetPlan) -> set[int]:
    """The rows of the groups' headings."""
    top = plan.repeat_rows[1] if plan.repeat_rows else 0
    across = [cell.range for cell in plan.cells if (cell.range.first_col, cell.range.last_col) == (1, LAST_COLUMN)]
    return {place.first_row for place in across if place.first_row > top}


@pytest.mark.parametrize("errors", range(1, 25))
def test_the_heading_of_a_group_never_stands_alone_at_the_foot_of_a_page(errors: int) -> None:
    plan = sheet(errors)
    assert plan.page_breaks
    assert not heads(plan) & set(plan.page_breaks)


HEADING_MOVES = 11  # with so many errors the page would end below a heading


@pytest.mark.usefixtures("poppler")
def test_libreoffice_prints_the_heading_on_the_page_of_its_first_row(libreoffice: LibreOffice, tmp_path: Path) -> None:
    plan = sheet(HEADING_MOVES)
    (tmp_path / "opinions.xlsx").write_bytes(write(WorkbookPlan((plan,))))
    with libreoffice.open(tmp_path / "opinions.xlsx") as book:
        printed = book.pdf(tmp_path / "opinions.pdf")
    pages = [page for page in pdf.text(printed, layout=False).split("\f") if page.strip()]
    assert len(pages) == len(plan.page_breaks) + 1
    assert [str(HEADING_MOVES + 1) in page.split() for page in pages if "二、" in page] == [True]
