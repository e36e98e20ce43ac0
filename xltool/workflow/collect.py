"""collect: archive what came, examine it in worker processes, record it in the ledger, check across the units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from xltool import campaign as campaigns
from xltool.checks import check_collection
from xltool.collect import intake
from xltool.collect.examine import Examination
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.store.entries import Arrival, Attempt, AttemptStatus, Unavailable
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.examiners import Examiners, examiners
from xltool.workflow.opening import Opened, open_campaign, open_ledger, reading_of, unavailable
from xltool.workflow.review import copied

POOL_FROM = 9  # files below which starting worker processes costs more than it saves
WINDOW = 64  # files whose bytes are in memory at once


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


def collect(folder: Path, paths: Sequence[Path] = (), *, context: Context) -> CollectResult:
    """Take in the files of `paths`, or of the campaign's inbox. Running it again goes on where it was stopped."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return CollectResult((), (), opened)
    found = intake.find(paths or (campaigns.inbox(folder),))
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return CollectResult((), (), (*opened.findings, *found.findings, ledger))
        files, findings = _record_all(opened, ledger, found.files, context)
        attempts = ledger.headers()
        standing = tuple(row.unit_code for row in ledger.status() if row.errors and not row.accepted_issue)
    across = check_collection(opened.campaign, attempts)
    across += copied(opened.form, opened.campaign, campaigns.ledger(folder))
    return CollectResult(files, standing, (*opened.findings, *found.findings, *findings, *across))


def _record_all(
    opened: Opened, ledger: Ledger, paths: Sequence[Path], context: Context
) -> tuple[tuple[CollectedFile, ...], list[Finding]]:
    files: list[CollectedFile] = []
    findings: list[Finding] = []
    archive = campaigns.archive(opened.folder)
    remaining = iter(paths)
    with examiners(reading_of(opened), context.jobs if len(paths) >= POOL_FROM else 1) as pool:
        while window := list(islice(remaining, WINDOW)):
            taken = [intake.take(path, archive) for path in window]
            findings.extend(item for item in taken if isinstance(item, Finding))
            received = [item for item in taken if isinstance(item, intake.Received)]
            faults, go_on = _record_window(ledger, received, pool, context, files)
            findings.extend(faults)
            if not go_on:
                break
            context.progress(len(files), len(paths))
    findings.extend(_same_bytes(files))
    return tuple(files), findings


def _record_window(
    ledger: Ledger, received: list[intake.Received], pool: Examiners, context: Context, files: list[CollectedFile]
) -> tuple[list[Finding], bool]:
    """Examine what is new and record it in the order of the names; False if the ledger can no longer be written.

    Each is recorded as soon as it is examined, while the next are being examined.
    """
    findings: list[Finding] = []
    new = {item.sha256: item for item in reversed(received) if not ledger.has(item.sha256)}
    fresh = [item for item in received if new.get(item.sha256) is item]
    examinations = pool.examine(fresh)
    for item in received:
        if new.get(item.sha256) is not item:
            recorded = ledger.attempt(item.sha256)
            if recorded is not None:  # else it is the double of one that could not be examined
                files.append(_collected(item.name, recorded, new=False))
            continue
        examination = next(examinations)
        if isinstance(examination, Finding):
            findings.append(examination)
            continue
        outcome = ledger.record(_arrival(examination, context))
        if isinstance(outcome, Unavailable):
            return [*findings, unavailable(outcome)], False
        files.append(_collected(item.name, outcome, new=True))
    return findings, True


def _arrival(examination: Examination, context: Context) -> Arrival:
    identity = examination.submission.identity if examination.submission else None
    return Arrival(
        examination.sha256,
        examination.file,
        context.now().isoformat(),
        examination.submission,
        examination.findings,
        identity.unit_code if identity else "",
        identity.issue if identity else 0,
    )


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
