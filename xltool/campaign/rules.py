"""The campaign's own consolidation rules, from rules.csv and the [rules] table of campaign.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from xltool import words
from xltool.campaign.table import Columns, Line, offered, read_table, word
from xltool.findings import Code, finding
from xltool.model.campaign import ReportingUnit, RuleLine
from xltool.model.finding import Finding, Position, Severity

NAMES = ("rules.csv", "rules.xlsx")
_MOST = 9999


def load_rules(folder: Path, units: Sequence[ReportingUnit]) -> tuple[tuple[RuleLine, ...], tuple[Finding, ...]]:
    """The lines in their order; none where there is no such file. `units` are those an owner must be among."""
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if len(found) > 1:
        return (), (finding(Code.DEF_TABLE_TWICE, Position(file=NAMES[0])),)
    if not found:
        return (), ()
    table = words.table("campaign")
    lines, findings = read_table(found[0], Columns(table["rules"], ("kind", "name")))
    if any(item.severity is Severity.ERROR for item in findings):
        return (), findings
    faults = [fault for line in lines for fault in _faults(line, table, units)]
    return tuple(_rule(line, table) for line in lines), (*findings, *faults, *_repeated(lines, table))


def rule_faults(rule: str, owner: str, units: Sequence[ReportingUnit], at: Mapping[str, Position]) -> Iterator[Finding]:
    """What is wrong with a rule's name and its owner; `at` says where each of the two stands."""
    known = words.table("campaign")["rule_names"]
    name = word(rule, known)
    if rule and name is None:
        yield finding(Code.DEF_TABLE_CELL_BAD, at["rule"], value=rule, known=offered(known))
    if owner and owner not in {unit.code for unit in units}:
        yield finding(Code.DEF_UNIT_UNKNOWN, at["owner"], unit=owner)
    if name == "owner" and not owner:
        yield finding(Code.DEF_TABLE_CELL_EMPTY, at["owner"])


def rule_name(text: str) -> str:
    """The rule a word stands for, the word itself where it is none (a finding says so)."""
    return word(text, words.table("campaign")["rule_names"]) or text if text else ""


def _rule(line: Line, table: dict[str, Any]) -> RuleLine:
    order = line.get("order")
    return RuleLine(
        kind=word(line.get("kind"), table["kinds"]) or "",
        level=line.get("level"),
        name=line.get("name"),
        rule=rule_name(line.get("rule")),
        owner=line.get("owner"),
        include=word(line.get("include"), table["flags"]) != "no",
        order=int(order) if _is_order(order) else 0,
        weight=line.get("weight"),
    )


def _faults(line: Line, table: dict[str, Any], units: Sequence[ReportingUnit]) -> Iterator[Finding]:
    kind = word(line.get("kind"), table["kinds"])
    for key in ("kind", "name") if kind == "field" else ("kind", "level", "name"):
        if not line.get(key):
            yield finding(Code.DEF_TABLE_CELL_EMPTY, line.at(key))
    for key, known in (("kind", table["kinds"]), ("include", table["flags"])):
        if line.get(key) and word(line.get(key), known) is None:
            yield finding(Code.DEF_TABLE_CELL_BAD, line.at(key), value=line.get(key), known=offered(known))
    yield from rule_faults(
        line.get("rule"), line.get("owner"), units, {key: line.at(key) for key in ("rule", "owner")})
    order = line.get("order")
    if order and not _is_order(order):
        yield finding(Code.DEF_TABLE_CELL_BAD, line.at("order"), value=order, known=f"1, 2, 3 … {_MOST}")


def _repeated(lines: Sequence[Line], table: dict[str, Any]) -> Iterator[Finding]:
    """Two lines for one figure contradict each other; the same row picked from two units is two rows."""
    first: dict[tuple[str | None, ...], int] = {}
    for line in lines:
        kind = word(line.get("kind"), table["kinds"])
        key = (kind, line.get("level"), line.get("name"), line.get("owner") if kind == "row" else "")
        earlier = first.setdefault(key, line.position.row)
        if earlier != line.position.row:
            yield finding(Code.DEF_TABLE_REPEATED, line.at("name"), value=line.get("name"), first=earlier)


def _is_order(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) <= _MOST
