"""opinions.xlsx: what the reviewers see, and what they write comes through."""

from __future__ import annotations

from pathlib import Path

from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.test_returns import CLEAN, UNIT, attempts, come_back, context, folder, reason_cell, seen, the_return
from xltool.addresses import a1
from xltool.excel.read import read_bytes
from xltool.findings import Code
from xltool.model.opinion import OpinionSource, OpinionState
from xltool.model.workbook import RawSheet
from xltool.reports.opinions_book import read_opinions
from xltool.workflow.collect import collect
from xltool.workflow.generate import generate
from xltool.workflow.returns import return_forms
from xltool.workflow.reviewing import opinions_file, review

__all__ = ["folder"]  # the fixture of a campaign with one faulty and one clean form
SHEET = "审核"
PLACE, LABEL, PROBLEM, KEEP, TEXT = 3, 4, 7, 8, 9
LEVEL = "数量指标"


def book(path: Path) -> RawSheet:
    workbook, findings = read_bytes(path.read_bytes())
    assert workbook is not None, findings
    return workbook.sheets[0]


def line(path: Path, unit: str, label: str, problem: str = "") -> int:
    """The row of this unit's answer, with this finding on it."""
    sheet = book(path)
    texts = {row: {col: cell.text for (r, col), cell in sheet.cells.items() if r == row} for row, _ in sheet.cells}
    return next(
        row
        for row, cells in sorted(texts.items())
        if cells.get(1) == unit and label in cells.get(LABEL, "") and problem in cells.get(PROBLEM, "")
    )


def test_the_workbook_has_every_answer_and_every_finding_of_every_unit(folder: Path) -> None:
    result = review(folder, context=context())
    assert result.file == opinions_file(folder)
    assert result.units == (CLEAN, UNIT)
    sheet = book(opinions_file(folder))
    problems = [cell.text for (row, col), cell in sheet.cells.items() if col == PROBLEM and row > 2]
    made = the_return(return_forms(folder, context=context()))
    assert sorted(problems) == sorted(item.problem for item in made.opinions)
    line(opinions_file(folder), CLEAN, "部门职责")
    line(opinions_file(folder), CLEAN, "整张表")


def test_a_workbook_nobody_wrote_into_says_nothing(folder: Path) -> None:
    review(folder, context=context())
    assert read_opinions(opinions_file(folder).read_bytes(), "opinions.xlsx") == ((), ())


def test_what_reviewers_write_and_drop_comes_through_with_what_became_of_it(
    folder: Path, libreoffice: LibreOffice, exceljs: NodeClient
) -> None:
    review(folder, context=context())
    path = opinions_file(folder)
    duties, task = line(path, UNIT, "部门职责"), line(path, UNIT, "任务名称")
    dropped = line(path, UNIT, "质量指标", "不适用于")
    with libreoffice.open(path) as opened:
        opened.type(SHEET, a1(duties, TEXT), "请按三定方案写")
        opened.type(SHEET, a1(task, TEXT), "写明完成时间")
        opened.choose(SHEET, a1(dropped, KEEP), "不提")
        opened.save(path)
    made = the_return(return_forms(folder, context=context()))
    said = {item.problem: item for item in made.opinions if item.source is OpinionSource.REVIEWER}
    assert {text: item.slot for text, item in said.items()} == {"请按三定方案写": "duties", "写明完成时间": "tasks#01"}
    where = seen(folder, made.file).cells
    assert said["写明完成时间"].cell == next(cell for key, cell in where.items() if key.startswith("tasks#01."))
    assert Code.IND_MEASURE_NOT_OFFERED not in {item.key.partition("|")[0] for item in made.opinions}
    assert return_forms(folder, context=context()).waiting == (UNIT,)
    come_back(folder, made, exceljs.fill, [("申报表", where["duties"], "按三定方案承担事务性工作")])
    again = return_forms(folder, context=context())
    states = {item.problem: item.state for item in the_return(again).opinions if item.source is OpinionSource.REVIEWER}
    assert states == {"请按三定方案写": OpinionState.FIXED, "写明完成时间": OpinionState.STANDING}
    assert not again.findings


def test_a_reviewer_drops_an_earlier_opinion_in_the_next_workbook(folder: Path, exceljs: NodeClient) -> None:
    path = opinions_file(folder)
    review(folder, context=context())
    exceljs.fill(path, path, [(SHEET, a1(line(path, CLEAN, "部门职责"), TEXT), "请精简")])
    made = {item.unit_code: item for item in return_forms(folder, context=context()).returned}[CLEAN]
    come_back(folder, made, exceljs.fill, [("申报表", seen(folder, made.file).cells["assets"], 3)])
    assert attempts(folder, CLEAN)[-1] == (2, "waiting")
    review(folder, context=context())
    row = line(path, CLEAN, "部门职责", "请精简")
    exceljs.fill(path, path, [(SHEET, a1(row, KEEP), "不提")])
    assert CLEAN not in {item.unit_code for item in return_forms(folder, context=context()).returned}


def test_opinions_on_a_form_that_was_replaced_are_said_and_not_used(folder: Path, exceljs: NodeClient) -> None:
    path = opinions_file(folder)
    review(folder, context=context())
    exceljs.fill(path, path, [(SHEET, a1(line(path, UNIT, "部门职责"), TEXT), "请精简")])
    generate(folder, (UNIT,), context=context())
    issued = generate(folder, (UNIT,), context=context()).generated[0].file
    exceljs.fill(issued, folder / "inbox" / "b.xlsx", [("申报表", seen(folder, issued).cells["assets"], 3)])
    collect(folder, context=context())
    result = return_forms(folder, context=context())
    assert [item.code for item in result.findings] == [Code.COL_OPINION_STALE]
    assert "请精简" not in {item.problem for item in the_return(result).opinions}


def test_a_line_that_was_added_is_placed_by_its_unit_and_cell(folder: Path, exceljs: NodeClient) -> None:
    path = opinions_file(folder)
    review(folder, context=context())
    cell = seen(folder, next((folder / "inbox").glob(f"{UNIT}*"))).cells["duties"]
    added = 400
    exceljs.fill(path, path, [
        (SHEET, a1(added, 1), UNIT), (SHEET, a1(added, PLACE), cell), (SHEET, a1(added, TEXT), "新加的意见"),
        (SHEET, a1(added + 1, 1), "999"), (SHEET, a1(added + 1, TEXT), "没有这个单位"),
    ])  # fmt: skip
    result = return_forms(folder, context=context())
    assert [item.slot for item in the_return(result).opinions if item.problem == "新加的意见"] == ["duties"]
    assert [item.code for item in result.findings] == [Code.COL_OPINION_PLACE]


def test_a_level_of_indicators_and_a_table_have_lines_of_their_own(folder: Path, exceljs: NodeClient) -> None:
    path = opinions_file(folder)
    review(folder, context=context())
    rows = {LEVEL: "数量指标偏少", "年度重点任务": "任务要按轻重排列"}
    lines = {label: line(path, UNIT, f"{label}（对整类指标") for label in rows}
    exceljs.fill(path, path, [(SHEET, a1(lines[label], TEXT), text) for label, text in rows.items()])
    made = the_return(return_forms(folder, context=context()))
    placed = {item.problem: (item.slot, item.cell) for item in made.opinions if item.source is OpinionSource.REVIEWER}
    where = seen(folder, made.file).cells
    assert placed["任务要按轻重排列"] == ("tasks", where["tasks#01.title"])
    slot, cell = placed["数量指标偏少"]
    assert slot == "output.quantity"
    assert cell == where["output.quantity#05.name"]  # the first free row, where one can be added
    come_back(folder, made, exceljs.fill, [("申报表", cell, "服务人次")])
    again = the_return(return_forms(folder, context=context()))
    states = {item.problem: item.state for item in again.opinions if item.source is OpinionSource.REVIEWER}
    assert states == {"数量指标偏少": OpinionState.FIXED, "任务要按轻重排列": OpinionState.STANDING}


def test_a_text_copied_from_another_unit_stands_on_the_sheet_of_both_and_names_no_more_than_the_other(
    folder: Path, exceljs: NodeClient
) -> None:
    clean = next((folder / "inbox").glob(f"{CLEAN}*"))
    duties = seen(folder, clean).typed.contents["duties"]
    made = the_return(return_forms(folder, (UNIT,), context=context()))
    come_back(folder, made, exceljs.fill, [("申报表", seen(folder, made.file).cells["duties"], str(duties))])
    review(folder, context=context())
    line(opinions_file(folder), UNIT, "部门职责", "文字完全相同")
    returned = return_forms(folder, (UNIT, CLEAN), context=context()).returned
    said = {item.unit_code: [one for one in item.opinions if one.key.startswith(Code.COL_TEXT_COPIED)]
            for item in returned}  # fmt: skip
    assert {unit: [one.slot for one in found] for unit, found in said.items()} == {UNIT: ["duties"], CLEAN: ["duties"]}
    assert "示例区殡仪馆" in said[UNIT][0].problem
    made = next(item for item in returned if item.unit_code == UNIT)
    come_back(folder, made, exceljs.fill, [("申报表", seen(folder, made.file).cells["duties"], "承担信息化事务")])
    third = the_return(return_forms(folder, (UNIT,), context=context()))
    assert [one.state for one in third.opinions if one.key.startswith(Code.COL_TEXT_COPIED)] == [OpinionState.FIXED]


def test_a_campaign_that_leaves_copied_texts_alone_hears_nothing_of_them(folder: Path, exceljs: NodeClient) -> None:
    with (folder / "campaign.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[checks]\n{Code.COL_TEXT_COPIED} = "off"\n')
    clean = next((folder / "inbox").glob(f"{CLEAN}*"))
    duties = seen(folder, clean).typed.contents["duties"]
    made = the_return(return_forms(folder, (UNIT,), context=context()))
    come_back(folder, made, exceljs.fill, [("申报表", seen(folder, made.file).cells["duties"], str(duties))])
    result = collect(folder, context=context())
    assert Code.COL_TEXT_COPIED not in [item.code for item in result.findings]


def test_a_units_reason_is_shown_beside_the_opinion_it_answers(folder: Path, exceljs: NodeClient) -> None:
    made = the_return(return_forms(folder, context=context()))
    unusual = next(item.key for item in made.opinions if item.key.startswith(Code.IND_MEASURE_NOT_OFFERED))
    come_back(folder, made, exceljs.fill, [("审核意见", reason_cell(made.file, unusual, folder), "按家数统计")])
    review(folder, context=context())
    line(opinions_file(folder), UNIT, "质量指标", "【单位的合理性说明：按家数统计】")
