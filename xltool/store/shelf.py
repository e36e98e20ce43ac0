"""Asking the ledger: workbooks issued, attempts received, what stands accepted, and how each unit stands."""

from __future__ import annotations

import json
from dataclasses import replace

from xltool.model.finding import Finding, Position, Severity
from xltool.model.opinion import Justified, Opinion, OpinionSource, OpinionState
from xltool.model.submission import Submission
from xltool.store.entries import Attempt, AttemptStatus, Issue, UnitStatus
from xltool.store.journal import Journal
from xltool.store.records import from_json, identity_from_json

_TIMELESS = {
    "issues": "unit_code, issue, token, file, sha256, answers",
    "opinions": "*",
    "attempts": "number, sha256, unit_code, issue, file, status, application, submission, decided_by",
    "findings": "*",
    "reasons": "*",
    "marks": "sha256, mark, detail",
    "history": "number, event, unit_code, issue, sha256, detail, who, reason",
}


class Shelf(Journal):
    """What the ledger tells. Nothing here changes it."""

    def next_issue(self, unit_code: str) -> int:
        """The number of the unit's next workbook, from 1."""
        (last,) = self._connection.execute(
            "SELECT coalesce(max(issue), 0) FROM issues WHERE unit_code = ?", (unit_code,)
        ).fetchone()
        return int(last) + 1

    def issues(self, unit_code: str | None = None, issue: int | None = None) -> tuple[Issue, ...]:
        """The workbooks given out, of one unit or all, by unit and number."""
        rows = self._connection.execute(
            "SELECT unit_code, issue, token, file, sha256, at, answers FROM issues "
            "WHERE (?1 IS NULL OR unit_code = ?1) AND (?2 IS NULL OR issue = ?2) ORDER BY unit_code, issue",
            (unit_code, issue),
        )
        return tuple(Issue(*row) for row in rows)

    def opinions(self, unit_code: str, issue: int) -> tuple[Opinion, ...]:
        """What the returned workbook of that number asked for, in its order; nothing where it was no return.

        Those that a reviewer dropped are among them, with that state.
        """
        rows = self._connection.execute(
            "SELECT key, source, severity, slot, cell, problem, remedy, state, reason, value FROM opinions "
            "WHERE unit_code = ? AND issue = ? ORDER BY position",
            (unit_code, issue),
        )
        return tuple(
            Opinion(key, OpinionSource(source), severity, slot, cell, problem, remedy, OpinionState(state), reason,
                    value)
            for key, source, severity, slot, cell, problem, remedy, state, reason, value in rows
        )  # fmt: skip

    def has(self, sha256: str) -> bool:
        """Whether this very content was recorded before, under whatever file name."""
        found = self._connection.execute("SELECT 1 FROM attempts WHERE sha256 = ?", (sha256,)).fetchone()
        return found is not None

    def attempts(self, unit_code: str | None = None) -> tuple[Attempt, ...]:
        """All attempts, or one unit's, by issue number and within one number as they came."""
        rows = self._connection.execute(
            "SELECT sha256 FROM attempts WHERE ?1 IS NULL OR unit_code = ?1 ORDER BY unit_code, issue, number",
            (unit_code,),
        ).fetchall()
        return tuple(self._attempt(sha256) for (sha256,) in rows)

    def of_file(self, sha256: str) -> tuple[Attempt, ...]:
        """The attempts that came in the file of this hash: one, unless it held several units' forms."""
        rows = self._connection.execute(
            "SELECT sha256 FROM attempts WHERE sha256 = ?1 OR substr(sha256, 1, length(?1) + 1) = ?1 || '#' "
            "ORDER BY number",
            (sha256,),
        ).fetchall()
        return tuple(self._attempt(key) for (key,) in rows)

    def attempt(self, sha256: str) -> Attempt | None:
        """The attempt with this very content."""
        return self._attempt(sha256) if self.has(sha256) else None

    def headers(self) -> tuple[Submission, ...]:
        """Every submission that counts, in the order of `attempts`, with identity and file but no answers.

        Withdrawn files are left out, and other contents of an issue of which a person accepted one: nothing about
        them is open any more. Questions across the units need no more, and the headers of a campaign are small.
        """
        rows = self._connection.execute(
            "SELECT json_extract(submission, '$.identity'), file, sha256, application FROM attempts "
            "WHERE submission IS NOT NULL AND status <> 'withdrawn' AND NOT EXISTS ("
            "  SELECT 1 FROM attempts AS chosen WHERE chosen.unit_code = attempts.unit_code"
            "  AND chosen.issue = attempts.issue AND chosen.sha256 <> attempts.sha256"
            "  AND chosen.status = 'accepted' AND chosen.decided_by <> '') "
            "ORDER BY unit_code, issue, number"
        )
        return tuple(
            Submission(identity_from_json(identity), file, sha256, application, (), (), ())
            for identity, file, sha256, application in rows
        )

    def findings(self) -> tuple[Finding, ...]:
        """The findings of all attempts that were not withdrawn, in the order of `attempts`."""
        rows = self._connection.execute(
            "SELECT findings.* FROM findings JOIN attempts USING (sha256) WHERE attempts.status <> 'withdrawn' "
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

    def justified(self) -> tuple[Justified, ...]:
        """The reasons in the accepted forms, by unit, in the order of the opinions they answer."""
        rows = self._connection.execute(
            "SELECT o.unit_code, o.slot, o.cell, o.problem, reasons.reason FROM reasons JOIN attempts a USING (sha256) "
            "JOIN opinions o ON o.unit_code = a.unit_code AND o.issue = a.issue AND o.key = reasons.key "
            "WHERE a.status = 'accepted' ORDER BY o.unit_code, o.position"
        )
        return tuple(Justified(*row) for row in rows)

    def status(self) -> tuple[UnitStatus, ...]:
        """How each unit stands that was given a workbook or sent one, by unit code; the roster is not known here."""
        rows = self._connection.execute(_STATUS).fetchall()
        return tuple(UnitStatus(*(*row[:-2], bool(row[-2]), bool(row[-1]))) for row in rows)

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Every record without its time, for comparing two ledgers."""
        return {
            table: self._connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()  # noqa: S608
            for table, columns in _TIMELESS.items()
        }

    def _attempt(self, sha256: str) -> Attempt:
        code, issue, file, received_at, status, application, stored, by = self._connection.execute(
            "SELECT unit_code, issue, file, received_at, status, application, submission, decided_by "
            "FROM attempts WHERE sha256 = ?",
            (sha256,),
        ).fetchone()
        items = self._connection.execute("SELECT * FROM findings WHERE sha256 = ? ORDER BY position", (sha256,))
        findings = tuple(_finding(item) for item in items)
        submission = replace(from_json(stored), findings=findings) if stored is not None else None
        return Attempt(
            sha256, code, issue, file, received_at, AttemptStatus(status), application, submission, findings, by
        )


_STATUS = """
WITH units AS (SELECT unit_code FROM issues UNION SELECT unit_code FROM attempts WHERE unit_code <> ''),
counting AS (SELECT * FROM attempts WHERE status <> 'withdrawn'),
deciding AS (
    SELECT unit_code, sha256, status, issue,
        row_number() OVER (PARTITION BY unit_code ORDER BY status = 'accepted' DESC, issue DESC, number DESC) AS rank
    FROM counting
)
SELECT
    units.unit_code,
    (SELECT count(*) FROM issues WHERE issues.unit_code = units.unit_code),
    (SELECT count(*) FROM issues WHERE issues.unit_code = units.unit_code AND answers <> ''),
    (SELECT count(*) FROM counting WHERE counting.unit_code = units.unit_code),
    coalesce(deciding.status, ''),
    CASE deciding.status WHEN 'accepted' THEN deciding.issue ELSE 0 END,
    (SELECT count(*) FROM findings WHERE findings.sha256 = deciding.sha256 AND severity = 'error'),
    (SELECT count(*) FROM findings WHERE findings.sha256 = deciding.sha256 AND severity = 'warning'),
    (SELECT count(*) FROM counting WHERE counting.unit_code = units.unit_code AND status = 'held'),
    coalesce((SELECT max(issue) FROM issues WHERE issues.unit_code = units.unit_code), 0),
    coalesce((SELECT max(issue) FROM counting WHERE counting.unit_code = units.unit_code), 0),
    coalesce((SELECT max(received_at) FROM counting WHERE counting.unit_code = units.unit_code), ''),
    EXISTS (SELECT 1 FROM marks WHERE marks.sha256 = deciding.sha256 AND mark = 'stamped'),
    EXISTS (SELECT 1 FROM marks WHERE marks.sha256 = deciding.sha256 AND mark = 'handed-in')
FROM units LEFT JOIN deciding ON deciding.unit_code = units.unit_code AND deciding.rank = 1
ORDER BY units.unit_code
"""


def finding_row(sha256: str, place: int, item: Finding) -> tuple[object, ...]:
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
