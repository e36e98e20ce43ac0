"""Every row of what is known about target values and bad inputs is shown by a case: `cases/reference.csv` says which.

`row` is the row of the reference in its own words, `where` the table of cases or the test file, `case` the case's
entries with `|` between them or the test's name, `given` a text of the test that only this row has.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tests.test_values import unescaped
from xltool import values
from xltool.model.value import Operator

TESTS = Path(__file__).parent
REFERENCE = Path(__file__).parents[1].parent / "shared" / "reference"
ENTRIES = {
    "values.csv": ("operator_cell", "value", "measure_cell", "number_format", "money"),
    "cells.csv": ("slot", "kind", "text", "format"),
}

needs_reference = pytest.mark.skipif(not REFERENCE.exists(), reason="the reference is not beside this checkout")


def table(name: str) -> list[dict[str, str]]:
    with (TESTS / "cases" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = table("reference.csv")
CASES = {
    name: {"|".join(row[entry] for entry in entries).rstrip("|"): row for row in table(name)}
    for name, entries in ENTRIES.items()
}


def of(reference: str) -> list[dict[str, str]]:
    return [row for row in ROWS if row["reference"] == reference]


def between(name: str, start: str, end: str) -> str:
    text = (REFERENCE / name).read_text(encoding="utf-8")
    return text[text.index(start) : text.index(end, text.index(start))]


def table_rows(text: str) -> list[list[str]]:
    """The cells of a Markdown table without its heading."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")] for line in lines[2:]]


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['reference']}-{row['row']}-{row['case']}")
def test_the_case_of_a_row_stands_where_it_is_said_to(row: dict[str, str]) -> None:
    if row["where"] in CASES:
        assert row["case"] in CASES[row["where"]]
    else:
        source = (TESTS / row["where"]).read_text(encoding="utf-8")
        assert f"def {row['case']}(" in source
        assert row["given"] in source


@needs_reference
def test_each_form_of_a_target_value_that_was_seen_has_its_case() -> None:
    seen = table_rows(between("domain.md", "### 3.1", "Further forms"))
    assert list(dict.fromkeys(row["row"] for row in of("domain 3.1"))) == list(dict.fromkeys(row[0] for row in seen))
    for first, *_ in seen:
        entries = "".join(unescaped(row["case"]) for row in of("domain 3.1") if row["row"] == first)
        assert all(text.rstrip("…") in entries for text in quoted(first)), first


@needs_reference
def test_the_cases_say_the_sign_and_the_number_that_the_reference_says() -> None:
    compared = 0
    for first, sign, number, _, kind, *_ in table_rows(between("domain.md", "### 3.1", "Further forms")):
        cases = [CASES["values.csv"][row["case"]] for row in of("domain 3.1") if row["row"] == first]
        plain = re.fullmatch(r"\d+(\.\d+)?", number) and "prose" not in kind  # a figure inside prose is no target
        if len(cases) == 1 and plain and " with " not in first:
            compared += 1
            assert (cases[0]["operator"] or "·", cases[0]["number"].removesuffix(".00")) == (sign, number), first
    assert compared >= 20


@needs_reference
def test_each_further_form_of_a_target_value_has_its_case() -> None:
    further = quoted(between("domain.md", "Further forms", "### 3.2"))
    assert [row["row"] for row in of("domain 3.1 further")] == further
    assert [row["case"] for row in of("domain 3.1 further")] == [f"|{text}" for text in further]


@needs_reference
@pytest.mark.parametrize("step", range(1, 8))
def test_each_step_of_the_normalisation_has_its_cases(step: int) -> None:
    section = between("domain.md", "### 3.2", "### 3.3")
    start = section.index(f"\n{step}. ")
    text = section[start : section.index(f"\n{step + 1}. " if step < 7 else "\nSketch", start)]
    rows = [row["row"] for row in of(f"domain 3.2.{step}")]
    assert rows
    assert [row for row in rows if row not in text] == []
    if step in (1, 2, 4, 5):
        marks = {mark for piece in quoted(text) for mark in ([piece] if piece == "( )（ ）" else piece.split())}
        covered = "".join(rows)
        assert {mark for mark in marks if "".join(mark.split()) not in "".join(covered.split())} == set()


@needs_reference
def test_every_operator_of_the_reference_is_read_before_or_after_a_figure() -> None:
    text = between("domain.md", "3. Sign table", "4. Number")
    spellings = re.findall(r"`([^`]+)` → `(.)`", text)
    assert len(spellings) == 5
    for words, operator in spellings:
        for word in words.split():
            read = {values.parse(f"{word}5个").operator, values.parse(f"5个{word}").operator}
            assert Operator(operator) in read, word


@needs_reference
def test_each_bad_input_has_its_case() -> None:
    inputs = [row[0] for row in table_rows(between("excel.md", "## 6. Bad inputs", "Kept verbatim"))]
    assert list(dict.fromkeys(row["row"] for row in of("excel 6 bad inputs"))) == inputs


@needs_reference
@pytest.mark.parametrize(
    ("reference", "start", "end"),
    [
        ("excel 6 kept verbatim", "Kept verbatim", "calamine returns every"),
        ("excel 6 normaliser", "Normaliser that worked", "Percent:"),
        ("excel 6 percent", "Percent:", "**Injection.**"),
    ],
)
def test_each_text_kept_or_normalised_has_its_case(reference: str, start: str, end: str) -> None:
    text = between("excel.md", start, end)
    rows = [row["row"] for row in of(reference)]
    assert [row for row in rows if row not in text and row.replace("`", "") not in text.replace("`", "")] == []
    marks = [mark for mark in quoted(text) if len(mark) < 12 and not mark.startswith("a_x000D_")]
    assert [mark for mark in marks if not any(mark in row for row in rows) and mark not in ("2", "%")] == []
