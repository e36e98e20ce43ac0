"""What stands in a unit's form before the unit has written anything."""

from __future__ import annotations

from xltool.layout.grid import Filling
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.form import FormDefinition
from xltool.workflow.allocation import allocated_rows
from xltool.workflow.suggestions import suggested


def filling_of(form: FormDefinition, campaign: Campaign, unit: ReportingUnit) -> Filling:
    """What stands in a unit's form beforehand: its names, roster columns named after a field or a source, the
    indicators it was allocated, and where there are any, last year's answers to begin with."""
    prefill = {name: text for name, text in unit.prefill if text}
    sources = prefill | {
        "unit.name": unit.name,
        "unit.full_name": unit.full_name or unit.name,
        "unit.contact": unit.contact,
        "unit.telephone": unit.telephone,
        "department.name": campaign.department,
    }
    optional = {block.frame.key for block in form.blocks if block.frame.optional}
    rows = allocated_rows(form, campaign, unit)
    return Filling(
        contents={**suggested(form, campaign, unit, rows.contents), **prefill, **rows.contents},
        counts=rows.counts,
        places={"department": campaign.department, "year": str(campaign.year)},
        sources=sources,
        optional_blocks=frozenset(optional if campaign.sign_block else ()),
        ids=rows.ids,
        locked=rows.locked,
        offered=rows.offered,
    )
