"""The shared strings: rich-text runs joined, phonetic readings left out, escapes undone."""

from __future__ import annotations

from xltool.excel.package import Package
from xltool.excel.parts import feed, new_parser, prefix_of, unescape


def read_strings(package: Package, part: str) -> dict[str, str]:
    """Each shared string by its index as a cell writes it (`"0"`, `"1"` …): a lookup needs no number parsing."""
    parser = new_parser()
    strings: list[str] = []
    pieces: list[str] = []  # character data since the last <t>
    runs: list[str] = []
    phonetic = False
    item = text = reading = ""

    def first(name: str, attributes: dict[str, str]) -> None:
        nonlocal item, text, reading
        prefix = prefix_of(name)
        item, text, reading = prefix + "si", prefix + "t", prefix + "rPh"
        parser.StartElementHandler = start

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal phonetic
        if name == text:
            pieces.clear()
        elif name == reading:
            phonetic = True

    def end(name: str) -> None:
        nonlocal phonetic
        if name == text:
            if not phonetic:
                runs.extend(pieces)
        elif name == item:
            strings.append("".join(runs))
            runs.clear()
        elif name == reading:
            phonetic = False

    parser.StartElementHandler = first
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    feed(package, part, parser, lambda: len(strings))
    return {str(index): unescape(string) for index, string in enumerate(strings)}
