"""The second example consolidates to the figures and indicators that Yuzhong published for 2020."""

from __future__ import annotations

import csv
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from xltool.model.finding import Severity
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate
from xltool.workflow.context import Context

EXAMPLE = Path(__file__).parents[1] / "examples" / "yuzhong-2020"
CONTEXT = Context(jobs=1)
PUBLISHED_MONEY = {
    "income.total": "20884.33", "income.own": "5745.72", "income.superior": "15138.61", "income.other": "0",
    "expenditure.total": "20884.33", "expenditure.basic": "416.14", "expenditure.public": "120.2",
    "expenditure.project": "20347.99",
}  # fmt: skip


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's inbox, collected and consolidated."""
    folder = tmp_path_factory.mktemp("yuzhong") / "round"
    shutil.copytree(EXAMPLE, folder)
    collected = collect(folder, context=CONTEXT)
    assert not [f for file in collected.files for f in file.findings if f.severity is Severity.ERROR]
    assert not [f for f in collected.findings if f.severity is Severity.ERROR]
    consolidated = consolidate(folder, context=CONTEXT)
    assert consolidated.consolidation is not None
    assert not consolidated.consolidation.draft
    return folder / "result"


def _rows(result: Path, name: str) -> list[dict[str, str]]:
    with (result / "dataset" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_amounts_are_the_published_ones(result: Path) -> None:
    """Income and expenditure in 万元, equal as numbers: 120.2 and 0 are figures like the others."""
    found = {row["field"]: row["number"] for row in _rows(result, "consolidated_fields")}
    assert {key: Decimal(found[key]) for key in PUBLISHED_MONEY} == {
        key: Decimal(text) for key, text in PUBLISHED_MONEY.items()
    }


def test_the_eleven_indicators_are_the_published_ones(result: Path, shared: Path) -> None:
    """Levels, names with their numbering, operator, value, last year's value and remark, read from the seed alone."""
    rows = _rows(result, "consolidated_indicators")
    previous = {row["key"]: row["text"] for row in rows if row["target"] == "previous"}
    found = [
        (row["level1"], row["level2"], row["name"], row["operator"], row["text"], previous[row["key"]], row["remark"])
        for row in rows
        if row["target"] == "current"
    ]
    assert found == _published(shared / "seeds" / "yuzhong-2020.txt")


def _published(path: Path) -> list[tuple[str, ...]]:
    """The indicator rows of the seed: cells one a line behind a tab, rows between blank lines, levels filled down."""
    text = path.read_text(encoding="utf-8")
    table = text[text.index("指标名称") : text.index("四、保障措施")]
    level1 = level2 = ""
    found = []
    for block in re.split(r"\n\n", table)[1:]:
        cells = [line.removeprefix("\t").strip(" \u3000") for line in block.split("\n") if line.startswith("\t")]
        if len(cells) != 8:
            continue
        level1, level2 = cells[1] or level1, cells[2] or level2
        found.append((level1, level2, *cells[3:8]))
    assert len(found) == 11
    return found


def test_the_forms_were_saved_by_real_programs() -> None:
    """Five workbooks, none as generated."""
    assert len(list((EXAMPLE / "inbox").glob("*.xlsx"))) == 5
