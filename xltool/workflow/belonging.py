"""Whose a file is where it does not prove it: scans by their name or their company, and what a person says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xltool.collect.examine import Examination
from xltool.collect.identities import Assigned
from xltool.collect.naming import named_by
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position
from xltool.store.entries import Attempt, AttemptStatus
from xltool.store.ledger import Ledger

_CHANGEABLE = (AttemptStatus.REFUSED, AttemptStatus.ERRORS, AttemptStatus.WITHDRAWN)


def is_scan(examination: Examination) -> bool:
    return any(item.code == Code.FILE_PICTURE_OR_PDF for item in examination.findings)


def with_owner(examination: Examination, campaign: Campaign, beside: Iterable[tuple[str, str]] = ()) -> Examination:
    """A scan as that of the unit which its file name, its zip's or its mail's names, else of the one unit whose forms
    came with it (`beside`: names and unit codes of what came). What a scan holds proves nothing."""
    code, _ = named_by(examination.file, campaign.units)
    outer = examination.file.rpartition("/")[0]
    company = {unit for name, unit in beside if outer and unit and name.startswith(f"{outer}/")}
    if not code and len(company) == 1:
        code = company.pop()
    if not code:
        return examination
    unit = next(unit for unit in campaign.units if unit.code == code)
    findings = [replace(item, position=replace(item.position, unit_code=code)) for item in examination.findings]
    kept = finding(Code.FILE_SCAN_KEPT, Position(file=examination.file, unit_code=code), unit=unit.name, unit_code=code)
    return replace(examination, findings=(*findings, kept))


def assigned(
    campaign: Campaign, ledger: Ledger, unit_code: str, sheet: str, files: Sequence[object]
) -> Assigned | Finding | None:
    """What a person says of one file; the finding where that is no unit or not one file; None where nothing is said."""
    if not unit_code:
        return None
    if all(unit.code != unit_code for unit in campaign.units):
        return finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=unit_code), unit=unit_code)
    if len(files) != 1:
        return finding(Code.COL_ONE_FILE, Position(unit_code=unit_code), count=len(files), unit_code=unit_code)
    return Assigned(unit_code, max(ledger.next_issue(unit_code) - 1, 1), sheet)


def is_open(attempts: Sequence[Attempt]) -> bool:
    """Whether a person may still say whose form this is: nothing that counts was read from it."""
    return not attempts or any(item.status in _CHANGEABLE for item in attempts)
