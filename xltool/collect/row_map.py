"""Which row of the returned sheet each row of the plan has become: by keys, then names, then texts of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xltool.collect.cells import is_blank
from xltool.collect.plan_index import PlanIndex, plain, sayings
from xltool.model.workbook import CellKind, CellRange, RawSheet


class Way(StrEnum):
    """How a row was found, the surest first."""

    KEY = "key"
    NAME = "name"
    LABEL = "label"
    GAP = "gap"  # it lies between two rows that were found, and exactly fits there
    ADDRESS = "address"  # it fits there, but nothing on the row says that it is ours


@dataclass(slots=True)
class RowMap:
    """`at` maps row keys to rows of the sheet; `twice` are rows that carry a key that an earlier row has.

    `key_column` is 0 where the sheet has no column of keys any more. `checked` are the rows that still have a check,
    each with its formula, empty where formulas are gone altogether. `unsure` are keys of rows among which some are
    gone, nobody can tell which.
    """

    at: dict[str, int] = field(default_factory=dict)
    way: dict[str, Way] = field(default_factory=dict)
    twice: list[tuple[int, str]] = field(default_factory=list)
    key_column: int = 0
    checked: dict[int, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def put(self, key: str, row: int, way: Way) -> None:
        self.at[key] = row
        self.way[key] = way

    def drop(self, key: str) -> None:
        del self.at[key], self.way[key]


def map_rows(sheet: RawSheet, index: PlanIndex, names: Mapping[str, CellRange], broken: frozenset[str]) -> RowMap:
    """Find every row that can be found; a row that is absent from `at` is gone or could only be guessed."""
    rows = RowMap()
    _by_keys(sheet, index, rows)
    if len(rows.at) < len(index.order):
        rows.checked = _checked_rows(sheet, index)
        _by_names(sheet, index, rows, names)
        _by_labels(sheet, index, rows)
        _by_gaps(sheet, index, rows, broken)
    return rows


def _by_keys(sheet: RawSheet, index: PlanIndex, rows: RowMap) -> None:
    known, cells = index.row_of, sheet.cells
    planned = index.layout.key_column
    expected = sum((row, planned) in cells and cells[row, planned].text == key for row, key in index.order)
    if expected < len(index.order) - 1:
        columns: dict[int, int] = {}
        for (_, col), cell in cells.items():
            if cell.text in known:
                columns[col] = columns.get(col, 0) + 1
        if not columns:
            return
        planned = max(columns, key=lambda col: columns[col])
    rows.key_column = planned
    in_column = sorted((row, cell.text) for (row, col), cell in cells.items() if col == planned and cell.text in known)
    for row, key in in_column:
        if key in rows.at:
            rows.twice.append((row, key))
        else:
            rows.put(key, row, Way.KEY)
    first_row, first_key = index.order[0]
    if first_key not in rows.at and rows.at:
        # The identity token stands in the key cell of the first row.
        above = min(row for row in rows.at.values())
        token = next((r for r in range(1, above) if (r, planned) in cells), 0)
        if token:
            rows.put(first_key, token, Way.KEY)
        elif above - first_row == index.order[1][0] - first_row:
            rows.put(first_key, first_row, Way.GAP)


def _by_names(sheet: RawSheet, index: PlanIndex, rows: RowMap, names: Mapping[str, CellRange]) -> None:
    taken = set(rows.at.values())
    for slot in index.scalars:
        where = names.get(f"F_{slot.key}")
        if where is not None and slot.row_key not in rows.at and where.first_row not in taken:
            rows.put(slot.row_key, where.first_row, Way.NAME)
    for section, keys in index.sections.items():
        where = names.get(f"S_{section}")
        if where is None or any(key in rows.at for key in keys):
            continue
        planned = [key for _, key in index.order if index.section_of[key] == section]
        if where.last_row - where.first_row + 1 == len(planned) or len(planned) == len(keys):
            span = range(where.first_row, where.last_row + 1)
            found = _open_rows(sheet, index, rows, section, span, len(planned))
            rows.unsure.update(planned if len(found) < len(planned) else ())
            for row, key in zip(_fitting(sheet, found, len(planned)), planned, strict=False):
                rows.put(key, row, Way.NAME)


def _checked_rows(sheet: RawSheet, index: PlanIndex) -> dict[int, str]:
    """Rows that have a formula in the column that holds most of the checks."""
    columns: dict[int, dict[int, str]] = {}
    for (row, col), cell in sheet.cells.items():
        if cell.formula is not None:
            columns.setdefault(col, {})[row] = cell.formula
    most: dict[int, str] = max(columns.values(), key=len, default={})
    return most if 2 * len(most) > len(index.checked) else {}


def _open_rows(
    sheet: RawSheet, index: PlanIndex, rows: RowMap, section: str, found: Iterable[int], wanted: int
) -> list[int]:
    """Those rows that do not carry texts of another part of the form, or one of its formulas."""
    own = {static.plain for key in index.sections[section] for static in index.statics_of.get(key, ())}
    foreign = index.texts - own
    checks = {cell.range.first_col for cell in index.checks} - {index.layout.check_column}
    taken = {
        cell.row
        for cell in sheet.cells.values()
        if (cell.formula is not None and cell.col in checks)
        or (cell.kind is CellKind.TEXT and plain(cell.text) in foreign)
    }
    left = [row for row in found if row not in taken]
    return _vouched(sheet, index, rows, section, left, wanted)


def _vouched(
    sheet: RawSheet, index: PlanIndex, rows: RowMap, section: str, found: list[int], wanted: int
) -> list[int]:
    """Rows of ours have a check of their own, so where checks are left a row without one was inserted, and one whose
    check speaks of other answers belongs to another part. Where the number fits, a filled row only lost its check.
    """
    if not rows.checked or not index.checked.issuperset(index.sections[section]):
        return found
    filled = {cell.row for cell in sheet.cells.values() if cell.formula is None and not is_blank(cell)}
    said = index.sayings[section]

    def ours(row: int) -> bool:
        formula = rows.checked.get(row)
        return len(found) == wanted and row in filled if formula is None else said.issuperset(sayings(formula))

    return [row for row in found if ours(row)]


def _fitting(sheet: RawSheet, found: list[int], wanted: int) -> list[int]:
    """As many rows as were planned: of the surplus, empty rows are left out first, for they lose nothing."""
    surplus = len(found) - wanted
    if surplus <= 0:
        return found
    rows = {cell.row for cell in sheet.cells.values() if cell.formula is None}
    empty = [row for row in found if row not in rows][:surplus]
    return [row for row in found if row not in empty]


def _by_labels(sheet: RawSheet, index: PlanIndex, rows: RowMap) -> None:
    """Rows that carry texts of ours: the choice of rows, in the plan's order, that holds most of the texts."""
    missing = [(row, key) for row, key in index.order if key not in rows.at and key in index.statics_of]
    if not missing:
        return
    places: dict[str, set[int]] = {}
    for (row, _), cell in sheet.cells.items():
        if cell.kind is CellKind.TEXT and cell.formula is None:
            places.setdefault(plain(cell.text), set()).add(row)
    taken = set(rows.at.values())
    candidates: list[tuple[int, str, int, int]] = []
    for planned, key in missing:
        low, high = _bounds(index, rows, planned)
        scores: dict[int, int] = {}
        for static in index.statics_of[key]:
            for row in places.get(static.plain, ()):
                if low < row < high and row not in taken:
                    scores[row] = scores.get(row, 0) + 1
        candidates += [(planned, key, row, score) for row, score in sorted(scores.items())]
    for key, row in _best_chain(candidates):
        rows.put(key, row, Way.LABEL)


def _best_chain(candidates: list[tuple[int, str, int, int]]) -> Iterator[tuple[str, int]]:
    """The heaviest choice of candidates that rises in plan row and in sheet row."""
    best: list[tuple[int, int]] = []  # score of the best chain that ends here, and its last but one
    for place, (planned, _, row, score) in enumerate(candidates):
        before = (0, -1)
        for earlier, (other, _, above, _) in enumerate(candidates[:place]):
            if other < planned and above < row and best[earlier][0] > before[0]:
                before = (best[earlier][0], earlier)
        best.append((before[0] + score, before[1]))
    place = max(range(len(best)), key=lambda item: best[item][0], default=-1)
    while place >= 0:
        yield candidates[place][1], candidates[place][2]
        place = best[place][1]


def _bounds(index: PlanIndex, rows: RowMap, planned: int) -> tuple[int, int]:
    """The rows of the sheet between which a row of the plan must lie, both exclusive."""
    low, high = 0, 1 << 30
    for row, key in index.order:
        found = rows.at.get(key)
        if found is None:
            continue
        if row < planned:
            low = found
        elif row > planned:
            high = found
            break
    return low, high if high > low else 1 << 30


def _by_gaps(sheet: RawSheet, index: PlanIndex, rows: RowMap, broken: frozenset[str]) -> None:
    """Runs of rows that were not found, between two that were."""
    gone = {slot.row_key for slot in index.scalars if f"F_{slot.key}" in broken}
    last = max((row for row, _ in sheet.cells), default=0)
    run: list[tuple[int, str]] = []
    before: tuple[int, int] | None = None
    for planned, key in (*index.order, (0, "")):
        found = rows.at.get(key) if key else None
        if key and found is None:
            run.append((planned, key))
            continue
        if run and before is not None:
            end = found if found is not None else last + 1
            _fill_gap(sheet, index, rows, run, (before[1], end), gone)
        run = []
        before = (planned, found) if found is not None else before


def _fill_gap(
    sheet: RawSheet,
    index: PlanIndex,
    rows: RowMap,
    run: list[tuple[int, str]],
    between: tuple[int, int],
    gone: set[str],
) -> None:
    taken = {*rows.at.values(), *(row for row, _ in rows.twice)}  # a copied row is no other one's
    free = [row for row in range(between[0] + 1, between[1]) if row not in taken]
    sections = {index.section_of[key] for _, key in run}
    if len(sections) == 1 and "" not in sections and not any("+" in key for _, key in run):
        _fill_section(sheet, index, rows, [key for _, key in run], free)
    elif len(free) == len(run) == between[1] - between[0] - 1:
        for (_, key), row in zip(run, free, strict=True):
            if key not in gone:
                ours = bool(index.section_of[key]) or "+" in key or _below_its_labels(index, rows, key, row)
                rows.put(key, row, Way.GAP if ours else Way.ADDRESS)


def _fill_section(sheet: RawSheet, index: PlanIndex, rows: RowMap, keys: list[str], free: list[int]) -> None:
    """Rows of one section. Where other rows kept their keys, an empty one without key and check was inserted."""
    free = _open_rows(sheet, index, rows, index.section_of[keys[0]], free, len(keys))
    if rows.key_column and not rows.checked:
        filled = {cell.row for cell in sheet.cells.values() if cell.formula is None}
        free = [row for row in free if row in filled]
    rows.unsure.update(keys if len(free) < len(keys) else ())
    for key, row in zip(keys, _fitting(sheet, free, len(keys)), strict=False):
        rows.put(key, row, Way.GAP)


def _below_its_labels(index: PlanIndex, rows: RowMap, key: str, row: int) -> bool:
    """Directly under the row of labels that the answers of this row have above them."""
    here = [index.labels[slot.key] for slot in index.scalars if slot.row_key == key and slot.key in index.labels]
    return bool(here) and all(rows.at.get(label.row_key) == row - 1 for label in here)
