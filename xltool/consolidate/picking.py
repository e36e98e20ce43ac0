"""What the department's own draft says of a block of rows: which of the units' it picks, and which it writes itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xltool.consolidate.case import Accepted
from xltool.consolidate.matching import normalised, printable, trimmed
from xltool.findings import Code, finding
from xltool.layout.draft import picked
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.form import Rows
from xltool.model.submission import FieldAnswer, RowAnswer, Submission
from xltool.model.value import State


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row of one unit; `name` is its first column's text, normalised."""

    unit: ReportingUnit
    submission: Submission
    answer: RowAnswer
    name: str
    title: str


@dataclass(frozen=True, slots=True)
class DraftRows:
    """The rows as the draft orders them. `choices` are its rows that only point to a unit's; `open` that one fails."""

    chosen: tuple[Row, ...]
    choices: tuple[Row, ...]
    findings: tuple[Finding, ...]
    open: bool


def rows_of(block: Rows, accepted: Accepted) -> Iterator[Row]:
    """The filled rows of a block, unit by unit."""
    for unit, submission in accepted:
        for answer in submission.rows:
            if answer.block == block.frame.key:
                title = _title(block, answer)
                yield Row(unit, submission, answer, normalised(title), printable(title))


def from_drafts(block: Rows, drafts: Accepted, rows: Sequence[Row]) -> DraftRows | None:
    """What the department's draft says of this block, None where it says nothing.

    A row that names a unit's stands for it as the unit has it now; where the draft words it anew, and where it names
    none, the row is the department's own.
    """
    told = tuple(rows_of(block, drafts))
    if block.rule != "pick" or not told:
        return None
    chosen: list[Row] = []
    choices: list[Row] = []
    findings: list[Finding] = []
    for row in told:
        meant, found = _meant(row, rows)
        findings += found
        own = any(given.state is not State.BLANK for given in row.answer.answers[1:])
        if found or (meant is not None and not own):
            choices.append(row)
        if found:
            continue
        stands = meant if meant is not None and not own else _own(row, meant)
        if stands not in chosen:
            chosen.append(stands)
    return DraftRows(tuple(chosen), tuple(choices), tuple(findings), bool(findings))


def _title(block: Rows, answer: RowAnswer) -> str:
    first = block.columns[0].key
    return next((given.text for given in answer.answers if given.key == first), "")


def _meant(row: Row, rows: Sequence[Row]) -> tuple[Row | None, tuple[Finding, ...]]:
    """The unit's row that a row of the draft names, or why it cannot be told."""
    code, title = picked(row.title)
    of_unit = [item for item in rows if item.unit.code == code]
    if of_unit:
        found = [item for item in of_unit if item.name == normalised(title)]
        return (found[0], ()) if found else (None, (_gone(row, of_unit[0].unit),))
    found = [item for item in rows if item.name == row.name]
    if len({tuple(trimmed(given.text) for given in item.answer.answers) for item in found}) > 1:
        units = ", ".join(dict.fromkeys(item.unit.name for item in found))
        return None, (finding(Code.AGG_VALUES_DIFFER, _place(row), name=row.title, values=f"[{units}]"),)
    return (found[0] if found else None), ()


def _gone(row: Row, unit: ReportingUnit) -> Finding:
    return finding(Code.AGG_PICK_GONE, _place(row), name=row.title, unit=unit.name)


def _place(row: Row) -> Position:
    source = row.answer.answers[0].source
    return Position(row.submission.file, source.sheet, source.cell, row.answer.block, row.unit.code)


def _own(row: Row, meant: Row | None) -> Row:
    """The department's own row; of a unit's row that it words anew, title and blank answers are the unit's."""
    if meant is None:
        return row
    units = {given.key: given for given in meant.answer.answers}
    answers = tuple(_worded(given, units.get(given.key), place) for place, given in enumerate(row.answer.answers))
    return replace(row, answer=replace(row.answer, answers=answers), name=meant.name, title=meant.title)


def _worded(given: FieldAnswer, unit: FieldAnswer | None, place: int) -> FieldAnswer:
    if unit is None or (place and given.state is not State.BLANK):
        return given
    return replace(unit, source=given.source)

