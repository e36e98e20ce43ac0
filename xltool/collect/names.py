"""Defined names of a returned workbook, as ranges on one of its sheets."""

from __future__ import annotations

from functools import lru_cache

from xltool.addresses import parse_range
from xltool.model.workbook import CellRange, RawWorkbook


@lru_cache(maxsize=4096)
def reference(refers_to: str) -> tuple[str, CellRange] | None:
    """(sheet, range) of `'申报表'!$D$15:$F$15`; None for a constant, a formula, or what has become `#REF!`."""
    sheet, mark, cells = refers_to.strip().removeprefix("=").rpartition("!")
    where = parse_range(cells) if mark else None
    if where is None:
        return None
    sheet = sheet.removeprefix("$")
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    return sheet, where


def names_on(workbook: RawWorkbook, sheet: str) -> dict[str, CellRange]:
    """Names that point into this sheet. One that is local to the sheet wins over a global one of the same name."""
    found: dict[str, CellRange] = {}
    local: set[str] = set()
    for item in workbook.names:
        where = reference(item.refers_to)
        if where is None or where[0] != sheet or item.name in local:
            continue
        if item.sheet == sheet:
            local.add(item.name)
        elif item.sheet:
            continue
        found[item.name] = where[1]
    return found


def broken_names(workbook: RawWorkbook) -> frozenset[str]:
    """Names whose cell no longer exists: its row or column was deleted, or something was cut and put over it."""
    return frozenset(item.name for item in workbook.names if "#REF!" in item.refers_to)
