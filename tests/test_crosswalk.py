"""From every cell of the 汇总表 and of the 底稿 one reaches the file, the sheet and the cell it came from."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.consolidation_cases import a_campaign, a_form, a_submission, an_indicator
from tests.issued import form_of
from tests.test_demo import same
from tests.test_working_paper_random import a_round, decisions
from xltool.consolidate import consolidate, deliberate
from xltool.consolidate.crosswalk import Behind, behind
from xltool.consolidate.fields import NUMERIC, scalars
from xltool.consolidate.handing import contributions_of
from xltool.findings import Code
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.consolidation import Consolidation, Contribution
from xltool.model.form import FormDefinition, Role, Rows, Tree
from xltool.model.submission import RowAnswer, Submission
from xltool.reports.consolidated import consolidated_cells, consolidated_form
from xltool.reports.working_paper import working_paper
from xltool.words import table
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate as consolidate_round
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.trace import trace

EXAMPLES = Path(__file__).parents[1] / "examples"
CONTEXT = Context(jobs=1)
OF_NO_UNIT = {"count_units", "consolidated_name"}  # formed from the roster
FORMS = ("minhang-2024", "yuzhong-2020")
SHEETS = table("working_paper")["sheets"]


@pytest.fixture(scope="module")
def minhang(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crosswalk") / "minhang"
    for _ in demo(folder, context=CONTEXT):
        pass
    return folder


@pytest.fixture(scope="module")
def yuzhong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crosswalk") / "yuzhong"
    shutil.copytree(EXAMPLES / "yuzhong-2020", folder)
    collect(folder, context=CONTEXT)
    consolidate_round(folder, context=CONTEXT)
    return folder


@pytest.fixture(params=FORMS)
def folder(request: pytest.FixtureRequest) -> Path:
    found = request.getfixturevalue(request.param.partition("-")[0])
    assert isinstance(found, Path)
    return found


def texts(book: Workbook) -> dict[str, str]:
    """What stands in each cell of the first sheet."""
    page = book.worksheets[0]
    cells = (cell for row in page.iter_rows() for cell in row)
    return {cell.coordinate: str(cell.value) for cell in cells if cell.value not in (None, "")}


@cache
def captions(form_id: str, department: str) -> frozenset[str]:
    """Every text of the form's own, as a form in which nothing is answered shows it."""
    form = form_of(form_id)
    blank = consolidate(form, a_campaign(units=()), {})
    empty = replace(blank, fields=(), rows=(), indicators=(), draft=False)
    data = consolidated_form(form, empty, department, sign_block=False)
    return frozenset({*texts(_book(data)).values(), *_levels(form)})


def _levels(form: FormDefinition) -> Iterator[str]:
    for block in form.blocks:
        if isinstance(block, Tree):
            for leaf in block.leaves:
                yield from leaf.path


def _book(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


# The published forms


def test_every_filled_cell_of_the_form_is_traced(folder: Path) -> None:
    filled = texts(openpyxl.load_workbook(folder / "result" / "汇总表.xlsx"))
    traced = {one.cell for one in trace(folder, context=CONTEXT).cells}
    form = form_of(next(name for name in FORMS if name.startswith(folder.name)))
    own = captions(form.id, "示例区民政局")
    left = {cell: text for cell, text in filled.items() if cell not in traced and text not in own}
    assert left == {}
    assert traced <= filled.keys()
    assert len(traced) > 40


def test_every_traced_cell_leads_to_the_very_cells_of_the_archived_originals(folder: Path) -> None:
    @cache
    def book(digest: str, file: str) -> Workbook:
        return openpyxl.load_workbook(folder / "archive" / digest / file)

    found = trace(folder, context=CONTEXT).cells
    for one in found:
        told = one.behind.contributions
        assert any(item.used for item in told) or one.behind.rule in OF_NO_UNIT, one
        for item in told:
            held = book(item.sha256, item.file)[item.sheet][item.cell].value
            assert same("" if held is None else held, item.text), item


def test_the_dataset_leads_the_same_way(folder: Path) -> None:
    """By its own columns alone: the cell to the figure, the figure to the contributions."""
    filled = texts(openpyxl.load_workbook(folder / "result" / "汇总表.xlsx"))
    told = list(rows(folder, "contributions"))
    tables = [path.stem for path in (folder / "result" / "dataset").glob("consolidated_*.csv")]
    placed = {row["cell"]: (name, row) for name in tables for row in rows(folder, name) if row["cell"]}
    assert len(placed) > 30
    for cell, (name, row) in placed.items():
        key = row.get("field") or row.get("figure") or row["key"]
        behind_it = [item for item in told if item["figure"] == key and item["target"] in ("", row.get("target", ""))]
        assert any(item["used"] == "true" for item in behind_it) or row.get("rule") in OF_NO_UNIT, (name, row)
        assert filled[cell]


def rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / "result" / "dataset" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def test_one_cell_is_asked_for_by_its_address_and_a_figure_by_its_key(minhang: Path) -> None:
    by_key = trace(minhang, ["budget.total"], context=CONTEXT).cells
    by_cell = trace(minhang, [by_key[0].cell.lower(), f"${by_key[0].cell}"], context=CONTEXT).cells
    assert {one.behind for one in (*by_key, *by_cell)} == {by_key[0].behind}
    assert by_key[0].behind.text == "476,373,173.65"
    assert sum(item.number or 0 for item in by_key[0].behind.contributions) == Decimal("476373173.65")


def test_a_place_without_a_figure_is_named(minhang: Path) -> None:
    result = trace(minhang, ["A1", "budget.total"], context=CONTEXT)
    assert [item.code for item in result.findings] == [Code.REC_NO_FIGURE]
    assert len(result.cells) == 1


# The working paper


def follow(book: Workbook, paper: Worksheet, told: dict[tuple[str, str, str], Contribution]) -> int:
    """Every linked value of the first sheet: its row of 来源 names the file, sheet and cell. How many there were."""
    sources = book[SHEETS["sources"]]
    followed = 0
    for row in paper.iter_rows():
        for cell in row:
            place = re.fullmatch(rf"'{SHEETS['sources']}'!A(\d+)", (cell.hyperlink and cell.hyperlink.location) or "")
            if place is not None:
                line = [str(item.value or "") for item in sources[int(place[1])]]
                unit, text, (file, digest, sheet, at) = line[1], line[2], line[5:9]
                found = [item for item in told.values() if (item.unit_name, item.file, item.sheet, item.cell) ==
                         (unit, file, sheet, at)]  # fmt: skip
                assert text in {item.text for item in found} | {""}, (cell.coordinate, unit, text)
                assert digest in {item.sha256 for item in found}
                followed += 1
    return followed


def by_place(result: Consolidation) -> dict[tuple[str, str, str], Contribution]:
    return {(item.unit_code, item.key, item.column): item for item in contributions_of(result)}


@pytest.mark.parametrize("seed", range(8))
def test_every_value_of_the_working_paper_leads_to_its_source(seed: int) -> None:
    (form, campaign, submissions), _ = a_round(seed)
    made = deliberate(form, campaign, submissions)
    book = _book(working_paper(form, campaign, "", made, {}))
    assert follow(book, book.worksheets[0], by_place(made.result)) == sum(len(one.candidates) for one in made.formed)


def test_every_value_of_the_examples_working_paper_leads_to_its_source(folder: Path) -> None:
    originals: dict[tuple[str, str], Workbook] = {}
    book = openpyxl.load_workbook(folder / "result" / "底稿.xlsx")
    links = [cell.hyperlink.location for row in book.worksheets[0].iter_rows(min_row=5) for cell in row
             if cell.hyperlink is not None and cell.hyperlink.location]  # fmt: skip
    assert len(links) > 40
    for link in links:
        line = [str(cell.value or "") for cell in book[SHEETS["sources"]][int(link.rpartition("A")[2])]]
        shown, (file, digest, sheet, place) = line[2], line[5:9]
        if (digest, file) not in originals:
            originals[digest, file] = openpyxl.load_workbook(folder / "archive" / digest / file)
        held = originals[digest, file][sheet][place].value
        assert same("" if held is None else held, shown), (link, held, shown)


# Random campaigns


def a_random_campaign(form: FormDefinition, seed: int) -> tuple[Campaign, dict[str, Submission]]:
    """Units with random answers to a real form: amounts, texts, tasks, indicators under every level."""
    random = Random(seed)
    count = random.randint(2, 9)
    units = tuple(ReportingUnit(f"{n:03}", f"单位{n}", Role.UNIT if n else Role.OWN) for n in range(count))
    leaves = [leaf for block in form.blocks if isinstance(block, Tree) for leaf in block.leaves if leaf.entry != "none"]
    block = next((block for block in form.blocks if isinstance(block, Rows)), None)
    found = {}
    for unit in units:
        fields = {scalar.key: Decimal(random.randint(0, 10**7)).scaleb(-2) if scalar.answer.type in NUMERIC else
                  random.choice(["甲", "乙"]) for scalar in scalars(form)}  # fmt: skip
        told = [
            an_indicator(f"事项{random.randint(1, 4)}", random.choice(["=3.00(个)", "≥90.00(%)", "及时", "每月15号前"]),
                         level=leaf.key, row=place, previous=random.choice([None, "9(个)"]), remark="备注")
            for place, leaf in enumerate(leaves, start=1) if random.random() < 0.7
        ]  # fmt: skip
        tasks = [] if block is None else [_row(block, place, unit.code) for place in (1, 2)]
        found[unit.code] = a_submission(unit.code, fields=dict(fields), rows=tasks, indicators=[
            replace(item, levels=next(leaf.path for leaf in leaves if leaf.key == item.level)) for item in told
        ])  # fmt: skip
    return a_campaign(units=units), found


def _row(block: Rows, place: int, code: str) -> RowAnswer:
    given = a_submission("x", fields={column.key: f"{code}的{column.label}{place}" for column in block.columns})
    wanted = {column.key for column in block.columns}
    return RowAnswer(
        block.frame.key, f"{block.frame.key}#{place:02}", tuple(item for item in given.fields if item.key in wanted)
    )


def check(form: FormDefinition, campaign: Campaign, result: Consolidation) -> int:
    """Every cell has its figure and every figure its values; the cells that were looked at."""
    cells = consolidated_cells(form, result, campaign.department, sign_block=False)
    filled = texts(_book(consolidated_form(form, result, campaign.department, sign_block=False)))
    own = captions(form.id, campaign.department)
    assert {cell for cell in filled if cell not in cells and filled[cell] not in own} <= {"A1", "A2", "B2"}  # the title
    for cell, shown in cells.items():
        found = behind(result, *shown)
        assert isinstance(found, Behind), (cell, shown)
        assert cell in filled
        is_name = not shown[1] and ":" in shown[0]  # which stands there while its target is undecided
        assert any(is_name or item.used for item in found.contributions) or found.rule in OF_NO_UNIT, (cell, found)
        for item in found.contributions:
            assert item.used == (item.reason == "")
            assert item.file
            assert item.cell
    return len(cells)


@pytest.mark.parametrize("form_id", FORMS)
@pytest.mark.parametrize("seed", range(6))
def test_every_cell_of_any_consolidated_form_is_traced(form_id: str, seed: int) -> None:
    form = form_of(form_id)
    campaign, submissions = a_random_campaign(form, seed)
    assert check(form, campaign, consolidate(form, campaign, submissions)) > 10


@pytest.mark.parametrize("seed", range(4))
def test_so_it_is_after_decisions(seed: int) -> None:
    form = form_of("minhang-2024")
    campaign, submissions = a_random_campaign(form, seed)
    first = deliberate(form, campaign, submissions)
    decided = [item for item in decisions(first, list(submissions), Random(seed)) if not item.override]
    made = deliberate(form, campaign, submissions, decided)
    cells = consolidated_cells(form, made.result, campaign.department, sign_block=False)
    assert all(behind(made.result, *shown) for shown in cells.values())


def test_a_remark_that_stands_in_the_form_leads_to_the_cell_it_was_written_in() -> None:
    mine = [an_indicator("甲", "=1(个)", remark="说明")]
    told = {unit: a_submission(unit, indicators=mine) for unit in ("001", "002")}
    result = consolidate(a_form(), a_campaign([RuleLine("indicator", "", "甲", "sum")]), told)
    (figure,) = result.indicators
    found = behind(result, figure.key, "remark")
    assert found is not None
    assert found.text == dict(figure.extras)["remark"]
    assert {item.key for item in found.contributions} == {"output.quantity#01.remark"}


def test_what_is_no_figure_has_nothing_behind_it() -> None:
    result = consolidate(a_form(), a_campaign(), {})
    assert behind(result, "nothing") is None
