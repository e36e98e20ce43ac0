"""Checks of the returned workbook as a whole: what was lost from it and what was hidden or noted in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from xltool.addresses import a1
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.layout import FormLayout
from xltool.model.workbook import RawSheet

_SHOWN = 12  # addresses in one finding
_NOTES = 3  # cell notes that are quoted
_LENGTH = 30  # characters of each


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
    cells = sorted(
        place
        for place in entry.places.values()
        if place in sheet.cells and (place[0] in sheet.hidden_rows or place[1] in sheet.hidden_cols)
    )
    if cells:
        yield finding(Code.TPL_HIDDEN, Position(sheet=sheet.name, cell=_addresses(cells)), cells=_addresses(cells))


def comments(entry: Entry) -> Iterator[Finding]:
    """Cell notes are no answers, but nobody should miss them."""
    notes = sorted(entry.sheet.comments)
    if notes:
        cells = _addresses([(note.row, note.col) for note in notes])
        texts = "；".join(" ".join(note.text.split())[:_LENGTH] for note in notes[:_NOTES])
        yield finding(Code.TPL_COMMENT, Position(sheet=entry.sheet.name, cell=cells), cells=cells, texts=texts)


WORKBOOK_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (protection, validations, hidden, comments)


def _addresses(cells: list[tuple[int, int]]) -> str:
    return ",".join(a1(*cell) for cell in cells[:_SHOWN]) + ("…" if len(cells) > _SHOWN else "")
