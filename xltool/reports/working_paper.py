"""底稿: a consolidation poured into the working paper in which the coordinator decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from xltool.consolidate import Deliberation
from xltool.consolidate.handing import contributions_of
from xltool.consolidate.question import Candidate
from xltool.excel.write import write
from xltool.layout.paper import HEADING_ROW, Child, Paper, PaperRow, token
from xltool.layout.paper_formulas import Words
from xltool.layout.paper_sheets import sources_list
from xltool.layout.working_paper import paper_sheet
from xltool.model.campaign import Campaign
from xltool.model.form import FormDefinition, Role, Rows
from xltool.model.layout import WorkbookPlan
from xltool.model.opinion import Justified
from xltool.reports.paper_charts import paper_charts
from xltool.reports.paper_lists import (
    MOST_LINKS,
    Sources,
    conflicts_sheet,
    cut_note,
    near_sheet,
    picks_sheet,
    reasons_sheet,
    sources_sheet,
    unused_sheet,
)
from xltool.reports.paper_places import row_sheets
from xltool.reports.paper_rows import Labels, paper_row
from xltool.words import table


def working_paper(
    form: FormDefinition, campaign: Campaign, node: str, made: Deliberation, archive: Mapping[str, str],
    justified: Sequence[Justified] = (),
) -> bytes:  # fmt: skip
    """The workbook. `campaign` is as it stands at the node; `archive` gives each original's path by its hash,
    relative to where the paper will lie; `justified` are all units' reasons for leaving something as it was."""
    words = table("working_paper")
    labels, children = _labels(campaign, made), _children(campaign, made)
    names = _names(form, made)
    place = "../dataset" if node else "dataset"
    sources = Sources(tuple(contributions_of(made.result)), archive, names, f"{place}/contributions.csv")
    linked = 0

    def link(candidate: Candidate) -> str:
        nonlocal linked
        linked += 1
        return sources.link(candidate.trace) if linked <= MOST_LINKS else ""

    rows = tuple(paper_row(one, children, labels, link, made.weighing) for one in made.formed)
    mark = token(campaign.id, node)
    title = words["title"]["paper"].format(department=campaign.department, year=campaign.year, form=form.short_title)
    paper = Paper(mark, title, children, rows, _paper_words(labels), cut_note(len(sources.told)))
    places = _places(made, rows)
    sheets = [paper_sheet(paper)]
    names_of_rows = row_sheets(form)
    blocks = (block for block in form.blocks if isinstance(block, Rows))
    sheets += [picks_sheet(block, names_of_rows[block.frame.key], made.picks, sources, mark) for block in blocks]
    sheets += [near_sheet(made, mark), conflicts_sheet(made.result, places), unused_sheet(sources)]
    mine = [item for item in justified if item.unit_code in labels.units]
    sheets += [reasons_sheet(mine, labels.units)] if mine else []
    sheets += [paper_charts(form, campaign, made, paper), sources_sheet(sources), sources_list(_sources(labels))]
    return write(WorkbookPlan(tuple(replace(sheet, gridlines=True) for sheet in sheets), title=title))


def _children(campaign: Campaign, made: Deliberation) -> tuple[Child, ...]:
    """A column for each unit of the roster, and a further one where a unit entered one thing twice."""
    most: dict[str, int] = {}
    for one in made.formed:
        for code, count in Counter(item.unit.code for item in one.candidates).items():
            most[code] = max(most.get(code, 1), count)
    found = []
    for unit in campaign.units:
        if unit.role is not Role.DEPARTMENT or unit.code in most:
            numbers = range(1, most.get(unit.code, 1) + 1)
            found += [Child(unit.code, unit.name if n == 1 else f"{unit.name} ({n})") for n in numbers]
    return tuple(found)


def _labels(campaign: Campaign, made: Deliberation) -> Labels:
    aliases: dict[str, list[str]] = table("campaign")["rule_names"]
    rules = {rule: names[0] for rule, names in aliases.items()}
    for one in made.formed:
        for rule in (one.base_ruling.rule, one.ruling.rule):
            rules.setdefault(rule, rule)
    units = {unit.code: unit.name for unit in campaign.units}
    fields = (one for one in made.formed if one.kind == "field" and one.question.numeric)
    return Labels(rules, units, {one.question.key: one.question.name for one in fields})


def _paper_words(labels: Labels) -> Words:
    values = table("working_paper")["values"]
    return Words(labels.rules, values["default"], values["resolved"], values["conflict"], values["missing"])


def _sources(labels: Labels) -> tuple[str, ...]:
    units = (f"{code} {name}" for code, name in labels.units.items())
    return (*units, *labels.weights.values())


def _names(form: FormDefinition, made: Deliberation) -> dict[str, str]:
    names = {figure.key: figure.label for figure in made.result.fields}
    names |= {figure.key: figure.name for figure in made.result.indicators}
    names |= {block.frame.key: block.frame.caption for block in form.blocks if isinstance(block, Rows)}
    return names


def _places(made: Deliberation, rows: tuple[PaperRow, ...]) -> dict[str, int]:
    """The row of 底稿 by what findings call a figure: its own key, or the row's."""
    found: dict[str, int] = {}
    for number, (one, row) in enumerate(zip(made.formed, rows, strict=True), start=HEADING_ROW + 1):
        found.setdefault(one.question.key, number)
        found[row.key] = number
    return found
