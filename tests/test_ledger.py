"""What the ledger keeps, which attempt stands, and that neither a kill nor a second process spoils it."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consolidation_cases import a_row, a_submission, an_indicator
from xltool.model.finding import Finding, Position, Severity
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import Doubt, Kind, Note, Operator, State, TargetValue
from xltool.store.entries import Arrival, Attempt, AttemptStatus, Fault, Issue, Unavailable
from xltool.store.ledger import Ledger
from xltool.store.records import from_json, to_json

ERROR = Finding("VAL03", Severity.ERROR, (("label", "总额"), ("text", "一百")), Position("a.xlsx", "申报表", "C4"))
WARNING = Finding("VAL04", Severity.WARNING, (), Position(unit_code="001", row=3, column="code"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as book:
        yield book


class opened:  # noqa: N801  reads as a word in `with`
    """A ledger that is known to open."""

    def __init__(self, folder: Path, timeout: float = 5.0) -> None:
        self._context = Ledger.open(folder / "ledger.sqlite", timeout)

    def __enter__(self) -> Ledger:
        book = self._context.__enter__()
        assert isinstance(book, Ledger)
        return book

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(None, None, None)


def an_arrival(
    unit: str = "001",
    issue: int = 1,
    content: str = "a",
    findings: tuple[Finding, ...] = (),
    at: str = "2024-03-01T09:00",
) -> Arrival:
    name = f"{unit}-{issue}-{content}"
    submission = replace(a_submission(unit, issue=issue, indicators=[an_indicator("甲", "=48.00(家)")]), sha256=name)
    return Arrival(name, f"{name}.xlsx", at, submission, findings)


def a_refusal(content: str = "broken") -> Arrival:
    return Arrival(content, f"{content}.xlsx", "2024-03-01T09:00", None, (ERROR,))


def recorded(book: Ledger, arrival: Arrival) -> Attempt:
    attempt = book.record(arrival)
    assert isinstance(attempt, Attempt)
    return attempt


# arrivals in order (issue and content, ! for errors) | the status of each at the end | which stands
ORDERS = """
1a          | accepted                            | 1a
1a!         | errors                              |
1a 2b       | accepted held                       | 1a
2b 1a       | accepted superseded                 | 2b
1a! 2b      | errors accepted                     | 2b
2b 1a!      | accepted errors                     | 2b
1a 2b!      | accepted errors                     | 1a
2b! 1a      | errors accepted                     | 1a
1a 1b       | accepted held                       | 1a
1a! 1b      | errors held                         |
1b 1a!      | accepted errors                     | 1b
1a! 1b 2c   | errors superseded accepted          | 2c
2c 1a 1b    | accepted superseded superseded      | 2c
1a 1a       | accepted accepted                   | 1a
10a 9b      | accepted superseded                 | 10a
1a! 3b! 3c 2d | errors errors held accepted       | 2d
"""


@pytest.mark.parametrize(
    ("arrivals", "statuses", "standing"),
    [tuple(cell.strip() for cell in line.split("|")) for line in ORDERS.strip().splitlines()],
)
def test_the_first_issue_accepted_stays_and_what_would_replace_it_is_held(
    ledger: Ledger, arrivals: str, statuses: str, standing: str
) -> None:
    names = []
    for told in arrivals.split():
        issue, content = int(told.rstrip("!")[:-1]), told.rstrip("!")[-1]
        arrival = an_arrival("001", issue, content, (ERROR,) if "!" in told else (WARNING,))
        recorded(ledger, arrival)
        names.append(arrival.sha256)
    status = {attempt.sha256: attempt.status.value for attempt in ledger.attempts("001")}
    assert " ".join(status[name] for name in names) == statuses
    accepted = [f"{s.identity.issue}{s.sha256[-1]}" for s in ledger.accepted().values()]
    assert accepted == ([standing] if standing else [])


def test_an_attempt_comes_back_as_it_was_told(ledger: Ledger) -> None:
    arrival = an_arrival(findings=(WARNING,))
    assert arrival.submission is not None
    attempt = recorded(ledger, arrival)
    assert attempt.submission == replace(arrival.submission, findings=(WARNING,))
    assert attempt.findings == (WARNING,)
    assert (attempt.file, attempt.received_at, attempt.application) == ("001-1-a.xlsx", "2024-03-01T09:00", "Test")
    assert ledger.accepted() == {"001": attempt.submission}


def test_a_file_that_could_not_be_read_is_refused_and_kept_with_its_findings(ledger: Ledger) -> None:
    attempt = recorded(ledger, a_refusal())
    assert (attempt.status, attempt.submission, attempt.findings) == (AttemptStatus.REFUSED, None, (ERROR,))
    assert ledger.has("broken")
    assert ledger.status() == ()


def test_the_same_content_under_another_name_is_recorded_once(ledger: Ledger) -> None:
    first = recorded(ledger, an_arrival())
    before = ledger.content()
    again = recorded(ledger, replace(an_arrival(), file="最终2.xlsx", received_at="2024-04-01T09:00"))
    assert again == first
    assert ledger.content() == before


def test_issue_numbers_count_each_units_workbooks(ledger: Ledger) -> None:
    assert ledger.next_issue("001") == 1
    ledger.issue(Issue("001", 1, "XT1.a", "001_1.xlsx", "s1", "2024-02-01T09:00"))
    ledger.issue(Issue("002", 1, "XT1.b", "002_1.xlsx", "s2", "2024-02-01T09:00"))
    assert (ledger.next_issue("001"), ledger.next_issue("003")) == (2, 1)
    assert [issued.token for issued in ledger.issues("001")] == ["XT1.a"]


def test_a_number_that_was_issued_stays_as_it_was_issued(ledger: Ledger) -> None:
    first = Issue("001", 1, "XT1.a", "001_1.xlsx", "s1", "2024-02-01T09:00")
    assert ledger.issue(first) == first
    assert ledger.issue(replace(first, sha256="other")) == first
    assert ledger.issues() == (first,)


def test_the_status_shows_how_each_unit_stands(ledger: Ledger) -> None:
    for code in ("001", "002", "003"):
        ledger.issue(Issue(code, 1, "t", "f", "s", "2024-02-01T09:00"))
    recorded(ledger, an_arrival("001", 1, "a", (ERROR, WARNING), "2024-03-01T09:00"))
    recorded(ledger, an_arrival("001", 2, "b", (WARNING, WARNING), "2024-03-02T09:00"))
    recorded(ledger, an_arrival("001", 2, "c", (), "2024-03-03T09:00"))
    recorded(ledger, an_arrival("002", 1, "a", (ERROR,)))
    rows = [
        (
            r.unit_code,
            r.issued,
            r.received,
            r.status,
            r.accepted_issue,
            r.errors,
            r.warnings,
            r.held,
            r.last_received_at,
        )
        for r in ledger.status()
    ]
    assert rows == [
        ("001", 1, 3, "accepted", 2, 0, 2, 1, "2024-03-03T09:00"),
        ("002", 1, 1, "errors", 0, 1, 0, 0, "2024-03-01T09:00"),
        ("003", 1, 0, "", 0, 0, 0, 0, ""),
    ]


def test_history_tells_every_step_and_is_only_added_to(ledger: Ledger, tmp_path: Path) -> None:
    recorded(ledger, an_arrival("001", 1, "a"))
    recorded(ledger, an_arrival("001", 1, "b"))
    recorded(ledger, an_arrival("002", 1, "a", (ERROR,)))
    recorded(ledger, an_arrival("002", 2, "c"))
    events = [event.event for event in ledger.history()]
    assert events == [
        "received", "checked", "accepted", "received", "checked", "held",
        "received", "checked", "received", "checked", "accepted",
    ]  # fmt: skip
    assert [event.detail for event in ledger.history("002")][:2] == ["002-1-a.xlsx", "error=1 warning=0 info=0"]
    for change in ("UPDATE history SET event = 'x'", "DELETE FROM history"):
        with sqlite3.connect(tmp_path / "ledger.sqlite") as raw, pytest.raises(sqlite3.IntegrityError):
            raw.execute(change)
        raw.close()


def test_the_content_is_the_same_at_any_time_of_day(tmp_path: Path) -> None:
    contents = []
    for at in ("2024-03-01T09:00", "2025-12-31T23:59"):
        folder = tmp_path / at[:4]
        folder.mkdir()
        with opened(folder) as book:
            book.issue(Issue("001", 1, "t", "f", "s", at))
            recorded(book, an_arrival(at=at, findings=(WARNING,)))
            contents.append(book.content())
    assert contents[0] == contents[1]
    assert contents[0]["attempts"]


def test_another_process_is_waited_for_and_then_named_as_the_reason(tmp_path: Path) -> None:
    with opened(tmp_path, timeout=0.2) as book:
        other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        unavailable = Unavailable(tmp_path / "ledger.sqlite", Fault.BUSY)
        assert book.record(an_arrival()) == unavailable
        assert book.issue(Issue("001", 1, "t", "f", "s", "now")) == unavailable
        other.execute("ROLLBACK")
        other.close()
        assert not book.has(an_arrival().sha256)
        assert recorded(book, an_arrival()).status is AttemptStatus.ACCEPTED


def test_a_ledger_that_is_being_made_elsewhere_is_busy(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Ledger.open(tmp_path / "ledger.sqlite", timeout=0.1) as book:
        assert book == Unavailable(tmp_path / "ledger.sqlite", Fault.BUSY)
    other.close()


def test_a_file_that_is_no_ledger_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"PK\x03\x04 something else entirely " * 40)
    with Ledger.open(path) as book:
        assert book == Unavailable(path, Fault.FOREIGN)
    assert path.read_bytes().startswith(b"PK")


def test_another_programs_database_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE theirs (a)")
    raw.close()
    with Ledger.open(path) as book:
        assert book == Unavailable(path, Fault.FOREIGN)


def test_a_ledger_of_a_later_version_is_named(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    raw = sqlite3.connect(tmp_path / "ledger.sqlite")
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    with Ledger.open(tmp_path / "ledger.sqlite") as book:
        assert book == Unavailable(tmp_path / "ledger.sqlite", Fault.NEWER)


def _record_many(folder: str, units: range) -> None:
    with opened(Path(folder), timeout=30) as book:
        for number in units:
            recorded(book, an_arrival(f"{number:03}", 1, "a", (WARNING,)))
            recorded(book, an_arrival(f"{number:03}", 2, "b"))


def test_two_processes_that_record_the_same_files_record_each_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_record_many, args=(str(tmp_path), range(20))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    with opened(tmp_path) as book:
        assert len(book.attempts()) == 40
        assert [submission.identity.issue for submission in book.accepted().values()] == [1] * 20
        assert len(book.content()["history"]) == 120


FILES = [
    an_arrival(f"{n:03}", i, "ab"[i - 1], (ERROR,) if n % 3 == 0 and i == 1 else ()) for n in range(6) for i in (1, 2)
]

KILLED = """
import os, sqlite3, sys
from pathlib import Path
from tests.test_ledger import FILES, Ledger

connect, left = sqlite3.connect, int(sys.argv[2])

class Dying(sqlite3.Connection):
    def execute(self, *args):
        self.strike()
        return super().execute(*args)

    def executemany(self, *args):
        self.strike()
        return super().executemany(*args)

    def strike(self):
        global left
        left -= 1
        if left < 0:
            os._exit(9)

sqlite3.connect = lambda *args, **kwargs: connect(*args, factory=Dying, **kwargs)
with Ledger.open(Path(sys.argv[1]) / "ledger.sqlite") as book:
    for arrival in FILES:
        book.record(arrival)
"""


def test_files_recorded_together_leave_what_they_leave_one_after_the_other(tmp_path: Path) -> None:
    arrivals = [an_arrival(), an_arrival(issue=2), a_refusal(), an_arrival("002"), an_arrival(content="b")]
    arrivals.append(arrivals[0])
    together, alone = tmp_path / "together", tmp_path / "alone"
    together.mkdir()
    alone.mkdir()
    with opened(together) as book, opened(alone) as other:
        assert book.record_all(arrivals) == tuple(recorded(other, arrival) for arrival in arrivals)
        assert book.content() == other.content()


def test_files_recorded_together_are_recorded_all_or_none(ledger: Ledger) -> None:
    nameless = replace(an_arrival("002"), file=None)  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        ledger.record_all([an_arrival(), nameless])
    assert ledger.attempts() == ()


@pytest.mark.parametrize("statements", [0, 1, 2, 3, 5, 8, 9, 11, 14, 15, 16, 17, 18, 19, 21, 23, 26, 40, 57])
def test_a_run_killed_at_any_statement_is_completed_by_the_next(tmp_path: Path, statements: int) -> None:
    killed, calm = tmp_path / "killed", tmp_path / "calm"
    killed.mkdir()
    calm.mkdir()
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(killed), str(statements)], cwd=root, check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.returncode == 9
    contents = []
    for folder in (killed, calm):
        with opened(folder) as book:
            for arrival in FILES:
                recorded(book, arrival)
            contents.append(book.content())
    assert contents[0] == contents[1]


# Records as JSON: anything a Submission can hold.

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
decimals = st.one_of(st.none(), st.decimals(allow_nan=False, allow_infinity=False))
sources = st.builds(Source, texts, texts)
answers = st.builds(
    FieldAnswer, texts, st.sampled_from(State), texts, decimals, sources, st.lists(st.sampled_from(Note)).map(tuple)
)
optional = st.one_of(st.none(), texts)
target_values = st.builds(
    TargetValue, texts, st.sampled_from(State), st.sampled_from(Kind), st.one_of(st.none(), st.sampled_from(Operator)),
    decimals, decimals, optional, optional, optional, optional,
    st.lists(st.sampled_from(Note), max_size=3).map(tuple), st.lists(st.sampled_from(Doubt), max_size=3).map(tuple),
)  # fmt: skip
indicators = st.builds(
    Indicator, texts, texts, st.lists(texts, max_size=3).map(tuple), texts, sources,
    st.lists(st.builds(Target, texts, target_values, sources), max_size=2).map(tuple),
    st.lists(answers, max_size=2).map(tuple), texts,
)  # fmt: skip
found = st.builds(
    Finding, texts, st.sampled_from(Severity), st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    st.builds(Position, texts, texts, texts, texts, texts, st.integers(0, 99), texts),
)  # fmt: skip
submissions = st.builds(
    Submission, st.builds(Identity, texts, texts, texts, texts, st.integers(1, 99), texts), texts, texts, texts,
    st.lists(answers, max_size=2).map(tuple),
    st.lists(st.builds(RowAnswer, texts, texts, st.lists(answers, max_size=2).map(tuple)), max_size=2).map(tuple),
    st.lists(indicators, max_size=2).map(tuple), st.lists(found, max_size=2).map(tuple),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(submissions)
def test_a_submission_comes_back_from_json_as_it_was(submission: Submission) -> None:
    again = from_json(to_json(submission))
    assert again == submission
    assert repr(again) == repr(submission)


@pytest.mark.parametrize("number", ["100", "100.00", "0", "0.00", "-0.0", "1E+3", "0.0900000762939453"])
def test_a_number_keeps_its_decimals_in_json(number: str) -> None:
    given_ = FieldAnswer("a", State.GIVEN, number, Decimal(number), Source("s", "A1"))
    again = from_json(to_json(replace(a_submission("001", rows=[a_row(1, "甲", "乙")]), fields=(given_,))))
    assert str(again.fields[0].number) == number
