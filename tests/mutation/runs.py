"""Many runs on all cores: who does which seeds, and their counts together."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path

from tests.mutation.issue import KINDS, blank, forms, reading
from tests.mutation.programs import SaveError
from tests.mutation.run import REAL, Outcome, run, run_through
from tests.mutation.tally import Tally
from tests.mutation.verdict import Verdict

_BATCH = 250
_PROGRAM_BATCH = 64

_CHUNK = 10_000
_STARTS = 3
# The four programs take turns, and now and then LibreOffice goes by way of an older format or leaves it at that.
_TURNS = (*REAL[:4], *REAL[:4], *REAL[4:6], *REAL[1:3], *REAL[6:8], *REAL[1:3])

Job = tuple[str, int, int]  # program or empty, first seed, count


def jobs(runs: int, seed: int, through: int) -> Iterator[Job]:
    """Of the runs, the first `through` are saved by real programs, each in turn."""
    first = seed
    last = seed + runs
    number = seed // _CHUNK * len(_TURNS) // 2
    while first < min(seed + through, last):
        count = min(_PROGRAM_BATCH, seed + through - first)
        yield _TURNS[number % len(_TURNS)], first, count
        first, number = first + count, number + 1
    for start in range(first, last, _BATCH):
        yield "", start, min(_BATCH, last - start)


def work(job: Job) -> Tally:
    program, first, count = job
    tally = Tally()
    seeds = range(first, first + count)
    for out in _saved(seeds, program) if program else map(run, seeds):
        tally.take(out)
    return tally


def _saved(seeds: range, program: str) -> list[Outcome]:
    """Through a real program; one that does not come up on a busy machine is started again."""
    for _ in range(_STARTS - 1):
        with suppress(SaveError):
            return list(run_through(seeds, program))
    try:
        return list(run_through(seeds, program))
    except SaveError as fault:
        return [Outcome(seeds.start, "", [program], Verdict(), fault=str(fault))]


def ready() -> None:
    """Have every blank form at hand, and let the collector rest: a run leaves little behind."""
    reading()
    for form in forms():
        for role, size in KINDS:
            blank(form.id, role, size)
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def counted(runs: int, seed: int, workers: int | None = None, programs: int = 0) -> Tally:
    """Do so many runs from this seed on; of them, the first `programs` are saved by real programs."""
    total = Tally()
    todo = list(jobs(runs, seed, programs))
    ready()  # a worker that is forked has the forms already
    with ProcessPoolExecutor(workers, initializer=ready) as pool:
        for number, done in enumerate(as_completed([pool.submit(work, job) for job in todo]), start=1):
            total.add(done.result())
            sys.stderr.write(f"\r{number}/{len(todo)}: {total.total.silent} wrong, {total.total.unaccounted} left")
    sys.stderr.write("\n")
    return total


def added(files: list[Path]) -> Tally:
    """The counts of earlier runs together."""
    total = Tally()
    for file in files:
        total.add(Tally.parse(file.read_text(encoding="utf-8")))
    return total
