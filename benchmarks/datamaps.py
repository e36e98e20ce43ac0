"""The nearest comparable tool, `datamaps import`, on the same files; only where its program is installed."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.layout.form import lay_out
from xltool.model.form import Profile
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign


def seconds(program: str, folder: Path) -> float:
    """The clock's seconds for a master workbook and a report from every form of the inbox, all its answers mapped."""
    opened = open_campaign(folder, Context())
    assert isinstance(opened, Opened)
    with tempfile.TemporaryDirectory(prefix="xltool-datamaps-") as place:
        home = Path(place)
        (home / "Documents").mkdir()
        surroundings = os.environ | {"HOME": str(home), "USERPROFILE": str(home)}
        returned = home / "returned"
        returned.mkdir()
        for path in campaigns.inbox(folder).iterdir():
            shutil.copyfile(path, returned / f"{path.stem}.xlsx")
        _map(opened, home / "datamap.csv")
        command = [program, "import", "templates", "-m", "-d", str(home / "datamap.csv"), "--inputdir", str(returned)]
        begun = time.perf_counter()
        subprocess.run(command, check=True, env=surroundings, cwd=home, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)  # fmt: skip
        return time.perf_counter() - begun


def _map(opened: Opened, path: Path) -> None:
    """Each answer cell of a unit's form: its key, its sheet, its address."""
    layout = lay_out(opened.form, opened.campaign.units[-1].role, Profile.FILL)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "sheet", "cellref", "type"])
        for slot in layout.slots:
            writer.writerow([slot.key, layout.sheet.name, a1(slot.range.first_row, slot.range.first_col), "TEXT"])
