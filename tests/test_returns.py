"""A faulty form goes back marked, round after round, through the programs that units use, until it is accepted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.clients import javascript
from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.collect.examine import OpenedForm, open_form
from xltool.collect.typed import Typed, typed_now
from xltool.data import example
from xltool.findings import Code
from xltool.layout.opinions import REASON_COLUMN
from xltool.model.opinion import OpinionState
from xltool.store.entries import AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.collect import collect
from xltool.workflow.context import Context
from xltool.workflow.decide import accept, reopen
from xltool.workflow.opening import Opened, open_campaign, reading_of
from xltool.workflow.opinions import Said
from xltool.workflow.returns import ReturnedForm, ReturnResult, return_forms

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
FORM, OPINIONS = "申报表", "审核意见"
UNIT, CLEAN = "005", "002"
REASON = "考核对象是机构，按家数统计"
Value = str | float | None
Fill = Callable[[Path, Path, list[tuple[str, str, Value]]], object]


def context() -> Context:
    return Context(now=lambda: NOON, jobs=1, who="tester")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example's campaign with one faulty and one clean form collected."""
    bundled = Path(str(example("minhang-2024")))
    place = tmp_path / "round"
    shutil.copytree(bundled, place, ignore=shutil.ignore_patterns("*.py", "*.js", "*.md", "inbox", "__pycache__"))
    campaigns.inbox(place).mkdir()
    for path in sorted((bundled / "inbox").iterdir()):
        if path.name.startswith((UNIT, CLEAN)) and "第1次" in path.name:
            shutil.copy(path, campaigns.inbox(place))
    collect(place, context=context())
    return place


@dataclass(frozen=True, slots=True)
class Seen:
    """A returned file as it will be read: its cells by slot, and what it holds."""

    cells: Mapping[str, str]
    typed: Typed
    form: OpenedForm


def seen(folder: Path, path: Path) -> Seen:
    opened = open_campaign(folder, context())
    assert isinstance(opened, Opened)
    form = open_form(path.read_bytes(), reading_of(opened), path.name)
    assert isinstance(form, OpenedForm), form
    cells = {slot: a1(*at) for slot, at in form.located.places.items()}
    return Seen(cells, typed_now(form, reading_of(opened)), form)


def the_return(result: ReturnResult) -> ReturnedForm:
    (made,) = result.returned
    return made


def states(made: ReturnedForm) -> dict[str, str]:
    return {item.key: item.state.value for item in made.opinions}


def reason_cell(path: Path, key: str, folder: Path) -> str:
    """Where the unit writes its reason to this opinion."""
    book = seen(folder, path).form.workbook
    sheet = next(item for item in book.sheets if item.name == OPINIONS)
    row = next(row for (row, _), cell in sheet.cells.items() if cell.text == key)
    return a1(row, REASON_COLUMN)


def by_libreoffice(office: LibreOffice) -> Fill:
    def fill(path: Path, out: Path, entries: list[tuple[str, str, Value]]) -> None:
        with office.open(path) as book:
            for sheet, cell, value in entries:
                assert book.type(sheet, cell, "" if value is None else str(value)).changed, cell
            book.save(out)

    return fill


@pytest.fixture(params=["libreoffice", "exceljs"])
def fill(request: pytest.FixtureRequest) -> Fill:
    client = request.getfixturevalue(request.param)
    return by_libreoffice(client) if isinstance(client, LibreOffice) else client.fill


def come_back(folder: Path, made: ReturnedForm, fill: Fill, entries: list[tuple[str, str, Value]]) -> None:
    fill(made.file, campaigns.inbox(folder) / f"back-{made.issue}.xlsx", entries)
    collect(folder, context=context())


def attempts(folder: Path, unit: str = UNIT) -> list[tuple[int, str]]:
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        return [(item.issue, item.status.value) for item in ledger.attempts(unit)]


def own(typed: Typed) -> dict[str, object]:
    return {key: content for key, content in typed.contents.items() if str(content).strip()}


def test_three_rounds_through_a_real_program_end_with_the_form_accepted(  # noqa: PLR0915  one story
    folder: Path, fill: Fill
) -> None:
    first = next(campaigns.inbox(folder).glob(f"{UNIT}*"))
    before = own(seen(folder, first).typed)
    said = {UNIT: Said((("duties", "请按三定方案写"), ("tasks#01", "任务要写明完成时间")))}
    one = the_return(return_forms(folder, said=said, context=context()))
    assert one.issue == 2
    assert set(states(one).values()) == {"new"}
    assert own(seen(folder, one.file).typed) == before
    marked = {item.slot for item in one.opinions if item.slot}
    assert {"goals", "assets", "duties", "tasks#01", "persons"} <= marked
    where = seen(folder, one.file).cells
    assert all(item.cell == where[item.slot] for item in one.opinions if item.slot in where)

    measured = next(item.key for item in one.opinions if item.key.startswith(Code.IND_MEASURE_NOT_OFFERED))
    come_back(folder, one, fill, [
        (FORM, where["goals"], "保障民政事务正常运转"), (FORM, where["assets"], 100),
        (FORM, where["duties"], "承担民政领域事务性工作，按三定方案执行"),
        (OPINIONS, reason_cell(one.file, measured, folder), REASON),
    ])  # fmt: skip
    two = the_return(return_forms(folder, context=context()))
    told = states(two)
    fixed = {item.slot for item in two.opinions if item.state is OpinionState.FIXED}
    assert fixed == {"goals", "assets", "duties"}
    assert {told[key] for key in told if told[key] != "fixed"} == {"standing"}
    assert next(item.reason for item in two.opinions if item.key == measured) == REASON
    assert next(item for item in two.opinions if item.slot == "tasks#01").state is OpinionState.STANDING
    notes = seen(folder, two.file).form.workbook.sheets
    noted = {a1(n.row, n.col) for sheet in notes if sheet.name == FORM for n in sheet.comments}
    where = seen(folder, two.file).cells
    assert where["goals"] not in noted
    assert where["persons"] in noted
    now = own(seen(folder, two.file).typed)
    assert {key: now[key] for key in before if key != "duties"} == {k: v for k, v in before.items() if k != "duties"}

    come_back(folder, two, fill, [
        (FORM, where["persons"], 46), (FORM, where["budget.fiscal"], 11048730.50),
        (FORM, where["tasks#01.content"], "年底前完成全部建设任务"),
    ])  # fmt: skip
    three = the_return(return_forms(folder, context=context()))
    assert "persons" in {item.slot for item in three.opinions if item.state is OpinionState.FIXED}
    assert "goals" not in {item.slot for item in three.opinions}
    assert next(item.reason for item in three.opinions if item.key == measured) == REASON
    assert own(seen(folder, three.file).typed)["persons"] == Decimal(46)
    where = seen(folder, three.file).cells
    right: dict[str, Value] = {}
    for item in three.opinions:
        if item.state is OpinionState.STANDING and item.severity == "error":
            row, _, _ = item.slot.rpartition(".current.")
            code = item.key.partition("|")[0]
            if code == Code.IND_OPERATOR_BLANK:
                right[f"{row}.current.operator"] = "≥"
            elif code == Code.IND_NUMBER_UNDER_QUALITATIVE:
                right[f"{row}.current.value"] = "及时响应"
            elif code == Code.IND_MEASURE_NOT_OFFERED:
                right[f"{row}.current.measure"] = "%"
            else:
                right[f"{row}.current.operator"] = "定性"
    come_back(folder, three, fill, [(FORM, where[slot], value) for slot, value in right.items()])
    assert attempts(folder) == [(1, "errors"), (2, "errors"), (3, "errors"), (4, "accepted")]
    assert return_forms(folder, context=context()) == ReturnResult((), (), ())


def test_a_form_that_was_sent_back_is_not_sent_again_before_it_came_back(folder: Path) -> None:
    the_return(return_forms(folder, context=context()))
    again = return_forms(folder, context=context())
    assert (again.returned, again.waiting) == ((), (UNIT,))
    named = return_forms(folder, (UNIT,), context=context())
    assert (named.returned, named.waiting) == ((), (UNIT,))
    further = the_return(return_forms(folder, said={UNIT: Said((("duties", "请精简"),))}, context=context()))
    assert further.issue == 3
    assert "请精简" in {item.problem for item in further.opinions}


def test_what_a_program_lost_is_there_again_and_what_was_typed_beside_is_kept(
    folder: Path, sheetjs: NodeClient
) -> None:
    one = the_return(return_forms(folder, context=context()))
    where = seen(folder, one.file).cells
    come_back(folder, one, sheetjs.fill, [
        (FORM, where["goals"], "保障运转"), (FORM, "J5", "请联系小组"), (OPINIONS, "C40", "写在意见表上的话"),
        (OPINIONS, "D5", "改了问题栏"),
    ])  # fmt: skip
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        found = {item.code: item for item in ledger.attempts(UNIT)[-1].findings}
    assert "写在意见表上的话" in dict(found[Code.TPL_OTHER_SHEET].args)["texts"]
    two = the_return(return_forms(folder, context=context()))
    looks = javascript.inspect(two.file)
    issued = javascript.inspect(one.file)
    assert looks[FORM].protection is not None
    assert looks[FORM].unlocked == issued[FORM].unlocked
    assert looks[FORM].validations.keys() == issued[FORM].validations.keys()
    outside = seen(folder, two.file).typed.outside
    assert [text for text in outside if "请联系小组" in text]
    assert [text for text in outside if "写在意见表上的话" in text]
    come_back(folder, two, sheetjs.fill, [(FORM, where["assets"], 5)])
    three = the_return(return_forms(folder, context=context()))
    assert seen(folder, three.file).typed.outside == outside


def test_a_form_only_opened_and_saved_brings_no_finding_of_its_own(folder: Path, fill: Fill) -> None:
    one = the_return(return_forms(folder, context=context()))
    where = seen(folder, one.file).cells
    come_back(folder, one, fill, [(FORM, where["goals"], "保障运转")])
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        before, after = (ledger.attempts(UNIT)[at].findings for at in (0, -1))
    new = {item.code for item in after} - {item.code for item in before}
    assert not {code for code in new if code.startswith("TPL")}


def test_an_accepted_form_with_an_opinion_is_reopened_and_said_so(folder: Path) -> None:
    assert attempts(folder, CLEAN) == [(1, "accepted")]
    result = return_forms(folder, said={CLEAN: Said((("duties", "请精简"),))}, context=context())
    assert {item.unit_code for item in result.returned} == {CLEAN, UNIT}
    assert [item.code for item in result.findings] == [Code.COL_REOPENED]
    assert attempts(folder, CLEAN) == [(1, "waiting")]
    assert accept(folder, CLEAN, context=context()).decided[0].status is AttemptStatus.ACCEPTED


def test_a_clean_form_that_changed_nothing_about_an_opinion_waits_for_the_reviewer(folder: Path) -> None:
    said = {CLEAN: Said((("duties", "请精简"),))}
    made = {item.unit_code: item for item in return_forms(folder, said=said, context=context()).returned}[CLEAN]
    shutil.copy(made.file, campaigns.inbox(folder) / "same.xlsx")
    collect(folder, context=context())
    assert attempts(folder, CLEAN) == [(1, "waiting"), (2, "waiting")]
    again = {item.unit_code: item for item in return_forms(folder, context=context()).returned}[CLEAN]
    assert [(item.problem, item.state) for item in again.opinions] == [("请精简", OpinionState.STANDING)]
    dropped = return_forms(folder, said={CLEAN: Said((), frozenset({again.opinions[0].key}))}, context=context())
    assert CLEAN not in {item.unit_code for item in dropped.returned}


def test_a_dropped_finding_is_not_told_and_stays_dropped_while_nothing_changes(folder: Path) -> None:
    said = {UNIT: Said((), frozenset({Code.IND_MEASURE_NOT_OFFERED.value, Code.SUM_FAILS.value}))}
    result = return_forms(folder, said=said, context=context())
    codes = {item.key.partition("|")[0] for item in the_return(result).opinions}
    assert not codes & {Code.IND_MEASURE_NOT_OFFERED, Code.SUM_FAILS}
    told = {dict(item.args)["finding_code"] for item in result.findings if item.code == Code.COL_ERROR_DROPPED}
    assert told == {Code.IND_MEASURE_NOT_OFFERED, Code.SUM_FAILS}
    assert len(result.findings) == len(told)
    shutil.copy(the_return(result).file, campaigns.inbox(folder) / "same.xlsx")
    collect(folder, context=context())
    again = the_return(return_forms(folder, context=context()))
    assert not {item.key.partition("|")[0] for item in again.opinions} & {Code.IND_MEASURE_NOT_OFFERED, Code.SUM_FAILS}
    assert {item.state for item in again.opinions} == {OpinionState.STANDING}


def test_an_opinion_is_placed_by_slot_or_cell_and_one_without_a_place_is_said(folder: Path) -> None:
    path = next(campaigns.inbox(folder).glob(f"{UNIT}*"))
    cell = seen(folder, path).cells["duties"]
    said = {UNIT: Said(((cell, "按格"), ("duties", "按栏"), ("", "全表"), ("ZZ99", "没有"))), "999": Said((("", "x"),))}
    result = return_forms(folder, said=said, context=context())
    assert sorted(item.code for item in result.findings) == [Code.COL_OPINION_PLACE, Code.DEF_UNIT_UNKNOWN]
    slots = {item.problem: item.slot for item in the_return(result).opinions}
    assert (slots["按格"], slots["按栏"], slots["全表"]) == ("duties", "duties", "")


def test_of_two_contents_of_one_issue_none_is_sent_back(folder: Path, exceljs: NodeClient) -> None:
    path = next(campaigns.inbox(folder).glob(f"{UNIT}*"))
    exceljs.fill(path, campaigns.inbox(folder) / "other.xlsx", [(FORM, seen(folder, path).cells["assets"], 7)])
    collect(folder, context=context())
    result = return_forms(folder, context=context())
    assert (result.returned, [item.code for item in result.findings]) == ((), [Code.COL_TWO_CONTENTS])


def test_after_acceptance_a_newer_clean_file_changes_nothing_and_says_so_until_somebody_decides(folder: Path) -> None:
    said = {CLEAN: Said((("duties", "请精简"),))}
    made = {item.unit_code: item for item in return_forms(folder, said=said, context=context()).returned}[CLEAN]
    accept(folder, CLEAN, context=context())
    shutil.copy(made.file, campaigns.inbox(folder) / "newer.xlsx")
    result = collect(folder, context=context())
    (held,) = [item for item in result.findings if item.code == Code.COL_NEWER_HELD]
    assert dict(held.args)["accepted"] == "1"
    assert Code.COL_SUPERSEDED not in [item.code for item in result.findings if item.position.unit_code == CLEAN]
    refused = accept(folder, CLEAN, file="newer.xlsx", context=context())
    assert [item.code for item in refused.findings] == [Code.COL_ALREADY_ACCEPTED]
    assert not reopen(folder, CLEAN, "单位要求", context=context()).findings
    assert accept(folder, CLEAN, context=context()).decided[0].issue == 2
