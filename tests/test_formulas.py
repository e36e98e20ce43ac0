"""A check formula is known again whoever wrote it, and another formula is not taken for it."""

from __future__ import annotations

import pytest

from xltool.collect.formulas import around_difference, left_behind, says_the_same
from xltool.model.workbook import CellKind, RawCell

OURS = '=TRIM(IF(LEN(TRIM($B$5))=0,"○职责未填 ","")&IF(ABS($B$6-$B$7)>2E-14,"×不等 ",""))'


def _same(formula: str, planned: str = OURS) -> bool:
    return says_the_same(planned, RawCell(5, 7, CellKind.TEXT, "", formula, 0), left_behind)


@pytest.mark.parametrize(
    "written",
    [
        OURS,
        OURS.removeprefix("="),
        OURS.replace("$", ""),
        OURS.replace("2E-14", "0.00000000000002"),
        OURS.replace("TRIM", "trim").replace("LEN", "len"),
        OURS.replace("$B$5", "申报表!$B$5").replace("$B$6", "'申报表'!$B$6"),
        OURS.replace(",", " , "),
        OURS.replace("ABS(", "_xlfn.ABS("),
        OURS.replace("=TRIM", "of:=TRIM").replace(",", ";").replace("$B$5", "[.$B$5]")
        .replace("$B$6", "[$申报表.$B$6]"),
        '=TRIM(IF(ABS($B$6-$B$7)>2E-14,"×不等 ",""))',  # issued with the answer in B5 filled in
    ],
)
def test_what_programs_make_of_a_formula_is_the_same_formula(written: str) -> None:
    assert _same(written)


@pytest.mark.parametrize(
    "written",
    [
        'TRIM("")',
        '""',
        OURS.replace("2E-14", "2E+14"),
        OURS.replace("$B$5", "$B$6"),
        OURS.replace("职责未填", "很好"),
        OURS.replace("=0", ">0"),
        OURS + '&"完整"',
    ],
)
def test_another_formula_is_not_the_same(written: str) -> None:
    assert not _same(written)


def test_a_logical_value_is_the_same_as_a_function() -> None:
    assert _same("IF((A1)=FALSE(),1,2)", "=IF((A1)=FALSE,1,2)")


def test_cells_that_moved_count_by_where_they_stood() -> None:
    moved = RawCell(6, 7, CellKind.TEXT, "", "LEN($B$6)", 0)
    assert says_the_same("=LEN($B$5)", moved, lambda row, col: (row - 1, col))
    assert says_the_same("=LEN($B$5)", moved, lambda _row, _col: None)
    assert not says_the_same("=LEN($B$5)", moved, left_behind)


def test_both_formulas_are_shown_from_where_they_differ() -> None:
    before, after = around_difference(OURS, OURS.replace("2E-14", "2E+14"))
    assert "2E-14" in before
    assert "2E+14" in after
    assert before.startswith("…")


def test_short_texts_are_shown_whole() -> None:
    assert around_difference("计算\n符号", "计算方法") == ("计算 符号", "计算方法")
