"""Cases on what is handed on: a dataset written into a database, a workbook made a PDF."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd

from xltool.model.finding import Finding
from xltool.store.database import write_database
from xltool.workflow.pdf import to_pdf


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    return to_database(case, folder) if "url" in case else as_pdf(case, folder)


def to_database(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """A table into the database of `url`, in which the tables `there` are somebody else's already."""
    path = folder / "data.db"
    with closing(sqlite3.connect(path)) as other:
        for name in case.get("there", ()):
            other.execute(f"CREATE TABLE {name} (code TEXT)")
        other.commit()
    data = {"units": pd.DataFrame({"code": ["001"]})}
    return write_database(data, case["url"].replace("FILE", path.as_posix()), ())


def as_pdf(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """A workbook on a computer whose office program is `office`: absent, or one that says `says` and makes nothing."""
    workbook = folder / case["file"]
    workbook.write_bytes(b"")
    said = subprocess.CompletedProcess([], 1, "", case.get("says", ""))
    found = "/usr/bin/soffice" if case.get("says") else None
    with (
        mock.patch.object(shutil, "which", return_value=found),
        mock.patch.object(subprocess, "run", return_value=said),
    ):
        return to_pdf(workbook)[1]
