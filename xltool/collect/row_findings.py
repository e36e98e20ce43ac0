"""What is odd about the rows of a returned form: gone, moved, copied, or found by less than their key."""

from __future__ import annotations

from collections.abc import Iterator

from xltool.addresses import a1
from xltool.collect.column_map import ColumnMap
from xltool.collect.plan_index import PlanIndex
from xltool.collect.row_map import RowMap, Way
from xltool.collect.witnesses import under_other_levels
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawSheet


def row_findings(sheet: RawSheet, index: PlanIndex, rows: RowMap, columns: ColumnMap) -> Iterator[Finding]:
    """One finding for each row that needs a person's eye, and one where rows were found by names or by labels."""
    where = Position(sheet=sheet.name)
    ways = list(rows.way.values())
    if not rows.key_column or Way.LABEL in ways or Way.NAME in ways:
        code = Code.TPL_READ_BY_LABELS if Way.LABEL in ways else Code.TPL_READ_BY_NAMES
        yield finding(code, where, count=ways.count(Way.LABEL) + ways.count(Way.NAME))
    yield from _by_address(sheet, index, rows, columns)
    for slot in index.scalars:
        if slot.row_key not in rows.at:
            yield finding(Code.TPL_ROW_MISSING, Position(sheet=sheet.name, field=slot.key), label=slot.label)
    yield from _missing_repeating(sheet, index, rows)
    for row, key in rows.twice:
        yield finding(Code.TPL_KEY_TWICE, _row(sheet, row, key), row=row, first=rows.at[key])
    moved = dict.fromkeys(_moved(index, rows))
    moved.update(dict.fromkeys(under_other_levels(sheet, index, rows, columns)))
    for key in sorted(moved, key=lambda item: rows.at[item]):
        section = index.section_labels[index.section_of[key]]
        yield finding(Code.TPL_ROW_MOVED, _row(sheet, rows.at[key], key), row=rows.at[key], section=section)


def _row(sheet: RawSheet, row: int, key: str) -> Position:
    return Position(sheet=sheet.name, cell=f"{row}:{row}", field=key)


def _by_address(sheet: RawSheet, index: PlanIndex, rows: RowMap, columns: ColumnMap) -> Iterator[Finding]:
    """Answers, and filled rows among rows that kept their keys, of which nothing but their place says what they are."""
    for slot in index.scalars:
        if rows.way.get(slot.row_key) is Way.ADDRESS:
            row, col = rows.at[slot.row_key], columns.of(slot, index)
            cell = a1(row, col) if col is not None else f"{row}:{row}"
            yield finding(Code.TPL_READ_BY_ADDRESS, Position(sheet=sheet.name, cell=cell, field=slot.key),
                          label=slot.label, row=row)  # fmt: skip
    if not rows.key_column or rows.checked:
        return
    for key, way in rows.way.items():
        section = index.section_of[key]
        if way is Way.GAP and section and "+" not in key:
            yield finding(Code.TPL_READ_BY_ADDRESS, _row(sheet, rows.at[key], key),
                          label=index.section_labels[section], row=rows.at[key])  # fmt: skip


def _missing_repeating(sheet: RawSheet, index: PlanIndex, rows: RowMap) -> Iterator[Finding]:
    """Rows that are gone by their keys; where neighbours lost theirs too, all among which they are."""
    for section, keys in index.sections.items():
        gone = [key for key in keys if key not in rows.at]
        among = [key for key in keys if key in rows.unsure]
        sure = [key for key in gone if key not in rows.unsure]
        if len(gone) == len(sure) + len(among):
            sure, among = gone, []
        label = index.section_labels[section]
        if sure:
            position = Position(sheet=sheet.name, field=sure[0] if len(sure) == 1 else section)
            yield finding(Code.TPL_ROWS_MISSING, position, section=label, numbers=_numbers(sure), keys=" ".join(sure))
        if among:
            yield finding(Code.TPL_ROWS_FEWER, Position(sheet=sheet.name, field=section), section=label,
                          count=len(gone) - len(sure), numbers=_numbers(among), keys=" ".join(among))  # fmt: skip


def _numbers(keys: list[str]) -> str:
    return "、".join(str(int(key.rpartition("#")[2])) for key in keys)


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
    return apart
