"""The department's own draft: begun from the units' figures, filled in LibreOffice, read back like any form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests.clients.libreoffice import Book, LibreOffice
from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission
from tests.test_consolidate import everything
from xltool.consolidate import deliberate
from xltool.consolidate.climbing import climb
from xltool.consolidate.picking import from_drafts, rows_of
from xltool.findings import Code
from xltool.layout.draft import pick_label, pickable, picked
from xltool.model.campaign import ReportingUnit, RuleLine
from xltool.model.consolidation import Consolidation
from xltool.model.form import Role
from xltool.model.submission import RowAnswer
from xltool.store.entries import AttemptStatus
from xltool.words import table
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import ConsolidateResult, consolidate
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.generate import GenerateResult, generate
from xltool.workflow.opinions import Said
from xltool.workflow.returns import return_forms

FORM = a_form()
BUREAU = ReportingUnit("D", "示例区民政局", Role.DEPARTMENT)
CAMPAIGN = a_campaign(units=(BUREAU, *UNITS))


def with_draft(*rows: RowAnswer, **fields: str) -> Consolidation:
    """Four units with two tasks each, and the department's draft with these rows."""
    submissions = {
        unit.code: a_submission(unit.code, rows=[a_row(1, f"{unit.name}的任务", "一"), a_row(2, "共同任务", "二")])
        for unit in UNITS
    }
    submissions["D"] = a_submission("D", fields={"budget.total": None, **fields}, rows=rows)
    return deliberate(FORM, CAMPAIGN, submissions).result


def printed(result: Consolidation) -> list[tuple[str, ...]]:
    return [tuple(text for _, text in row.answers) for row in result.rows]


# draft's rows: title | content ; … → the rows of the form
PICKED = [
    ([("003·乙站的任务", ""), ("001·本级的任务", "")], [("乙站的任务", "一"), ("本级的任务", "一")]),
    ([("乙站的任务", "")], [("乙站的任务", "一")]),
    ([("010·1.丙院的任务", "")], [("丙院的任务", "一")]),
    ([("共同任务", "")], [("共同任务", "二")]),
    ([("部门自己的任务", "三"), ("002·甲中心的任务", "")], [("部门自己的任务", "三"), ("甲中心的任务", "一")]),
    ([("002·甲中心的任务", "改写")], [("甲中心的任务", "改写")]),
    ([("A·B计划", "四")], [("A·B计划", "四")]),
    ([("003·乙站的任务", ""), ("003·乙站的任务", "")], [("乙站的任务", "一")]),
]


@pytest.mark.parametrize(("rows", "expected"), PICKED)
def test_the_drafts_rows_are_the_forms_rows_in_their_order(
    rows: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    result = with_draft(*(a_row(number, *row) for number, row in enumerate(rows, start=1)))
    assert printed(result) == expected
    assert not result.draft


def test_a_picked_row_that_its_unit_no_longer_has_is_a_finding_and_makes_a_draft() -> None:
    result = with_draft(a_row(1, "003·别的任务", ""), a_row(2, "002·甲中心的任务", ""))
    assert [item.code for item in result.findings if item.severity.value == "error"] == [Code.AGG_PICK_GONE]
    assert (printed(result), result.draft) == ([("甲中心的任务", "一")], True)


def test_units_rows_of_one_name_that_differ_are_a_conflict_until_the_unit_is_named() -> None:
    submissions = {
        unit.code: a_submission(unit.code, rows=[a_row(1, "同名任务", f"{unit.code}的内容")]) for unit in UNITS
    }
    submissions["D"] = a_submission("D", rows=[a_row(1, "同名任务", "")])
    result = deliberate(FORM, CAMPAIGN, submissions).result
    assert Code.AGG_VALUES_DIFFER in [item.code for item in result.findings]
    submissions["D"] = a_submission("D", rows=[a_row(1, "010·同名任务", "")])
    assert printed(deliberate(FORM, CAMPAIGN, submissions).result) == [("同名任务", "010的内容")]


def test_the_draft_goes_before_the_campaigns_lines_and_without_rows_says_nothing() -> None:
    campaign = a_campaign([RuleLine("row", "tasks", "甲中心的任务", "pick")], (BUREAU, *UNITS))
    submissions = {u.code: a_submission(u.code, rows=[a_row(1, f"{u.name}的任务", "一")]) for u in (*UNITS, BUREAU)}
    submissions["D"] = a_submission("D")
    assert printed(deliberate(FORM, campaign, submissions).result) == [("甲中心的任务", "一")]
    submissions["D"] = a_submission("D", rows=[a_row(1, "003·乙站的任务", "")])
    result = deliberate(FORM, campaign, submissions).result
    assert printed(result) == [("乙站的任务", "一")]
    assert [item.code for item in result.findings if item.severity.value != "info"] == []


def test_every_value_of_the_draft_is_accounted_for_once() -> None:
    rows = [a_row(1, "003·乙站的任务", ""), a_row(2, "自己的", "五"), a_row(3, "002·甲中心的任务", "改写")]
    mine = [item for item in everything(with_draft(*rows)) if item.unit_code == "D" and item.key.startswith("tasks")]
    assert [(item.key, item.used, item.reason) for item in sorted(mine, key=lambda item: item.key)] == [
        ("tasks#01.title", False, "department-draft"),
        ("tasks#02.content", True, ""), ("tasks#02.title", True, ""),
        ("tasks#03.content", True, ""), ("tasks#03.title", True, ""),
    ]  # fmt: skip


def test_the_draft_of_a_node_writes_the_nodes_texts_and_picks_and_they_go_up() -> None:
    """区: its bureau and 院, which has an office, a centre and a draft of its own."""
    units = (
        ReportingUnit("1", "局本级", Role.OWN), ReportingUnit("M", "院", Role.DEPARTMENT),
        ReportingUnit("M0", "院本部", Role.OWN, "M"), ReportingUnit("M1", "中心", Role.UNIT, "M"),
    )  # fmt: skip
    told = {code: a_submission(code, rows=[a_row(1, f"{code}的任务", "一")]) for code in ("1", "M0", "M1")}
    told["M"] = a_submission("M", fields={"duties": "院的职责"}, rows=[a_row(1, "M1·M1的任务", "")])
    campaign = a_campaign([RuleLine("row", "tasks", "M1的任务", "pick", "M")], units)
    top = climb(FORM, campaign, told, {})
    node = top.below[0].made.result
    assert next(figure.text for figure in node.fields if figure.key == "duties") == "院的职责"
    assert printed(node) == printed(top.made.result) == [("M1的任务", "一")]
    assert (node.draft, top.made.result.draft) == (False, False)
    duties = next(figure for figure in top.made.result.fields if figure.key == "duties")
    assert duties.text == "1的职责"
    assert {item.unit_code for item in top.made.result.rows[0].contributions} == {"M1"}
    accepted = [(code, answer.key) for code, one in told.items() for answer in one.fields]
    traced = [(item.unit_code, item.key) for item in everything(top.made.result) if "#" not in item.key]
    assert sorted(traced) == sorted(accepted)


def test_a_block_whose_rows_are_not_picked_takes_none_from_the_draft() -> None:
    (block,) = pickable(FORM)
    other = next(item for item in a_form(rows_rule="keep_each").blocks if item.frame.key == block.frame.key)
    drafts = [(BUREAU, a_submission("D", rows=[a_row(1, "自己的", "")]))]
    assert from_drafts(block, drafts, tuple(rows_of(block, ()))) is not None
    assert from_drafts(other, drafts, ()) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("label", "expected"), [("003·甲", ("003", "甲")), (" 003 · 甲·乙 ", ("003", "甲·乙")),
                                                 ("甲", ("", "甲"))])  # fmt: skip
def test_a_label_says_which_units_row_is_meant(label: str, expected: tuple[str, str]) -> None:
    assert picked(label) == expected
    assert picked(pick_label(*expected)) == expected or not expected[0]


def a_department(folder: Path) -> None:
    """The bundled example with a row for the department itself."""
    *_, last = demo(folder, context=Context(jobs=1))
    assert isinstance(last, ConsolidateResult)
    path = folder / "units.csv"
    lines = path.read_text(encoding="utf-8-sig").rstrip("\n").splitlines()
    lines.append("D00,示例区民政局,department" + "," * (lines[0].count(",") - 2))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("draft")
    a_department(folder)
    return folder


@pytest.fixture(scope="module")
def begun(round_: Path) -> GenerateResult:
    return generate(round_, draft=True, context=Context())


def tasks_printed(folder: Path) -> list[str]:
    """The names of the tasks on the 汇总表, top to bottom."""
    page = openpyxl.load_workbook(folder / "result" / "汇总表.xlsx").worksheets[0]
    column = [str(cell.value or "") for cell in page["A"]]
    return [text for text in column[column.index("任务名称") + 1 : column.index("预算情况")] if text]


def answers(book: Book, sheet: str) -> Iterator[tuple[int, list[str]]]:
    rows = book.used(sheet)
    top = next(n for n, row in enumerate(rows) if row[0] == "任务名称")
    end = next(n for n, row in enumerate(rows) if row[0] == "预算情况")
    keys = {n + 1: rows[n][-1] for n in range(top + 1, end)}
    yield from ((n, rows[n - 1]) for n, key in keys.items() if key.startswith("tasks#") and "+" not in key)


def test_the_draft_begins_with_what_can_be_computed_and_with_the_tasks_picked_so_far(
    round_: Path, begun: GenerateResult
) -> None:
    (made,) = begun.generated
    book = openpyxl.load_workbook(made.file)
    page = book["申报表"]
    texts = {str(cell.value): cell for row in page.iter_rows() for cell in row if cell.value is not None}
    assert texts["476373173.65"].protection.locked
    assert "示例区民政局(汇总)" in texts
    chosen = [text.partition("·")[2] for text in texts if "·" in text and text[:3].isdigit()]
    assert chosen == tasks_printed(round_)
    listed = book["各单位年度重点任务"]
    assert listed.max_row == 3 + sum(1 for _ in tasks_of(round_))


def tasks_of(folder: Path) -> Iterator[str]:
    lines = (folder / "result" / "dataset" / "tasks.csv").read_text(encoding="utf-8-sig").splitlines()
    yield from lines[1:]


def test_what_is_picked_in_libreoffice_stands_in_the_consolidated_form_in_that_order(
    round_: Path, begun: GenerateResult, libreoffice: LibreOffice
) -> None:
    (made,) = begun.generated
    with libreoffice.open(made.file) as book:
        offered = [row[0] for row in book.used("各单位年度重点任务")[3:]]
        rows = [row for row, _ in answers(book, "申报表")]
        wanted = [offered[-1], offered[4], offered[0]]
        for row, label in zip(rows, wanted, strict=False):
            assert book.choose("申报表", f"A{row}", label).changed
        own = rows[len(wanted)]
        assert book.type("申报表", f"A{own}", "部门自己的任务").changed
        assert book.type("申报表", f"C{own}", "统筹各单位。").changed
        for row in rows[len(wanted) + 1 :]:
            book.dispatch(".uno:ClearContents", "申报表", f"A{row}")
        duties = next(n for n, row in enumerate(book.used("申报表"), 1) if row[0] == "部门职责")
        assert book.type("申报表", f"B{duties}", "部门自己写的职责。").changed
        returned = book.save(round_ / "inbox" / "部门汇总稿.xlsx")
    collected = collect(round_, [returned], context=Context(jobs=1))
    (file,) = collected.files
    assert (file.status, file.unit_code) == (AttemptStatus.ACCEPTED, "D00")
    assert [item for item in file.findings if item.severity.value != "info"] == []
    result = consolidate(round_, context=Context())
    assert result.consolidation is not None
    assert [item.code for item in result.findings if item.severity.value != "info"] == []
    assert tasks_printed(round_) == [*(label.partition("·")[2] for label in wanted), "部门自己的任务"]
    page = openpyxl.load_workbook(round_ / "result" / "汇总表.xlsx").worksheets[0]
    assert "部门自己写的职责。" in [cell.value for row in page.iter_rows() for cell in row]
    contents = {row.answers[0][1]: row.answers[1][1] for row in result.consolidation.rows}
    assert contents["部门自己的任务"] == "统筹各单位。"
    assert all(contents.values())


def test_a_returned_draft_offers_the_tasks_again_and_computes_its_figures_anew(tmp_path: Path) -> None:
    folder = tmp_path / "round"
    a_department(folder)
    (made,) = generate(folder, draft=True, context=Context()).generated
    collect(folder, [made.file], context=Context(jobs=1))
    said = {"D00": Said((("goals", "请压缩"),))}
    result = return_forms(folder, ["D00"], said=said, context=Context())
    (returned,) = result.returned
    book, before = openpyxl.load_workbook(returned.file), openpyxl.load_workbook(made.file)
    assert book.sheetnames[1:4] == ["申报表", "各单位年度重点任务", "填报说明"]
    lists = [rule.formula1 for rule in book["申报表"].data_validations.dataValidation if rule.type == "list"]
    assert any("各单位年度重点任务" in formula for formula in lists)
    for text in ("476373173.65", "示例区民政局(汇总)"):
        cells = [cell for row in book["申报表"].iter_rows() for cell in row if str(cell.value) == text]
        assert [cell.protection.locked for cell in cells] == [True] * len(cells) != []
    assert tasks_in(book) == tasks_in(before) != []


def tasks_in(book: Workbook) -> list[str]:
    texts = (str(cell.value) for row in book["申报表"].iter_rows() for cell in row if cell.value is not None)
    return [text for text in texts if "·" in text and text[:3].isdigit()]


def test_a_note_beside_the_listed_tasks_is_content_nobody_asked_for(
    round_: Path, begun: GenerateResult, tmp_path: Path
) -> None:
    (made,) = begun.generated
    book = openpyxl.load_workbook(made.file)
    book["各单位年度重点任务"]["B2"] = "这一项重复了"
    book.save(tmp_path / "部门汇总稿.xlsx")
    found = collect(round_, [tmp_path / "部门汇总稿.xlsx"], context=Context(jobs=1)).files[0].findings
    told = [item for item in found if item.code == Code.TPL_OTHER_SHEET]
    assert [item.position.cell for item in told] == ["B2"]


def test_a_draft_needs_the_department_on_the_roster(tmp_path: Path) -> None:
    *_, _ = demo(tmp_path / "round", context=Context(jobs=1))
    result = generate(tmp_path / "round", draft=True, context=Context())
    assert [item.code for item in result.findings] == [Code.AGG_NO_DEPARTMENT]
    assert result.generated == ()


def test_the_prompts_of_the_draft_fit_into_a_validation() -> None:
    words = table("draft")["prompt"]
    assert len(words["pick"]) <= 255
    assert len(words["error"]) <= 225
    assert len(words["title"]) <= 32


