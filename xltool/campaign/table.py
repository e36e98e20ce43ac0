"""The campaign's small tables, from CSV or xlsx alike: lines of text under columns that go by several names."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from xltool.addresses import letters
from xltool.excel.read import read_bytes
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.workbook import CellKind, RawCell, RawWorkbook

_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
_KEPT_AS_TEXT = re.compile(r'="(.*)"|\'(.*)', re.DOTALL)  # how people keep 001 from becoming 1 in a CSV
_DIGITS = 30
_LEADING_ZEROS = re.compile(r"0+")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table. `cells` is keyed by the columns' keys, `extras` by the further headers as written.

    `position` is the line's; `at` adds the column as the file calls it.
    """

    cells: Mapping[str, str]
    extras: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    position: Position

    def at(self, key: str) -> Position:
        return replace(self.position, column=self.headers.get(key, key))

    def get(self, key: str) -> str:
        return self.cells.get(key, "")


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table may hold: each key with its other names; `open` lets further columns pass as they are."""

    aliases: Words
    required: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class _Grid:
    file: str
    sheet: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]  # number in the file, cells

    def position(self, row: int, column: str = "") -> Position:
        return Position(file=self.file, sheet=self.sheet, row=row, column=column)


def read_table(path: Path, columns: Columns) -> tuple[tuple[Line, ...], tuple[Finding, ...]]:
    """The lines of a table, without blank ones and those that start with #, and what is wrong with its columns."""
    grid, findings = _read_grid(path)
    if grid is None or not grid.rows:
        return (), findings
    (number, headers), *rest = grid.rows
    keys, faults = _match(headers, columns, grid.position(number))
    for name in (letters(at + 1) for at in _unnamed(headers, rest)):
        where, known = grid.position(number, name), offered(columns.aliases)
        faults.append(finding(Code.DEF_TABLE_COLUMN_UNKNOWN, where, name=name, known=known))
    shown = {key: header for key, header in zip(keys, headers, strict=True) if key}
    lines = tuple(_line(row, keys, headers, shown, grid.position(at)) for at, row in rest)
    return lines, (*findings, *faults)


def decoded(data: bytes) -> str | None:
    """The text of a file saved by any of our users' programs: UTF-8, UTF-16 with its mark, or GBK; else None."""
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def plain(text: str) -> str:
    """A header or a word for comparison: no width, no case, no blanks, no stars, nothing in brackets after it."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s*_\-]|\([^()]*\)$", "", folded)


def word(text: str, known: Words) -> str | None:
    """The key that a cell's word stands for, by the key itself or one of its other names."""
    wanted = plain(text)
    return next((key for key, names in known.items() if wanted in {plain(key), *map(plain, names)}), None)


def offered(known: Words) -> str:
    """The words a cell may hold, for a message: `unit/单位, own/本级`."""
    return ", ".join("/".join([key, *names[:1]]) for key, names in known.items())


def _match(
    headers: Sequence[str], columns: Columns, position: Position
) -> tuple[list[str | None], list[Finding]]:
    """The key of each header, None for further columns, and the faults of the heading line."""
    keys: list[str | None] = []
    faults = []
    for header in headers:
        key = word(header, columns.aliases) if header else None
        where = replace(position, column=header)
        if header and (key in keys if key else header in headers[: len(keys)]):
            faults.append(finding(Code.DEF_TABLE_COLUMN_TWICE, where, name=header))
            key = None
        elif header and key is None:
            faults += _further(header, columns, where)
        keys.append(key)
    for key in columns.required:
        if key not in keys:
            names = "/".join([key, *columns.aliases[key][:1]])
            faults.append(finding(Code.DEF_TABLE_COLUMN_MISSING, position, name=names))
    return keys, faults


def _further(header: str, columns: Columns, where: Position) -> Iterator[Finding]:
    """A column nobody asked for: an error in a closed table; in an open one only what looks like a slip."""
    names = {plain(name): name for key, others in columns.aliases.items() for name in (key, *others)}
    near = difflib.get_close_matches(plain(header), names, n=1, cutoff=0.75)
    if not columns.open:
        known = names[near[0]] if near else offered(columns.aliases)
        yield finding(Code.DEF_TABLE_COLUMN_UNKNOWN, where, name=header, known=known)
    elif near:
        yield finding(Code.DEF_TABLE_COLUMN_UNKNOWN, where, Severity.WARNING, name=header, known=names[near[0]])


def _unnamed(headers: Sequence[str], rows: Sequence[tuple[int, tuple[str, ...]]]) -> list[int]:
    """Columns without a header that hold something, counted from 0."""
    width = max((len(row) for _, row in rows), default=0)
    blank = [at for at in range(width) if at >= len(headers) or not headers[at]]
    return [at for at in blank if any(at < len(row) and row[at] for _, row in rows)]


def _line(
    row: Sequence[str], keys: Sequence[str | None], headers: Sequence[str], shown: Mapping[str, str], where: Position
) -> Line:
    pairs = list(zip(keys, headers, row, strict=False))
    cells = {key: text for key, _, text in pairs if key}
    extras = tuple((header, text) for key, header, text in pairs if key is None and header and text)
    return Line(cells, extras, shown, where)


def _read_grid(path: Path) -> tuple[_Grid | None, tuple[Finding, ...]]:
    try:
        data = path.read_bytes()
    except OSError:  # another program holds it open, or it is a folder
        return None, (finding(Code.FILE_LOCKED, Position(file=path.name), path=path.name),)
    if data.startswith(b"PK"):
        workbook, findings = read_bytes(data, path.name)
        return (None if workbook is None else _from_workbook(workbook, path.name)), findings
    text = decoded(data)
    rows = None if text is None else _from_text(text)
    if rows is None:
        return None, (finding(Code.DEF_TABLE_UNREADABLE, Position(file=path.name)),)
    return _Grid(path.name, "", tuple(rows)), ()


def _from_text(text: str) -> list[tuple[int, tuple[str, ...]]] | None:
    """The filled lines of a CSV with the number of the line each begins in; None where it is no table."""
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=first.count))
    rows, begin = [], 1
    try:
        for row in reader:
            cells = tuple(_trimmed(cell) for cell in row)
            if any(cells) and not cells[0].startswith("#"):
                rows.append((begin, cells))
            begin = reader.line_num + 1
    except csv.Error:
        return None
    return rows


def _from_workbook(workbook: RawWorkbook, file: str) -> _Grid:
    """The first sheet that shows and holds anything."""
    sheet = next((item for item in workbook.sheets if item.state == "visible" and item.cells), None)
    if sheet is None:
        return _Grid(file, "", ())
    by_row: dict[int, dict[int, RawCell]] = {}
    for (row, col), cell in sheet.cells.items():
        by_row.setdefault(row, {})[col] = cell
    rows = []
    for number in sorted(by_row):
        cells = _row(by_row[number], workbook)
        if any(cells) and not cells[0].startswith("#"):
            rows.append((number, cells))
    return _Grid(file, sheet.name, tuple(rows))


def _row(stored: Mapping[int, RawCell], workbook: RawWorkbook) -> tuple[str, ...]:
    cells = (stored.get(col) for col in range(1, max(stored) + 1))
    return tuple("" if cell is None else _trimmed(_shown(cell, workbook)) for cell in cells)


def _shown(cell: RawCell, workbook: RawWorkbook) -> str:
    """What a person sees in the cell, as far as codes and telephones go: 1 under the format 000 is 001."""
    if cell.kind is not CellKind.NUMBER:
        return cell.text
    digits = _digits(cell.text)
    format_code = workbook.styles[cell.style].number_format if cell.style < len(workbook.styles) else ""
    return digits.zfill(len(format_code)) if _LEADING_ZEROS.fullmatch(format_code) else digits


def _digits(stored: str) -> str:
    """A number as stored in a file (1.38E+10) in plain digits, without zeros nobody wrote."""
    try:
        number = Decimal(f"{float(stored):.15g}").normalize()
    except ValueError:
        return stored
    return format(number, "f") if abs(number.adjusted()) <= _DIGITS else stored


def _trimmed(text: str) -> str:
    trimmed = text.strip().strip(_INVISIBLE).strip()
    kept = _KEPT_AS_TEXT.fullmatch(trimmed)
    return (kept[1] or kept[2] or "").strip() if kept else trimmed
