"""The live help of a workbook: what the check column and the status line say before and after a program calculates."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from tests.clients.libreoffice import LibreOffice
from tests.issued import FORM_IDS, Issued, form_of, issue
from xltool.addresses import a1
from xltool.layout.grid import NUMERIC, Content, Filling
from xltool.model.form import FormDefinition, Role
from xltool.model.layout import Slot
from xltool.model.value import Operator

MINHANG = form_of("minhang-2024")
VALUES = """48 85% 1,000 1/2 每月15号前 及时 一百 100.00 -5 1e5 １００ 定性 =48.00(家) (5) $5 12:30 2024-1-1
2024年3月1日 .5 5. 1,0,0 % 较2023年提升 各2个 3-5 48家 +5 0 TRUE 1.5.2 5%% 无 ± 2小时内""".split()
GOOD_ROW = {"name": "指标", "current.operator": "=", "current.value": "48", "current.measure": "家"}


def checks(issued: Issued) -> dict[str, str]:
    """What each row's check cell says as the workbook is written, by row key; silent rows left out."""
    keys = dict(issued.layout.row_keys)
    return {
        keys[cell.range.first_row]: str(cell.content)
        for cell in issued.layout.sheet.cells
        if cell.formula and cell.range.first_col == issued.layout.check_column and cell.content
    }


def status(issued: Issued) -> str:
    (line,) = [cell for cell in issued.layout.sheet.cells if cell.formula and cell.range.first_row == 1]
    return str(line.content)


def minhang(contents: Mapping[str, Content], role: Role = Role.UNIT) -> Issued:
    return issue(MINHANG, role, Filling(contents, sources={"unit.name": "示例单位"}))


def row(key: str, **parts: str) -> dict[str, Content]:
    """One indicator row: a good one with the given parts changed."""
    changed = {name.replace("_", "."): text for name, text in parts.items()}
    return {f"{key}.{part}": text for part, text in (GOOD_ROW | changed).items() if text}


COMPLETE: dict[str, Content] = {
    "duties": "职责", "goals": "目标", "tasks#01.title": "任务", "tasks#01.content": "内容",
    "budget.total": Decimal("100.30"), "budget.fiscal": Decimal("100.10"), "budget.other": Decimal("0.20"),
    "budget.basic": Decimal("100.30"), "budget.project": Decimal(0), "assets": Decimal("5.00"),
    "persons": Decimal(24), "offices": Decimal(0),
    **row("output.quantity#01"), **row("output.quality#01", current_value="100", current_measure="%"),
    **row("output.timeliness#01", current_operator="≤", current_value="每月15号前", current_measure=""),
    **row("benefit.social#01", current_operator="定性", current_value="有效保障", current_measure=""),
    **row("satisfaction.served#01", current_operator="≥", current_value="85%", current_measure=""),
}  # fmt: skip


def test_a_form_filled_in_right_has_nothing_to_say() -> None:
    issued = minhang(COMPLETE)
    assert checks(issued) == {}
    assert status(issued) == "填写完整，可以报送。"


def test_a_blank_form_says_what_is_missing_where_it_is_missing() -> None:
    issued = minhang({})
    said = checks(issued)
    assert said["basic:2"] == "○部门职责未填"
    assert said["tasks#01"] == "○年度重点任务至少填 1 项"
    assert said["output.quantity#01"] == "○数量指标至少填 1 项"
    assert said["budget.total"] == "○部门整体预算总额未填"
    missing = sum(text.count("○") for text in said.values())
    assert status(issued) == f"还有 {missing} 处必填未填（右侧标○）；"


@pytest.mark.parametrize(
    ("changed", "key", "text"),
    [
        ({"budget.other": Decimal("0.10")}, "budget.total", "×资金来源合计与预算总额相差 0.10"),
        ({"budget.other": "五"}, "budget.other", "×其他资金应填数字"),
        ({"budget.other": Decimal("-0.20")}, "budget.other", "×其他资金不能小于 0"),
        ({"duties": "职" * 2001}, "basic:2", "×部门职责超过 2000 字，现有 2001 字"),
        ({"tasks#02.content": "只有内容"}, "tasks#02", "○任务名称·2未填"),
        (row("output.quantity#03", name=""), "output.quantity#03", "○指标名称未填"),
        (row("output.quantity#03", current_operator=""), "output.quantity#03", "○计算符号未选"),
        (row("output.quantity#03", current_value=""), "output.quantity#03", "○目标值未填"),
        (row("output.quantity#03", current_measure=""), "output.quantity#03", "○计量单位未填"),
        (row("output.quantity#03", current_operator="定性"), "output.quantity#03", "×“定性”不能填纯数字"),
        (row("output.quantity#03", current_value="及时"), "output.quantity#03", "×所选符号须填数字"),
    ],
)
def test_each_fault_is_said_in_its_own_row_and_nowhere_else(
    changed: Mapping[str, Content], key: str, text: str
) -> None:
    issued = minhang(COMPLETE | dict(changed))
    said = checks(issued)
    assert said.pop(key).endswith(text)
    assert not {name for name in said if not name.startswith("budget")}
    assert status(issued) != "填写完整，可以报送。"


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("form_id", FORM_IDS)
def test_formulas_keep_excel_s_limits(form_id: str, role: Role) -> None:
    for cell in issue(form_of(form_id), role).layout.sheet.cells:
        literals = cell.formula.split('"')[1::2]
        assert len(cell.formula) <= 8192
        assert all(len(text) <= 255 for text in literals)


def scribbled(form: FormDefinition, role: Role, seed: int) -> Issued:
    """A form filled in by someone who makes every mistake; equal seeds give equal forms."""
    chance = random.Random(seed)
    blank = issue(form, role)
    contents: dict[str, Content] = {}
    left_blank: dict[str, bool] = {}
    for slot in blank.layout.slots:
        empty = left_blank.setdefault(slot.row_key, chance.random() < 0.3)
        content = _scribble(slot, chance)
        if content is not None and not slot.locked and not (empty and "#" in slot.row_key):
            contents[slot.key] = content
    return issue(form, role, Filling(contents, sources={"unit.name": "示例单位", "unit.full_name": "全称"}))


def _scribble(slot: Slot, chance: random.Random) -> Content | None:
    if slot.part == "operator":
        return chance.choice([None, "约", *(operator.value for operator in Operator)])
    if slot.part == "value":
        return chance.choice([None, *VALUES])
    if slot.part == "measure":
        return chance.choice([None, "家", "%", " "])
    if slot.answer is not None and slot.answer.type in NUMERIC:
        amount = Decimal(chance.randrange(-200, 20_000)) / 100
        return chance.choice([None, Decimal(0), amount, amount, "五", "不适用", " ", "12"])
    limit = slot.answer.max_length if slot.answer is not None else 100
    return chance.choice([None, "短", " ", "不适用", "长" * limit, "长" * (limit + 1), 'a"b&c', "=1+1"])


@pytest.mark.parametrize("form_id", FORM_IDS)
def test_what_is_cached_is_what_libreoffice_calculates(
    libreoffice: LibreOffice, form_id: str, tmp_path: Path
) -> None:
    form = form_of(form_id)
    made = {f"{role.value}-blank": issue(form, role) for role in Role}
    made |= {f"unit-{seed}": scribbled(form, Role.UNIT, seed) for seed in range(6)}
    made |= {f"{role.value}-scribbled": scribbled(form, role, 7) for role in (Role.OWN, Role.DEPARTMENT)}
    differences = []
    for name, issued in made.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(issued.data)
        with libreoffice.open(path) as book:
            opened = book.used(issued.sheet)
            book.recalculate()
            calculated = book.used(issued.sheet)
        for cell in (cell for cell in issued.layout.sheet.cells if cell.formula):
            row, column = cell.range.first_row, cell.range.first_col
            shown = opened[row - 1][column - 1], calculated[row - 1][column - 1]
            if shown != (cell.content, cell.content):
                differences.append((name, a1(row, column), cell.content, *shown))
    assert not differences
