"""The campaign folder: what people write in it, in whatever program, and what they are told of each slip."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from xltool import campaign as room
from xltool import words
from xltool.campaign.table import decoded
from xltool.definition.block_vocabulary import RULES
from xltool.excel.identity import sign
from xltool.findings import message
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.finding import Finding, Severity
from xltool.model.form import FormDefinition, Role, SheetDesign
from xltool.model.submission import Identity

SAMPLE = Campaign("round-2024", "sample-2024", 2024, "示例局", date(2024, 3, 15), "财务科", "021-00000000", ())
ROSTER = "编码,单位名称,角色\n001,示例局（本级）,本级\n002,示例馆,单位\n"
UNITS = (ReportingUnit("001", "示例局（本级）", Role.OWN), ReportingUnit("002", "示例馆", Role.UNIT))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound campaign of two units."""
    place = tmp_path / "申报"
    assert room.create(place, SAMPLE) == ()
    (place / "units.csv").write_text(ROSTER, encoding="utf-8")
    return place


def told(findings: tuple[Finding, ...]) -> list[tuple[str, int, str]]:
    return [(item.code, item.position.row, item.position.column) for item in findings]


def with_roster(folder: Path, text: str) -> list[tuple[str, int, str]]:
    (folder / "units.csv").write_text(text, encoding="utf-8")
    return told(room.load(folder)[1])


def with_rules(folder: Path, text: str) -> list[tuple[str, int, str]]:
    (folder / "rules.csv").write_text(text, encoding="utf-8")
    return told(room.load(folder)[1])


def with_settings(folder: Path, old: str, new: str) -> list[tuple[str, int, str]]:
    path = folder / "campaign.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return told(room.load(folder)[1])


def line_of(folder: Path, text: str) -> int:
    lines = (folder / "campaign.toml").read_text(encoding="utf-8").splitlines()
    return next(at for at, line in enumerate(lines, start=1) if line.startswith(text))


# ── the folder ──


def test_a_new_folder_reads_back_as_what_it_was_made_for(folder: Path) -> None:
    assert room.load(folder) == (replace(SAMPLE, units=UNITS), ())
    assert room.outbox(folder).is_dir()
    assert room.inbox(folder).is_dir()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=100).map(str.strip))
def test_no_text_breaks_out_of_its_quotes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    place = tmp_path_factory.mktemp("quotes")
    made = replace(SAMPLE, department=f"局{text}"[:100].strip(), contact=text, sign_block=True, deadline=None)
    assert room.create(place, made) == ()
    (place / "units.csv").write_text(ROSTER, encoding="utf-8")
    assert room.load(place) == (replace(made, units=UNITS), ())


def test_an_existing_campaign_is_left_alone(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert told(room.create(folder, replace(SAMPLE, department="另一局"))) == [("DEF21", 0, "")]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_cut_short_is_completed_with_the_key_it_has(folder: Path) -> None:
    secret = room.key(folder)
    (folder / "campaign.toml").unlink()
    assert room.create(folder, SAMPLE) == ()
    assert room.key(folder) == secret
    assert room.load(folder)[0] == replace(SAMPLE, units=UNITS)


def test_the_roster_is_copied_in_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "名单.csv").write_bytes(ROSTER.encode("gbk"))
    assert room.create(tmp_path / "a", SAMPLE, tmp_path / "名单.csv") == ()
    assert (tmp_path / "a" / "units.csv").read_bytes() == ROSTER.encode("gbk")
    assert room.load(tmp_path / "a")[0] == replace(SAMPLE, units=UNITS)
    assert told(room.create(tmp_path / "b", SAMPLE, tmp_path / "none.csv")) == [("DEF26", 0, "")]
    assert not (tmp_path / "b").exists()


def test_every_folder_gets_a_key_of_its_own_that_others_cannot_read(tmp_path: Path) -> None:
    keys = set()
    for name in ("a", "b"):
        room.create(tmp_path / name, SAMPLE)
        keys.add(room.key(tmp_path / name))
    assert len(keys) == 2
    assert {len(secret) for secret in keys} == {32}
    if os.name == "posix":
        assert (tmp_path / "a" / "campaign.key").stat().st_mode & 0o077 == 0


def test_a_key_may_carry_a_comment(folder: Path) -> None:
    (folder / "campaign.key").write_text("# public example key\n" + "ab" * 32 + "\n", encoding="utf-8")
    assert room.key(folder) == bytes([0xAB]) * 32


@pytest.mark.parametrize("text", ["", "# nothing else\n", "abc\n", "zz" * 32, "ab" * 8])
def test_a_key_that_is_none_is_told(folder: Path, text: str) -> None:
    (folder / "campaign.key").write_text(text, encoding="utf-8")
    found, findings = room.load(folder)
    assert (found, told(findings)) == (None, [("DEF39", 0, "")])
    assert findings[0].position.file == "campaign.key"


def test_a_folder_without_campaign_says_only_that(tmp_path: Path) -> None:
    assert told(room.load(tmp_path)[1]) == [("DEF20", 0, "")]
    assert told(room.load(tmp_path / "nowhere")[1]) == [("DEF20", 0, "")]


def test_the_bundled_example_is_sound() -> None:
    found, findings = room.load(ROOT / "examples" / "minhang-2024")
    assert findings == ()
    assert found is not None
    assert [unit.code for unit in found.units] == [f"{number:03}" for number in range(1, 11)]
    assert room.key(ROOT / "examples" / "minhang-2024")


# ── campaign.toml ──


@pytest.mark.parametrize(("old", "new", "code", "column"), [
    ('id = "round-2024"', "", "DEF24", "id"),
    ("year = 2024", 'year = "2024"', "DEF25", "year"),
    ("year = 2024", "year = 24", "DEF25", "year"),
    ("year = 2024", "year = true", "DEF25", "year"),
    ('id = "round-2024"', 'id = "申报"', "DEF25", "id"),
    ('form = "sample-2024"', 'form = "../sample"', "DEF25", "form"),
    ('department = "示例局"', 'department = " "', "DEF25", "department"),
    ("deadline = 2024-03-15", 'deadline = "三月十五"', "DEF25", "deadline"),
    ("deadline = 2024-03-15", 'deadline = "2024-02-30"', "DEF25", "deadline"),
    ("deadline = 2024-03-15", "deadline = 20240315", "DEF25", "deadline"),
    ('accept = "auto"', 'accept = "maybe"', "DEF25", "accept"),
    ("sign_block = false", 'sign_block = "no"', "DEF25", "sign_block"),
    ("telephone = ", "telphone = ", "DEF23", "telphone"),
    ('contact = "财务科"', "contact = 12", "DEF25", "contact"),
])
def test_a_setting_written_wrong_is_told_with_its_line(
        folder: Path, old: str, new: str, code: str, column: str) -> None:
    line = line_of(folder, new) if not new else line_of(folder, old)
    assert with_settings(folder, old, new) == [(code, line if new else 0, column)]
    assert room.load(folder)[0] is None


def test_a_slip_in_a_setting_is_told_with_the_right_name(folder: Path) -> None:
    with_settings(folder, "telephone = ", "telphone = ")
    assert "telephone" in message(room.load(folder)[1][0])
    assert "telephone" in message(room.load(folder)[1][0], "en")


@pytest.mark.parametrize(("written", "meant"), [
    ("2024-03-05", date(2024, 3, 5)), ('"2024-3-5"', date(2024, 3, 5)), ('"2024/3/5"', date(2024, 3, 5)),
    ('"2024年3月5日"', date(2024, 3, 5)), ("2024-03-05T18:00:00", date(2024, 3, 5)), ('""', None)])
def test_a_deadline_is_read_as_people_write_it(folder: Path, written: str, meant: date | None) -> None:
    assert with_settings(folder, "deadline = 2024-03-15", f"deadline = {written}") == []
    found = room.load(folder)[0]
    assert found is not None
    assert found.deadline == meant


def test_a_syntax_fault_is_told_where_it_stands(folder: Path) -> None:
    line = line_of(folder, "year")
    assert with_settings(folder, "year = 2024", "year = 2024年")[0][:2] == ("DEF22", line)
    (folder / "campaign.toml").write_text('[campaign]\nid = "a', encoding="utf-8")
    assert told(room.load(folder)[1])[0][0] == "DEF22"


def test_an_unknown_table_is_told(folder: Path) -> None:
    assert with_settings(folder, "[campaign]", "[check]\n[campaign]")[0][0] == "DEF23"
    (folder / "campaign.toml").write_text("campaign = 1\n", encoding="utf-8")
    assert [code for code, *_ in told(room.load(folder)[1])] == ["DEF23", *["DEF24"] * 4]


def test_settings_saved_by_notepad_are_read(folder: Path) -> None:
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    for encoding in ("gbk", "utf-8-sig", "utf-16"):
        (folder / "campaign.toml").write_bytes(text.replace("\n", "\r\n").encode(encoding))
        assert room.load(folder)[0] == replace(SAMPLE, units=UNITS)


def test_rules_for_fields_may_stand_in_the_settings(folder: Path) -> None:
    rules = '[rules]\npersons = "求和"\nbudget.total = { rule = "owner", owner = "002" }\n"a.b" = "sum"\n'
    assert with_settings(folder, "# 个别", f"{rules}# 个别") == []
    found = room.load(folder)[0]
    assert found is not None
    assert found.rules == (
        RuleLine("field", "", "persons", "sum"), RuleLine("field", "", "budget.total", "owner", "002"),
        RuleLine("field", "", "a.b", "sum"))


def test_a_wrong_rule_in_the_settings_is_told_with_its_line(folder: Path) -> None:
    rules = '[rules]\npersons = "add"\nassets = 3\noffices = { rule = "owner", owner = "9" }\n'
    found = with_settings(folder, "# 个别", f"{rules}# 个别")
    first = line_of(folder, "persons")
    assert found == [("DEF25", first + 1, "assets"), ("DEF33", first, "persons"), ("DEF36", first + 2, "offices")]


# ── the roster ──


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_roster_is_read_from_any_program(folder: Path, encoding: str, delimiter: str) -> None:
    text = ROSTER.replace(",", delimiter).replace("\n", "\r\n")
    (folder / "units.csv").write_bytes(text.encode(encoding))
    assert room.load(folder) == (replace(SAMPLE, units=UNITS), ())


def test_columns_go_by_several_names_and_further_ones_are_prefill(folder: Path) -> None:
    text = ('* 单位编码（必填）, Name ,类型,主管单位编码,FULL_NAME,联系人,电话,批复数,备注\n'
            '="001",示例局,本级,,示例区示例局,张,021-1,"1,200.50",\n'
            '# 一行说明\n,,,,,,,,\n\'002,　示例馆 ,unit,001,,,,,老\n')
    assert with_roster(folder, text) == []
    found = room.load(folder)[0]
    assert found is not None
    assert found.units == (
        ReportingUnit("001", "示例局", Role.OWN, "", "示例区示例局", "张", "021-1", (("批复数", "1,200.50"),)),
        ReportingUnit("002", "示例馆", Role.UNIT, "001", prefill=(("备注", "老"),)))


@pytest.mark.parametrize(("text", "expected"), [
    ("", [("DEF26", 0, "")]),
    ("编码,名称\n", [("DEF26", 0, "")]),
    ("编码,角色\n001,本级\n", [("DEF29", 1, "")]),
    ("编码,名称,code\n001,a,b\n", [("DEF31", 1, "code")]),
    ("编码,名称,角色,批复数,批复数\n001,a,own,1,2\n", [("DEF31", 1, "批复数")]),
    ("编码,名称,角色,联系电活\n001,a,own,1\n", [("DEF30", 1, "联系电活")]),
    ("编码,名称,角色\n001,a,own,说明\n", [("DEF30", 1, "D")]),
    ("编码,名称,角色\n001,,own\n,b,unit\n", [("DEF32", 2, "名称"), ("DEF32", 3, "编码")]),
    ("编码,名称,角色\n001,a,own\n002,b,unit\n001,c,unit\n", [("DEF34", 4, "编码")]),
    ("编码,名称,角色\na1,a,own\nA1,b,unit\n", [("DEF34", 3, "编码")]),
    ("编码,名称,角色\n001,a,own\n002,a,unit\n", [("DEF34", 3, "名称")]),
    ("编码,名称,角色\n1.23457E+11,a,own\n", [("DEF35", 2, "编码")]),
    ("编码,名称,角色\n００１,a,own\n", [("DEF35", 2, "编码")]),
    ("编码,名称,角色\n../x,a,own\n", [("DEF35", 2, "编码")]),
    ("编码,名称,角色\n" + "9" * 31 + ",a,own\n", [("DEF35", 2, "编码")]),
    ("编码,名称,角色\n001,a,own\n002,b,领导\n", [("DEF33", 3, "角色")]),
    ("编码,名称,角色,上级\n001,a,own,\n002,b,unit,1\n", [("DEF36", 3, "上级")]),
    ("编码,名称,角色,上级\n1,a,own,\n2,b,unit,3\n3,c,unit,2\n4,d,unit,3\n", [("DEF37", 3, "上级")]),
    ("编码,名称,角色,上级\n1,a,own,1\n", [("DEF37", 2, "上级")]),
    ("编码,名称\n001,a\n", [("DEF38", 0, "role")]),
    ("编码,名称,角色\n001,a,own\n002,b,本级\n", [("DEF38", 3, "角色")]),
    ('编码,名称,角色\n001,"a\nb",own\n002,c,x\n', [("DEF33", 4, "角色")]),
    ("编码,名称,角色\n001,a\x00,own\n", [("DEF28", 0, "")]),
])
def test_a_slip_in_the_roster_is_told_with_line_and_column(
        folder: Path, text: str, expected: list[tuple[str, int, str]]) -> None:
    assert with_roster(folder, text) == expected
    found, findings = room.load(folder)
    assert (found is None) is any(item.severity is Severity.ERROR for item in findings)
    for language in ("zh", "en"):
        assert all(message(item, language) for item in findings)


def test_every_slip_is_told_in_one_run(folder: Path) -> None:
    text = "编码,名称,角色,上级\n001,a,own,\n001,,x,7\n"
    assert with_roster(folder, text) == [
        ("DEF32", 3, "名称"), ("DEF33", 3, "角色"), ("DEF34", 3, "编码"), ("DEF36", 3, "上级")]


def test_two_rosters_are_not_guessed_between(folder: Path) -> None:
    (folder / "units.xlsx").write_bytes(b"")
    assert told(room.load(folder)[1]) == [("DEF27", 0, "")]
    (folder / "units.csv").unlink()
    assert told(room.load(folder)[1]) == [("DEF26", 0, "")]
    (folder / "units.xlsx").unlink()
    assert told(room.load(folder)[1]) == [("DEF26", 0, "")]


def test_bytes_that_are_no_text_are_told(folder: Path) -> None:
    for data in (b"\xff\xfe\x00", b"\x80\xff\xff"):
        (folder / "units.csv").write_bytes(data)
        assert decoded(data) is None
        assert told(room.load(folder)[1]) == [("DEF28", 0, "")]


@given(st.binary(max_size=200))
def test_no_roster_makes_loading_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    place = tmp_path_factory.mktemp("bytes")
    room.create(place, SAMPLE)
    for name in ("units.csv", "rules.csv", "campaign.toml"):
        (place / name).write_bytes(data)
        room.load(place)


def write_roster(path: Path) -> None:
    """As a clerk would keep it: a code typed as text, one as a number shown with zeros, a telephone as a number."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("空")
        hidden = book.add_worksheet("旧")
        hidden.write_row(0, 0, ["x"])
        hidden.hide()
        sheet = book.add_worksheet("名单")
        sheet.write_row(1, 0, ["编码", "单位名称", "角色", "联系电话", "批复数"])
        sheet.write_row(3, 0, ["001", "示例局（本级）", "本级"])
        sheet.write_number(4, 0, 2, book.add_format({"num_format": "000"}))
        sheet.write_string(4, 1, "示例馆")
        sheet.write_number(4, 3, 13000000000)
        sheet.write_number(4, 4, 0.1 + 0.2)


def test_a_roster_may_be_a_workbook(folder: Path) -> None:
    (folder / "units.csv").unlink()
    write_roster(folder / "units.xlsx")
    found, findings = room.load(folder)
    assert findings == ()
    assert found is not None
    assert found.units == (UNITS[0], replace(UNITS[1], telephone="13000000000", prefill=(("批复数", "0.3"),)))


def test_a_slip_in_a_workbook_is_told_with_its_sheet(folder: Path) -> None:
    (folder / "units.csv").unlink()
    with xlsxwriter.Workbook(folder / "units.xlsx") as book:
        sheet = book.add_worksheet("名单")
        sheet.write_row(2, 0, ["编码", "名称", "角色"])
        sheet.write_row(4, 0, ["001", "a", "谁"])
    findings = room.load(folder)[1]
    assert told(findings) == [("DEF38", 0, "角色"), ("DEF33", 5, "角色")]
    assert findings[1].position.sheet == "名单"


def test_a_workbook_that_is_damaged_is_told(folder: Path) -> None:
    (folder / "units.csv").write_bytes(b"PK\x03\x04 nothing")
    found, findings = room.load(folder)
    assert found is None
    assert findings[0].code.startswith("FILE")


# ── the rules ──


def test_rules_are_read_in_either_language(folder: Path) -> None:
    text = ("种类,级次,名称,规则,牵头单位,纳入部门表,顺序\n字段,,assets,求和,,,\n行,tasks,任务一,挑选,001,是,2\n"
            "指标,output.quantity,奖励数,牵头单位,002,否,\n")
    assert with_rules(folder, text) == []
    found = room.load(folder)[0]
    assert found is not None
    assert found.rules == (
        RuleLine("field", "", "assets", "sum"), RuleLine("row", "tasks", "任务一", "pick", "001", True, 2),
        RuleLine("indicator", "output.quantity", "奖励数", "owner", "002", False))


HEAD = "kind,level,name,rule,owner,include,order\n"


@pytest.mark.parametrize(("text", "expected"), [
    ("kind,level,rule\nfield,,sum\n", [("DEF29", 1, "")]),
    ("kind,name,rulle\nfield,a,sum\n", [("DEF30", 1, "rulle")]),
    (HEAD + "thing,a,b,,,,\n", [("DEF33", 2, "kind")]),
    (HEAD + ",a,b,,,,\n", [("DEF32", 2, "kind")]),
    (HEAD + "indicator,,b,,,,\n", [("DEF32", 2, "level")]),
    (HEAD + "field,,,sum,,,\n", [("DEF32", 2, "name")]),
    (HEAD + "field,,a,add,,,\n", [("DEF33", 2, "rule")]),
    (HEAD + "field,,a,owner,,,\n", [("DEF32", 2, "owner")]),
    (HEAD + "field,,a,owner,示例馆,,\n", [("DEF36", 2, "owner")]),
    (HEAD + "field,,a,,,也许,\n", [("DEF33", 2, "include")]),
    (HEAD + "field,,a,,,,第一\n", [("DEF33", 2, "order")]),
    (HEAD + "field,,a,,,,-1\n", [("DEF33", 2, "order")]),
    (HEAD + "field,,a,sum,,,\nfield,,a,own,,,\n", [("DEF34", 3, "name")]),
    (HEAD + "row,t,a,pick,001,,\nrow,t,a,pick,002,,\n", []),
])
def test_a_slip_in_the_rules_is_told_with_line_and_column(
        folder: Path, text: str, expected: list[tuple[str, int, str]]) -> None:
    assert with_rules(folder, text) == expected


def test_rules_may_be_missing_but_not_be_there_twice(folder: Path) -> None:
    (folder / "rules.csv").unlink()
    assert room.load(folder)[1] == ()
    for name in ("rules.csv", "rules.xlsx"):
        (folder / name).write_bytes(b"")
    assert told(room.load(folder)[1]) == [("DEF27", 0, "")]


def test_the_words_for_rules_are_those_a_form_may_use() -> None:
    assert set(words.table("campaign")["rule_names"]) == set(RULES)


@pytest.mark.parametrize("table", ["units", "rules", "roles", "kinds", "flags", "rule_names"])
def test_no_word_means_two_things(table: str) -> None:
    names = [name for key, others in words.table("campaign")[table].items() for name in {key, *others}]
    assert len(names) == len(set(names))


# ── names ──

FORM = FormDefinition(
    "sample", "1", 2024, "", "", "整体支出绩效目标申报表", "整体绩效目标", "元", 2, "", Decimal(1000),
    SheetDesign("申报表", (10.0,)), (), (), ())


def test_the_outbox_name_says_whose_form_it_is() -> None:
    assert room.outbox_name(UNITS[1], FORM, 2024, 1) == "002_示例馆_2024整体绩效目标_第1次.xlsx"


@pytest.mark.parametrize(("name", "expected"), [
    ('a/b\\c:d*e?"f<g>h|i', "a_b_c_d_e_f_g_h_i"), (" ..馆.. ", "馆"), ("一\n二", "一_二"),
    ("一\u200b二\u202e", "一二"), ("", "")])
def test_a_name_holds_nothing_that_windows_refuses(name: str, expected: str) -> None:
    made = room.outbox_name(replace(UNITS[1], name=name), FORM, 2024, 1)
    assert made == f"002_{expected}_2024整体绩效目标_第1次.xlsx"


@given(st.text(max_size=300), st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}", fullmatch=True), st.integers(1, 9999))
def test_any_name_gives_a_file_that_can_be_written(
        tmp_path_factory: pytest.TempPathFactory, name: str, code: str, issue: int) -> None:
    made = room.outbox_name(ReportingUnit(code, name, Role.UNIT), FORM, 2024, issue)
    assert len(made.encode(errors="surrogatepass")) <= 181
    assert made.endswith(f"_第{issue}次.xlsx")
    assert not set(made) & set('<>:"/\\|?*\n\r\t\0')
    (tmp_path_factory.getbasetemp() / made).write_bytes(b"")


@pytest.mark.parametrize("code", ["CON.1", "nul.x", "com1.2"])
def test_a_device_of_windows_is_no_name(code: str) -> None:
    assert room.outbox_name(replace(UNITS[1], code=code), FORM, 2024, 1).startswith("_")


CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}", fullmatch=True)


@given(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,31}", fullmatch=True), CODES)
def test_whatever_a_campaign_allows_has_room_in_a_token(campaign: str, code: str) -> None:
    form = "f" * 40
    rng = random.Random(code)
    assert sign(Identity(form, "2024.1", campaign, code, rng.randint(1, 9999), "department"), b"key")
