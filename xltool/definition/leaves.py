"""The CSV file of a tree: a row per leaf of the levels, and rows with a name for indicators the form itself brings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xltool import measures
from xltool.definition.shapes import DOTTED_KEY, SHOWN
from xltool.definition.source import Source, nearest
from xltool.findings import Code
from xltool.model.form import IndicatorRow, Level
from xltool.model.value import Kind, Operator

ENTRIES = ("open", "none")
MOST_ROWS = 1_000
LONGEST_CELL = 2_000  # characters
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")
_COUNTS = ("minimum", "prepared", "spare", "maximum")
_ABOUT_LEVEL = ("aliases", "entry", "text", *_COUNTS, "measures", "kinds")
_ABOUT_INDICATOR = ("operator", "measure", "locked")


@dataclass(frozen=True, slots=True)
class _Row:
    """One record with its line in the file; `cells` are trimmed, by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def columns_for(depth: int) -> tuple[str, ...]:
    """The columns of a tree of so many levels, in their documented order."""
    paths = tuple(f"level{number}" for number in range(1, depth + 1))
    return ("key", *paths, *_ABOUT_LEVEL, "name", *_ABOUT_INDICATOR)


def read_leaves(source: Source, depth: int) -> tuple[Level, ...]:
    """The leaves in the order of the file. Mistakes are reported to `source`; the row is then left out."""
    rows = list(_records(source, depth))
    leaves: dict[str, tuple[_Row, Level]] = {}
    for row in rows:
        if not row["name"]:
            _add_leaf(source, row, depth, leaves)
    for row in rows:
        if row["name"]:
            _add_indicator(source, row, depth, leaves)
    for row, leaf in leaves.values():
        _check_room(source, row, leaf)
    if not leaves and not source.findings:
        source.report_row(Code.DEF_MISSING_KEY, 1, "key", key="key", sample="output.quantity")
    return tuple(leaf for _, leaf in leaves.values())


def _records(source: Source, depth: int) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True)
    heading: list[str] = []
    start = 1
    try:
        for record in reader:
            line, start = start, reader.line_num + 1
            cells = [cell.strip() for cell in record]
            if not any(cells):
                continue
            if not heading:
                heading = cells
                if not _heading_is_sound(source, line, heading, depth):
                    return
            elif len(cells) > len(heading) and any(cells[len(heading) :]):
                source.report_row(
                    Code.DEF_ROWS_DISAGREE, line, key=cells[0], column="", found=len(cells), expected=len(heading)
                )
            elif _cells_can_be_shown(source, line, heading, cells):
                yield _Row(line, dict(zip(heading, cells, strict=False)))
    except csv.Error as fault:
        source.report_row(Code.DEF_SYNTAX, start, reason=str(fault))


def _cells_can_be_shown(source: Source, line: int, heading: list[str], cells: list[str]) -> bool:
    before = len(source.findings)
    for column, cell in zip(heading, cells, strict=False):
        if not re.fullmatch(SHOWN, cell):
            source.report_row(Code.DEF_WRONG_VALUE, line, column, found=repr(cell[:40]), sample="abc")
        elif len(cell) > LONGEST_CELL:
            source.report_row(Code.DEF_OUT_OF_RANGE, line, column, found=len(cell), low=0, high=LONGEST_CELL)
    return len(source.findings) == before


def _heading_is_sound(source: Source, line: int, heading: list[str], depth: int) -> bool:
    known = columns_for(depth)
    before = len(source.findings)
    for number, column in enumerate(heading):
        if column in heading[:number]:
            source.report_row(Code.DEF_DUPLICATE, line, column, key=column, first=line)
        elif column not in known:
            source.report_row(Code.DEF_UNKNOWN_KEY, line, column, key=column, known=nearest(column, known))
    for column in ("key", *(f"level{number}" for number in range(1, depth + 1)), "prepared"):
        if column not in heading:
            source.report_row(Code.DEF_MISSING_KEY, line, column, key=column, sample=",".join(known))
    return len(source.findings) == before


def _add_leaf(source: Source, row: _Row, depth: int, leaves: dict[str, tuple[_Row, Level]]) -> None:
    key, path = row["key"], tuple(row[f"level{number}"] for number in range(1, depth + 1))
    if not re.fullmatch(DOTTED_KEY, key):
        source.report_row(Code.DEF_WRONG_VALUE, row.line, "key", found=f'"{key}"', sample="output.quantity")
        return
    for number, name in enumerate(path, start=1):
        if not name:
            column = f"level{number}"
            source.report_row(Code.DEF_MISSING_KEY, row.line, column, key=column, sample="abc")
    twin = next((other for other, leaf in leaves.values() if leaf.key == key or leaf.path == path), None)
    if twin:
        source.report_row(
            Code.DEF_DUPLICATE, row.line, "key", key=key if twin["key"] == key else " / ".join(path), first=twin.line
        )
        return
    for column in _ABOUT_INDICATOR:
        if row[column]:
            source.report_row(Code.DEF_MISSING_KEY, row.line, "name", key="name", sample="abc")
    leaves[key] = (row, _leaf(source, row, key, path))


def _leaf(source: Source, row: _Row, key: str, path: tuple[str, ...]) -> Level:
    minimum, prepared, spare, maximum = (_count(source, row, column) for column in _COUNTS)
    return Level(
        key=key,
        path=path,
        aliases=tuple(row["aliases"].split()),
        entry=_one_of(source, row, "entry", ENTRIES) or ENTRIES[0],
        text=row["text"],
        minimum=minimum,
        prepared=prepared,
        spare=spare,
        maximum=maximum if row["maximum"] else None,
        measures=tuple(_measure(source, row, "measures", word) for word in row["measures"].split()),
        kinds=tuple(word for word in row["kinds"].split() if _known(source, row, "kinds", word, tuple(Kind))),
    )


def _count(source: Source, row: _Row, column: str) -> int:
    text = row[column]
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", text):
        source.report_row(Code.DEF_WRONG_VALUE, row.line, column, found=f'"{text[:40]}"', sample="6")
        return 0
    if int(text) > MOST_ROWS:
        source.report_row(Code.DEF_OUT_OF_RANGE, row.line, column, found=text, low=0, high=MOST_ROWS)
        return 0
    return int(text)


def _one_of(source: Source, row: _Row, column: str, known: tuple[str, ...]) -> str:
    return row[column] if row[column] and _known(source, row, column, row[column], known) else ""


def _known(source: Source, row: _Row, column: str, word: str, known: tuple[str, ...]) -> bool:
    if word not in known:
        source.report_row(Code.DEF_UNKNOWN_WORD, row.line, column, word=word, known=nearest(word, known))
    return word in known


def _measure(source: Source, row: _Row, column: str, word: str) -> str:
    """The canonical symbol of a measure, so that the drop-down and the checks speak of one thing."""
    measure = measures.find(word)
    if measure is None:
        source.report_row(Code.DEF_MEASURE, row.line, column, measure=word, known=nearest(word, measures.symbols()))
    return measure.symbol if measure else word


def _add_indicator(source: Source, row: _Row, depth: int, leaves: dict[str, tuple[_Row, Level]]) -> None:
    key = row["key"]
    if key not in leaves:
        source.report_row(Code.DEF_NOT_DEFINED, row.line, "key", key=key, known=nearest(key, leaves))
        return
    leaf_row, leaf = leaves[key]
    for column in (*(f"level{number}" for number in range(1, depth + 1)), *_ABOUT_LEVEL):
        if row[column] and row[column] != leaf_row[column]:
            source.report_row(
                Code.DEF_ROWS_DISAGREE, row.line, column, key=key, found=row[column], expected=leaf_row[column]
            )
    if any(item.name == row["name"] for item in leaf.indicators):
        source.report_row(Code.DEF_DUPLICATE, row.line, "name", key=row["name"], first=leaf_row.line)
    locked = _one_of(source, row, "locked", _YES + _NO) in _YES
    indicator = IndicatorRow(
        row["name"],
        _one_of(source, row, "operator", tuple(Operator)),
        _measure(source, row, "measure", row["measure"]) if row["measure"] else "",
        locked,
    )
    leaves[key] = (leaf_row, replace(leaf, indicators=(*leaf.indicators, indicator)))


def _check_room(source: Source, row: _Row, leaf: Level) -> None:
    if leaf.entry == "none":
        for column in ("minimum", "prepared", "spare", "maximum"):
            if row[column] not in ("", "0"):
                _unsuitable(source, row, column, f"entry = none, {column} = {row[column]}", "entry = open")
        if leaf.indicators:
            _unsuitable(source, row, "entry", f"entry = none, name = {leaf.indicators[0].name}", "entry = open")
        return
    if leaf.text:
        _unsuitable(source, row, "text", "entry = open, text", "entry = none")
    drawn = leaf.prepared + leaf.spare
    rules = (
        ("minimum", leaf.minimum, leaf.prepared, "minimum ≤ prepared"),
        ("prepared", 1, drawn, "1 ≤ prepared + spare"),
        ("prepared", leaf.prepared, drawn if leaf.maximum is None else leaf.maximum, "prepared ≤ maximum"),
        ("name", len(leaf.indicators), drawn, "names ≤ prepared + spare"),
    )
    for column, low, high, rule in rules:
        if low > high:
            source.report_row(Code.DEF_CONTRADICTION, row.line, column, rule=rule, found=f"{low} > {high}")


def _unsuitable(source: Source, row: _Row, column: str, found: str, expected: str) -> None:
    source.report_row(Code.DEF_UNSUITABLE, row.line, column, found=found, expected=expected)
