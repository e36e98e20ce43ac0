"""collect: archive what came, examine it in worker processes, record it in the ledger, check across the units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from xltool import campaign as campaigns
from xltool.checks import check_collection
from xltool.collect import intake, parcels
from xltool.collect.examine import Examination, OpenedForm, Reading, open_form
from xltool.collect.identities import Assigned
from xltool.collect.reasons import reasons
from xltool.collect.typed import typed_now
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.opinion import Opinion, OpinionSource
from xltool.store.entries import Arrival, Attempt, AttemptStatus, Unavailable
from xltool.store.ledger import Ledger
from xltool.workflow.belonging import assigned, is_open, is_scan, with_owner
from xltool.workflow.context import Context
from xltool.workflow.examiners import Examiners, examiners
from xltool.workflow.opening import Opened, open_campaign, open_ledger, reading_of, unavailable
from xltool.workflow.opinions import unmet
from xltool.workflow.review import copied
from xltool.workflow.undecided import undecided

POOL_FROM = 9  # files below which starting worker processes costs more than it saves
_LOCKED = (Code.FILE_ENCRYPTED, Code.FILE_PASSWORD_WRONG)
WINDOW = 64  # files whose bytes are in memory at once
TOGETHER = 16  # forms recorded in one transaction: most of its time goes into waiting for the disk to keep it
_Waiting = list[tuple[intake.Received, Examination]]


@dataclass(frozen=True, slots=True)
class CollectedFile:
    """One file of this run. `new` is False where these very bytes were recorded before."""

    file: str
    sha256: str
    unit_code: str
    issue: int
    status: AttemptStatus
    new: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class CollectResult:
    """`files` in the order of their names; `findings` are those of intake and across the units, files' own aside.

    `units_with_errors` are the codes of units whose standing attempt has errors, of this run or an earlier one.
    """

    files: tuple[CollectedFile, ...]
    units_with_errors: tuple[str, ...]
    findings: tuple[Finding, ...]


def collect(
    folder: Path, paths: Sequence[Path] = (), *, received_at: datetime | None = None,
    passwords: Sequence[str] = (), unit: str = "", sheet: str = "", context: Context,
) -> CollectResult:  # fmt: skip
    """Take in the files of `paths`, or of the campaign's inbox. Running it again goes on where it was stopped.

    `received_at` is when the files came, where that was before now. `passwords` are tried on files that have one,
    after those of the campaign; a file that could not be opened before is tried again with them. `unit` is the code of
    the unit whose form the one given file is, as a person says of a file that does not prove it; `sheet` is needed
    where several forms in the file are in question.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return CollectResult((), (), opened)
    opened = replace(opened, passwords=(*opened.passwords, *passwords))
    found = intake.find(paths or (campaigns.inbox(folder),))
    with open_ledger(folder, alone=True) as ledger:
        if not isinstance(ledger, Ledger):
            return CollectResult((), (), (*opened.findings, *found.findings, ledger))
        said = assigned(opened.campaign, ledger, unit, sheet, found.files)
        if isinstance(said, Finding):
            return CollectResult((), (), (*opened.findings, *found.findings, said))
        desk = _Desk(opened, reading_of(opened), ledger, context, received_at, said)
        files, findings = _record_all(desk, found.files)
        findings.extend(undecided(opened.campaign, ledger))
        attempts = ledger.headers()
        accepted = {(row.unit_code, str(row.accepted_issue)) for row in ledger.status() if row.accepted_issue}
        standing = tuple(row.unit_code for row in ledger.status() if row.errors and not row.accepted_issue)
    across = _still_true(check_collection(opened.campaign, attempts), accepted)
    across += copied(opened.form, opened.campaign, campaigns.ledger(folder))
    return CollectResult(files, standing, (*opened.findings, *found.findings, *findings, *across))


def _still_true(across: Sequence[Finding], accepted: set[tuple[str, str]]) -> tuple[Finding, ...]:
    """Without the remark that a later issue counts, where the earlier one is accepted and goes on counting."""
    return tuple(
        item
        for item in across
        if item.code != Code.COL_SUPERSEDED or (item.position.unit_code, dict(item.args)["issue"]) not in accepted
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where files are taken in: the campaign, its ledger, who works here, and when the files came if not now.

    `reading` is made once: it holds what every unit was given.
    """

    opened: Opened
    reading: Reading
    ledger: Ledger
    context: Context
    received_at: datetime | None
    said: Assigned | None = None
    faults: list[Finding] = field(default_factory=list)


def _record_all(desk: _Desk, paths: Sequence[Path]) -> tuple[tuple[CollectedFile, ...], list[Finding]]:
    files: list[CollectedFile] = []
    findings: list[Finding] = []
    archive = campaigns.archive(desk.opened.folder)
    intake.clear_unfinished(archive)
    remaining = (item for path in paths for item in parcels.taken(path, archive))
    window = list(islice(remaining, WINDOW))
    with examiners(desk.reading, desk.context.jobs if len(window) >= POOL_FROM else 1) as pool:
        while window:
            findings.extend(item for item in window if isinstance(item, Finding))
            received = [item for item in window if isinstance(item, intake.Received)]
            faults, go_on = _record_window(desk, received, pool, files)
            findings.extend(faults)
            if not go_on:
                findings.extend(desk.faults)
                break
            desk.context.progress(len(files), max(len(files), len(paths)))
            window = list(islice(remaining, WINDOW))
    findings.extend(_same_bytes(files))
    return tuple(files), findings


def _record_window(
    desk: _Desk, received: list[intake.Received], pool: Examiners, files: list[CollectedFile]
) -> tuple[list[Finding], bool]:
    """Examine what is new and record it in the order of the names; False if the ledger can no longer be written.

    A few are recorded together, while the next are being examined; what a kill leaves unrecorded is examined again.
    """
    findings: list[Finding] = []
    waiting: _Waiting = []
    later: list[tuple[int, intake.Received, Examination]] = []
    new = {item.sha256: item for item in reversed(received) if _to_examine(desk, item.sha256)}
    fresh = [item for item in received if new.get(item.sha256) is item]
    answers = pool.examine(fresh, desk.said)
    for item in received:
        if new.get(item.sha256) is not item:
            if not _record(desk, waiting, files):
                return findings, False
            # None is recorded of the double of one that could not be examined.
            files.extend(_collected(item.name, attempt, new=False) for attempt in desk.ledger.of_file(item.sha256))
            continue
        answer = next(answers)
        if isinstance(answer, Finding):
            findings.append(answer)
            continue
        for examination in answer:
            if is_scan(examination):  # whose it is may show by what comes with it
                later.append((len(files) + len(waiting) + len(later), item, examination))
            else:
                waiting.append((item, examination))
        if len(waiting) >= TOGETHER and not _record(desk, waiting, files):
            return findings, False
    return findings, _record(desk, waiting, files) and _record_scans(desk, later, files)


def _record_scans(
    desk: _Desk, scans: list[tuple[int, intake.Received, Examination]], files: list[CollectedFile]
) -> bool:
    """Enter the scans, each at its place in the list of files, by what was recorded of the files beside them."""
    for place, item, examination in scans:
        beside = [(file.file, file.unit_code) for file in files if file.issue]
        found: list[CollectedFile] = []
        if not _record(desk, [(item, with_owner(examination, desk.opened.campaign, beside))], found):
            return False
        files[place:place] = found
    return True


def _record(desk: _Desk, waiting: _Waiting, files: list[CollectedFile]) -> bool:
    """Enter the forms that wait into the ledger and into the list of files; False if the ledger can no longer be
    written."""
    outcome = desk.ledger.record_all([_arrival(desk, item, examination) for item, examination in waiting])
    if isinstance(outcome, Unavailable):
        desk.faults.append(unavailable(outcome))
        return False
    found = zip(waiting, outcome, strict=True)
    files.extend(_collected(item.name, attempt, new=True) for (item, _), attempt in found)
    waiting.clear()
    return True


def _to_examine(desk: _Desk, sha256: str) -> bool:
    """Whether a file is new, or more is known now: a password it lacked, or whose it is."""
    before = desk.ledger.of_file(sha256)
    locked = any(item.code in _LOCKED for attempt in before for item in attempt.findings)
    return not before or (bool(desk.opened.passwords) and locked) or (desk.said is not None and is_open(before))


def _arrival(desk: _Desk, item: intake.Received, examination: Examination) -> Arrival:
    identity = examination.submission.identity if examination.submission else None
    act = desk.context.act()
    before = desk.ledger.opinions(identity.unit_code, identity.issue) if identity else ()
    answer = open_form(item.data, desk.reading, item.name, identity, examination.number) if before else None
    answered = answer if isinstance(answer, OpenedForm) else None
    return Arrival(
        examination.key,
        examination.file,
        desk.received_at.isoformat() if desk.received_at else act.at,
        examination.submission,
        examination.findings,
        identity.unit_code if identity else "",
        identity.issue if identity else 0,
        desk.opened.campaign.accept == "manual" or _is_reviewers(before, answered, desk.reading),
        act,
        tuple(sorted(reasons(answered.workbook).items())) if answered is not None else (),
    )


def _is_reviewers(before: Sequence[Opinion], answer: OpenedForm | None, reading: Reading) -> bool:
    """Whether a reviewer has to look at it: the unit changed nothing about something a person asked for."""
    if answer is None or all(opinion.source is OpinionSource.SYSTEM for opinion in before):
        return False
    return bool(unmet(before, typed_now(answer, reading).contents))


def _collected(name: str, attempt: Attempt, *, new: bool) -> CollectedFile:
    return CollectedFile(
        name, attempt.sha256, attempt.unit_code, attempt.issue, attempt.status, new, attempt.findings if new else ()
    )


def _same_bytes(files: list[CollectedFile]) -> Iterator[Finding]:
    """The same content under two names in one run is taken once, and said."""
    first: dict[str, str] = {}
    for item in files:
        other = first.setdefault(item.sha256, item.file)
        if other != item.file:
            yield finding(Code.COL_SAME_BYTES, Position(file=item.file, unit_code=item.unit_code), other=other)


def has_errors(result: CollectResult) -> bool:
    """Whether anything is left to be put right by somebody."""
    found = (*result.findings, *(item for file in result.files for item in file.findings))
    return bool(result.units_with_errors) or any(item.severity is Severity.ERROR for item in found)
