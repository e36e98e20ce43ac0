"""The allocation table hands indicators down to the units and keys the consolidation by its ids."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.golden import seed
from xltool import campaign as campaigns
from xltool.collect.examine import examine
from xltool.definition import load_form
from xltool.layout.form import lay_out
from xltool.model.campaign import AllocatedIndicator, Duty
from xltool.model.finding import Severity
from xltool.model.form import AnswerType, FormDefinition, Profile
from xltool.model.layout import FormLayout, Slot
from xltool.workflow.allocate import allocate
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate
from xltool.workflow.context import Context
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import generate
from xltool.workflow.opening import Opened, open_campaign, reading_of

EXAMPLE = Path(__file__).parents[1] / "examples" / "minhang-2024"
CONTEXT = Context(jobs=1)
NUMERIC = (AnswerType.MONEY, AnswerType.INTEGER)


def _records(name: str) -> list[dict[str, str]]:
    with (EXAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def form() -> FormDefinition:
    form, findings = load_form("minhang-2024")
    assert form is not None
    assert findings == ()
    return form


@pytest.fixture
def round_folder(tmp_path: Path) -> Path:
    """A round like the example's, before anything is issued."""
    folder = tmp_path / "round"
    folder.mkdir()
    for name in ("campaign.toml", "campaign.key", "units.csv", "rules.csv"):
        shutil.copyfile(EXAMPLE / name, folder / name)
    for place in (campaigns.outbox(folder), campaigns.inbox(folder)):
        place.mkdir()
    return folder


def _opened(folder: Path) -> Opened:
    opened = open_campaign(folder, CONTEXT)
    assert isinstance(opened, Opened), opened
    return opened


def _with_duties(folder: Path) -> None:
    """The table as a coordinator fills it in: every unit must report what it reported in the example."""
    carries = defaultdict(list)
    for record in _records("answers.csv"):
        carries[record["level"], record["name"]].append(record["unit_code"])
    names = {(item.level2, item.name) for item in seed.stored_indicators()}
    opened = _opened(folder)
    levels = {level.key: level for block in opened.form.blocks for level in getattr(block, "leaves", ())}
    answers = {(r["level"], r["name"]): r for r in _records("answers.csv")}
    units = [unit.code for unit in opened.campaign.units]
    with (folder / "allocation.csv").open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(["编号", "级次编码", "指标名称", "计算符号", "计量单位", "目标", *units])
        number = 0
        for (level, name), codes in carries.items():
            if (levels[level].path[-1], name) not in names:
                continue
            number += 1
            record = answers[level, name]
            marks = ["必填" if code in codes else "" for code in units]
            table.writerow([f"A{number:03d}", level, name, record["operator"], record["measure"], "开放", *marks])


class _Hand:
    """Types into the answers that are open."""

    def __init__(self, sheet: Worksheet, slots: dict[str, Slot]) -> None:
        self.sheet = sheet
        self.slots = slots

    def text(self, key: str) -> str:
        where = self.slots[key].range
        return str(self.sheet.cell(where.first_row, where.first_col).value or "")

    def type(self, key: str, text: str) -> None:
        slot = self.slots.get(key)
        if slot is None or slot.locked or not text:
            return
        numeric = slot.answer is not None and slot.answer.type in NUMERIC
        self.sheet.cell(slot.range.first_row, slot.range.first_col).value = Decimal(text) if numeric else text


def _fill(folder: Path, layout: FormLayout, path: Path, code: str) -> None:
    """Type the example's answers of one unit; allocated indicators stand there already."""
    book = openpyxl.load_workbook(path)
    slots = {slot.key: slot for slot in layout.slots}
    hand = _Hand(book[layout.sheet.name], slots)
    _fill_scalars(hand, code)
    rows = {(key.partition("#")[0], hand.text(key)): key for key in slots if key.endswith(".name")}
    for record in _records("answers.csv"):
        if record["unit_code"] == code:
            _fill_indicator(hand, record, rows.pop((record["level"], record["name"]), ""))
    book.save(campaigns.inbox(folder) / path.name)


def _fill_scalars(hand: _Hand, code: str) -> None:
    for record in _records("fields.csv"):
        if record["unit_code"] == code:
            hand.type(record["field"], record["text"])
    tasks = [record for record in _records("tasks.csv") if record["unit_code"] == code]
    for number, record in enumerate(tasks, start=1):
        for column in ("title", "content"):
            hand.type(f"tasks#{number:02d}.{column}", record[column])


def _fill_indicator(hand: _Hand, record: dict[str, str], name_key: str) -> None:
    """In its allocated row, or in the next spare one of its level."""
    if not name_key:
        level = f"{record['level']}#"
        name_key = next(
            key for key in hand.slots if key.startswith(level) and key.endswith(".name") and not hand.text(key)
        )
        hand.type(name_key, record["name"])
    for part in ("operator", "value", "measure"):
        hand.type(f"{name_key.removesuffix('.name')}.current.{part}", record[part])


def test_the_example_through_an_allocation_table_gives_the_published_form(round_folder: Path) -> None:
    """The 42 indicators come out by their ids, with the names and targets of the published form."""
    _with_duties(round_folder)
    made = generate(round_folder, context=CONTEXT)
    assert made.findings == ()
    opened = _opened(round_folder)
    for item in made.generated:
        unit = next(unit for unit in opened.campaign.units if unit.code == item.unit_code)
        layout = lay_out(opened.form, unit.role, Profile.FILL, filling_of(opened.form, opened.campaign, unit))
        _fill(round_folder, layout, item.file, unit.code)
    collected = collect(round_folder, context=CONTEXT)
    errors = [found for file in collected.files for found in file.findings if found.severity is Severity.ERROR]
    assert errors == []
    result = consolidate(round_folder, context=CONTEXT)
    assert result.consolidation is not None
    included = [figure for figure in result.consolidation.indicators if figure.included]
    found = [(*figure.levels, figure.name, figure.targets[0].text) for figure in included]
    assert sorted(found) == sorted((g.level1, g.level2, g.name, g.text) for g in seed.stored_indicators())
    assert all(figure.key.startswith("A") or ":A" in figure.key for figure in included)
    assert not result.consolidation.draft


def test_name_and_measure_are_locked_and_an_open_target_is_not(round_folder: Path, form: FormDefinition) -> None:
    """What the table fixes cannot be typed over; what it leaves open can."""
    opened = _opened(round_folder)
    rows = (
        AllocatedIndicator("A1", "output.quantity", "甲", "=", "", "家", duties=(("002", Duty.MUST),)),
        AllocatedIndicator("A2", "output.quantity", "乙", "≥", "5", "家", fixed=True, duties=(("002", Duty.MUST),)),
    )
    campaign = replace(opened.campaign, allocation=rows)
    unit = next(unit for unit in campaign.units if unit.code == "002")
    layout = lay_out(form, unit.role, Profile.FILL, filling_of(form, campaign, unit))
    locked = {slot.key.removeprefix("output.quantity#") for slot in layout.slots if slot.locked and slot.level}
    assert locked == {
        "01.name", "01.current.measure",
        "02.name", "02.current.operator", "02.current.value", "02.current.measure",
    }  # fmt: skip
    other = next(unit for unit in campaign.units if unit.code == "003")
    assert filling_of(form, campaign, other).ids == {}


def test_an_offered_indicator_left_blank_is_no_indicator_and_no_fault(round_folder: Path) -> None:
    """«可填» asks for nothing: the row counts once the unit writes a value."""
    (round_folder / "allocation.csv").write_text(
        "编号,级次编码,指标名称,计算符号,计量单位,002\nA1,output.quantity,甲,=,家,可填\n", encoding="utf-8"
    )
    made = generate(round_folder, ("002",), context=CONTEXT)
    opened = _opened(round_folder)
    blank = examine(made.generated[0].file.read_bytes(), reading_of(opened), "x.xlsx")
    assert blank.submission is not None
    assert blank.submission.indicators == ()
    assert not [found for found in blank.findings if found.code.startswith("IND0")]
    book = openpyxl.load_workbook(made.generated[0].file)
    slot = next(item for item in _slots(opened) if item.key == "output.quantity#01.current.value")
    book[opened.form.sheet.name].cell(slot.range.first_row, slot.range.first_col).value = "5"
    path = round_folder / "filled.xlsx"
    book.save(path)
    filled = examine(path.read_bytes(), reading_of(opened), "x.xlsx")
    assert filled.submission is not None
    assert [(item.id, item.name) for item in filled.submission.indicators] == [("A1", "甲")]


def _slots(opened: Opened) -> tuple[Slot, ...]:
    unit = next(unit for unit in opened.campaign.units if unit.code == "002")
    return lay_out(opened.form, unit.role, Profile.FILL, filling_of(opened.form, opened.campaign, unit)).slots


def test_the_table_written_from_a_result_reads_back_with_its_duties(round_folder: Path, tmp_path: Path) -> None:
    """allocate --from last year's dataset: each indicator is a duty of the units that contributed."""
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / "consolidated_indicators.csv").write_text(
        "level1,level2,name,operator,measure,kind,contributors,key\n"
        "产出指标,数量指标,甲,=,家,number,001 009,k1\n产出指标,时效指标,乙,定性,小时,duration,001,k2\n",
        encoding="utf-8-sig",
    )
    result = allocate(round_folder, folder, context=CONTEXT)
    assert result.findings == ()
    assert result.rows == 2
    first, second = _opened(round_folder).campaign.allocation
    assert (first.level, first.name, first.operator, first.measure) == ("output.quantity", "甲", "=", "家")
    assert [code for code, duty in first.duties if duty is Duty.MUST] == ["001", "009"]
    assert second.measure == ""


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("A 1,output.quantity,甲,,,必填", "DEF33", "编号"),
        ("A1,output.quantity,甲,固定,,必填", "DEF32", "目标值"),
        ("A1,output.nothing,甲,,,必填", "DEF40", "level"),
        ("A1,output.quantity,甲,,,也许", "DEF33", "002"),
    ],
)
def test_each_mistake_in_the_table_is_named_at_its_column(
    round_folder: Path, line: str, code: str, column: str
) -> None:
    """A wrong id, a fixed target without a value, an unknown level, an unknown mark."""
    (round_folder / "allocation.csv").write_text(f"编号,级次编码,指标名称,目标,目标值,002\n{line}\n", encoding="utf-8")
    found = open_campaign(round_folder, CONTEXT)
    assert not isinstance(found, Opened)
    assert [(item.code, item.position.column) for item in found if item.severity is Severity.ERROR] == [(code, column)]


def test_a_published_form_begins_a_table(round_folder: Path, shared: Path) -> None:
    """allocate --from the published text: its 42 indicators, each under its printed level, nobody's duty yet."""
    result = allocate(round_folder, shared / "seeds" / "minhang-2024.txt", context=CONTEXT)
    assert result.rows == 42
    allocation = _opened(round_folder).campaign.allocation
    assert (allocation[0].id, allocation[0].name, allocation[0].measure) == ("A001", "社会组织扶持奖励数", "家")
    assert {duty for row in allocation for _, duty in row.duties} <= {Duty.NOT}


def test_a_table_at_work_is_never_overwritten(round_folder: Path) -> None:
    """A second allocate writes beside the table that the coordinator may have filled in."""
    first = allocate(round_folder, context=CONTEXT)
    assert first.file is not None
    before = first.file.read_bytes()
    second = allocate(round_folder, context=CONTEXT)
    assert second.file is not None
    assert second.file != first.file
    assert first.file.read_bytes() == before
