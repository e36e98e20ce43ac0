"""What came after a unit's accepted form and changed nothing, said until somebody decides about it."""

from __future__ import annotations

from collections.abc import Iterator

from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position
from xltool.store.entries import AttemptStatus
from xltool.store.ledger import Ledger


def undecided(campaign: Campaign, ledger: Ledger) -> Iterator[Finding]:
    """A finding for each file of a later issue than the accepted one, clean or not."""
    names = {unit.code: unit.name for unit in campaign.units}
    for row in ledger.status():
        if not row.accepted_issue or row.last_attempt <= row.accepted_issue:
            continue
        for item in ledger.attempts(row.unit_code):
            if item.issue > row.accepted_issue and item.status in (AttemptStatus.HELD, AttemptStatus.ERRORS):
                where = Position(file=item.file, unit_code=item.unit_code)
                yield finding(
                    Code.COL_NEWER_HELD, where, unit=names.get(item.unit_code, item.unit_code),
                    unit_code=item.unit_code, accepted=row.accepted_issue, issue=item.issue, file_name=item.file,
                )  # fmt: skip
