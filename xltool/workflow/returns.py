"""return: a unit's own form sent back, with everything it typed, its faults marked, and the opinions on a sheet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.collect.examine import OpenedForm
from xltool.collect.reasons import reasons
from xltool.collect.typed import Typed, typed_now
from xltool.findings import Code, finding
from xltool.layout.workbook import Common, common_sheets, usual_rows
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import Role
from xltool.model.opinion import Opinion, OpinionSource, OpinionState
from xltool.store.entries import Attempt, AttemptStatus, Issue, Unavailable
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.draft import begin
from xltool.workflow.files import put
from xltool.workflow.filling import filling_of
from xltool.workflow.marked import as_sent, marked_form
from xltool.workflow.opening import Opened, guide_places, open_campaign, open_ledger, reading_of, unavailable
from xltool.workflow.opinions import OPEN, Round, Said, judge, opinion_key, within
from xltool.workflow.reissue import last_attempt, reopened
from xltool.workflow.review import copied, in_file
from xltool.workflow.reviewing import read_said


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


@dataclass(frozen=True, slots=True)
class _Case:
    """One unit's attempt, opened, with the opinions it answers and what the reviewer says of it."""

    unit: ReportingUnit
    attempt: Attempt
    typed: Typed
    opinions: tuple[Opinion, ...]


def return_forms(
    folder: Path,
    units: Sequence[str] = (),
    *,
    said: Mapping[str, Said] | None = None,
    opinions: Path | None = None,
    context: Context,
) -> ReturnResult:
    """Send back what has errors or opinions that nothing was done about; named units in any case.

    `said` is what the reviewer says by unit code, beside the workbook `opinions` (the campaign's own, if it is there).
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ReturnResult((), (), opened)
    known = {unit.code for unit in opened.campaign.units}
    strangers = [finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=code), unit=code)
                 for code in dict.fromkeys((*units, *(said or {}))) if code not in known]  # fmt: skip
    with open_ledger(folder, alone=True) as ledger:
        if not isinstance(ledger, Ledger):
            return ReturnResult((), (), (*opened.findings, *strangers, ledger))
        written, faults = read_said(opened, ledger, opinions)
        desk = _Desk(opened, ledger, context, [*opened.findings, *strangers, *faults])
        for unit in opened.campaign.units:
            words = (said or {}).get(unit.code, Said()).joined(written.get(unit.code, Said()))
            desk.see(unit, words, named=unit.code in units, all_units=not units)
            if desk.stopped:
                break
    return ReturnResult(tuple(desk.returned), tuple(desk.waiting), tuple(desk.findings))


class _Desk:
    """The units' forms come by one after the other, and some are sent back."""

    def __init__(self, opened: Opened, ledger: Ledger, context: Context, findings: list[Finding]) -> None:
        self.opened, self.ledger, self.context, self.findings = opened, ledger, context, findings
        self.returned: list[ReturnedForm] = []
        self.waiting: list[str] = []
        self.stopped = False
        self._copied: tuple[Finding, ...] | None = None
        self._common: dict[str, Common] = {}
        self._reading = reading_of(opened)

    def see(self, unit: ReportingUnit, said: Said, *, named: bool, all_units: bool) -> None:
        """Send this unit's form back where that is asked for, or due."""
        attempt = last_attempt(self.ledger, unit.code)
        asked = named or any(said.asked())
        if attempt is None or not (asked or all_units):
            return
        attempts = self.ledger.attempts(unit.code)
        accepted = next((item for item in attempts if item.status is AttemptStatus.ACCEPTED), None)
        if accepted is not None and not asked:
            return
        if self._two_contents(unit, attempt):
            return
        pending = self._pending(attempt)
        if pending is not None and not named and said == Said():
            self.waiting.append(unit.code)
            return
        case = self._case(unit, attempt, said, pending, named=named)
        if case is None or not (named or _due(case.opinions)):
            return
        if accepted is None or self._reopened(unit, accepted, by_bureau=bool(said.bureau)):
            self._send(case)

    def _two_contents(self, unit: ReportingUnit, attempt: Attempt) -> bool:
        """Which of two contents of one issue is meant is not for the program to say; nothing is sent back then."""
        rivals = [
            item.file
            for item in self.ledger.headers()
            if (item.identity.unit_code, item.identity.issue) == (unit.code, attempt.issue)
            and item.sha256 != attempt.sha256
        ]
        if rivals:
            where = Position(file=attempt.file, unit_code=unit.code)
            self.findings.append(
                finding(Code.COL_TWO_CONTENTS, where, unit=unit.name, issue=attempt.issue, other="、".join(rivals))
            )
        return bool(rivals)

    def _pending(self, attempt: Attempt) -> Issue | None:
        """The unit's newest workbook, where that has not come back yet."""
        issues = self.ledger.issues(attempt.unit_code)
        return issues[-1] if issues and issues[-1].issue > attempt.issue else None

    def _case(
        self, unit: ReportingUnit, attempt: Attempt, said: Said, pending: Issue | None, *, named: bool
    ) -> _Case | None:
        """The form with its opinions; None where it cannot be read, or where it was sent back already."""
        reading = self._reading
        form = reopened(self.opened, attempt, reading)
        if not isinstance(form, OpenedForm):
            self.findings.extend(form)
            return None
        typed = typed_now(form, reading)
        said = replace(
            said,
            opinions=tuple(self._placed(unit, said.opinions, form, typed)),
            bureau=tuple(self._placed(unit, said.bureau, form, typed)),
        )
        if pending is not None:
            sent = self.ledger.opinions(unit.code, pending.issue)
            if not _new_words(said, sent) and (pending.answers == attempt.sha256 or not named):
                self.waiting.append(unit.code)
                return None
            said = _with_pending(said, sent, pending, attempt)
        before = self.ledger.opinions(unit.code, attempt.issue)
        found = (*attempt.findings, *self._in_common(attempt))
        judged = judge(Round(found, typed.contents, before, reasons(form.workbook)), said)
        self.findings.extend(_dropped_errors(unit, judged, before))
        return _Case(unit, attempt, typed, judged)

    def _in_common(self, attempt: Attempt) -> list[Finding]:
        """Texts of this attempt that stand in another unit's form too."""
        if self._copied is None:
            self._copied = copied(self.opened.form, self.opened.campaign, campaigns.ledger(self.opened.folder))
        return in_file(self._copied, attempt)

    def _placed(
        self, unit: ReportingUnit, opinions: Sequence[tuple[str, str]], form: OpenedForm, typed: Typed
    ) -> list[tuple[str, str]]:
        """Opinions with a place of the form; one whose place there is not is a finding."""
        placed = []
        for place, text in opinions:
            slot = _slot_at(place, form, typed)
            if slot is None:
                where = Position(unit_code=unit.code)
                self.findings.append(finding(Code.COL_OPINION_PLACE, where, unit=unit.name, place=place, text=text))
            else:
                placed.append((slot, text))
        return placed

    def _reopened(self, unit: ReportingUnit, accepted: Attempt, *, by_bureau: bool) -> bool:
        """A form that is sent back is not accepted any longer. One that has gone further already stays, unless the
        finance bureau itself returned it."""
        row = next(row for row in self.ledger.status() if row.unit_code == unit.code)
        where = Position(file=accepted.file, unit_code=unit.code)
        if (row.stamped or row.handed_in) and not by_bureau:
            fault = finding(
                Code.COL_ALREADY_ACCEPTED, where, unit=unit.code, issue=accepted.issue, file_name=accepted.file
            )
            self.findings.append(fault)
            return False
        outcome = self.ledger.reopen(unit.code, self.context.act("bureau" if by_bureau else "return"))
        if isinstance(outcome, Unavailable):
            self._stop(outcome)
            return False
        self.findings.append(
            finding(Code.COL_REOPENED, where, unit=unit.name, unit_code=unit.code, issue=accepted.issue)
        )
        return True

    def _send(self, case: _Case) -> None:
        unit, opened = case.unit, self.opened
        if unit.role.value not in self._common:
            self._common[unit.role.value] = common_sheets(opened.form, unit.role, guide_places(opened.campaign))
        issue = max(self.ledger.next_issue(unit.code), case.attempt.issue + 1)  # a ledger begun late
        begun = None
        if unit.role is Role.DEPARTMENT:
            plain = filling_of(opened.form, opened.campaign, unit)
            begun = begin(opened, unit, self.ledger.accepted(), plain, usual_rows(opened.form))
        if isinstance(begun, Finding):
            self.findings.append(begun)
            return
        common = self._common[unit.role.value]
        made = marked_form(opened, unit, issue, case.typed, case.opinions, common, begun)
        made = as_sent(made, self._reading)
        name = campaigns.outbox_name(unit, opened.form, opened.campaign.year, issue)
        path, written = put(campaigns.returns(opened.folder) / name, made.data)
        self.findings.extend(written)
        act = self.context.act()
        digest = hashlib.sha256(made.data).hexdigest()
        issued = Issue(unit.code, issue, made.token, path.name, digest, act.at, case.attempt.sha256)
        recorded = self.ledger.issue(issued, made.opinions, act)
        if isinstance(recorded, Unavailable):
            self._stop(recorded)
            return
        shown = tuple(item for item in made.opinions if item.state is not OpinionState.DROPPED)
        self.returned.append(ReturnedForm(unit.code, unit.name, issue, path, shown))

    def _stop(self, fault: Unavailable) -> None:
        self.findings.append(unavailable(fault))
        self.stopped = True


def _due(opinions: Sequence[Opinion]) -> bool:
    """Errors are sent back, and what a reviewer asked for unless the unit answered with a reason."""
    standing = [item for item in opinions if item.state in OPEN and item.severity == Severity.ERROR]
    return any(item.source is OpinionSource.SYSTEM or not item.reason for item in standing)


def _with_pending(said: Said, sent: Sequence[Opinion], pending: Issue, attempt: Attempt) -> Said:
    """What was sent already is said again where a further return of the same attempt takes its place."""
    if pending.answers != attempt.sha256:
        return said
    again = [item for item in sent if item.state in OPEN and item.key not in said.dropped]
    reviewer, bureau = (
        tuple((item.slot, item.problem) for item in again if item.source is source)
        for source in (OpinionSource.REVIEWER, OpinionSource.BUREAU)
    )
    return Said(reviewer, frozenset(), bureau).joined(said)


def _new_words(said: Said, sent: Sequence[Opinion]) -> bool:
    known = {item.key for item in sent if item.state in OPEN}
    gone = {item.key for item in sent if item.state is OpinionState.DROPPED}
    new = [opinion_key(*told) for told in said.asked()]
    return any(key not in known for key in new) or bool((said.dropped & known) - gone)


def _slot_at(place: str, form: OpenedForm, typed: Typed) -> str | None:
    """The slot, row or level of this name, or the answer at this cell of the file that came; None for neither."""
    if not place or any(within(key, place) for key in typed.contents):
        return place
    wanted = place.replace("$", "").upper()
    return next((key for key, at in form.located.places.items() if _covers(form, at, wanted)), None)


def _covers(form: OpenedForm, at: tuple[int, int], wanted: str) -> bool:
    merged = next((area for area in form.sheet.merges if area[:2] == at), None)
    rows = range(at[0], (merged.last_row if merged else at[0]) + 1)
    columns = range(at[1], (merged.last_col if merged else at[1]) + 1)
    return any(a1(row, column) == wanted for row in rows for column in columns)


def _dropped_errors(unit: ReportingUnit, judged: Sequence[Opinion], before: Sequence[Opinion]) -> list[Finding]:
    told = {item.key for item in before if item.state is OpinionState.DROPPED}
    return [
        finding(Code.COL_ERROR_DROPPED, Position(unit_code=unit.code, field=item.slot), unit=unit.name,
                finding_code=item.key.partition("|")[0], problem=item.problem)
        for item in judged
        if item.state is OpinionState.DROPPED and item.severity == Severity.ERROR and item.key not in told
    ]  # fmt: skip
