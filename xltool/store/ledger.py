"""The ledger of a campaign: workbooks issued, attempts received, their findings, and the history of both (SQLite).

Every change is one transaction with its history, so a run that is killed leaves whole records only, and the next run
goes on where it stopped: what is already recorded is recorded once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path
from typing import TypeVar

from xltool.model.finding import Finding, Position, Severity
from xltool.model.opinion import Opinion, OpinionSource, OpinionState
from xltool.model.submission import Submission
from xltool.store.entries import Arrival, Attempt, AttemptStatus, Fault, Issue, Unavailable, UnitStatus
from xltool.store.records import from_json, identity_from_json, to_json
from xltool.store.schema import busy, prepare

_TIMEOUT = 10.0  # seconds; one transaction takes milliseconds, so a longer wait means that something is wrong
_TIMELESS = {
    "issues": "unit_code, issue, token, file, sha256",
    "opinions": "*",
    "attempts": "number, sha256, unit_code, issue, file, status, application, submission",
    "findings": "*",
    "history": "number, event, unit_code, issue, sha256, detail",
}
_Done = TypeVar("_Done")


class Ledger:
    """An open ledger. Methods that write return `Unavailable` where another process did not let go in time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path, timeout: float = _TIMEOUT) -> Iterator[Ledger | Unavailable]:
        """The ledger in this file, made if there is none; the folder must exist. `timeout` in seconds."""
        with closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as connection:
            fault = prepare(connection)
            yield Unavailable(path, fault) if fault else cls(connection, path)

    def issue(self, issued: Issue, opinions: Sequence[Opinion] = ()) -> Issue | Unavailable:
        """Record a workbook given out, with the opinions it carries where it is a returned form.

        A number that is taken stays as it is: the record that holds it is returned.
        """

        def write() -> Issue:
            taken = self.issues(issued.unit_code, issued.issue)
            if taken:
                return taken[0]
            row = (issued.unit_code, issued.issue, issued.token, issued.file, issued.sha256, issued.at)
            self._connection.execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?)", row)
            for place, item in enumerate(opinions):
                self._connection.execute(
                    "INSERT INTO opinions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (issued.unit_code, issued.issue, place, *(str(part) for part in astuple(item))),
                )
            event = "returned" if opinions else "issued"
            self._remember(issued.at, event, issued.unit_code, issued.issue, issued.sha256, issued.file)
            return issued

        return self._transaction(write)

    def next_issue(self, unit_code: str) -> int:
        """The number of the unit's next workbook, from 1."""
        (last,) = self._connection.execute(
            "SELECT coalesce(max(issue), 0) FROM issues WHERE unit_code = ?", (unit_code,)
        ).fetchone()
        return int(last) + 1

    def issues(self, unit_code: str | None = None, issue: int | None = None) -> tuple[Issue, ...]:
        """The workbooks given out, of one unit or all, by unit and number."""
        rows = self._connection.execute(
            "SELECT unit_code, issue, token, file, sha256, at FROM issues "
            "WHERE (?1 IS NULL OR unit_code = ?1) AND (?2 IS NULL OR issue = ?2) ORDER BY unit_code, issue",
            (unit_code, issue),
        )
        return tuple(Issue(*row) for row in rows)

    def opinions(self, unit_code: str, issue: int) -> tuple[Opinion, ...]:
        """What the returned workbook of that number asked for, in its order; nothing where it was no return."""
        rows = self._connection.execute(
            "SELECT key, source, severity, slot, cell, problem, remedy, state, reason FROM opinions "
            "WHERE unit_code = ? AND issue = ? ORDER BY position",
            (unit_code, issue),
        )
        return tuple(
            Opinion(key, OpinionSource(source), severity, slot, cell, problem, remedy, OpinionState(state), reason)
            for key, source, severity, slot, cell, problem, remedy, state, reason in rows
        )

    def has(self, sha256: str) -> bool:
        """Whether this very content was recorded before, under whatever file name."""
        found = self._connection.execute("SELECT 1 FROM attempts WHERE sha256 = ?", (sha256,)).fetchone()
        return found is not None

    def record(self, arrival: Arrival) -> Attempt | Unavailable:
        """Record a file and what follows from it; content recorded before changes nothing and is returned as it is.

        The latest issue without errors is accepted, by the token's number and never by file name or date; an earlier
        accepted one is then superseded. Other content under an accepted number is held, and the first stays.
        """

        def write() -> Attempt:
            return self._attempt(arrival.sha256) if self.has(arrival.sha256) else self._insert(arrival)

        return self._transaction(write)

    def attempts(self, unit_code: str | None = None) -> tuple[Attempt, ...]:
        """All attempts, or one unit's, by issue number and within one number as they came."""
        rows = self._connection.execute(
            "SELECT sha256 FROM attempts WHERE ?1 IS NULL OR unit_code = ?1 ORDER BY unit_code, issue, number",
            (unit_code,),
        ).fetchall()
        return tuple(self._attempt(sha256) for (sha256,) in rows)

    def attempt(self, sha256: str) -> Attempt | None:
        """The attempt with this very content."""
        return self._attempt(sha256) if self.has(sha256) else None

    def headers(self) -> tuple[Submission, ...]:
        """Every submission that could be read, in the order of `attempts`, with identity and file but no answers.

        Questions across the units need no more, and the headers of a whole campaign are small.
        """
        rows = self._connection.execute(
            "SELECT json_extract(submission, '$.identity'), file, sha256, application FROM attempts "
            "WHERE submission IS NOT NULL ORDER BY unit_code, issue, number"
        )
        return tuple(
            Submission(identity_from_json(identity), file, sha256, application, (), (), ())
            for identity, file, sha256, application in rows
        )

    def findings(self) -> tuple[Finding, ...]:
        """The findings of all attempts, in the order of `attempts`."""
        rows = self._connection.execute(
            "SELECT findings.* FROM findings JOIN attempts USING (sha256) "
            "ORDER BY attempts.unit_code, attempts.issue, attempts.number, findings.position"
        )
        return tuple(_finding(row) for row in rows)

    def accepted(self) -> dict[str, Submission]:
        """The accepted submission of each unit that has one, by unit code."""
        rows = self._connection.execute(
            "SELECT unit_code, sha256 FROM attempts WHERE status = 'accepted' ORDER BY unit_code"
        ).fetchall()
        found = ((code, self._attempt(sha256).submission) for code, sha256 in rows)
        return {code: submission for code, submission in found if submission is not None}

    def status(self) -> tuple[UnitStatus, ...]:
        """How each unit stands that was given a workbook or sent one, by unit code; the roster is not known here."""
        rows = self._connection.execute(_STATUS).fetchall()
        return tuple(UnitStatus(*row) for row in rows)

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Every record without its time, for comparing two ledgers."""
        return {
            table: self._connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
            for table, columns in _TIMELESS.items()
        }

    def _insert(self, arrival: Arrival) -> Attempt:
        submission = arrival.submission
        unit_code = submission.identity.unit_code if submission else arrival.unit_code
        issue = submission.identity.issue if submission else arrival.issue
        status, event = self._verdict(arrival, unit_code, issue)
        if status is AttemptStatus.ACCEPTED:
            self._supersede(unit_code, issue, arrival.received_at)
        self._connection.execute(
            "INSERT INTO attempts (sha256, unit_code, issue, file, received_at, status, application, submission) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                arrival.sha256, unit_code, issue, arrival.file, arrival.received_at, status.value,
                submission.application if submission else "",
                to_json(replace(submission, findings=())) if submission else None,
            ),
        )  # fmt: skip
        self._connection.executemany(
            f"INSERT INTO findings VALUES ({', '.join('?' * 12)})",  # noqa: S608
            (_finding_row(arrival.sha256, place, item) for place, item in enumerate(arrival.findings)),
        )
        self._remember(arrival.received_at, event, unit_code, issue, arrival.sha256, arrival.file)
        known = replace(submission, findings=arrival.findings) if submission else None
        application = submission.application if submission else ""
        return Attempt(
            arrival.sha256, unit_code, issue, arrival.file, arrival.received_at, status, application, known,
            arrival.findings,
        )  # fmt: skip

    def _verdict(self, arrival: Arrival, unit_code: str, issue: int) -> tuple[AttemptStatus, str]:
        """The status of a new attempt and the event that is remembered."""
        if arrival.submission is None:
            return AttemptStatus.REFUSED, "refused"
        if any(item.severity is Severity.ERROR for item in arrival.findings):
            return AttemptStatus.ERRORS, "received with errors"
        (latest,) = self._connection.execute(
            "SELECT max(issue) FROM attempts WHERE unit_code = ? AND status = 'accepted'", (unit_code,)
        ).fetchone()
        if latest is None or issue > latest:
            return AttemptStatus.ACCEPTED, "accepted"
        if issue == latest:
            return AttemptStatus.HELD, "held: other content of this issue was accepted before"
        return AttemptStatus.SUPERSEDED, "superseded on arrival by a later issue"

    def _supersede(self, unit_code: str, issue: int, at: str) -> None:
        rows = self._connection.execute(
            "SELECT issue, sha256 FROM attempts WHERE unit_code = ? AND status IN ('accepted', 'held') ORDER BY number",
            (unit_code,),
        ).fetchall()
        for earlier, sha256 in rows:
            self._connection.execute("UPDATE attempts SET status = 'superseded' WHERE sha256 = ?", (sha256,))
            self._remember(at, "superseded", unit_code, earlier, sha256, f"by issue {issue}")

    def _remember(self, at: str, event: str, unit_code: str, issue: int, sha256: str, detail: str) -> None:
        self._connection.execute(
            "INSERT INTO history (at, event, unit_code, issue, sha256, detail) VALUES (?, ?, ?, ?, ?, ?)",
            (at, event, unit_code, issue, sha256, detail),
        )

    def _attempt(self, sha256: str) -> Attempt:
        code, issue, file, received_at, status, application, stored = self._connection.execute(
            "SELECT unit_code, issue, file, received_at, status, application, submission "
            "FROM attempts WHERE sha256 = ?",
            (sha256,),
        ).fetchone()
        items = self._connection.execute("SELECT * FROM findings WHERE sha256 = ? ORDER BY position", (sha256,))
        findings = tuple(_finding(item) for item in items)
        submission = replace(from_json(stored), findings=findings) if stored is not None else None
        return Attempt(sha256, code, issue, file, received_at, AttemptStatus(status), application, submission, findings)

    def _transaction(self, write: Callable[[], _Done]) -> _Done | Unavailable:
        """All of `write` or nothing. Another process's lock is waited for; after the timeout nothing is changed."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                done = write()
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            if busy(error):
                return Unavailable(self._path, Fault.BUSY)
            raise
        return done


_STATUS = """
WITH units AS (SELECT unit_code FROM issues UNION SELECT unit_code FROM attempts WHERE unit_code <> ''),
deciding AS (
    SELECT unit_code, sha256, status, issue,
        row_number() OVER (PARTITION BY unit_code ORDER BY status = 'accepted' DESC, issue DESC, number DESC) AS rank
    FROM attempts
)
SELECT
    units.unit_code,
    (SELECT count(*) FROM issues WHERE issues.unit_code = units.unit_code),
    (SELECT count(*) FROM attempts WHERE attempts.unit_code = units.unit_code),
    coalesce(deciding.status, ''),
    CASE deciding.status WHEN 'accepted' THEN deciding.issue ELSE 0 END,
    (SELECT count(*) FROM findings WHERE findings.sha256 = deciding.sha256 AND severity = 'error'),
    (SELECT count(*) FROM findings WHERE findings.sha256 = deciding.sha256 AND severity = 'warning'),
    (SELECT count(*) FROM attempts WHERE attempts.unit_code = units.unit_code AND status = 'held'),
    coalesce((SELECT max(received_at) FROM attempts WHERE attempts.unit_code = units.unit_code), '')
FROM units LEFT JOIN deciding ON deciding.unit_code = units.unit_code AND deciding.rank = 1
ORDER BY units.unit_code
"""


def _finding_row(sha256: str, place: int, item: Finding) -> tuple[object, ...]:
    at = item.position
    args = json.dumps(item.args, ensure_ascii=False, separators=(",", ":"))
    return (
        sha256, place, item.code, item.severity.value, args,
        at.file, at.sheet, at.cell, at.field, at.unit_code, at.row, at.column,
    )  # fmt: skip


def _finding(row: tuple[object, ...]) -> Finding:
    _, _, code, severity, args, *position = row
    pairs = tuple((name, text) for name, text in json.loads(str(args)))
    return Finding(str(code), Severity(str(severity)), pairs, Position(*position))  # type: ignore[arg-type]
