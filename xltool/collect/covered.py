"""Answers whose cell was merged into another one: what such a cell may still hold is not what the person sees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xltool.addresses import a1, range_a1
from xltool.collect.cells import is_blank
from xltool.collect.plan_index import PlanIndex
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import CellRange, RawSheet

_MOST = 5000  # merged ranges that are looked at; a form has some hundred, more are no person's work
Place = tuple[int, int]


def covered_answers(sheet: RawSheet, index: PlanIndex, places: Mapping[str, Place]) -> dict[str, Finding]:
    """Slots whose cell holds something under a merged cell, each with the finding that says so."""
    columns: dict[int, list[int]] = {}
    for row, col in places.values():
        columns.setdefault(row, []).append(col)
    under = {
        place: where
        for where in sheet.merges[:_MOST]
        for place in _within(where, columns)
        if place != (where.first_row, where.first_col) and not is_blank(sheet.cells.get(place))
    }
    found = {}
    for key, place in places.items():
        if place in under:
            position = Position(sheet=sheet.name, cell=a1(*place), field=key)
            label, into = index.slots[key].label, range_a1(under[place])
            found[key] = finding(Code.TPL_COVERED, position, label=label, cell=a1(*place), into=into)
    return found


def _within(where: CellRange, columns: Mapping[int, list[int]]) -> Iterator[Place]:
    """The answers in a range, by the columns that each row has answers in; a range of very many rows is not walked."""
    span = range(where.first_row, where.last_row + 1)
    rows = span if len(span) <= len(columns) else [row for row in columns if row in span]
    for row in rows:
        for col in columns.get(row, ()):
            if where.first_col <= col <= where.last_col:
                yield row, col
