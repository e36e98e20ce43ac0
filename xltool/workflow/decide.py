"""What people decide about the forms that came: accept, reopen, withdraw, stamp, hand in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.collect import intake
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.store.entries import Act, Attempt, AttemptStatus, Mark, Unavailable
from xltool.store.ledger import Ledger
from xltool.workflow.consolidate import consolidate
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign, open_ledger, unavailable
from xltool.workflow.undecided import undecided

_SHORT = 12  # digits of a hash that are shown
_LEAST = 6  # that are enough to name a file
_ACCEPTABLE = (AttemptStatus.ACCEPTED, AttemptStatus.WAITING, AttemptStatus.HELD, AttemptStatus.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Decided:
    """One attempt and how it stands now."""

    unit_code: str
    unit_name: str
    issue: int
    file: str
    sha256: str
    status: AttemptStatus


@dataclass(frozen=True, slots=True)
class DecideResult:
    """What was decided; nothing where a finding says why not. `files` were written anew because of it."""

    decided: tuple[Decided, ...]
    findings: tuple[Finding, ...]
    files: tuple[Path, ...] = ()


_Outcome = Attempt | Finding | Unavailable
_Decision = Callable[[Ledger, Act], _Outcome]


def accept(folder: Path, unit: str, *, file: str = "", sha: str = "", context: Context) -> DecideResult:
    """Accept a unit's form: the latest without errors, or the one of this name or hash."""
    return _decide(folder, (unit,), lambda ledger, act: _accepted(ledger, unit, file, sha, act), context)


def reopen(folder: Path, unit: str, reason: str, *, context: Context) -> DecideResult:
    """Take back an acceptance: the form waits again, and another may be accepted in its place."""
    return _decide(folder, (unit,), lambda ledger, act: ledger.reopen(unit, act), context, reason)


def withdraw(folder: Path, wanted: str, reason: str, *, file: str = "", context: Context) -> DecideResult:
    """A file that counts nowhere any more, named by its hash, or by its unit where that sent only one (or the name).

    What was consolidated with it is consolidated anew without it; older results that may hold it are named.
    """

    def withdrawn(ledger: Ledger, act: Act) -> _Outcome:
        found = _named(ledger, wanted, file)
        return ledger.withdraw(found, act) if isinstance(found, Attempt) else found

    before = _results(folder)
    result = _decide(folder, (), withdrawn, context, reason)
    if not result.decided or not before:
        return result
    again = consolidate(folder, context=context)
    stale = sorted(path.relative_to(campaigns.result(folder)).as_posix() for path in before - set(again.files))
    findings = (*result.findings, *(item for item in again.findings if item not in result.findings))
    if stale:
        findings += (finding(Code.COL_RESULT_STALE, files="、".join(stale)),)
    return DecideResult(result.decided, findings, again.files)


def stamp(folder: Path, unit: str, scan: Path | None = None, *, context: Context) -> DecideResult:
    """The stamped copy of a unit's accepted form has come; its scan, if there is one, is archived."""

    def stamped(ledger: Ledger, act: Act) -> _Outcome:
        taken = intake.take(scan, campaigns.archive(folder)) if scan is not None else None
        if isinstance(taken, Finding):
            return taken
        return ledger.mark(unit, Mark.STAMPED, act, f"{taken.name} {taken.sha256}" if taken else "")

    return _decide(folder, (unit,), stamped, context)


def hand_in(folder: Path, units: Sequence[str] = (), *, context: Context) -> DecideResult:
    """The forms of these units, or all that are accepted, were handed in to the finance bureau."""
    if units:
        results = [_decide(folder, (unit,), _handed_in(unit), context) for unit in units]
        decided = tuple(item for result in results for item in result.decided)
        return DecideResult(decided, tuple(dict.fromkeys(f for result in results for f in result.findings)))
    with open_ledger(folder) as ledger:
        accepted = tuple(ledger.accepted()) if isinstance(ledger, Ledger) else ()
    return hand_in(folder, accepted, context=context) if accepted else _decide(folder, (), _nothing, context)


def _handed_in(unit: str) -> _Decision:
    return lambda ledger, act: ledger.mark(unit, Mark.HANDED_IN, act)


def _decide(
    folder: Path, units: Sequence[str], decision: _Decision, context: Context, reason: str = ""
) -> DecideResult:
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return DecideResult((), opened)
    known = {unit.code for unit in opened.campaign.units}
    strangers = tuple(finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=unit), unit=unit)
                      for unit in units if unit not in known)  # fmt: skip
    if strangers:
        return DecideResult((), (*opened.findings, *strangers))
    with open_ledger(folder, alone=True) as ledger:
        if not isinstance(ledger, Ledger):
            return DecideResult((), (*opened.findings, ledger))
        outcome = decision(ledger, context.act(reason))
        waiting = tuple(undecided(opened.campaign, ledger))
    if isinstance(outcome, Unavailable):
        return DecideResult((), (*opened.findings, unavailable(outcome)))
    if isinstance(outcome, Finding):
        return DecideResult((), (*opened.findings, outcome))
    return DecideResult((_shown(opened, outcome),), (*opened.findings, *waiting))


def _shown(opened: Opened, attempt: Attempt) -> Decided:
    name = next((unit.name for unit in opened.campaign.units if unit.code == attempt.unit_code), attempt.unit_code)
    return Decided(attempt.unit_code, name, attempt.issue, attempt.file, attempt.sha256, attempt.status)


def _accepted(ledger: Ledger, unit: str, file: str, sha: str, act: Act) -> _Outcome:
    if file or sha:
        found = _named(ledger, sha or unit, file, unit)
        return ledger.accept(found, act) if isinstance(found, Attempt) else found
    attempts = [item for item in ledger.attempts(unit) if item.status is not AttemptStatus.WITHDRAWN]
    clean = [item for item in attempts if item.status in _ACCEPTABLE]
    if not clean and attempts:
        return ledger.accept(attempts[-1], act)  # which says why not
    newest = [item for item in clean if item.issue == clean[-1].issue]
    rivals = [item for item in attempts if newest and item.issue == newest[0].issue]
    decided = [item for item in newest if item.status is AttemptStatus.ACCEPTED and item.decided_by]
    if decided:
        return decided[0]
    if len(rivals) > 1:
        return _which(unit, rivals)
    if not newest:
        return finding(Code.COL_NO_SUCH_FILE, Position(unit_code=unit), unit=unit, wanted="*.xlsx")
    return ledger.accept(newest[0], act)


def _named(ledger: Ledger, wanted: str, file: str = "", unit: str = "") -> Attempt | Finding:
    """The one attempt of this hash, or of this unit and file name; files that were withdrawn are not meant."""
    there = [item for item in ledger.attempts(unit or None) if item.status is not AttemptStatus.WITHDRAWN]
    by_unit = [item for item in there if item.unit_code == wanted]
    by_hash = [item for item in there if len(wanted) >= _LEAST and item.sha256.startswith(wanted.lower())]
    found = [item for item in (by_unit or by_hash) if not file or item.file == Path(file).name]
    if len(found) == 1:
        return found[0]
    if found:
        return _which(wanted, found)
    return finding(Code.COL_NO_SUCH_FILE, Position(unit_code=unit), unit=unit or wanted, wanted=file or wanted)


def _which(unit: str, attempts: Sequence[Attempt]) -> Finding:
    files = "；".join(f"{item.file} [{item.sha256[:_SHORT]}]" for item in attempts)
    return finding(Code.COL_WHICH_FILE, Position(unit_code=unit), unit=unit, files=files)


def _nothing(ledger: Ledger, act: Act) -> Finding:  # noqa: ARG001  # a decision like the others
    return finding(Code.COL_NOT_ACCEPTED, unit="-")


def _results(folder: Path) -> set[Path]:
    place = campaigns.result(folder)
    return {path for path in place.rglob("*") if path.is_file()} if place.is_dir() else set()
