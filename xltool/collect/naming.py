"""Which unit of the roster a sheet or a file name names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from xltool.model.campaign import ReportingUnit
from xltool.model.workbook import CellKind, RawSheet


def named_in(sheet: RawSheet, units: Sequence[ReportingUnit]) -> str:
    """The code of the one unit whose name, or full name, is the whole content of a cell; empty for none or several."""
    names = _names(units)
    texts = {cell.text for cell in sheet.cells.values() if cell.kind is CellKind.TEXT}
    codes = {names[text] for text in map(_plain, texts) if text in names}
    return codes.pop() if len(codes) == 1 else ""


_kept: list[tuple[Sequence[ReportingUnit], dict[str, str]]] = []


def _names(units: Sequence[ReportingUnit]) -> dict[str, str]:
    """Code by name, as names are compared; made once per roster and process."""
    if not _kept or _kept[0][0] is not units:
        names = {_plain(name): unit.code for unit in units for name in (unit.name, unit.full_name) if name}
        _kept[:] = [(units, names)]
    return _kept[0][1]


def named_by(file: str, units: Sequence[ReportingUnit]) -> tuple[str, str]:
    """The unit that a file name names, and by what: its name anywhere, or its code at the beginning.

    Of `outer.zip/inner.pdf` the last step that names a unit counts. Of several names in a step the longest does, if
    it holds the others.
    """
    for step in reversed(file.split("/")):
        plain = _plain(step)
        found = {_plain(name): unit.code for unit in units for name in (unit.name, unit.full_name)
                 if name and _plain(name) in plain}  # fmt: skip
        longest = max(found, key=len, default="")
        if longest and all(name in longest for name in found):
            return found[longest], longest
        codes = [unit.code for unit in units if re.match(rf"{re.escape(unit.code)}(?![0-9A-Za-z])", step)]
        if codes and not found:
            code = max(codes, key=len)
            return code, code
    return "", ""


def _plain(text: str) -> str:
    """A name for comparison: width, case, blanks and brackets' kind do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
