"""The sheets beside 底稿: rows to pick, close names, conflicts, values not used, sources, and the list of sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from xltool.layout.metrics import height_for_text
from xltool.layout.paper import SOURCES_NAME
from xltool.layout.rules import list_reference
from xltool.layout.style import LOCKED, TINT
from xltool.model.layout import PlanCell, Rule, SheetPlan, Style
from xltool.model.workbook import CellRange
from xltool.words import table

Content = str | Decimal
HEADING_ROW = 3
_FONT, _SIZE, _TALLEST = "宋体", 10.0, 400.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: `open` may be typed into; `key` says what it is when the sheet is read back."""

    key: str
    heading: str
    width: float
    open: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: contents and links by column; `behind` are key, digest of inputs and what was issued, for decisions."""

    contents: tuple[Content | None, ...]
    links: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()


def list_sheet(
    name: str, note: str, columns: Sequence[Column], rows: Sequence[ListRow], *, token: str = ""
) -> SheetPlan:
    """A plain table with its note on top. With a `token` the rows carry hidden keys and are read back."""
    hidden = len(columns) + 1
    cells = [PlanCell(CellRange(1, 1, 1, len(columns)), note, Style(_FONT, _SIZE, border=False))]
    heading = Style(_FONT, _SIZE, bold=True, align="center", fill=LOCKED)
    cells += [_one(HEADING_ROW, place, column.heading, heading) for place, column in enumerate(columns, start=1)]
    if token:
        cells.append(_one(HEADING_ROW, hidden, token, _HIDDEN))
    heights = [(1, height_for_text(note, sum(column.width for column in columns), _SIZE)), (HEADING_ROW, 22.0)]
    for number, row in enumerate(rows, start=HEADING_ROW + 1):
        cells += _cells(number, columns, row)
        heights.append((number, _height(columns, row)))
    last = HEADING_ROW + len(rows)
    return SheetPlan(
        name, "visible", (*(column.width for column in columns), 9.0, 9.0, 9.0), tuple(heights), tuple(cells),
        hidden_columns=tuple(range(hidden, hidden + 3)), rules=_rules(columns, last) if rows else (),
        landscape=True, repeat_rows=(HEADING_ROW, HEADING_ROW), freeze_row=HEADING_ROW,
        print_area=CellRange(1, 1, last, len(columns)),
    )  # fmt: skip


def _height(columns: Sequence[Column], row: ListRow) -> float:
    """Room for the longest text of the row; a text as short as its column needs no measuring."""
    pairs = zip(row.contents, columns, strict=True)
    long = [(c, column.width) for c, column in pairs if isinstance(c, str) and (2 * len(c) > column.width or "\n" in c)]
    return min(_TALLEST, max([20.0, *(height_for_text(text, width, _SIZE) for text, width in long)]))


def _cells(number: int, columns: Sequence[Column], row: ListRow) -> list[PlanCell]:
    links = (*row.links, *("" for _ in columns))
    found = []
    for place, (column, content) in enumerate(zip(columns, row.contents, strict=True), start=1):
        link = links[place - 1]
        style = _style(is_number=isinstance(content, Decimal), is_open=column.open, linked=bool(link))
        found.append(PlanCell(CellRange(number, place, number, place), content, style, link=link))
    found += [_one(number, place, text, _HIDDEN) for place, text in enumerate(row.behind, start=len(columns) + 1)]
    return found


@cache
def _style(*, is_number: bool, is_open: bool, linked: bool) -> Style:
    return Style(_FONT, _SIZE, fill=TINT if is_open else "", locked=not is_open,
                 number_format="0" if is_number else "@", color="0563C1" if linked else "")  # fmt: skip


def _rules(columns: Sequence[Column], last: int) -> tuple[Rule, ...]:
    words = table("working_paper")
    flags = (words["values"]["yes"], words["values"]["no"])
    prompts = words["prompts"]
    return tuple(
        Rule(CellRange(HEADING_ROW + 1, place, last, place), "list", flags, prompts["title"], prompts["include"],
             prompts["title"], prompts["error"])
        for place, column in enumerate(columns, start=1)
        if column.open and column.key == "include"
    )  # fmt: skip


def sources_list(labels: Sequence[str]) -> SheetPlan:
    """The hidden list behind the drop-down of 牵头单位 and weights."""
    name = table("working_paper")["sheets"]["lists"]
    cells = tuple(_one(row, 1, label, _HIDDEN) for row, label in enumerate(labels, start=1))
    reference = (SOURCES_NAME, list_reference(name, 1, 1, max(1, len(labels))))
    return SheetPlan(name, "hidden", (30.0,), (), cells, names=(reference,))


def sheet_name(text: str, taken: Sequence[str]) -> str:
    """A name every program accepts for a sheet, of 31 characters and unlike the others."""
    plain = "".join(" " if char in "[]:*?/\\'" else char for char in text).strip()[:28] or "_"
    names, number = {name.lower() for name in taken}, 2
    found = plain
    while found.lower() in names:
        found = f"{plain}{number}"
        number += 1
    return found


def _one(row: int, column: int, content: Content | None, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), content, style)


_HIDDEN = Style(_FONT, 8.0, border=False, wrap=False, number_format="@")
