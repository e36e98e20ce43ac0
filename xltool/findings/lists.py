"""Lists in findings: whole in their data; where people read them the first items, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence

from xltool.words import table

_CELLS, _TEXTS = ",", "\n"  # what stands between the addresses, the texts of a list
_ARGS = {"cell": _CELLS, "cells": _CELLS, "texts": _TEXTS, "removed": _TEXTS, "added": _TEXTS}
_SHOWN = {_CELLS: 12, _TEXTS: 3}
_LENGTH = 30  # characters of a text in a sentence
_ROOM = 100_000  # characters kept of all texts of one list: a hostile file may repeat a long one 400,000 times


def quoted(texts: Sequence[str]) -> str:
    """The texts as an arg `texts`, each on a line of its own; of very many long ones only the beginning of each."""
    room = max(_LENGTH, _ROOM // max(1, len(texts)))
    return _TEXTS.join(short(text, room) for text in texts)


def short(text: str, length: int = _LENGTH) -> str:
    """The text on one line, cut."""
    beginning = text[: 2 * length]
    line = " ".join(beginning.split())
    return line if len(line) <= length and beginning == text else f"{line[:length]}…"


def excerpt(name: str, value: str, language: str) -> str:
    """An arg as a sentence shows it: of a list the first items, each cut, and how many there are."""
    between = _ARGS.get(name)
    if between is None or (between is _CELLS and between not in value):
        return value
    items, most = value.split(between), _SHOWN[between]
    if between is _CELLS:
        return and_more(between.join(items[:most]), most, len(items), language)
    texts = table("lists")[language]["between"].join(short(item) for item in items[:most])
    return and_more(texts, most, len(items), language)


def cells_shown(cells: str, language: str) -> str:
    """The cells of a position as people read them."""
    return excerpt("cells", cells, language)


def and_more(shown: str, most: int, count: int, language: str, kind: str = "places") -> str:
    """What is shown of a list, and how many there are where these are more than are shown."""
    if count <= most:
        return shown
    more: str = table("lists")[language][kind]
    return more.format(shown=shown, count=count, left=count - most)
