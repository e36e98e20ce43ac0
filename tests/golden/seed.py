"""What the published Minhang form says, made from its text by means that share nothing with xltool.

Every departure from the text as printed is listed below by its line number (counted from 1), so a reader can
hold the list against the text. Run as a program it writes the two CSV files beside it.

    python tests/golden/seed.py [SEED]
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SEED = HERE.parents[1].parent / "shared" / "seeds" / "minhang-2024.txt"
INDICATORS = HERE / "minhang-2024-indicators.csv"
FIELDS = HERE / "minhang-2024-fields.csv"

# Corrections, by line. A listed line must be as faulty as the list says; an unlisted fault stops the run.

LOST_CHARACTERS = {8: 1, 11: 2, 12: 2, 13: 2, 14: 2, 15: 2, 17: 2, 63: 1, 65: 1, 72: 2, 78: 1}  # □, how many
MARKUP = (7, 8, 11, 12, 13, 14, 15)  # a cell wrapped in <p>…</p>
PAGE_BREAKS = (16, 59)  # blank lines inside a table
SHIFTED_TASKS = {17: (0, 2)}  # columns (from 0) of title and content; elsewhere (0, 1)
SHIFTED_INDICATORS = {56: (0, 2), 57: (0, 2), 58: (1, 2)}  # columns of name and target; elsewhere (2, 3)
LATE_LABEL = dict.fromkeys((55, 56, 57, 58), "时效指标")  # printed before their level's label
MISSING_DECIMALS = {53: ("=100(%)", "=100.00(%)")}  # printed unlike its neighbours

TASK_LINES = (11, 12, 13, 14, 15, 17)
AMOUNT_LINES = {
    "budget.total": 20,
    "budget.fiscal": 21,
    "budget.other": 22,
    "budget.basic": 23,
    "budget.project": 24,
}
SCALE_LINES = (25, 26)  # labels above answers
SCALE_KEYS = ("assets", "persons", "offices")
UNITS_LINE = 6
INDICATOR_LINES = range(36, 79)


class GoldenIndicator(NamedTuple):
    level1: str
    level2: str
    name: str
    text: str


class GoldenField(NamedTuple):
    """`text` is as printed; a task's key is `tasks.1` … in the printed order and its text is the title."""

    field: str
    label: str
    text: str


class Seed(NamedTuple):
    """The text's cells by line number, cleaned of markup and lost characters."""

    lines: dict[int, tuple[str, ...]]

    def cell(self, line: int, column: int) -> str:
        cells = self.lines[line]
        return cells[column] if column < len(cells) else ""


def read(path: Path = SEED) -> Seed:
    """The seed's lines as cells. Raises ValueError where the text is not as faulty as the lists above say."""
    raw = path.read_text(encoding="utf-8").split("\n")
    lines = {}
    for number, line in enumerate(raw, start=1):
        if line.count("□") != LOST_CHARACTERS.get(number, 0):
            raise ValueError(f"line {number}: □ {line.count('□')} times")
        if ("<p>" in line) != (number in MARKUP):
            raise ValueError(f"line {number}: markup")
        clean = line.replace("□", "").replace("<p>", "").replace("</p>", "")
        lines[number] = tuple(cell.strip() for cell in clean.split("\t"))
    for number in PAGE_BREAKS:
        if any(lines[number]):
            raise ValueError(f"line {number}: not blank")
    return Seed(lines)


def indicators(seed: Seed) -> tuple[GoldenIndicator, ...]:
    """The 42 rows in the printed order, each under its right level."""
    rows = []
    level1 = level2 = ""
    for number in INDICATOR_LINES:
        if number in PAGE_BREAKS:
            continue
        name_column, text_column = SHIFTED_INDICATORS.get(number, (2, 3))
        if number not in SHIFTED_INDICATORS:
            level1 = seed.cell(number, 0) or level1
            level2 = seed.cell(number, 1) or level2
        text = seed.cell(number, text_column)
        if number in MISSING_DECIMALS:
            printed, text = MISSING_DECIMALS[number]
            if seed.cell(number, text_column) != printed:
                raise ValueError(f"line {number}: not {printed}")
        name = seed.cell(number, name_column)
        if not name or not text:
            raise ValueError(f"line {number}: no name or no target")
        rows.append(GoldenIndicator(level1, LATE_LABEL.get(number, level2), name, text))
    return tuple(rows)


def fields(seed: Seed) -> tuple[GoldenField, ...]:
    """Number of subordinate units, budget lines, assets, persons, offices, and the six task titles."""
    rows = [GoldenField("subordinate_units", seed.cell(UNITS_LINE, 2), seed.cell(UNITS_LINE, 3))]
    rows += [GoldenField(key, seed.cell(line, 0), seed.cell(line, 2)) for key, line in AMOUNT_LINES.items()]
    labels, answers = SCALE_LINES
    rows += [
        GoldenField(key, seed.cell(labels, column), seed.cell(answers, column))
        for column, key in enumerate(SCALE_KEYS)
    ]
    heading = seed.cell(TASK_LINES[0] - 1, 0)
    for order, line in enumerate(TASK_LINES, start=1):
        title, content = SHIFTED_TASKS.get(line, (0, 1))
        if not seed.cell(line, content):
            raise ValueError(f"line {line}: no content")
        rows.append(GoldenField(f"tasks.{order}", heading, seed.cell(line, title)))
    return tuple(rows)


def long_texts(seed: Seed) -> tuple[str, ...]:
    """部门职责, 年度履职目标 and the contents of the tasks: what the example may not repeat."""
    contents = [seed.cell(line, SHIFTED_TASKS.get(line, (0, 1))[1]) for line in TASK_LINES]
    return (seed.cell(7, 1), seed.cell(8, 1), *contents)


def write(path: Path, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows((header, *rows))


def stored_indicators() -> tuple[GoldenIndicator, ...]:
    """The golden indicators as stored beside this file, for tests that run without the seed."""
    with INDICATORS.open(encoding="utf-8", newline="") as file:
        return tuple(GoldenIndicator(*row) for row in list(csv.reader(file))[1:])


def stored_fields() -> tuple[GoldenField, ...]:
    """The golden fields as stored beside this file."""
    with FIELDS.open(encoding="utf-8", newline="") as file:
        return tuple(GoldenField(*row) for row in list(csv.reader(file))[1:])


if __name__ == "__main__":
    text = read(Path(sys.argv[1]) if len(sys.argv) > 1 else SEED)
    write(INDICATORS, GoldenIndicator._fields, indicators(text))
    write(FIELDS, GoldenField._fields, fields(text))
