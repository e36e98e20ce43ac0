"""`python -m tests.mutation --runs N --seed S`: any number of runs on all cores, and the table of what came of them."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.mutation.run import Outcome, damage, judged, run_through
from tests.mutation.runs import added, counted


def told(out: Outcome) -> Iterator[str]:
    """Everything about one run, for looking into it."""
    yield f"seed {out.seed}: {out.form}: {', '.join(out.names)}"
    yield f"read {out.verdict.read}, reported {out.verdict.reported}, refused {out.verdict.refused}"
    for problem in out.verdict.problems:
        yield f"  {problem.kind} {problem.where}: {problem.what} {problem.tags}"
    for code, slot in out.cries:
        yield f"  {code} at {slot}, which nobody touched"
    if out.fault:
        yield out.fault


def main(arguments: argparse.Namespace) -> int:
    """Replay one seed, add up earlier counts, or run."""
    if arguments.replay is not None:
        seed, program = arguments.replay, arguments.program
        out = next(iter(run_through([seed], program))) if program else judged(damage(seed))
        sys.stdout.writelines(f"{line}\n" for line in told(out))
        return 0
    begun = time.perf_counter()
    if arguments.add:
        total = added(arguments.add)
    else:
        total = counted(arguments.runs, arguments.seed, arguments.jobs, arguments.programs)
    if arguments.save:
        arguments.save.write_text(total.json(), encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for line in total.lines())
    sys.stdout.writelines(f"seed {seed}:\n{fault}\n" for seed, fault in total.faults[:3])
    if not arguments.add:
        seconds = time.perf_counter() - begun
        sys.stdout.write(f"{arguments.runs:,} runs from seed {arguments.seed} in {seconds:.0f} s\n")
    return 0 if total.clean else 1


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
