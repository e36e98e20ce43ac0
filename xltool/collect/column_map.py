"""Which column of the returned sheet each column of the plan has become, from where our texts now stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from xltool.collect.plan_index import PlanIndex, Static, plain
from xltool.collect.row_map import RowMap
from xltool.model.layout import Slot
from xltool.model.workbook import CellKind, RawSheet


@dataclass(slots=True)
class ColumnMap:
    """`found` holds where each static text stands now, `by_heading` the column of each heading, `at` plan → sheet.

    `contested` are headings of several columns that have come to stand over one: what is below may be either's.
    """

    at: dict[int, int] = field(default_factory=dict)
    by_heading: dict[str, int] = field(default_factory=dict)
    found: dict[Static, tuple[int, int]] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)

    def of(self, slot: Slot, index: PlanIndex) -> int | None:
        """The column of an answer: its own column's heading where that says more, else what all texts agree on."""
        if slot.column in self.contested:
            return None
        first = slot.range.first_col
        heading = index.headings.get(slot.column)
        if heading is not None and slot.column in self.by_heading and heading.first_col == first:
            return self.by_heading[slot.column]
        return self.at.get(first)


def map_columns(sheet: RawSheet, index: PlanIndex, rows: RowMap) -> ColumnMap:
    """Let each text of ours that is found on its row vote for where its column went."""
    columns = ColumnMap()
    votes: dict[int, dict[int, int]] = {}
    astray: list[tuple[Static, int]] = []
    cells, at = sheet.cells, rows.at
    for static in index.statics:
        row = at.get(static.row_key)
        if row is None:
            continue
        cell = cells.get((row, static.col))
        if cell is not None and (cell.text == static.text or plain(cell.text) == static.plain):
            _place(columns, votes, static, (row, static.col))
        else:
            astray.append((static, row))
    if astray:
        _search(sheet, columns, votes, astray)
    if rows.key_column:
        votes.setdefault(index.layout.key_column, {})[rows.key_column] = 1
    _agree(columns, votes, index.width)
    columns.contested.update(_contested(columns))
    return columns


def _contested(columns: ColumnMap) -> Iterator[str]:
    """Headings of one block that stand over each other and did not before."""
    over: dict[tuple[str, int], list[Static]] = {}
    for static, (_, col) in columns.found.items():
        if static.key:
            over.setdefault((static.key.partition(".")[0], col), []).append(static)
    for statics in over.values():
        if len({static.col for static in statics}) > 1:
            yield from (static.key for static in statics)


def _place(columns: ColumnMap, votes: dict[int, dict[int, int]], static: Static, where: tuple[int, int]) -> None:
    columns.found[static] = where
    if static.key:
        columns.by_heading[static.key] = where[1]
    counted = votes.setdefault(static.col, {})
    counted[where[1]] = counted.get(where[1], 0) + 1


def _search(
    sheet: RawSheet, columns: ColumnMap, votes: dict[int, dict[int, int]], astray: list[tuple[Static, int]]
) -> None:
    """Texts that are not where they were: anywhere else on their row, the nearest first, each place once."""
    rows = {row for _, row in astray}
    taken = set(columns.found.values())
    by_text: dict[tuple[int, str], list[int]] = {}
    for (row, col), cell in sheet.cells.items():
        if row in rows and cell.kind is CellKind.TEXT and (row, col) not in taken:
            by_text.setdefault((row, plain(cell.text)), []).append(col)
    for static, row in astray:
        free = by_text.get((row, static.plain))
        if free:
            col = min(free, key=lambda item: (abs(item - static.col), item))
            free.remove(col)
            _place(columns, votes, static, (row, col))


def _agree(columns: ColumnMap, votes: dict[int, dict[int, int]], width: int) -> None:
    """The majority for each column; a column without votes moves as both its neighbours did, or not at all.

    Inserting and deleting columns keeps their order, so columns that changed places are one block's own affair.
    """
    sure: dict[int, int] = {}
    for planned, counted in votes.items():
        best = max(counted, key=lambda col: counted[col])
        if counted[best] * 2 > sum(counted.values()):
            sure[planned] = best
    crossed = {p for p, to in sure.items() for q, other in sure.items() if (p < q) != (to < other) and p != q}
    sure = {planned: to for planned, to in sure.items() if planned not in crossed}
    for planned in range(1, width + 1):
        if planned in sure:
            columns.at[planned] = sure[planned]
            continue
        if planned in votes and planned not in crossed:
            continue  # they disagree: nothing is guessed
        left = max((col for col in sure if col < planned), default=None)
        right = min((col for col in sure if col > planned), default=None)
        shift_left = sure[left] - left if left is not None else 0
        shift_right = sure[right] - right if right is not None else shift_left
        if shift_left == shift_right:
            columns.at[planned] = planned + shift_left
