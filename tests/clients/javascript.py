"""The JavaScript spreadsheet libraries as test clients: each fills cells and saves the workbook its own way.

`exceljs` keeps protection, locks and validations (and loses custom properties and constant names); `sheetjs`
loses all of those. Install them with `npm ci` in `tests/clients/node`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "node"

Entry = tuple[str, str, str | float | bool | None]


class NodeError(Exception):
    """A script failed; its message is the last lines of what it said."""


@dataclass(frozen=True, slots=True)
class SheetSeen:
    """One sheet as exceljs sees it.

    `protection` is None on an unprotected sheet. `validations` goes from A1 name to the rule (`type`,
    `formulae`, `operator`, `showErrorMessage`, `errorStyle`, `prompt` …); a range is spread over its cells.
    """

    name: str
    state: str
    protection: dict[str, Any] | None
    unlocked: frozenset[str]
    validations: dict[str, dict[str, Any]]
    values: dict[str, Any]


def missing(package: str) -> str | None:
    """Why this client cannot run here, in one sentence; None when it can."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    if not (SCRIPTS / "node_modules" / package).is_dir():
        return f"{package} is not installed (run npm ci in tests/clients/node)"
    return None


class NodeClient:
    """One of the libraries: `NodeClient("exceljs")` or `NodeClient("sheetjs")`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def fill(self, path: str | Path, out: str | Path, entries: Iterable[Entry], format: str = "xlsx") -> Path:
        """Put (sheet, cell, value) entries into a copy; None clears a cell. sheetjs alone heeds
        `format`."""
        cells = [{"sheet": sheet, "cell": cell, "value": value} for sheet, cell, value in entries]
        job = {
            "path": str(Path(path).resolve()),
            "out": str(Path(out).resolve()),
            "cells": cells,
            "format": format,
        }
        run(f"{self.name}_fill.js", job)
        return Path(out)


def inspect(path: str | Path) -> dict[str, SheetSeen]:
    """What exceljs sees of a workbook, by sheet name."""
    answer = json.loads(run("exceljs_inspect.js", {"path": str(Path(path).resolve())}))
    return {
        sheet["name"]: SheetSeen(**{**sheet, "unlocked": frozenset(sheet["unlocked"])})
        for sheet in answer["sheets"]
    }


def run(script: str, job: dict[str, Any], seconds: float = 120) -> str:
    """What a script beside this module answers to a job; `NodeError` when it fails."""
    done = subprocess.run(
        ["node", str(SCRIPTS / script)],
        input=json.dumps(job),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=seconds,
        cwd=SCRIPTS,
    )
    if done.returncode != 0:
        raise NodeError(f"{script}: {done.stderr[-800:]}")
    return done.stdout
