"""Findings for people and programs: grouped by file and cell as text, or as plain data for JSON."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

from xltool.addresses import parse_range
from xltool.findings import catalogue, message
from xltool.findings.lists import and_more, cells_shown
from xltool.model.finding import Finding, Severity

ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_NAMES = ("label", "name")  # args that name the answer or the indicator, in sentences always within quotes
_BETWEEN = {"zh": "、", "en": ", "}
_NAMED = 8  # names in one sentence; the cells are all there


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first; then file by file, and in each from the top of the form to its end."""
    given = list(findings)
    files = {name: number for number, name in enumerate(dict.fromkeys(item.position.file for item in given))}
    return sorted(given, key=lambda item: (ORDER[item.severity], files[item.position.file], _place(item)))


def _place(item: Finding) -> tuple[str, int, int]:
    """Where it stands on its sheet; what has no cell comes before what has one."""
    position = item.position
    where = parse_range(position.cell.partition(",")[0]) if position.cell else None
    row, col = (where.first_row, where.first_col) if where else (position.row, 0)
    return position.sheet, row, col


def lines(findings: Iterable[Finding], language: str) -> Iterator[tuple[Severity, str, str, str]]:
    """One line a finding: severity, code, where it stands, the sentence. Like findings are grouped over cells.

    Alike are those that say the same, or the same of several answers or indicators.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for item in sorted_findings(findings):
        position = item.position
        said = tuple(value for name, value in item.args if name not in _NAMES)
        key = (item.severity, item.code, position.file or position.unit_code, position.sheet, *said)
        groups.setdefault(key, []).append(item)
    for items in groups.values():
        position = items[0].position
        places = (item.position for item in items)
        cells = dict.fromkeys(cells_shown(at.cell, language) or str(at.row or "") for at in places)
        listed = _BETWEEN[language].join(cell for cell in cells if cell)
        place = "!".join(part for part in (position.sheet, listed) if part)
        where = " ".join(part for part in (position.file or position.unit_code, place) if part)
        yield items[0].severity, items[0].code, where, _together(items, language)


def _together(items: list[Finding], language: str) -> str:
    """One sentence for all of these, which names them as it names one: “甲”、“乙”, and how many where not all."""
    if len(items) == 1:
        return message(items[0], language)
    sentence = catalogue()[items[0].code].words[language].message
    args, twice = dict(items[0].args), ""
    for name in _NAMES:
        if name not in args:
            continue
        names = [*dict.fromkeys(dict(item.args)[name] for item in items)]
        quotes = re.search(rf"(.)\{{{name}\}}(.)", sentence)
        before, after = quotes.groups() if quotes else ("", "")
        shown = f"{after}{_BETWEEN[language]}{before}".join(names[:_NAMED])
        if len(names) > _NAMED:
            shown = and_more(shown + after, _NAMED, len(names), language, "names")
            twice = shown + after if after else ""  # the last name's quote is closed before it is said how many more
        args[name] = shown
    told = message(dataclasses.replace(items[0], args=tuple(args.items())), language)
    return told.replace(twice, twice[:-1], 1) if twice else told


def finding_data(item: Finding) -> dict[str, Any]:
    """A finding as JSON shows it: fields and both languages' sentences."""
    position = item.position
    return {
        "code": item.code,
        "severity": item.severity.value,
        "head": catalogue()[item.code].head,
        "args": dict(item.args),
        "file": position.file,
        "sheet": position.sheet,
        "cell": position.cell,
        "field": position.field,
        "unit_code": position.unit_code,
        "row": position.row or None,
        "column": position.column or None,
        "message": {language: message(item, language) for language in ("zh", "en")},
    }


def plain(value: Any) -> Any:
    """Any record as JSON types: decimals as text, so that no digit is lost; findings with their sentences."""
    if isinstance(value, Finding):
        return finding_data(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
