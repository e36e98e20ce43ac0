"""status: who has been sent a form, who has answered, and how each stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import Role
from xltool.store.entries import UnitStatus
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.opening import open_campaign, open_ledger


class Standing(StrEnum):
    """How a unit stands; the words for each are in the words files."""

    NOT_ISSUED = "not-issued"  # 未发
    NOT_RECEIVED = "not-received"  # 未报
    ERRORS = "errors"  # 已报，有错误
    HELD = "held"  # 已报待审: other content under an accepted number
    ACCEPTED = "accepted"  # 已通过


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the roster. `accepted_issue` is 0 where none is accepted."""

    code: str
    name: str
    standing: Standing
    issued: int
    received: int
    accepted_issue: int
    errors: int
    warnings: int
    contact: str
    telephone: str


@dataclass(frozen=True, slots=True)
class StatusResult:
    """Rows in roster order. `days_left` counts to the deadline, negative once it has passed."""

    department: str
    deadline: date | None
    days_left: int | None
    rows: tuple[UnitRow, ...]
    findings: tuple[Finding, ...]


def status(folder: Path, *, context: Context) -> StatusResult:
    """The board of a campaign, from its roster and its ledger."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return StatusResult("", None, None, (), opened)
    campaign = opened.campaign
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return StatusResult(campaign.department, campaign.deadline, None, (), (*opened.findings, ledger))
        known = {row.unit_code: row for row in ledger.status()}
    rows = tuple(_row(unit, known.get(unit.code)) for unit in campaign.units if unit.role is not Role.DEPARTMENT)
    left = (campaign.deadline - context.now().date()).days if campaign.deadline else None
    return StatusResult(campaign.department, campaign.deadline, left, rows, opened.findings)


def _row(unit: ReportingUnit, known: UnitStatus | None) -> UnitRow:
    return UnitRow(
        unit.code,
        unit.name,
        _standing(known),
        known.issued if known else 0,
        known.received if known else 0,
        known.accepted_issue if known else 0,
        known.errors if known else 0,
        known.warnings if known else 0,
        unit.contact,
        unit.telephone,
    )


def _standing(known: UnitStatus | None) -> Standing:
    if known is None:
        return Standing.NOT_ISSUED
    if known.held:
        return Standing.HELD
    if known.accepted_issue:
        return Standing.ACCEPTED
    return Standing.ERRORS if known.received else Standing.NOT_RECEIVED
