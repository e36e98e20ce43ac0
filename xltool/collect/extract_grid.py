"""The sheet of a foreign form as it is read: what each cell shows, what has been understood, what is left over."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from xltool.addresses import a1
from xltool.collect.cells import Setting, text_of
from xltool.collect.extract_captions import Caption, Captions
from xltool.collect.marks import in_lines, marks
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.submission import Source
from xltool.model.value import Note
from xltool.model.workbook import CellKind, CellRange, RawCell, RawSheet, RawWorkbook
from xltool.values.cleaning import clean


@dataclass(frozen=True, slots=True)
class Seen:
    """A cell that shows something. `text` is without markup, outer blanks and lost characters; `raw` is as stored."""

    row: int
    col: int
    raw: str
    text: str
    notes: tuple[Note, ...]
    cell: RawCell
    captions: tuple[Caption, ...]

    @property
    def place(self) -> tuple[int, int]:
        return self.row, self.col


class Text(NamedTuple):
    """A running text that was read: its cell, what it is called, and its slot key."""

    seen: Seen
    label: str
    key: str


@dataclass(slots=True)
class Page:
    """One sheet, row by row, with the cells that were used and the findings so far.

    `typed` says that the container holds nothing but text, so that a number which is text means nothing; `decimals`
    are those of the form's money; `measure` is the money measure that the sheet names, if it does.
    """

    workbook: RawWorkbook
    sheet: RawSheet
    file: str
    setting: Setting
    captions: Captions
    rows: dict[int, tuple[Seen, ...]] = field(default_factory=dict)
    used: set[tuple[int, int]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    typed: bool = False
    decimals: int = 0
    measure: str = ""
    merged: dict[tuple[int, int], CellRange] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)

    def number_format(self, cell: RawCell) -> str:
        styles = self.workbook.styles
        return styles[cell.style].number_format if cell.style < len(styles) else "General"

    def line(self, row: int, col: int) -> int:
        """The line of the file where it has lines, else the row."""
        return self.sheet.lines.get((row, col), row)

    def where(self, row: int, col: int) -> str:
        """A place for a sentence: the address, with the line of the file where the row's number is another."""
        line = self.line(row, col)
        return a1(row, col) if line == row else f"{a1(row, col)}/{line}"

    def source(self, seen: Seen | None) -> Source:
        return Source(self.sheet.name, "" if seen is None else a1(seen.row, seen.col))

    def say(
        self, code: Code, seen: Seen | None, key: str = "", severity: Severity | None = None, **args: object
    ) -> None:
        self.findings.append(finding(code, self.position(seen, key), severity, **args))

    def position(self, seen: Seen | None, key: str = "") -> Position:
        if seen is None:
            return Position(file=self.file, sheet=self.sheet.name, field=key)
        cell, line = a1(*seen.place), self.line(*seen.place)
        return Position(file=self.file, sheet=self.sheet.name, cell=cell, field=key, row=line)

    def use(self, *cells: Seen) -> None:
        self.used.update(cell.place for cell in cells)

    def free(self, row: int) -> list[Seen]:
        """The cells of a row that nothing was made of yet."""
        return [seen for seen in self.rows.get(row, ()) if seen.place not in self.used]

    def right(self, seen: Seen) -> int:
        """The last column that this cell covers."""
        return self.merged[seen.place].last_col if seen.place in self.merged else seen.col

    def bottom(self, seen: Seen) -> int:
        return self.merged[seen.place].last_row if seen.place in self.merged else seen.row

    def next_row(self, row: int) -> int | None:
        return next((other for other in self.rows if other > row), None)

    def marks(self, seen: Seen, label: str, key: str) -> None:
        """Say what was taken off an answer: markup and lost characters, each with its line."""
        self.texts.append(Text(seen, label, key))
        for mark in marks(seen.raw) if seen.cell.kind is CellKind.TEXT else ():
            self.say(mark.code, seen, key, None, label=label, **dict(mark.args))


def page_of(workbook: RawWorkbook, sheet: RawSheet, file: str, setting: Setting, texts: Captions) -> Page:
    """The sheet laid out row by row; cells that show nothing are reported and left out."""
    page = Page(workbook, sheet, file, setting, texts)
    page.merged = {(where.first_row, where.first_col): where for where in sheet.merges}
    page.typed = all(cell.kind is CellKind.TEXT for cell in sheet.cells.values())
    rows: dict[int, list[Seen]] = {}
    for place in sorted(sheet.cells):
        seen = _see(page, sheet.cells[place])
        if seen.text:
            rows.setdefault(seen.row, []).append(seen)
        elif seen.raw:
            _blank(page, seen)
    page.rows = {row: tuple(cells) for row, cells in rows.items()}
    return page


def _see(page: Page, cell: RawCell) -> Seen:
    raw = text_of(cell, page.number_format(cell), page.setting)
    if cell.kind is not CellKind.TEXT:
        return Seen(cell.row, cell.col, raw, raw.strip(), (), cell, ())
    cleaned = clean(in_lines(raw))
    return Seen(cell.row, cell.col, raw, cleaned.text, cleaned.notes, cell, page.captions.of(cleaned.text))


def _blank(page: Page, seen: Seen) -> None:
    """A cell of unseen characters; plain blanks are not worth a word."""
    if seen.cell.formula is not None:
        return
    unseen = sorted({f"U+{ord(char):04X}" for char in html.unescape(seen.raw) if char not in " \t\n\r"})
    if unseen:
        page.say(Code.EXT_BLANK_FILLED, seen, characters=" ".join(unseen))


def texts_of(cells: Iterable[Seen]) -> str:
    """The texts of some cells for a sentence, each cut short."""
    return "；".join(_short(cell.text) for cell in cells)


def _short(text: str, length: int = 30) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else f"{text[:length]}…"


def labelled(page: Page) -> Iterator[tuple[Seen, Caption]]:
    """Every cell with each of its meanings, in reading order."""
    for cells in page.rows.values():
        for seen in cells:
            for caption in seen.captions:
                yield seen, caption
