"""Rules of the house that a reader would otherwise have to watch: sizes, words that belong in data, no traces."""

from __future__ import annotations

import ast
import csv
import io
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
LONGEST_FUNCTION, LONGEST_MODULE = 60, 400

CAPTION_KEYS = {"title", "short_title", "label", "caption", "heading", "text", "aliases", "name", "issuer", "help"}
LEVEL_COLUMNS = ("level1", "level2", "level3", "aliases", "text", "name")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Words and the punctuation of prose: a token of a grammar may stand in the code, a sentence may not.
SENTENCE = re.compile(r"[\u4e00-\u9fff]{2}.*[，。；！？]|[，。；！？].*[\u4e00-\u9fff]{2}", re.DOTALL)
MACHINE_PATH = re.compile(rb"(?<![\w./])/(?:work|root|home)/\w")


def modules() -> list[Path]:
    return sorted((ROOT / "xltool").rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def long_functions(text: str, limit: int = LONGEST_FUNCTION) -> list[str]:
    """Functions over so many lines, as «name: lines»."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > limit:
                found.append(f"{node.name}: {lines}")
    return found


def constants(text: str) -> Iterator[tuple[int, str]]:
    """Every string constant of a module that is no docstring, with its line."""
    tree = ast.parse(text)
    documents = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            documents.add(id(body[0].value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


def captions(definition: Any) -> Iterator[str]:
    """Every wording of a form definition: values of the caption keys, wherever they stand."""
    if isinstance(definition, dict):
        for key, value in definition.items():
            if key in CAPTION_KEYS:
                yield from value if isinstance(value, list) else [value] if isinstance(value, str) else []
            yield from captions(value)
    elif isinstance(definition, list):
        for item in definition:
            yield from captions(item)


def form_words() -> set[str]:
    """Form ids and captions of every form that ships; those without a Chinese sign are placeholders."""
    words, ids = set(), set()
    for path in TEMPLATES.glob("*/form.toml"):
        definition = tomllib.loads(path.read_text(encoding="utf-8"))
        ids |= {path.parent.name, definition["form"]["id"]}
        words |= set(captions(definition))
        with (path.parent / "indicators.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                words |= {row.get(column) or "" for column in LEVEL_COLUMNS}
    return ids | {word for word in words if CHINESE.search(word)}


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    paths = [ROOT / part for part in done.stdout.decode("utf-8").split("\0") if part]
    return [path for path in paths if path.is_file()]


def contents(path: Path) -> Iterator[bytes]:
    """What a file says; of a workbook, what each part says."""
    content = path.read_bytes()
    yield content
    if path.suffix == ".xlsx" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            yield from (package.read(part) for part in package.namelist())


@pytest.mark.parametrize("path", modules(), ids=name)
def test_functions_and_modules_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert long_functions(text) == []
    assert len(text.splitlines()) <= LONGEST_MODULE


def test_a_long_function_is_found() -> None:
    assert long_functions("def f():\n" + "    x = 1\n" * 60) == ["f: 61"]


def test_no_constant_is_a_form_id_or_a_caption() -> None:
    words = form_words()
    found = [
        f"{name(path)}:{line} {value}"
        for path in modules()
        for line, value in constants(path.read_text(encoding="utf-8"))
        if value.strip() in words
    ]
    assert found == []


def test_the_words_of_the_forms_are_known() -> None:
    assert {"minhang-2024", "部门名称", "年度重点任务", "指标目标值", "投入管理指标", "单位职责"} <= form_words()


def test_no_message_stands_in_the_code() -> None:
    found = [
        f"{name(path)}:{line} {value}"
        for path in modules()
        for line, value in constants(path.read_text(encoding="utf-8"))
        if SENTENCE.search(value)
    ]
    assert found == []


def test_constants_are_found_and_docstrings_are_not() -> None:
    text = '"""Title."""\ndef f():\n    """Word."""\n    return f"部门名称{1}", ["x"]\n'
    assert SENTENCE.search("未填，请补")
    assert not SENTENCE.search("年度|季度")
    assert sorted(value for _, value in constants(text)) == ["x", "部门名称"]


def test_no_file_names_a_path_of_some_machine() -> None:
    found = [name(path) for path in tracked() if any(MACHINE_PATH.search(part) for part in contents(path))]
    assert found == []


def test_the_lock_file_names_no_download_address() -> None:
    assert "resolved" not in (ROOT / "tests/clients/node/package-lock.json").read_text(encoding="utf-8")
