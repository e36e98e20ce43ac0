"""What the ledger is told and what it tells: workbooks issued, files received, and how each unit stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from xltool.model.finding import Finding
from xltool.model.submission import Submission


class AttemptStatus(StrEnum):
    """What became of a file. `held`: free of errors, but other content of the same issue was accepted before it."""

    ACCEPTED = "accepted"
    ERRORS = "errors"
    REFUSED = "refused"  # nothing could be read from it
    SUPERSEDED = "superseded"  # a later issue of the unit is accepted
    HELD = "held"


class Fault(StrEnum):
    """Why the ledger cannot be used now."""

    BUSY = "busy"  # another process holds it
    FOREIGN = "foreign"  # the file is no ledger
    NEWER = "newer"  # written by a later version


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The answer where the ledger cannot be used; nothing was changed."""

    path: Path
    fault: Fault


@dataclass(frozen=True, slots=True)
class Issue:
    """A workbook given out. `issue` counts the unit's workbooks from 1; `at` is an ISO 8601 time."""

    unit_code: str
    issue: int
    token: str
    file: str
    sha256: str
    at: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came in, as collecting understood it. `submission` is None where nothing could be read.

    Unit and issue are those of the verified token, empty and 0 where there is none.
    """

    sha256: str
    file: str
    received_at: str
    submission: Submission | None
    findings: tuple[Finding, ...]
    unit_code: str = ""
    issue: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """A file as the ledger has it. The submission carries all findings of the attempt."""

    sha256: str
    unit_code: str
    issue: int
    file: str
    received_at: str
    status: AttemptStatus
    application: str
    submission: Submission | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """One unit's row: how many workbooks it was given, how many files came, and how it stands.

    `status` is `accepted` where an attempt is, else that of the last attempt, empty where none came. `accepted_issue`
    is 0 where none is accepted; `errors` and `warnings` are those of the attempt that decides the status.
    """

    unit_code: str
    issued: int
    received: int
    status: str
    accepted_issue: int
    errors: int
    warnings: int
    held: int
    last_received_at: str
