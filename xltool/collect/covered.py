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
    held = {place for place in places.values() if not is_blank(sheet.cells.get(place))}
    under = {
        place: where
        for where in sheet.merges[:_MOST]
        for place in _within(where, held)
        if place != (where.first_row, where.first_col)
    }
    found = {}
    for key, place in places.items():
        if place in under:
            position = Position(sheet=sheet.name, cell=a1(*place), field=key)
            label, into = index.slots[key].label, range_a1(under[place])
            found[key] = finding(Code.TPL_COVERED, position, label=label, cell=a1(*place), into=into)
    return found


def _within(where: CellRange, places: set[Place]) -> Iterator[Place]:
    """The places in a range, in as few steps as its cells or all places take."""
    area = (where.last_row - where.first_row + 1) * (where.last_col - where.first_col + 1)
    if area == 1:
        return
    if area > len(places):
        yield from (place for place in places if _holds(where, place))
        return
    for row in range(where.first_row, where.last_row + 1):
        yield from ((row, col) for col in range(where.first_col, where.last_col + 1) if (row, col) in places)


def _holds(where: CellRange, place: Place) -> bool:
    return where.first_row <= place[0] <= where.last_row and where.first_col <= place[1] <= where.last_col
