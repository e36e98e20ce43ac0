"""The command line: every command in two languages, with JSON, and with an exit code that can be relied on."""

from __future__ import annotations

import ast
import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.commands import as_json, xltool
from xltool.cli.group import COMMANDS
from xltool.findings import Code

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "minhang-2024"
SETTINGS = ("campaign.toml", "campaign.key", "units.csv", "rules.csv")
FORM = "minhang-2024"
LANGUAGES = ("zh", "en")
CHINESE = re.compile(r"[，。：；、]")
CLEAN, ERRORS, USAGE, NOT_OPENED = 0, 1, 2, 3


def commands(table: dict[str, Any] = COMMANDS, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group by its words."""
    for name, entry in table.items():
        yield (*path, name)
        if isinstance(entry, dict):
            yield from commands(entry, (*path, name))


def words(language: str) -> dict[str, Any]:
    path = ROOT / "xltool" / "words" / f"cli.{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def texts(table: dict[str, Any], path: str = "") -> dict[str, str]:
    """Every text of a words file by its dotted key; the items of a list joined."""
    found: dict[str, str] = {}
    for key, value in table.items():
        name = f"{path}{key}"
        if isinstance(value, dict):
            found |= texts(value, f"{name}.")
        else:
            found[name] = " ".join(value) if isinstance(value, list) else value
    return found


def speaks_chinese(text: str) -> bool:
    """Whether it has the punctuation of a Chinese sentence; a term of the form is quoted in any language."""
    return bool(CHINESE.search(text))


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign that was generated and has collected all but the faulty unit's second form."""
    folder = tmp_path_factory.mktemp("campaign") / "round"
    folder.mkdir()
    for name in SETTINGS:
        shutil.copy(EXAMPLE / name, folder)
    first = [path for path in (EXAMPLE / "inbox").iterdir() if "第2次" not in path.name]
    assert len(first) == 10
    for path in first:
        (folder / "inbox").mkdir(exist_ok=True)
        shutil.copy(path, folder / "inbox")
    assert xltool("generate", "-C", folder).returncode == CLEAN
    assert xltool("collect", "-C", folder).returncode == ERRORS
    return folder


@pytest.fixture
def campaign(collected: Path, tmp_path: Path) -> Path:
    """The same for a test that changes it."""
    return Path(shutil.copytree(collected, tmp_path / "round"))


# Help and language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", [(), *commands()], ids=" ".join)
def test_every_command_has_help_in_one_language(command: tuple[str, ...], language: str) -> None:
    done = xltool(*command, "--help", language=language)
    assert (done.returncode, done.stderr) == (CLEAN, "")
    assert done.stdout.startswith({"zh": "用法：xltool", "en": "Usage: xltool"}[language])
    assert speaks_chinese(done.stdout) == (language == "zh"), done.stdout
    for english in ("Usage", "Options:", "Commands:", "Show this"):
        assert (english in done.stdout) <= (language == "en")


@pytest.mark.parametrize("arguments", [(), ("--lang", "zh"), ("form",)], ids=" ".join)
def test_without_a_command_the_help_is_shown(arguments: tuple[str, ...]) -> None:
    done = xltool(*arguments)
    assert done.returncode == USAGE
    assert done.stderr == xltool(*(item for item in arguments if item == "form"), "--help").stdout


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    zh, en = texts(words("zh")), texts(words("en"))
    assert list(zh) == list(en)
    for key, text in zh.items():
        assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", en[key])), key
        assert not speaks_chinese(en[key]), key


def test_the_option_decides_the_language_before_the_variable() -> None:
    assert xltool("--lang", "en", "form", "list", language="zh").stdout.startswith("Id")
    assert xltool("--lang=en", "form", "list", language="zh").stdout.startswith("Id")
    assert xltool("form", "list", language="en").stdout.startswith("Id")
    assert xltool("form", "list", language="zh").stdout.startswith("编号")


def test_the_version_is_said() -> None:
    assert xltool("--version").stdout == "xltool 0.1.0\n"


def test_every_text_that_the_code_asks_for_exists_and_every_text_is_asked_for() -> None:
    known = set(texts(words("zh")))
    tables = {key.rpartition(".")[0] for key in known}
    asked: set[str] = set()
    started: set[str] = set()
    named: set[str] = set()  # keys handed on as arguments
    for path in (ROOT / "xltool" / "cli").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        for key in asked_for(text):
            (started if "{" in key else asked).add(key)
        named |= {node.value for node in ast.walk(ast.parse(text))
                  if isinstance(node, ast.Constant) and isinstance(node.value, str)}  # fmt: skip
    assert len(asked) > 50
    assert asked <= known | tables
    patterns = [re.compile(re.sub(r"\\{[^}]*\\}", r"[\\w.-]*", re.escape(key))) for key in started]
    unused = {key for key in known if key not in asked | named and key.rpartition(".")[0] not in asked
              and not any(pattern.fullmatch(key) for pattern in patterns)}  # fmt: skip
    assert unused == set()


def asked_for(text: str) -> Iterator[str]:
    """Keys that a module asks of the words file; a computed part stands as {}. Conditional keys count both."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if isinstance(node, ast.Call) and called in ("say", "words", "_title") and node.args:
            yield from literals(node.args[0], tree)


def literals(node: ast.expr, tree: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body, tree)
        yield from literals(node.orelse, tree)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.Name):
        for other in ast.walk(tree):
            if isinstance(other, ast.Assign) and [getattr(t, "id", "") for t in other.targets] == [node.id]:
                yield from literals(other.value, tree)


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (("nosuch",), "没有命令 nosuch", "no command nosuch"),
        (("form", "nosuch"), "没有命令 nosuch", "no command nosuch"),
        (("--nosuch",), "没有选项 --nosuch", "no option --nosuch"),
        (("collect", "--nosuch"), "没有选项 --nosuch", "no option --nosuch"),
        (("check",), "缺少 FILES", "FILES... is missing"),
        (("check", "nosuch.xlsx"), "找不到 nosuch.xlsx", "nosuch.xlsx is not there"),
        (("collect", "nosuch"), "找不到 nosuch", "nosuch is not there"),
        (("init", "x"), "缺少 --form", "--form is missing"),
        (("init", "x", "--form"), "--form 缺少值", "--form lacks its value"),
        (("init", "x", "--form", FORM, "--year", "20"), "2000 到 2100", "from 2000 to 2100"),
        (("init", "x", "--form", FORM, "--deadline", "soon"), "应为日期", "a date such as"),
        (("export", "--format", "pdf"), "应为 csv, xlsx", "one of csv, xlsx"),
        (("form", "show", FORM, "--role", "boss"), "unit, own, department", "unit, own, department"),
        (("collect", "--jobs", "0"), "不小于 1", "not below 1"),
        (("explain", "XYZ99"), "没有代码 XYZ99", "no code XYZ99"),
    ],
)
def test_wrong_usage_is_said_in_the_language_and_exits_with_2(
    arguments: tuple[str, ...], zh: str, en: str, tmp_path: Path
) -> None:
    for language, expected in (("zh", zh), ("en", en)):
        done = xltool(*arguments, language=language, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (USAGE, "")
        assert expected in done.stderr
        assert done.stderr.startswith({"zh": "用法", "en": "Usage"}[language]) or arguments == ("init", "x", "--form")
        assert speaks_chinese(done.stderr) == (language == "zh")
    assert list(tmp_path.iterdir()) == []


# Inputs that cannot be opened


@pytest.mark.parametrize("command", ["generate", "collect", "status", "consolidate", "export"])
def test_a_folder_without_a_campaign_is_a_finding_and_exits_with_3(command: str, tmp_path: Path) -> None:
    done = xltool(command, "-C", tmp_path / "none")
    assert (done.returncode, done.stderr) == (NOT_OPENED, "")
    assert Code.DEF_CAMPAIGN_MISSING in done.stdout
    told = as_json(command, "-C", tmp_path / "none")
    assert [item["code"] for item in told["findings"]] == [Code.DEF_CAMPAIGN_MISSING]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", [("form", "show", "nosuch"), ("init", "round", "--form", "nosuch")])
def test_a_form_that_is_not_there_is_a_finding_that_names_those_there_are(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = xltool(*arguments, cwd=tmp_path)
    assert done.returncode == NOT_OPENED
    assert Code.DEF_FILE_MISSING in done.stdout
    assert FORM in done.stdout


def test_a_damaged_workbook_given_to_check_exits_with_3(tmp_path: Path) -> None:
    damaged = tmp_path / "破.xlsx"
    damaged.write_bytes((EXAMPLE / "inbox").glob("002*").__next__().read_bytes()[:5000])
    done = xltool("check", damaged)
    assert (done.returncode, done.stderr) == (NOT_OPENED, "")
    assert Code.FILE_DAMAGED in done.stdout


def test_damaged_files_stop_no_batch_and_are_archived(campaign: Path) -> None:
    for path in (campaign / "inbox").iterdir():
        if not path.name.startswith(("002", "003")):
            path.unlink()
    (campaign / "ledger.sqlite").unlink()
    (campaign / "inbox" / "坏.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    told = as_json("collect", "-C", campaign)
    assert {item["file"][:3]: item["status"] for item in told["files"]} == {
        "002": "accepted",
        "003": "accepted",
        "坏.x": "refused",
    }
    assert list((campaign / "archive").rglob("坏.xlsx"))


# Errors that remain, and clean runs


def test_check_finds_the_mistakes_of_a_form_and_exits_with_1() -> None:
    done = xltool("check", next((EXAMPLE / "inbox").glob("005*第1次*")))
    assert done.returncode == ERRORS
    for code in (Code.VAL_BLANK, Code.IND_OPERATOR_BLANK, Code.SUM_FAILS):
        assert f"错误 {code}" in done.stdout
    assert "申报表!" in done.stdout


def test_check_of_a_right_form_exits_with_0() -> None:
    done = xltool("check", next((EXAMPLE / "inbox").glob("002*")))
    assert done.returncode == CLEAN, done.stdout
    assert "没有发现错误" in done.stdout
    assert "错误 " not in done.stdout


def test_check_tells_information_only_when_asked() -> None:
    file = next((EXAMPLE / "inbox").glob("001*"))
    assert "提示 " not in xltool("check", file).stdout
    assert "提示 " in xltool("check", "--info", file).stdout


def test_collecting_again_reads_nothing_anew_and_still_says_that_errors_remain(campaign: Path) -> None:
    told = as_json("collect", "-C", campaign)
    assert {item["new"] for item in told["files"]} == {False}
    assert told["units_with_errors"] == ["005"]
    assert xltool("collect", "-C", campaign).returncode == ERRORS


def test_collect_takes_files_from_anywhere(campaign: Path) -> None:
    done = xltool("collect", "-C", campaign, next((EXAMPLE / "inbox").glob("005*第2次*")))
    assert Code.IDN_UNKNOWN_UNIT not in done.stdout
    assert done.returncode == CLEAN, done.stdout
    assert {row["standing"] for row in as_json("status", "-C", campaign)["rows"]} == {"accepted"}


def test_status_shows_every_unit_with_its_standing(collected: Path) -> None:
    done = xltool("status", "-C", collected, language="en")
    assert done.returncode == CLEAN
    lines = [line for line in done.stdout.splitlines() if re.match(r"\d{3} ", line)]
    assert [line[:3] for line in lines] == [f"{number:03}" for number in range(1, 11)]
    assert sum("accepted (issue 1)" in line for line in lines) == 9
    assert "to be reviewed" in lines[4]
    assert "9 of 10 accepted" in done.stdout


def test_generate_twice_writes_nothing_twice(campaign: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in (campaign / "outbox").iterdir()}
    done = xltool("generate", "-C", campaign)
    assert (done.returncode, len(before)) == (CLEAN, 10)
    assert "10 个单位已经有表" in done.stdout
    assert {path.name: path.stat().st_mtime_ns for path in (campaign / "outbox").iterdir()} == before


def test_generate_with_a_unit_makes_its_next_issue(campaign: Path) -> None:
    told = as_json("generate", "-C", campaign, "--unit", "005")
    assert [(item["unit_code"], item["issue"]) for item in told["generated"]] == [("005", 2)]
    assert (campaign / "outbox" / "005_示例区民政事务中心_2024整体绩效目标_第2次.xlsx").is_file()


def test_generate_for_a_unit_that_is_not_in_the_roster_writes_nothing(campaign: Path) -> None:
    done = xltool("generate", "-C", campaign, "--unit", "999")
    assert done.returncode == ERRORS
    assert f"{Code.DEF_UNIT_UNKNOWN}" in done.stdout
    assert "999" in done.stdout
    assert len(list((campaign / "outbox").iterdir())) == 10


def test_consolidate_with_a_unit_missing_is_a_draft_and_says_so(campaign: Path) -> None:
    done = xltool("consolidate", "-C", campaign)
    assert Code.AGG_MISSING in done.stdout or Code.AGG_UNITS in done.stdout
    assert done.returncode == ERRORS
    assert "草稿" in done.stdout
    title = openpyxl.load_workbook(campaign / "result" / "汇总表.xlsx").worksheets[0]["A1"].value
    assert "草稿" in str(title)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_writes_where_it_is_told(campaign: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / ("tables" if kind == "csv" else "tables.xlsx")
    told = as_json("export", "-C", campaign, "--format", kind, "-o", target)
    assert {Path(file) for file in told["files"]} == (set(target.iterdir()) if kind == "csv" else {target})


def test_init_lays_out_a_campaign_that_generate_can_use(tmp_path: Path) -> None:
    arguments = ("--form", FORM, "--year", "2024", "--units", EXAMPLE / "units.csv", "--deadline", "2023-11-15")
    done = xltool("init", "round", *arguments, "--department", "示例区民政局", cwd=tmp_path)
    assert done.returncode == CLEAN, done.stdout
    assert "名册共 10 个单位" in done.stdout
    assert xltool("generate", "-C", "round", cwd=tmp_path).returncode == CLEAN
    assert len(list((tmp_path / "round" / "outbox").glob("*.xlsx"))) == 10
    assert xltool("generate", cwd=tmp_path / "round").returncode == CLEAN


def test_init_leaves_a_campaign_alone_that_is_there(collected: Path) -> None:
    before = (collected / "campaign.toml").read_bytes()
    done = xltool("init", collected, "--form", FORM)
    assert done.returncode == ERRORS
    assert Code.DEF_CAMPAIGN_EXISTS in done.stdout
    assert (collected / "campaign.toml").read_bytes() == before


# Forms and codes


def test_form_list_names_the_bundled_forms() -> None:
    assert FORM in xltool("form", "list").stdout
    assert FORM in [item["id"] for item in as_json("form", "list")]


def test_own_forms_are_found_beside_the_bundled_ones(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates" / FORM, tmp_path / "own-2025")
    text = (tmp_path / "own-2025" / "form.toml").read_text(encoding="utf-8")
    (tmp_path / "own-2025" / "form.toml").write_text(text.replace(f'"{FORM}"', '"own-2025"', 1), encoding="utf-8")
    assert as_json("form", "list", "--forms", tmp_path)[0]["id"] == "own-2025"
    assert xltool("form", "check", tmp_path / "own-2025").stdout == "没有发现问题。\n"


@pytest.mark.parametrize("role", ["unit", "own", "department"])
def test_form_show_draws_the_form_of_each_role(role: str) -> None:
    done = xltool("form", "show", FORM, "--role", role)
    assert done.returncode == CLEAN
    assert ("下属预算单位个数" in done.stdout) == (role == "department")
    for caption in ("部门职责", "年度重点任务", "年末资产总额(元)", "投入管理指标", "满意度指标"):
        assert caption in done.stdout


def test_form_show_draws_the_published_layout() -> None:
    assert "计算符号" in xltool("form", "show", FORM).stdout
    assert "计算符号" not in xltool("form", "show", FORM, "--print").stdout


def test_form_check_names_a_mistake_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates" / FORM, tmp_path / "own")
    form = tmp_path / "own" / "form.toml"
    form.write_text(form.read_text(encoding="utf-8").replace("[sheet]", "[sheat]", 1), encoding="utf-8")
    done = xltool("form", "check", tmp_path / "own")
    assert done.returncode == ERRORS
    assert "form.toml" in done.stdout
    assert "DEF" in done.stdout


def test_form_schema_is_json() -> None:
    assert json.loads(xltool("form", "schema").stdout)["type"] == "object"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_is_explained(language: str) -> None:
    told = xltool("explain", language=language).stdout
    assert [line.split()[0] for line in told.splitlines()] == [code.value for code in Code]
    one = xltool("explain", "sum01", language=language).stdout
    assert one.startswith("SUM01  ")
    assert {"zh": "怎么办：", "en": "What to do: "}[language] in one


def test_check_writes_its_findings_into_a_workbook_too(tmp_path: Path) -> None:
    book = tmp_path / "查错.xlsx"
    done = xltool("check", next((EXAMPLE / "inbox").glob("005*第1次*")), "--xlsx", book)
    assert done.returncode == 1
    assert "处错误须改正" in done.stdout
    sheet = openpyxl.load_workbook(book).active
    assert sheet is not None
    assert sheet.max_row > 2


def test_explain_shows_an_example_and_no_open_places() -> None:
    told = xltool("explain", "VAL03").stdout
    assert "例如：“" in told
    assert "{" not in told


def test_explain_lists_a_topic_or_what_has_the_word_in_its_title_and_proposes_near_codes() -> None:
    assert all(line.startswith("SUM") for line in xltool("explain", "sum").stdout.splitlines())
    assert "IND27" in xltool("explain", "空泛").stdout
    assert "SUM01 合计不符" in xltool("explain", "SUM1").stderr


def test_explain_with_json_gives_both_languages() -> None:
    assert set(as_json("explain", "SUM01")["words"]) == {"zh", "en"}
    assert list(as_json("explain")) == [code.value for code in Code]


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",),
        ("generate",),
        ("collect",),
        ("consolidate",),
        ("export",),
    ],
    ids=" ".join,
)
def test_json_carries_the_findings_in_both_languages_and_the_same_exit_code(
    campaign: Path, arguments: tuple[str, ...]
) -> None:
    plain, told = xltool(*arguments, "-C", campaign), xltool(*arguments, "-C", campaign, "--json")
    assert (plain.returncode, told.stderr) == (told.returncode, "")
    found = json.loads(told.stdout)["findings"]
    for item in found:
        assert set(item["message"]) == {"zh", "en"}
        assert item["severity"] in ("error", "warning", "info")
