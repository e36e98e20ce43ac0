"""Cases on whose form a file is, and on files that hold several units' forms."""

from __future__ import annotations

from pathlib import Path

from tests import test_taken_apart as apart
from tests import test_whose as whose
from xltool.model.finding import Finding
from xltool.workflow.collect import collect


def _collected(folder: Path, data: bytes, unit: str = "", sheet: str = "") -> tuple[Finding, ...]:
    place = whose.lay(folder / "campaign")
    path = whose.put(place, "表.xlsx", data)
    result = collect(place, [path], unit=unit, sheet=sheet, context=whose.CONTEXT)
    return tuple(item for file in result.files for item in file.findings if item.code[:3] in ("IDN", "FIL"))


def _other(folder: Path) -> tuple[Finding, ...]:
    names = {code: unit.name.encode() for code, unit in whose.units(whose.lay(folder / "names")).items()}
    return _collected(folder, whose.changed({names["002"]: names["003"]}))


def _which(folder: Path) -> tuple[Finding, ...]:
    return _collected(folder, apart.with_bare("003"), unit="003")


def _two_files(folder: Path) -> tuple[Finding, ...]:
    place = whose.lay(folder / "campaign")
    for name in ("a.xlsx", "b.xlsx"):
        whose.put(place, name, whose.returned())
    return tuple(item for item in collect(place, unit="002", context=whose.CONTEXT).findings if item.code == "COL07")


SURROUNDINGS = {
    "no-token": lambda folder: _collected(folder, whose.without_token()),
    "other-unit": _other,
    "given": lambda folder: _collected(folder, whose.without_token(), unit="002"),
    "proven": lambda folder: _collected(folder, whose.returned(), unit="003"),
    "which-sheet": _which,
    "apart": lambda folder: _collected(folder, apart.merged("003")),
    "two-files": _two_files,
}
