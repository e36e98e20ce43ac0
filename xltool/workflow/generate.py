"""generate: one locked workbook for each reporting unit that still needs one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.excel.identity import sign
from xltool.excel.write import write
from xltool.findings import Code, finding
from xltool.layout.grid import Filling
from xltool.layout.workbook import Common, Stamp, common_sheets, unit_workbook
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition, Role
from xltool.model.submission import Identity
from xltool.store.entries import Issue, Unavailable
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.allocation import allocated_rows
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.opening import Opened, open_campaign, open_ledger, unavailable


@dataclass(frozen=True, slots=True)
class Generated:
    """One workbook that was written."""

    unit_code: str
    unit_name: str
    issue: int
    file: Path


@dataclass(frozen=True, slots=True)
class GenerateResult:
    """`generated` in roster order; `kept` are the codes of units that have their workbook already."""

    generated: tuple[Generated, ...]
    kept: tuple[str, ...]
    findings: tuple[Finding, ...]


def generate(
    folder: Path, units: Sequence[str] = (), *, more_rows: Mapping[str, int] | None = None, context: Context
) -> GenerateResult:
    """Write the workbooks of the units that have none yet; named units get their next issue.

    `more_rows` gives further rows per level or block key, for units whose spare rows ran out.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return GenerateResult((), (), opened)
    known = {unit.code: unit for unit in opened.campaign.units}
    strangers = tuple(finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=code), unit=code) for code in units
                      if code not in known)  # fmt: skip
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return GenerateResult((), (), (*opened.findings, ledger))
        wanted = [known[code] for code in units if code in known] or _without_workbook(opened.campaign, ledger, units)
        made, findings = _generate_all(opened, ledger, wanted, more_rows or {}, context)
    done = {item.unit_code for item in made}
    kept = tuple(code for code in known if code not in done and not units)
    return GenerateResult(made, kept, (*opened.findings, *strangers, *findings))


def _without_workbook(campaign: Campaign, ledger: Ledger, units: Sequence[str]) -> list[ReportingUnit]:
    if units:
        return []
    return [unit for unit in campaign.units if ledger.next_issue(unit.code) == 1 and unit.role is not Role.DEPARTMENT]


def _generate_all(
    opened: Opened, ledger: Ledger, wanted: Iterable[ReportingUnit], more_rows: Mapping[str, int], context: Context
) -> tuple[tuple[Generated, ...], list[Finding]]:
    made: list[Generated] = []
    findings: list[Finding] = []
    units = list(wanted)
    common = {role: common_sheets(opened.form, role, guide_places(opened.campaign))
              for role in {unit.role for unit in units}}  # fmt: skip
    for done, unit in enumerate(units, start=1):
        issue = ledger.next_issue(unit.code)
        token, data = unit_bytes(opened, unit, issue, common[unit.role], more_rows)
        name = campaigns.outbox_name(unit, opened.form, opened.campaign.year, issue)
        path, written = put(campaigns.outbox(opened.folder) / name, data)
        findings.extend(written)
        digest = hashlib.sha256(data).hexdigest()
        recorded = ledger.issue(Issue(unit.code, issue, token, path.name, digest, context.now().isoformat()))
        if isinstance(recorded, Unavailable):
            return tuple(made), [*findings, unavailable(recorded)]
        made.append(Generated(unit.code, unit.name, issue, path))
        context.progress(done, len(units))
    return tuple(made), findings


def unit_bytes(
    opened: Opened, unit: ReportingUnit, issue: int, common: Common, more_rows: Mapping[str, int] | None = None
) -> tuple[str, bytes]:
    """The token and the workbook of one unit."""
    form, campaign = opened.form, opened.campaign
    token = sign(Identity(form.id, form.version, campaign.id, unit.code, issue, unit.role.value), opened.key)
    filling = filling_of(form, campaign, unit, more_rows or {})
    lines = (("form", form.id), ("version", form.version), ("campaign", campaign.id), ("unit", unit.code),
             ("name", unit.name), ("issue", str(issue)))  # fmt: skip
    _, plan = unit_workbook(form, unit.role, filling, Stamp(token, lines), common, campaign.password)
    return token, write(plan)


def filling_of(
    form: FormDefinition, campaign: Campaign, unit: ReportingUnit, more_rows: Mapping[str, int]
) -> Filling:
    """What stands in a unit's form beforehand: its names, roster columns named after a field or a source, and the
    indicators it was allocated."""
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
        contents=prefill | rows.contents,
        counts=rows.counts | dict(more_rows),
        places={"department": campaign.department, "year": str(campaign.year)},
        sources=sources,
        optional_blocks=frozenset(optional if campaign.sign_block else ()),
        ids=rows.ids,
        locked=rows.locked,
        offered=rows.offered,
    )


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
