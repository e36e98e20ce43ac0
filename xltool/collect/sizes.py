"""How large a returned form was issued: it says so itself, and its own row keys say how many rows each part has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xltool.excel.identity import META_SHEET
from xltool.layout.grid import Filling
from xltool.layout.workbook import SIZES_NAME, usual_rows
from xltool.model.form import FormDefinition
from xltool.model.workbook import CellKind, RawWorkbook

_NUMBER = re.compile("[0-9]{1,4}", re.ASCII)
_MOST = 500  # rows of one part; nobody issues a form that large, and a forged key must not make us lay one out


def filling_for(workbook: RawWorkbook, form: FormDefinition, places: Mapping[str, str]) -> Filling:
    """Row counts beyond the definition's own, and the optional blocks that are there; else the form as defined.

    The highest key alone would not do: with the last row of an enlarged part its key goes too.
    """
    usual = usual_rows(form)
    optional = {block.frame.key for block in form.blocks if block.frame.optional}
    counts: dict[str, int] = {}
    blocks: set[str] = set()

    def count(part: str, number: str) -> None:
        if part in usual and _NUMBER.fullmatch(number) and usual[part] < int(number) <= _MOST:
            counts[part] = max(counts.get(part, 0), int(number))

    for part, number in _said(workbook):
        count(part, number)
        blocks.update({part} & optional)
    for sheet in workbook.sheets:
        for cell in sheet.cells.values():
            text = cell.text
            if "#" in text and cell.kind is CellKind.TEXT:
                part, _, number = text.partition("#")
                count(part, number)
            elif ":" in text and text.partition(":")[0] in optional:
                blocks.add(text.partition(":")[0])
    return Filling(counts=counts, places=places, optional_blocks=frozenset(blocks))


def _said(workbook: RawWorkbook) -> Iterator[tuple[str, str]]:
    """Parts and their rows as the form says them, `tasks=12 sign`: in a constant, and on the hidden sheet."""
    texts = [name.refers_to.strip().removeprefix("=").strip('"') for name in workbook.names if name.name == SIZES_NAME]
    for sheet in workbook.sheets:
        if sheet.name == META_SHEET:
            texts += [sheet.cells[row, 2].text for (row, col), cell in sheet.cells.items()
                      if col == 1 and cell.text == SIZES_NAME and (row, 2) in sheet.cells]  # fmt: skip
    for text in texts:
        for item in text.split():
            part, _, number = item.partition("=")
            yield part, number
