"""The ledger of a campaign: workbooks issued, attempts received, their findings, and the history of both (SQLite).

Every change is one transaction with its history, so a run that is killed leaves whole records only, and the next run
goes on where it stopped: what is already recorded is recorded once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.opinion import Opinion
from xltool.store.entries import Act, Arrival, Attempt, AttemptStatus, Issue, Mark, Unavailable
from xltool.store.records import to_json
from xltool.store.shelf import Shelf, finding_row

_OPEN = (AttemptStatus.ACCEPTED, AttemptStatus.WAITING, AttemptStatus.HELD)  # what a decision settles
_Head = tuple[str, int, AttemptStatus]
_NOWHERE = (AttemptStatus.WITHDRAWN, AttemptStatus.REFUSED)


class Ledger(Shelf):
    """An open ledger. Methods that write return `Unavailable` where another process did not let go in time, and a
    finding where what was asked cannot be done; nothing is changed then."""

    def issue(self, issued: Issue, opinions: Sequence[Opinion] = (), act: Act | None = None) -> Issue | Unavailable:
        """Record a workbook given out, with the opinions it carries where it is a returned form.

        A number that is taken stays as it is: the record that holds it is returned.
        """

        def write() -> Issue:
            taken = self.issues(issued.unit_code, issued.issue)
            if taken:
                return taken[0]
            row = (
                issued.unit_code, issued.issue, issued.token, issued.file, issued.sha256, issued.at, issued.answers
            )  # fmt: skip
            self._connection.execute("INSERT INTO issues VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            for place, item in enumerate(opinions):
                self._connection.execute(
                    "INSERT INTO opinions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        issued.unit_code, issued.issue, place, item.key, item.source.value, item.severity, item.slot,
                        item.cell, item.problem, item.remedy, item.state.value, item.reason, item.value,
                    ),
                )  # fmt: skip
            event = "returned" if issued.answers else "issued"
            place_ = (issued.unit_code, issued.issue, issued.sha256)
            self._happened(act or Act("", issued.at), event, place_, issued.file)
            return issued

        return self._transaction(write)

    def record(self, arrival: Arrival) -> Attempt | Unavailable:
        """Record a file and what follows from it; see `record_all`."""
        recorded = self.record_all((arrival,))
        return recorded if isinstance(recorded, Unavailable) else recorded[0]

    def record_all(self, arrivals: Sequence[Arrival]) -> tuple[Attempt, ...] | Unavailable:
        """Record files in their order, all or none, and what follows from each; content recorded before changes
        nothing and is returned as it is, unless nothing could be read from it then and something else is known now.

        The latest issue without errors is accepted, by the token's number and never by file name or date. What is
        accepted stays: a later issue, or other content of the same one, is held until a person decides.
        """
        return self._transaction(lambda: tuple(map(self._record, arrivals))) if arrivals else ()

    def accept(self, attempt: Attempt, act: Act) -> Attempt | Finding | Unavailable:
        """A person accepts this attempt. It settles which content of its issue counts.

        An accepted form is not replaced: only where two contents of one issue came, and nobody has chosen yet, may
        the other one be taken.
        """

        def write() -> Attempt | Finding:
            chosen = self._attempt(attempt.sha256)
            fault = self._unacceptable(chosen)
            if fault is not None:
                return fault
            others = [head for head in self._heads(chosen.unit_code) if head[0] != chosen.sha256]
            self._supersede(chosen.unit_code, others, f"by {chosen.file}", act)
            self._put(chosen.sha256, AttemptStatus.ACCEPTED, act.who or "?")
            self._happened(act, "accepted", _place(chosen), chosen.file)
            return self._attempt(chosen.sha256)

        return self._transaction(write)

    def reopen(self, unit_code: str, act: Act) -> Attempt | Finding | Unavailable:
        """Take back the acceptance of a unit's form: it waits again, and another may be accepted in its place."""

        def write() -> Attempt | Finding:
            accepted = self._accepted_of(unit_code)
            if accepted is None:
                return finding(Code.COL_NOT_ACCEPTED, Position(unit_code=unit_code), unit=unit_code)
            self._unmark(accepted)
            self._put(accepted.sha256, AttemptStatus.WAITING)
            self._happened(act, "reopened", _place(accepted), accepted.file)
            return self._attempt(accepted.sha256)

        return self._transaction(write)

    def withdraw(self, attempt: Attempt, act: Act) -> Attempt | Unavailable:
        """This file counts nowhere any more. It stays in the archive, and its coming in the history."""

        def write() -> Attempt:
            if self._attempt(attempt.sha256).status is not AttemptStatus.WITHDRAWN:
                self._unmark(attempt)
                self._put(attempt.sha256, AttemptStatus.WITHDRAWN)
                self._happened(act, "withdrawn", _place(attempt), attempt.file)
            return self._attempt(attempt.sha256)

        return self._transaction(write)

    def mark(self, unit_code: str, mark: Mark, act: Act, detail: str = "") -> Attempt | Finding | Unavailable:
        """Note that the accepted form's stamped copy came, or that it was handed in; once is enough."""

        def write() -> Attempt | Finding:
            accepted = self._accepted_of(unit_code)
            if accepted is None:
                return finding(Code.COL_NOT_ACCEPTED, Position(unit_code=unit_code), unit=unit_code)
            done = self._connection.execute(
                "INSERT OR IGNORE INTO marks VALUES (?, ?, ?, ?)", (accepted.sha256, mark.value, act.at, detail)
            )
            if done.rowcount:
                self._happened(act, mark.value, _place(accepted), detail)
            return accepted

        return self._transaction(write)

    def _record(self, arrival: Arrival) -> Attempt:
        before = self.attempt(arrival.sha256)
        if before is not None and not _says_more(arrival, before):
            return before
        if before is not None:
            self._connection.execute("DELETE FROM findings WHERE sha256 = ?", (arrival.sha256,))
            self._connection.execute("DELETE FROM reasons WHERE sha256 = ?", (arrival.sha256,))
            self._connection.execute("DELETE FROM attempts WHERE sha256 = ?", (arrival.sha256,))
        return self._insert(arrival)

    def _insert(self, arrival: Arrival) -> Attempt:
        submission = arrival.submission
        unit_code = submission.identity.unit_code if submission else arrival.unit_code
        issue = submission.identity.issue if submission else arrival.issue
        status, why = self._verdict(arrival, unit_code, issue)
        act = arrival.act or Act("", arrival.received_at)
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
            (finding_row(arrival.sha256, place, item) for place, item in enumerate(arrival.findings)),
        )
        self._connection.executemany(
            "INSERT INTO reasons VALUES (?, ?, ?)", [(arrival.sha256, *told) for told in arrival.reasons]
        )
        place = (unit_code, issue, arrival.sha256)
        self._happened(replace(act, at=arrival.received_at), "received", place, arrival.file)
        self._happened(act, "checked", place, _counted(arrival.findings))
        if status is not AttemptStatus.ERRORS:
            self._happened(act, status.value, place, why)
        if status is AttemptStatus.ACCEPTED:
            earlier = [head for head in self._heads(unit_code) if head[1] < issue]
            self._supersede(unit_code, earlier, f"by issue {issue}", act)
        known = replace(submission, findings=arrival.findings) if submission else None
        application = submission.application if submission else ""
        return Attempt(
            arrival.sha256, unit_code, issue, arrival.file, arrival.received_at, status, application, known,
            arrival.findings,
        )  # fmt: skip

    def _verdict(self, arrival: Arrival, unit_code: str, issue: int) -> tuple[AttemptStatus, str]:
        """The status of a new attempt, and why."""
        if arrival.submission is None:
            return AttemptStatus.REFUSED, ""
        if any(item.severity is Severity.ERROR for item in arrival.findings):
            return AttemptStatus.ERRORS, ""
        others = [(number, state) for _, number, state in self._heads(unit_code) if state not in _NOWHERE]
        accepted = next((number for number, state in others if state is AttemptStatus.ACCEPTED), None)
        if accepted is not None and issue < accepted:
            return AttemptStatus.SUPERSEDED, "on arrival, by a later issue"
        if any(number == issue for number, _ in others):
            return AttemptStatus.HELD, "other content of this issue came before"
        if accepted is not None:
            return AttemptStatus.HELD, f"issue {accepted} is accepted"
        return (AttemptStatus.WAITING, "for a person") if arrival.review else (AttemptStatus.ACCEPTED, "")

    def _supersede(self, unit_code: str, others: Sequence[_Head], why: str, act: Act) -> None:
        for sha256, issue, status in others:
            if status in _OPEN:
                self._put(sha256, AttemptStatus.SUPERSEDED)
                self._happened(act, "superseded", (unit_code, issue, sha256), why)

    def _heads(self, unit_code: str) -> list[_Head]:
        """Hash, issue and status of a unit's attempts, in the order they came."""
        rows = self._connection.execute(
            "SELECT sha256, issue, status FROM attempts WHERE unit_code = ? ORDER BY number", (unit_code,)
        )
        return [(sha256, issue, AttemptStatus(status)) for sha256, issue, status in rows]

    def _unacceptable(self, chosen: Attempt) -> Finding | None:
        where = Position(file=chosen.file, unit_code=chosen.unit_code)
        errors = sum(1 for item in chosen.findings if item.severity is Severity.ERROR)
        if errors or chosen.submission is None:
            return finding(Code.COL_HAS_ERRORS, where, unit=chosen.unit_code, file_name=chosen.file, count=errors)
        if chosen.status is AttemptStatus.WITHDRAWN:
            return finding(Code.COL_NO_SUCH_FILE, where, unit=chosen.unit_code, wanted=chosen.file)
        accepted = self._accepted_of(chosen.unit_code)
        if accepted is None or accepted.sha256 == chosen.sha256:
            return None
        if accepted.issue == chosen.issue and not accepted.decided_by:
            return None
        return finding(
            Code.COL_ALREADY_ACCEPTED, where, unit=chosen.unit_code, issue=accepted.issue, file_name=accepted.file
        )

    def _accepted_of(self, unit_code: str) -> Attempt | None:
        row = self._connection.execute(
            "SELECT sha256 FROM attempts WHERE unit_code = ? AND status = 'accepted'", (unit_code,)
        ).fetchone()
        return self._attempt(row[0]) if row else None

    def _put(self, sha256: str, status: AttemptStatus, decided_by: str = "") -> None:
        self._connection.execute(
            "UPDATE attempts SET status = ?, decided_by = ? WHERE sha256 = ?", (status.value, decided_by, sha256)
        )

    def _unmark(self, attempt: Attempt) -> None:
        self._connection.execute("DELETE FROM marks WHERE sha256 = ?", (attempt.sha256,))


def _says_more(arrival: Arrival, before: Attempt) -> bool:
    known = {item.code for item in before.findings} == {item.code for item in arrival.findings}
    if before.status in (AttemptStatus.ERRORS, AttemptStatus.WITHDRAWN):  # a person said that it is another unit's
        return arrival.submission is not None and arrival.submission.identity.unit_code != before.unit_code
    return before.status is AttemptStatus.REFUSED and (arrival.submission is not None or not known)


def _place(attempt: Attempt) -> tuple[str, int, str]:
    return attempt.unit_code, attempt.issue, attempt.sha256


def _counted(findings: Sequence[Finding]) -> str:
    counts = Counter(item.severity for item in findings)
    return " ".join(f"{severity.value}={counts[severity]}" for severity in Severity)
