"""Cases on consolidation: four units' accepted answers as records, the campaign's rules, what was decided or typed."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission, an_indicator
from xltool.collect.decisions import Known, read_decisions
from xltool.consolidate import Deliberation, deliberate
from xltool.consolidate.climbing import climb
from xltool.layout.paper import token
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.consolidation import Consolidation
from xltool.model.decision import Decision
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Role, Tree
from xltool.model.review import Approved
from xltool.model.submission import RowAnswer, Submission
from xltool.reports.working_paper import working_paper
from xltool.words import table

BUREAU = ReportingUnit("D", "民政局", Role.DEPARTMENT)


def run(case: dict[str, Any], _: Path) -> tuple[Finding, ...]:
    """The findings of consolidating, or where cells of the working paper were `typed`, those of reading it back.

    With `parents` units stand below others, and the findings are those of the top.
    """
    campaign = a_campaign([RuleLine(**line) for line in case.get("rules", ())])
    form, submissions = _form(case), _submissions(case)
    if "approved" in case:
        totals = (Approved(BUREAU.code, key, Decimal(amount), key) for key, amount in case["approved"].items())
        campaign = replace(campaign, units=(BUREAU, *campaign.units), approved=tuple(totals))
    if "draft" in case:
        campaign = replace(campaign, units=(BUREAU, *campaign.units))
        submissions["D"] = a_submission("D", fields={"budget.total": None}, rows=_rows(case["draft"]))
    if "parents" in case:
        units = tuple(replace(unit, parent=case["parents"].get(unit.code, unit.parent)) for unit in campaign.units)
        return climb(form, replace(campaign, units=units), submissions, {}).made.result.findings
    first = deliberate(form, campaign, submissions)
    if "typed" in case:
        return _read(case, form, campaign, first)
    now = {one.key: one.inputs for one in first.formed}
    decisions = [Decision(**line) for line in case.get("decisions", ())]
    told = [replace(item, inputs=now[item.figure]) if item.inputs == "now" else item for item in decisions]
    return deliberate(form, campaign, submissions, told).result.findings


def consolidated(case: dict[str, Any]) -> tuple[FormDefinition, Campaign, Consolidation]:
    """The form, the campaign and what the units' answers come to."""
    campaign = a_campaign([RuleLine(**line) for line in case.get("rules", ())])
    form = _form(case)
    return form, campaign, deliberate(form, campaign, _submissions(case)).result


def _form(case: dict[str, Any]) -> FormDefinition:
    """The small form, its levels with a maximum where the case has one."""
    form = a_form()
    if "maximum" not in case:
        return form
    blocks = tuple(
        replace(block, leaves=tuple(replace(leaf, maximum=case["maximum"]) for leaf in block.leaves))
        if isinstance(block, Tree)
        else block
        for block in form.blocks
    )
    return replace(form, blocks=blocks)


def _submissions(case: dict[str, Any]) -> dict[str, Submission]:
    submissions = {}
    for unit in UNITS:
        said = case.get("units", {}).get(unit.code, {})
        if said.get("absent"):
            continue
        given_fields = said.get("fields", {}).items()
        fields = {key: value if isinstance(value, str) else Decimal(value) for key, value in given_fields}
        given = [
            an_indicator(name, target, level=case.get("level", "output.quantity"), row=number)
            for number, (name, target) in enumerate(said.get("indicators", {}).items(), start=1)
        ]
        rows = _rows(said.get("rows", {}))
        submissions[unit.code] = a_submission(unit.code, fields=fields, rows=rows, indicators=given)
    return submissions


def _rows(said: Mapping[str, str]) -> list[RowAnswer]:
    return [a_row(number, title, text) for number, (title, text) in enumerate(said.items(), start=1)]


def _read(
    case: dict[str, Any], form: FormDefinition, campaign: Campaign, made: Deliberation
) -> tuple[Finding, ...]:
    """The working paper with `typed` cells (name of the row, heading of the column, value), read back."""
    words = table("working_paper")
    issued = replace(campaign, id=case.get("campaign", campaign.id))
    book = openpyxl.load_workbook(io.BytesIO(working_paper(form, issued, "", made, {})))
    page = book[words["sheets"]["paper"]]
    heading = next(n for n in range(1, 9) if page.cell(n, 1).value == words["headings"]["path"])
    columns = {str(cell.value): place for place, cell in enumerate(page[heading], start=1)}
    rows = {str(page.cell(n, 2).value): n for n in range(page.max_row, heading, -1)}
    for name, column, value in case["typed"]:
        page.cell(rows[name], columns[column]).value = value
    out = io.BytesIO()
    book.save(out)
    known = Known(
        token(campaign.id, ""), campaign.id, frozenset(unit.code for unit in UNITS), {},
        {one.key: one.inputs for one in made.formed}, "2024-03-01T08:00:00+00:00",
    )  # fmt: skip
    return read_decisions(out.getvalue(), "底稿.xlsx", known).findings
