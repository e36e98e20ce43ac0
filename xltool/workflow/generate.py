"""generate: one locked workbook for each reporting unit that still needs one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from xltool import campaign as campaigns
from xltool.collect.given import given_in
from xltool.collect.typed import Typed
from xltool.excel.identity import sign
from xltool.excel.press import press
from xltool.excel.write import write
from xltool.findings import Code, finding
from xltool.layout.grid import Filling
from xltool.layout.workbook import Common, Stamp, common_sheets, unit_workbook, usual_rows
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition, Role
from xltool.model.submission import Identity
from xltool.store.entries import Issue, Unavailable
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.draft import Begun, begin, draft_plan
from xltool.workflow.files import put
from xltool.workflow.filling import filling_of
from xltool.workflow.opening import Opened, guide_places, open_campaign, open_ledger, unavailable
from xltool.workflow.reissue import last_typed


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


@dataclass(frozen=True, slots=True)
class Reissue:
    """How a further issue differs from a blank one: `more_rows` per level or block key, and whether it holds what the
    unit's last file held, in the current version of the form."""

    more_rows: Mapping[str, int] = field(default_factory=dict)
    carry_over: bool = False


def generate(
    folder: Path, units: Sequence[str] = (), *, reissue: Reissue | None = None, draft: bool = False, context: Context
) -> GenerateResult:
    """Write the workbooks of the units that have none yet; named units get their next issue.

    A reissue without named units goes to every unit that was given a workbook before. With `draft` the department's
    own draft is made instead, begun from what the units have handed in.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return GenerateResult((), (), opened)
    if draft and not units:
        units = tuple(unit.code for unit in opened.campaign.units if unit.role is Role.DEPARTMENT)
        if not units:
            nobody = finding(Code.AGG_NO_DEPARTMENT, department=opened.campaign.department)
            return GenerateResult((), (), (*opened.findings, nobody))
    known = {unit.code: unit for unit in opened.campaign.units}
    strangers = tuple(finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=code), unit=code) for code in units
                      if code not in known)  # fmt: skip
    wrong = (*strangers, *_unknown_parts(opened.form, reissue.more_rows if reissue else {}))
    if wrong:
        return GenerateResult((), (), (*opened.findings, *wrong))
    with open_ledger(folder, alone=True) as ledger:
        if not isinstance(ledger, Ledger):
            return GenerateResult((), (), (*opened.findings, ledger))
        wanted = [known[code] for code in units] or _wanted(opened.campaign, ledger, issued=reissue is not None)
        made, findings = _generate_all(opened, ledger, wanted, reissue or Reissue(), context)
    done = {item.unit_code for item in made}
    kept = tuple(code for code in known if code not in done and not units)
    return GenerateResult(made, kept, (*opened.findings, *findings))


def _wanted(campaign: Campaign, ledger: Ledger, *, issued: bool) -> list[ReportingUnit]:
    """The units that have a workbook, or those that have none yet; the department's own draft is no unit's form."""
    units = [unit for unit in campaign.units if unit.role is not Role.DEPARTMENT]
    return [unit for unit in units if (ledger.next_issue(unit.code) > 1) is issued]


def _unknown_parts(form: FormDefinition, more_rows: Mapping[str, int]) -> Iterator[Finding]:
    known = usual_rows(form)
    for part in more_rows:
        if part not in known:
            yield finding(Code.DEF_PART_UNKNOWN, part=part, known=", ".join(known))


def _generate_all(
    opened: Opened, ledger: Ledger, wanted: Iterable[ReportingUnit], reissue: Reissue, context: Context
) -> tuple[tuple[Generated, ...], list[Finding]]:
    made: list[Generated] = []
    findings: list[Finding] = []
    units = list(wanted)
    common = {role: common_sheets(opened.form, role, guide_places(opened.campaign))
              for role in {unit.role for unit in units}}  # fmt: skip
    for done, unit in enumerate(units, start=1):
        issue = ledger.next_issue(unit.code)
        was = last_typed(opened, ledger, unit.code) if reissue.carry_over or reissue.more_rows else None
        filling = _refilled(opened, unit, was, reissue)
        if unit.role is Role.DEPARTMENT:
            begun = begin(opened, unit, ledger.accepted(), filling, usual_rows(opened.form))
            if isinstance(begun, Finding):
                findings.append(begun)
                continue
            token, data = _draft_bytes(opened, unit, issue, common[unit.role], begun)
        else:
            token, data = unit_bytes(opened, unit, issue, common[unit.role], filling)
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


def _refilled(opened: Opened, unit: ReportingUnit, was: Typed | None, reissue: Reissue) -> Filling:
    """The unit's form as it would be issued anew, with what it typed before, and larger where that was asked."""
    rows = usual_rows(opened.form)
    plain = filling_of(opened.form, opened.campaign, unit)
    sizes = {**rows, **plain.counts, **(was.counts if was else {})}
    counts = {part: sizes[part] + more for part, more in reissue.more_rows.items()}
    kept = {part: count for part, count in sizes.items() if count > rows.get(part, count)}
    given = given_in(opened.form, plain).contents  # not the unit's to change, so not taken from what came back
    own = {key: content for key, content in was.contents.items() if key not in given} if was else {}
    contents = {**plain.contents, **own}
    return replace(plain, contents=contents, counts={**plain.counts, **kept, **counts})


def _draft_bytes(opened: Opened, unit: ReportingUnit, issue: int, common: Common, begun: Begun) -> tuple[str, bytes]:
    """The token and the workbook of the department's own draft."""
    token = _token(opened, unit, issue)
    return token, write(draft_plan(opened, begun, stamp_of(opened, unit, issue, token), common))


def _token(opened: Opened, unit: ReportingUnit, issue: int) -> str:
    form = opened.form
    return sign(Identity(form.id, form.version, opened.campaign.id, unit.code, issue, unit.role.value), opened.key)


def unit_bytes(
    opened: Opened, unit: ReportingUnit, issue: int, common: Common, filling: Filling
) -> tuple[str, bytes]:
    """The token and the workbook of one unit."""
    form, campaign = opened.form, opened.campaign
    token = _token(opened, unit, issue)
    stamp = stamp_of(opened, unit, issue, token)
    _, plan = unit_workbook(form, unit.role, filling, stamp, common, campaign.password)
    given = (*filling.contents.values(), *filling.sources.values(), *(text for _, text in stamp.lines))
    return token, press(plan, (token, *(text for text in given if isinstance(text, str))))


def stamp_of(opened: Opened, unit: ReportingUnit, issue: int, token: str) -> Stamp:
    """The token, and beside it what the workbook says of itself in the clear."""
    lines = (("form", opened.form.id), ("version", opened.form.version), ("campaign", opened.campaign.id),
             ("unit", unit.code), ("name", unit.name), ("issue", str(issue)))  # fmt: skip
    return Stamp(token, lines)
