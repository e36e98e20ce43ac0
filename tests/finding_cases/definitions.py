"""Cases on a form's definition: a bundled one, copied, with some text replaced or a file taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.test_definition import copy_of
from xltool.definition import load
from xltool.model.finding import Finding
from xltool.workflow.new_form import new_form


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    return load(edited(case, folder))[1]


def drafted(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """A definition is drafted into a folder that holds one already."""
    return new_form(edited(case, folder), folder / "空白表.xlsx").findings


def edited(case: dict[str, Any], folder: Path) -> Path:
    """The folder of the copy."""
    form = copy_of(case.get("form", "minhang-2024"), folder)
    for edit in case.get("edit", ()):
        path = form / edit.get("file", "form.toml")
        if edit.get("remove"):
            path.unlink()
            continue
        text = path.read_text(encoding="utf-8")
        assert edit["old"] in text, edit["old"]
        path.write_text(text.replace(edit["old"], edit["new"], 1), encoding="utf-8")
    return form
