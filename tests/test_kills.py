"""A command killed anywhere is completed by running it again, and leaves what an undisturbed run leaves."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.killed_child import run
from tests.test_workflow_collect import CHILD, Content, content, lay
from xltool import campaign as campaigns
from xltool.store.ledger import Ledger

# verb | points at which CI kills it (collecting: see test_workflow_collect) | points there must be at least
VERBS = {"collect": (4, 100), "return": (20, 60), "accept": (10, 20), "consolidate": (10, 20)}
UNFINISHED = ("ledger.sqlite", ".writing-")  # no results: the ledger, and half-written files
LONG = {"collect": 200, "return": 200, "accept": 50, "consolidate": 50}
CASES = [(verb, part, parts) for verb, (parts, _) in VERBS.items() for part in range(parts)]


@dataclass(frozen=True)
class Left:
    """What a run leaves behind: the ledger without times, and every file that is not the ledger's."""

    ledger: Content
    files: dict[str, bytes]


def left(folder: Path) -> Left:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    kept = {name: data for name, data in files.items() if not any(part in name for part in UNFINISHED)}
    return Left(content(folder), kept)


def before(verb: str, folder: Path) -> Path:
    """A campaign in which this verb has something to do."""
    lay(folder)
    if verb == "accept":
        settings = folder / "campaign.toml"
        settings.write_text(settings.read_text("utf-8").replace('accept = "auto"', 'accept = "manual"'), "utf-8")
    if verb != "collect":
        run("collect", folder)
    return folder


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    return cache(lambda verb: before(verb, tmp_path_factory.mktemp(verb) / "campaign"))


@pytest.fixture(scope="module")
def undisturbed(
    laid: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[int, Left]]:
    """By verb: at how many points it can be killed, and what it leaves where it is not."""

    def calm(verb: str) -> tuple[int, Left]:
        folder = Path(shutil.copytree(laid(verb), tmp_path_factory.mktemp(verb) / "campaign"))
        done = child(folder, verb, 0)
        assert done.returncode == 0, done.stderr
        return int(done.stdout), left(folder)

    return cache(calm)


def child(folder: Path, verb: str, point: int) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, str(CHILD), str(folder), verb, "1", str(point)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def killed_and_run_again(folder: Path, verb: str, point: int) -> Left:
    done = child(folder, verb, point)
    assert done.returncode != 0, "it was to be killed"
    assert "Traceback" not in done.stderr
    run(verb, folder)
    return left(folder)


@pytest.mark.parametrize("verb", VERBS)
def test_each_command_changes_something_at_many_points(
    verb: str, laid: Callable[[str], Path], undisturbed: Callable[[str], tuple[int, Left]]
) -> None:
    points, calm = undisturbed(verb)
    assert points >= VERBS[verb][1]
    assert calm != left(laid(verb))


@pytest.mark.parametrize(("verb", "part", "parts"), CASES)
def test_a_command_killed_at_any_point_is_completed_by_the_next_run(
    verb: str, part: int, parts: int, laid: Callable[[str], Path], undisturbed: Callable[[str], tuple[int, Left]],
    tmp_path: Path,
) -> None:  # fmt: skip
    """Points are spread over the run, and where within its own stretch each lies changes with the stretch."""
    points, calm = undisturbed(verb)
    point = int(points / parts * (part + random.Random(part).random())) + 1
    folder = Path(shutil.copytree(laid(verb), tmp_path / "campaign"))
    again = killed_and_run_again(folder, verb, min(point, points))
    assert again.ledger == calm.ledger
    assert again.files == calm.files


@pytest.mark.long
@pytest.mark.parametrize("verb", VERBS)
def test_at_hundreds_of_random_points(
    verb: str, laid: Callable[[str], Path], undisturbed: Callable[[str], tuple[int, Left]], tmp_path: Path
) -> None:
    points, calm = undisturbed(verb)
    for number in range(LONG[verb]):
        point = random.randint(1, points)
        folder = Path(shutil.copytree(laid(verb), tmp_path / str(number)))
        assert killed_and_run_again(folder, verb, point) == calm, f"killed at point {point} of {points}"
        shutil.rmtree(folder)


@pytest.mark.parametrize("verb", ["return", "accept"])
def test_two_runs_at_once_leave_what_one_leaves(
    verb: str, laid: Callable[[str], Path], undisturbed: Callable[[str], tuple[int, Left]], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(laid(verb), tmp_path / "campaign"))
    arguments = [sys.executable, str(CHILD), str(folder), verb, "1", "-1"]
    running = [subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        _, complaints = process.communicate()
        assert process.returncode == 0, complaints
    assert left(folder) == undisturbed(verb)[1]


def test_what_a_killed_run_left_half_written_is_removed_by_the_next_in_its_turn(
    laid: Callable[[str], Path], tmp_path: Path
) -> None:
    """While another run has its turn the file may be that one's."""
    folder = Path(shutil.copytree(laid("collect"), tmp_path / "campaign"))
    campaigns.archive(folder).mkdir(exist_ok=True)
    half = campaigns.archive(folder) / ".partial-x"
    half.write_bytes(b"PK")
    with Ledger.open(campaigns.ledger(folder), alone=True):
        run_beside = subprocess.Popen([sys.executable, str(CHILD), str(folder), "collect", "1", "-1"])
        time.sleep(3)
        assert run_beside.poll() is None
        assert half.exists()
    assert run_beside.wait() == 0
    assert not half.exists()


def test_no_lock_is_taken_that_windows_does_not_have() -> None:
    """Turns are SQLite locks; `fcntl` is nowhere imported."""
    package = Path(campaigns.__file__).parents[1]
    assert [path.name for path in package.rglob("*.py") if "fcntl" in path.read_text(encoding="utf-8")] == []
