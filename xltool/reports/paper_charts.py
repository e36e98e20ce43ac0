"""What the charts of the working paper show: how far it is, what the units' money is made of, indicators by level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from xltool.addresses import a1, absolute
from xltool.consolidate import Deliberation
from xltool.consolidate.fields import scalars
from xltool.findings import Code
from xltool.layout.paper import COLUMNS, HEADING_ROW, Paper, column_of
from xltool.layout.paper_charts import MOST_BARS, ChartTable, Figure, charts_sheet
from xltool.model.campaign import Campaign
from xltool.model.form import FormDefinition, Role, Tree
from xltool.model.layout import SheetPlan
from xltool.reports.structure import sums
from xltool.words import table

_TEN_THOUSAND = Decimal(10_000)


def paper_charts(form: FormDefinition, campaign: Campaign, made: Deliberation, paper: Paper) -> SheetPlan:
    """The sheet of charts; its figures are formulas on the sheet 底稿."""
    words = table("working_paper")
    charts = _Charts(form, campaign, made, paper)
    tables = (charts.progress(), charts.units(), *charts.money(), *charts.levels())
    return charts_sheet(words["sheets"]["charts"], words["charts"]["note"], tables)


class _Charts:
    def __init__(self, form: FormDefinition, campaign: Campaign, made: Deliberation, paper: Paper) -> None:
        self.form, self.campaign, self.made = form, campaign, made
        self.rows, self.children = paper.rows, paper.children
        self.words = table("working_paper")
        self.said, self.values = self.words["charts"], self.words["values"]
        self.sheet = self.words["sheets"]["paper"]
        self.last = HEADING_ROW + max(1, len(self.rows))

    def progress(self) -> ChartTable:
        """Rows of the paper by status; what is left out of the form does not count."""
        status, include = self._column("status"), self._column("include")
        no = self.values["no"]
        standing = Counter(row.status for row in self.rows if row.include is not False)
        told = (self.values[key] for key in ("resolved", "conflict", "missing"))
        rows = tuple(
            (word, (Figure(f'=COUNTIFS({status},"{word}",{include},"<>{no}")', Decimal(standing[word])),))
            for word in told
        )
        return ChartTable(self.said["progress"], (self.said["row"], self.said["rows"]), rows)

    def units(self) -> ChartTable:
        """How many of the units' forms are there."""
        awaited = next((dict(item.args) for item in self.made.result.findings if item.code == Code.AGG_UNITS), None)
        units = sum(1 for unit in self.campaign.units if unit.role is not Role.DEPARTMENT)
        accepted = int(awaited["accepted"]) if awaited else max(units, len(self.made.result.units))
        expected = int(awaited["expected"]) if awaited else accepted
        counts = ((self.said["accepted"], accepted), (self.said["awaited"], expected - accepted))
        rows = tuple((name, (Figure("", Decimal(count)),)) for name, count in counts)
        return ChartTable(self.said["units"], (self.said["row"], self.said["of_units"]), rows)

    def money(self) -> Iterator[ChartTable]:
        """For each total that the form adds up: its parts, unit by unit, the largest first."""
        names = {scalar.key: scalar.spellings[0] for scalar in scalars(self.form)}
        places = {one.question.key: n for n, one in enumerate(self.made.formed) if one.kind == "field"}
        whole = self.form.money == "元"
        measure = self.said["ten_thousand"] if whole else self.form.money
        for _, total, parts in sums(self.form):
            if not {total, *parts} <= places.keys():
                continue
            rows = sorted(self._by_unit(places[total], [places[key] for key in parts], whole), key=_largest_first)
            parted = "、".join(names[key] for key in parts)
            title = self.said["parts"].format(total=names[total], parts=parted, measure=measure)
            if len(rows) > MOST_BARS:
                title = self.said["cut"].format(title=title, count=MOST_BARS)
            if rows:
                headings = (self.said["unit"], *(names[key] for key in parts))
                told = tuple((name, figures) for name, _, figures in rows)
                yield ChartTable(title, headings, told, stacked=True, number_format="#,##0.00")

    def _by_unit(
        self, total: int, parts: Sequence[int], whole: bool
    ) -> Iterator[tuple[str, Decimal, tuple[Figure | None, ...]]]:
        """Name, total and parts of each unit that gave any; `whole` amounts are shown in ten thousands."""
        for place, cell in enumerate(self.rows[total].cells):
            figures = tuple(self._amount(part, place, whole) for part in parts)
            if any(figures):
                amount = cell.content if isinstance(cell.content, Decimal) else Decimal(0)
                yield self.children[place].heading, amount, figures

    def _amount(self, row: int, place: int, whole: bool) -> Figure | None:
        content = self.rows[row].cells[place].content
        if not isinstance(content, Decimal):
            return None
        cell = f"'{self.sheet}'!{a1(HEADING_ROW + 1 + row, len(COLUMNS) + 1 + place)}"
        if not whole:
            return Figure(f"={cell}", content)
        return Figure(f"={cell}/{_TEN_THOUSAND}", round(content / _TEN_THOUSAND, 10))

    def levels(self) -> Iterator[ChartTable]:
        """Indicators that stand in the form, by level."""
        path, include, yes = self._column("path"), self._column("include"), self.values["yes"]
        counted = Counter(row.path for row in self.rows if row.include)
        rows = []
        for tree in (block for block in self.form.blocks if isinstance(block, Tree)):
            for level in (leaf for leaf in tree.leaves if leaf.entry != "none"):
                name = " / ".join(level.path)
                formula = f'=COUNTIFS({path},"{name}",{include},"{yes}")'
                rows.append((level.path[-1], (Figure(formula, Decimal(counted[name])),)))
        if rows:
            yield ChartTable(self.said["levels"], (self.said["level"], self.said["count"]), tuple(rows))

    def _column(self, name: str) -> str:
        column = column_of(name, 0)
        return f"'{self.sheet}'!{absolute(HEADING_ROW + 1, column)}:{absolute(self.last, column)}"


def _largest_first(row: tuple[str, Decimal, tuple[Figure | None, ...]]) -> Decimal:
    return -row[1]
