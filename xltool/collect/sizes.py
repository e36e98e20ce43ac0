"""How large a returned form was issued: its own row keys say how many rows each part had."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xltool.layout.grid import Filling
from xltool.model.form import FormDefinition, Rows, Tree
from xltool.model.workbook import CellKind, RawWorkbook

_NUMBER = re.compile("[0-9]{2,4}")
_MOST = 500  # rows of one part; nobody issues a form that large, and a forged key must not make us lay one out


def filling_for(workbook: RawWorkbook, form: FormDefinition, places: Mapping[str, str]) -> Filling:
    """Row counts beyond the definition's own, and the optional blocks that are there; else the form as defined."""
    usual, optional = _usual(form)
    counts: dict[str, int] = {}
    blocks: set[str] = set()
    for sheet in workbook.sheets:
        for cell in sheet.cells.values():
            text = cell.text
            if "#" in text and cell.kind is CellKind.TEXT:
                section, _, number = text.partition("#")
                if section in usual and _NUMBER.fullmatch(number) and usual[section] < int(number) <= _MOST:
                    counts[section] = max(counts.get(section, 0), int(number))
            elif ":" in text and text.partition(":")[0] in optional:
                blocks.add(text.partition(":")[0])
    return Filling(counts=counts, places=places, optional_blocks=frozenset(blocks))


def _usual(form: FormDefinition) -> tuple[dict[str, int], frozenset[str]]:
    usual: dict[str, int] = {}
    for block in form.blocks:
        if isinstance(block, Rows):
            usual[block.frame.key] = block.prepared + block.spare
        elif isinstance(block, Tree):
            usual.update({leaf.key: leaf.prepared + leaf.spare for leaf in block.leaves if leaf.entry == "open"})
    return usual, frozenset(block.frame.key for block in form.blocks if block.frame.optional)
