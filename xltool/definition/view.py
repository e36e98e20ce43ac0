"""A table that was found sound, read key by key with its type."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from xltool.definition.positions import KeyPath
from xltool.definition.shapes import Table
from xltool.definition.source import Source


class View:
    """A table found sound, read key by key; an absent key gives its default or the empty value of its shape."""

    def __init__(self, table: Table, raw: Mapping[str, object], path: KeyPath, source: Source) -> None:
        self.table = table
        self.raw = raw
        self.path = path
        self.source = source

    def _value(self, name: str) -> object:
        return self.raw[name] if name in self.raw else self.table.key(name).default

    def at(self, *parts: str | int) -> KeyPath:
        return (*self.path, *parts)

    def has(self, name: str) -> bool:
        return name in self.raw

    def text(self, name: str) -> str:
        return str(self._value(name) or "")

    def flag(self, name: str) -> bool:
        return bool(self._value(name))

    def integer(self, name: str) -> int:
        value = self._value(name)
        return value if isinstance(value, int) else 0

    def optional_integer(self, name: str) -> int | None:
        return self.integer(name) if name in self.raw else None

    def number(self, name: str) -> float:
        value = self._value(name)
        return float(value) if isinstance(value, int | float) else 0.0

    def decimal(self, name: str) -> Decimal | None:
        value = self._value(name)
        return None if value is None else Decimal(str(value))

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()

    def numbers(self, name: str) -> tuple[float, ...]:
        value = self._value(name)
        return tuple(float(item) for item in value) if isinstance(value, list) else ()

    def integers(self, name: str) -> tuple[int, ...]:
        value = self._value(name)
        return tuple(int(item) for item in value) if isinstance(value, list) else ()

    def rows(self, name: str) -> tuple[tuple[str, ...], ...]:
        value = self._value(name)
        return tuple(tuple(row) for row in value) if isinstance(value, list) else ()

    def child(self, name: str) -> View | None:
        """The table under this key, or None where it is absent."""
        table, value = self.table.key(name).table, self.raw.get(name)
        return View(table, value, self.at(name), self.source) if table and isinstance(value, dict) else None

    def children(self, name: str) -> tuple[View, ...]:
        table, value = self.table.key(name).table, self.raw.get(name)
        if table is None or not isinstance(value, list):
            return ()
        return tuple(View(table, item, self.at(name, number), self.source) for number, item in enumerate(value))
