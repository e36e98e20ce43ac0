"""Second witnesses of where a row belongs: the level printed left of it, and what else stands on it.

A key or a name alone is one witness; rows are moved, sorted and relabelled, and then the sheet shows something else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from xltool.collect.cells import is_blank
from xltool.collect.column_map import ColumnMap
from xltool.collect.plan_index import PlanIndex, plain
from xltool.collect.row_map import RowMap, Way
from xltool.model.layout import Slot
from xltool.model.workbook import CellKind, RawSheet


def drop_strangers(sheet: RawSheet, index: PlanIndex, rows: RowMap, columns: ColumnMap) -> None:
    """Take back rows that only their place speaks for and that hold content where their section has no answer."""
    doubtful = {
        row: key
        for key, row in rows.at.items()
        if rows.way[key] in (Way.NAME, Way.GAP) and index.section_of[key]
    }  # fmt: skip
    if not doubtful:
        return
    answers = _answer_columns(index, columns)
    ours = set(columns.found.values())
    last = max(columns.at.get(index.layout.check_column, index.layout.check_column), rows.key_column)
    beside = {rows.key_column, columns.at.get(index.layout.check_column, 0)}
    for (row, col), cell in sheet.cells.items():
        key = doubtful.get(row)
        if key is None or col >= last or col in beside or (row, col) in ours or cell.formula is not None:
            continue
        if col not in answers[index.section_of[key]] and not is_blank(cell) and key in rows.at:
            rows.drop(key)


def _answer_columns(index: PlanIndex, columns: ColumnMap) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {section: set() for section in index.sections}
    for slot in index.slots.values():
        section = index.section_of.get(slot.row_key, "")
        col = columns.of(slot, index) if section else None
        if col is not None:
            found[section].add(col)
    return found


def under_other_levels(sheet: RawSheet, index: PlanIndex, rows: RowMap, columns: ColumnMap) -> Iterator[str]:
    """Keys of rows with content that stand below the name of another level than their own.

    Where the name of the row's own level is nowhere on the sheet any more, the level above it has not taken its rows.
    """
    if _as_planned(index, rows, columns):
        return
    seen = _Names(sheet, index, columns)
    filled = {row for (row, _), cell in sheet.cells.items() if cell.formula is None and not is_blank(cell)}
    answers: dict[str, list[Slot]] = {}
    for slot in index.slots.values():
        answers.setdefault(slot.row_key, []).append(slot)
    for section, names in index.levels.items():
        for key in index.sections[section] if names else ():
            row = rows.at.get(key)
            if row is None or row not in filled or not _holds(sheet, columns, index, row, answers[key]):
                continue
            if any(seen.other(name.col, row, name.plain) for name in names):
                yield key


def _as_planned(index: PlanIndex, rows: RowMap, columns: ColumnMap) -> bool:
    """Every name of a level stands on its row and all rows are in the plan's order: nothing can have changed level."""
    if not all(static in columns.found for names in index.levels.values() for static in names):
        return False
    at = [rows.at[key] for _, key in index.order if key in rows.at]
    return all(upper < lower for upper, lower in pairwise(at))


def _holds(sheet: RawSheet, columns: ColumnMap, index: PlanIndex, row: int, slots: list[Slot]) -> bool:
    places = ((row, col) for slot in slots if (col := columns.of(slot, index)) is not None)
    return any(not is_blank(sheet.cells.get(place)) for place in places)


class _Names:
    """The names of levels as they stand on the sheet, by the column of the plan."""

    def __init__(self, sheet: RawSheet, index: PlanIndex, columns: ColumnMap) -> None:
        texts: dict[int, set[str]] = {}
        for names in index.levels.values():
            for name in names:
                texts.setdefault(name.col, set()).add(name.plain)
        planned = {columns.at[col]: col for col in texts if col in columns.at}
        self.rows: dict[int, list[int]] = {col: [] for col in texts}
        self.texts: dict[int, list[str]] = {col: [] for col in texts}
        for place, cell in sorted(sheet.cells.items()):
            col = planned.get(place[1])
            if col is None or cell.kind is not CellKind.TEXT:
                continue
            text = plain(cell.text)
            if text in texts[col]:
                self.rows[col].append(place[0])
                self.texts[col].append(text)

    def other(self, col: int, row: int, own: str) -> bool:
        """Whether another name than its own is the next above this row, while its own stands elsewhere."""
        place = bisect_right(self.rows[col], row) - 1
        return own in self.texts[col] and (place < 0 or self.texts[col][place] != own)
