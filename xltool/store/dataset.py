"""The dataset as frames and files, for analysts and programs. The only importer of pandas.

In the frames a number is a Decimal, a missing one None, everything else text; the files hold numbers as plain text
with the decimals as written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd

from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition
from xltool.model.submission import Submission
from xltool.store.tables import Cell, Table, tables

_LONGEST = 32_767  # characters a cell of a workbook holds
_ROWS = 1_048_575  # rows a sheet holds below its heading
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  a fixed time, so that the same tables give the same file


def frames(
    campaign: Campaign,
    form: FormDefinition,
    submissions: Mapping[str, Submission],
    consolidation: Consolidation,
    findings: Iterable[Finding],
    language: str = "zh",
) -> dict[str, pd.DataFrame]:
    """The tables by name, in roster order: what the units said, what was consolidated, and the way between.

    Each repeating block of the form is a table of its own under the block's key (`tasks`), and what stands of it in
    the department's form another (`consolidated_tasks`). `language` is that of the findings'
    messages.
    """
    made = tables(campaign, form, submissions, consolidation, findings, language)
    return {table.name: _frame(table) for table in made}


def _frame(table: Table) -> pd.DataFrame:
    """A table of objects: pandas must turn neither exact numbers into doubles nor codes like 001 into numbers."""
    rows = [[record.get(name, "") for name in table.columns] for record in table.records]
    return pd.DataFrame(rows, columns=list(table.columns), dtype=object)


def plain(cell: Cell) -> str:
    """A cell as text: a number without exponent and with its decimals, nothing for None."""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else str(cell)


def write_csv(data: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path, ...]:
    """One UTF-8 file with BOM per table, each replaced as a whole; the paths written.

    These files are data for programs: a text such as `=48.00(家)` or `-1` stands in them letter for letter, and a
    spreadsheet that opens one may take it for a formula. `write_xlsx` makes the file for people.
    A file that another program keeps open (Windows) is left, and the new one stands beside it as `name-new.csv`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as staging:
        for name, table in data.items():
            staged = Path(staging) / f"{name}.csv"
            table.map(plain).to_csv(staged, index=False, encoding="utf-8-sig", lineterminator="\r\n")
            written.append(staged)
        return tuple(_replace(staged, folder / staged.name) for staged in written)


def write_xlsx(data: Mapping[str, pd.DataFrame], path: Path) -> Path:
    """One workbook with a sheet per table, every cell text and none a formula or link; the path written.

    A text longer than a cell holds ends in `…`; the CSV has the whole. A table longer than a sheet holds goes on in
    the sheet `name_2`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as staging:
        staged = Path(staging) / path.name
        with pd.ExcelWriter(staged, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
            writer.book.set_properties({"created": _MADE})
            for name, table in data.items():
                texts = table.map(_fitting)
                for part, start in enumerate(range(0, max(len(texts), 1), _ROWS), start=1):
                    sheet = name[:31] if part == 1 else f"{name[:28]}_{part}"
                    rows = texts.iloc[start : start + _ROWS]
                    rows.to_excel(writer, sheet_name=sheet, index=False, freeze_panes=(1, 0))
        return _replace(staged, path)


def _fitting(cell: Cell) -> str:
    text = plain(cell)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _replace(staged: Path, target: Path) -> Path:
    try:
        staged.replace(target)
    except PermissionError:
        target = target.with_stem(f"{target.stem}-new")
        staged.replace(target)
    return target
