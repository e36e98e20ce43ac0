"""Which cell of a returned workbook is which answer. Never a guess: what cannot be told is a finding and not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xltool.addresses import a1
from xltool.collect.column_map import ColumnMap, map_columns
from xltool.collect.names import broken_names, names_on
from xltool.collect.plan_index import PlanIndex, index_of, plain
from xltool.collect.row_map import RowMap, Way, map_rows
from xltool.collect.sheets import choose
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.layout import FormLayout, Slot
from xltool.model.workbook import CellRange, RawSheet, RawWorkbook


@dataclass(frozen=True, slots=True)
class Located:
    """`places` maps slot keys to (row, column) on `sheet`; a slot that is absent was not found, and a finding says so.

    `rows` and `columns` say where each row key and each column of the plan went, and which texts of ours still stand.
    """

    sheet: RawSheet | None
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rows: RowMap = field(default_factory=RowMap)
    columns: ColumnMap = field(default_factory=ColumnMap)
    findings: tuple[Finding, ...] = ()


def locate(workbook: RawWorkbook, layout: FormLayout) -> Located:
    """Find the form sheet and on it the cell of each slot: by names and keys, then labels, then addresses."""
    index = index_of(layout)
    sheet, findings = choose(workbook, index)
    return Located(None, findings=findings) if sheet is None else locate_on(workbook, sheet, index, findings)


def locate_on(workbook: RawWorkbook, sheet: RawSheet, index: PlanIndex, findings: tuple[Finding, ...] = ()) -> Located:
    """The same on a sheet that is known to be the form."""
    names = names_on(workbook, sheet.name)
    rows = map_rows(sheet, index, names, broken_names(workbook))
    columns = map_columns(sheet, index, rows)
    places = _repeating_places(index, rows, columns)
    scalars = _Scalars(sheet, index, rows, columns, names)
    places.update(scalars.places())
    found = [*findings, *_row_findings(sheet, index, rows), *scalars.findings]
    found += _lost_columns(sheet, index, rows, places)
    found += _collisions(sheet, index, columns, places)
    return Located(sheet, places, rows, columns, tuple(found))


def _repeating_places(index: PlanIndex, rows: RowMap, columns: ColumnMap) -> dict[str, tuple[int, int]]:
    places: dict[str, tuple[int, int]] = {}
    column_of: dict[tuple[str, int], int | None] = {}
    for slot in index.slots.values():
        row = rows.at.get(slot.row_key)
        if row is None or not index.section_of.get(slot.row_key):
            continue
        key = (slot.column, slot.range.first_col)
        if key not in column_of:
            column_of[key] = columns.of(slot, index)
        col = column_of[key]
        if col is not None:
            places[slot.key] = (row, col)
    return places


@dataclass(slots=True)
class _Scalars:
    """Locates fields and lines, each by its name and by its row key and column; they must agree."""

    sheet: RawSheet
    index: PlanIndex
    rows: RowMap
    columns: ColumnMap
    names: Mapping[str, CellRange]
    findings: list[Finding] = field(default_factory=list)

    def places(self) -> Iterator[tuple[str, tuple[int, int]]]:
        for slot in self.index.scalars:
            place = self._place(slot)
            if place is not None:
                yield slot.key, place

    def _place(self, slot: Slot) -> tuple[int, int] | None:
        named = self.names.get(f"F_{slot.key}")
        by_name = (named.first_row, named.first_col) if named else None
        row, col = self.rows.at.get(slot.row_key), self._column(slot)
        keyed = (row, col) if row is not None and col is not None else None
        if by_name and keyed and by_name != keyed:
            self._say(Code.TPL_DISAGREE, by_name, slot, other=a1(*keyed))
            return None
        place = by_name or keyed
        if place is None:
            if row is not None:
                position = Position(sheet=self.sheet.name, field=slot.key)
                self.findings.append(finding(Code.TPL_COLUMN_LOST, position, heading=slot.label))
            return None
        return None if self._under_another_label(slot, place) else place

    def _column(self, slot: Slot) -> int | None:
        """Left of the answer its label says how far this row was moved sideways; else all columns together do."""
        col = self.columns.at.get(slot.range.first_col)
        label = self.index.labels.get(slot.key)
        if slot.column in self.columns.by_heading or label is None or label.row_key != slot.row_key:
            return self.columns.of(slot, self.index)
        found, planned = self.columns.found.get(label), self.columns.at.get(label.col)
        if col is None or found is None or planned is None:
            return col
        return found[1] + col - planned

    def _under_another_label(self, slot: Slot, place: tuple[int, int]) -> bool:
        label = self.index.labels.get(slot.key)
        if label is None or label in self.columns.found:
            return False
        row, col = self.rows.at.get(label.row_key), self.columns.at.get(label.col)
        cell = self.sheet.cells.get((row, col)) if row is not None and col is not None else None
        if cell is None or plain(cell.text) not in self.index.texts or plain(cell.text) == label.plain:
            return False
        self._say(Code.TPL_LABEL_MOVED, place, slot, found=cell.text.strip(), at=a1(cell.row, cell.col))
        return True

    def _say(self, code: Code, place: tuple[int, int], slot: Slot, **args: str) -> None:
        position = Position(sheet=self.sheet.name, cell=a1(*place), field=slot.key)
        self.findings.append(finding(code, position, None, label=slot.label, cell=a1(*place), **args))


def _row_findings(sheet: RawSheet, index: PlanIndex, rows: RowMap) -> Iterator[Finding]:
    where = Position(sheet=sheet.name)
    ways = list(rows.way.values())
    if not rows.key_column or Way.LABEL in ways or Way.NAME in ways:
        code = Code.TPL_READ_BY_LABELS if Way.LABEL in ways else Code.TPL_READ_BY_NAMES
        yield finding(code, where, count=ways.count(Way.LABEL) + ways.count(Way.NAME))
    guessed = [key for key, way in rows.way.items() if way is Way.ADDRESS]
    for slot in index.scalars:
        if slot.row_key in guessed:
            position = Position(sheet=sheet.name, field=slot.key)
            yield finding(Code.TPL_READ_BY_ADDRESS, position, label=slot.label, row=rows.at[slot.row_key])
        if slot.row_key not in rows.at:
            yield finding(Code.TPL_ROW_MISSING, Position(sheet=sheet.name, field=slot.key), label=slot.label)
    yield from _missing_repeating(sheet, index, rows)
    for row, key in rows.twice:
        yield finding(Code.TPL_KEY_TWICE, Position(sheet=sheet.name, cell=f"{row}:{row}", field=key),
                      row=row, first=rows.at[key])  # fmt: skip
    for key in _moved(index, rows):
        row = rows.at[key]
        yield finding(Code.TPL_ROW_MOVED, Position(sheet=sheet.name, cell=f"{row}:{row}", field=key),
                      row=row, section=index.section_labels[index.section_of[key]])  # fmt: skip


def _missing_repeating(sheet: RawSheet, index: PlanIndex, rows: RowMap) -> Iterator[Finding]:
    for section, keys in index.sections.items():
        gone = [key for key in keys if key not in rows.at]
        if gone:
            numbers = "、".join(str(int(key.rpartition("#")[2])) for key in gone)
            position = Position(sheet=sheet.name, field=gone[0] if len(gone) == 1 else section)
            yield finding(Code.TPL_ROWS_MISSING, position, section=index.section_labels[section],
                          numbers=numbers, keys=" ".join(gone))  # fmt: skip


def _moved(index: PlanIndex, rows: RowMap) -> list[str]:
    """Repeating rows that stand apart from the rest of their section: among another section's rows."""
    runs: list[tuple[str, list[str]]] = []
    for key in sorted(rows.at, key=lambda item: rows.at[item]):
        section = index.section_of.get(key, "") or key.partition("+")[0]
        if runs and runs[-1][0] == section:
            runs[-1][1].append(key)
        else:
            runs.append((section, [key]))
    if len(runs) == len({section for section, _ in runs}):
        return []
    apart: list[str] = []
    for section in {section for section, _ in runs} & index.sections.keys():
        parts = sorted((keys for name, keys in runs if name == section), key=len)
        apart += [key for keys in parts[:-1] for key in keys]
    return sorted(apart, key=lambda key: rows.at[key])


def _lost_columns(
    sheet: RawSheet, index: PlanIndex, rows: RowMap, places: Mapping[str, tuple[int, int]]
) -> Iterator[Finding]:
    lost: dict[str, Slot] = {}
    for slot in index.slots.values():
        if slot.row_key in rows.at and slot.key not in places and index.section_of.get(slot.row_key):
            lost.setdefault(slot.column, slot)
    headings = {static.key: static.text for static in index.statics}
    for column, slot in lost.items():
        position = Position(sheet=sheet.name, field=column)
        yield finding(Code.TPL_COLUMN_LOST, position, heading=headings.get(column, slot.label))


def _collisions(
    sheet: RawSheet, index: PlanIndex, columns: ColumnMap, places: dict[str, tuple[int, int]]
) -> list[Finding]:
    """Two answers in one cell, or an answer where a text of ours stands: neither is read."""
    statics = set(columns.found.values())
    if len(set(places.values())) == len(places) and statics.isdisjoint(places.values()):
        return []
    owners: dict[tuple[int, int], list[str]] = {}
    for key, place in places.items():
        owners.setdefault(place, []).append(key)
    findings = []
    for place, keys in owners.items():
        if len(keys) == 1 and place not in statics:
            continue
        for key in keys:
            del places[key]
            position = Position(sheet=sheet.name, cell=a1(*place), field=key)
            findings.append(finding(Code.TPL_COLLISION, position, label=index.slots[key].label, cell=a1(*place)))
    return findings
