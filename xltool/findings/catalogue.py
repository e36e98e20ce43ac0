"""The catalogue: each code's severity, review head and words in both languages, as the files of words hold them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from xltool.findings.codes import Code
from xltool.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Words:
    """One code in one language. `message` has places for the finding's args; `remedy` says what to do."""

    title: str
    message: str
    explanation: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue: its usual severity, the review head it belongs to, and its words by language."""

    code: Code
    severity: Severity
    head: str
    words: dict[str, Words]


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by code, in the order of `Code`. A code without words is a bug and raises KeyError."""
    tables: dict[str, dict[str, object]] = {}
    folder = resources.files("xltool") / "words" / "findings"
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".toml"):
            tables.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return {code.value: _entry(code, tables[code.value]) for code in Code}


def _entry(code: Code, table: dict[str, object]) -> Entry:
    words = {}
    for language in ("zh", "en"):
        texts = table[language]
        assert isinstance(texts, dict)
        words[language] = Words(texts["title"], texts["message"], texts["explanation"], texts["remedy"])
    return Entry(code, Severity(str(table["severity"])), str(table["head"]), words)
