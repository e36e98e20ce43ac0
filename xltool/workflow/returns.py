"""return: a unit's own form sent back, with everything it typed, its faults marked, and the opinions on a sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.collect.examine import OpenedForm, open_form
from xltool.collect.reasons import reasons
from xltool.collect.typed import Typed, typed_now
from xltool.excel.identity import sign
from xltool.excel.write import write
from xltool.findings import split_message
from xltool.layout.form import lay_out
from xltool.layout.opinions import opinions_sheet
from xltool.layout.workbook import Common, bind, common_sheets
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding, Severity
from xltool.model.form import Profile
from xltool.model.opinion import Opinion, OpinionSource, OpinionState
from xltool.model.submission import Identity
from xltool.store.entries import Attempt, AttemptStatus, Issue, Unavailable
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.generate import filling_of, stamp_of
from xltool.workflow.opening import Opened, guide_places, open_campaign, open_ledger, reading_of, unavailable
from xltool.workflow.reissue import last_attempt, original

ASKED = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class ReturnedForm:
    """One form sent back: the number of its new issue, its file, and what it asks for."""

    unit_code: str
    unit_name: str
    issue: int
    file: Path
    opinions: tuple[Opinion, ...]


@dataclass(frozen=True, slots=True)
class ReturnResult:
    """`waiting` are codes of units whose last return has not come back yet."""

    returned: tuple[ReturnedForm, ...]
    waiting: tuple[str, ...]
    findings: tuple[Finding, ...]


def return_forms(
    folder: Path,
    units: Sequence[str] = (),
    *,
    reviewer: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    context: Context,
) -> ReturnResult:
    """Send back the forms with errors, or those of the named units. `reviewer` gives (slot, opinion) by unit code."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ReturnResult((), (), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ReturnResult((), (), (*opened.findings, ledger))
        return _return_all(opened, ledger, units, reviewer or {}, context)


def _return_all(
    opened: Opened, ledger: Ledger, units: Sequence[str],
    reviewer: Mapping[str, Sequence[tuple[str, str]]], context: Context,
) -> ReturnResult:  # fmt: skip
    done: list[ReturnedForm] = []
    waiting: list[str] = []
    findings: list[Finding] = list(opened.findings)
    common: dict[str, Common] = {}
    for unit in opened.campaign.units:
        attempt = last_attempt(ledger, unit.code)
        chosen = unit.code in units or unit.code in reviewer
        if attempt is None or not (chosen or (not units and attempt.status is AttemptStatus.ERRORS)):
            continue
        if ledger.next_issue(unit.code) > attempt.issue + 1 and not chosen:
            waiting.append(unit.code)
            continue
        if unit.role.value not in common:
            common[unit.role.value] = common_sheets(opened.form, unit.role, guide_places(opened.campaign))
        made = _return_one(opened, ledger, unit, attempt, common[unit.role.value], reviewer.get(unit.code, ()), context)
        findings.extend(made if isinstance(made, tuple) else ())
        if isinstance(made, ReturnedForm):
            done.append(made)
    return ReturnResult(tuple(done), tuple(waiting), tuple(findings))


def _return_one(
    opened: Opened, ledger: Ledger, unit: ReportingUnit, attempt: Attempt, common: Common,
    reviewer: Sequence[tuple[str, str]], context: Context,
) -> ReturnedForm | tuple[Finding, ...]:  # fmt: skip
    data = original(opened.folder, attempt)
    reading = reading_of(opened)
    form = open_form(data, reading, attempt.file)
    if not isinstance(form, OpenedForm):
        return form
    issue = ledger.next_issue(unit.code)
    before = ledger.opinions(unit.code, attempt.issue)
    opinions = _opinions(attempt, before, reasons(form.workbook), reviewer)
    token, file, opinions = _workbook(opened, unit, issue, typed_now(form, reading), opinions, common)
    name = campaigns.outbox_name(unit, opened.form, opened.campaign.year, issue)
    path, written = put(campaigns.returns(opened.folder) / name, file)
    digest = hashlib.sha256(file).hexdigest()
    recorded = ledger.issue(Issue(unit.code, issue, token, path.name, digest, context.now().isoformat()), opinions)
    if isinstance(recorded, Unavailable):
        return (*written, unavailable(recorded))
    return ReturnedForm(unit.code, unit.name, issue, path, opinions)


def _opinions(
    attempt: Attempt, before: Sequence[Opinion], given: Mapping[str, str], reviewer: Sequence[tuple[str, str]]
) -> tuple[Opinion, ...]:
    """What stands now, then what was put right since the round before. Reviewers' opinions stand until dropped."""
    earlier = {opinion.key: opinion for opinion in before}
    now = {opinion.key: opinion for opinion in (*_from_findings(attempt.findings), *_from_reviewer(reviewer))}
    standing = [
        replace(opinion, state=OpinionState.STANDING if key in earlier else OpinionState.NEW, reason=given.get(key, ""))
        for key, opinion in now.items()
    ]
    fixed = [
        replace(opinion, state=OpinionState.FIXED, reason=given.get(key, opinion.reason))
        for key, opinion in earlier.items()
        if key not in now and opinion.state is not OpinionState.FIXED
    ]
    return (*standing, *fixed)


def _from_findings(findings: Iterable[Finding]) -> Iterable[Opinion]:
    for item in findings:
        if item.severity in ASKED:
            problem, remedy = split_message(item, "zh")
            slot = item.position.field
            key = f"{item.code}|{slot or item.position.cell}"
            yield Opinion(key, OpinionSource.SYSTEM, item.severity.value, slot, "", problem, remedy)


def _from_reviewer(reviewer: Sequence[tuple[str, str]]) -> Iterable[Opinion]:
    for slot, text in reviewer:
        digest = hashlib.sha256(f"{slot}|{text}".encode()).hexdigest()[:12]
        yield Opinion(f"R-{digest}", OpinionSource.REVIEWER, Severity.ERROR.value, slot, "", text, "")


def _workbook(
    opened: Opened, unit: ReportingUnit, issue: int, was: Typed, opinions: Sequence[Opinion], common: Common
) -> tuple[str, bytes, tuple[Opinion, ...]]:
    """The new issue: what was typed, marks on what is asked, the opinions with their cells on the new sheet."""
    campaign, form = opened.campaign, opened.form
    token = sign(Identity(form.id, form.version, campaign.id, unit.code, issue, unit.role.value), opened.key)
    plain = filling_of(form, campaign, unit)
    filling = replace(
        plain,
        contents={**plain.contents, **was.contents},
        counts={**plain.counts, **was.counts},
        optional_blocks=was.optional_blocks,
        marks=_marks(opinions),
    )
    layout = lay_out(form, unit.role, Profile.FILL, filling)
    cells = {slot.key: a1(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    placed = tuple(replace(opinion, cell=cells.get(opinion.slot, "")) for opinion in opinions)
    sheet = opinions_sheet(form, placed, was.outside)
    return token, write(bind(layout, stamp_of(opened, unit, issue, token), common, campaign.password, (sheet,))), placed


def _marks(opinions: Iterable[Opinion]) -> Mapping[str, str]:
    marks: dict[str, str] = {}
    for opinion in opinions:
        if opinion.slot and opinion.state is not OpinionState.FIXED:
            text = f"{opinion.problem}{opinion.remedy}"
            marks[opinion.slot] = f"{marks[opinion.slot]}\n{text}" if opinion.slot in marks else text
    return marks
