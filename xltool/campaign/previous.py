"""What the units reported the year before, as a table beside the roster: `previous.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from xltool import words
from xltool.campaign.table import Columns, Line, offered, read_table, word
from xltool.findings import Code, finding
from xltool.model.campaign import PreviousAnswer
from xltool.model.finding import Finding, Severity

NAME = "previous.csv"
KINDS = ("field", "indicator")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def load_previous(folder: Path) -> tuple[tuple[PreviousAnswer, ...], tuple[Finding, ...]]:
    """The answers in their order; none where there is no such file."""
    path = folder / NAME
    if not path.is_file():
        return (), ()
    table = words.table("campaign")
    lines, findings = read_table(path, Columns(table["previous"], ("unit", "kind", "name", "value")))
    if any(item.severity is Severity.ERROR for item in findings):
        return (), findings
    faults = [fault for line in lines for fault in _faults(line, table)]
    return tuple(_answer(line, table) for line in lines), (*findings, *faults)


def previous_table(answers: Iterable[PreviousAnswer]) -> str:
    """The text of the table, in the words people read."""
    table = words.table("campaign")
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([names[0] for names in table["previous"].values()])
    for item in answers:
        kind = table["kinds"][item.kind][0]
        row = [item.unit_code, kind, item.level, item.name, item.operator, item.value, item.measure]
        writer.writerow([_safe(cell) for cell in row])
    return file.getvalue()


def _safe(cell: str) -> str:
    """What a spreadsheet would take for a formula is marked as text; reading takes the mark off again."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _answer(line: Line, table: dict[str, Any]) -> PreviousAnswer:
    kind = word(line.get("kind"), table["kinds"]) or ""
    return PreviousAnswer(
        line.get("unit"), kind, line.get("level"), line.get("name"), line.get("operator"), line.get("value"),
        line.get("measure"),
    )  # fmt: skip


def _faults(line: Line, table: dict[str, Any]) -> Iterator[Finding]:
    kind = word(line.get("kind"), table["kinds"])
    if kind not in KINDS:
        known = offered({key: table["kinds"][key] for key in KINDS})
        yield finding(Code.DEF_TABLE_CELL_BAD, line.at("kind"), value=line.get("kind"), known=known)
    for key in ("unit", "name", "level") if kind == "indicator" else ("unit", "name"):
        if not line.get(key):
            yield finding(Code.DEF_TABLE_CELL_EMPTY, line.at(key))
