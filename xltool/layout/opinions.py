"""The 审核意见 sheet of a returned form: one line an opinion, linked to its cell, with room for the unit's reason.

Beside every row stands, hidden, its key and a fingerprint of each text of ours in it, so that whatever a unit writes
on this sheet can be told from it in the next round.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from xltool.layout.metrics import EXCEL_ROW_LIMIT, height_for_text
from xltool.layout.pages import Sheet, breaks_of, room_of, scale_of
from xltool.layout.style import DOUBTED, MARKED, TINT, Palette
from xltool.model.finding import Severity
from xltool.model.form import FormDefinition
from xltool.model.layout import PlanCell, Rule, SheetPlan, Style
from xltool.model.opinion import Opinion, OpinionState
from xltool.model.workbook import CellRange
from xltool.words import table

WIDTHS = (6.0, 9.0, 15.0, 8.0, 42.0, 32.0, 28.0, 9.0)
KEY_WIDTH = 4.0
KEY_COLUMN = len(WIDTHS) + 1
PRINT_COLUMN = KEY_COLUMN + 1  # the fingerprints of the row's texts
_LINK_COLUMN = 4
REASON_COLUMN = 7
REASON_LIMIT = 300
OUTSIDE_KEY = "outside"
NOTE = "n"  # marks the fingerprint of a cell note
_SIZE = 10.0


def fingerprint(text: str) -> str:
    """Tells our text from another one; white space does not count, because programs change it."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:8]


def opinions_sheet(
    form: FormDefinition,
    opinions: Sequence[Opinion],
    outside: Sequence[str] = (),
    *,
    places: Mapping[str, str] | None = None,
    notes: Iterable[str] = (),
    labels: Mapping[str, str] | None = None,
) -> SheetPlan:
    """`outside` are the texts that stood beside the form in the unit's file: kept here, because the form is new.

    `places` gives deadline, contact and telephone; `notes` are the cell notes on the form sheet of this workbook;
    `labels` name the places of the opinions by their keys.
    """
    words = table("workbook")["opinions"]
    page = _Page(Palette(form.sheet), form.sheet.name)
    page.across(words["title"], page.palette.band("title"), 30.0, prints=[f"{NOTE}{fingerprint(n)}" for n in notes])
    page.across(words["lead"], page.plain())
    if places:
        page.across(words["lead_deadline"].format_map(places), page.plain())
    page.headings(words["headings"])
    top = page.row
    for heading, tint, group in _groups(opinions):
        page.head(words[heading].format(count=len(group)), replace(page.palette.caption(), align="left", fill=tint))
        for opinion in group:
            page.opinion(opinion, tint, (labels or {}).get(opinion.key, ""))
    last = max(page.row - 1, top)
    if outside:
        page.head(words["outside"], page.palette.caption())
        for text in outside:
            page.across(text, page.plain(), key=OUTSIDE_KEY)
    rule = Rule(CellRange(top, REASON_COLUMN, last, REASON_COLUMN), "warn-length", (str(REASON_LIMIT),),
                words["reason_title"], words["reason_prompt"])  # fmt: skip
    paper = replace(form.sheet, tracks=WIDTHS, paper="A4", landscape=True)
    paged = Sheet(1, page.row - 1, dict(page.heights), (top - 1, top - 1), room_of(paper))
    return SheetPlan(
        words["sheet"], "visible", (*WIDTHS, KEY_WIDTH, KEY_WIDTH), tuple(page.heights), tuple(page.cells),
        hidden_columns=(KEY_COLUMN, PRINT_COLUMN), rules=(rule,) if opinions else (), landscape=True,
        print_area=CellRange(1, 1, page.row - 1, len(WIDTHS)), repeat_rows=(top - 1, top - 1), freeze_row=top - 1,
        scale=scale_of(paper), page_breaks=breaks_of(paged, page.cells, frozenset(), frozenset(page.heads), {}),
    )  # fmt: skip


def _groups(opinions: Sequence[Opinion]) -> Iterable[tuple[str, str, list[Opinion]]]:
    """What must be put right, what is to be looked at, and what was put right since; each with its tint."""
    open_ones = [item for item in opinions if item.state in (OpinionState.NEW, OpinionState.STANDING)]
    groups = (
        ("errors", MARKED, [item for item in open_ones if item.severity == Severity.ERROR]),
        ("warnings", DOUBTED, [item for item in open_ones if item.severity != Severity.ERROR]),
        ("fixed", "", [item for item in opinions if item.state is OpinionState.FIXED]),
    )
    return (group for group in groups if group[2])


@dataclass(slots=True)
class _Page:
    """The sheet while it is written, row by row from the top."""

    palette: Palette
    form_sheet: str
    row: int = 1
    number: int = 0
    cells: list[PlanCell] = field(default_factory=list)
    heights: list[tuple[int, float]] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)  # rows that must not end a printed page

    def plain(self) -> Style:
        return replace(self.palette.label("left"), size=_SIZE, border=False)

    def across(
        self, text: str, style: Style, height: float = 0.0, *, key: str = "", prints: Sequence[str] = ()
    ) -> None:
        self.cells.append(PlanCell(CellRange(self.row, 1, self.row, len(WIDTHS)), text, style))
        self._end(key, [f"1{fingerprint(text)}", *prints], height or height_for_text(text, sum(WIDTHS), style.size))

    def head(self, text: str, style: Style) -> None:
        """The heading of a group, which stays with the group's first row."""
        self.heads.append(self.row)
        self.across(text, style)

    def headings(self, texts: Sequence[str]) -> None:
        for column, text in enumerate(texts, start=1):
            self._single(column, text, self.palette.heading())
        self._end("", [f"{column}{fingerprint(text)}" for column, text in enumerate(texts, start=1)], 20.0)

    def opinion(self, opinion: Opinion, tint: str, label: str) -> None:
        words = table("workbook")["opinions"]
        done = opinion.state is OpinionState.FIXED
        style = replace(self.palette.label("left"), size=_SIZE, color="7F7F7F" if done else "")
        middle = replace(style, align="center")
        self.number += 1
        remedy = "" if done else opinion.remedy or words["as_asked"]
        ours = {
            1: str(self.number), 2: words["source"][opinion.source.value], 3: label or words["whole"],
            _LINK_COLUMN: opinion.cell or words["whole"], 5: opinion.problem, 6: remedy,
            8: words["state"][opinion.state.value],
        }  # fmt: skip
        link = f"internal:'{self.form_sheet}'!{opinion.cell}" if opinion.cell else ""
        styles = {1: replace(middle, fill=tint), _LINK_COLUMN: replace(middle, color="0563C1") if link else middle,
                  5: style, 6: style, 8: replace(middle, fill=tint)}  # fmt: skip
        for column, text in ours.items():
            self._single(column, text, styles.get(column, middle), link if column == _LINK_COLUMN else "")
        reason = replace(style, fill=TINT, locked=False, number_format="@")
        self._single(REASON_COLUMN, opinion.reason or None, reason)
        prints = [f"{column}{fingerprint(text)}" for column, text in ours.items()]
        self._end(opinion.key, prints, max(30.0, *(self._needed(column, text) for column, text in ours.items()),
                                           self._needed(REASON_COLUMN, opinion.reason)))  # fmt: skip

    def _single(self, column: int, text: str | None, style: Style, link: str = "") -> None:
        self.cells.append(PlanCell(CellRange(self.row, column, self.row, column), text, style, link=link))

    def _end(self, key: str, prints: Sequence[str], height: float) -> None:
        """Close the row: its key and fingerprints, its height."""
        if key:
            self._single(KEY_COLUMN, key, self.palette.hidden())
        self._single(PRINT_COLUMN, " ".join(prints), self.palette.hidden())
        self.heights.append((self.row, min(height, EXCEL_ROW_LIMIT)))
        self.row += 1

    def _needed(self, column: int, text: str) -> float:
        return height_for_text(text, WIDTHS[column - 1], _SIZE)
