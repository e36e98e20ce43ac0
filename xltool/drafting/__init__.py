"""An official blank → a draft of its definition, with every guess named by its cell for a person to confirm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from xltool.drafting.blocks import Reader
from xltool.drafting.document import form_toml, indicators_csv
from xltool.drafting.page import Page, read_page
from xltool.drafting.sketch import Sketch
from xltool.drafting.vocabulary import Confidence, Guess, told
from xltool.excel.gate import Package, open_package
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import CellRange

__all__ = ["Confidence", "Draft", "Guess", "draft", "told"]

UNKNOWN_YEAR = "2000"
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Draft:
    """The two files of a form's folder as text; empty where the blank could not be read, and a finding says why."""

    form_toml: str = ""
    indicators_csv: str = ""
    guesses: tuple[Guess, ...] = ()
    findings: tuple[Finding, ...] = ()


def draft(path: Path, form_id: str = "") -> Draft:
    """Draft a definition from a blank .xlsx. `form_id` is the id of the new form; by default the file's name."""
    data = path.read_bytes()
    package = open_package(data, name=path.name)
    if not isinstance(package, Package):
        return Draft(findings=(package,))
    try:
        page = read_page(data)
    except Exception as fault:  # noqa: BLE001  # openpyxl raises anything for a file that it does not like
        return Draft(findings=(finding(Code.FILE_DAMAGED, Position(file=path.name), part=str(fault)[:80]),))
    if page is None:
        return Draft(findings=(finding(Code.FILE_EMPTY, Position(file=path.name)),))
    return _drafted(page, form_id or _id(path.stem), path.stem)


def _drafted(page: Page, form_id: str, name: str) -> Draft:
    written, match = _year(page), _YEAR.search(name)
    year = written or (match[1] if match else UNKNOWN_YEAR)
    sketch = Sketch(page, written)
    sketch.guess(page.boxes[0], "year", Confidence.HIGH if written else Confidence.LOW, text=year)
    last = max(box.range.last_row for box in page.boxes)
    Reader(sketch, CellRange(1, 1, last, len(page.tracks)), {}).read()
    return Draft(form_toml(sketch, form_id, int(year)), indicators_csv(sketch), tuple(sketch.guesses))


def _year(page: Page) -> str:
    """The year that the texts without borders speak of: the title, or the line below it."""
    found = (_YEAR.search(box.text) for box in page.boxes if not box.ruled)
    return next((match[1] for match in found if match), "")


def _id(stem: str) -> str:
    """A form id of the letters and digits of a file name."""
    words = re.findall(r"[a-z0-9]+", stem.lower())
    return "-".join(words)[:40].strip("-") or "new-form"
