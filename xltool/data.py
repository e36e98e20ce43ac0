"""Where the data that ships with xltool lies: package data in a wheel, the checkout's folder when editable."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


@cache
def example(name: str) -> Traversable:
    """The folder of a bundled example campaign: settings, public key, roster, rules and a filled inbox."""
    packaged = files("xltool") / "_data" / "examples"
    root = packaged if packaged.is_dir() else Path(__file__).parents[1] / "examples"
    return root / name


@cache
def data_root() -> Traversable:
    """The folder that holds `codelists/` and one folder per form; call it, never build a path beside it."""
    packaged = files("xltool") / "_data" / "templates"
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "templates"


def codelist(name: str) -> str:
    """The text of `codelists/<name>.csv`; a missing list is a broken installation and raises OSError."""
    return (data_root() / "codelists" / f"{name}.csv").read_text(encoding="utf-8-sig")
