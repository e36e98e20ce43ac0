"""Cases on forms that never were ours: the published Minhang form as a table of texts, with some of them replaced."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.issued import form_of
from tests.published_form import Cell, minhang
from xltool.collect.extract import extract
from xltool.model.finding import Finding


def run(case: dict[str, Any], _: Path) -> tuple[Finding, ...]:
    form = form_of(case.get("form", "minhang-2024"))
    repair = bool(case.get("repair"))
    if "text" in case:
        return extract(case["text"].encode(), "表.txt", form, repair=repair)[1]
    table = minhang().replaced(case.get("replace", {}))
    for place, text in case.get("put", {}).items():
        row, _, col = place.partition(",")
        table.cells[int(row), int(col)] = Cell(text)
    for place in case.get("remove", ()):
        row, _, col = place.partition(",")
        table.cells.pop((int(row), int(col)))
    if case.get("container", "xlsx") == "text":
        data, name = table.text(), "表.txt"
    elif case.get("container") == "html":
        data, name = table.html(), "表.html"
    else:
        data, name = table.xlsx(), "表.xlsx"
    for old, new in case.get("lines", ()):
        assert old.encode() in data
        data = data.replace(old.encode(), new.encode(), 1)
    for old, new in case.get("bytes", ()):
        data = data.replace(old.encode("latin-1"), new.encode("latin-1"))
    return extract(data, name, form, repair=repair)[1]
