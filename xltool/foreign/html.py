"""A form on a web page, or one that was saved as html and named .xls: its tables and texts as a grid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from xltool.findings import Code, finding
from xltool.foreign.decoding import decoded
from xltool.foreign.grid import MOST_CELLS, Grid, TooLargeError
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawWorkbook

if TYPE_CHECKING:
    from lxml import etree

_MOST_BYTES = 16 << 20
_DEEPEST = 150  # elements inside one another; libxml2 stops at 256 by itself
_LARGEST_SPAN = 1_000
_UNSEEN = frozenset("head script style template noscript title meta link object iframe select".split())
_BLOCKS = frozenset("p div li tr h1 h2 h3 h4 h5 h6 section article blockquote ul ol dl dt dd pre center".split())
_GAP = re.compile(r"[ \t\r\n\f]+")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_LOOKS = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def looks_like(data: bytes) -> bool:
    """Whether these bytes of text are a page rather than plain text."""
    return _LOOKS.search(data.replace(b"\x00", b"")[:8192]) is not None


def read(data: bytes, name: str = "") -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """All tables and texts of the page in their order, in one sheet: a paragraph is a row of one cell."""
    from lxml import etree  # noqa: PLC0415  # heavy, and hardly ever needed: checking a workbook must start at once
    from lxml import html as markup  # noqa: PLC0415

    position = Position(file=name)
    if len(data) > _MOST_BYTES:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit=f"{_MOST_BYTES >> 20} MiB"),)
    text, whole = decoded(data, declared=True)
    text = _DECLARATION.sub("", text).replace("\x00", "")
    page = _Page()
    try:
        # No network, no entities beyond those of html; libxml2 limits depth and size of names by itself.
        parser = markup.HTMLParser(no_network=True, remove_comments=True)  # type: ignore[no-untyped-call]
        root = markup.document_fromstring(text, parser=parser)  # type: ignore[no-untyped-call]
        page.walk(root, 0)
        page.close()
    except (etree.ParserError, etree.XMLSyntaxError, RecursionError):
        return None, (finding(Code.FILE_DAMAGED, position, part="html"),)
    except TooLargeError:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit="200,000"),)
    unreadable = () if whole else (finding(Code.EXT_UNDECODABLE, position),)
    return page.grid.workbook(name), unreadable


class _Page:
    """Walks the page; texts outside of tables gather in `loose` until a block ends."""

    def __init__(self) -> None:
        self.grid, self.row = Grid(), 0
        self.loose: list[str] = []
        self.line = 0

    def walk(self, node: etree._Element, depth: int) -> None:
        if depth > _DEEPEST:
            raise TooLargeError
        if not _seen(node):
            return
        if node.tag == "table" and next(node.iterdescendants("table"), None) is None:
            self.close()
            self.table(node)
            return
        block = node.tag in _BLOCKS or node.tag in ("td", "th", "table", "br")
        if block:
            self.close()
        self._add(node.text, node)
        for child in node:
            self.walk(child, depth + 1)
            self._add(child.tail, child)
        if block:
            self.close()

    def _add(self, text: str | None, node: etree._Element) -> None:
        if text:
            if not self.loose and text.strip():
                self.line = node.sourceline or 0
            self.loose.append(text)

    def close(self) -> None:
        """End the paragraph that is being gathered."""
        text = _GAP.sub(" ", "".join(self.loose)).strip(" ")
        self.loose.clear()
        if text:
            self.row += 1
            self.grid.put(self.row, 1, text, self.line)

    def table(self, table: etree._Element) -> None:
        taken: set[tuple[int, int]] = set()
        for tr in table.iter("tr"):
            if not _seen(tr):
                continue
            self.row += 1
            col = 1
            for cell in tr:
                if cell.tag not in ("td", "th") or not _seen(cell):
                    continue
                while (self.row, col) in taken:
                    col += 1
                down, across = _span(cell, "rowspan"), _span(cell, "colspan")
                self.grid.put(self.row, col, _cell_text(cell), cell.sourceline or 0)
                self.grid.merge(self.row, col, down, across)
                if len(taken) + down * across > MOST_CELLS:
                    raise TooLargeError
                taken.update((self.row + r, col + c) for r in range(down) for c in range(across))
                col += across


def _seen(node: etree._Element) -> bool:
    if not isinstance(node.tag, str) or node.tag in _UNSEEN:
        return False
    return not _HIDDEN.search(node.get("style", "")) and node.get("hidden") is None


def _span(cell: etree._Element, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), _LARGEST_SPAN) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _cell_text(cell: etree._Element) -> str:
    """The text as the page shows it: blanks run together, a block or a break begins a line."""
    text = "".join(_pieces(cell))
    lines = (_GAP.sub(" ", line).strip(" ") for line in text.split("\v"))
    return "\n".join(line for line in lines if line)


def _pieces(node: etree._Element) -> Iterator[str]:
    if node.text:
        yield node.text.replace("\v", " ")
    for child in node:
        if _seen(child):
            block = child.tag in _BLOCKS or child.tag == "br"
            yield "\v" if block else ""
            yield from _pieces(child)
            yield "\v" if block else ""
        if child.tail:
            yield child.tail.replace("\v", " ")
