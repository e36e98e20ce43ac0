"""init: a campaign folder for one form, one year and one roster."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xltool import campaign as campaigns
from xltool.definition import load_form
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding
from xltool.workflow.context import Context


@dataclass(frozen=True, slots=True)
class InitResult:
    """`folder` holds the campaign unless a finding says why not."""

    folder: Path
    units: int
    findings: tuple[Finding, ...]


def init(
    folder: Path,
    form_id: str,
    *,
    year: int | None = None,
    units: Path | None = None,
    department: str = "",
    deadline: date | None = None,
    context: Context,
) -> InitResult:
    """Lay out the folder and copy the roster in. Without a year it is the form's own."""
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
    faults = campaigns.create(folder, campaign, units)
    if faults:
        return InitResult(folder, 0, (*findings, *faults))
    loaded, load_findings = campaigns.load(folder)
    if loaded is None and units is None:
        return InitResult(folder, 0, findings)  # an empty roster is still to be filled in
    return InitResult(folder, len(loaded.units) if loaded else 0, (*findings, *load_findings))
