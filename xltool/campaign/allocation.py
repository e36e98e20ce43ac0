"""The 指标分解表: which unit carries which indicator, with name, measure and target handed down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xltool import words
from xltool.campaign.rules import rule_faults, rule_name
from xltool.campaign.table import Columns, Line, offered, read_table, word
from xltool.findings import Code, finding
from xltool.model.campaign import AllocatedIndicator, Duty, ReportingUnit
from xltool.model.finding import Finding, Position, Severity

NAMES = ("allocation.xlsx", "allocation.csv")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]{0,39}", re.ASCII)  # what a defined name can carry after its prefix


def load_allocation(
    folder: Path, units: Sequence[ReportingUnit]
) -> tuple[tuple[AllocatedIndicator, ...], tuple[Finding, ...]]:
    """The rows in their order; none where there is no such file. Every unit is a column headed by its code."""
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if len(found) > 1:
        return (), (finding(Code.DEF_TABLE_TWICE, Position(file=NAMES[0])),)
    if not found:
        return (), ()
    return read_allocation(found[0], units)


def read_allocation(
    path: Path, units: Sequence[ReportingUnit]
) -> tuple[tuple[AllocatedIndicator, ...], tuple[Finding, ...]]:
    """The same for a file anywhere."""
    table = words.table("campaign")
    lines, findings = read_table(path, Columns(table["allocation"], ("id", "level", "name"), open=True))
    if any(item.severity is Severity.ERROR for item in findings):
        return (), findings
    faults = [fault for line in lines for fault in _faults(line, table, units)]
    return tuple(_row(line, table) for line in lines), (*findings, *faults, *_repeated(lines))


def unit_of(header: str) -> str:
    """The code a unit's column is headed by: `001` or `001 示例区民政局`."""
    return header.split(maxsplit=1)[0] if header.split() else ""


def _row(line: Line, table: dict[str, Any]) -> AllocatedIndicator:
    duties = tuple((unit_of(header), Duty(word(text, table["duties"]) or Duty.NOT)) for header, text in line.extras)
    return AllocatedIndicator(
        id=line.get("id"),
        level=line.get("level"),
        name=line.get("name"),
        operator=line.get("operator"),
        value=line.get("value"),
        measure=line.get("measure"),
        fixed=word(line.get("target"), table["targets"]) == "fixed",
        owner=unit_of(line.get("owner")),
        rule=rule_name(line.get("rule")),
        duties=duties,
    )


def _faults(line: Line, table: dict[str, Any], units: Sequence[ReportingUnit]) -> Iterator[Finding]:
    for key in ("id", "level", "name"):
        if not line.get(key):
            yield finding(Code.DEF_TABLE_CELL_EMPTY, line.at(key))
    if line.get("id") and not _ID.fullmatch(line.get("id")):
        yield finding(Code.DEF_TABLE_CELL_BAD, line.at("id"), value=line.get("id"), known="A001, 2024.A01")
    if line.get("target") and word(line.get("target"), table["targets"]) is None:
        known = offered(table["targets"])
        yield finding(Code.DEF_TABLE_CELL_BAD, line.at("target"), value=line.get("target"), known=known)
    if word(line.get("target"), table["targets"]) == "fixed" and not line.get("value"):
        yield finding(Code.DEF_TABLE_CELL_EMPTY, line.at("value"))
    places = {key: line.at(key) for key in ("rule", "owner")}
    yield from rule_faults(line.get("rule"), unit_of(line.get("owner")), units, places)
    known_codes = {unit.code for unit in units}
    for header, text in line.extras:
        if unit_of(header) not in known_codes:
            yield finding(Code.DEF_UNIT_UNKNOWN, line.at(header), unit=unit_of(header))
        elif word(text, table["duties"]) is None:
            yield finding(Code.DEF_TABLE_CELL_BAD, line.at(header), value=text, known=offered(table["duties"]))


def _repeated(lines: Sequence[Line]) -> Iterator[Finding]:
    """An id names one indicator, and a level has no two of one name."""
    for keys in (("id",), ("level", "name")):
        first: dict[tuple[str, ...], int] = {}
        for line in lines:
            value = tuple(line.get(key) for key in keys)
            earlier = first.setdefault(value, line.position.row)
            if all(value) and earlier != line.position.row:
                yield finding(Code.DEF_TABLE_REPEATED, line.at(keys[-1]), value=value[-1], first=earlier)
