"""The shared strings: rich-text runs joined, phonetic readings left out, escapes undone."""

from __future__ import annotations

from itertools import chain
from xml.parsers.expat import XMLParserType

from xltool.excel.package import Package
from xltool.excel.parts import feed, new_parser, prefix_of, unescape

_KEPT = b'<t xml:space="preserve">'


def read_strings(package: Package, part: str) -> dict[str, str]:
    """Each shared string by its index as a cell writes it (`"0"`, `"1"` …): a lookup needs no number parsing."""
    pieces = package.chunks(part)
    head = next(pieces, b"")
    found: list[str] = []
    parser = new_parser()
    if _is_plain(head):
        _collect_plain(parser, found)
    else:
        _collect(parser, found)
    feed(package, part, parser, found.__len__, chain([head], pieces))
    strings = [unescape(string) if "_x" in string else string for string in found]
    return dict(zip(map(str, range(len(strings))), strings, strict=True))


def _is_plain(data: bytes) -> bool:
    """Whether a whole part has character data inside `<t>` only, and no phonetic readings or comments.

    Each `>` not followed by `<` must be that of a `<t>` with text, but for the end of the XML declaration and of
    the part. All text of an item is then the item's, and the start tags need not be watched.
    """
    if not data.endswith(b"</sst>") or b"<!" in data or b"<rPh" in data or data.count(b"<?") > 1:
        return False
    ends = data.count(b">") - data.count(b"><") - 1
    declaration = data.count(b"?>") - data.count(b"?><")
    texts = data.count(b"<t>") - data.count(b"<t><") + data.count(_KEPT) - data.count(_KEPT + b"<")
    return ends == texts + declaration


def _collect_plain(parser: XMLParserType, found: list[str]) -> None:
    """End tags alone, for a part that `_is_plain`: half the callbacks."""
    pieces: list[str] = []

    def end(name: str) -> None:
        if name == "si":
            found.append("".join(pieces))
            pieces.clear()

    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append


def _collect(parser: XMLParserType, found: list[str]) -> None:
    """Any part: blanks between tags, another prefix, phonetic readings."""
    pieces: list[str] = []  # since the last <t>
    runs: list[str] = []
    phonetic = False
    item = text = reading = ""

    def root(name: str, _: dict[str, str]) -> None:
        nonlocal item, text, reading
        item, text, reading = (prefix_of(name) + tag for tag in ("si", "t", "rPh"))
        parser.StartElementHandler = start

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        pieces.clear()
        phonetic = phonetic or name == reading

    def end(name: str) -> None:
        nonlocal phonetic
        if name == text and not phonetic:
            runs.extend(pieces)
        elif name == item:
            found.append("".join(runs))
            runs.clear()
        elif name == reading:
            phonetic = False

    parser.StartElementHandler = root
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
