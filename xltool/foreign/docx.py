"""A form that was typed in a word processor: its tables and paragraphs as a grid."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from lxml import etree

from xltool.foreign.grid import Grid, TooLargeError
from xltool.model.workbook import RawWorkbook

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_PART = 64 << 20  # bytes of one part once it is inflated
_DEEPEST = 60  # tables, content controls … inside one another
_LARGEST_SPAN = 1_000
_WRAPPERS = frozenset(f"{_W}{tag}" for tag in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"))
# Deleted and moved text is not seen; a fallback repeats what stands beside it.
_UNSEEN = frozenset(
    (f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read(data: bytes) -> RawWorkbook:
    """All tables and paragraphs in their order, in one sheet: a paragraph is a row of one cell.

    Runs in the limited child process. Raises whatever the libraries raise for a damaged file, `TooLargeError` beyond
    the caps. Tracked insertions and content controls count as text, deletions do not.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(info.file_size > _MOST_PART for info in archive.infolist() if info.filename.endswith(".xml")):
            raise TooLargeError
    document = docx.Document(io.BytesIO(data))
    page = _Page()
    page.blocks(document.element.body, 0)
    return page.grid.workbook("")


class _Page:
    def __init__(self) -> None:
        self.grid, self.row = Grid(), 0

    def blocks(self, parent: etree._Element, depth: int) -> None:
        for block in _content(parent, depth):
            if block.tag == f"{_W}p":
                text = _text(block).strip(" \n")
                if text:
                    self.row += 1
                    self.grid.put(self.row, 1, text)
            elif block.tag == f"{_W}tbl":
                self.table(block, depth + 1)

    def table(self, table: etree._Element, depth: int) -> None:
        above: dict[int, tuple[int, int]] = {}  # column → where the cell that hangs down from above begins
        heights: dict[tuple[int, int], list[int]] = {}
        for tr in _content(table, depth):
            if tr.tag != f"{_W}tr":
                continue
            self.row += 1
            col = 1 + _number(tr, "trPr/gridBefore", 0)
            for cell in _content(tr, depth):
                if cell.tag != f"{_W}tc":
                    continue
                across = _number(cell, "tcPr/gridSpan", 1)
                hanging = _hanging(cell)
                if hanging == "continue" and col in above:
                    heights[above[col]][0] += 1
                else:
                    self.grid.put(self.row, col, self._cell(cell, depth))
                    heights[self.row, col] = [1, across]
                    above.pop(col, None)
                    if hanging == "restart":
                        above[col] = (self.row, col)
                col += across
        for (row, col), (down, across) in heights.items():
            self.grid.merge(row, col, down, across)

    def _cell(self, cell: etree._Element, depth: int) -> str:
        """A table inside a cell is read as its lines."""
        lines = []
        for block in _content(cell, depth):
            if block.tag == f"{_W}p":
                lines.append(_text(block))
            elif block.tag == f"{_W}tbl":
                rows = (row for row in _content(block, depth + 1) if row.tag == f"{_W}tr")
                lines += ["\t".join(self._cell(item, depth + 1) for item in _content(row, depth + 1)) for row in rows]
        return "\n".join(lines).strip(" \n")


def _content(parent: etree._Element, depth: int) -> Iterator[etree._Element]:
    """The children that count, those inside content controls and insertions included."""
    if depth > _DEEPEST:
        raise TooLargeError
    for child in parent:
        if child.tag in _WRAPPERS:
            yield from _content(child, depth + 1)
        elif child.tag not in _UNSEEN:
            yield child


def _text(node: etree._Element) -> str:
    parts: list[str] = []
    stack = [node]
    while stack:
        item = stack.pop()
        if item.tag == f"{_W}t":
            parts.append(item.text or "")
        elif item.tag in _BREAKS:
            parts.append(_BREAKS[item.tag])
        elif item.tag not in _UNSEEN and item.tag != f"{_W}pPr":
            stack.extend(reversed(item))
    return "".join(parts)


def _find(node: etree._Element, path: str) -> etree._Element | None:
    return node.find("/".join(f"{_W}{step}" for step in path.split("/")))


def _number(node: etree._Element, path: str, default: int) -> int:
    found = _find(node, path)
    text = "" if found is None else found.get(f"{_W}val", "")
    return min(int(text), _LARGEST_SPAN) if text.isascii() and text.isdigit() else default


def _hanging(cell: etree._Element) -> str:
    """`restart` where a vertical merge begins, `continue` where it goes on, else empty."""
    found = _find(cell, "tcPr/vMerge")
    return "" if found is None else found.get(f"{_W}val", "continue")
