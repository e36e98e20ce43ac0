"""Holding a TOML document against the vocabulary: every unknown key, missing key and wrong value, with its line."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from string import Formatter

from xltool.definition.block_vocabulary import BLOCKS
from xltool.definition.positions import KeyPath
from xltool.definition.shapes import DECIMAL_TEXT, EXCEL_TEXT_LIMIT, FILLED, SAMPLES, Key, Shape, Table
from xltool.definition.source import Source, nearest, quoted
from xltool.findings import Code

SPAN_LIMIT = 200
DECIMAL_LIMIT = 10**15
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
        return _bounded(source, path, value, -DECIMAL_LIMIT, DECIMAL_LIMIT)
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


def _listed(value: object, key: Key, path: KeyPath, source: Source, each: Callable[[object, KeyPath], bool]) -> bool:
    if not isinstance(value, list):
        return _wrong(source, path, value, _sample(key))
    return _bounded(source, path, len(value), key.low, key.high) and _every(value, path, each)


def _every(items: list[object], path: KeyPath, each: Callable[[object, KeyPath], bool]) -> bool:
    """Whether each item is sound; all are looked at, so that every mistake is reported."""
    verdicts = [each(item, (*path, number)) for number, item in enumerate(items)]
    return all(verdicts)


def _words(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _listed(value, key, path, source, lambda item, at: _word(key, item, at, source))


def _texts(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _listed(value, key, path, source, lambda item, at: _item_text(item, at, source))


def _item_text(value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, str) or not re.fullmatch(FILLED, value):
        return _wrong(source, path, value, SAMPLES[Shape.TEXT])
    return _bounded(source, path, len(value), 0, EXCEL_TEXT_LIMIT)


def _placing(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _listed(value, key, path, source, lambda item, at: _placed_row(item, at, source))


def _placed_row(value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, list) or not value:
        return _wrong(source, path, value, SAMPLES[Shape.TEXTS])
    return _every(value, path, lambda item, at: _item_text(item, at, source))


def _span(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, list) or len(value) not in (1, 2):
        return _wrong(source, path, value, _sample(key))
    return _every(value, path, lambda item, at: _tracks(item, at, source))


def _tracks(value: object, path: KeyPath, source: Source) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return _wrong(source, path, value, SAMPLES[Shape.INTEGER])
    return _bounded(source, path, value, 1, SPAN_LIMIT)


def _widths(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _listed(value, key, path, source, lambda item, at: _width(item, at, source))


def _width(value: object, path: KeyPath, source: Source) -> bool:
    if not _finite(value):
        return _wrong(source, path, value, SAMPLES[Shape.NUMBER])
    return _bounded(source, path, float(str(value)), 1, WIDTH_LIMIT)


def _table(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    assert key.table is not None
    return inspect(key.table, value, path, source)


def _tables(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _listed(value, key, path, source, lambda item, at: _table(key, item, at, source))


def _blocks(key: Key, value: object, path: KeyPath, source: Source) -> bool:
    return _listed(value, key, path, source, lambda item, at: inspect_block(item, at, source))


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
