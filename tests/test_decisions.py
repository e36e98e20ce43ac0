"""The coordinator's decisions: made in LibreOffice, read back, kept, and flagged once the values behind them change."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.clients.libreoffice import LibreOffice
from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission, an_indicator
from xltool.collect.decisions import DecisionsRead, Known, read_decisions
from xltool.consolidate import Deliberation, deliberate
from xltool.findings import Code
from xltool.layout.paper import HEADING_ROW, token
from xltool.model.campaign import RuleLine
from xltool.model.decision import Decision
from xltool.model.submission import Submission
from xltool.reports.working_paper import working_paper
from xltool.store import decisions as kept
from xltool.words import table
from xltool.workflow.consolidate import ConsolidateResult, consolidate
from xltool.workflow.context import Context
from xltool.workflow.demo import demo

WORDS = table("working_paper")
SHEET = WORDS["sheets"]["paper"]
FORM, CAMPAIGN = a_form(), a_campaign()
AT = "2024-03-01T08:00:00+00:00"
Edit = Callable[[Any], None]


def untouched(book: Any) -> None:
    """Nobody typed anything."""


def submissions(rate: str = "=95(%)") -> dict[str, Submission]:
    told = {
        "001": [
            an_indicator("甲", "=100(%)"),
            an_indicator("乙", "=3(套)", row=2),
            an_indicator("丙", "=1(套)", row=3),
        ],
        "002": [an_indicator("甲", rate), an_indicator("乙", "=5(套)", row=2)],
        "003": [an_indicator("丁事项名称", "=5(套)")],
        "010": [an_indicator("丁事项的名称", "=5(套)")],
    }
    return {
        code: a_submission(
            code, indicators=told[code], rows=[a_row(1, f"{code}任务一", "一"), a_row(2, f"{code}二", "")]
        )
        for code in (unit.code for unit in UNITS)
    }


def made(*decisions: Decision, rate: str = "=95(%)") -> Deliberation:
    return deliberate(FORM, CAMPAIGN, submissions(rate), decisions)


def read(edit: Edit, *stored: Decision, issued: Deliberation | None = None, rate: str = "=95(%)") -> DecisionsRead:
    """A paper of these decisions, edited by `edit`, read back."""
    book = openpyxl.load_workbook(io.BytesIO(working_paper(FORM, CAMPAIGN, "", issued or made(*stored, rate=rate), {})))
    edit(book)
    data = io.BytesIO()
    book.save(data)
    now = made(*stored, rate=rate)
    current = {one.key: one.inputs for one in now.formed} | {pick.key: pick.inputs for pick in now.picks}
    known = Known(
        token(CAMPAIGN.id, ""),
        CAMPAIGN.id,
        frozenset(u.code for u in UNITS),
        {d.figure: d for d in stored},
        current,
        AT,
    )
    return read_decisions(data.getvalue(), "底稿.xlsx", known)


def cell(book: Any, name: str, column: str, sheet: str = SHEET) -> Any:
    """The cell of a row by its name and the column's heading, as a person finds it."""
    page = book[sheet]
    heading = next(n for n in range(1, 6) if any(item.value == column for item in page[n]))
    place = next(item.column for item in page[heading] if item.value == column)
    row = next(n for n in range(heading + 1, page.max_row + 1) if name in [c.value for c in page[n][:3]])
    return page.cell(row, place)


def put(name: str, column: str, value: object, sheet: str = SHEET) -> Edit:
    def edit(book: Any) -> None:
        cell(book, name, WORDS["headings"].get(column) or WORDS["row_headings"][column], sheet).value = value

    return edit


def all_of(*edits: Edit) -> Edit:
    def edit(book: Any) -> None:
        for one in edits:
            one(book)

    return edit


def decision_of(found: DecisionsRead) -> Decision:
    assert found.decisions is not None
    (decision,) = found.decisions
    return decision


def test_a_paper_nobody_touched_decides_nothing() -> None:
    found = read(untouched)
    assert (found.decisions, found.changed, found.findings) == ((), (), ())


# row | column | typed → part of the decision
CASES = [
    ("甲", "rule", "取最小", {"rule": "minimum"}),
    ("甲", "rule", "取多数", {"rule": "most_frequent"}),
    ("乙", "rule", "求和", {"rule": "sum"}),
    ("丙", "order", 1, {"order": 1}),
    ("丙", "order", "1", {"order": 1}),
    ("乙", "include", "否", {"include": False}),
    ("预算总额", "override", 12.5, {"override": "12.5"}),
    ("预算总额", "override", "1,200", {"override": "1200"}),
    ("甲", "override", "≥98.00(%)", {"override": "≥98.00(%)"}),
    ("部门职责", "override", "部门的职责", {"override": "部门的职责"}),
]


@pytest.mark.parametrize(("row", "column", "typed", "parts"), CASES)
def test_each_cell_is_read_as_what_was_typed(row: str, column: str, typed: object, parts: dict[str, Any]) -> None:
    found = read(all_of(put(row, column, typed), put(row, "reason", "核对")))
    decision = decision_of(found)
    assert decision == replace(Decision(decision.figure, decision.inputs, reason="核对", at=AT), **parts)
    assert found.findings == ()


def test_the_leading_unit_is_read_by_its_code_and_the_weight_by_its_name() -> None:
    owner = decision_of(read(all_of(put("甲", "rule", "取牵头单位"), put("甲", "source", "002 甲中心"))))
    weight = decision_of(read(all_of(put("甲", "rule", "加权平均"), put("甲", "source", "年末在职人数"))))
    assert (owner.rule, owner.owner, weight.rule, weight.weight) == ("owner", "002", "weighted_mean", "persons")


BAD = [
    ("甲", "rule", "随便"), ("甲", "include", "也许"), ("甲", "order", "前面"), ("甲", "order", -1),
    ("预算总额", "override", "很多"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "column", "typed"), BAD)
def test_what_cannot_be_read_is_a_finding_with_its_cell_and_decides_nothing(
    row: str, column: str, typed: object
) -> None:
    found = read(put(row, column, typed))
    assert found.decisions == ()
    (fault,) = found.findings
    assert fault.code == Code.AGG_DECISION_BAD
    assert (fault.position.sheet, bool(fault.position.cell)) == (SHEET, True)


def test_a_leading_unit_that_is_not_on_the_roster_is_a_finding() -> None:
    found = read(all_of(put("甲", "rule", "取牵头单位"), put("甲", "source", "999 别处")))
    assert [item.code for item in found.findings] == [Code.AGG_DECISION_BAD]


def test_an_override_without_a_reason_is_taken_with_a_warning() -> None:
    found = read(put("甲", "override", "≥98.00(%)"))
    assert decision_of(found).override == "≥98.00(%)"
    assert [item.code for item in found.findings] == [Code.AGG_DECISION_REASON]


def test_going_back_to_the_default_takes_the_decision_away() -> None:
    stored = decision_of(read(put("甲", "rule", "取最小")))
    found = read(put("甲", "rule", "默认·须一致"), stored)
    assert (found.decisions, found.changed) == ((), (stored.figure,))


def test_an_older_copy_of_the_paper_takes_nothing_back() -> None:
    stored = decision_of(read(put("甲", "rule", "取最小")))
    found = read(put("丙", "order", 1), stored, issued=made())
    assert found.decisions is not None
    assert stored in found.decisions
    assert len(found.decisions) == 2


def test_rows_and_columns_that_moved_are_found_by_keys_and_headings() -> None:
    def moved(book: Any) -> None:
        put("甲", "rule", "取最小")(book)
        book[SHEET].insert_cols(3)
        book[SHEET].insert_rows(HEADING_ROW + 2)

    assert decision_of(read(moved)).rule == "minimum"


def test_a_workbook_that_is_no_paper_of_this_round_is_not_read() -> None:
    def foreign(book: Any) -> None:
        for page in book:
            for row in page.iter_rows():
                for item in row:
                    if item.value == token(CAMPAIGN.id, ""):
                        item.value = token("other", "")

    found = read(foreign)
    assert found.decisions is None
    assert [item.code for item in found.findings] == [Code.AGG_PAPER_FOREIGN]


def test_tasks_are_picked_and_ordered_on_their_own_sheet() -> None:
    sheet = "tasks"
    edits = all_of(
        put("002任务一", "include", "是", sheet), put("002任务一", "order", 1, sheet),
        put("001二", "include", "否", sheet),
    )  # fmt: skip
    found = read(edits)
    assert found.decisions is not None
    result = made(*found.decisions).result
    assert [dict(row.answers)["title"] for row in result.rows] == ["002任务一", "001任务一"]


def test_two_names_are_declared_one_on_the_sheet_of_near_names() -> None:
    def joined(book: Any) -> None:
        for heading, typed in (("include", "是"), ("reason", "同一项")):
            cell(book, "丁事项名称", WORDS["near_headings"][heading], WORDS["sheets"]["near"]).value = typed

    found = read(joined)
    assert found.decisions is not None
    result = made(*found.decisions).result
    assert [figure.name for figure in result.indicators] == ["甲", "乙", "丙", "丁事项名称"]
    again = read(untouched, *found.decisions)
    assert again.decisions == found.decisions
    assert [item.reason for item in again.decisions] == ["同一项"]


def test_the_reason_why_two_names_are_one_stays_on_the_paper() -> None:
    pair = next(pair.key for pair in made().near)
    result = made(Decision(pair, "", include=True, reason="同一项"))
    book = openpyxl.load_workbook(io.BytesIO(working_paper(FORM, CAMPAIGN, "", result, {})))
    near, heading = WORDS["sheets"]["near"], WORDS["near_headings"]["reason"]
    assert cell(book, "丁事项名称", heading, near).value == "同一项"


def texts(result: Deliberation) -> dict[str, str]:
    return {one.key: one.text for one in result.formed}


def test_a_decision_changes_its_own_figure_and_no_other() -> None:
    decision = decision_of(read(put("甲", "rule", "取最小")))
    before, after = texts(made()), texts(made(decision))
    assert {key: after[key] for key in after if after[key] != before[key]} == {decision.figure: "=95.00(%)"}
    assert (made().result.draft, made(decision).result.draft) == (True, False)


def test_a_decision_on_values_that_changed_is_flagged_and_not_applied() -> None:
    decision = decision_of(read(put("甲", "rule", "取最小")))
    result = made(decision, rate="=90(%)").result
    assert Code.AGG_DECISION_STALE in [item.code for item in result.findings]
    assert result.draft
    assert result.indicators[0].targets[0].text == ""


def test_a_stale_decision_makes_a_draft_even_where_the_row_is_settled_without_it() -> None:
    decision = replace(decision_of(read(put("丙", "order", 1))), inputs="older")
    stale = [decision, decision_of(read(put("甲", "rule", "取最小")))]
    assert made(*stale).result.draft


def test_reading_the_new_paper_untouched_puts_a_stale_decision_away() -> None:
    decision = decision_of(read(put("甲", "rule", "取最小")))
    found = read(untouched, decision, rate="=90(%)")
    assert (found.decisions, found.changed) == ((), (decision.figure,))


def test_a_decision_on_a_row_that_is_gone_is_a_warning() -> None:
    result = made(Decision("indicator:output.quantity:无:current", "x", "sum")).result
    assert [i.code for i in result.findings if i.code.startswith("AGG22")] == [Code.AGG_DECISION_UNMATCHED]


def test_a_typed_place_goes_before_what_stood_there() -> None:
    decision = decision_of(read(put("丙", "order", 1)))
    assert [figure.name for figure in made(decision).result.indicators][:3] == ["丙", "甲", "乙"]


def test_an_override_is_the_figure_and_uses_no_units_value() -> None:
    decision = decision_of(read(all_of(put("甲", "override", "≥98.00(%)"), put("甲", "reason", "会议纪要"))))
    target = made(decision).result.indicators[0].targets[0]
    assert (target.text, target.number, target.origin) == ("≥98.00(%)", Decimal("98.00"), "default")
    assert {item.reason for item in target.contributions} == {"overridden"}
    assert Code.AGG_OVERRIDDEN in [item.code for item in made(decision).result.findings]


def test_choosing_the_default_rule_by_name_confirms_what_looked_entered_twice() -> None:
    told = {code: a_submission(code, indicators=[an_indicator("甲", "=2000(次)")]) for code in ("001", "002")}
    campaign = a_campaign(units=UNITS[:2])
    first = deliberate(FORM, campaign, told)
    (row,) = [one for one in first.formed if one.key.startswith("indicator:") and one.leads]
    assert first.result.draft
    second = deliberate(FORM, campaign, told, [Decision(row.key, row.inputs, "sum")])
    assert second.result.indicators[0].targets[0].text == "=4000.00(次)"
    assert not second.result.draft


def test_a_decision_goes_before_the_campaigns_rule() -> None:
    campaign = a_campaign([RuleLine("indicator", "", "乙", "maximum")])
    first = deliberate(FORM, campaign, submissions())
    row = next(one for one in first.formed if one.question.name == "乙" and one.leads)
    second = deliberate(FORM, campaign, submissions(), [Decision(row.key, row.inputs, "minimum")])
    found = [next(one.text for one in step.formed if one.key == row.key) for step in (first, second)]
    assert found == ["=5.00(套)", "=3.00(套)"]


def test_decisions_are_kept_whole_and_what_they_replaced_stays_listed(tmp_path: Path) -> None:
    path = tmp_path / kept.NAME
    first = Decision("field:persons", "abc", "sum", include=False, order=3, reason="理由", at=AT)
    second = replace(first, rule="own")
    path.write_text(kept.text_of(path, {}, "", [first]), encoding="utf-8")
    assert kept.load(path) == {"": (first,)}
    path.write_text(kept.text_of(path, {"": (first,)}, "", [second]), encoding="utf-8")
    assert kept.load(path) == {"": (second,)}
    assert [item["rule"] for item in json.loads(path.read_text(encoding="utf-8"))["earlier"]] == ["sum"]


@pytest.mark.parametrize("figure", ["same:output.quantity:甲|output.quantity:乙", "row:tasks:001:tasks#02"])
def test_what_decides_no_figure_is_kept_too(figure: str, tmp_path: Path) -> None:
    path = tmp_path / kept.NAME
    decision = Decision(figure, "", include=True, reason="同一项", at=AT)
    path.write_text(kept.text_of(path, {}, "", [decision]), encoding="utf-8")
    assert kept.load(path) == {"": (decision,)}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}', '{"format": 9, "nodes": {}}',
                                  '{"format": 1, "nodes": {"": [{"figure": 1, "no": 2}]}}'])  # fmt: skip
def test_a_damaged_record_of_decisions_is_a_finding(text: str, tmp_path: Path) -> None:
    path = tmp_path / kept.NAME
    path.write_text(text, encoding="utf-8")
    found = kept.load(path)
    assert getattr(found, "code", "") == Code.AGG_DECISIONS_DAMAGED


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled example, consolidated."""
    folder = tmp_path_factory.mktemp("round")
    *_, last = demo(folder, context=Context(jobs=1))
    assert isinstance(last, ConsolidateResult)
    assert last.consolidation is not None
    assert not last.consolidation.draft
    return folder


def dataset(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "result" / "dataset" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def printed(folder: Path) -> dict[tuple[int, int], str]:
    """Every filled cell of the 汇总表."""
    page = openpyxl.load_workbook(folder / "result" / "汇总表.xlsx").worksheets[0]
    return {
        (item.row, item.column): str(item.value) for row in page.iter_rows() for item in row if item.value is not None
    }


def test_what_a_coordinator_changes_in_libreoffice_is_exactly_what_changes_in_the_form(
    round_: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    before, names = printed(round_), [row["name"] for row in dataset(round_, "consolidated_indicators")]
    with libreoffice.open(round_ / "result" / "底稿.xlsx") as book:
        rows = book.used(SHEET)
        persons = next(n for n, row in enumerate(rows, 1) if row[1] == "年末在职人数")
        left_out = next(n for n, row in enumerate(rows, 1) if row[8] == "是" and row[0].endswith("质量指标"))
        name = rows[left_out - 1][1]
        book.choose(SHEET, f"D{persons}", "求和")
        book.choose(SHEET, f"I{left_out}", "否")
        shown = book.read(SHEET, f"F{persons}").text
        paper = book.save(tmp_path / "底稿.xlsx")
    result = consolidate(round_, context=Context(), decisions=paper)
    assert result.consolidation is not None
    assert [item.code for item in result.findings if item.severity.value != "info"] == []
    after = printed(round_)
    assert [row["name"] for row in dataset(round_, "consolidated_indicators")] == [n for n in names if n != name]
    gone = [text for text in before.values() if text not in after.values()]
    assert name in gone
    assert set(after.values()) - set(before.values()) == {shown}
    assert len(before) - len(after) == 2
    again = consolidate(round_, context=Context())
    assert printed(round_) == after
    assert again.consolidation == result.consolidation
    (round_ / kept.NAME).unlink()
    consolidate(round_, context=Context())
    assert printed(round_) == before
