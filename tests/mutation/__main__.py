"""`python -m tests.mutation --runs N --seed S`: any number of runs on all cores, and the table of what came of them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.mutation.programs import SaveError
from tests.mutation.run import REAL, Outcome, damage, judged, run, run_through
from tests.mutation.tally import Tally
from tests.mutation.verdict import Verdict

_BATCH = 250
_PROGRAM_BATCH = 64

Job = tuple[str, int, int]  # program or empty, first seed, count


def jobs(runs: int, seed: int, through: int) -> Iterator[Job]:
    """Of the runs, the first `through` are saved by real programs, each in turn."""
    first = seed
    last = seed + runs
    number = 0
    while first < min(seed + through, last):
        count = min(_PROGRAM_BATCH, seed + through - first)
        yield REAL[number % len(REAL)], first, count
        first, number = first + count, number + 1
    for start in range(first, last, _BATCH):
        yield "", start, min(_BATCH, last - start)


def work(job: Job) -> Tally:
    program, first, count = job
    tally = Tally()
    seeds = range(first, first + count)
    try:
        outcomes = list(run_through(seeds, program)) if program else map(run, seeds)
    except SaveError as fault:
        outcomes = [Outcome(first, "", [program], Verdict(), fault=str(fault))]
    for out in outcomes:
        tally.take(out)
    return tally


def show(out: Outcome) -> None:
    """Everything about one run, for looking into it."""
    print(f"seed {out.seed}: {out.form}: {', '.join(out.names)}")
    print(
        f"read {out.verdict.read}, reported {out.verdict.reported}, refused {out.verdict.refused}, intact {out.intact}"
    )
    for problem in out.verdict.problems:
        print(f"  {problem.kind} {problem.where}: {problem.what} {problem.tags}")
    for cry in out.cries:
        print(f"  cry {cry}")
    print(out.fault)


def main(arguments: argparse.Namespace) -> int:
    if arguments.replay is not None:
        program = arguments.program
        show(next(iter(run_through([arguments.replay], program))) if program else judged(damage(arguments.replay)))
        return 0
    begun = time.perf_counter()
    total = added(arguments.add) if arguments.add else counted(arguments)
    if arguments.save:
        arguments.save.write_text(total.json(), encoding="utf-8")
    for line in total.lines():
        print(line)
    for seed, fault in total.faults[:3]:
        print(f"seed {seed}:\n{fault}")
    if not arguments.add:
        print(f"{arguments.runs} runs from seed {arguments.seed} in {time.perf_counter() - begun:.0f} s")
    return 0 if total.clean else 1


def counted(arguments: argparse.Namespace) -> Tally:
    """Do the runs."""
    total = Tally()
    todo = list(jobs(arguments.runs, arguments.seed, arguments.programs))
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for number, done in enumerate(as_completed([pool.submit(work, job) for job in todo]), start=1):
            total.add(done.result())
            print(f"\r{number}/{len(todo)} {total.total.silent}+{total.total.unaccounted}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return total


def added(files: list[Path]) -> Tally:
    """The counts of earlier runs together."""
    total = Tally()
    for file in files:
        total.add(Tally.parse(file.read_text(encoding="utf-8")))
    return total


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--programs", type=int, default=0, help="how many of the runs real programs save")
    parser.add_argument("--save", type=Path, help="keep the counts in this file")
    parser.add_argument("--add", type=Path, nargs="+", help="print the counts of these files together; no runs")
    parser.add_argument("--replay", type=int, help="one seed, told in full")
    parser.add_argument("--program", default="", help="the real program that saves the replayed one")
    sys.exit(main(parser.parse_args()))
