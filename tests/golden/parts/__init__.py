"""The parts of two workbooks as they were when last looked at, one element a line, to see what a change changes.

`python -m tests.golden.parts` writes them anew; the differences are then looked at like any other.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.issued import form_of, issue
from xltool.excel.write import write
from xltool.layout.grid import Filling
from xltool.layout.workbook import printed_workbook
from xltool.model.form import Role

HERE = Path(__file__).parent
SIGNATURE = re.compile(r"XT1\.[\w.\-]+")
KEPT = ("xl/workbook.xml", "xl/worksheets/sheet", "xl/sharedStrings.xml", "xl/styles.xml", "docProps/custom.xml")


def workbooks() -> dict[str, bytes]:
    """A unit's blank form, and the same form as it is printed with one target."""
    minhang = form_of("minhang-2024")
    target = Filling({"output.quantity#01.name": "扶持数", "output.quantity#01.current": "=48.00(家)"})
    return {"fill": issue(minhang).data, "print": write(printed_workbook(minhang, Role.DEPARTMENT, target))}


def normalised(data: bytes) -> Iterator[tuple[str, str]]:
    """Name and text of each part that is ours: one element a line, the signed token taken out."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in sorted(package.namelist()):
            if name.startswith(KEPT):
                text = package.read(name).decode("utf-8").replace("><", ">\n<")
                yield name.replace("/", "-"), SIGNATURE.sub("XT1", text) + "\n"


def current() -> dict[str, str]:
    """What the code writes now, by file name."""
    return {f"{book}-{name}": text for book, data in workbooks().items() for name, text in normalised(data)}


def stored() -> dict[str, str]:
    """What was written when last looked at."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*.xml"))}
