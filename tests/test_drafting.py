"""Drafting closes the circle: the blank that a form generates gives a draft that generates the same blank."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Font, Side

from tests.issued import Issued, issue
from tests.test_forms import FOLDERS, TASKS, by_openpyxl, figures, form
from tests.test_pages import captioned
from xltool.collect.interpret import interpret
from xltool.collect.locate import locate
from xltool.definition import load
from xltool.drafting import Confidence, Draft, draft, told
from xltool.excel.read import read_bytes
from xltool.excel.write import write
from xltool.findings import Code
from xltool.layout.form import lay_out
from xltool.model.form import (
    Answer,
    AnswerType,
    Block,
    Fields,
    FormDefinition,
    Level,
    Lines,
    Profile,
    Role,
    Rows,
    Tree,
)
from xltool.model.layout import FormLayout, SheetPlan, WorkbookPlan
from xltool.model.submission import Identity
from xltool.model.workbook import CellRange

NAMING: Mapping[str, Any] = tomllib.loads((Path(__file__).parent / "cases" / "naming.toml").read_text(encoding="utf-8"))
IDENTITY = Identity("form", "1", "round", "001", 1)


def stripped(layout: FormLayout) -> SheetPlan:
    """The form's sheet without names, keys and hidden columns, and without rules that refer to hidden sheets."""
    cells = tuple(cell for cell in layout.sheet.cells if cell.range.first_col != layout.key_column)
    rules = tuple(rule for rule in layout.sheet.rules if not any("XT_" in item or "L_" in item for item in rule.values))
    return replace(layout.sheet, cells=cells, rules=rules, marks=(), names=(), protected=layout.key_column > 0)


def loaded(made: Draft, folder: Path) -> FormDefinition:
    assert made.findings == ()
    folder.mkdir(exist_ok=True)
    (folder / "form.toml").write_text(made.form_toml, encoding="utf-8")
    (folder / "indicators.csv").write_text(made.indicators_csv, encoding="utf-8")
    definition, findings = load(folder)
    assert definition is not None, [(item.code, item.args) for item in findings]
    assert findings == ()
    return definition


def drafted(layout: FormLayout, folder: Path, *, print_area: bool = True) -> tuple[Draft, FormDefinition]:
    sheet = stripped(layout)
    path = folder / "blank.xlsx"
    path.write_bytes(write(WorkbookPlan((sheet if print_area else replace(sheet, print_area=None, repeat_rows=None),))))
    made = draft(path, "drafted")
    return made, loaded(made, folder / "drafted")


def shape(layout: FormLayout) -> tuple[dict[CellRange, str], tuple[float, ...], str, bool]:
    """Captions and merged ranges, column widths and page of the form itself; the live help beside it left out."""
    top, right = (2, layout.check_column) if layout.key_column else (1, len(layout.sheet.widths) + 1)
    cells = {
        CellRange(where.first_row - top + 1, where.first_col, where.last_row - top + 1, where.last_col): str(
            cell.content or ""
        )
        for cell in layout.sheet.cells
        if (where := cell.range).first_row >= top and where.first_col < right
    }
    return cells, layout.sheet.widths[: right - 1], layout.sheet.paper, layout.sheet.landscape


# --- the circle ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.UNIT, Role.DEPARTMENT])
@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", FOLDERS)
def test_the_draft_of_a_blank_generates_the_same_captions_merges_and_widths(
    name: str, profile: Profile, role: Role, tmp_path: Path
) -> None:
    layout = lay_out(form(name), role, profile)
    _, definition = drafted(layout, tmp_path)
    assert shape(lay_out(definition, role, profile)) == shape(layout)


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", FOLDERS)
def test_a_blank_without_print_area_is_told_from_what_stands_beside_it(
    name: str, profile: Profile, tmp_path: Path
) -> None:
    layout = lay_out(form(name), Role.UNIT, profile)
    _, definition = drafted(layout, tmp_path, print_area=False)
    assert shape(lay_out(definition, Role.UNIT, profile)) == shape(layout)


@pytest.mark.parametrize("shared", [False, True])
def test_a_caption_printed_in_parts_on_several_pages_is_one_caption_of_the_draft(shared: bool, tmp_path: Path) -> None:
    wanted = captioned(form(TASKS), shared)
    layout = lay_out(wanted, Role.DEPARTMENT, Profile.PRINT)
    assert {cell.style.open_side for cell in layout.sheet.cells} == {"", "top", "bottom"}
    _, definition = drafted(layout, tmp_path)
    assert [item.caption for item in definition.sections] == [item.caption for item in wanted.sections]
    assert shape(lay_out(definition, Role.DEPARTMENT, Profile.PRINT)) == shape(layout)


def test_every_form_of_the_house_is_drafted() -> None:
    assert set(FOLDERS) == set(NAMING)


# --- with its keys named, the draft reads what the form reads -----------------------------------------------------


def named(definition: FormDefinition, names: Mapping[str, Mapping[str, str]]) -> FormDefinition:
    return replace(definition, blocks=tuple(_named(block, names) for block in definition.blocks))


def _named(block: Block, names: Mapping[str, Mapping[str, str]]) -> Block:
    key = names.get("blocks", {}).get(block.frame.key, block.frame.key)
    block = replace(block, frame=replace(block.frame, key=key))
    fields, columns, leaves = (names.get(kind, {}) for kind in ("fields", "columns", "leaves"))

    def column(item: Answer) -> Answer:
        return replace(item, key=columns.get(f"{key}.{item.key}", item.key))

    match block:
        case Fields():
            return replace(block, rows=tuple(
                tuple(replace(item, key=fields.get(item.key, item.key)) for item in row) for row in block.rows
            ))  # fmt: skip
        case Lines():
            lines = names.get("lines", {})
            renamed = tuple(replace(item, key=lines.get(f"{key}.{item.key}", item.key)) for item in block.lines)
            return replace(block, lines=renamed, columns=tuple(map(column, block.columns)))
        case Rows():
            return replace(block, columns=tuple(map(column, block.columns)))
        case Tree():
            found = tuple(replace(item, key=leaves.get(item.key, item.key)) for item in block.leaves)
            return replace(block, leaves=found, columns=tuple(map(column, block.columns)))
    return block


def everything(issued: Issued) -> dict[str, Any]:
    """An answer for every open cell of the scalar fields and of the first two rows of every table."""
    content: dict[str, Any] = {}
    for number, slot in enumerate(issued.layout.slots, start=1):
        _, _, row = slot.row_key.partition("#")
        if slot.locked or row > "02":
            continue
        if slot.answer is None:
            measure = next(iter(slot.level.measures), "个") if isinstance(slot.level, Level) else ""
            whole = {"operator": "≥", "value": str(number), "measure": measure}
            content[slot.key] = whole.get(slot.part, f"第{number}项指标")
        elif slot.answer.type is AnswerType.CHOICE:
            content[slot.key] = slot.answer.choices[0]
        elif slot.answer.type is AnswerType.TEXT or slot.answer.type is AnswerType.PHONE:
            content[slot.key] = f"第{number}处文字"
        else:
            content[slot.key] = Decimal(number % 90)
    return content


@cache
def filled(name: str) -> bytes:
    issued = issue(form(name))
    return by_openpyxl(issued, everything(issued))


def read(data: bytes, definition: FormDefinition) -> dict[str, Any]:
    layout = lay_out(definition, Role.UNIT, Profile.FILL)
    workbook, _ = read_bytes(data)
    assert workbook is not None
    return figures(interpret(workbook, locate(workbook, layout), layout, IDENTITY))


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", FOLDERS)
def test_with_its_keys_named_the_draft_reads_the_same_values(name: str, profile: Profile, tmp_path: Path) -> None:
    _, definition = drafted(lay_out(form(name), Role.UNIT, profile), tmp_path)
    expected = read(filled(name), form(name))
    if profile is Profile.PRINT:  # what only the fill form asks for cannot be known from the paper
        paper = {slot.key for slot in lay_out(form(name), Role.UNIT, Profile.PRINT).slots}
        fill_only = {slot.key for slot in issue(form(name)).layout.slots if "#" not in slot.row_key} - paper
        expected = {key: value for key, value in expected.items() if key not in fill_only}
    assert read(filled(name), named(definition, NAMING[name])) == expected


# --- guesses ------------------------------------------------------------------------------------------------------


def test_every_guess_names_its_cell_and_can_be_told_in_both_languages(tmp_path: Path) -> None:
    for name in FOLDERS:
        made, _ = drafted(lay_out(form(name), Role.UNIT, Profile.PRINT), tmp_path)
        assert made.guesses
        for guess in made.guesses:
            assert guess.cell
            assert guess.confidence in Confidence
            assert told(guess)
            assert told(guess, "en")


def test_an_answer_that_is_no_text_is_guessed_by_its_format(tmp_path: Path) -> None:
    _, definition = drafted(lay_out(form("three-targets"), Role.UNIT, Profile.PRINT), tmp_path)
    (lines,) = [block for block in definition.blocks if isinstance(block, Lines)]
    assert [item.type for item in lines.columns] == ["money", "percent", "money", "text"]


# --- blanks of other makers ---------------------------------------------------------------------------------------


LINE = Border(left=Side("thin"), right=Side("thin"), top=Side("thin"), bottom=Side("thin"))


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """A blank as a bureau types it: a title over unmerged cells, single answer cells, examples in the table."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "附件2"
    rows: list[list[str | None]] = [
        ["2025年部门整体支出绩效目标申报表"],
        ["填报单位（盖章）：", None, None, None, "单位：万元"],
        ["部门名称", None, None, None, "联系人", None],
        ["年度主要任务", "任务名称", "主要内容", None, "预算金额", "其中：财政拨款"],
        [], [], [],
        [None, "金额合计"],
        ["年度总体目标"],
        ["年度绩效指标", "一级指标", "二级指标", "三级指标", "指标值", "备注"],
        [None, "产出指标", "数量指标", "指标1：", ],
        [None, None, None, "……"],
        [None, None, "质量指标", "指标1："],
        [None, "满意度指标", "服务对象满意度指标", "服务对象满意度", "≥90%"],
        ["填表人：", None, None, None, "日期："],
    ]  # fmt: skip
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            sheet.cell(number, column, text)
        for column in range(1, 7):
            if 3 <= number <= 14:
                sheet.cell(number, column).border = LINE
    for area in (
        "B3:D3",
        "A4:A8",
        "C4:D4",
        "C5:D5",
        "C6:D6",
        "C7:D7",
        "B8:D8",
        "B9:F9",
        "A10:A14",
        "B11:B13",
        "C11:C12",
    ):
        sheet.merge_cells(area)
    sheet["A1"].font = Font("黑体", 18)
    sheet["A1"].alignment = Alignment("centerContinuous")
    sheet.row_dimensions[9].height = 160
    sheet.page_setup.orientation = "landscape"
    for letter, width in zip("ABCDEF", (12, 14, 16, 24, 14, 14), strict=True):
        sheet.column_dimensions[letter].width = width + 0.7109375
    path = tmp_path / "2025 bumen.xlsx"
    book.save(path)
    return path


def test_a_blank_typed_by_a_bureau_gives_a_sound_draft(official: Path, tmp_path: Path) -> None:
    made = draft(official)
    definition = loaded(made, tmp_path / "drafted")
    assert (definition.id, definition.year, definition.money) == ("2025-bumen", 2025, "万元")
    assert list(definition.sheet.tracks) == [12, 14, 16, 24, 14, 14]
    assert definition.sheet.landscape
    kinds = [type(block).__name__ for block in definition.blocks]
    assert kinds == ["Band", "Fields", "Fields", "Rows", "Lines", "Fields", "Tree", "Fields"]
    _, head, basic, tasks, total, goal, tree, sign = definition.blocks
    assert isinstance(head, Fields)
    assert head.note is not None
    assert (head.note.text, head.frame.ruled) == ("单位：万元", False)
    assert isinstance(basic, Fields)
    assert [item.label for row in basic.rows for item in row] == ["部门名称", "联系人"]
    assert isinstance(tasks, Rows)
    assert [(item.key, item.type) for item in tasks.columns] == [
        ("title", "text"), ("content", "text"), ("amount", "money"), ("fiscal", "money"),
    ]  # fmt: skip
    assert isinstance(total, Lines)
    assert [item.key for item in total.columns] == ["amount", "fiscal"]
    assert total.frame.section == tasks.frame.section
    assert isinstance(goal, Fields)
    assert goal.rows[0][0].max_length >= 600
    assert isinstance(sign, Fields)
    assert sign.sign
    assert isinstance(tree, Tree)
    assert [(leaf.key, leaf.prepared) for leaf in tree.leaves] == [
        ("output.quantity", 2), ("output.quality", 1), ("satisfaction.served", 1),
    ]  # fmt: skip
    assert [item.name for item in tree.leaves[2].indicators] == ["服务对象满意度"]
    assert tree.leaves[0].indicators == ()


def test_the_guesses_of_a_bureaus_blank_stand_at_its_cells(official: Path) -> None:
    at = {(guess.cell, guess.kind) for guess in draft(official).guesses}
    assert {("A1", "title"), ("B2", "field"), ("E2", "note"), ("A4", "section"), ("B4", "rows"), ("B8", "lines"),
            ("B9", "field"), ("E10", "one_cell"), ("D11", "placeholder"), ("D14", "prescribed")} <= at  # fmt: skip


def test_what_is_no_workbook_gives_a_finding_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(b"not a workbook")
    made = draft(path)
    assert made.form_toml == ""
    assert [item.code for item in made.findings] == [Code.FILE_TEXT_OR_HTML]


def test_an_empty_workbook_gives_a_finding_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    openpyxl.Workbook().save(path)
    assert [item.code for item in draft(path).findings] == [Code.FILE_EMPTY]


def test_a_row_that_ends_early_is_stretched_and_the_guess_says_so(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for address, text in {"A1": "单位名称", "C1": "编码", "A2": "地址", "B3": "孤立的文字"}.items():
        sheet[address] = text
    for address in ("A1", "B1", "C1", "D1", "A2", "B2", "A3", "B3", "C3", "D3"):
        sheet[address].border = LINE
    path = tmp_path / "holes.xlsx"
    book.save(path)
    made = draft(path)
    definition = loaded(made, tmp_path / "drafted")
    spans = [
        [(item.label_span, item.answer_span) for item in row]
        for block in definition.blocks
        if isinstance(block, Fields)
        for row in block.rows
    ]
    assert spans == [[(1, 1), (1, 1)], [(1, 3)], [(1, 3)]]
    assert {("B2", "stretched"), ("A3", "unread")} <= {(guess.cell, guess.kind) for guess in made.guesses}
