"""Mutation inside a package: one part is taken out, changed and put back, so that the zip stays sound around it."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

from tests.packages import zipped

Change = Callable[[bytes, random.Random], bytes]

_TAG = re.compile(rb"<[^<>]{1,400}>")
_ELEMENT = re.compile(rb"<(\w[\w:]*)\b[^<>]*(?:/>|(?<!/)>(?:[^<>]|<(?!/?\1\b)){0,400}</\1>)")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"<>]{0,200})"')
_TEXT = re.compile(rb">([^<>]{1,200})<")
_WORTH = (  # parts whose content decides what is read; the others are as good as noise
    "sheet", "workbook", "strings", "styles", "content", "comments", "custom", "app", "rels", "types", "meta",
)  # fmt: skip
_VALUES = (
    "0", "-1", "1", "2147483648", "1e999", "NaN", "0.1", "99999999999999999999", "A1", "XFD1048576",
    "A0", "A1:XFD1048576", "$B$4:$F$11", "#REF!", "'表'!$A$1", "'", "", " ", "true", "s", "str",
    "inlineStr", "e", "b", "d", "n", "shared", "array", "veryHidden", "rId1", "../../x",
    "/xl/workbook.xml", "xl/worksheets/sheet1.xml", "External", "General", "@", "0.00%", "yyyy/m/d",
    ";;;", '0.0"万"', "[$-804]", "_x0041_", "_xZZZZ_", "&#0;", "&#x10FFFF;", "&amp;", "²", "½", "约100左右",
    "≥85%", "１，０００", "85％", "1/2", "2024-13-45", "2024年2月30日", "各2个", "不适用", "XT1.", "tasks#99",
    "basic:1", "basic:1+9999999999", "output.quantity#00", "tasks:caption", "F_", "S_tasks", "\u200b",
    "\u202e", "=1+1", "48.00(家)",
)  # fmt: skip


def unpacked(data: bytes) -> dict[str, bytes] | None:
    """The parts of a zip; None where it is none, or holds more than a fuzzed file should."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if sum(info.file_size for info in infos) > 4 << 20:
                return None
            return {info.filename: archive.read(info) for info in infos}
    except Exception:  # noqa: BLE001  # any damage: such bytes are mutated as bytes
        return None


def mutate(data: bytes, rng: random.Random, change: Change) -> bytes:
    """`data` with one or two parts changed, stored uncompressed; bytes that are no zip are given to `change` whole."""
    held = unpacked(data)
    if not held or rng.random() < 0.03:
        return change(data, rng)
    names = [name for name in held if any(word in name.lower() for word in _WORTH)] or list(held)
    for _ in range(rng.choice((1, 1, 1, 2))):
        name = rng.choice(names)
        if rng.random() < 0.02:
            held.pop(name, None)
        elif name in held:
            held[name] = changed(held[name], rng, change)
    return zipped(held, zipfile.ZIP_STORED)


def changed(part: bytes, rng: random.Random, change: Change) -> bytes:
    """One part after some changes of its tags, attributes and texts, or, sometimes, of its bytes."""
    for _ in range(rng.choice((1, 1, 2, 3, 6))):
        part = rng.choice(_WAYS)(part, rng) if rng.random() < 0.92 else _some_bytes(part, rng, change)
    return part


def _some_bytes(part: bytes, rng: random.Random, change: Change) -> bytes:
    start = rng.randrange(len(part) + 1)
    end = min(len(part), start + rng.choice((4, 32, 200)))
    return part[:start] + change(part[start:end], rng) + part[end:]


def _found(part: bytes, pattern: re.Pattern[bytes], rng: random.Random) -> re.Match[bytes] | None:
    """A match somewhere in the part, begun to be sought at a random place."""
    return pattern.search(part, rng.randrange(len(part) + 1)) or pattern.search(part)


def _value(part: bytes, rng: random.Random, pattern: re.Pattern[bytes], group: int) -> bytes:
    other = _found(part, pattern, rng)
    if other and rng.random() < 0.4:
        return other[group]
    return rng.choice(_VALUES).encode()


def _attribute(part: bytes, rng: random.Random) -> bytes:
    match = _found(part, _ATTRIBUTE, rng)
    if match is None:
        return part
    start, end = match.span() if rng.random() < 0.15 else match.span(2)
    value = b"" if start == match.start() else _value(part, rng, _ATTRIBUTE, 2).replace(b'"', b"&quot;")
    return part[:start] + value + part[end:]


def _text(part: bytes, rng: random.Random) -> bytes:
    match = _found(part, _TEXT, rng)
    return part if match is None else part[: match.start(1)] + _value(part, rng, _TEXT, 1) + part[match.end(1) :]


def _piece(part: bytes, rng: random.Random) -> re.Match[bytes] | None:
    """An element; seldom a lone tag, whose loss or doubling leaves no XML to read."""
    return _found(part, _TAG if rng.random() < 0.1 else _ELEMENT, rng)


def _drop(part: bytes, rng: random.Random) -> bytes:
    match = _piece(part, rng)
    return part if match is None else part[: match.start()] + part[match.end() :]


def _repeat(part: bytes, rng: random.Random) -> bytes:
    match = _piece(part, rng)
    times = rng.choice((2, 2, 2, 50))
    return part if match is None else part[: match.start()] + match[0] * times + part[match.end() :]


def _move(part: bytes, rng: random.Random) -> bytes:
    match, place = _found(part, _ELEMENT, rng), _found(part, _ELEMENT, rng)
    if match is None or place is None:
        return part
    return part[: place.start()] + match[0] + part[place.start() :]


def _cut(part: bytes, rng: random.Random) -> bytes:
    return part[: rng.randrange(len(part) + 1)] if rng.random() < 0.1 else _drop(part, rng)


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _attribute, _attribute, _attribute, _text, _text, _text, _drop, _repeat, _move, _cut,
)  # fmt: skip
