"""Words as data: what the workbook, the findings and the command line say, kept out of the code."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The words of one file beside this module, e.g. `workbook` for `workbook.toml`. A missing file is a bug."""
    text = (resources.files(__name__) / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


class _Sentence(string.Formatter):
    """`{count:error|errors}` is the word that the number takes, `{units:list}` a Chinese list as English writes it."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, either, more = format_spec.partition("|")
        if either:
            return one if str(value) == "1" else more
        if format_spec == "list":
            return str(value).replace("、", ", ")
        return format(value, format_spec)


_SENTENCE = _Sentence()


def fill(sentence: str, places: Mapping[str, object]) -> str:
    """The sentence with its places filled, in the number that English words take."""
    return _SENTENCE.vformat(sentence, (), places)
