"""Checks of the returned workbook as a whole: what was lost from it and what was hidden or noted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from xltool.addresses import listed
from xltool.findings import Code, finding
from xltool.findings.lists import quoted
from xltool.model.finding import Finding, Position
from xltool.model.layout import FormLayout
from xltool.model.workbook import RawSheet


class Entry(NamedTuple):
    """The form sheet as it came back, its layout, and where the answers stand."""

    sheet: RawSheet
    layout: FormLayout
    places: Mapping[str, tuple[int, int]]


def protection(entry: Entry) -> Iterator[Finding]:
    """The sheet is still protected; some programs drop it without anybody wanting to."""
    if entry.layout.sheet.protected and not entry.sheet.protected:
        yield finding(Code.TPL_PROTECTION_LOST, Position(sheet=entry.sheet.name))


def validations(entry: Entry) -> Iterator[Finding]:
    """The drop-downs and rules are still there."""
    if entry.layout.sheet.rules and not entry.sheet.validations:
        yield finding(Code.TPL_VALIDATION_LOST, Position(sheet=entry.sheet.name))


def hidden(entry: Entry) -> Iterator[Finding]:
    """No answer stands where nobody sees it."""
    sheet = entry.sheet
    if not sheet.hidden_rows and not sheet.hidden_cols:
        return
    cells = listed(
        place
        for place in entry.places.values()
        if place in sheet.cells and (place[0] in sheet.hidden_rows or place[1] in sheet.hidden_cols)
    )
    if cells:
        yield finding(Code.TPL_HIDDEN, Position(sheet=sheet.name, cell=cells), cells=cells)


def comments(entry: Entry) -> Iterator[Finding]:
    """Cell notes are no answers, but nobody should miss them."""
    notes = sorted(entry.sheet.comments)
    if notes:
        cells = listed((note.row, note.col) for note in notes)
        texts = quoted([note.text for note in notes])
        yield finding(Code.TPL_COMMENT, Position(sheet=entry.sheet.name, cell=cells), cells=cells, texts=texts)


WORKBOOK_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (protection, validations, hidden, comments)
