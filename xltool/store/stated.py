"""A dataset folder of another year as a statement to reconcile with. Plain csv: pandas is not needed for it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from xltool import values
from xltool.model.difference import Against, StatedField, StatedIndicator, StatedRow, Statement
from xltool.model.form import FormDefinition, Rows, Tree
from xltool.model.submission import Source
from xltool.model.value import Kind, TargetValue

_FIELDS, _INDICATORS = "consolidated_fields", "consolidated_indicators"
_NAMES = frozenset(
    {"name", "target", "column", "operator", "number", "upper", "measure", "kind", "text", "rule", "status", "order",
     "contributors", "key", "year"}
)  # fmt: skip


def is_dataset(folder: Path) -> bool:
    return (folder / f"{_FIELDS}.csv").is_file()


def read_dataset(folder: Path, form: FormDefinition) -> Statement:
    """What was consolidated then; levels are found by their key in the figure's, or by their printed names."""
    blocks = [block for block in form.blocks if isinstance(block, Rows)]
    return Statement(
        Against.PREVIOUS,
        folder.name if folder.name != "dataset" else f"{folder.parent.parent.name}/dataset",
        tuple(_fields(folder)),
        tuple(row for block in blocks for row in _rows(folder, block)),
        tuple(_indicators(folder, form)),
    )


def _read(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _source(name: str, place: int) -> Source:
    return Source(f"{name}.csv", str(place + 2))


def _fields(folder: Path) -> Iterator[StatedField]:
    for place, row in enumerate(_read(folder, _FIELDS)):
        number = _number(row.get("number", ""))
        yield StatedField(row["field"], row.get("text", ""), number, _source(_FIELDS, place))


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _rows(folder: Path, block: Rows) -> Iterator[StatedRow]:
    name = f"consolidated_{block.frame.key}"
    for place, row in enumerate(_read(folder, name)):
        answers = [(column.key, row.get(column.key, ""), _source(name, place)) for column in block.columns]
        yield StatedRow(block.frame.key, tuple(answers))


def _indicators(folder: Path, form: FormDefinition) -> Iterator[StatedIndicator]:
    leaves = [leaf for block in form.blocks if isinstance(block, Tree) for leaf in block.leaves]
    by_key, by_path = {leaf.key: leaf for leaf in leaves}, {leaf.path: leaf.key for leaf in leaves}
    extras = {column.key for block in form.blocks if isinstance(block, Tree) for column in block.columns} - _NAMES
    grouped: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for place, row in enumerate(_read(folder, _INDICATORS)):
        grouped.setdefault(row["key"], []).append((place, row))
    for key, rows in grouped.items():
        first = rows[0][1]
        path = tuple(first[name] for name in sorted(first) if name.startswith("level") and first[name])
        level = key.partition(":")[0]
        level = level if level in by_key else by_path.get(path, level)
        source = _source(_INDICATORS, rows[0][0])
        yield StatedIndicator(
            level, path, first["name"],
            tuple((row["target"], _value(row), _source(_INDICATORS, place)) for place, row in rows),
            tuple((name, first[name], source) for name in sorted(extras & first.keys())),
            "" if ":" in key else key,
        )  # fmt: skip


def _value(row: Mapping[str, str]) -> TargetValue:
    if row.get("kind") == Kind.NUMBER.value and row.get("number"):
        read = values.parse(row["number"], row.get("operator", ""), row.get("measure", ""))
        return replace(read, text=row.get("text", ""))
    return values.parse(row.get("text", ""))
