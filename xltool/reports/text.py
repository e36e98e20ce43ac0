"""Findings for people and programs: grouped by file and cell as text, or as plain data for JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any

from xltool.findings import catalogue, message
from xltool.model.finding import Finding, Severity

ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Errors first, then as they stand in the files: stable, so that a cell's findings stay together."""
    return sorted(findings, key=lambda item: ORDER[item.severity])


def lines(findings: Iterable[Finding], language: str) -> Iterator[tuple[Severity, str, str, str]]:
    """One line a finding: severity, code, where it stands, the sentence. Like findings are grouped over cells."""
    groups: dict[tuple[Severity, str, str, str, str], list[str]] = {}
    for item in sorted_findings(findings):
        text = message(item, language)
        position = item.position
        key = (item.severity, item.code, position.file or position.unit_code, position.sheet, text)
        groups.setdefault(key, []).append(position.cell or (str(position.row) if position.row else ""))
    for (severity, code, file, sheet, text), cells in groups.items():
        place = "!".join(part for part in (sheet, "、".join(cell for cell in cells if cell)) if part)
        where = " ".join(part for part in (file, place) if part)
        yield severity, code, where, text


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
