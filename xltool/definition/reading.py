"""Holding a TOML document against the vocabulary: every unknown key, missing key and wrong value, with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from string import Formatter

from xltool.definition.positions import KeyPath
from xltool.definition.shapes import DECIMAL_TEXT, EXCEL_TEXT_LIMIT, FILLED, SAMPLES, Key, Shape, Table
from xltool.definition.source import Source, nearest, quoted
from xltool.definition.vocabulary import BLOCKS
from xltool.findings import Code

SPAN_LIMIT = 200
WIDTH_LIMIT = 255  # Excel's widest column


def inspect(table: Table, raw: object, path: KeyPath, source: Source) -> bool:
    """Whether the table is built as the vocabulary says; what is not is reported."""
    if not isinstance(raw, dict):
        return _wrong(source, path, raw, SAMPLES[Shape.TABLE])
    sound = True
    for name, value in raw.items():
        if name not in table.names():
            known = nearest(name, table.names())
            source.report(Code.DEF_UNKNOWN_KEY, (*path, name), key=name, known=known)
            sound = False
        else:
            key = table.key(name)
            sound &= _INSPECTORS[key.shape](key, value, (*path, name), source)
    for key in table.keys:
        if key.required and key.name not in raw:
            _missing(source, path, key)
            sound = False
    return sound


def inspect_block(raw: object, path: KeyPath, source: Source) -> bool:
    """The same for a block, whose `kind` says which keys it may have."""
    if not isinstance(raw, dict):
        return _wrong(source, path, raw, SAMPLES[Shape.BLOCKS])
    kind = raw.get("kind")
    if isinstance(kind, str) and kind in BLOCKS:
        return inspect(BLOCKS[kind], raw, path, source)
    if kind is None:
        _missing(source, path, BLOCKS["band"].key("kind"))
    elif not isinstance(kind, str):
        _wrong(source, (*path, "kind"), kind, '"fields"')
    else:
        _unknown_word(source, (*path, "kind"), kind, tuple(BLOCKS))
    return False


def _missing(source: Source, path: KeyPath, key: Key) -> None:
    sample = f"{key.name} = {_sample(key)}"
    source.report(Code.DEF_MISSING_KEY, path, key=key.name, sample=sample)


def _sample(key: Key) -> str:
    return key.sample or (f'"{key.words[0]}"' if key.words and key.shape is Shape.WORD else SAMPLES[key.shape])


def _wrong(source: Source, path: KeyPath, found: object, sample: str) -> bool:
    source.report(Code.DEF_WRONG_VALUE, path, found=quoted(found), sample=sample)
    return False


def _unknown_word(source: Source, path: KeyPath, word: str, known: tuple[str, ...]) -> bool:
    source.report(Code.DEF_UNKNOWN_WORD, path, word=word, known=nearest(word, known))
    return False


def _bounded(source: Source, path: KeyPath, found: float, low: float, high: float) -> bool:
    if low <= found <= high:
        return True
    source.report(Code.DEF_OUT_OF_RANGE, path, found=quoted(found), low=low, high=high)
    return False


def _text(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, str) or not re.fullmatch(key.pattern, value):
        return _wrong(source, path, value, _sample(key))
    return _bounded(source, path, len(value), key.low, key.high) and _places(key, value, path, source)


def _places(key: Key, value: str, path: KeyPath, source: Source) -> bool:
    if not key.places or ("{" not in value and "}" not in value):
        return True
    try:
        named = [
            f"{name}{f'!{conversion}' if conversion else ''}{f':{spec}' if spec else ''}"
            for _, name, spec, conversion in Formatter().parse(value)
            if name is not None
        ]
    except ValueError:
        named = [value]
    unknown = [name for name in named if name not in key.places]
    for name in unknown:
        source.report(Code.DEF_PLACE, path, place=name, known=" ".join(f"{{{item}}}" for item in key.places))
    return not unknown


def _decimal(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):
        return _bounded(source, path, value, -(10**15), 10**15)
    if isinstance(value, str) and re.fullmatch(DECIMAL_TEXT, value):
        return True
    return _wrong(source, path, value, _sample(key))


def _integer(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return _wrong(source, path, value, _sample(key))
    return _bounded(source, path, value, key.low, key.high)


def _number(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not _finite(value):
        return _wrong(source, path, value, _sample(key))
    return _bounded(source, path, float(str(value)), key.low, key.high)


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _flag(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return isinstance(value, bool) or _wrong(source, path, value, _sample(key))


def _word(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, str):
        return _wrong(source, path, value, _sample(key))
    return value in key.words or _unknown_word(source, path, value, key.words)


def _items(
    key: Key, value: object, path: KeyPath, source: Source, each: Callable[[Key, object, KeyPath, Source], bool]
) -> bool:
    if not isinstance(value, list):
        return _wrong(source, path, value, _sample(key))
    if not _bounded(source, path, len(value), key.low, key.high):
        return False
    return all([each(key, item, (*path, number), source) for number, item in enumerate(value)])


def _words(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _items(key, value, path, source, _word)


def _texts(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _items(key, value, path, source, _item_text)


def _item_text(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, str) or not re.fullmatch(FILLED, value):
        return _wrong(source, path, value, SAMPLES[Shape.TEXT])
    return _bounded(source, path, len(value), 0, EXCEL_TEXT_LIMIT)


def _placing(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _items(key, value, path, source, _placed_row)


def _placed_row(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, list) or not value:
        return _wrong(source, path, value, SAMPLES[Shape.TEXTS])
    return all([_item_text(key, item, (*path, number), source) for number, item in enumerate(value)])


def _span(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, list) or len(value) not in (1, 2):
        return _wrong(source, path, value, _sample(key))
    return all([_tracks(key, item, (*path, number), source) for number, item in enumerate(value)])


def _tracks(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return _wrong(source, path, value, SAMPLES[Shape.INTEGER])
    return _bounded(source, path, value, 1, SPAN_LIMIT)


def _widths(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _items(key, value, path, source, _width)


def _width(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not _finite(value):
        return _wrong(source, path, value, SAMPLES[Shape.NUMBER])
    return _bounded(source, path, float(str(value)), 1, WIDTH_LIMIT)


def _table(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    assert key.table is not None
    return inspect(key.table, value, path, source)


def _tables(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _items(key, value, path, source, _table)


def _blocks(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _items(key, value, path, source, lambda _, item, at, into: inspect_block(item, at, into))


_INSPECTORS: dict[Shape, Callable[[Key, object, KeyPath, Source], bool]] = {
    Shape.TEXT: _text,
    Shape.DECIMAL: _decimal,
    Shape.INTEGER: _integer,
    Shape.NUMBER: _number,
    Shape.FLAG: _flag,
    Shape.WORD: _word,
    Shape.WORDS: _words,
    Shape.TEXTS: _texts,
    Shape.PLACING: _placing,
    Shape.SPAN: _span,
    Shape.WIDTHS: _widths,
    Shape.TABLE: _table,
    Shape.TABLES: _tables,
    Shape.BLOCKS: _blocks,
}


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
