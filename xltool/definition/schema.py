"""The JSON Schema of form.toml for editors, made of the same tables that the reading follows, so neither can drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from xltool.definition.block_vocabulary import BLOCKS
from xltool.definition.reading import DECIMAL_LIMIT, SPAN_LIMIT, WIDTH_LIMIT
from xltool.definition.shapes import DECIMAL_TEXT, EXCEL_TEXT_LIMIT, FILLED, Key, Shape, Table
from xltool.definition.vocabulary import DOCUMENT

Schema = dict[str, Any]


def schema() -> Schema:
    """A schema of draft 7, the newest that TOML editors read; what spans blocks or files only loading can tell."""
    definitions = {name: _table(table) for name, table in _tables_below(DOCUMENT)}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": DOCUMENT.doc,
        **_table(DOCUMENT),
        "definitions": {name: definitions[name] for name in sorted(definitions)},
    }


def _tables_below(table: Table) -> Iterator[tuple[str, Table]]:
    for key in table.keys:
        below = tuple(BLOCKS.values()) if key.shape is Shape.BLOCKS else (key.table,) if key.table else ()
        for item in below:
            yield item.name, item
            yield from _tables_below(item)


def _table(table: Table) -> Schema:
    return {
        "type": "object",
        "description": table.doc,
        "additionalProperties": False,
        "required": [key.name for key in table.keys if key.required],
        "properties": {key.name: {"description": key.doc, **_default(key), **_value(key)} for key in table.keys},
    }


def _default(key: Key) -> Schema:
    if key.default is None:
        return {}
    return {"default": list(key.default) if isinstance(key.default, tuple) else key.default}


def _value(key: Key) -> Schema:
    return _VALUES[key.shape](key)


def _text(key: Key) -> Schema:
    return {"type": "string", "pattern": key.pattern, "minLength": key.low, "maxLength": key.high}


def _decimal(_: Key) -> Schema:
    whole = {"type": "integer", "minimum": -DECIMAL_LIMIT, "maximum": DECIMAL_LIMIT}
    return {"anyOf": [{"type": "string", "pattern": DECIMAL_TEXT}, whole]}


def _number(kind: str, low: float, high: float) -> Schema:
    return {"type": kind, "minimum": low, "maximum": high}


def _word(key: Key) -> Schema:
    return {"enum": list(key.words)}


def _list(key: Key, item: Schema) -> Schema:
    return {"type": "array", "minItems": key.low, "maxItems": key.high, "items": item}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _reference_of(key: Key) -> Schema:
    assert key.table is not None
    return _reference(key.table.name)


_ITEM_TEXT: Schema = {"type": "string", "pattern": FILLED, "maxLength": EXCEL_TEXT_LIMIT}
_TRACKS: Schema = _number("integer", 1, SPAN_LIMIT)

_VALUES: dict[Shape, Callable[[Key], Schema]] = {
    Shape.TEXT: _text,
    Shape.DECIMAL: _decimal,
    Shape.INTEGER: lambda key: _number("integer", key.low, key.high),
    Shape.NUMBER: lambda key: _number("number", key.low, key.high),
    Shape.FLAG: lambda _: {"type": "boolean"},
    Shape.WORD: _word,
    Shape.WORDS: lambda key: _list(key, _word(key)),
    Shape.TEXTS: lambda key: _list(key, _ITEM_TEXT),
    Shape.PLACING: lambda key: _list(key, {"type": "array", "minItems": 1, "items": _ITEM_TEXT}),
    Shape.SPAN: lambda _: {"type": "array", "minItems": 1, "maxItems": 2, "items": _TRACKS},
    Shape.WIDTHS: lambda key: _list(key, _number("number", 1, WIDTH_LIMIT)),
    Shape.TABLE: _reference_of,
    Shape.TABLES: lambda key: _list(key, _reference_of(key)),
    Shape.BLOCKS: lambda key: _list(key, {"oneOf": [_reference(name) for name in BLOCKS]}),
}
