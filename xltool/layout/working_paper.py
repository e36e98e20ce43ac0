"""底稿: the sheet on which the coordinator decides, laid out from its rows, with live formulas and drop-downs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

from xltool.addresses import absolute, letters
from xltool.layout.metrics import height_for_text
from xltool.layout.paper import (
    BANDS,
    COLUMNS,
    HEADING_ROW,
    HIDDEN,
    NUMERIC,
    SOURCES_NAME,
    TEXTUAL,
    Content,
    Paper,
    PaperRow,
    column_of,
)
from xltool.layout.paper_formulas import Bands, RowFormulas
from xltool.layout.style import LOCKED, MISSING, TINT, WRONG
from xltool.model.layout import Mark, PlanCell, Rule, SheetPlan, Style
from xltool.model.workbook import CellRange
from xltool.words import table

_LEFT_OUT, _CHOSEN = "E7E6E6", "E2EFDA"
_WIDTHS = {
    "path": 18.0, "name": 30.0, "column": 9.0, "rule": 16.0, "source": 18.0, "result": 30.0, "status": 8.0,
    "override": 20.0, "include": 8.0, "order": 7.0, "reason": 20.0, "units_total": 17.0,
}  # fmt: skip
_CHILD_WIDTH = 18.0
_FONT, _SIZE, _HEIGHT, _TALLEST, _HEADING = "宋体", 10.0, 28.0, 150.0, 42.0


def paper_sheet(paper: Paper) -> SheetPlan:
    """The sheet: title, status line, headings, one row a figure, the hidden columns behind the values."""
    return _PaperSheet(paper).plan()


class _PaperSheet:
    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.words = table("working_paper")
        self.children = len(paper.children)
        self.last = HEADING_ROW + len(paper.rows)
        self.width = column_of("restated", self.children) + self.children - 1
        places = {name: column_of(name, self.children) for name in (*COLUMNS, *HIDDEN, *BANDS)}
        self.bands = Bands(
            slots=self.children, heading_row=HEADING_ROW, last_row=self.last,
            **{name: places[name] for name in Bands.__dataclass_fields__ if name in places},
        )  # fmt: skip

    def plan(self) -> SheetPlan:
        cells = [*self._top(), *self._headings()]
        for number, row in enumerate(self.paper.rows, start=HEADING_ROW + 1):
            cells += self._row(number, row)
        first_hidden = column_of("key", self.children)
        widths = (*_WIDTHS.values(), *(_CHILD_WIDTH for _ in range(self.children)))
        hidden = tuple(range(first_hidden, self.width + 1))
        tall = {n: _height(row) for n, row in enumerate(self.paper.rows, HEADING_ROW + 1)}
        return SheetPlan(
            self.words["sheets"]["paper"], "visible", (*widths, *(9.0 for _ in hidden)),
            ((1, 30.0), (2, 22.0), (3, 30.0), (HEADING_ROW, _HEADING), *tall.items()), tuple(cells),
            hidden_columns=hidden, rules=tuple(self._rules()) if self.paper.rows else (), marks=tuple(self._marks()),
            paper="A3", landscape=True, repeat_rows=(HEADING_ROW, HEADING_ROW), freeze_row=HEADING_ROW, freeze_column=2,
            print_area=CellRange(1, 1, self.last, len(COLUMNS) + self.children),
            filter_range=CellRange(HEADING_ROW, 1, max(self.last, HEADING_ROW + 1), len(COLUMNS) + self.children),
        )  # fmt: skip

    def _top(self) -> Iterator[PlanCell]:
        words, last = self.words, len(COLUMNS)
        yield PlanCell(CellRange(1, 1, 1, last), self.paper.title, Style(_FONT, 16.0, bold=True, border=False))
        status, stands = self._down("status"), self._down("stands")
        count = f'COUNTIFS({status},"{words["values"]["conflict"]}",{stands},"<>{words["values"]["no"]}")'
        before, _, after = words["title"]["pending"].partition("{count}")
        settled = words["title"]["settled"]
        open_ = sum(
            row.status == words["values"]["conflict"] and self._stands(number) is not False
            for number, row in enumerate(self.paper.rows)
        )
        text = f"{before}{open_}{after}" if open_ else settled
        formula = f'=IF({count}=0,"{settled}","{before}"&{count}&"{after}")' if self.paper.rows else ""
        style = Style(_FONT, _SIZE, bold=True, border=False, color="C00000", fill="FFF2CC")
        yield PlanCell(CellRange(2, 1, 2, last), text, style, formula)
        guide = words["title"]["guide"] + self.paper.note
        yield PlanCell(CellRange(3, 1, 3, last), guide, Style(_FONT, 9.0, border=False))

    def _down(self, name: str) -> str:
        """All cells of a column below its heading."""
        column = column_of(name, self.children)
        return f"{absolute(HEADING_ROW + 1, column)}:{absolute(self.last, column)}"

    def _leader(self, place: int) -> int:
        """The row, counted from 0, whose selection decides about this one."""
        while place and self.paper.rows[place].follows:
            place -= 1
        return place

    def _stands(self, place: int) -> bool | None:
        return self.paper.rows[self._leader(place)].include

    def _headings(self) -> Iterator[PlanCell]:
        style = Style(_FONT, _SIZE, bold=True, align="center", fill=LOCKED)
        for name in COLUMNS:
            yield _one(HEADING_ROW, column_of(name, self.children), self.words["headings"][name], style)
        for place, child in enumerate(self.paper.children, start=len(COLUMNS) + 1):
            yield _one(HEADING_ROW, place, child.heading, style)
        key = column_of("key", self.children)
        yield _one(HEADING_ROW, key, self.paper.token, _hidden())
        for offset, name in enumerate(HIDDEN[1:], start=1):
            yield _one(HEADING_ROW, key + offset, name, _hidden())
        for place, child in enumerate(self.paper.children, start=self.bands.owners):
            yield _one(HEADING_ROW, place, child.code, _hidden())

    def _row(self, number: int, row: PaperRow) -> Iterator[PlanCell]:
        places = {name: column_of(name, self.children) for name in (*COLUMNS, *HIDDEN)}
        label, open_ = Style(_FONT, _SIZE), Style(_FONT, _SIZE, fill=TINT, locked=False, number_format="@")
        closed, asked = replace(label, fill=LOCKED), row.include is not None
        formulas = None
        if row.live is not None:
            formulas = RowFormulas(self.bands, self.paper.words, row.live, number, row.base, row.base_status)
        shape = replace(label, number_format=row.number_format, bold=True, align="right" if row.numeric else "left",
                        valign="top" if _height(row) > _HEIGHT else "vcenter")  # fmt: skip
        typed = replace(open_, number_format=row.number_format if row.numeric else "@")
        flags = self.words["values"]
        include = None if row.include is None else flags["yes"] if row.include else flags["no"]
        order = Decimal(row.order) if row.order else None
        yield from (_one(number, places[name], getattr(row, name), label) for name in ("path", "name", "column"))
        yield _one(number, places["rule"], row.rule, open_ if row.rules else closed)
        yield _one(number, places["source"], row.source, open_ if row.live is not None else closed)
        yield _one(number, places["result"], row.result, shape, formulas.result() if formulas else self._fixed(number))
        yield _one(number, places["status"], row.status, replace(label, align="center"),
                   formulas.status() if formulas else self._fixed_status(number, row.status))  # fmt: skip
        yield _one(number, places["override"], row.override, typed)
        yield _one(number, places["include"], include, replace(open_ if asked else closed, align="center"))
        yield _one(number, places["order"], order, replace(open_ if asked else closed, align="center",
                                                           number_format="0"))  # fmt: skip
        yield _one(number, places["reason"], row.reason or None, open_)
        yield self._units_total(number, row, formulas)
        for place, cell in enumerate(row.cells, start=len(COLUMNS) + 1):
            right = isinstance(cell.content, Decimal)
            style = _child_style(cell.tint, cell.number_format, linked=bool(cell.link), right=right)
            yield PlanCell(CellRange(number, place, number, place), cell.content, style, link=cell.link)
        yield from self._behind(number, row, formulas)

    def _fixed(self, number: int) -> str:
        """A figure that no rule forms, unless a final value is typed."""
        override, kept = (f"${letters(column)}{number}" for column in (self.bands.override, self.bands.kept))
        return f'=IF({override}<>"",{override},IF({kept}="","",{kept}))'

    def _fixed_status(self, number: int, status: str) -> str:
        return f'=IF(${letters(self.bands.override)}{number}<>"","{self.paper.words.resolved}","{status}")'

    def _units_total(self, number: int, row: PaperRow, formulas: RowFormulas | None) -> PlanCell:
        shape = Style(_FONT, _SIZE, align="right", number_format=row.number_format)
        place = column_of("units_total", self.children)
        if formulas is None or row.live is None or not row.live.numeric:
            return _one(number, place, None, shape)
        numbers = [n for n in row.live.numbers if n is not None]
        return _one(number, place, sum(numbers, Decimal(0)) if numbers else "", shape, formulas.units_total())

    def _behind(self, number: int, row: PaperRow, formulas: RowFormulas | None) -> Iterator[PlanCell]:
        """The hidden columns: what reading back needs, and the bands of the formulas."""
        start = column_of("key", self.children)
        texts = (row.key, row.inputs, row.issued, NUMERIC if row.numeric else TEXTUAL)
        for offset, text in enumerate(texts):
            yield _one(number, start + offset, text, _hidden())
        lead = HEADING_ROW + 1 + self._leader(number - HEADING_ROW - 1)
        if self.paper.rows[lead - HEADING_ROW - 1].include is not None:
            flag = self.words["values"]["yes" if self._stands(number - HEADING_ROW - 1) else "no"]
            formula = f"=${letters(column_of('include', self.children))}{lead}"
            yield _one(number, column_of("stands", self.children), flag, _hidden(), formula)
        if row.live is None or formulas is None:
            yield _one(number, self.bands.kept, row.result, _hidden(isinstance(row.result, Decimal)))
            return
        live = row.live
        label = self.paper.words.rules[row.base]
        effective = row.rule.removeprefix(self.paper.words.default) or label
        yield _one(number, self.bands.effective, effective, _hidden(), formulas.effective())
        if live.kept:
            yield _one(number, self.bands.kept, live.kept, _hidden())
        columns: tuple[tuple[int, tuple[Content | int | None, ...]], ...] = (
            (self.bands.owners, live.owners), (self.bands.classes, live.classes), (self.bands.numbers, live.numbers),
            (self.bands.orders, live.orders), (self.bands.texts, live.texts), (self.bands.restated, live.restated),
        )  # fmt: skip
        for first, band in columns:
            for place, item in enumerate(band, start=first):
                if item is not None and item != "":
                    content = Decimal(item) if isinstance(item, int) else item
                    yield _one(number, place, content, _hidden(isinstance(content, Decimal)))

    def _rules(self) -> Iterator[Rule]:
        prompts, errors = self.words["prompts"], self.words["prompts"]["error"]
        flags = (self.words["values"]["yes"], self.words["values"]["no"])
        title = prompts["title"]
        for number, row in enumerate(self.paper.rows, start=HEADING_ROW + 1):
            if row.rules:
                where = self._where(number, "rule")
                yield Rule(where, "list", row.rules, title, prompts["rule"], title, errors)
            if row.live is not None:
                where = self._where(number, "source")
                yield Rule(where, "warn-list", (f"={SOURCES_NAME}",), title, prompts["source"], title, errors)
            if row.include is not None:
                where = self._where(number, "include")
                yield Rule(where, "list", flags, title, prompts["include"], title, errors)
            if row.numeric:
                where = self._where(number, "override")
                here = f"{letters(where.first_col)}{number}"
                number_rule = f"ISNUMBER({here})"
                yield Rule(where, "custom", (number_rule,), title, prompts["override"], title, prompts["number"])

    def _where(self, number: int, name: str) -> CellRange:
        column = column_of(name, self.children)
        return CellRange(number, column, number, column)

    def _marks(self) -> Iterator[Mark]:
        """Rows that wait for a decision, figures nobody gave, what is left out of the form, rules that were chosen."""
        if not self.paper.rows:
            return
        first = HEADING_ROW + 1
        status, stands, rule = (
            f"${letters(column_of(name, self.children))}{first}" for name in ("status", "stands", "rule")
        )
        values = self.words["values"]
        area = CellRange(first, 1, self.last, self.bands.status)
        for key, fill in (("conflict", WRONG), ("missing", MISSING)):
            yield Mark(area, f'AND({status}="{values[key]}",{stands}<>"{values["no"]}")', fill)
        whole = CellRange(first, 1, self.last, len(COLUMNS) + self.children)
        yield Mark(whole, f'{stands}="{values["no"]}"', _LEFT_OUT)
        mark = self.paper.words.default
        chosen = CellRange(first, self.bands.rule, self.last, self.bands.source)
        yield Mark(chosen, f'AND(TRIM({rule})<>"",LEFT({rule},{len(mark)})<>"{mark}")', _CHOSEN)


def _one(row: int, column: int, content: Content | None, style: Style, formula: str = "") -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), content, style, formula)


@cache
def _child_style(tint: str, number_format: str, *, linked: bool, right: bool) -> Style:
    color, align = "0563C1" if linked else "", "right" if right else "left"
    return Style(_FONT, _SIZE, fill=tint, number_format=number_format, color=color, align=align)


def _height(row: PaperRow) -> float:
    """Room for the result's whole text, as far as a row can have it on a screen."""
    if not isinstance(row.result, str) or len(row.result) * 2 <= _WIDTHS["result"]:
        return _HEIGHT
    return min(_TALLEST, max(_HEIGHT, height_for_text(row.result, _WIDTHS["result"], _SIZE)))


_HIDDEN = {
    number: Style(_FONT, 8.0, border=False, wrap=False, number_format="General" if number else "@")
    for number in (True, False)
}


def _hidden(number: bool = False) -> Style:
    return _HIDDEN[number]
