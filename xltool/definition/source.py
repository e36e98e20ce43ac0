"""One file of a form while it is being read: its text and the findings about it, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from xltool.definition.positions import KeyPath, key_positions
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

_SHORT = 40  # characters of a wrong value that are worth quoting


@dataclass
class Source:
    """`name` is what findings call the file; `raw` is the document as tomllib read it."""

    name: str
    text: str = ""
    raw: Mapping[str, object] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @cached_property
    def _positions(self) -> dict[KeyPath, tuple[int, int]]:
        return key_positions(self.text)

    def place(self, path: KeyPath) -> tuple[int, int]:
        """Line and column of the key, or of the nearest table around it that stands in the text."""
        while path and path not in self._positions:
            path = path[:-1]
        return self._positions.get(path, (1, 1))

    def report(self, code: Code, path: KeyPath, **args: object) -> None:
        """A finding at a key of the TOML text; `path` in the words is how a person names the place."""
        row, column = self.place(path)
        where = Position(file=self.name, row=row, column=str(column))
        self.findings.append(finding(code, where, None, path=spelt(path, self.raw), **args))

    def report_row(self, code: Code, row: int, column: str = "", **args: object) -> None:
        """A finding at a row and named column of a table file."""
        where = Position(file=self.name, row=row, column=column)
        self.findings.append(finding(code, where, None, path=column or "columns", **args))


def spelt(path: KeyPath, raw: object) -> str:
    """The path as a person names it: items of a list by their key, else counted from 1: `block[basic].fields[2]`."""
    words = ""
    for part in path:
        if isinstance(part, str):
            raw = raw.get(part) if isinstance(raw, Mapping) else None
            words += f".{part}" if words else part
        else:
            raw = raw[part] if isinstance(raw, list) and part < len(raw) else None
            named = raw.get("key") if isinstance(raw, Mapping) else None
            words += f"[{named}]" if isinstance(named, str) else f"[{part + 1}]"
    return words or "form.toml"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known words most like this one, or all of them where none is; for «use …»."""
    listed = list(dict.fromkeys(known))
    return ", ".join(get_close_matches(word, listed, n=3, cutoff=0.6) or listed) or "-"


def quoted(value: object) -> str:
    """A wrong value as it would be written in TOML, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"'
    elif isinstance(value, list):
        text = "[...]" if value else "[]"
    elif isinstance(value, Mapping):
        text = "{...}" if value else "{}"
    else:
        text = str(value) if not isinstance(value, int) or abs(value) < 10**_SHORT else "..."
    return text if len(text) <= _SHORT else text[: _SHORT - 3] + "..."
