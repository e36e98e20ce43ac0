"""Cases on what people decide about attempts, and on forms filled on an earlier version."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl

from tests.finding_cases.campaigns import CONTEXT, EXAMPLE
from tests.test_ledger import ERROR, an_arrival, opened
from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.layout.form import lay_out
from xltool.model.finding import Finding
from xltool.model.form import Profile
from xltool.store.entries import Act, Attempt, Unavailable
from xltool.workflow.collect import collect
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import Reissue, generate
from xltool.workflow.opening import Opened, open_campaign

ACT = Act("某某", "2024-03-05T10:00", "核对无误")
NEW_FORM = Path(__file__).parents[1] / "forms" / "minhang-v2"
UNIT = "002"


def decided(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """`steps`: record an attempt (issue, content, whether with errors), accept one, or reopen the unit's form."""
    found: list[Finding] = []
    attempts: dict[str, Attempt] = {}
    outcome: Attempt | Finding | Unavailable
    with opened(folder) as ledger:
        for step in case["steps"]:
            name = step.get("content", "a")
            if step["do"] == "record":
                arrival = an_arrival(issue=step.get("issue", 1), content=name)
                outcome = ledger.record(replace(arrival, findings=(ERROR,) if step.get("errors") else ()))
            elif step["do"] == "accept":
                outcome = ledger.accept(attempts[name], ACT)
            else:
                outcome = ledger.reopen("001", ACT)
            if isinstance(outcome, Attempt):
                attempts[name] = outcome
            elif isinstance(outcome, Finding):
                found.append(outcome)
    return tuple(found)


def carried(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    """A unit's form filled in on version 1, collected when the round has moved on to version 2."""
    place = folder / "round"
    place.mkdir()
    for name in ("campaign.toml", "campaign.key", "units.csv"):
        shutil.copyfile(EXAMPLE / name, place / name)
    campaigns.outbox(place).mkdir()
    campaigns.inbox(place).mkdir()
    issued = generate(place, (UNIT,), context=CONTEXT).generated[0].file
    known = open_campaign(place, CONTEXT)
    assert isinstance(known, Opened)
    unit = next(unit for unit in known.campaign.units if unit.code == UNIT)
    layout = lay_out(known.form, unit.role, Profile.FILL, filling_of(known.form, known.campaign, unit))
    book = openpyxl.load_workbook(issued)
    for slot in layout.slots:
        if slot.key in case.get("type", {}):
            cell = a1(slot.range.first_row, slot.range.first_col)
            book[layout.sheet.name][cell] = case["type"][slot.key]
    book.save(campaigns.inbox(place) / issued.name)
    if "rows" in case:
        return generate(place, (UNIT,), reissue=Reissue(case["rows"]), context=CONTEXT).findings
    shutil.copytree(NEW_FORM, place / "forms" / "minhang-2024")
    return collect(place, context=CONTEXT).files[0].findings
