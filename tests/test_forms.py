"""The bundled forms, and one that is not: each loads, is written without a fault, and is read back as it was filled."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.audit import audit, validate
from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.issued import KEY, PLACES, Issued, issue
from xltool.addresses import a1
from xltool.collect.examine import Examination, Reading, examine
from xltool.definition import load
from xltool.excel.read import read_bytes
from xltool.excel.write import write
from xltool.findings import Code
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.metrics import height_for_text
from xltool.layout.workbook import printed_workbook
from xltool.model.consolidation import Consolidation, IndicatorFigure, Status, TargetFigure
from xltool.model.finding import Finding, Severity
from xltool.model.form import AnswerType, FormDefinition, Profile, Role, Tree
from xltool.model.layout import FormLayout
from xltool.model.submission import Indicator, Submission
from xltool.model.value import Kind, Operator
from xltool.reports.consolidated import consolidated_form

ROOT = Path(__file__).parents[1]
FOLDERS = {folder.name: folder for folder in sorted((ROOT / "templates").glob("*-20*"))}
FOLDERS["three-targets"] = ROOT / "tests" / "forms" / "three-targets"
TASKS, WEIGHTS, TARGETS = "department-tasks-2020", "unit-indicators-2023", "three-targets"

Answers = Mapping[str, str | Decimal]


def form(name: str) -> FormDefinition:
    loaded, findings = load(FOLDERS[name])
    assert loaded is not None, findings
    return loaded


def d(text: str) -> Decimal:
    return Decimal(text)


def _indicator(key: str, name: str, operator: str, value: str, measure: str) -> dict[str, str]:
    return {
        f"{key}.name": name,
        f"{key}.current.operator": operator,
        f"{key}.current.value": value,
        f"{key}.current.measure": measure,
    }


def _weighed(key: str, name: str, kind: str, value: str, measure: str, weight: str) -> dict[str, str | Decimal]:
    return {
        f"{key}.name": name, f"{key}.value_type": kind, f"{key}.current.value": value,
        f"{key}.current.measure": measure, f"{key}.explanation": f"{name}的含义", f"{key}.scoring": "未达到不得分",
        f"{key}.weight": d(weight),
    }  # fmt: skip


FILLED: dict[str, dict[str, str | Decimal]] = {
    TASKS: {
        "tasks#01.title": "养老服务", "tasks#01.content": "新增养老床位，改建照护床位。",
        "tasks#01.amount": d("120.50"), "tasks#01.fiscal": d("100.30"), "tasks#01.other": d("20.20"),
        "tasks#02.title": "社会救助", "tasks#02.content": "按时足额发放救助金。",
        "tasks#02.amount": d("80.00"), "tasks#02.fiscal": d("80.00"), "tasks#02.other": d("0"),
        "tasks_total.all.amount": d("200.50"), "tasks_total.all.fiscal": d("180.30"),
        "tasks_total.all.other": d("20.20"), "goals": "保障基本民生。",
        **_indicator("output.quantity#01", "新增养老床位数", "=", "210", "张"),
        **_indicator("output.quality#01", "验收合格率", "=", "100", "%"),
        **_indicator("output.timeliness#01", "救助金发放及时率", "≥", "98", "%"),
        **_indicator("benefit.social#01", "困难群众救助覆盖率", "=", "100", "%"),
        **_indicator("satisfaction.served#01", "服务对象满意度", "≥", "85", "%"),
    },
    WEIGHTS: {
        "duties": "负责价格认证。", "goals": "按时完成全部认证。",
        **_weighed("output.quantity#01", "认证件数", "定量", "≥120", "件", "20"),
        **_weighed("output.quality#01", "复核通过率", "定量", "100", "%", "10"),
        **_weighed("output.timeliness#01", "按时办结率", "定量", "≥98", "%", "10.5"),
        **_weighed("output.cost#01", "单件成本", "定量", "≤500", "元", "9.5"),
        **_weighed("benefit.social#01", "服务司法情况", "定性", "及时", "", "30"),
        **_weighed("satisfaction.served#01", "委托单位满意度", "定量", "≥90", "%", "10"),
    },
    TARGETS: {
        "contact": "某某", "goals": "完成全年任务。",
        "funds.fiscal.amount": d("750"), "funds.fiscal.share": d("75"), "funds.fiscal.previous": d("700"),
        "funds.special.amount": d("0"), "funds.special.share": d("0"),
        "funds.own.amount": d("250"), "funds.own.share": d("25"), "funds.own.purpose": "经营收入",
        "funds.total.amount": d("1000"), "funds.total.share": d("100"),
        "output#01.previous.value": "40项",
        "output#01.half.operator": "≥", "output#01.half.value": "20", "output#01.half.measure": "项",
        "output#01.full.operator": "≥", "output#01.full.value": "45", "output#01.full.measure": "项",
        "output#01.basis": "计划标准",
        "output#02.half.operator": "=", "output#02.half.value": "100", "output#02.half.measure": "%",
        "output#02.full.operator": "=", "output#02.full.value": "100", "output#02.full.measure": "%",
        "output#02.basis": "历史标准",
        "benefit#01.name": "办件群众覆盖率",
        "benefit#01.half.operator": "≥", "benefit#01.half.value": "40", "benefit#01.half.measure": "%",
        "benefit#01.full.operator": "≥", "benefit#01.full.value": "80", "benefit#01.full.measure": "%",
        "benefit#01.basis": "行业标准",
        "satisfaction#01.name": "服务对象满意度",
        "satisfaction#01.half.operator": "≥", "satisfaction#01.half.value": "85", "satisfaction#01.half.measure": "%",
        "satisfaction#01.full.operator": "≥", "satisfaction#01.full.value": "85", "satisfaction#01.full.measure": "%",
        "satisfaction#01.basis": "行业标准",
    },
}  # fmt: skip


def typed(issued: Issued, answers: Answers) -> list[tuple[str, str | float]]:
    """What a person types, cell by cell; a percentage goes into its cell as the fraction the program stores."""
    entries: list[tuple[str, str | float]] = []
    for key, content in answers.items():
        if not content and isinstance(content, str):
            continue
        slot = issued.slots[key]
        assert not slot.locked
        percent = slot.answer is not None and slot.answer.type is AnswerType.PERCENT
        value = content if isinstance(content, str) else float(content.scaleb(-2) if percent else content)
        entries.append((a1(slot.range.first_row, slot.range.first_col), value))
    return entries


def by_openpyxl(issued: Issued, answers: Answers) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(issued.data))
    for cell, value in typed(issued, answers):
        book[issued.sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def returned(name: str, changes: Answers | None = None) -> Examination:
    issued = issue(form(name))
    data = by_openpyxl(issued, FILLED[name] | dict(changes or {}))
    return examine(data, Reading((issued.form,), key=KEY, guide=PLACES), "form.xlsx")


def wrong(examination: Examination) -> list[Finding]:
    return [item for item in examination.findings if item.severity is not Severity.INFO]


def figures(submission: Submission) -> dict[str, str | Decimal]:
    """Everything that was read, by slot key: numbers where the answer has one, else text."""
    read: dict[str, str | Decimal] = {}
    for answer in submission.fields:
        read[answer.key] = answer.text if answer.number is None else answer.number
    for row in submission.rows:
        read |= {f"{row.key}.{item.key}": item.text if item.number is None else item.number for item in row.answers}
    for indicator in submission.indicators:
        read |= _read(indicator)
    return read


def _read(indicator: Indicator) -> dict[str, str | Decimal]:
    read: dict[str, str | Decimal] = {f"{indicator.key}.name": indicator.name}
    for target in indicator.targets:
        read[f"{indicator.key}.{target.column}.value"] = target.value.text
        read[f"{indicator.key}.{target.column}.operator"] = target.value.operator or ""
        read[f"{indicator.key}.{target.column}.measure"] = target.value.measure or ""
    for extra in indicator.extras:
        read[f"{indicator.key}.{extra.key}"] = extra.text if extra.number is None else extra.number
    return read


# --- every form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FOLDERS)
def test_a_form_of_the_house_has_no_findings(name: str) -> None:
    loaded, findings = load(FOLDERS[name])
    assert loaded is not None
    assert findings == ()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", FOLDERS)
def test_a_workbook_of_any_role_would_open_without_repair(name: str, role: Role, tmp_path: Path) -> None:
    wanted = form(name)
    optional = frozenset(block.frame.key for block in wanted.blocks if block.frame.optional)
    issued = issue(wanted, role, Filling(optional_blocks=optional))
    fill, paper = tmp_path / "fill.xlsx", tmp_path / "print.xlsx"
    fill.write_bytes(issued.data)
    paper.write_bytes(write(printed_workbook(wanted, role, Filling(optional_blocks=optional))))
    for path in (fill, paper):
        assert list(audit(path)) == []
        assert list(validate(path)) == []


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("name", FOLDERS)
def test_no_two_cells_of_a_form_overlap_and_none_leaves_the_grid(name: str, profile: Profile) -> None:
    layout = lay_out(form(name), Role.DEPARTMENT, profile)
    taken: dict[tuple[int, int], str] = {}
    for cell in layout.sheet.cells:
        for row in range(cell.range.first_row, cell.range.last_row + 1):
            for col in range(cell.range.first_col, cell.range.last_col + 1):
                assert (row, col) not in taken
                taken[row, col] = str(cell.content)
                assert col <= len(layout.sheet.widths)


# --- filled and read back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILLED)
def test_what_was_typed_is_read_and_a_whole_form_has_no_errors_and_no_warnings(name: str) -> None:
    examination = returned(name)
    assert wrong(examination) == []
    assert examination.submission is not None
    read = figures(examination.submission)
    expected = {key: value for key, value in FILLED[name].items() if value != ""}
    assert {key: read[key] for key in expected} == expected


def test_a_form_filled_by_another_program_is_read_alike(exceljs: NodeClient, tmp_path: Path) -> None:
    issued = issue(form(TARGETS))
    blank, filled = tmp_path / "blank.xlsx", tmp_path / "filled.xlsx"
    blank.write_bytes(issued.data)
    exceljs.fill(blank, filled, [(issued.sheet, cell, value) for cell, value in typed(issued, FILLED[TARGETS])])
    examination = examine(filled.read_bytes(), Reading((issued.form,), key=KEY, guide=PLACES), "filled.xlsx")
    again = returned(TARGETS)
    assert examination.submission is not None
    assert again.submission is not None
    assert figures(examination.submission) == figures(again.submission)
    assert not examination.has_errors


def test_an_indicator_that_the_form_prescribes_is_read_with_its_name() -> None:
    examination = returned(TARGETS)
    assert examination.submission is not None
    assert [item.name for item in examination.submission.indicators][:2] == ["数量指标", "质量指标"]


def test_a_prescribed_name_is_locked_and_a_suggested_one_is_open() -> None:
    slots = issue(form(TARGETS)).slots
    assert [slots[f"output#0{number}.name"].locked for number in (1, 2, 3)] == [True, False, False]
    assert [slots[f"output#01.half.{part}"].locked for part in ("operator", "value", "measure")] == [False] * 3


# --- sums over columns --------------------------------------------------------------------------------------------

FAULTS = [
    (TASKS, {"tasks#02.amount": d("80.10")}, "tasks_total.all.amount", "0.10"),
    (TASKS, {"tasks_total.all.other": d("20.30")}, "tasks_total.all.other", "0.10"),
    (WEIGHTS, {"output.cost#01.weight": d("10.5")}, "weight_total", "1.00"),
    (TARGETS, {"funds.own.amount": d("251")}, "funds.total.amount", "1.00"),
]


@pytest.mark.parametrize(("name", "changes", "key", "difference"), FAULTS)
def test_a_sum_that_fails_is_an_error_at_the_declared_figure(
    name: str, changes: Answers, key: str, difference: str
) -> None:
    found = [item for item in returned(name, changes).findings if item.code == Code.SUM_FAILS]
    assert key in [item.position.field for item in found]
    assert difference in [dict(item.args)["difference"] for item in found]


def test_shares_are_compared_as_fractions_by_both_engines(tmp_path: Path) -> None:
    found = wrong(returned(TARGETS, {"funds.own.share": d("26")}))
    assert [item.code for item in found] == [Code.SUM_FAILS]
    assert found[0].position.field == "funds.fiscal.share"


def _written(name: str, changes: Answers) -> tuple[FormLayout, bytes]:
    issued = issue(form(name), filling=Filling(contents=FILLED[name] | dict(changes)))
    return issued.layout, issued.data


@pytest.mark.parametrize(("name", "changes"), [(name, changes) for name, changes, *_ in FAULTS] + [
    (name, {}) for name in FILLED
])  # fmt: skip
def test_the_live_checks_say_what_they_were_written_with(
    libreoffice: LibreOffice, name: str, changes: Answers, tmp_path: Path
) -> None:
    layout, data = _written(name, changes)
    path = tmp_path / "form.xlsx"
    path.write_bytes(data)
    column = layout.check_column
    cells = [cell for cell in layout.sheet.cells if cell.formula]
    with libreoffice.open(path) as book:
        book.recalculate()
        shown = {
            cell.range: book.text(layout.sheet.name, a1(cell.range.first_row, cell.range.first_col)) for cell in cells
        }
    assert shown == {cell.range: cell.content for cell in cells}
    said = "".join(str(cell.content) for cell in cells if cell.range.first_col == column)
    assert ("×" in said) == bool(changes)


def test_an_unfinished_indicator_is_told_which_of_its_columns_are_missing() -> None:
    contents = {"output.quantity#01.name": "认证件数", "output.quantity#01.current.value": "120"}
    layout = issue(form(WEIGHTS), filling=Filling(contents=contents)).layout
    row = next(row for row, key in layout.row_keys if key == "output.quantity#01")
    (said,) = [cell.content for cell in layout.sheet.cells if cell.formula and cell.range.first_row == row]
    for missing in ("计量单位", "指标解释", "评（扣）分标准", "分值"):
        assert f"○{missing}未填" in str(said)


# --- the order of the form's columns ------------------------------------------------------------------------------


def headings(layout: FormLayout, prefix: str) -> list[str]:
    found = [item for item in layout.headings if item.key.startswith(prefix)]
    return [item.text for item in sorted(found, key=lambda item: (item.range.first_col, item.range.first_row))]


def test_the_published_order_of_columns_holds_in_both_profiles() -> None:
    published = ["三级指标", "指标值类型", "*指标值", "计量单位", "*指标解释", "*评（扣）分标准", "*分值", "备注"]
    for profile in Profile:
        assert headings(lay_out(form(WEIGHTS), Role.UNIT, profile), "indicators.")[-8:] == published


def test_without_an_order_columns_follow_the_targets() -> None:
    wanted = form(WEIGHTS)
    blocks = tuple(replace(block, order=()) if isinstance(block, Tree) else block for block in wanted.blocks)
    layout = lay_out(replace(wanted, blocks=blocks), Role.UNIT, Profile.FILL)
    assert headings(layout, "indicators.")[3:6] == ["*指标值", "计量单位", "指标值类型"]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ('["value_type", "current", "explanation", "scoring", "weight"]', Code.DEF_NOT_PLACED),
        ('["value_type", "current", "explanation", "scoring", "weight", "remarks"]', Code.DEF_NOT_DEFINED),
        ('["value_type", "current", "explanation", "scoring", "weight", "remark", "weight"]', Code.DEF_DUPLICATE),
    ],
)
def test_an_order_holds_every_column_once(order: str, code: Code, tmp_path: Path) -> None:
    folder = tmp_path / "form"
    folder.mkdir()
    for path in FOLDERS[WEIGHTS].glob("*.*"):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            before, _, after = text.partition("\norder = ")
            text = f"{before}\norder = {order}\n{after.partition(chr(10))[2]}"
        (folder / path.name).write_text(text, encoding="utf-8")
    loaded, findings = load(folder)
    assert loaded is None
    assert code in [item.code for item in findings]


def test_a_line_without_headings_goes_on_under_the_table_above() -> None:
    layout = lay_out(form(TASKS), Role.UNIT, Profile.PRINT)
    keys = [key for _, key in layout.row_keys]
    last_task = max(number for number, key in enumerate(keys) if key.startswith("tasks#"))
    assert keys[last_task + 1] == "tasks_total.all"
    columns = {item.key: item.range.first_col for item in layout.headings}
    slots = {slot.key: slot.range.first_col for slot in layout.slots}
    for column in ("amount", "fiscal", "other"):
        assert slots[f"tasks_total.all.{column}"] == columns[f"tasks.{column}"]


# --- printed and handed in ----------------------------------------------------------------------------------------


def test_a_measure_with_a_printed_column_of_its_own_stands_there_in_the_consolidated_form() -> None:
    target = TargetFigure(
        "current", "本年", "sum", Status.RESOLVED, Operator.AT_LEAST, d("360"), None, "件", Kind.NUMBER, "≥360", ()
    )
    figure = IndicatorFigure(
        "output.quantity:认证件数", "output.quantity", ("产出指标", "数量指标"), "认证件数", 1, True, (target,)
    )
    wanted = form(WEIGHTS)
    result = Consolidation("001", ("001",), (), (), (figure,), (), draft=False)
    workbook, _ = read_bytes(consolidated_form(wanted, result, "示例局", sign_block=False))
    assert workbook is not None
    texts = [cell.text for cell in workbook.sheets[0].cells.values()]
    assert texts[texts.index("≥360") + 1] == "件"


@pytest.mark.parametrize("name", FOLDERS)
def test_the_name_of_a_level_with_one_row_is_shown_whole(name: str) -> None:
    wanted = form(name)
    (tree,) = [block for block in wanted.blocks if isinstance(block, Tree)]
    layout = lay_out(wanted, Role.UNIT, Profile.PRINT, Filling(counts={leaf.key: 1 for leaf in tree.leaves}))
    heights = dict(layout.sheet.heights)
    cells = {str(cell.content): cell.range for cell in layout.sheet.cells}
    for leaf in tree.leaves:
        where = cells[leaf.path[-1]]
        width = sum(layout.sheet.widths[where.first_col - 1 : where.last_col])
        room = sum(heights[row] for row in range(where.first_row, where.last_row + 1))
        assert room >= height_for_text(leaf.path[-1], width, wanted.sheet.font_size)


# --- the page that teaches them -----------------------------------------------------------------------------------

SNIPPETS = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8").split("```")
TOML = [snippet.removeprefix("toml\n") for snippet in SNIPPETS if snippet.startswith("toml\n")]
CSV = [snippet.removeprefix("csv\n") for snippet in SNIPPETS if snippet.startswith("csv\n")]


def taught(folder: Path, toml: str, csv: str) -> FormDefinition:
    folder.mkdir()
    (folder / "form.toml").write_text(toml, encoding="utf-8")
    (folder / "indicators.csv").write_text(csv, encoding="utf-8")
    loaded, findings = load(folder)
    assert loaded is not None, [(item.code, item.args) for item in findings]
    assert findings == ()
    return loaded


def test_the_larger_form_of_the_page_is_the_one_that_is_filled_here(tmp_path: Path) -> None:
    assert taught(tmp_path / "larger", TOML[1], CSV[1]) == form(TARGETS)


def test_the_total_line_of_the_page_is_sound_and_finds_a_wrong_total(tmp_path: Path) -> None:
    head = TOML[0].partition("[[block]]")[0].replace("tracks = [14, ", "tracks = [6, 14, ")
    made = taught(tmp_path / "total", f"{head}\n{TOML[2]}", "")
    contents = {"tasks#01.amount": d("3"), "tasks_total.all.amount": d("2")}
    layout = issue(made, filling=Filling(contents=contents)).layout
    assert any("相差 -1.00" in str(cell.content) for cell in layout.sheet.cells if cell.formula)
