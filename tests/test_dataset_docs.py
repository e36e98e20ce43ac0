"""docs/dataset.md is what the program says, and the answers on it are answers: run with pandas and with SQL."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from docs import dataset
from docs.pages import DATASET
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.export import export

QUESTIONS = dataset.TEXTS["question"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's campaign with its dataset in SQLite too."""
    place = tmp_path_factory.mktemp("docs") / "round"
    for _ in demo(place, context=Context(jobs=1)):
        pass
    export(place, "sqlite", context=Context())
    return place


def test_the_page_is_up_to_date() -> None:
    assert DATASET.read_text(encoding="utf-8") == dataset.page(), "python -m docs"


def test_the_page_names_every_column_of_the_demo_and_its_type(folder: Path) -> None:
    page = DATASET.read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    for path in sorted((folder / "result" / "dataset").glob("*.csv")):
        columns = path.read_text(encoding="utf-8-sig").partition("\n")[0].strip().split(",")
        assert re.findall(r"^\| `(\w+)` \|", sections[path.stem], re.MULTILINE) == columns


def asked_of_pandas(folder: Path, question: dict[str, str]) -> list[list[Any]]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        names: dict[str, Any] = {}
        exec(dataset.TEXTS["reading"], names)
        exec(question["pandas"], names)
    finally:
        os.chdir(before)
    answer = names["answer"]
    assert isinstance(answer, pd.DataFrame)
    return [list(row) for row in answer.itertuples(index=False)]


def asked_of_sql(folder: Path, question: dict[str, str]) -> list[list[Any]]:
    with closing(sqlite3.connect(folder / "result" / "dataset.sqlite")) as connection:
        return [list(row) for row in connection.execute(question["sql"])]


def same(cell: Any) -> Any:
    return Decimal(cell) if isinstance(cell, str) and re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell


@pytest.mark.parametrize("place", range(5))
def test_pandas_and_sql_give_the_same_answer(folder: Path, place: int) -> None:
    pandas, sql = asked_of_pandas(folder, QUESTIONS[place]), asked_of_sql(folder, QUESTIONS[place])
    assert pandas
    assert [[same(cell) for cell in row] for row in pandas] == [[same(cell) for cell in row] for row in sql]


def test_there_are_five_questions_and_the_first_is_answered_rightly(folder: Path) -> None:
    assert len(QUESTIONS) == 5
    first = asked_of_pandas(folder, QUESTIONS[0])
    assert len(first) == 10
    assert sum(row[1] for row in first) == Decimal("476373173.65")


def test_a_question_asked_of_nothing_is_no_answer(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "round"
    shutil.copytree(folder / "result", copy / "result")
    table = copy / "result" / "dataset" / "contributions.csv"
    table.write_text(table.read_text(encoding="utf-8-sig").partition("\n")[0] + "\n", encoding="utf-8-sig")
    assert asked_of_pandas(copy, QUESTIONS[0]) == []
