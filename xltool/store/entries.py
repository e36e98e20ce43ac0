"""What the ledger is told and what it tells: workbooks issued, files received, and how each unit stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from xltool.model.finding import Finding
from xltool.model.submission import Submission


class AttemptStatus(StrEnum):
    """What became of a file. Errors are the file's own; `waiting` and `held` are free of them."""

    ACCEPTED = "accepted"
    WAITING = "waiting"  # a person has to accept it
    ERRORS = "errors"
    REFUSED = "refused"  # nothing could be read from it
    SUPERSEDED = "superseded"  # another file of the unit is accepted in its place
    HELD = "held"  # something else of the unit is accepted, or came with other content under the same number
    WITHDRAWN = "withdrawn"  # it counts nowhere any more


class Mark(StrEnum):
    """What happens to an accepted form afterwards."""

    STAMPED = "stamped"  # 盖章件 received
    HANDED_IN = "handed-in"  # 已上报


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
    """A workbook given out. `issue` counts the unit's workbooks from 1; `at` is an ISO 8601 time.

    `answers` is the hash of the attempt that a returned form sends back, empty for others.
    """

    unit_code: str
    issue: int
    token: str
    file: str
    sha256: str
    at: str
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something with the ledger, when (ISO 8601), and why where that has to be said."""

    who: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history. `detail` depends on the event: a file's name, counts of findings …"""

    at: str
    who: str
    event: str
    unit_code: str
    issue: int
    sha256: str
    detail: str
    reason: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came in, as collecting understood it. `submission` is None where nothing could be read.

    Unit and issue are those of the verified token, empty and 0 where there is none. `received_at` is when it came,
    which may have been before it is recorded. `review` says that a person has to accept it, whatever it holds.
    """

    sha256: str
    file: str
    received_at: str
    submission: Submission | None
    findings: tuple[Finding, ...]
    unit_code: str = ""
    issue: int = 0
    review: bool = False
    act: Act | None = None  # without it, nobody is named, at the time it came
    reasons: tuple[tuple[str, str], ...] = ()  # of a returned form: the unit's own, by the key of the opinion


@dataclass(frozen=True, slots=True)
class Attempt:
    """A file as the ledger has it. The submission carries all findings of the attempt.

    `decided_by` is who accepted it, empty where that followed from the rules.
    """

    sha256: str
    unit_code: str
    issue: int
    file: str
    received_at: str
    status: AttemptStatus
    application: str
    submission: Submission | None
    findings: tuple[Finding, ...]
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """One unit's row: how many workbooks it was given, how many files came, and how it stands.

    `status` is `accepted` where an attempt is, else that of the last attempt, empty where none came. `accepted_issue`
    is 0 where none is accepted; `errors` and `warnings` are those of the attempt that decides the status. `returned`
    counts the forms sent back, `last_issue` is the number given out last, `last_attempt` the highest that came back.
    Withdrawn files count nowhere.
    """

    unit_code: str
    issued: int
    returned: int
    received: int
    status: str
    accepted_issue: int
    errors: int
    warnings: int
    held: int
    last_issue: int
    last_attempt: int
    last_received_at: str
    stamped: bool
    handed_in: bool
