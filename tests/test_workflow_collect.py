"""Collecting goes on where it was stopped, whatever stopped it, and no file holds up the others."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from xltool import campaign as campaigns
from xltool.collect.examine import Examination, Reading, examine_parts
from xltool.data import example
from xltool.layout.grid import Filling
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Severity
from xltool.model.form import FormDefinition
from xltool.store.ledger import Ledger
from xltool.workflow import examiners, opening
from xltool.workflow.collect import CollectResult, collect, has_errors
from xltool.workflow.consolidate import consolidate
from xltool.workflow.context import Context
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import generate

CHILD = Path(__file__).with_name("killed_child.py")
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
POINTS = 24
Content = dict[str, list[tuple[object, ...]]]


def context(jobs: int = 1) -> Context:
    return Context(now=lambda: NOON, jobs=jobs, who="tester")


def lay(folder: Path) -> Path:
    """The example's campaign with its eleven returned forms, and a file that is none."""
    bundled = Path(str(example("minhang-2024")))
    shutil.copytree(bundled, folder, ignore=shutil.ignore_patterns("*.py", "*.js", "*.md", "__pycache__"))
    (campaigns.inbox(folder) / "000_no workbook.xlsx").write_bytes(b"PK\x03\x04 and no more")
    return folder


def child(folder: Path, point: int, jobs: int = 1) -> subprocess.Popen[str]:
    """Collecting in a process of its own; see `killed_child`."""
    arguments = [sys.executable, str(CHILD), str(folder), "collect", str(jobs), str(point)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def content(folder: Path) -> Content:
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        return ledger.content()


def dataset(folder: Path) -> dict[str, bytes]:
    written = consolidate(folder, context=context()).files
    return {path.name: path.read_bytes() for path in written if path.suffix == ".csv"}


def archived(folder: Path) -> dict[str, bytes]:
    """What lies in the archive by folder name; names of unfinished writes are left out."""
    return {path.parent.name: path.read_bytes() for path in campaigns.archive(folder).glob("[0-9a-f]*/*")}


class Undisturbed:
    """What one run without a kill leaves behind, and at how many points it can be killed."""

    def __init__(self, folder: Path) -> None:
        lay(folder)
        running = child(folder, 0)
        said, complaints = running.communicate()
        assert running.returncode == 0, complaints
        self.points = int(said)
        self.content, self.archived, self.dataset = content(folder), archived(folder), dataset(folder)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return Undisturbed(tmp_path_factory.mktemp("undisturbed") / "campaign")


def resumes(folder: Path, undisturbed: Undisturbed) -> None:
    """Running it again leaves what one undisturbed run leaves."""
    collect(folder, context=context())
    assert content(folder) == undisturbed.content
    assert archived(folder) == undisturbed.archived
    assert dataset(folder) == undisturbed.dataset


def test_an_undisturbed_run_records_every_file_and_has_many_points_to_be_killed_at(undisturbed: Undisturbed) -> None:
    assert len(undisturbed.content["attempts"]) == 12
    assert len(undisturbed.archived) == 12
    assert undisturbed.points > 5 * POINTS
    assert undisturbed.dataset["consolidated_indicators.csv"].count(b"\r\n") > 40


@pytest.mark.parametrize("part", range(POINTS))
def test_a_run_killed_at_any_point_is_finished_by_the_next(
    tmp_path: Path, undisturbed: Undisturbed, part: int
) -> None:
    """Points are spread over the run, and where within its own stretch each lies changes with the stretch."""
    folder = lay(tmp_path / "campaign")
    stretch = undisturbed.points / POINTS
    running = child(folder, int(stretch * part + random.Random(part).random() * stretch) + 1)
    _, complaints = running.communicate()
    assert running.returncode != 0, "it was to be killed"
    assert "Traceback" not in complaints
    resumes(folder, undisturbed)


@pytest.mark.parametrize("tenth", range(10))
def test_a_run_killed_at_any_time_leaves_no_worker_and_is_finished_by_the_next(
    tmp_path: Path, undisturbed: Undisturbed, tenth: int
) -> None:
    folder = lay(tmp_path / "campaign")
    running = child(folder, -1, jobs=2)
    begun = time.monotonic()
    while not campaigns.archive(folder).exists() and time.monotonic() < begun + 60:
        time.sleep(0.002)
    time.sleep(0.04 * tenth)
    workers = children(running.pid)
    running.kill()
    running.communicate()
    resumes(folder, undisturbed)
    patience = time.monotonic() + 20
    while any(map(alive, workers)) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not [worker for worker in workers if alive(worker)]


def children(process: int) -> list[int]:
    """The worker processes of a process, where the system lists them as files."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(number) for number in listed.read_text().split()] if listed.exists() else []


def alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_two_runs_at_once_leave_what_one_leaves(tmp_path: Path, undisturbed: Undisturbed) -> None:
    folder = lay(tmp_path / "campaign")
    running = [child(folder, 0), child(folder, 0, jobs=2)]
    for process in running:
        _, complaints = process.communicate()
        assert process.returncode == 0, complaints
    resumes(folder, undisturbed)


def test_a_ledger_that_another_program_keeps_is_a_finding_and_the_next_run_goes_on(
    tmp_path: Path, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path / "campaign")
    with Ledger.open(campaigns.ledger(folder)):
        pass
    impatient = SimpleNamespace(open=partial(Ledger.open, timeout=0.05))
    other = sqlite3.connect(campaigns.ledger(folder), isolation_level=None)
    with monkeypatch.context() as patched:
        patched.setattr(opening, "Ledger", impatient)
        for lock in ("IMMEDIATE", "EXCLUSIVE"):
            other.execute(f"BEGIN {lock}")
            result = collect(folder, context=context())
            assert "COL20" in codes(result)
            assert not result.files
            other.execute("ROLLBACK")
    other.close()
    resumes(folder, undisturbed)


def codes(result: CollectResult) -> list[str]:
    return [item.code for item in result.findings]


def codes_of(result: CollectResult, file: str) -> list[str]:
    return [item.code for found in result.files if found.file == file for item in found.findings]


def foreign_form(folder: Path) -> bytes:
    """A workbook of another campaign of the same form."""
    lay(folder)
    settings = folder / "campaign.toml"
    settings.write_text(settings.read_text("utf-8").replace("example-2024", "example-2023"), "utf-8")
    return generate(folder, ("002",), context=context()).generated[0].file.read_bytes()


@cache
def old_xls() -> bytes:
    """The head of an .xls: an OLE file whose directory names a workbook stream."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00")
    return head + "Workbook".encode("utf-16-le").ljust(1536, b"\x00")


@pytest.fixture
def whole() -> bytes:
    return next(iter(sorted(Path(str(example("minhang-2024"))).glob("inbox/002_*")))).read_bytes()


def test_no_bad_file_stops_the_batch_and_each_is_named(
    tmp_path: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path / "campaign")
    inbox = campaigns.inbox(folder)
    bad = {
        "100 truncated.xlsx": (whole[: len(whole) // 2], "FILE06"),
        "101 text.xlsx": ("单位,金额\r\n".encode(), "FILE17"),
        "102 empty.xlsx": (b"", "FILE02"),
        "103 old.xls": (old_xls(), "FILE04"),
        "104 other campaign.xlsx": (foreign_form(tmp_path / "other"), "IDN04"),
    }
    for name, (data, _) in bad.items():
        (inbox / name).write_bytes(data)
    (inbox / "~$002.xlsx").write_bytes(b"\x05owner")
    (inbox / "105 locked.xlsx").write_bytes(whole + b" ")
    lock(monkeypatch, "105 locked.xlsx")
    result = collect(folder, context=context())
    said = {name: codes_of(result, name) for name in bad}
    assert {name: code in said[name] for name, (_, code) in bad.items()} == dict.fromkeys(bad, True), said
    assert {"COL05", "FILE16"} <= set(codes(result))
    assert has_errors(result)
    good = [row for row in content(folder)["attempts"] if str(row[4])[:3] < "100" and row[5] != "refused"]
    assert len(good) == 11


def test_what_every_unit_was_given_is_worked_out_once_for_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes a while for each unit of the roster; once per file the whole would grow with the square of the units."""
    units: list[str] = []

    def watched(form: FormDefinition, campaign: Campaign, unit: ReportingUnit) -> Filling:
        units.append(unit.code)
        return filling_of(form, campaign, unit)

    monkeypatch.setattr(opening, "filling_of", watched)
    assert len(collect(lay(tmp_path / "campaign"), context=context()).files) > 10
    assert len(units) == len(set(units)) == 10


def lock(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As Windows keeps a file that Excel has open."""
    opens = Path.open

    def refuse(path: Path, *args: str, **options: str) -> object:
        if path.name == name:
            raise PermissionError(13, "used by another process", str(path))
        return opens(path, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)


def test_originals_are_archived_under_their_hashes_before_anybody_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path / "campaign")
    originals = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in campaigns.inbox(folder).iterdir()}
    seen: list[str] = []

    def watched(data: bytes, reading: Reading, name: str, sha256: str, said: None) -> tuple[Examination, ...]:
        seen.append(sha256)
        assert archived(folder)[sha256] == data == originals[sha256].read_bytes()
        return examine_parts(data, reading, name, sha256, said)

    monkeypatch.setattr(examiners, "examine_parts", watched)
    result = collect(folder, context=context())
    assert sorted(seen) == sorted(originals) == sorted(archived(folder))
    assert "FILE20" not in codes(result)
    recorded = {str(row[1]): row[4] for row in content(folder)["attempts"]}
    assert recorded == {digest: path.name for digest, path in originals.items()}


def test_a_bug_met_in_one_file_holds_up_no_other_and_the_file_is_tried_again(
    tmp_path: Path, undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay(tmp_path / "campaign")
    def broken(data: bytes, reading: Reading, name: str, sha256: str, said: None) -> tuple[Examination, ...]:
        if name.startswith("010"):
            raise ZeroDivisionError("a bug")
        return examine_parts(data, reading, name, sha256, said)

    with monkeypatch.context() as patched:
        patched.setattr(examiners, "examine_parts", broken)
        result = collect(folder, context=context())
    (failed,) = [item for item in result.findings if item.code == "FILE20"]
    assert failed.severity is Severity.ERROR
    assert failed.position.file.startswith("010")
    assert "ZeroDivisionError" in dict(failed.args)["error"]
    assert len(content(folder)["attempts"]) == 11
    assert len(archived(folder)) == 12
    resumes(folder, undisturbed)


def test_workers_record_what_one_process_records(tmp_path: Path, undisturbed: Undisturbed) -> None:
    folder = lay(tmp_path / "campaign")
    assert len(collect(folder, context=context(jobs=2)).files) == 12
    assert content(folder) == undisturbed.content


def test_what_was_collected_before_is_not_new_and_keeps_its_status(tmp_path: Path) -> None:
    folder = lay(tmp_path / "campaign")
    first, second = (collect(folder, context=context()) for _ in range(2))
    assert [(file.file, file.status) for file in second.files] == [(file.file, file.status) for file in first.files]
    assert {file.new for file in first.files} == {True}
    assert {file.new for file in second.files} == {False}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
def test_a_name_in_gbk_is_recorded_as_it_reads(tmp_path: Path, whole: bytes) -> None:
    folder = lay(tmp_path / "campaign")
    inbox = os.fsencode(campaigns.inbox(folder))
    Path(os.fsdecode(os.path.join(inbox, "002_殡仪馆 更正.xlsx".encode("gbk")))).write_bytes(whole + b" ")  # noqa: PTH118
    assert "002_殡仪馆 更正.xlsx" in [file.file for file in collect(folder, context=context()).files]


@pytest.fixture
def consolidated(tmp_path: Path) -> Path:
    folder = lay(tmp_path / "campaign")
    collect(folder, context=context())
    return folder


@pytest.mark.parametrize("name", ["汇总表.xlsx", "dataset.xlsx", "units.csv"])
def test_a_result_that_is_open_elsewhere_is_written_beside_and_said(
    consolidated: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first = consolidate(consolidated, context=context())
    assert name in [path.name for path in first.files]
    refuse_replacing(monkeypatch, name)
    second = consolidate(consolidated, context=context())
    (said,) = [item for item in second.findings if item.code == "FILE19"]
    assert dict(said.args)["file_name"] == name
    beside = next(path for path in second.files if path.name == dict(said.args)["written"])
    assert beside.name != name
    assert len(beside.read_bytes()) == len(next(path for path in first.files if path.name == name).read_bytes())


def refuse_replacing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As Windows refuses to replace a file that another program has open."""
    by_path, by_name = Path.replace, os.replace

    def check(target: os.PathLike[str]) -> None:
        if Path(target).name == name:
            raise PermissionError(13, "used by another process", str(target))

    def replace_path(source: Path, target: Path) -> Path:
        check(target)
        return by_path(source, target)

    def replace_name(source: Path, target: Path) -> None:
        check(target)
        by_name(source, target)

    monkeypatch.setattr(Path, "replace", replace_path)
    monkeypatch.setattr(os, "replace", replace_name)
