"""Timing of things that are compared: turn and turn about, so that a busy machine is as busy for each."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

Work = Callable[[], object]


def compare(works: Sequence[Work], rounds: int) -> list[float]:
    """The least processor time in seconds that each took over these rounds."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            begun = time.process_time()
            work()
            best[place] = min(best[place], time.process_time() - begun)
    return best


def total(work: Callable[[bytes], object], files: Sequence[bytes]) -> float:
    """The processor time in seconds over all files, once each."""
    begun = time.process_time()
    for data in files:
        work(data)
    return time.process_time() - begun


def starts(commands: Sequence[Sequence[str]], rounds: int) -> list[float]:
    """The median seconds on the clock that Python takes for each of these command lines."""
    taken: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds):
        for place, arguments in enumerate(commands):
            begun = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            taken[place].append(time.perf_counter() - begun)
    return [median(times) for times in taken]
