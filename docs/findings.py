"""docs/findings.md from the catalogue: what each code means, why it is checked, and what to do about it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import groupby

from docs.pages import FOLDER
from xltool.findings import Code, Entry, catalogue, example

TEXTS = tomllib.loads((FOLDER / "findings.toml").read_text(encoding="utf-8"))


def page() -> str:
    entries = sorted(catalogue().values(), key=lambda entry: list(Code).index(entry.code))
    parts = [TEXTS["introduction"].strip()]
    for topic, members in groupby(entries, key=lambda entry: entry.code.value.rstrip("0123456789")):
        zh, en = TEXTS["topics"].get(topic, ("", ""))
        parts.append(f"## {topic} {zh} · {en}".rstrip(" ·"))
        for entry in sorted(members, key=lambda entry: entry.code.value):
            parts.extend(_entry(entry))
    return "\n\n".join(parts) + "\n"


def _entry(entry: Entry) -> Iterator[str]:
    zh, en = entry.words["zh"], entry.words["en"]
    level = TEXTS["severity"][entry.severity.value]
    yield f"### {entry.code.value} {zh.title} · {en.title}"
    yield f"{level['zh']} · {entry.head} · {level['en']}"
    yield "> " + "".join(example(entry.code.value, "zh"))
    yield zh.explanation
    yield "> " + " ".join(example(entry.code.value, "en"))
    yield en.explanation
