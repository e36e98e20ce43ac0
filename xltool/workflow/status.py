"""status: who has been sent a form, who has answered, and how each stands; the 台账, and whom to remind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import Role
from xltool.model.standing import Board, Standing, UnitRow
from xltool.reports.board import board_workbook
from xltool.reports.chase import chase_text
from xltool.store.entries import UnitStatus
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.opening import Opened, open_campaign, open_ledger
from xltool.workflow.undecided import undecided


@dataclass(frozen=True, slots=True)
class StatusResult:
    """Rows in roster order. `days_left` counts to the department's deadline, `final_days_left` to the finance
    bureau's; negative once it has passed. `chase` is the text of the 催报 list where that was asked for, `files` what
    was written."""

    department: str
    deadline: date | None
    days_left: int | None
    rows: tuple[UnitRow, ...]
    findings: tuple[Finding, ...]
    final_deadline: date | None = None
    final_days_left: int | None = None
    chase: str = ""
    files: tuple[Path, ...] = ()


def status(folder: Path, *, board: bool = False, chase: bool = False, context: Context) -> StatusResult:
    """How every unit of the roster stands. `board` writes 台账.xlsx, `chase` the 催报 list, both into the folder."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return StatusResult("", None, None, (), opened)
    campaign, today = opened.campaign, context.today()
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return StatusResult(campaign.department, campaign.deadline, None, (), (*opened.findings, ledger))
        known = {row.unit_code: row for row in ledger.status()}
        waiting = tuple(undecided(campaign, ledger))
    rows = tuple(_row(unit, known.get(unit.code)) for unit in campaign.units if _reports(unit, known))
    result = StatusResult(
        campaign.department, campaign.deadline, _left(campaign.deadline, today), rows, (*opened.findings, *waiting),
        campaign.final_deadline, _left(campaign.final_deadline, today),
    )  # fmt: skip
    return _written(opened, result, today, board=board, chase=chase)


def _written(opened: Opened, result: StatusResult, today: date, *, board: bool, chase: bool) -> StatusResult:
    shown = Board(opened.campaign, opened.form.title, today, result.rows)
    names = table("files")["board"]
    wanted: list[tuple[str, bytes]] = []
    text = chase_text(shown) if chase else ""
    if board:
        wanted.append((names["workbook"], board_workbook(opened.form, shown)))
    if chase:
        wanted.append((names["chase"], text.encode("utf-8-sig")))  # with the mark, or Notepad of old shows it as GBK
    done = [put(opened.folder / name, data) for name, data in wanted]
    findings = tuple(item for _, beside in done for item in beside)
    files = tuple(path for path, _ in done)
    return replace(result, chase=text, files=files, findings=(*result.findings, *findings))


def _left(deadline: date | None, today: date) -> int | None:
    return (deadline - today).days if deadline else None


def _reports(unit: ReportingUnit, known: dict[str, UnitStatus]) -> bool:
    """The department's own draft is no unit's form, unless it was given one and is checked like the others."""
    return unit.role is not Role.DEPARTMENT or unit.code in known


def _row(unit: ReportingUnit, known: UnitStatus | None) -> UnitRow:
    blank = UnitRow(unit.code, unit.name, Standing.NOT_ISSUED, contact=unit.contact, telephone=unit.telephone)
    if known is None:
        return blank
    return replace(
        blank, standing=_standing(known), issued=known.issued, returned=known.returned, received=known.received,
        accepted_issue=known.accepted_issue, last_issue=known.last_issue, errors=known.errors,
        warnings=known.warnings, held=known.held, last_received_at=known.last_received_at,
    )  # fmt: skip


def _standing(known: UnitStatus) -> Standing:
    if known.accepted_issue:
        if known.handed_in:
            return Standing.HANDED_IN
        return Standing.STAMPED if known.stamped else Standing.ACCEPTED
    if known.returned and known.last_issue > known.last_attempt:
        return Standing.RETURNED
    return Standing.RECEIVED if known.received else Standing.NOT_RECEIVED
