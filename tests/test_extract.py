"""A form that never was ours is read by its labels into the same record, and whatever is odd about it is said."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.golden.seed import fields, indicators, long_texts, read, stored_fields, stored_indicators
from tests.published_form import CONTENT, DUTIES, GOALS, UNIT, Cell, Table, minhang
from xltool.collect.extract import extract
from xltool.collect.extract_captions import captions, level_name
from xltool.definition import available, load_form
from xltool.excel.write import write
from xltool.findings import Code, catalogue, message
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.model.finding import Finding, Severity
from xltool.model.form import AnswerType, FormDefinition, Profile, Role, Tree
from xltool.model.layout import WorkbookPlan
from xltool.model.submission import Submission
from xltool.model.value import Kind, Operator, State
from xltool.values.cleaning import clean
from xltool.workflow.extract import extract as extract_file

Read = tuple[Submission, tuple[Finding, ...]]


def form(form_id: str) -> FormDefinition:
    loaded, findings = load_form(form_id)
    assert loaded is not None
    assert findings == ()
    return loaded


def taken(data: bytes, form_id: str = "minhang-2024", name: str = "form", *, repair: bool = False) -> Read:
    submission, findings = extract(data, name, form(form_id), repair=repair)
    assert submission is not None, [message(item) for item in findings]
    assert submission.findings == findings
    return submission, findings


def lines(findings: tuple[Finding, ...], code: Code) -> list[int]:
    return [item.position.row for item in findings if item.code == code]


def arg(findings: tuple[Finding, ...], code: Code, line: int, name: str) -> str:
    item = next(item for item in findings if item.code == code and item.position.row == line)
    return dict(item.args)[name]


@pytest.fixture(scope="module")
def seed_a(shared: Path) -> Read:
    return taken((shared / "seeds" / "minhang-2024.txt").read_bytes(), name="minhang-2024.txt")


@pytest.fixture(scope="module")
def seed_b(shared: Path) -> Read:
    return taken((shared / "seeds" / "yuzhong-2020.txt").read_bytes(), "yuzhong-2020", "yuzhong-2020.txt")


# The Minhang text


def test_all_42_indicators_come_out_with_their_targets(seed_a: Read, shared: Path) -> None:
    golden = indicators(read(shared / "seeds" / "minhang-2024.txt"))
    found = [(item.levels[0], item.name, item.targets[0].value.text) for item in seed_a[0].indicators]
    printed = {"=100.00(%)": "=100(%)"}  # line 53, which the golden list corrects
    expected = [(item.level1, item.name, item.text) for item in golden]
    expected[17] = (*expected[17][:2], printed[expected[17][2]])
    assert found == expected


def test_levels_come_out_as_printed(seed_a: Read) -> None:
    counts = Counter(item.level for item in seed_a[0].indicators)
    assert counts == {
        "output.quantity": 12, "output.quality": 11, "output.timeliness": 3,
        "benefit.social": 10, "benefit.sustained": 3, "satisfaction.served": 3,
    }  # fmt: skip


def test_repair_moves_the_four_that_were_misfiled(shared: Path) -> None:
    seed = (shared / "seeds" / "minhang-2024.txt").read_bytes()
    submission, findings = taken(seed, repair=True)
    golden = [(item.level2, item.name) for item in indicators(read(shared / "seeds" / "minhang-2024.txt"))]
    assert [(item.levels[-1], item.name) for item in submission.indicators] == golden
    assert lines(findings, Code.EXT_MOVED) == [55, 56, 57, 58]
    assert lines(findings, Code.EXT_MISFILED) == []
    assert len({item.key for item in submission.indicators}) == 42


def test_kinds_operators_and_measures_of_the_targets_are_read(seed_a: Read) -> None:
    values = [item.targets[0].value for item in seed_a[0].indicators]
    numeric = [value for value in values if value.kind is Kind.NUMBER]
    assert Counter(value.operator for value in numeric) == {Operator.EQUAL: 16, Operator.AT_LEAST: 8}
    assert Counter(value.measure for value in numeric) == {
        "%": 12, "人次": 5, "家": 2, "张": 2, "套": 1, "户": 1, "人": 1
    }  # fmt: skip


def test_all_fields_of_the_minhang_text_come_out(seed_a: Read, shared: Path) -> None:
    seed = read(shared / "seeds" / "minhang-2024.txt")
    answers = {answer.key: answer for answer in seed_a[0].fields}
    assert answers["unit_name"].text == "上海市闵行区民政局(汇总)"
    for item in fields(seed):
        if not item.field.startswith("tasks."):
            assert answers[item.field].number == Decimal(item.text.replace(",", "")), item.field
    titles = [row.answers[0].text for row in seed_a[0].rows]
    assert titles == [item.text for item in fields(seed) if item.field.startswith("tasks.")]
    texts = (answers["duties"].text, answers["goals"].text, *(row.answers[1].text for row in seed_a[0].rows))
    assert texts == long_texts(seed)
    assert seed_a[0].identity.role == "department"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Code.EXT_MARKUP, [7, 8, 11, 12, 13, 14, 15]),
        (Code.EXT_LOST_CHARACTER, [8, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 17, 17, 63, 65, 72, 72, 78]),
        (Code.EXT_BLANK_LINE, [16, 59]),
        (Code.EXT_MISPLACED, [17]),
        (Code.EXT_SHIFTED, [56, 57, 58]),
        (Code.EXT_MISFILED, [55, 56, 57, 58]),
        (Code.EXT_DECIMALS, [53]),
        (Code.EXT_COUNT_DECIMALS, [36]),
        (Code.EXT_MEASURE_DOUBTFUL, [46]),
        (Code.EXT_NEAR_WORDING, [51]),
        (Code.EXT_EMPTY_WORDING, [60, 62, 63, 67, 70, 72, 73, 74, 75]),
        (Code.EXT_COMPARISON, [64]),
        (Code.EXT_PLACE_DOUBTFUL, [65, 71, 76]),
        (Code.IND_AMBIGUOUS, [57]),
        (Code.EXT_NO_INDICATORS, [29]),
        (Code.EXT_DOCUMENT_NUMBER, [29]),
        (Code.EXT_STRAY_SPACE, [7]),
        (Code.EXT_PUNCTUATION, [7]),
        (Code.EXT_HALF_WIDTH, [6, 7, 17]),
        (Code.VAL_NORMALISED, [20, 21, 23, 24, 26]),
        (Code.EXT_UNASKED, []),
        (Code.EXT_ROW_UNREAD, []),
        (Code.EXT_LABEL_MISSING, []),
    ],
)
def test_each_oddity_of_the_minhang_text_is_reported_with_its_line(
    seed_a: Read, code: Code, expected: list[int]
) -> None:
    assert lines(seed_a[1], code) == expected


def test_no_finding_of_the_seeds_is_an_error(seed_a: Read, seed_b: Read) -> None:
    found = (*seed_a[1], *seed_b[1])
    assert [message(item) for item in found if item.severity is Severity.ERROR] == []


def test_a_proposal_says_where_it_is_printed_and_where_it_belongs(seed_a: Read) -> None:
    assert arg(seed_a[1], Code.EXT_MISFILED, 57, "printed") == "质量指标"
    assert arg(seed_a[1], Code.EXT_MISFILED, 57, "proposed") == "时效指标"


# The Yuzhong text


def test_all_11_indicators_come_out_with_operator_last_year_and_remark(seed_b: Read) -> None:
    rows = []
    for item in seed_b[0].indicators:
        current, previous = (target.value for target in item.targets)
        operator = current.operator.value if current.operator else ""
        rows.append((item.level, operator, current.text, previous.text, item.extras[0].text))
    remark = "按相关政策规定及时办理（自收到申请材料30日之内)。"
    assert rows == [
        ("output.quantity", "=", "100%", "100%", ""),
        ("output.quantity", "=", "3本", "无", ""),
        ("output.quantity", "=", "各2个", "无", ""),
        ("output.quantity", "≥", "50个", "≥50个", ""),
        ("output.quality", "=", "100%", "100%", ""),
        ("output.quality", "=", "100%", "100%", ""),
        ("output.quality", "=", "100%", "100%", ""),
        ("output.progress", "=", "100%", "100%", remark),
        ("benefit.social", "=", "0件", "0件", ""),
        ("benefit.social", "=", "100%", "100%", ""),
        ("satisfaction.served", "≥", "80%", "80%", ""),
    ]
    assert seed_b[0].indicators[7].name == "4.养老机构补贴及时发放率"


def test_none_is_no_zero_and_zero_is_no_blank(seed_b: Read) -> None:
    targets = {item.key: item.targets for item in seed_b[0].indicators}
    assert targets["output.quantity#02"][1].value.kind is Kind.NONE
    assert targets["output.quantity#02"][1].value.number is None
    assert targets["benefit.social#01"][0].value.number == 0
    other = next(answer for answer in seed_b[0].fields if answer.key == "income.other")
    assert (other.state, other.number) == (State.GIVEN, Decimal(0))


def test_all_fields_of_the_yuzhong_text_come_out(seed_b: Read) -> None:
    answers = {answer.key: answer for answer in seed_b[0].fields}
    assert answers["reporter"].text == "渝中区民政局"
    assert answers["unit_name"].text == "重庆市渝中区民政局"
    assert answers["project_name"].text == "部门整体支出绩效目标"
    assert answers["period"].text == "2020.1-12"
    assert [line[0] for line in answers["goals"].text.split("\n")] == list("12345")
    money = {key: str(answer.number) for key, answer in answers.items() if answer.number is not None}
    assert money == {
        "income.total": "20884.33", "income.own": "5745.72", "income.superior": "15138.61", "income.other": "0",
        "expenditure.total": "20884.33", "expenditure.basic": "416.14", "expenditure.public": "120.2",
        "expenditure.project": "20347.99",
    }  # fmt: skip
    assert answers["regulations"].text.startswith("一、流浪乞讨")
    assert answers["measures"].text.endswith("设备保障。")
    assert {answer.state for answer in answers.values()} == {State.GIVEN}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (Code.EXT_CELL_PER_LINE, [1]),
        (Code.EXT_CONTINUED, [33]),
        (Code.EXT_BLANK_FILLED, [89, 98, 107, 116, 125, 134, 143, 161, 170, 179]),
        (Code.EXT_OPERATOR_IN_VALUE, [115]),
        (Code.EXT_NO_VALUE, [97, 106]),
        (Code.EXT_EACH, [105]),
        (Code.EXT_NAME_TWICE, [175]),
        (Code.EXT_WORD_DOUBLED, [121, 175]),
        (Code.EXT_NUMBERING, [148]),
        (Code.EXT_PLACE_DOUBTFUL, [85, 175]),
        (Code.EXT_DECIMALS, [50, 63]),
        (Code.EXT_GAP, [61]),
        (Code.EXT_TWO_NAMES, [20]),
        (Code.EXT_TARGET_IN_TEXT, [152, 166]),
        (Code.EXT_BRACKETS, [152]),
        (Code.EXT_EXPLAINED_NAME, [157]),
        (Code.EXT_HALF_WIDTH, [94, 152]),
        (Code.EXT_STRAY_SPACE, [14, 183, 187]),
        (Code.EXT_PUNCTUATION, [187]),
        (Code.EXT_ENUMERATION, [187]),
        (Code.EXT_TYPO, [183]),
        (Code.EXT_DOCUMENT_NUMBER, [183]),
        (Code.EXT_UNASKED, []),
        (Code.EXT_LABEL_MISSING, []),
    ],
)
def test_each_oddity_of_the_yuzhong_text_is_reported_with_its_line(
    seed_b: Read, code: Code, expected: list[int]
) -> None:
    assert lines(seed_b[1], code) == expected


def test_the_gap_between_total_and_parts_is_information_with_its_amount(seed_b: Read) -> None:
    assert arg(seed_b[1], Code.EXT_GAP, 61, "difference") == "120.20"
    assert catalogue()[Code.EXT_GAP].severity is Severity.INFO


def test_a_skipped_and_two_empty_parts_are_named(seed_b: Read) -> None:
    samples = arg(seed_b[1], Code.EXT_ENUMERATION, 187, "samples")
    assert samples == "“三、人生关怀。” “五、?” “七、社区养老机构。”"


# Other containers


def golden(submission: Submission) -> None:
    """Everything the golden lists hold, read from any container."""
    found = [(*item.levels, item.name, item.targets[0].value.text) for item in submission.indicators]
    assert found == [tuple(item) for item in stored_indicators()]
    answers = {answer.key: answer for answer in submission.fields}
    for item in stored_fields():
        if not item.field.startswith("tasks."):
            assert answers[item.field].number == Decimal(item.text.replace(",", "")), item.field
    assert (answers["unit_name"].text, answers["goals"].text) == (UNIT, GOALS)
    assert answers["duties"].text == DUTIES
    titles = [item.text for item in stored_fields() if item.field.startswith("tasks.")]
    assert [[a.text for a in row.answers] for row in submission.rows] == [[title, CONTENT] for title in titles]


def unsettling(findings: tuple[Finding, ...]) -> list[str]:
    """What a person would have to look at, apart from doubts about the published content itself."""
    content = {Code.IND_AMBIGUOUS}
    return [message(item) for item in findings if item.severity is not Severity.INFO and item.code not in content]


@pytest.mark.parametrize("kind", ["xlsx", "html", "docx", "text"])
def test_the_same_form_in_each_container_gives_the_same_answers(kind: str) -> None:
    submission, findings = taken(getattr(minhang(), kind)())
    golden(submission)
    assert unsettling(findings) == []


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_same_form_saved_by_libreoffice_gives_the_same_answers(
    kind: str, libreoffice: object, tmp_path: Path
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(minhang().xlsx())
    with libreoffice.open(path) as book:  # type: ignore[attr-defined]
        book.save(tmp_path / f"form.{kind}", kind)
    submission, findings = taken((tmp_path / f"form.{kind}").read_bytes())
    golden(submission)
    assert unsettling(findings) == []


def test_a_form_that_begins_further_down_and_to_the_right_is_read() -> None:
    submission, findings = taken(minhang().xlsx(top=3, left=2))
    golden(submission)
    assert unsettling(findings) == []


def test_labels_and_levels_in_other_words_are_known() -> None:
    other = {
        "部门名称": "单位名称：", "年度履职目标": "* 年度履职目标", "产出指标": "产出", "数量指标": "数量目标",
        "时效指标": "进度指标", "2、资金结构:(1)基本支出": "基本支出", "(2)其他资金": "（2）其他资金",
        "部门（单位）整体支出绩效目标申报表": "部门(单位)整体支出绩效目标申报表",
        "年末资产总额(元)": "年末资产总额（元）",
    }  # fmt: skip
    submission, findings = taken(minhang().replaced(other).xlsx())
    golden(submission)
    assert unsettling(findings) == []


def printed(definition: FormDefinition, profile: Profile) -> tuple[bytes, dict[str, str]]:
    """A workbook of the form with an answer of its own in each slot, and these answers."""
    contents = {}
    for number, slot in enumerate(lay_out(definition, Role.DEPARTMENT, profile).slots):
        kind = slot.answer.type if slot.answer else AnswerType.TEXT
        parts = {part.part for part in slot.target.parts if part.printed} if slot.target else set()
        apart = profile is Profile.FILL or "operator" in parts
        if slot.locked:
            continue
        if kind in (AnswerType.MONEY, AnswerType.NUMBER, AnswerType.PERCENT):
            contents[slot.key] = f"{number}.25"
        elif kind is AnswerType.INTEGER:
            contents[slot.key] = f"{number}"
        elif slot.part == "value":
            whole = profile is Profile.PRINT and "measure" not in parts
            contents[slot.key] = f"{'' if apart else '≥'}{number}{'个' if whole else ''}"
        else:
            contents[slot.key] = {"operator": "≥", "measure": "个"}.get(slot.part, f"第{number}项情况")
    layout = lay_out(definition, Role.DEPARTMENT, profile, Filling(contents=contents))
    return write(WorkbookPlan((layout.sheet,))), contents


def answers_of(submission: Submission) -> dict[str, str]:
    found = {answer.key: answer.text for answer in submission.fields}
    for row in submission.rows:
        found |= {f"{row.key}.{answer.key}": answer.text for answer in row.answers}
    for item in submission.indicators:
        found[f"{item.key}.name"] = item.name
        found |= {f"{item.key}.{extra.key}": extra.text for extra in item.extras}
        for target in item.targets:
            value, key = target.value, f"{item.key}.{target.column}"
            found[key] = found[f"{key}.value"] = value.text
            found |= {f"{key}.operator": value.operator or "", f"{key}.measure": value.measure or ""}
    return found


@pytest.mark.parametrize("form_id", [item.id for item in available()])
@pytest.mark.parametrize("profile", list(Profile))
def test_each_bundled_form_is_read_by_its_labels_alone(form_id: str, profile: Profile) -> None:
    data, contents = printed(form(form_id), profile)
    submission, findings = taken(data, form_id)
    found = answers_of(submission)
    assert {key: (text, found.get(key)) for key, text in contents.items() if found.get(key) != text} == {}
    assert [message(item) for item in findings if item.severity is Severity.ERROR] == []


# One fault at a time


def sheet(table: Table) -> tuple[openpyxl.Workbook, object]:
    book = openpyxl.load_workbook(io.BytesIO(table.xlsx()))
    return book, book.active


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def change(places: dict[str, object]) -> Read:
    """The retyped workbook with some cells rewritten."""
    book, active = sheet(minhang())
    for place, value in places.items():
        active[place] = value  # type: ignore[index]
    return taken(saved(book))


def where(text: str) -> str:
    row, col = next(place for place, cell in minhang().cells.items() if cell.text == text)
    return f"{'ABCD'[col - 1]}{row}"


def codes(findings: tuple[Finding, ...]) -> set[str]:
    return {item.code for item in findings}


def test_an_amount_in_ten_thousands_is_converted_and_said() -> None:
    label, answer = where("年末资产总额(元)"), where("117,172,292.09")
    submission, findings = change({label: "年末资产总额(万元)", answer: "11717.229209"})
    assets = next(answer for answer in submission.fields if answer.key == "assets")
    assert assets.number == Decimal("117172292.09")
    assert Code.EXT_MONEY_MEASURE in codes(findings)


def test_a_missing_label_is_an_error_and_its_answer_is_not_blank() -> None:
    submission, findings = change({where("部门职责"): "本单位干什么"})
    duties = next(answer for answer in submission.fields if answer.key == "duties")
    assert duties.state is State.UNREADABLE
    assert Code.EXT_LABEL_MISSING in codes(findings)
    assert Code.EXT_UNASKED in codes(findings)


def test_an_unknown_level_leaves_its_indicators_without_one() -> None:
    submission, findings = change({where("质量指标"): "成本指标"})
    lost = [item for item in submission.indicators if not item.level]
    assert len(lost) == 7
    assert lost[0].levels == ("产出指标", "成本指标")
    assert Code.EXT_LEVEL_UNKNOWN in codes(findings)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"年末在职人数": "年末资产总额(元)"}, Code.EXT_LABEL_TWICE),
        ({"指标目标值": "目标"}, Code.EXT_COLUMN_MISSING),
        ({"主要内容（重点工作计划）": "内容说明", "任务名称": "事项"}, Code.EXT_TABLE_MISSING),
        ({"效益指标": "社会效益指标", "社会效益指标": ""}, Code.EXT_LEVEL_MOVED),
    ],
)
def test_a_changed_heading_or_label_is_named(changed: dict[str, str], code: Code) -> None:
    submission, findings = taken(minhang().replaced(changed).xlsx())
    assert code in codes(findings)
    assert code is not Code.EXT_LEVEL_MOVED or len(submission.indicators) == 42


def test_another_year_in_the_title_is_a_warning() -> None:
    _, findings = change({"A2": "（2023年度）"})
    assert Code.EXT_YEAR in codes(findings)


def test_text_beside_the_form_is_named() -> None:
    _, findings = change({"F9": "请张三核对"})
    found = [item.position.cell for item in findings if item.code == Code.EXT_UNASKED]
    assert found == ["F9"]


def test_a_row_that_fits_nowhere_is_named_and_not_guessed() -> None:
    place = where("新增养老床位数量")
    submission, findings = change({place: None, f"D{place[1:]}": None, f"F{place[1:]}": "新增养老床位数量"})
    assert len(submission.indicators) == 41
    assert Code.EXT_ROW_UNREAD in codes(findings)


def test_an_answer_below_its_label_is_read_with_a_warning() -> None:
    table = minhang()
    below = Table()
    for _, cells in table.rows():
        texts = [cell for _, cell in cells]
        if texts[0].text == "年度履职目标":
            below.row(Cell("年度履职目标", across=4))
            below.row(Cell(GOALS, across=4))
        else:
            below.row(*texts)
    submission, findings = taken(below.xlsx())
    golden(submission)
    assert [item.position.field for item in findings if item.code == Code.EXT_MISPLACED] == ["goals"]


def test_a_heading_that_nobody_knows_is_an_unread_column() -> None:
    place = where("指标目标值")
    book, active = sheet(minhang())
    active[f"E{place[1:]}"] = "完成情况"  # type: ignore[index]
    active[f"E{int(place[1:]) + 1}"] = "已完成"  # type: ignore[index]
    submission, findings = taken(saved(book))
    golden(submission)
    assert "E" in {item.position.cell[0] for item in findings if item.code == Code.EXT_UNKNOWN_COLUMN}
    assert Code.EXT_ROW_UNREAD not in codes(findings)


def test_numbers_percentages_and_formulas_of_a_workbook_are_what_the_screen_shows() -> None:
    book, active = sheet(minhang())
    cell = active[f"D{where('购买服务考核达标率')[1:]}"]  # type: ignore[index]
    cell.value, cell.number_format = 1, "0.00%"
    total = active[f"C{where('部门整体预算总额(元)')[1:]}"]  # type: ignore[index]
    total.value, total.number_format = 476373173.65, "#,##0.00"
    submission, _ = taken(saved(book))
    item = next(item for item in submission.indicators if item.name == "购买服务考核达标率")
    assert (item.targets[0].value.number, item.targets[0].value.measure) == (Decimal(100), "%")
    answer = next(answer for answer in submission.fields if answer.key == "budget.total")
    assert answer.number == Decimal("476373173.65")


_PLACES = sorted(minhang().cells)
_MEASURE_NOTE = "单位：万元"  # understood: every amount it changes is reported
_TEXTS = (
    *("", "\u3000", "产出", "质量指标", "三级目标", "≥85.00(%)", "某项完成率", "部门职责"),
    *("年度履职目标：救助", "预算情况", "12,5", _MEASURE_NOTE, "任务名称"),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(_PLACES), st.sampled_from(_TEXTS)), max_size=8),
    st.randoms(use_true_random=False),
)
def test_whatever_is_done_to_the_cells_none_of_them_goes_unmentioned(
    changes: list[tuple[tuple[int, int], str]], random: Random
) -> None:
    table = minhang()
    for place, written in changes:
        table.cells[place] = Cell(written)
        other = random.choice(_PLACES)
        table.cells[place], table.cells[other] = Cell(table.cells[other].text), Cell(table.cells[place].text)
    definition = form("minhang-2024")
    submission, findings = extract(table.text(), "form.txt", definition)
    assert submission is not None
    known = captions(definition)
    levels = {level_name(name) for block in definition.blocks if isinstance(block, Tree)
              for leaf in block.leaves for name in (*leaf.path, *leaf.aliases)}  # fmt: skip
    said = "".join("".join([*answers_of(submission).values(), *map(message, findings)]).split())
    unread = {item.position.cell[0] for item in findings if item.code == Code.EXT_UNKNOWN_COLUMN}
    for cells in csv.reader(io.StringIO(table.text().decode("utf-8-sig")), delimiter="\t"):
        for column, cell in zip("ABCD", cells, strict=True):
            shown = "".join(clean(cell).text.split())
            ours = bool(known.of(shown)) or level_name(shown) in levels or shown == _MEASURE_NOTE
            label, _, answer = shown.partition("：")
            told = shown[:20] in said or column in unread
            assert ours or told or (known.of(label) and answer in said)


def test_another_form_is_refused() -> None:
    submission, findings = extract(minhang().xlsx(), "form.xlsx", form("yuzhong-2020"))
    assert submission is None
    assert [item.code for item in findings] == [Code.EXT_NOT_THIS_FORM]


def test_a_picture_is_refused_with_what_to_send() -> None:
    submission, findings = extract(b"\x89PNG\r\n\x1a\n" + bytes(100), "form.png", form("minhang-2024"))
    assert submission is None
    assert [item.code for item in findings] == [Code.FILE_PICTURE_OR_PDF]


def test_every_finding_can_be_said_in_both_languages(seed_a: Read, seed_b: Read) -> None:
    for item in (*seed_a[1], *seed_b[1]):
        for language in ("zh", "en"):
            assert "{" not in message(item, language)


def test_the_verb_takes_a_path_and_a_form(tmp_path: Path) -> None:
    path = tmp_path / "公开表.html"
    path.write_bytes(minhang().html())
    result = extract_file(path, "minhang-2024")
    assert result.submission is not None
    golden(result.submission)
    assert result.submission.file == "公开表.html"


def test_the_verb_says_that_a_form_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "form.txt"
    path.write_text("部门名称", encoding="utf-8")
    result = extract_file(path, "no-such-form")
    assert (result.form, result.submission) == (None, None)
    assert result.findings
