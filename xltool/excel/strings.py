"""The shared strings: rich-text runs joined, phonetic readings left out, escapes undone."""

from __future__ import annotations

from itertools import chain
from xml.parsers.expat import XMLParserType

from xltool.excel.package import Package
from xltool.excel.parts import feed, new_parser, prefix_of, unescape


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
    """Whether a whole part is `<si><t…>text</t></si>` again and again, with nothing between the items.

    All character data of an item is then its text, and the start tags need not be watched.
    """
    items = data.count(b"</si>")
    return (
        data.endswith(b"</sst>")
        and data.count(b"><si><t") == items == data.count(b"</t></si>") == data.count(b"</t>")
        and b"<!" not in data
        and data.count(b"<?") == 1
        and data.count(b"<si") == items
    )


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
