"""The nearest comparable tool, `datamaps import`, on the same files; only where its program is installed."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.layout.form import lay_out
from xltool.model.form import Profile
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign

Cell = tuple[str, str, str, str]  # a row of a datamap: key, sheet, address, and its type, TEXT or NUMBER


@dataclass(frozen=True, slots=True)
class Report:
    """What datamaps said: the rows of its report, what it logged above information, and its exit code."""

    rows: tuple[dict[str, str], ...]
    lines: tuple[str, ...]
    code: int


def seconds(program: str, folder: Path) -> float:
    """The clock's seconds for a master workbook and a report from every form of the inbox, all its answers mapped."""
    opened = open_campaign(folder, Context())
    assert isinstance(opened, Opened)
    with tempfile.TemporaryDirectory(prefix="xltool-datamaps-") as place:
        home = Path(place)
        _lay(home, _cells(opened), campaigns.inbox(folder))
        begun = time.perf_counter()
        assert _run(program, home).returncode == 0
        return time.perf_counter() - begun


def imported(program: str, cells: Iterable[Cell], inbox: Path) -> tuple[dict[str, dict[str, Any]], Report]:
    """The master workbook that `import templates -m` makes of an inbox, by file name without ending, and what it said.

    Empty where it makes none.
    """
    with tempfile.TemporaryDirectory(prefix="xltool-datamaps-") as place:
        home = Path(place)
        _lay(home, cells, inbox)
        done = _run(program, home)
        made = home / "Documents" / "datamaps" / "output"
        masters, reports = sorted(made.glob("master*.xlsx")), sorted(made.glob("*.csv"))
        rows: list[dict[str, str]] = []
        for path in reports:
            with path.open(encoding="utf-8", newline="") as file:
                rows += csv.DictReader(file)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if _SERIOUS.search(line)]
        said = tuple(_SERIOUS.sub(r"\1: ", line.replace(f"{home}/returned/", "")) for line in lines)
        return _columns(masters[-1]) if masters else {}, Report(tuple(rows), said, done.returncode)


_SERIOUS = re.compile(r"^.*?(WARNING|ERROR|CRITICAL) - (?!Default input|Required output)")


def _columns(master: Path) -> dict[str, dict[str, Any]]:
    sheet: Any = openpyxl.load_workbook(master).active
    names, *rows = sheet.iter_rows(values_only=True)
    return {
        name if isinstance(name, str) else f"{name:03d}": {row[0]: row[place] for row in rows}
        for place, name in enumerate(names) if place and name is not None
    }  # fmt: skip


def _lay(home: Path, cells: Iterable[Cell], inbox: Path) -> None:
    (home / "Documents").mkdir()
    returned = home / "returned"
    returned.mkdir()
    for path in inbox.iterdir():
        shutil.copyfile(path, returned / path.name)
    with (home / "datamap.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("key", "sheet", "cellref", "type"), *cells])


def _run(program: str, home: Path) -> subprocess.CompletedProcess[str]:
    surroundings = os.environ | {"HOME": str(home), "USERPROFILE": str(home)}
    command = [
        program,
        "import",
        "templates",
        "-m",
        "-d",
        str(home / "datamap.csv"),
        "--inputdir",
        str(home / "returned"),
    ]
    return subprocess.run(command, check=False, env=surroundings, cwd=home, capture_output=True, encoding="utf-8")


def _cells(opened: Opened) -> Iterator[Cell]:
    """Each answer cell of a unit's form."""
    layout = lay_out(opened.form, opened.campaign.units[-1].role, Profile.FILL)
    for slot in layout.slots:
        yield slot.key, layout.sheet.name, a1(slot.range.first_row, slot.range.first_col), "TEXT"
