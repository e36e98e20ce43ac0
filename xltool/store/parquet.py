"""The dataset as parquet files. The only importer of pyarrow, which is heavy and needed for nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from xltool.store.columns import Cell
from xltool.store.dataset import framed, plain
from xltool.store.described import type_of
from xltool.store.staging import replace_file, staging

_PLAIN = {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
_DIGITS = (38, 76)  # of decimal128 and decimal256


def write_parquet(data: Mapping[str, pd.DataFrame], folder: Path) -> tuple[Path, ...]:
    """A file per table; the paths written.

    A number is a decimal with as many places as the longest of its column has, so that adding stays exact: 48 and
    48.5 are stored as 48.0 and 48.5. A column whose numbers need more than 76 digits is text.
    """
    with staging(folder) as place:
        for name, table in data.items():
            pq.write_table(_table(name, table), place / f"{name}.parquet")
        return tuple(replace_file(place / f"{name}.parquet", folder / f"{name}.parquet") for name in data)


def _table(name: str, frame: pd.DataFrame) -> pa.Table:
    arrays = [_array(type_of(name, column), frame[column].tolist()) for column in frame.columns]
    return pa.Table.from_arrays(arrays, names=list(frame.columns))


def _array(kind: str, cells: list[Cell]) -> pa.Array:
    if kind != "number":
        return pa.array(cells, _PLAIN[kind])
    stored = _decimal_type(cell for cell in cells if isinstance(cell, Decimal))
    if stored is None:
        return pa.array([None if cell is None else plain(cell) for cell in cells], pa.string())
    return pa.array(cells, stored)


def _decimal_type(numbers: Iterable[Decimal]) -> pa.DataType | None:
    """The narrowest decimal that holds every number exactly; None where none does."""
    whole = places = 0
    for number in numbers:
        digits, exponent = number.as_tuple().digits, number.as_tuple().exponent
        assert isinstance(exponent, int)
        places = max(places, -exponent)
        whole = max(whole, len(digits) + exponent)
    if whole + places <= _DIGITS[0]:
        return pa.decimal128(_DIGITS[0], places)
    return pa.decimal256(_DIGITS[1], places) if whole + places <= _DIGITS[1] else None


def read_parquet(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a folder that `write_parquet` wrote."""
    return {path.stem: _read(path) for path in sorted(folder.glob("*.parquet"))}


def _read(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    columns = [_cells(type_of(path.stem, name), table[name]) for name in table.column_names]
    return framed(table.column_names, [list(row) for row in zip(*columns, strict=True)])


def _cells(kind: str, column: pa.ChunkedArray) -> list[Cell]:
    cells: list[Cell] = column.to_pylist()
    if kind == "number" and pa.types.is_string(column.type):
        return [None if cell is None else Decimal(str(cell)) for cell in cells]
    return cells
