"""What a unit's last file held, from the archive, for a form that is made anew."""

from __future__ import annotations

from pathlib import Path

from xltool import campaign as campaigns
from xltool.collect.examine import OpenedForm, Reading, open_form
from xltool.collect.typed import Typed, typed_now
from xltool.model.finding import Finding
from xltool.store.entries import Attempt, AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.opening import Opened, reading_of


def last_attempt(ledger: Ledger, unit_code: str) -> Attempt | None:
    """The unit's last attempt by issue number that could be read at all and was not withdrawn."""
    attempts = [
        attempt
        for attempt in ledger.attempts(unit_code)
        if attempt.submission is not None and attempt.status is not AttemptStatus.WITHDRAWN
    ]
    return attempts[-1] if attempts else None


def original(folder: Path, attempt: Attempt) -> bytes:
    """The bytes as they came, from the archive."""
    place = campaigns.archive(folder) / attempt.sha256.partition("#")[0]
    return next(path for path in sorted(place.iterdir()) if path.is_file()).read_bytes()


def reopened(opened: Opened, attempt: Attempt, reading: Reading) -> OpenedForm | tuple[Finding, ...]:
    """The form of a recorded attempt, from the archive, as whose it was recorded."""
    identity = attempt.submission.identity if attempt.submission else None
    number = int(attempt.sha256.partition("#")[2] or 0)
    return open_form(original(opened.folder, attempt), reading, attempt.file, identity, number)


def last_typed(opened: Opened, ledger: Ledger, unit_code: str) -> Typed | None:
    """Everything the unit typed last, under the keys of the form's current version; None where nothing came."""
    attempt = last_attempt(ledger, unit_code)
    if attempt is None:
        return None
    reading = reading_of(opened)
    form = reopened(opened, attempt, reading)
    return typed_now(form, reading) if isinstance(form, OpenedForm) else None
