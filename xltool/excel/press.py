"""Writing many workbooks that differ in a few texts: what is the same in them is laid down once and kept."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xltool.excel.write import write
from xltool.model.layout import PlanCell, SheetPlan, WorkbookPlan

_MARK, _END = "\ue000", "\ue001"  # private characters: no program and no keyboard writes them
_FIRST = 0xE100
_MOST = 0x400  # texts of one workbook
_MARKS = re.compile(f"{_MARK}([{chr(_FIRST)}-{chr(_FIRST + _MOST - 1)}]){_END}")
_PLAIN = re.compile(r"(?=\S)[^\x00-\x1f\ue000-\uf8ff\ufffe\uffff]+(?<=\S)")
_LONGEST = 250  # characters; longer texts come near the limits that only a real writing of the workbook checks
_FOOTER = 200
_KEPT = 16


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the package: its entry, and its text cut at the marks (text, mark, text …)."""

    entry: ZipInfo
    pieces: tuple[str, ...]


def press(plan: WorkbookPlan, own: Iterable[str]) -> bytes:
    """The bytes of `write(plan)`, sooner where a plan was pressed before that differs only in texts of its own.

    `own` are such texts: the token, names, contacts. Leaving some out costs time and changes nothing else.
    """
    marks = {text: f"{_MARK}{chr(_FIRST + place)}{_END}"
             for place, text in enumerate(dict.fromkeys(filter(_plain, own))) if place < _MOST}  # fmt: skip
    if any(_MARK in cell.content for sheet in plan.sheets for cell in sheet.cells if isinstance(cell.content, str)):
        return write(plan)
    texts = [escape(text) for text in marks]
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as package:
        for part in _mould(_marked(plan, marks)):
            pieces = list(part.pieces)
            pieces[1::2] = [texts[ord(mark) - _FIRST] for mark in pieces[1::2]]
            entry = ZipInfo(part.entry.filename, part.entry.date_time)
            entry.compress_type, entry.external_attr = part.entry.compress_type, part.entry.external_attr
            package.writestr(entry, "".join(pieces).encode())
    return made.getvalue()


def forget() -> None:
    """Let go of what is kept of the plans pressed so far."""
    _mould.cache_clear()


def _plain(text: str) -> bool:
    """Whether a text stands in every part as it is, `&<>` aside: nothing in it is written in another way."""
    return len(text) <= _LONGEST and _PLAIN.fullmatch(text) is not None and "_x" not in text and "<r>" not in text


@lru_cache(maxsize=_KEPT)
def _mould(plan: WorkbookPlan) -> tuple[_Part, ...]:
    with ZipFile(io.BytesIO(write(plan))) as package:
        return tuple(_Part(entry, tuple(_MARKS.split(package.read(entry).decode()))) for entry in package.infolist())


def _marked(plan: WorkbookPlan, marks: Mapping[str, str]) -> WorkbookPlan:
    """The plan with a mark for each text of its own."""
    return replace(
        plan,
        sheets=tuple(_marked_sheet(sheet, marks) for sheet in plan.sheets),
        constants=tuple((name, marks.get(value, value)) for name, value in plan.constants),
        properties=tuple((name, marks.get(value, value)) for name, value in plan.properties),
    )


def _marked_sheet(sheet: SheetPlan, marks: Mapping[str, str]) -> SheetPlan:
    footer = sheet.footer
    for text, mark in marks.items() if len(footer) <= _FOOTER else ():
        footer = footer.replace(text, mark)
    cells = sheet.cells
    if any(_is_own(cell, marks) for cell in cells):
        cells = tuple(
            replace(cell, content=marks[str(cell.content)]) if _is_own(cell, marks) else cell for cell in cells
        )
    return sheet if footer == sheet.footer and cells is sheet.cells else replace(sheet, footer=footer, cells=cells)


def _is_own(cell: PlanCell, marks: Mapping[str, str]) -> bool:
    return cell.content in marks and not (cell.formula or cell.link or cell.comment)
