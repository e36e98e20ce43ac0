"""What each unit answered, read from the dataset of a finished campaign. Plain csv: pandas is not needed for it."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from xltool.model.campaign import PreviousAnswer
from xltool.model.value import Kind, State

_TABLES = ("fields.csv", "indicators.csv")


def dataset_in(folder: Path) -> Path | None:
    """The folder of tables of units' answers: this one, its `dataset`, or that of its results."""
    places = (folder, folder / "dataset", folder / "result" / "dataset")
    return next((place for place in places if all((place / name).is_file() for name in _TABLES)), None)


def read_answers(dataset: Path, texts: Collection[str], target: str) -> tuple[PreviousAnswer, ...]:
    """The fields named in `texts` and every indicator with its target in that column, unit by unit."""
    found = [*_fields(dataset, texts), *_indicators(dataset, target)]
    return tuple(sorted(found, key=lambda item: item.unit_code))


def _fields(dataset: Path, texts: Collection[str]) -> Iterator[PreviousAnswer]:
    for row in _rows(dataset / _TABLES[0]):
        if row["field"] in texts and row["state"] == State.GIVEN:
            yield PreviousAnswer(row["unit_code"], "field", "", row["field"], "", row["text"], "")


def _indicators(dataset: Path, target: str) -> Iterator[PreviousAnswer]:
    for row in _rows(dataset / _TABLES[1]):
        if row["target"] == target:
            counted = row["kind"] == Kind.NUMBER and bool(row["number"])
            yield PreviousAnswer(
                row["unit_code"], "indicator", row["key"].partition("#")[0], row["name"], row["operator"],
                row["number"] if counted else row["text"], row["measure"] if counted else "",
            )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
