"""The dataset as frames, for analysts and programs.

In the frames a number is a Decimal, a whole number an int, a missing one None, yes and no are True and False, and
everything else is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import pandas as pd

from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition
from xltool.model.submission import Submission
from xltool.store.columns import Cell, Table
from xltool.store.described import type_of
from xltool.store.tables import Beside, submission_tables, tables


def frames(
    campaign: Campaign,
    form: FormDefinition,
    submissions: Mapping[str, Submission],
    consolidation: Consolidation,
    findings: Iterable[Finding],
    language: str = "zh",
    beside: Beside | None = None,
) -> dict[str, pd.DataFrame]:
    """The tables by name, in roster order: what the units said, what was consolidated, and the way between.

    Each repeating block of the form is a table of its own under the block's key (`tasks`), and what stands of it in
    the department's form another (`consolidated_tasks`). `language` is that of the findings' messages.
    """
    made = tables(campaign, form, submissions, consolidation, findings, language, beside)
    return {table.name: _frame(table) for table in made}


def submission_frames(
    form: FormDefinition, submission: Submission, findings: Iterable[Finding], language: str = "zh"
) -> dict[str, pd.DataFrame]:
    """One form alone, in the tables that hold what units said."""
    return {table.name: _frame(table) for table in submission_tables(form, submission, findings, language)}


def _frame(table: Table) -> pd.DataFrame:
    blanks = {name: None if type_of(table.name, name) in ("number", "integer") else "" for name in table.columns}
    rows = [[record.get(name, blank) for name, blank in blanks.items()] for record in table.records]
    return framed(table.columns, rows)


def framed(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> pd.DataFrame:
    """A table of objects: pandas must turn neither exact numbers into doubles nor codes like 001 into numbers."""
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def plain(cell: Cell) -> str:
    """A cell as text: a number without exponent and with its decimals, yes and no as true and false, else as it is."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else str(cell)


def typed(kind: str, text: str) -> Cell:
    """The inverse of `plain` for a column of this type."""
    if kind == "string":
        return text
    if kind == "boolean":
        return text == "true"
    if not text:
        return None
    return Decimal(text) if kind == "number" else int(text)


def rows_of(frame: pd.DataFrame) -> list[list[Cell]]:
    """The rows as lists of plain Python values."""
    columns = [frame[name].tolist() for name in frame.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def texts_of(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """The rows as texts, as csv and the workbook hold them."""
    columns = [[plain(cell) for cell in frame[name].tolist()] for name in frame.columns]
    return list(zip(*columns, strict=True))
