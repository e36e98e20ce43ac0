"""The dataset as files: csv with its data package, a workbook, parquet, SQLite; each replaced as a whole."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pandas as pd

from xltool.excel.read import read_bytes
from xltool.excel.tables import ROWS, write_tables
from xltool.model.workbook import RawSheet
from xltool.store.dataset import framed, plain, rows_of, texts_of, typed
from xltool.store.described import Description, type_of
from xltool.store.package import DATAPACKAGE, About, data_package
from xltool.store.staging import replace_file, staging

Frames = Mapping[str, pd.DataFrame]


class Watched(Frames):
    """Tables that tell how many rows went out before each one that is taken, so that a long export can be watched."""

    def __init__(self, data: Frames, progress: Callable[[int, int], None]) -> None:
        self._data, self._progress = data, progress
        self._done, self._total = 0, sum(map(len, data.values()))

    def __getitem__(self, name: str) -> pd.DataFrame:
        self._progress(self._done, self._total)
        self._done = min(self._total, self._done + len(self._data[name]))
        return self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def finished(self) -> None:
        self._progress(self._total, self._total)


def write_csv(data: Frames, folder: Path, described: Sequence[Description] = (), about: About | None = None
              ) -> tuple[Path, ...]:  # fmt: skip
    """One UTF-8 file with BOM per table and datapackage.json, each replaced as a whole; the paths written.

    These files are data for programs: a text such as `=48.00(家)` or `-1` stands in them letter for letter, and a
    spreadsheet that opens one may take it for a formula. `write_xlsx` makes the file for people.
    A file that another program keeps open (Windows) is left, and the new one stands beside it as `name-new.csv`.
    """
    with staging(folder) as place:
        for name, table in data.items():
            with (place / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(table.columns)
                writer.writerows(texts_of(table))
        names = [f"{name}.csv" for name in data]
        if about is not None:
            package = json.dumps(data_package(described, about), ensure_ascii=False, indent=2) + "\n"
            (place / DATAPACKAGE).write_text(package, encoding="utf-8", newline="\n")
            names.append(DATAPACKAGE)
        return tuple(replace_file(place / name, folder / name) for name in names)


def read_csv(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a folder that `write_csv` wrote, in the order of its data package."""
    package = folder / DATAPACKAGE
    if package.is_file():
        names = [item["name"] for item in json.loads(package.read_text(encoding="utf-8"))["resources"]]
    else:
        names = sorted(path.stem for path in folder.glob("*.csv"))
    return {name: _read_table(folder / f"{name}.csv", name) for name in names}


def _read_table(path: Path, name: str) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        columns, *rows = csv.reader(file)
    return from_texts(name, columns, rows)


def from_texts(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    kinds = [type_of(name, column) for column in columns]
    return framed(columns, [[typed(kind, text) for kind, text in zip(kinds, row, strict=True)] for row in rows])


def write_xlsx(data: Frames, path: Path, most: int = ROWS) -> Path:
    """One workbook with a sheet per table, every cell text and none a formula or link; the path written.

    A text longer than a cell holds ends in `…`; the CSV has the whole. A table longer than a sheet holds goes on in
    the sheet `name_2`.
    """
    with staging(path.parent) as place:
        staged = place / path.name
        write_tables(staged, {name: (list(table.columns), texts_of(table)) for name, table in data.items()}, most)
        return replace_file(staged, path)


def read_xlsx(path: Path) -> dict[str, pd.DataFrame]:
    """The tables of a workbook that `write_xlsx` wrote; sheets that go on (`name_2`) are joined to their table."""
    workbook, findings = read_bytes(path.read_bytes(), path.name)
    if workbook is None:
        raise ValueError(", ".join(item.code for item in findings))
    found: dict[str, tuple[list[str], list[list[str]]]] = {}
    for sheet in workbook.sheets:
        columns, *rows = _texts(sheet)
        base, _, part = sheet.name.rpartition("_")
        if part.isdigit() and base in found:
            found[base][1].extend(rows)
        else:
            found[sheet.name] = (columns, rows)
    return {name: from_texts(name, columns, rows) for name, (columns, rows) in found.items()}


def _texts(sheet: RawSheet) -> list[list[str]]:
    last = max((row for row, _ in sheet.cells), default=1)
    width = max((column for row, column in sheet.cells if row == 1), default=0)
    empty = ""
    return [
        [sheet.cells[row, column].text if (row, column) in sheet.cells else empty for column in range(1, width + 1)]
        for row in range(1, last + 1)
    ]


_SQLITE = {"string": "TEXT", "integer": "INTEGER", "boolean": "BOOLEAN", "number": "DECIMAL_TEXT"}


def write_sqlite(data: Frames, path: Path, described: Sequence[Description] = ()) -> Path:
    """One database with the tables and their keys; the path written.

    SQLite has no exact decimals: a number stands as text with its decimals (the column is a DECIMAL_TEXT, which SQLite
    treats as text), so that no digit is lost; `sum(number)` adds it as a double, Python's Decimal adds it exactly.
    """
    keys = {item.name: item.key for item in described}
    with staging(path.parent) as place:
        staged = place / path.name
        with closing(sqlite3.connect(staged)) as connection, connection:
            for name, table in data.items():
                _fill(connection, name, table, keys.get(name, ()))
        return replace_file(staged, path)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _fill(connection: sqlite3.Connection, name: str, table: pd.DataFrame, key: Sequence[str]) -> None:
    columns = [f"{_quoted(column)} {_SQLITE[type_of(name, column)]}" for column in table.columns]
    if key:
        columns.append(f"PRIMARY KEY ({', '.join(map(_quoted, key))})")
    connection.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(columns)})")
    numbers = [place for place, column in enumerate(table.columns) if type_of(name, column) == "number"]
    rows = rows_of(table)
    for row in rows:
        for place in numbers:
            row[place] = None if row[place] is None else plain(row[place])
    places = ", ".join("?" * len(table.columns))
    connection.executemany(f"INSERT INTO {_quoted(name)} VALUES ({places})", rows)  # noqa: S608  # quoted above


def read_sqlite(path: Path) -> dict[str, pd.DataFrame]:
    """The tables of a database that `write_sqlite` wrote."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _from_sqlite(connection, name) for name in names}


def _from_sqlite(connection: sqlite3.Connection, name: str) -> pd.DataFrame:
    cursor = connection.execute(f"SELECT * FROM {_quoted(name)} ORDER BY rowid")  # noqa: S608  # quoted above
    columns = [item[0] for item in cursor.description]
    rows = [list(row) for row in cursor]
    for place, column in enumerate(columns):
        kind = type_of(name, column)
        for row in rows if kind in ("number", "boolean") else ():
            row[place] = bool(row[place]) if kind == "boolean" else typed(kind, row[place] or "")
    return framed(columns, rows)
