"""Which cell of a returned workbook is which answer. Never a guess: what cannot be told is a finding and not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from xltool.addresses import a1, range_a1
from xltool.collect.cells import is_blank
from xltool.collect.column_map import ColumnMap, map_columns
from xltool.collect.covered import covered_answers
from xltool.collect.names import broken_names, names_on
from xltool.collect.plan_index import PlanIndex, Static, index_of, plain
from xltool.collect.row_findings import row_findings
from xltool.collect.row_map import RowMap, Way, map_rows
from xltool.collect.sheets import choose
from xltool.collect.witnesses import drop_strangers
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.layout import FormLayout, Slot
from xltool.model.workbook import CellRange, RawSheet, RawWorkbook


@dataclass(frozen=True, slots=True)
class Located:
    """`places` maps slot keys to (row, column) on `sheet`; a slot that is absent was not found, and a finding says so.

    `rows` and `columns` say where each row key and each column of the plan went, and which texts of ours still stand.
    `copies` are sheets that hold the very same form once more, `covered` cells under merged ones.
    """

    sheet: RawSheet | None
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rows: RowMap = field(default_factory=RowMap)
    columns: ColumnMap = field(default_factory=ColumnMap)
    copies: frozenset[str] = frozenset()
    covered: frozenset[tuple[int, int]] = frozenset()
    findings: tuple[Finding, ...] = ()


def locate(workbook: RawWorkbook, layout: FormLayout) -> Located:
    """Find the form sheet and on it the cell of each slot: by names and keys, then labels, then addresses."""
    index = index_of(layout)
    sheet, copies, findings = choose(workbook, index)
    if sheet is None:
        return Located(None, findings=findings)
    located = locate_on(workbook, sheet, index)
    return replace(located, copies=copies, findings=(*findings, *located.findings))


def locate_on(workbook: RawWorkbook, sheet: RawSheet, index: PlanIndex) -> Located:
    """The same on a sheet that is known to be the form."""
    names = names_on(workbook, sheet.name)
    rows = map_rows(sheet, index, names, broken_names(workbook))
    columns = map_columns(sheet, index, rows)
    drop_strangers(sheet, index, rows, columns)
    columns.contested.update(_replaced_columns(index, rows, columns, names))
    places = _repeating_places(index, rows, columns)
    scalars = _Scalars(sheet, index, rows, columns, names, broken_names(workbook) if names else frozenset())
    places.update(scalars.places())
    found = [*row_findings(sheet, index, rows, columns), *scalars.findings]
    found += _lost_columns(sheet, index, rows, columns, places)
    found += _collisions(sheet, index, columns, places)
    covered = covered_answers(sheet, index, places)
    found += covered.values()
    gone = frozenset(places.pop(key) for key in covered)
    return Located(sheet, places, rows, columns, covered=gone, findings=tuple(found))


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
    broken: frozenset[str]
    findings: list[Finding] = field(default_factory=list)

    def places(self) -> Iterator[tuple[str, tuple[int, int]]]:
        found = [(slot, place) for slot in self.index.scalars if (place := self._place(slot)) is not None]
        exchanged = (item.position.field for item in self.findings if item.code == Code.TPL_LABEL_MOVED)
        moved = {self.index.slots[key].block for key in exchanged}
        for slot, place in found:
            if slot.block not in moved or not self._under_a_stranger(slot, place):
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
        if self._gone(slot, place, keyed) or self._under_another_label(slot, place):
            return None
        if by_name and (keyed is None or self.rows.way[slot.row_key] is Way.NAME) and not self._labelled(slot):
            self._say(Code.TPL_READ_BY_ADDRESS, place, slot, row=str(place[0]))
        return place

    def _gone(self, slot: Slot, place: tuple[int, int], keyed: tuple[int, int] | None) -> bool:
        """Nothing stands there, and its own cell was deleted: its name points nowhere, or its column is not found."""
        lost = keyed is None or f"F_{slot.key}" in self.broken
        if not lost or not is_blank(self.sheet.cells.get(place)):
            return False
        self._say(Code.TPL_CELL_GONE, place, slot)
        return True

    def _labelled(self, slot: Slot) -> bool:
        return self.index.labels.get(slot.key) in self.columns.found

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
        """Where the label should be stands another one of ours, or the label is not above its answer any more."""
        label = self.index.labels.get(slot.key)
        if label is None:
            return False
        where = self.columns.found.get(label)
        if where is not None:
            if label.row_key == slot.row_key or self._next_above(where[0], place[0]):
                return False
            self._say(Code.TPL_LABEL_MOVED, place, slot, found=label.text, at=a1(*where))
            return True
        belongs = self._where_it_belongs(label)
        cell = self.sheet.cells.get(belongs) if belongs else None
        if cell is None or plain(cell.text) not in self.index.texts or plain(cell.text) == label.plain:
            return False
        self._say(Code.TPL_LABEL_MOVED, place, slot, found=cell.text.strip(), at=a1(cell.row, cell.col))
        return True

    def _under_a_stranger(self, slot: Slot, place: tuple[int, int]) -> bool:
        """Where labels of the block changed places, a retyped or cleared one does not say whose answer this is."""
        label = self.index.labels.get(slot.key)
        if label is None or label in self.columns.found or label.row_key != slot.row_key:
            return False
        belongs = self._where_it_belongs(label)
        if belongs is None:
            return False
        cell = self.sheet.cells.get(belongs)
        self._say(Code.TPL_LABEL_MOVED, place, slot, found=cell.text.strip() if cell else "", at=a1(*belongs))
        return True

    def _where_it_belongs(self, label: Static) -> tuple[int, int] | None:
        """The cell in which this label should stand, whatever stands there."""
        row, col = self.rows.at.get(label.row_key), self.columns.at.get(label.col)
        return None if row is None or col is None else (row, col)

    def _next_above(self, label: int, answer: int) -> bool:
        """Between a label and the answer below it stands no other row of ours."""
        return label < answer and not any(label < row < answer for row in self.rows.at.values())

    def _say(self, code: Code, place: tuple[int, int], slot: Slot, **args: str) -> None:
        position = Position(sheet=self.sheet.name, cell=a1(*place), field=slot.key)
        self.findings.append(finding(code, position, None, label=slot.label, cell=a1(*place), **args))


def _replaced_columns(
    index: PlanIndex, rows: RowMap, columns: ColumnMap, names: Mapping[str, CellRange]
) -> Iterator[str]:
    """Headings that are gone where a cell of their column lost its name on a row that is still there.

    The column was deleted; one that a person put in its place is not ours. A workbook without any names tells nothing.
    """
    nameless = (slot for slot in index.scalars if f"F_{slot.key}" not in names and slot.row_key in rows.at)
    gone = {slot.range.first_col for slot in nameless}
    for key, area in index.headings.items() if names else ():
        if area.first_col in gone and key not in columns.by_heading:
            yield key


def _lost_columns(
    sheet: RawSheet, index: PlanIndex, rows: RowMap, columns: ColumnMap, places: dict[str, tuple[int, int]]
) -> Iterator[Finding]:
    lost: dict[str, Slot] = {}
    for slot in index.slots.values():
        if slot.row_key in rows.at and slot.key not in places and index.section_of.get(slot.row_key):
            lost.setdefault(slot.column, slot)
    for slot in _emptied_columns(sheet, index, rows, columns, places):
        del places[slot.key]
        lost.setdefault(slot.column, slot)
    headings = {static.key: static.text for static in index.statics}
    for column, slot in lost.items():
        position = Position(sheet=sheet.name, cell=_parts_beside(index, places, slot), field=column)
        yield finding(Code.TPL_COLUMN_LOST, position, heading=headings.get(column, slot.label))


def _parts_beside(index: PlanIndex, places: Mapping[str, tuple[int, int]], lost: Slot) -> str:
    """Operators and measures say nothing without their value: where they stand, column by column."""
    columns: dict[int, list[int]] = {}
    for key, (row, col) in places.items() if lost.part == "value" else ():
        slot = index.slots[key]
        if slot.target is not None and slot.target == lost.target and slot.block == lost.block:
            columns.setdefault(col, []).append(row)
    areas = (CellRange(min(rows), col, max(rows), col) for col, rows in sorted(columns.items()))
    return ",".join(range_a1(area) for area in areas)


def _emptied_columns(
    sheet: RawSheet, index: PlanIndex, rows: RowMap, columns: ColumnMap, places: Mapping[str, tuple[int, int]]
) -> list[Slot]:
    """Answers of columns that stand nowhere any more: neither their heading nor one value."""
    headings = {static.key: static for static in index.statics if static.key}
    columns_of: dict[str, list[Slot]] = {}
    for key in places:
        slot = index.slots[key]
        heading = headings.get(slot.column)
        if heading is None or slot.column in columns.by_heading or not index.section_of.get(slot.row_key):
            continue
        place = (rows.at.get(heading.row_key, 0), columns.at.get(heading.col, 0))
        if is_blank(sheet.cells.get(place)):
            columns_of.setdefault(slot.column, []).append(slot)
    return [
        slot
        for slots in columns_of.values()
        if all(is_blank(sheet.cells.get(places[item.key])) for item in slots)
        for slot in slots
    ]


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
