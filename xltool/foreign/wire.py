"""A `RawWorkbook` as JSON and back: how the child process hands over what it read. JSON, because bytes of a hostile
file stand behind it and unpickling could run them."""

from __future__ import annotations

import json
from typing import Any

from xltool.model.workbook import CellKind, CellRange, RawCell, RawComment, RawName, RawSheet, RawStyle, RawWorkbook


def dump(workbook: RawWorkbook) -> bytes:
    """Sheets, styles, names, properties and what else the readers of this room fill."""
    return json.dumps(
        {
            "sheets": [_sheet(sheet) for sheet in workbook.sheets],
            "styles": workbook.styles,
            "names": workbook.names,
            "properties": workbook.properties,
            "application": workbook.application,
            "date1904": workbook.date1904,
            "structure_locked": workbook.structure_locked,
        },
        ensure_ascii=True,
    ).encode("ascii")


def _sheet(sheet: RawSheet) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "state": sheet.state,
        "cells": list(sheet.cells.values()),
        "merges": sheet.merges,
        "hidden_rows": sorted(sheet.hidden_rows),
        "hidden_cols": sorted(sheet.hidden_cols),
        "protected": sheet.protected,
        "comments": sheet.comments,
    }


def load(data: bytes) -> RawWorkbook:
    """The inverse of `dump`. Raises ValueError, KeyError or TypeError for anything else."""
    found = json.loads(data)
    return RawWorkbook(
        sheets=tuple(_sheet_of(sheet) for sheet in found["sheets"]),
        styles=tuple(RawStyle(*style) for style in found["styles"]),
        names=tuple(RawName(*name) for name in found["names"]),
        properties=tuple((str(name), str(text)) for name, text in found["properties"]),
        application=found["application"],
        date1904=found["date1904"],
        structure_locked=found["structure_locked"],
    )


def _sheet_of(sheet: dict[str, Any]) -> RawSheet:
    cells = {}
    for row, col, kind, text, formula, style in sheet["cells"]:
        cells[row, col] = RawCell(row, col, CellKind(kind), text, formula, style)
    return RawSheet(
        name=sheet["name"],
        state=sheet["state"],
        cells=cells,
        merges=tuple(CellRange(*where) for where in sheet["merges"]),
        hidden_rows=frozenset(sheet["hidden_rows"]),
        hidden_cols=frozenset(sheet["hidden_cols"]),
        protected=sheet["protected"],
        comments=tuple(RawComment(*note) for note in sheet["comments"]),
    )
