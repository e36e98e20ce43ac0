"""The words: every code has its sentences in both languages, and every place in them is filled where it is said."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from xltool.findings import Code, catalogue, finding, message
from xltool.model.finding import Position

ROOT = Path(__file__).parents[1]
WORDS = ROOT / "xltool" / "words"
TEXTS = ("title", "message", "explanation", "remedy")
HEADS = {"完整性", "相关性", "适当性", "可行性", "技术"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Said(NamedTuple):
    """One call of `finding(Code.X, …)`: where, which code, which args; `open` where it passes `**args` on."""

    place: str
    code: str
    args: frozenset[str]
    open: bool


@cache
def tables() -> dict[str, dict[str, Any]]:
    """Every table of every topic by its code. A code that stands in two files is a mistake."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((WORDS / "findings").glob("*.toml")):
        for code, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert code not in found, f"{code} stands twice, in {path.name} too"
            found[code] = table
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def said() -> tuple[Said, ...]:
    found = []
    for path in sorted((ROOT / "xltool").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            code = code_of(node)
            if isinstance(node, ast.Call) and code:
                names = frozenset(item.arg for item in node.keywords if item.arg) - {"position", "severity"}
                unknown = any(item.arg is None for item in node.keywords)
                found.append(Said(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", code, names, unknown))
    return tuple(found)


def code_of(node: ast.AST) -> str:
    """The member named by `finding(Code.X, …)`, '' for anything else."""
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    function, first = node.func, node.args[0]
    called = function.id if isinstance(function, ast.Name) else ""
    if called != "finding" or not isinstance(first, ast.Attribute) or not isinstance(first.value, ast.Name):
        return ""
    return first.attr if first.value.id == "Code" else ""


def named() -> Iterator[str]:
    """Every member of Code that the program names, wherever."""
    for path in sorted((ROOT / "xltool").rglob("*.py")):
        if path.relative_to(ROOT).parts[:2] != ("xltool", "findings"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code":
                    yield node.attr


def test_codes_and_words_are_the_same_set() -> None:
    assert {code.value for code in Code} == set(tables())


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_a_code_is_said_in_both_languages_with_the_same_places(code: Code) -> None:
    table = tables()[code.value]
    assert set(table) == {"severity", "head", "zh", "en"}
    assert table["head"] in HEADS
    for language in ("zh", "en"):
        assert set(table[language]) == set(TEXTS)
        assert all(table[language][name].strip() for name in TEXTS)
        assert not places(table[language]["title"] + table[language]["explanation"])
    assert places(table["zh"]["message"]) == places(table["en"]["message"])
    assert all(CHINESE.search(table["zh"][name]) for name in ("title", "explanation"))


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_a_sentence_ends_and_nothing_is_left_open_in_it(code: Code) -> None:
    args: dict[str, Any] = dict.fromkeys(wanted(code.value), "x")
    item = finding(code, Position(), **args)
    for language, ends in (("zh", "。！）"), ("en", ".)")):
        text = message(item, language)
        assert text.rstrip()[-1] in ends, text
        assert not re.search(r"[{}]|  ", text), text


def wanted(code: str) -> set[str]:
    """The places that this code's sentences have in either language."""
    table = tables()[code]
    return {name for language in ("zh", "en") for text in TEXTS for name in places(table[language][text])}


def test_every_place_of_a_sentence_is_filled_where_it_is_said() -> None:
    members = {code.name: code.value for code in Code}
    assert len(said()) > 80
    faults = [
        f"{item.place} {item.code} lacks {sorted(wanted(members[item.code]) - item.args)}"
        for item in said()
        if not item.open and not wanted(members[item.code]) <= item.args
    ]
    assert faults == []


def test_every_code_can_be_said_by_the_program() -> None:
    assert {code.name for code in Code} - set(named()) == set()


def test_calls_are_read_as_they_are_written() -> None:
    (call,) = ast.parse("finding(Code.FILE_EMPTY, Position(), a=1)").body
    assert isinstance(call, ast.Expr)
    assert code_of(call.value) == "FILE_EMPTY"
    assert code_of(ast.parse("other(Code.FILE_EMPTY)").body[0]) == ""


def test_severities_are_those_of_the_catalogue() -> None:
    assert {entry.code.value: entry.severity.value for entry in catalogue().values()} == {
        code: table["severity"] for code, table in tables().items()
    }


def test_every_file_of_words_can_be_read() -> None:
    for path in WORDS.rglob("*.toml"):
        assert tomllib.loads(path.read_text(encoding="utf-8")), path.name
