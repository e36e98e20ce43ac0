"""The roster: which units report, under which code and whom, and what is known of them beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from xltool import words
from xltool.campaign.table import Columns, Line, offered, read_table, word
from xltool.findings import Code, finding
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import Role

NAMES = ("units.csv", "units.xlsx")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}")  # what tokens, cell names and file names can all carry
_SPOILT_CODE = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)  # Excel made a number of it


def load_units(folder: Path) -> tuple[tuple[ReportingUnit, ...], tuple[Finding, ...]]:
    """The units in the order of the roster. With an error among the findings they are not to be used."""
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if len(found) > 1:
        return (), (finding(Code.DEF_TABLE_TWICE, Position(file=NAMES[0])),)
    if not found:
        return (), (finding(Code.DEF_ROSTER_MISSING, Position(file=NAMES[0])),)
    table = words.table("campaign")
    lines, findings = read_table(found[0], Columns(table["units"], ("code", "name"), open=True))
    if any(item.severity is Severity.ERROR for item in findings):
        return (), findings
    if not lines:
        return (), (*findings, finding(Code.DEF_ROSTER_MISSING, Position(file=found[0].name)))
    units = tuple(_unit(line, table) for line in lines)
    faults = [*_cell_faults(lines, table), *_repeated(lines), *_parents(lines), *_own(units, lines)]
    return units, (*findings, *sorted(faults, key=lambda item: item.position.row))


def _unit(line: Line, table: dict[str, Any]) -> ReportingUnit:
    return ReportingUnit(
        code=line.get("code"),
        name=line.get("name"),
        role=Role(word(line.get("role"), table["roles"]) or Role.UNIT),
        parent=line.get("parent"),
        full_name=line.get("full_name"),
        contact=line.get("contact"),
        telephone=line.get("telephone"),
        prefill=line.extras,
    )


def _cell_faults(lines: Sequence[Line], table: dict[str, Any]) -> Iterator[Finding]:
    for line in lines:
        for key in ("code", "name"):
            if not line.get(key):
                yield finding(Code.DEF_TABLE_CELL_EMPTY, line.at(key))
        code, role = line.get("code"), line.get("role")
        if code and (not _CODE.fullmatch(code) or _SPOILT_CODE.fullmatch(code)):
            yield finding(Code.DEF_ROSTER_CODE, line.at("code"), unit=code)
        if role and word(role, table["roles"]) is None:
            yield finding(Code.DEF_TABLE_CELL_BAD, line.at("role"), value=role, known=offered(table["roles"]))


def _repeated(lines: Sequence[Line]) -> Iterator[Finding]:
    """The same code twice is an error (file names know no case); the same name is probably a slip."""
    for key, severity in (("code", Severity.ERROR), ("name", Severity.WARNING)):
        first: dict[str, int] = {}
        for line in lines:
            text = line.get(key)
            earlier = first.setdefault(text.casefold(), line.position.row)
            if text and earlier != line.position.row:
                yield finding(Code.DEF_TABLE_REPEATED, line.at(key), severity, value=text, first=earlier)


def _parents(lines: Sequence[Line]) -> Iterator[Finding]:
    """A parent must be in the roster, and nobody may stand above itself."""
    above = {line.get("code"): line.get("parent") for line in lines}
    reported: set[str] = set()
    for line in lines:
        code, parent = line.get("code"), line.get("parent")
        if parent and parent not in above:
            yield finding(Code.DEF_UNIT_UNKNOWN, line.at("parent"), unit=parent)
        circle = _circle(code, above) if code else ()
        if circle and code not in reported:
            reported.update(circle)
            yield finding(Code.DEF_ROSTER_CIRCLE, line.at("parent"), codes=" → ".join([*circle, code]))


def _circle(code: str, above: dict[str, str]) -> tuple[str, ...]:
    """The codes from this one up and back to it; empty where the way up ends or runs into another circle."""
    way = [code]
    while (upper := above.get(way[-1], "")) and upper not in way:
        way.append(upper)
    return tuple(way) if upper == code else ()


def _own(units: Sequence[ReportingUnit], lines: Sequence[Line]) -> Iterator[Finding]:
    """A department has one 本级. Without any, rules that take its figures find none: worth a warning."""
    seen: dict[str, ReportingUnit] = {}
    for unit, line in zip(units, lines, strict=True):
        if unit.role is Role.OWN and seen.setdefault(unit.parent, unit) is not unit:
            yield finding(
                Code.DEF_ROSTER_OWN, line.at("role"), Severity.ERROR, codes=f"{seen[unit.parent].code}, {unit.code}")
    if not seen:
        heading = lines[0].at("role")
        yield finding(Code.DEF_ROSTER_OWN, Position(file=heading.file, column=heading.column), codes="-")
