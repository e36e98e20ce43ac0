"""Where each key of a TOML text stands: tomllib keeps no positions, and a finding needs the line to point at."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_DOT = re.compile(r"[ \t]*\.[ \t]*")
_EQUALS = re.compile(r"[ \t]*=[ \t]*")
_SCALAR = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'"
    r"|[^,\]}\n#]*",
    re.DOTALL,
)


def key_positions(text: str) -> dict[KeyPath, tuple[int, int]]:
    """Line and column, both from 1, of every key, table and list item of a text that tomllib has accepted.

    A text the scan loses its way in yields the positions found so far.
    """
    return _scanned(text).found


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key or table that a text gives a second time, which tomllib refuses without saying where the first stands."""

    key: str
    line: int
    column: int
    first_line: int


def repeated_key(text: str) -> RepeatedKey | None:
    """The first key given twice. In a text with other faults it only counts if it stands before them."""
    return _scanned(text).twice


def _scanned(text: str) -> _Scan:
    scan = _Scan(text)
    with suppress(RecursionError):  # thousands of brackets, which tomllib refuses too
        scan.document()
    return scan


class _Scan:
    """One pass over the text; `found` maps a path, with list items by number from 0, to its first position."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[KeyPath, tuple[int, int]] = {}
        self.twice: RepeatedKey | None = None
        self.last_item: dict[KeyPath, int] = {}
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_SPACE)
            start = self.at
            if start >= len(self.text):
                return
            if self.text[start] == "[":
                table = self._header()
            else:
                self._pair(table)
            if self.at == start:
                return

    def _header(self) -> KeyPath:
        start = self.at
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.at += brackets
        self._skip(_SPACE)
        parts = self._key()
        self._skip(_SPACE)
        self.at += brackets
        path: KeyPath = (*self._inside(parts[:-1]), parts[-1]) if parts else ()
        self._note(path, start, once=brackets == 1)
        if brackets == 2:
            self.last_item[path] = self.last_item.get(path, -1) + 1
            path = self._inside_item(path)
            self._note(path, start)
        return path

    def _inside(self, parts: KeyPath) -> KeyPath:
        path: KeyPath = ()
        for part in parts:
            path = self._inside_item((*path, part))
        return path

    def _inside_item(self, path: KeyPath) -> KeyPath:
        return (*path, self.last_item[path]) if path in self.last_item else path

    def _pair(self, table: KeyPath) -> None:
        start = self.at
        parts = self._key()
        for length in range(1, len(parts) + 1):
            self._note(table + parts[:length], start, once=length == len(parts))
        self._skip(_EQUALS)
        self._value(table + parts)

    def _key(self) -> KeyPath:
        parts: list[str] = []
        while match := _KEY_PART.match(self.text, self.at):
            raw = match.group()
            parts.append(tomllib.loads(f"key = {raw}")["key"] if raw[0] in "\"'" else raw)
            self.at = match.end()
            dot = _DOT.match(self.text, self.at)
            if not dot:
                break
            self.at = dot.end()
        return tuple(parts)

    def _value(self, path: KeyPath) -> None:
        opening = self.text[self.at : self.at + 1]
        if opening == "[":
            self._items(path, "]")
        elif opening == "{":
            self._items(path, "}")
        else:
            self._skip(_SCALAR)

    def _items(self, path: KeyPath, closing: str) -> None:
        self.at += 1
        number = 0
        while True:
            self._skip(_SPACE)
            start = self.at
            if start >= len(self.text) or self.text[start] == closing:
                self.at += 1
                return
            if self.text[start] == ",":
                self.at += 1
                continue
            if closing == "]":
                self._note((*path, number), start)
                self._value((*path, number))
                number += 1
            else:
                self._pair(path)
            if self.at == start:
                return

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def _note(self, path: KeyPath, offset: int, *, once: bool = False) -> None:
        line = bisect_right(self.line_starts, offset)
        column = offset - self.line_starts[line - 1] + 1
        if once and path in self.found and self.twice is None:
            self.twice = RepeatedKey(str(path[-1]), line, column, self.found[path][0])
        self.found.setdefault(path, (line, column))
