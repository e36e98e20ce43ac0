"""init: a campaign folder for one form, one year and one roster."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xltool import campaign as campaigns
from xltool.campaign.previous import NAME as PREVIOUS
from xltool.campaign.previous import previous_table
from xltool.campaign.roster import NAMES as ROSTERS
from xltool.campaign.settings import NAME as CAMPAIGN
from xltool.definition import load_form
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Severity
from xltool.workflow.context import Context
from xltool.workflow.previous import previous_answers


@dataclass(frozen=True, slots=True)
class InitResult:
    """`folder` holds the campaign unless a finding says why not."""

    folder: Path
    units: int
    findings: tuple[Finding, ...]


def init(  # noqa: PLR0913  # one for each thing a new round may be told
    folder: Path,
    form_id: str,
    *,
    year: int | None = None,
    units: Path | None = None,
    department: str = "",
    deadline: date | None = None,
    previous: Path | None = None,
    context: Context,
) -> InitResult:
    """Lay out the folder and copy the roster in. Without a year it is the form's own.

    `previous` is last year's campaign, or its dataset: its accepted texts and targets become the starting point of
    each unit's form, and a campaign's roster this year's where no other is given.
    """
    form, findings = load_form(form_id, context.form_folders)
    if form is None:
        return InitResult(folder, 0, findings)
    campaign = Campaign(
        id=f"{year or form.year}-{secrets.token_hex(4)}",
        form_id=form.id,
        year=year or form.year,
        department=department or folder.resolve().name,
        deadline=deadline,
        contact="",
        telephone="",
        units=(),
    )
    if previous is not None:
        if (previous / CAMPAIGN).is_file():
            units = units or next((path for name in ROSTERS if (path := previous / name).is_file()), None)
        answers, faults = previous_answers(previous, form, context)
        findings = (*findings, *faults)
        if any(item.severity is Severity.ERROR for item in faults):
            return InitResult(folder, 0, findings)
    faults = campaigns.create(folder, campaign, units)
    if faults:
        return InitResult(folder, 0, (*findings, *faults))
    if previous is not None:
        (folder / PREVIOUS).write_text(previous_table(answers), encoding="utf-8-sig", newline="")
    loaded, load_findings = campaigns.load(folder)
    if loaded is None and units is None:
        return InitResult(folder, 0, findings)  # an empty roster is still to be filled in
    return InitResult(folder, len(loaded.units) if loaded else 0, (*findings, *load_findings))
