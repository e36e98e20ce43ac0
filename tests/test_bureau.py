"""The finance bureau returns the department's own form: it goes the units' way, and is handed in again."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.fill_inbox import Example
from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.commands import as_json, xltool
from tests.conftest import ROOT
from tests.test_correction_loop import REVIEW_SHEET, REVIEW_TEXT, line_of
from tests.test_returns import FORM, OPINIONS, attempts, come_back, context, folder, reason_cell, seen, the_return
from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.excel.read import read_bytes
from xltool.findings import Code
from xltool.model.opinion import OpinionSource, OpinionState
from xltool.model.standing import Standing
from xltool.store.ledger import Ledger
from xltool.workflow.collect import collect
from xltool.workflow.decide import accept, hand_in, stamp
from xltool.workflow.generate import generate
from xltool.workflow.opinions import Said
from xltool.workflow.returns import return_forms
from xltool.workflow.reviewing import opinions_file, review
from xltool.workflow.status import status

__all__ = ["folder"]
EXAMPLE = Example(ROOT / "examples" / "minhang-2024")
DEPARTMENT = "000"
BUREAU_COLUMN = REVIEW_TEXT + 1


@pytest.fixture
def handed_in(folder: Path, exceljs: NodeClient) -> Path:
    """The department's own form filled in, accepted, stamped and handed in to the finance bureau."""
    with (folder / "units.csv").open("a", encoding="utf-8") as file:
        file.write(f"{DEPARTMENT},示例区民政局（部门）,department,财务科,021-00000001\n")
    issued = generate(folder, (DEPARTMENT,), context=context()).generated[0].file
    where = seen(folder, issued).cells
    answers = EXAMPLE.answers("001", spoiled=False) | {"subordinate_units": "10"}
    exceljs.fill(issued, campaigns.inbox(folder) / "department.xlsx", [
        (FORM, where[slot], _value(text)) for slot, text in answers.items() if slot in where
    ])  # fmt: skip
    collect(folder, context=context())
    assert attempts(folder, DEPARTMENT) == [(1, "accepted")]
    stamp(folder, DEPARTMENT, context=context())
    hand_in(folder, (DEPARTMENT,), context=context())
    return folder


def _value(text: str) -> str | float:
    return float(text) if text.replace(".", "").isdigit() and len(text) > 2 else text


def standing(place: Path) -> Standing:
    return next(row.standing for row in status(place, context=context()).rows if row.code == DEPARTMENT)


def test_what_the_bureau_returned_is_reopened_corrected_and_handed_in_again(
    handed_in: Path, libreoffice: LibreOffice
) -> None:
    assert standing(handed_in) is Standing.HANDED_IN
    review(handed_in, (DEPARTMENT,), context=context())
    path = opinions_file(handed_in)
    with libreoffice.open(path) as book:
        for place, text in (("goals", "履职目标请压缩到三百字"), ("output.quantity", "数量指标请再细化")):
            row = line_of(path, DEPARTMENT, place)
            book.type(REVIEW_SHEET, a1(row, REVIEW_TEXT), text)
            assert book.choose(REVIEW_SHEET, a1(row, BUREAU_COLUMN), "财政部门").changed
        book.save(path)
    result = return_forms(handed_in, (DEPARTMENT,), context=context())
    made = the_return(result)
    assert [item.code for item in result.findings] == [Code.COL_REOPENED]
    assert {item.problem: (item.source, item.slot) for item in made.opinions} == {
        "履职目标请压缩到三百字": (OpinionSource.BUREAU, "goals"),
        "数量指标请再细化": (OpinionSource.BUREAU, "output.quantity"),
    }
    assert "财政部门" in sources_on(made.file)
    assert standing(handed_in) is Standing.RETURNED
    with libreoffice.open(made.file) as book:
        book.type(FORM, seen(handed_in, made.file).cells["goals"], "坚持以人民为中心，兜住底线，管好用好资金。")
        book.save(campaigns.inbox(handed_in) / "again.xlsx")
    collect(handed_in, context=context())
    assert attempts(handed_in, DEPARTMENT)[-1] == (2, "waiting")  # nothing was done about the second opinion
    again = the_return(return_forms(handed_in, (DEPARTMENT,), context=context()))
    assert {item.problem: item.state for item in again.opinions} == {
        "履职目标请压缩到三百字": OpinionState.FIXED, "数量指标请再细化": OpinionState.STANDING,
    }  # fmt: skip
    standing_one = next(item for item in again.opinions if item.state is OpinionState.STANDING)
    with libreoffice.open(again.file) as book:  # the level is computed from the units': it is answered with a reason
        book.type(OPINIONS, reason_cell(again.file, standing_one.key, handed_in), "各单位数量指标已细化到位")
        book.save(campaigns.inbox(handed_in) / "third.xlsx")
    collect(handed_in, context=context())
    assert attempts(handed_in, DEPARTMENT)[-1] == (3, "waiting")  # whether the reason will do is for a person to say
    accept(handed_in, DEPARTMENT, context=context())
    assert standing(handed_in) is Standing.ACCEPTED
    stamp(handed_in, DEPARTMENT, context=context())
    hand_in(handed_in, (DEPARTMENT,), context=context())
    assert standing(handed_in) is Standing.HANDED_IN
    assert events(handed_in) == [
        "issued", "received", "checked", "accepted", "stamped", "handed-in", "reopened bureau", "returned",
        "received", "checked", "waiting", "returned", "received", "checked", "waiting", "superseded", "superseded",
        "accepted", "stamped", "handed-in",
    ]  # fmt: skip


def sources_on(path: Path) -> set[str]:
    workbook, findings = read_bytes(path.read_bytes())
    assert workbook is not None, findings
    sheet = next(item for item in workbook.sheets if item.name == OPINIONS)
    return {cell.text for (_, col), cell in sheet.cells.items() if col == 2}


def events(place: Path) -> list[str]:
    with Ledger.open(campaigns.ledger(place)) as ledger:
        assert isinstance(ledger, Ledger)
        return [" ".join(filter(None, (item.event, item.reason))) for item in ledger.history(DEPARTMENT)]


def test_the_reviewers_own_opinion_does_not_reopen_what_was_handed_in(handed_in: Path) -> None:
    said = {DEPARTMENT: Said((("goals", "请精简"),))}
    result = return_forms(handed_in, (DEPARTMENT,), said=said, context=context())
    assert (result.returned, [item.code for item in result.findings]) == ((), [Code.COL_ALREADY_ACCEPTED])
    assert standing(handed_in) is Standing.HANDED_IN


def test_the_bureaus_opinions_are_given_on_the_command_line_too(handed_in: Path) -> None:
    done = xltool("return", "-C", handed_in, "--unit", DEPARTMENT, "--from", "bureau",
                  "--opinion", f"{DEPARTMENT}:goals=请压缩")  # fmt: skip
    assert f"警告 {Code.COL_REOPENED}" in done.stdout
    rows = {row["code"]: row["standing"] for row in as_json("status", "-C", handed_in)["rows"]}
    assert rows[DEPARTMENT] == Standing.RETURNED
    with Ledger.open(campaigns.ledger(handed_in)) as ledger:
        assert isinstance(ledger, Ledger)
        assert [item.source for item in ledger.opinions(DEPARTMENT, 2)] == [OpinionSource.BUREAU]


def test_an_opinion_of_the_bureau_on_a_units_figure_goes_to_that_unit(handed_in: Path, exceljs: NodeClient) -> None:
    said = {"002": Said(bureau=(("assets", "资产总额与决算不一致"),))}
    made = the_return(return_forms(handed_in, ("002",), said=said, context=context()))
    assert [(item.source, item.slot) for item in made.opinions] == [(OpinionSource.BUREAU, "assets")]
    come_back(handed_in, made, exceljs.fill, [(FORM, seen(handed_in, made.file).cells["assets"], 31205871)])
    assert attempts(handed_in, "002") == [(1, "superseded"), (2, "accepted")]
