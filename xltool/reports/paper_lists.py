"""The lists beside the working paper: rows to pick, close names, conflicts, values not used, and every source."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from xltool.consolidate import Deliberation
from xltool.consolidate.handing import handed_up
from xltool.consolidate.rows import Pick, row_traces
from xltool.findings import message
from xltool.findings.lists import cells_shown
from xltool.layout.paper_sheets import HEADING_ROW, Column, ListRow, list_sheet
from xltool.model.consolidation import Consolidation, Contribution
from xltool.model.finding import Severity
from xltool.model.form import Rows
from xltool.model.layout import SheetPlan
from xltool.model.opinion import Justified
from xltool.words import table

MOST_ROWS = 50_000  # of a list: beyond it the dataset's contributions.csv has the rest
MOST_LINKS = 60_000  # of a sheet: Excel takes 65,530


@dataclass(slots=True)
class Sources:
    """Every contribution with its row on the sheet 来源.

    `archive` gives the path of an original by its hash, and of the working paper of a node below by its file, both
    relative to this paper; `dataset` is that of the table that holds every contribution.
    """

    told: Sequence[Contribution]
    archive: Mapping[str, str]
    names: Mapping[str, str]
    dataset: str = "dataset/contributions.csv"
    rows: dict[tuple[str, str, str], int] = field(init=False)

    def __post_init__(self) -> None:
        listed = enumerate(self.told[:MOST_ROWS], start=HEADING_ROW + 1)
        self.rows = {(item.unit_code, item.key, item.column): row for row, item in listed}

    def link(self, item: Contribution) -> str:
        """The place on 来源 that says where this value stands; of a node's figure the cell of its own paper."""
        if handed_up(item):
            return self.original(item)
        row = self.rows.get((item.unit_code, item.key, item.column))
        return f"internal:'{table('working_paper')['sheets']['sources']}'!A{row}" if row else ""

    def original(self, item: Contribution) -> str:
        """The archived file at its cell. Nobody but the person who clicks ever follows it."""
        path = self.archive.get(item.sha256 or item.file, "")
        if not path or not item.cell or '"' in path or "#" in path:
            return ""
        sheet = item.sheet.replace("'", "''")
        return f"external:{path}#'{sheet}'!{item.cell}"

    def name(self, item: Contribution) -> str:
        return self.names.get(item.figure, item.figure)


def sources_sheet(sources: Sources) -> SheetPlan:
    words = table("working_paper")
    columns = [Column(key, text, width) for (key, text), width in zip(
        words["source_headings"].items(), (26.0, 22.0, 56.0, 7.0, 16.0, 36.0, 38.0, 12.0, 9.0, 8.0), strict=True
    )]  # fmt: skip
    yes, no, open_ = (words["values"][key] for key in ("yes", "no", "open"))
    rows = []
    for number, item in enumerate(sources.told[:MOST_ROWS]):
        original = sources.original(item) if number < MOST_LINKS else ""
        contents = (
            sources.name(item), item.unit_name, item.text, yes if item.used else no, _reason(item), item.file,
            item.sha256, item.sheet, item.cell, open_ if original else None,
        )  # fmt: skip
        rows.append(ListRow(contents, ("",) * 9 + (original,)))
    if len(sources.told) > MOST_ROWS:
        rest = cut_note(len(sources.told))
        rows.append(ListRow((rest, *(None for _ in columns[1:])), (f"external:{sources.dataset}",)))
    note = words["title"]["sources"] + cut_note(len(sources.told))
    return list_sheet(words["sheets"]["sources"], note, columns, rows)


def cut_note(count: int) -> str:
    """What a list says that ends before all of this many are in it."""
    return table("working_paper")["title"]["cut"].format(count=MOST_ROWS) if count > MOST_ROWS else ""


def _reason(item: Contribution) -> str:
    reasons: dict[str, str] = table("working_paper")["reasons"]
    return reasons.get(item.reason, item.reason)


def unused_sheet(sources: Sources) -> SheetPlan:
    words = table("working_paper")
    columns = [Column(key, text, width) for (key, text), width in zip(
        words["unused_headings"].items(), (30.0, 24.0, 50.0, 24.0), strict=True
    )]  # fmt: skip
    left = [item for item in sources.told if not item.used]
    rows = [
        ListRow(
            (sources.name(item), item.unit_name, item.text, _reason(item)),
            ("", sources.link(item) if item.text and number < MOST_LINKS else ""),
        )
        for number, item in enumerate(left[:MOST_ROWS])
    ]
    return list_sheet(words["sheets"]["unused"], words["title"]["unused"] + cut_note(len(left)), columns, rows)


def reasons_sheet(justified: Sequence[Justified], names: Mapping[str, str]) -> SheetPlan:
    """What units answered to opinions they did not follow; `names` by unit code."""
    words = table("working_paper")
    columns = [Column(key, text, width) for (key, text), width in zip(
        words["justified_headings"].items(), (24.0, 10.0, 60.0, 60.0), strict=True
    )]  # fmt: skip
    rows = [ListRow((names[item.unit_code], item.cell or None, item.problem, item.reason)) for item in justified]
    return list_sheet(words["sheets"]["reasons"], words["title"]["justified"], columns, rows)


def conflicts_sheet(result: Consolidation, places: Mapping[str, int]) -> SheetPlan:
    """What keeps the 汇总表 a draft, and warnings; each with its row of 底稿 where it is about one."""
    words = table("working_paper")
    columns = [Column(key, text, width) for (key, text), width in zip(
        words["conflict_headings"].items(), (8.0, 10.0, 12.0, 110.0), strict=True
    )]  # fmt: skip
    severities = {Severity.ERROR: words["values"]["conflict"], Severity.WARNING: ""}
    found = [item for item in result.findings if item.severity in severities]
    rows = []
    for item in sorted(found, key=lambda item: item.severity is not Severity.ERROR):
        row = places.get(item.position.field)
        place = f"B{row}" if row else cells_shown(item.position.cell, "zh")
        link = f"internal:'{words['sheets']['paper']}'!B{row}" if row else ""
        rows.append(ListRow((severities[item.severity], item.code, place, message(item)), ("", "", link)))
    return list_sheet(words["sheets"]["conflicts"], words["title"]["conflicts"], columns, rows)


def near_sheet(made: Deliberation, token: str) -> SheetPlan:
    """Close names to be declared one, and those that were."""
    words = table("working_paper")
    widths = (34.0, 30.0, 34.0, 30.0, 10.0, 12.0, 30.0)
    columns = [Column(key, text, width, key in ("include", "reason")) for (key, text), width in zip(
        words["near_headings"].items(), widths, strict=True
    )]  # fmt: skip
    flags = words["values"]
    rows = []
    for one, other, reason in made.merged:
        names = (one.partition(":")[2] or one, "", other.partition(":")[2] or other, "")
        rows.append(_near_row((*names, None, flags["yes"], reason or None), f"same:{one}|{other}"))
    for pair in made.near:
        names = (pair.name_one, "、".join(pair.units_one), pair.name_other, "、".join(pair.units_other))
        rows.append(_near_row((*names, Decimal(pair.score), flags["no"], None), pair.key))
    return list_sheet(words["sheets"]["near"], words["title"]["near"], columns, rows, token=token)


def _near_row(contents: tuple[str | Decimal | None, ...], key: str) -> ListRow:
    issued = json.dumps(["", "", "", str(contents[5]), "", str(contents[6] or "")], ensure_ascii=False)
    return ListRow(contents, behind=(key, "", issued))


def picks_sheet(block: Rows, name: str, picks: Sequence[Pick], sources: Sources, token: str) -> SheetPlan:
    """All units' rows of one block, each to be picked or left out, and in which order."""
    words = table("working_paper")
    headings, flags = words["row_headings"], words["values"]
    answers = [Column(column.key, column.label, 18.0 if column.max_length <= 60 else 60.0) for column in block.columns]
    columns = [
        Column("unit", headings["unit"], 24.0), *answers, Column("include", headings["include"], 12.0, True),
        Column("order", headings["order"], 8.0, True), Column("reason", headings["reason"], 24.0, True),
    ]  # fmt: skip
    rows = [_pick_row(block, pick, flags, sources) for pick in picks if pick.row.answer.block == block.frame.key]
    caption = block.frame.caption or name
    return list_sheet(name, words["title"]["rows"].format(block=caption), columns, rows, token=token)


def _pick_row(block: Rows, pick: Pick, flags: Mapping[str, str], sources: Sources) -> ListRow:
    row = pick.row
    given = {answer.key: answer for answer in row.answer.answers}
    texts = [given[column.key].text if column.key in given else None for column in block.columns]
    flag = flags["yes"] if pick.order else flags["no"]
    reason = pick.decision.reason if pick.decision else ""
    order = Decimal(pick.order) if pick.order else None
    issued = json.dumps(["", "", "", flag, str(pick.order or ""), reason], ensure_ascii=False)
    return ListRow(
        (row.unit.name, *texts, flag, order, reason or None), (_link(pick, sources),), (pick.key, pick.inputs, issued)
    )


def _link(pick: Pick, sources: Sources) -> str:
    """From the unit's name to the source of its row; texts bear no links, LibreOffice would show them on one line."""
    told = zip(pick.row.answer.answers, row_traces(pick.row), strict=True)
    return next((sources.link(trace) for given, trace in told if given.text), "")
