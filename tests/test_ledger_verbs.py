"""What people decide about attempts: accept, reopen, withdraw, stamp, hand in; in the ledger, then as commands."""

from __future__ import annotations

import multiprocessing
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clients.javascript import NodeClient
from tests.commands import as_json, xltool
from tests.test_ledger import ERROR, WARNING, an_arrival, opened, recorded
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.store.entries import Act, Attempt, AttemptStatus, Fault, Issue, Mark, Unavailable
from xltool.store.ledger import Ledger

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "minhang-2024"
ACT = Act("王科长", "2024-03-05T10:00", "核对无误")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as book:
        yield book


def taken(outcome: Attempt | Finding | Unavailable) -> Attempt:
    assert isinstance(outcome, Attempt), outcome
    return outcome


def refused(outcome: Attempt | Finding | Unavailable) -> str:
    assert isinstance(outcome, Finding), outcome
    return outcome.code


def statuses(ledger: Ledger) -> list[str]:
    return [f"{attempt.issue}{attempt.sha256[-1]} {attempt.status.value}" for attempt in ledger.attempts("001")]


def test_under_manual_acceptance_a_clean_form_waits_until_a_person_accepts_it(ledger: Ledger) -> None:
    attempt = recorded(ledger, replace(an_arrival(), review=True))
    assert attempt.status is AttemptStatus.WAITING
    assert ledger.accepted() == {}
    accepted = taken(ledger.accept(attempt, ACT))
    assert (accepted.status, accepted.decided_by) == (AttemptStatus.ACCEPTED, "王科长")
    assert list(ledger.accepted()) == ["001"]


def test_a_form_with_errors_is_never_accepted(ledger: Ledger) -> None:
    attempt = recorded(ledger, an_arrival(findings=(ERROR,)))
    assert refused(ledger.accept(attempt, ACT)) == Code.COL_HAS_ERRORS
    assert ledger.accepted() == {}


def test_an_accepted_form_is_not_replaced_before_it_is_reopened(ledger: Ledger) -> None:
    recorded(ledger, an_arrival(issue=1))
    newer = recorded(ledger, an_arrival(issue=2, content="b"))
    assert newer.status is AttemptStatus.HELD
    assert refused(ledger.accept(newer, ACT)) == Code.COL_ALREADY_ACCEPTED
    assert statuses(ledger) == ["1a accepted", "2b held"]
    assert taken(ledger.reopen("001", ACT)).status is AttemptStatus.WAITING
    assert ledger.accepted() == {}
    assert taken(ledger.accept(newer, ACT)).issue == 2
    assert statuses(ledger) == ["1a superseded", "2b accepted"]


def test_of_two_contents_of_one_issue_a_person_takes_one_and_then_nothing_is_open(ledger: Ledger) -> None:
    recorded(ledger, an_arrival())
    other = recorded(ledger, an_arrival(content="b"))
    assert len(ledger.headers()) == 2
    taken(ledger.accept(other, ACT))
    assert statuses(ledger) == ["1a superseded", "1b accepted"]
    assert [item.sha256 for item in ledger.headers()] == [other.sha256]


def test_what_a_person_chose_of_two_contents_is_not_replaced_by_the_other(ledger: Ledger) -> None:
    first = recorded(ledger, an_arrival())
    other = recorded(ledger, an_arrival(content="b"))
    taken(ledger.accept(first, ACT))
    assert refused(ledger.accept(other, ACT)) == Code.COL_ALREADY_ACCEPTED
    assert statuses(ledger) == ["1a accepted", "1b superseded"]


def test_after_a_reopening_the_next_clean_issue_is_accepted(ledger: Ledger) -> None:
    recorded(ledger, an_arrival())
    ledger.reopen("001", ACT)
    recorded(ledger, an_arrival(issue=2, content="b"))
    assert statuses(ledger) == ["1a superseded", "2b accepted"]


def test_reopening_marking_and_handing_in_need_an_accepted_form(ledger: Ledger) -> None:
    recorded(ledger, an_arrival(findings=(ERROR,)))
    assert refused(ledger.reopen("001", ACT)) == Code.COL_NOT_ACCEPTED
    assert refused(ledger.mark("001", Mark.STAMPED, ACT)) == Code.COL_NOT_ACCEPTED
    assert refused(ledger.mark("002", Mark.HANDED_IN, ACT)) == Code.COL_NOT_ACCEPTED


def test_a_withdrawn_file_counts_nowhere_and_coming_again_changes_nothing(ledger: Ledger) -> None:
    attempt = recorded(ledger, an_arrival(findings=(WARNING,)))
    ledger.mark("001", Mark.STAMPED, ACT)
    assert isinstance(ledger.withdraw(attempt, ACT), Attempt)
    assert (ledger.accepted(), ledger.headers(), ledger.findings()) == ({}, (), ())
    (row,) = ledger.status()
    assert (row.received, row.status, row.stamped) == (0, "", False)
    assert recorded(ledger, an_arrival(findings=(WARNING,))).status is AttemptStatus.WITHDRAWN
    assert refused(ledger.accept(attempt, ACT)) == Code.COL_NO_SUCH_FILE
    assert "withdrawn" in [event.event for event in ledger.history("001")]


def test_marks_are_shown_and_end_with_the_acceptance_they_were_about(ledger: Ledger) -> None:
    attempt = recorded(ledger, an_arrival())
    for mark in (Mark.STAMPED, Mark.STAMPED, Mark.HANDED_IN):
        ledger.mark("001", mark, ACT, "scan.pdf")
    (row,) = ledger.status()
    assert (row.stamped, row.handed_in) == (True, True)
    ledger.reopen("001", ACT)
    ledger.accept(attempt, ACT)
    (row,) = ledger.status()
    assert (row.stamped, row.handed_in) == (False, False)
    assert [event.event for event in ledger.history()].count("stamped") == 1


def test_every_decision_stands_in_the_history_with_who_when_and_why(ledger: Ledger) -> None:
    attempt = recorded(ledger, an_arrival())
    ledger.reopen("001", ACT)
    ledger.accept(attempt, ACT)
    ledger.mark("001", Mark.STAMPED, ACT)
    ledger.mark("001", Mark.HANDED_IN, ACT)
    ledger.withdraw(attempt, ACT)
    decided = [event for event in ledger.history("001") if event.who]
    assert [event.event for event in decided] == ["reopened", "accepted", "stamped", "handed-in", "withdrawn"]
    assert {(event.who, event.at, event.reason, event.sha256) for event in decided} == {
        (ACT.who, ACT.at, ACT.reason, attempt.sha256)
    }


def test_a_return_is_told_from_an_issue_by_what_it_answers(ledger: Ledger) -> None:
    ledger.issue(Issue("001", 1, "t", "f", "s", "now"))
    attempt = recorded(ledger, an_arrival(findings=(ERROR,)))
    ledger.issue(Issue("001", 2, "t", "f", "s", "now", attempt.sha256))
    (row,) = ledger.status()
    assert (row.issued, row.returned, row.last_issue, row.last_attempt) == (2, 1, 2, 1)
    assert [event.event for event in ledger.history("001")] == ["issued", "received", "checked", "returned"]


def _keep(path: str, sign: str) -> None:
    with Ledger.open(Path(path), alone=True) as book:
        assert isinstance(book, Ledger)
        Path(sign).touch()
        time.sleep(60)


def test_who_needs_the_campaign_alone_waits_for_a_turn_and_readers_do_not(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    sign = tmp_path / "kept"
    other = multiprocessing.get_context("spawn").Process(target=_keep, args=(str(path), str(sign)))
    other.start()
    patience = time.monotonic() + 60
    while not sign.exists() and time.monotonic() < patience:
        time.sleep(0.05)
    with Ledger.open(path, 0.1, alone=True) as book:
        assert book == Unavailable(path, Fault.BUSY)
    with Ledger.open(path, 0.1) as book:
        assert isinstance(book, Ledger)
        assert book.status() == ()
    other.kill()
    other.join(30)
    with Ledger.open(path, 5, alone=True) as book:
        assert isinstance(book, Ledger)


# As commands


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's campaign with the forms of 002 and 003 accepted and that of 005 with errors, consolidated."""
    place = tmp_path_factory.mktemp("verbs") / "round"
    shutil.copytree(EXAMPLE, place, ignore=shutil.ignore_patterns("*.py", "*.js", "*.md", "inbox", "__pycache__"))
    (place / "inbox").mkdir()
    for path in (EXAMPLE / "inbox").iterdir():
        if path.name.startswith(("002", "003", "005")) and "第1次" in path.name:
            shutil.copy(path, place / "inbox")
    assert xltool("collect", "-C", place, "--received-at", "2023-11-01").returncode == 1
    return place


@pytest.fixture
def campaign(collected: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(collected, tmp_path / "round"))


def history(place: Path) -> list[tuple[str, str, str, str]]:
    with Ledger.open(place / "ledger.sqlite") as book:
        assert isinstance(book, Ledger)
        return [(item.event, item.unit_code, item.who, item.reason) for item in book.history() if item.reason]


def test_files_that_came_earlier_are_recorded_with_their_day(collected: Path) -> None:
    rows = {row["code"]: row for row in as_json("status", "-C", collected)["rows"]}
    assert rows["002"]["last_received_at"].startswith("2023-11-01T00:00")


def test_reopening_and_accepting_say_what_was_done_and_by_whom(campaign: Path) -> None:
    done = xltool("reopen", "002", "--reason", "单位要求更正", "--by", "王科长", "-C", campaign)
    assert (done.returncode, done.stderr) == (0, "")
    assert "第 1 次" in done.stdout
    assert history(campaign) == [("reopened", "002", "王科长", "单位要求更正")]
    assert "已报待审" in xltool("status", "-C", campaign).stdout
    told = as_json("accept", "002", "-C", campaign)
    assert [(item["unit_code"], item["status"]) for item in told["decided"]] == [("002", "accepted")]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("accept", "005"), Code.COL_HAS_ERRORS),
        (("accept", "004"), Code.COL_NO_SUCH_FILE),
        (("accept", "002", "--file", "nosuch.xlsx"), Code.COL_NO_SUCH_FILE),
        (("accept", "999"), Code.DEF_UNIT_UNKNOWN),
        (("reopen", "005", "--reason", "x"), Code.COL_NOT_ACCEPTED),
        (("stamp", "005"), Code.COL_NOT_ACCEPTED),
        (("hand-in", "005"), Code.COL_NOT_ACCEPTED),
        (("withdraw", "004", "--reason", "x"), Code.COL_NO_SUCH_FILE),
        (("withdraw", "abc", "--reason", "x"), Code.COL_NO_SUCH_FILE),
    ],
)
def test_what_cannot_be_done_is_a_finding_and_changes_nothing(
    collected: Path, arguments: tuple[str, ...], code: Code
) -> None:
    before = (collected / "ledger.sqlite").read_bytes()
    done = xltool(*arguments, "-C", collected)
    assert (done.returncode, done.stderr) == (1, "")
    assert f"错误 {code}" in done.stdout
    assert (collected / "ledger.sqlite").read_bytes() == before


@pytest.mark.parametrize("command", ["reopen", "withdraw"])
def test_a_reason_has_to_be_given(collected: Path, command: str) -> None:
    done = xltool(command, "002", "-C", collected)
    assert (done.returncode, done.stdout) == (2, "")


def test_nothing_of_a_withdrawn_file_remains_in_a_result(campaign: Path) -> None:
    xltool("consolidate", "-C", campaign)
    sha = next(path.name for path in (campaign / "archive").iterdir() if list(path.glob("002*")))
    assert holding(campaign / "result", sha)
    done = xltool("withdraw", sha[:10], "--reason", "单位报错了表", "-C", campaign)
    assert "已撤回" in done.stdout
    assert not holding(campaign / "result", sha)
    assert as_json("collect", "-C", campaign)["files"][0]["status"] == "withdrawn"
    xltool("consolidate", "-C", campaign)
    assert not holding(campaign / "result", sha)
    assert (campaign / "archive" / sha).is_dir()


def holding(folder: Path, text: str) -> list[str]:
    """The results in which this stands; of a workbook, any of its parts."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as package:
                    data = b"".join(package.read(name) for name in package.namelist())
            found += [path.name] if text.encode() in data else []
    return found


def test_no_word_of_a_withdrawn_form_stands_in_any_result_made_after_it(campaign: Path) -> None:
    """What the campaign's own rules name of it stays, so these are words and a figure of the form alone."""
    words = ("遗体接运、冷藏", "火化设备检修和尾气", "34725420.75")
    made = (("consolidate",), ("export", "--format", "xlsx"), ("export", "--format", "sqlite"), ("report",))

    def all_results() -> set[str]:
        for command in made:
            assert xltool(*command, "-C", campaign).returncode in (0, 1)
        return {name for word in words for name in holding(campaign / "result", word)}

    assert {"底稿.xlsx", "fields.csv", "dataset.sqlite"} <= all_results()
    xltool("withdraw", "002", "--reason", "报错了表", "-C", campaign)
    assert all_results() == set()


def test_an_older_result_that_may_hold_a_withdrawn_file_is_named(campaign: Path) -> None:
    xltool("consolidate", "-C", campaign)
    (campaign / "result" / "旧导出.csv").write_text("x", encoding="utf-8")
    done = xltool("withdraw", "002", "--reason", "报错了", "-C", campaign)
    assert f"警告 {Code.COL_RESULT_STALE}" in done.stdout
    assert "旧导出.csv" in done.stdout


def test_a_stamped_copys_scan_is_archived(campaign: Path, tmp_path: Path) -> None:
    scan = tmp_path / "盖章.pdf"
    scan.write_bytes(b"%PDF-1.4 a scan")
    assert xltool("stamp", "002", scan, "-C", campaign).returncode == 0
    assert list((campaign / "archive").rglob("盖章.pdf"))
    assert xltool("hand-in", "-C", campaign, language="en").returncode == 0
    rows = {row["code"]: row["standing"] for row in as_json("status", "-C", campaign)["rows"]}
    assert (rows["002"], rows["003"], rows["005"]) == ("handed-in", "handed-in", "received")


def test_two_contents_are_an_error_until_one_is_accepted(campaign: Path, exceljs: NodeClient) -> None:
    first = next((campaign / "inbox").glob("002*"))
    exceljs.fill(first, campaign / "inbox" / "002b.xlsx", [])
    assert f"错误 {Code.COL_TWO_CONTENTS}" in xltool("collect", "-C", campaign).stdout
    assert f"错误 {Code.COL_WHICH_FILE}" in xltool("accept", "002", "-C", campaign).stdout
    assert xltool("accept", "002", "--file", "002b.xlsx", "-C", campaign).returncode == 0
    done = xltool("collect", "-C", campaign)
    assert Code.COL_TWO_CONTENTS not in done.stdout
    assert Code.COL_SUPERSEDED not in done.stdout


def test_a_returned_form_is_made_by_command_and_wrong_opinions_are_wrong_usage(campaign: Path) -> None:
    told = as_json("return", "-C", campaign, "--opinion", "002:duties=请精简", "--drop", "005:IND07")
    assert [(item["unit_code"], item["issue"]) for item in told["returned"]] == [("002", 2), ("005", 2)]
    assert as_json("return", "-C", campaign)["waiting"] == ["002", "005"]
    for wrong in (("--opinion", "002"), ("--opinion", "002:x"), ("--drop", "005")):
        assert xltool("return", "-C", campaign, *wrong).returncode == 2
    assert xltool("diff", "005", "-C", campaign).returncode == 1
    assert xltool("review", "-C", campaign, language="en").returncode == 0
    assert (campaign / "opinions.xlsx").is_file()


def test_findings_of_a_withdrawn_file_stand_in_no_dataset(campaign: Path) -> None:
    assert "005" in findings_table(campaign)
    xltool("withdraw", "005", "--reason", "报错了表", "-C", campaign)
    assert "005_" not in findings_table(campaign)


def findings_table(place: Path) -> str:
    xltool("consolidate", "-C", place)
    return (place / "result" / "dataset" / "findings.csv").read_text("utf-8-sig")
