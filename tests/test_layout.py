"""The plan of a form sheet: nothing overlaps, everything has one place, only answers are open, every caption stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.issued import FORM_IDS, form_of, issue
from xltool.addresses import absolute_range, parse_range
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.guide import guide_sheet, lists_sheet
from xltool.layout.metrics import EXCEL_ROW_LIMIT, height_for_length
from xltool.model.form import (
    AnswerType,
    Band,
    Fields,
    FormDefinition,
    Lines,
    Profile,
    Role,
    Rows,
    Tree,
)
from xltool.model.layout import FormLayout, PlanCell, Slot
from xltool.model.workbook import CellRange

FORMS = [pytest.param(form_of(form_id), id=form_id) for form_id in FORM_IDS]
MINHANG, YUZHONG = form_of("minhang-2024"), form_of("yuzhong-2020")
MINHANG_FILL_ORDER = """
部门（单位）整体支出绩效目标申报表 （2024年度） 部门名称 部门职责 年度履职目标 年度重点任务 任务名称
主要内容（重点工作计划） 预算情况 内容 预算情况 部门整体预算总额(元) 1、资金来源:(1)财政拨款 (2)其他资金
2、资金结构:(1)基本支出 (2)项目支出 年末资产总额(元) 年末在职人数 内设机构数 分解目标 一级目标 二级目标
三级目标 指标目标值 计算符号 目标值 计量单位 投入管理指标 预算编审管理
根据沪财绩【2022】13号文的规定要求设置三级指标和指标值 预算执行管理 预算绩效管理 资产管理 预算透明度
内部控制管理 预算信息化 产出指标 数量指标 质量指标 时效指标 效益指标 社会效益指标 可持续影响指标 满意度指标
服务对象满意度指标 其他说明
""".split()


def repeated(form: FormDefinition) -> list[str]:
    """Keys of what has as many rows as is asked for: repeating blocks and the levels with entries."""
    keys = [block.frame.key for block in form.blocks if isinstance(block, Rows)]
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        keys.extend(level.key for level in tree.leaves if level.entry != "none")
    return keys


@st.composite
def layouts(draw: st.DrawFn) -> FormLayout:
    """Any bundled form in any role, profile and size, with or without its optional blocks."""
    form = form_of(draw(st.sampled_from(FORM_IDS)))
    counts = draw(st.dictionaries(st.sampled_from(repeated(form)), st.integers(1, 60)))
    optional = frozenset(block.frame.key for block in form.blocks if block.frame.optional)
    filling = Filling(counts=counts, optional_blocks=draw(st.sampled_from([frozenset(), optional])))
    return lay_out(form, draw(st.sampled_from(Role)), draw(st.sampled_from(Profile)), filling)


def places(where: CellRange) -> Iterator[tuple[int, int]]:
    for row in range(where.first_row, where.last_row + 1):
        for column in range(where.first_col, where.last_col + 1):
            yield row, column


def texts_in_order(layout: FormLayout) -> list[str]:
    """Our texts inside the print area, row by row; a name that a page break repeats stands once."""
    area = layout.sheet.print_area
    assert area is not None
    answers = {slot.range for slot in layout.slots}
    cells = [
        cell for cell in layout.sheet.cells
        if cell.content and cell.range not in answers and cell.range.last_col <= area.last_col
        and cell.range.first_row >= area.first_row
    ]  # fmt: skip
    ends = {(cell.content, cell.range.first_col, cell.range.last_row + 1) for cell in cells}
    cells = [cell for cell in cells if cell.range.first_row - 1 not in layout.sheet.page_breaks
             or (cell.content, cell.range.first_col, cell.range.first_row) not in ends]  # fmt: skip
    return [str(cell.content) for cell in sorted(cells, key=lambda cell: (cell.range.first_row, cell.range.first_col))]


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_no_two_ranges_overlap_and_none_leaves_the_sheet(layout: FormLayout) -> None:
    taken = Counter(place for cell in layout.sheet.cells for place in places(cell.range))
    assert not [place for place, times in taken.items() if times > 1]
    assert all(1 <= column <= len(layout.sheet.widths) for _, column in taken)


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_every_slot_has_one_cell_and_every_key_and_name_is_unique(layout: FormLayout) -> None:
    cells = Counter(cell.range for cell in layout.sheet.cells)
    assert all(cells[slot.range] == 1 for slot in layout.slots)
    names = [name.lower() for name, _ in layout.sheet.names]
    for keys in ([slot.key for slot in layout.slots], [key for _, key in layout.row_keys], names,
                 [row for row, _ in layout.row_keys]):  # fmt: skip
        assert len(set(keys)) == len(keys)


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_only_open_answers_are_unlocked(layout: FormLayout) -> None:
    open_slots = {slot.range for slot in layout.slots if not slot.locked} if layout.profile is Profile.FILL else set()
    assert {cell.range for cell in layout.sheet.cells if not cell.style.locked} == open_slots


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_every_row_has_a_height_that_excel_can_show(layout: FormLayout) -> None:
    heights = dict(layout.sheet.heights)
    assert heights.keys() == {row for row, _ in layout.row_keys}
    assert all(10 <= height <= EXCEL_ROW_LIMIT for height in heights.values())


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_rules_stand_on_open_answers_and_never_twice_on_one(layout: FormLayout) -> None:
    ruled = Counter(place for rule in layout.sheet.rules for place in places(rule.range))
    firsts = {(slot.range.first_row, slot.range.first_col) for slot in layout.slots if not slot.locked}
    inside = {place for slot in layout.slots if not slot.locked for place in places(slot.range)}
    assert not [place for place, times in ruled.items() if times > 1]
    assert ruled.keys() <= inside
    if layout.profile is Profile.FILL:
        free = firsts - ruled.keys()
        loose = [slot for slot in layout.slots if (slot.range.first_row, slot.range.first_col) in free]
        assert not [slot.key for slot in loose if not slot.locked and _needs_rule(slot)]


def _needs_rule(slot: Slot) -> bool:
    """A value without an operator beside it and a measure without a list may be any text."""
    if slot.part == "measure":
        return bool(slot.level and slot.level.measures)
    if slot.part == "value":
        return any(part.part == "operator" for part in (slot.target.parts if slot.target else ()))
    return True


@given(layouts())
@settings(max_examples=60, deadline=None)
def test_names_lead_to_the_answers_they_are_called_after(layout: FormLayout) -> None:
    names = dict(layout.sheet.names)
    slots = {slot.key: slot for slot in layout.slots}
    for name, refers_to in names.items():
        where = parse_range(refers_to.partition("!")[2])
        assert where is not None
        if name.startswith("F_"):
            assert slots[name[2:]].range == where
        else:
            rows = [slot for slot in layout.slots if slot.row_key.startswith((f"{name[2:]}#", f"{name[2:]}."))]
            assert all(where.first_row <= slot.range.first_row <= where.last_row for slot in rows)
    assert {f"F_{slot.key}" for slot in layout.slots if "#" not in slot.key} <= names.keys()


def _captions(form: FormDefinition, role: Role) -> Counter[str]:
    """Every text that the definition prints once, headings of the tree left out."""
    found: Counter[str] = Counter(section.caption for section in form.sections)
    for block in form.blocks:
        if block.frame.optional or role not in block.frame.roles:
            continue
        found[block.frame.caption] += 1
        if isinstance(block, Fields):
            found.update(item.label for row in block.rows for item in row if role in item.roles)
            found.update([block.note.text] if block.note else [])
        elif isinstance(block, Lines):
            found.update([block.heading, *(line.label for line in block.lines)])
            found.update(item.label for item in block.columns)
        elif isinstance(block, Rows):
            found.update(item.label for item in block.columns)
        elif isinstance(block, Tree):
            paths = {level.path[: depth + 1] for level in block.leaves for depth in range(len(level.path))}
            found.update(path[-1] for path in paths)
            found.update(level.text for level in block.leaves)
        elif isinstance(block, Band):
            found[block.text] += 1
    return Counter({text: times for text, times in found.items() if text and "{" not in text})


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("form", FORMS)
def test_every_caption_of_the_form_stands_on_the_sheet_as_often_as_the_form_has_it(
    form: FormDefinition, role: Role
) -> None:
    standing = Counter(texts_in_order(lay_out(form, role, Profile.FILL)))
    tree = {heading for item in lay_out(form, role, Profile.FILL).headings for heading in [item.text]}
    for text, times in _captions(form, role).items():
        extra = standing[text] - times
        assert extra == 0 or (extra > 0 and text in tree), text


def test_the_minhang_form_reads_from_top_to_bottom_like_the_published_one() -> None:
    standing = texts_in_order(lay_out(MINHANG, Role.UNIT, Profile.FILL))
    assert standing == MINHANG_FILL_ORDER


def test_only_the_department_says_how_many_units_it_has() -> None:
    labels = {role: texts_in_order(lay_out(MINHANG, role, Profile.FILL)) for role in Role}
    assert [role for role in Role if "下属预算单位个数" in labels[role]] == [Role.DEPARTMENT]


def test_where_a_field_does_not_apply_the_last_one_of_its_row_takes_the_room() -> None:
    unit, department = (lay_out(MINHANG, role, Profile.FILL).slots[0].range for role in (Role.UNIT, Role.DEPARTMENT))
    assert (unit.first_col, unit.last_col) == (2, 6)
    assert (department.first_col, department.last_col) == (2, 3)


def test_the_tree_s_headings_are_repeated_on_every_page() -> None:
    layout = lay_out(MINHANG, Role.UNIT, Profile.FILL)
    rows = dict(layout.row_keys)
    assert layout.sheet.repeat_rows is not None
    assert [rows[row] for row in layout.sheet.repeat_rows] == ["indicators:heading", "indicators:heading+1"]


@pytest.mark.parametrize("form", FORMS)
def test_status_checks_and_keys_stay_out_of_print(form: FormDefinition) -> None:
    layout = lay_out(form, Role.UNIT, Profile.FILL)
    area = layout.sheet.print_area
    assert area is not None
    assert (area.first_row, area.last_col) == (2, len(form.sheet.tracks))
    assert (layout.check_column, layout.key_column) == (area.last_col + 1, area.last_col + 2)
    assert layout.sheet.hidden_columns == (layout.key_column,)


@pytest.mark.parametrize("form", FORMS)
def test_the_print_profile_has_no_help_and_no_open_cell(form: FormDefinition) -> None:
    layout = lay_out(form, Role.DEPARTMENT, Profile.PRINT)
    assert (layout.check_column, layout.key_column) == (0, 0)
    assert (layout.sheet.rules, layout.sheet.marks, layout.sheet.hidden_columns) == ((), (), ())
    assert not [cell for cell in layout.sheet.cells if cell.formula or cell.style.fill or not cell.style.locked]


def test_one_target_cell_is_printed_where_three_are_filled_in() -> None:
    filled = [slot.key for slot in lay_out(MINHANG, Role.UNIT, Profile.FILL).slots if slot.row_key.endswith("ty#01")]
    printed = [slot.key for slot in lay_out(MINHANG, Role.UNIT, Profile.PRINT).slots if slot.row_key.endswith("ty#01")]
    assert [key.partition("#01.")[2] for key in filled if "quantity" in key] == [
        "name", "current.operator", "current.value", "current.measure",
    ]  # fmt: skip
    assert [key.partition("#01.")[2] for key in printed if "quantity" in key] == ["name", "current"]


def test_text_operator_and_value_cells_keep_what_is_typed() -> None:
    styles = {cell.range: cell.style for cell in lay_out(MINHANG, Role.UNIT, Profile.FILL).sheet.cells}
    for slot in lay_out(MINHANG, Role.UNIT, Profile.FILL).slots:
        answer = slot.answer
        numeric = answer is not None and answer.type in {AnswerType.MONEY, AnswerType.INTEGER}
        assert (styles[slot.range].number_format == "@") is not numeric, slot.key


def _rows_of(layout: FormLayout, key: str) -> list[float]:
    heights = dict(layout.sheet.heights)
    return [heights[row] for row, name in layout.row_keys if name.partition("+")[0] == key]


def test_a_long_answer_is_cut_into_slices_of_a_few_lines() -> None:
    duties = _rows_of(lay_out(MINHANG, Role.UNIT, Profile.FILL), "basic:2")
    assert len(duties) > 3
    assert max(duties) < 120
    assert all(low == high for low, high in pairwise(duties))


def test_a_task_stands_in_one_row_so_that_no_page_break_cuts_its_text() -> None:
    assert len(_rows_of(lay_out(MINHANG, Role.UNIT, Profile.FILL), "tasks#01")) == 1


def test_a_printed_answer_is_as_high_as_its_text() -> None:
    short, long = (
        sum(_rows_of(lay_out(MINHANG, Role.UNIT, Profile.PRINT, Filling({"duties": "职" * length})), "basic:2"))
        for length in (20, 2000)
    )
    assert short < 30
    assert long > 600


def test_rows_of_indicators_may_be_fitted_to_what_is_typed_and_no_others() -> None:
    layout = lay_out(MINHANG, Role.UNIT, Profile.FILL)
    assert layout.sheet.fitted_rows == {row for row, key in layout.row_keys if "#" in key and "tasks" not in key}
    assert lay_out(MINHANG, Role.UNIT, Profile.PRINT).sheet.fitted_rows == frozenset()


def test_a_name_in_a_merged_cell_has_room_from_the_start_because_no_program_fits_merged_cells() -> None:
    for form in (form_of(form_id) for form_id in FORM_IDS):
        layout = lay_out(form, Role.UNIT, Profile.FILL)
        heights = dict(layout.sheet.heights)
        for slot in layout.slots:
            if slot.part == "name" and slot.range.first_col != slot.range.last_col:
                assert heights[slot.range.first_row] > 40, slot.key


def test_what_is_filled_in_beforehand_stands_in_its_cell() -> None:
    operator = "output.quantity#01.current.operator"
    contents: dict[str, str | Decimal] = {"budget.total": Decimal("12.50"), "goals": "目标", operator: "="}
    layout = lay_out(MINHANG, Role.UNIT, Profile.FILL, Filling(contents))
    cells: dict[CellRange, PlanCell] = {cell.range: cell for cell in layout.sheet.cells}
    found = {slot.key: cells[slot.range].content for slot in layout.slots}
    assert {key: found[key] for key in contents} == contents


def test_an_unruled_line_is_drawn_without_borders() -> None:
    layout = lay_out(YUZHONG, Role.UNIT, Profile.PRINT)
    (row,) = [row for row, key in layout.row_keys if key == "head:1"]
    line = [cell for cell in layout.sheet.cells if cell.range.first_row == row]
    assert len(line) == 3
    assert not [cell for cell in line if cell.style.border]
    assert line[-1].style.align == "right"


@pytest.mark.parametrize("form", FORMS)
def test_the_guide_names_every_open_field_and_level_and_every_list_has_its_name(form: FormDefinition) -> None:
    places = {"deadline": "3月31日", "contact": "财务科", "telephone": "000"}
    guide = {str(cell.content) for cell in guide_sheet(form, Role.UNIT, places).cells}
    said = " ".join(guide)
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        assert all("·".join(level.path) in guide for level in tree.leaves)
    assert "3月31日" in said
    assert "财务科" in said
    assert not [text for text in guide if "{" in text]
    lists = dict(lists_sheet(form).names)
    used = {rule.values[0] for rule in lay_out(form, Role.UNIT, Profile.FILL).sheet.rules if rule.kind.endswith("list")}
    assert {value.removeprefix("=") for value in used if value.startswith("=") and len(value) > 1} <= lists.keys()


def test_the_identity_stands_in_five_places() -> None:
    issued = issue(MINHANG)
    token = issued.plan.constants[0][1]
    form_sheet, *_, meta = issued.plan.sheets
    corner = CellRange(1, issued.layout.key_column, 1, issued.layout.key_column)
    assert [cell.content for cell in form_sheet.cells if cell.range == corner] == [token]
    assert token in [cell.content for cell in meta.cells]
    assert dict(issued.plan.properties).popitem()[1] == token
    assert token in form_sheet.footer
    assert absolute_range(corner) == "$H$1"


@pytest.mark.parametrize("form", FORMS)
def test_no_cell_of_an_indicator_may_hold_more_than_a_row_can_show(form: FormDefinition) -> None:
    limits = {block.frame.key: block.name.max_length for block in form.blocks if isinstance(block, Tree)}
    for profile in Profile:
        for slot in lay_out(form, Role.UNIT, profile).slots:
            first, span = slot.range.first_col, slot.range.last_col - slot.range.first_col + 1
            width = sum(form.sheet.tracks[first - 1 : first - 1 + span])
            text = slot.answer is not None and slot.answer.type is AnswerType.TEXT
            longest = slot.answer.max_length if slot.answer and text else limits.get(slot.block, 0)
            if "#" in slot.key and slot.block in limits and (text or slot.part == "name"):
                assert height_for_length(longest, width, form.sheet.font_size) <= EXCEL_ROW_LIMIT, slot.key


def test_an_indicator_that_is_far_too_long_is_still_written_in_a_row_that_excel_shows() -> None:
    contents = {"output.quantity#01.name": "长" * 2000}
    layout = lay_out(MINHANG, Role.UNIT, Profile.FILL, Filling(contents))
    assert max(height for _, height in layout.sheet.heights) == EXCEL_ROW_LIMIT
