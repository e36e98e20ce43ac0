"""Which language the command line speaks, decided once at start, and its words."""

from __future__ import annotations

import locale
import os
import sys
from functools import cache
from typing import Any

from xltool.words import fill, table

LANGUAGES = ("zh", "en")
VARIABLE = "XLTOOL_LANG"


@cache
def language() -> str:
    """`--lang` on the command line, else XLTOOL_LANG, else English where the machine says so, else Chinese."""
    arguments = sys.argv[1:]
    for index, argument in enumerate(arguments):
        given = argument.partition("=")[2] if argument.startswith("--lang=") else ""
        if argument == "--lang" and index + 1 < len(arguments):
            given = arguments[index + 1]
        if given in LANGUAGES:
            return given
    if os.environ.get(VARIABLE) in LANGUAGES:
        return os.environ[VARIABLE]
    named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not named:
        named = locale.getlocale()[0] or ""
    return "en" if named.lower().startswith("en") else "zh"


def words(path: str) -> Any:
    """A text or table of the command line's words, such as `collect.short`."""
    node: Any = table(f"cli.{language()}")
    for part in path.split("."):
        node = node[part]
    return node


def say(path: str, /, **places: object) -> str:
    return fill(str(words(path)), places)
