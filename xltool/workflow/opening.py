"""Opening what every verb begins with: the campaign folder, its form, its key and its ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from xltool import campaign as campaigns
from xltool.collect.examine import Reading
from xltool.collect.given import given_in
from xltool.definition import load_earlier, load_form, load_renames
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import FormDefinition, Rename, Role
from xltool.store.entries import Fault, Unavailable
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.allocation import allocation_faults
from xltool.workflow.context import Context
from xltool.workflow.filling import filling_of
from xltool.workflow.review import review_faults


@dataclass(frozen=True, slots=True)
class Opened:
    """A campaign that can be worked with: its folder, what it says, its form and its signing key."""

    folder: Path
    campaign: Campaign
    form: FormDefinition
    key: bytes
    findings: tuple[Finding, ...]
    earlier: tuple[FormDefinition, ...] = ()
    renames: tuple[Rename, ...] = ()
    passwords: tuple[str, ...] = field(default=(), repr=False)


def open_campaign(folder: Path, context: Context) -> Opened | tuple[Finding, ...]:
    """The campaign of this folder, or the findings that say why it cannot be opened."""
    campaign, findings = campaigns.load(folder)
    if campaign is None:
        return findings
    own = (*context.form_folders, folder / "forms")
    form, form_findings = load_form(campaign.form_id, own)
    if form is not None:
        form_findings = (*form_findings, *allocation_faults(form, campaign), *review_faults(form, campaign))
        form = replace(form, checks=(*form.checks, *campaign.review.checks))
    findings = (*findings, *form_findings)
    if form is None or any(item.severity is Severity.ERROR for item in findings):
        return findings
    earlier, faults = load_earlier(form.id, own)
    renames, more_faults = load_renames(form.id, own)
    passwords, password_faults = campaigns.load_passwords(folder)
    findings = (*findings, *faults, *more_faults, *password_faults)
    return Opened(folder, campaign, form, campaigns.key(folder), findings, earlier, renames, passwords)


@contextmanager
def open_ledger(folder: Path, *, alone: bool = False) -> Iterator[Ledger | Finding]:
    """The campaign's ledger, or the finding that says why it cannot be used now.

    With `alone` no other run that writes works beside this one; it waits for its turn.
    """
    with Ledger.open(campaigns.ledger(folder), alone=alone) as ledger:
        yield unavailable(ledger) if isinstance(ledger, Unavailable) else ledger


_UNAVAILABLE = {
    Fault.BUSY: Code.COL_LEDGER_BUSY,
    Fault.FOREIGN: Code.COL_LEDGER_FOREIGN,
    Fault.NEWER: Code.COL_LEDGER_NEWER,
}


def unavailable(fault: Unavailable) -> Finding:
    return finding(_UNAVAILABLE[fault.fault], Position(file=fault.path.name), ledger=fault.path.name)


def reading_of(opened: Opened) -> Reading:
    """What examining a returned file needs to know of the campaign."""
    places = {"department": opened.campaign.department, "year": str(opened.campaign.year)}
    forms = (opened.form, *opened.earlier)
    given = {unit.code: given_in(opened.form, filling_of(opened.form, opened.campaign, unit))
             for unit in opened.campaign.units if unit.role is not Role.DEPARTMENT}  # fmt: skip
    guide = guide_places(opened.campaign)
    return Reading(forms, opened.campaign, opened.key, places, guide, opened.renames, given, opened.passwords)


def guide_places(campaign: Campaign) -> dict[str, str]:
    """Deadline, contact and telephone as the guide prints them."""
    words = table("workbook")["guide"]
    deadline = campaign.deadline
    return {
        "deadline": words["date"].format(year=deadline.year, month=deadline.month, day=deadline.day)
        if deadline
        else words["no_deadline"],
        "contact": campaign.contact,
        "telephone": campaign.telephone,
    }
