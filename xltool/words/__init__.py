"""Words as data: what the workbook, the findings and the command line say, kept out of the code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The words of one file beside this module, e.g. `workbook` for `workbook.toml`. A missing file is a bug."""
    text = (resources.files(__name__) / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
