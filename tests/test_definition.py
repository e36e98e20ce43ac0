"""A form is read from its folder, and each single mistake in it is named with its code, line and remedy."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xltool.data import data_root
from xltool.definition import available, find, load, load_form, schema
from xltool.definition.leaves import columns_for
from xltool.definition.positions import KeyPath, key_positions
from xltool.definition.reading import inspect
from xltool.definition.source import Source
from xltool.definition.vocabulary import DOCUMENT
from xltool.findings import Code, message
from xltool.model.finding import Finding, Severity
from xltool.model.form import Answer, Entry, Fields, FormDefinition, Lines, Profile, Role, Rows, Tree

TEMPLATES = Path(str(data_root()))
FORMS = ("minhang-2024", "yuzhong-2020")
M, Y = FORMS
TOML, CSV = "form.toml", "indicators.csv"


def copy_of(form: str, into: Path) -> Path:
    folder = into / form
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in (TOML, CSV):
        (folder / name).write_bytes((TEMPLATES / form / name).read_bytes())
    return folder


def sound(form: str) -> FormDefinition:
    definition, findings = load(TEMPLATES / form)
    assert not findings
    assert definition is not None
    return definition


# --- what a sound form says ---------------------------------------------------------------------------------------


def test_a_form_keeps_what_its_file_says() -> None:
    form = sound(M)
    assert (form.id, form.version, form.year, form.money, form.decimals) == (M, "1", 2024, "元", 2)
    assert form.double_entry_threshold == Decimal(1000)
    assert list(form.sheet.tracks) == [13, 16, 34, 9, 15, 9]
    assert [block.frame.key for block in form.blocks] == [
        "title", "subtitle", "basic", "tasks", "budget", "scale", "indicators", "notes", "sign",
    ]  # fmt: skip
    assert [check.tolerance for check in form.checks] == [Decimal("0.005")] * 2


def answers(form: FormDefinition) -> dict[str, Answer]:
    return {item.key: item for block in form.blocks if isinstance(block, Fields) for row in block.rows for item in row}


def test_a_field_keeps_its_roles_lengths_entry_and_spans() -> None:
    by_key = answers(sound(M))
    assert by_key["subordinate_units"].roles == {Role.DEPARTMENT}
    assert by_key["duties"].roles == set(Role)
    assert (by_key["duties"].expected_length, by_key["duties"].max_length) == (966, 2000)
    assert (by_key["unit_name"].entry, by_key["unit_name"].source) == (Entry.PREFILLED, "unit.name")
    assert (by_key["unit_name"].label_span, by_key["unit_name"].answer_span) == (1, 2)
    assert by_key["assets"].minimum == Decimal(0)


def test_sign_blocks_notes_side_captions_and_profiles_are_kept() -> None:
    blocks = {block.frame.key: block for block in sound(Y).blocks}
    head, funds, sign = blocks["head"], blocks["funds"], blocks["sign"]
    assert isinstance(head, Fields)
    assert head.note is not None
    assert (head.note.text, head.note.span, head.frame.ruled) == ("单位：{money}", 2, False)
    assert isinstance(funds, Fields)
    assert (funds.labels, funds.frame.side, funds.frame.section) == ("above", 1, "two")
    assert isinstance(sign, Fields)
    assert (sign.sign, sign.frame.optional) == (True, True)
    notes = next(block for block in sound(M).blocks if block.frame.key == "notes")
    assert notes.frame.profiles == {Profile.FILL}


def test_a_tree_has_its_levels_targets_and_leaves_in_order() -> None:
    (tree,) = [block for block in sound(Y).blocks if isinstance(block, Tree)]
    assert [leaf.key for leaf in tree.leaves][:2] == ["output.quantity", "output.quality"]
    assert tree.leaves[2].path == ("产出类指标", "进度指标")
    assert tree.leaves[2].aliases == ("时效指标",)
    assert (tree.leaves[0].minimum, tree.leaves[0].prepared, tree.leaves[0].spare) == (1, 4, 6)
    current, previous = tree.targets
    assert [(part.part, part.printed) for part in current.parts] == [
        ("operator", True), ("value", False), ("measure", False),
    ]  # fmt: skip
    assert (previous.compulsory, previous.print.bare_operators) == (False, ("=",))
    assert tree.name.numbered
    assert [column.key for column in tree.columns] == ["remark"]


def test_a_level_without_entry_keeps_its_printed_text() -> None:
    (tree,) = [block for block in sound(M).blocks if isinstance(block, Tree)]
    assert [leaf.entry for leaf in tree.leaves] == ["none"] * 7 + ["open"] * 6
    assert tree.leaves[0].text.startswith("根据沪财绩")


def test_lines_and_rows_keep_their_counts_and_rules() -> None:
    blocks = {block.frame.key: block for block in sound(M).blocks}
    budget, tasks = blocks["budget"], blocks["tasks"]
    assert isinstance(budget, Lines)
    assert [line.name for line in budget.lines][:2] == ["部门整体预算总额", "财政拨款"]
    assert isinstance(tasks, Rows)
    assert (tasks.minimum, tasks.prepared, tasks.spare, tasks.rule) == (1, 6, 2, "pick")


def test_rows_with_a_name_are_indicators_of_their_level(tmp_path: Path) -> None:
    folder = copy_of(M, tmp_path)
    with (folder / CSV).open("a", encoding="utf-8") as file:
        file.write("output.quantity,,,,,,,,,,养老机构,=,所\noutput.quantity,,,,,,,,,,床位,≥,张\n")
    form, findings = load(folder)
    assert findings == ()
    assert form is not None
    (tree,) = [block for block in form.blocks if isinstance(block, Tree)]
    leaf = next(leaf for leaf in tree.leaves if leaf.key == "output.quantity")
    assert [(item.name, item.operator) for item in leaf.indicators] == [("养老机构", "="), ("床位", "≥")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_the_table_may_be_saved_by_any_spreadsheet(encoding: str, tmp_path: Path) -> None:
    folder = copy_of(Y, tmp_path)
    text = (folder / CSV).read_text(encoding="utf-8").replace("\n", "\r\n")
    (folder / CSV).write_bytes(text.encode(encoding))
    assert load(folder) == (sound(Y), ())


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    folder = copy_of(M, tmp_path)
    text = (folder / TOML).read_text(encoding="utf-8").replace("\n", "\r\n")
    (folder / TOML).write_bytes(text.encode("utf-8-sig"))
    assert load(folder) == (sound(M), ())


# --- one mistake at a time ----------------------------------------------------------------------------------------

FIRST_BLOCK = '[[block]]\nkind = "band"\nkey = "title"'
Mistake = tuple[str, str, str, str, Code, str, tuple[str, ...]]
MISTAKES: list[Mistake] = [
    # form, file, text, what it becomes, code, where (a text whose start has the line and column), words of the message
    (M, TOML, '"1"\nyear', '"1\nyear', Code.DEF_SYNTAX, "", ()),
    (M, TOML, "year = 2024", "year = 2024\nyear = 2025", Code.DEF_DUPLICATE, "year = 2025", ("year", "line 7")),
    (M, TOML, "[sheet]", "[form]", Code.DEF_DUPLICATE, "[form]\nname", ("form",)),
    (M, TOML, "issuer =", "isuer =", Code.DEF_UNKNOWN_KEY, "isuer", ("isuer", "issuer")),
    (M, TOML, ", max_length = 60,", ", maxlength = 60,", Code.DEF_UNKNOWN_KEY, "maxlength", ("max_length",)),
    (M, TOML, "[sheet]", "[sheets]", Code.DEF_UNKNOWN_KEY, "[sheets]", ("sheet",)),
    (M, TOML, 'version = "1"\n', "", Code.DEF_MISSING_KEY, "[form]", ("version",)),
    (M, TOML, FIRST_BLOCK, '[[block]]\nkey = "title"', Code.DEF_MISSING_KEY, '[[block]]\nkey = "title"', ("kind",)),
    (M, TOML, 'label = "年度履职目标", ', "", Code.DEF_MISSING_KEY, '{ key = "goals"', ("basic", "goals", "label")),
    (M, TOML, "year = 2024", 'year = "2024"', Code.DEF_WRONG_VALUE, "year", ('"2024"', "form.year")),
    (M, TOML, "[13, 16", '[13, "16"', Code.DEF_WRONG_VALUE, '"16"', ("tracks",)),
    (M, TOML, "[13, 16", "[13, nan", Code.DEF_WRONG_VALUE, "nan", ("tracks",)),
    (M, TOML, "compulsory = true, entry", 'compulsory = "yes", entry', Code.DEF_WRONG_VALUE, "compulsory", ("true",)),
    (M, TOML, 'minimum = "0"', "minimum = 0.5", Code.DEF_WRONG_VALUE, "minimum = 0.5", ("0.005",)),
    (M, TOML, 'key = "duties"', 'key = "Duties"', Code.DEF_WRONG_VALUE, 'key = "Duties"', ("Duties",)),
    (M, TOML, "span = [1, 2]", "span = [3]", Code.DEF_WRONG_VALUE, "span = [3]", ("[1, 2]",)),
    (M, TOML, "span = [2], type", "span = [1, 1], type", Code.DEF_WRONG_VALUE, "span = [1, 1], type", ("[2]",)),
    (M, TOML, '"indicators.csv"', '"../indicators.csv"', Code.DEF_WRONG_VALUE, "rows_from", ("indicators.csv",)),
    (M, TOML, 'kind = "rows"', 'kind = "row"', Code.DEF_UNKNOWN_WORD, 'kind = "row"', ("rows",)),
    (M, TOML, 'type = "integer", c', 'type = "int", c', Code.DEF_UNKNOWN_WORD, 'type = "int"', ("integer",)),
    (M, TOML, 'roles = ["department"]', 'roles = ["departement"]',
     Code.DEF_UNKNOWN_WORD, '"departement"', ("department",)),
    (M, TOML, 'profiles = ["fill"]', 'profiles = ["full"]', Code.DEF_UNKNOWN_WORD, '"full"', ("fill",)),
    (M, TOML, 'entry = "locked"', 'entry = "lock"', Code.DEF_UNKNOWN_WORD, 'entry = "lock"', ("locked",)),
    (M, TOML, 'rule = "pick"', 'rule = "picks"', Code.DEF_UNKNOWN_WORD, 'rule = "picks"', ("pick",)),
    (M, TOML, '"unit.name"', '"unit.nam"', Code.DEF_UNKNOWN_WORD, "source", ("unit.name",)),
    (M, TOML, 'style = "title"', 'style = "titel"', Code.DEF_UNKNOWN_WORD, 'style = "titel"', ("title",)),
    (Y, TOML, 'bare_operators = ["="]', 'bare_operators = ["=="]', Code.DEF_UNKNOWN_WORD, '"=="', ("=",)),
    (M, TOML, 'key = "scale"', 'key = "budget"', Code.DEF_DUPLICATE, 'key = "budget"\nlabels', ("budget",)),
    (M, TOML, 'key = "goals"', 'key = "duties"', Code.DEF_DUPLICATE, 'key = "duties", label = "年度', ("duties",)),
    (M, TOML, '{ key = "fiscal"', '{ key = "total"', Code.DEF_DUPLICATE, 'key = "total", label = "1', ("total",)),
    (M, TOML, 'key = "remarks"', 'key = "assets"', Code.DEF_DUPLICATE, 'key = "assets", label = "其他', ("assets",)),
    (M, TOML, 'key = "level2"', 'key = "name"', Code.DEF_DUPLICATE, 'key = "name", heading = "二级', ("name",)),
    (M, TOML, 'key = "budget-structure"', 'key = "budget-sources"', Code.DEF_DUPLICATE, "", ("budget-sources",)),
    (M, TOML, '["goals"]]', '["gaols"]]', Code.DEF_NOT_DEFINED, '"gaols"', ("gaols", "goals")),
    (Y, TOML, 'section = "four"', 'section = "for"', Code.DEF_NOT_DEFINED, 'section = "for"', ("four",)),
    (M, TOML, ', ["goals"]]', "]", Code.DEF_NOT_PLACED, '{ key = "goals"', ("goals", "basic.rows")),
    (Y, TOML, 'section = "four"\n', "", Code.DEF_NOT_PLACED, 'key = "four"', ("four",)),
    (M, TOML, "span = [2, 1]", "span = [2, 2]", Code.DEF_SPANS, '["unit_name", "sub', ("7", "6", "1 + 2 + 2 + 2")),
    (M, TOML, 'heading = "计算符号", span = 1', 'heading = "计算符号", span = 2', Code.DEF_SPANS, "", ("7",)),
    (M, TOML, 'heading = "内容"\nspan = 3', 'heading = "内容"\nspan = 2',
     Code.DEF_SPANS, 'columns = [\n  { key = "am', ()),
    (M, TOML, "span = 4,", "span = 3,", Code.DEF_SPANS, 'columns = [\n  { key = "title"', ("5", "6")),
    (Y, TOML, "span = 2 }\nfields", "span = 1 }\nfields", Code.DEF_SPANS, '["reporter"]', ("2 + 5 + 1",)),
    (Y, TOML, '编制"\nside = 1', '编制"\nside = 2', Code.DEF_SPANS, '[[block]]\nkind = "tree"', ("8", "7")),
    (Y, TOML, 'section = "four"', 'section = "one"',
     Code.DEF_SECTION_BROKEN, 'section = "one"\nrows = [["reg', ("one",)),
    (M, TOML, "budget.basic + budget.project", "budget.basic +* 2",
     Code.DEF_EXPRESSION, 'expression = "budget.total == budget.basic +* 2', ("+*",)),
    (M, TOML, "budget.basic + b", "budget.basics + b",
     Code.DEF_EXPRESSION_NAME, 'expression = "budget.total == budget.basics + b', ("budget.basic",)),
    (M, TOML, "budget.basic + b", "duties + b",
     Code.DEF_EXPRESSION_NAME, 'expression = "budget.total == duties + b', ("duties",)),
    (M, TOML, "budget.basic + b", "sum(tasks.title) + b",
     Code.DEF_EXPRESSION_NAME, 'expression = "budget.total == sum(tasks.title) + b', ("tasks.title",)),
    (M, TOML, "（{year}年度）", "（{jahr}年度）", Code.DEF_PLACE, 'text = "（', ("jahr", "{year}")),
    (M, TOML, "（{year}年度）", "（{year年度）", Code.DEF_PLACE, 'text = "（', ("{year}",)),
    (M, TOML, "{number}({measure})", "{value}({measure})", Code.DEF_PLACE, "pattern", ("value", "{number}")),
    (M, TOML, '"{department}(汇总)"', '"{department!r}"', Code.DEF_PLACE, "consolidated_name", ("department!r",)),
    (M, TOML, 'measure = "元"', 'measure = "人"', Code.DEF_MEASURE, 'measure = "人"', ("万元",)),
    (M, TOML, "minimum = 1\nprepared = 6", "minimum = 7\nprepared = 6",
     Code.DEF_CONTRADICTION, "minimum = 7", ("7 > 6",)),
    (M, TOML, "expected_length = 966", "expected_length = 2001", Code.DEF_CONTRADICTION, "expected", ("2001 > 2000",)),
    (M, TOML, "minimum = 1\nprepared = 6\nspare = 2", "prepared = 0", Code.DEF_CONTRADICTION, "prepared", ("≥ 1",)),
    (M, TOML, 'roles = ["department"]', "roles = []", Code.DEF_OUT_OF_RANGE, "roles", ("roles",)),
    (M, TOML, 'kind = "rows"', 'kind = "rows"\nroles = []', Code.DEF_OUT_OF_RANGE, "roles = []", ("tasks",)),
    (M, TOML, '"年度重点任务"', '"年度重点任务"\nside = 1', Code.DEF_SPANS, "columns = [", ("6", "5")),
    (Y, TOML, 'caption = "预算安排"\n', "", Code.DEF_MISSING_KEY,
     '[[block]]\nkind = "fields"\nkey = "funds"', ("caption",)),
    (M, TOML, 'minimum = "0", compulsory = true, rule = "sum" },\n]', 'minimum = "2", maximum = "1" },\n]',
     Code.DEF_CONTRADICTION, 'minimum = "2"', ("2 > 1",)),
    (M, TOML, 'name = "财政拨款" }', 'name = "财政拨款", rule = "count_units" }', Code.DEF_UNSUITABLE,
     'rule = "count_units" },\n  { key = "other"', ("money",)),
    (M, TOML, '"indicators.csv"', '"indicators.csv"\ncolumns = [{ key = "current", type = "text" }]', Code.DEF_SPANS,
     '[[block]]\nkind = "tree"', ("7",)),
    (M, TOML, 'measure = { heading = "计量单位", span = 1 }', 'measure = { heading = "{unit}" }', Code.DEF_PLACE,
     'heading = "{unit}"', ("unit",)),
    (M, CSV, "社会效益指标", "社会\x01指标", Code.DEF_WRONG_VALUE, "benefit.social", ("level2",)),
    (M, CSV, "时限指标", "时限" * 2000, Code.DEF_OUT_OF_RANGE, "output.timeliness", ("aliases",)),
    (M, TOML, "= 966, max_length = 2000", "= 966, max_length = 32768",
     Code.DEF_OUT_OF_RANGE, "max_length = 32768", ("32767",)),
    (M, TOML, "[13, 16", "[13, 300", Code.DEF_OUT_OF_RANGE, "300", ("255",)),
    (M, TOML, 'levels = [{ key = "level1"', 'levels = [] #{ key = "level1"', Code.DEF_OUT_OF_RANGE, "levels", ()),
    (M, TOML, 'type = "integer", c', 'type = "choice", c', Code.DEF_MISSING_KEY, '{ key = "subord', ("choices",)),
    (M, TOML, ', source = "unit.name"', "", Code.DEF_MISSING_KEY, '{ key = "unit_name"', ("source",)),
    (M, TOML, 'rule = "own", help = "按', 'rule = "sum", help = "按',
     Code.DEF_UNSUITABLE, 'rule = "sum", help', ("text",)),
    (M, TOML, 'type = "text", expected_length = 966', 'type = "text", decimals = 2',
     Code.DEF_UNSUITABLE, "decimals = 2, max", ()),
    (M, TOML, '"indicators.csv"', '"indicator.csv"', Code.DEF_FILE_MISSING, "rows_from", ("indicators.csv",)),
    (M, CSV, "key,level1", "kee,level1", Code.DEF_UNKNOWN_KEY, "kee", ("key",)),
    (M, CSV, ",level2,", ",", Code.DEF_MISSING_KEY, "key,", ("level2",)),
    (M, CSV, "aliases,entry", "entry,entry", Code.DEF_DUPLICATE, "key,", ("entry",)),
    (M, CSV, "投入管理指标,资产管理", "投入管理指标,", Code.DEF_MISSING_KEY, "input.assets", ("level2",)),
    (M, CSV, "output.quality", "output.quantity", Code.DEF_DUPLICATE, "output.quantity,产出指标,质量", ("line 9",)),
    (M, CSV, "效益指标,可持续影响指标", "效益指标,社会效益指标",
     Code.DEF_DUPLICATE, "benefit.sustained", ("社会效益指标",)),
    (M, CSV, "1,6,6,家", "1,six,6,家", Code.DEF_WRONG_VALUE, "output.quantity", ("six", "prepared")),
    (M, CSV, "1,6,6,家", "7,6,6,家", Code.DEF_CONTRADICTION, "output.quantity", ("7 > 6",)),
    (M, CSV, "1,6,6,家", "1,6000,6,家", Code.DEF_OUT_OF_RANGE, "output.quantity", ("6000",)),
    (M, CSV, ",open,,1,6", ",opened,,1,6", Code.DEF_UNKNOWN_WORD, "output.quantity", ("open",)),
    (M, CSV, "家 户 人次", "家 户 人刺", Code.DEF_MEASURE, "output.quantity", ("人刺",)),
    (M, CSV, "benefit.social", "Benefit social", Code.DEF_WRONG_VALUE, "Benefit social", ("Benefit social",)),
    (M, CSV, "资产管理,,none,,,", "资产管理,,none,,1,", Code.DEF_UNSUITABLE, "input.assets", ("minimum",)),
    (M, CSV, "数量指标,,open,,", "数量指标,,open,按规定,", Code.DEF_UNSUITABLE, "output.quantity", ("text",)),
    (M, CSV, "人次 人 户 个 次 件 份/日,,,", "人次,,,,,x",
     Code.DEF_ROWS_DISAGREE, "benefit.social", ("benefit.social",)),
    (M, CSV, "分,,,\n", '分,,,\n"', Code.DEF_SYNTAX, "", ()),
    (M, CSV, "output.quality,", "output.quantite,,,,,,,,,,养老机构,,\noutput.quality,",
     Code.DEF_NOT_DEFINED, "output.quantite",
     ("output.quantity",)),
    (M, CSV, "output.quality,", "output.quantity,产出,,,,,,,,,养老机构,,\noutput.quality,", Code.DEF_ROWS_DISAGREE,
     "output.quantity,产出,", ("产出指标",)),
    (M, CSV, "output.quality,", "output.quantity,,,,,,,,,,养老机构,等于,\noutput.quality,", Code.DEF_UNKNOWN_WORD,
     "output.quantity,,", ("等于", "≥")),
    (M, CSV, "output.quality,", "input.control,,,,,,,,,,制度健全,,\noutput.quality,", Code.DEF_UNSUITABLE,
     "input.control,投", ("entry = none",)),
]  # fmt: skip


def line_and_column(text: str, start: str) -> tuple[int, int]:
    at = text.index(start)
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


@pytest.mark.parametrize(
    "mistake", MISTAKES, ids=[f"{number:02d}-{row[4].name[4:].lower()}" for number, row in enumerate(MISTAKES)]
)
def test_a_mistake_is_named_where_it_stands(mistake: Mistake, tmp_path: Path) -> None:
    form, file, old, new, code, at, words = mistake
    folder = copy_of(form, tmp_path)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    (folder / file).write_text(text, encoding="utf-8")
    definition, findings = load(folder)
    assert definition is None
    found = [item for item in findings if item.code == code]
    assert len(found) == 1, [message(item, "en") for item in findings]
    assert found[0].position.file == f"{form}/{file}"
    if at:
        row, column = line_and_column(text, at)
        assert found[0].position.row == row
        if file == TOML:
            assert found[0].position.column == str(column)
    for word in words:
        assert word in message(found[0], "en")
        if not word.startswith("line "):
            assert word in message(found[0], "zh")


def test_a_level_and_a_block_cannot_share_a_key(tmp_path: Path) -> None:
    folder = copy_of(M, tmp_path)
    text = (folder / CSV).read_text(encoding="utf-8")
    (folder / CSV).write_text(text.replace("benefit.social,", "tasks,"), encoding="utf-8")
    assert codes(load(folder)) == [Code.DEF_DUPLICATE]


def test_every_code_of_a_definition_has_a_mistake_that_shows_it() -> None:
    shown = {row[4] for row in MISTAKES}
    assert shown == {code for code in Code if code.name.startswith("DEF_") and code.value <= "DEF19"}


def test_mistakes_in_several_blocks_are_reported_together_in_the_order_of_their_lines(tmp_path: Path) -> None:
    folder = copy_of(M, tmp_path)
    text = (folder / TOML).read_text(encoding="utf-8")
    for old, new in (("issuer", "isuer"), ("span = [2, 1]", "span = [2, 2]"), ('kind = "lines"', 'kind = "line"')):
        text = text.replace(old, new, 1)
    (folder / TOML).write_text(text, encoding="utf-8")
    _, findings = load(folder)
    assert [item.code for item in findings] == [Code.DEF_UNKNOWN_KEY, Code.DEF_SPANS, Code.DEF_UNKNOWN_WORD]
    assert [item.position.row for item in findings] == sorted(item.position.row for item in findings)


def test_a_folder_without_a_form_is_a_finding(tmp_path: Path) -> None:
    assert codes(load(tmp_path / "nowhere")) == [Code.DEF_FILE_MISSING]


def test_text_that_is_not_unicode_is_a_finding_with_its_line(tmp_path: Path) -> None:
    folder = copy_of(M, tmp_path)
    (folder / TOML).write_bytes((folder / TOML).read_text(encoding="utf-8").encode("gbk"))
    result = load(folder)
    assert codes(result) == [Code.DEF_SYNTAX]
    assert result[1][0].position.row == 1


def codes(result: tuple[FormDefinition | None, tuple[Finding, ...]]) -> list[str]:
    assert result[0] is None
    return [item.code for item in result[1]]


# --- where forms lie ----------------------------------------------------------------------------------------------


def test_bundled_forms_are_listed_and_found() -> None:
    assert {item.id for item in available()} >= set(FORMS)
    assert all(item.bundled and item.title for item in available())
    assert load_form(M) == (sound(M), ())


def test_an_own_form_hides_the_bundled_one_of_the_same_id(tmp_path: Path) -> None:
    own = copy_of(M, tmp_path)
    assert find(M, [tmp_path]) == own
    assert [item.bundled for item in available([tmp_path]) if item.id == M] == [False]
    assert find(Y, [tmp_path]) == TEMPLATES / Y


def test_an_own_folder_may_be_a_form_itself(tmp_path: Path) -> None:
    own = copy_of(M, tmp_path)
    assert find(M, [own]) == own


@pytest.mark.parametrize("form_id", ["minhang-2042", "../templates/minhang-2024", "", "."])
def test_an_unknown_form_is_a_finding_that_names_the_forms_there_are(form_id: str) -> None:
    result = load_form(form_id)
    assert codes(result) == [Code.DEF_FILE_MISSING]
    assert M in message(result[1][0], "en")


def test_a_form_that_cannot_be_read_is_listed_by_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / TOML).write_text("[form", encoding="utf-8")
    assert "broken" in [item.id for item in available([tmp_path])]


# --- whatever stands in the files ---------------------------------------------------------------------------------

VALUES = st.recursive(
    st.one_of(
        st.text(st.characters(codec="utf-8"), max_size=12),
        st.sampled_from(["name", "total", "{year}", "{", "sum", "text", "indicators.csv", "indicators", "prefilled"]),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.booleans(),
        st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["key", "kind", "span", "x"]), inner, max_size=3)
    ),
    max_leaves=5,
)
RAW: dict[str, dict[str, Any]] = {
    form: tomllib.loads((TEMPLATES / form / TOML).read_text(encoding="utf-8")) for form in FORMS
}


def leaves(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in items:
        yield from leaves(item, (*path, part))
    if path and not isinstance(value, dict | list):
        yield path


def nodes(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, item in items:
        yield (*path, part)
        yield from nodes(item, (*path, part))


def with_value(raw: Any, path: KeyPath, value: object) -> Any:
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(raw, list):
        return [with_value(item, rest, value) if number == part else item for number, item in enumerate(raw)]
    return {key: with_value(item, rest, value) if key == part else item for key, item in raw.items()}


def toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return str(value)


def document(raw: dict[str, object]) -> str:
    return "".join(f"{key} = {toml(value)}\n" for key, value in raw.items())


@st.composite
def altered(draw: st.DrawFn, values: st.SearchStrategy[object] = VALUES) -> tuple[str, dict[str, Any]]:
    """A bundled form with anything at all in place of one of its values."""
    form = draw(st.sampled_from(FORMS))
    path = draw(st.sampled_from(list(leaves(RAW[form])) * 3 + list(nodes(RAW[form]))))
    return form, with_value(RAW[form], path, draw(values))


def assert_answered(folder: Path) -> None:
    definition, findings = load(folder)
    errors = [item for item in findings if item.severity is Severity.ERROR]
    assert (definition is None) == bool(errors)
    for item in findings:
        assert item.position.file
        assert message(item, "zh")
        assert message(item, "en")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(altered())
def test_any_value_in_any_place_is_read_or_reported(tmp_path: Path, case: tuple[str, dict[str, Any]]) -> None:
    form, raw = case
    folder = copy_of(form, tmp_path)
    (folder / TOML).write_text(document(raw), encoding="utf-8")
    assert_answered(folder)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FORMS), st.integers(0, 400), st.text(st.characters(codec="utf-8"), max_size=10))
def test_any_text_in_any_cell_of_the_table_is_read_or_reported(
    tmp_path: Path, form: str, number: int, text: str
) -> None:
    folder = copy_of(form, tmp_path)
    cells = (folder / CSV).read_text(encoding="utf-8").split(",")
    cells[number % len(cells)] = text
    (folder / CSV).write_text(",".join(cells), encoding="utf-8")
    assert_answered(folder)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(FORMS), st.sampled_from([TOML, CSV]), st.integers(0, 6000), st.binary(max_size=6))
def test_any_bytes_in_either_file_are_read_or_reported(
    tmp_path: Path, form: str, file: str, at: int, extra: bytes
) -> None:
    folder = copy_of(form, tmp_path)
    data = (folder / file).read_bytes()
    at %= len(data)
    (folder / file).write_bytes(data[:at] + extra + data[at + len(extra) :])
    assert_answered(folder)


@pytest.mark.parametrize("text", ["x = " + "[" * 3000, "x = " + "9" * 5000, "", "\x00", "[[block]]\n" * 300])
def test_a_hostile_document_is_reported(text: str, tmp_path: Path) -> None:
    (tmp_path / TOML).write_text(text, encoding="utf-8")
    definition, findings = load(tmp_path)
    assert definition is None
    assert findings


# --- positions ----------------------------------------------------------------------------------------------------

EVERY_SYNTAX = '''# a comment with = and [brackets]
plain = 1 # and another
"quoted key" = "a # b"
a.b."c d" = 'literal'
text = """first ] line
second = "line\\""""
raw = \'\'\'one
two = 2\'\'\'
list = [ 1, [2, 3], # comment, with comma
  { x = 1, y = [ "}", ']' ] }, ]
date = 2024-01-01T00:00:00Z
[table]
key = true
[table.below]
key = -1.5e3
[[items]]
name = "a"
  [items.sub]
  deep = 1
  [[items.subs]]
  n = 1
  [[items.subs]]
  n = 2
[[items]]
name = "b"
[items."odd.key"]
x = {}
'''


@pytest.mark.parametrize("text", [EVERY_SYNTAX, *(document(RAW[form]) for form in FORMS)])
def test_every_key_of_a_document_has_a_position(text: str) -> None:
    assert set(nodes(tomllib.loads(text))) <= set(key_positions(text))


@pytest.mark.parametrize("form", FORMS)
def test_a_position_is_where_the_key_or_item_is_written(form: str) -> None:
    text = (TEMPLATES / form / TOML).read_text(encoding="utf-8")
    lines = text.splitlines()
    raw = tomllib.loads(text)
    found = key_positions(text)
    assert set(found) == set(nodes(raw))
    for path, (row, column) in found.items():
        written = lines[row - 1][column - 1 :]
        if isinstance(path[-1], str):
            assert written.startswith((path[-1], f"[{path[-1]}]", f"[[{path[-1]}]]"))
        else:
            assert written[0] in '[{"' or written[0].isdigit()


@settings(max_examples=200)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), VALUES, max_size=5))
def test_any_document_has_a_position_for_every_key(raw: dict[str, object]) -> None:
    text = document({toml(key): value for key, value in raw.items()})
    assert set(key_positions(text)) == set(nodes(tomllib.loads(text)))


# --- the published schema -----------------------------------------------------------------------------------------

STRUCTURE = {
    Code.DEF_UNKNOWN_KEY, Code.DEF_MISSING_KEY, Code.DEF_WRONG_VALUE, Code.DEF_UNKNOWN_WORD, Code.DEF_OUT_OF_RANGE,
}  # fmt: skip


def validator() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(schema())


def test_the_schema_is_a_sound_schema_and_plain_json() -> None:
    jsonschema.Draft7Validator.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()


@pytest.mark.parametrize("form", FORMS)
def test_bundled_forms_are_valid_against_the_schema(form: str) -> None:
    assert list(validator().iter_errors(RAW[form])) == []


def is_plain(value: object) -> bool:
    """JSON knows no dates, and to a schema 1.0 is a whole number and NaN within any bounds."""
    if isinstance(value, dict | list):
        return all(is_plain(item) for item in (value.values() if isinstance(value, dict) else value))
    if isinstance(value, float):
        return value % 1 > 0
    return isinstance(value, str | int)


@settings(max_examples=300, deadline=None)
@given(altered(VALUES.filter(is_plain)))
def test_the_schema_refuses_exactly_what_reading_refuses(case: tuple[str, dict[str, Any]]) -> None:
    _, raw = case
    source = Source("form.toml", raw=raw)
    inspect(DOCUMENT, raw, (), source)
    refused = any(item.code in STRUCTURE for item in source.findings)
    assert refused == (not validator().is_valid(raw))


# --- the page that describes the language -------------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "forms.md").read_text(encoding="utf-8")


def snippet(language: str) -> str:
    return PAGE.split(f"```{language}\n", 1)[1].split("```", 1)[0]


def test_the_small_form_of_the_page_is_sound(tmp_path: Path) -> None:
    folder = tmp_path / "small-2025"
    folder.mkdir()
    (folder / TOML).write_text(snippet("toml"), encoding="utf-8")
    (folder / CSV).write_text(snippet("csv"), encoding="utf-8")
    form, findings = load_form("small-2025", [tmp_path])
    assert not [message(item, "en") for item in findings]
    assert form is not None
    (tree,) = [block for block in form.blocks if isinstance(block, Tree)]
    assert [(item.name, item.locked) for item in tree.leaves[0].indicators] == [("补贴发放及时率", True)]


def test_the_page_names_every_key_word_and_column_of_the_language() -> None:
    published = schema()
    tables = [published, *published["definitions"].values()]
    keys = {key for table in tables for key in table["properties"]}
    words = {word for table in tables for key in table["properties"].values() for word in key.get("enum", ())}
    assert {item for item in keys | words | set(columns_for(3)) if item not in PAGE} == set()
