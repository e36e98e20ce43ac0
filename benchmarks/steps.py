"""One step of the journey in a process of its own, so that its peak of memory is its own too."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from xltool.workflow.context import Context


@dataclass(frozen=True, slots=True)
class Cost:
    """`seconds` on the clock, without the start of Python, and of the processor; `peak` in MiB.

    `peak` is 0 where the system does not tell (Windows).
    """

    seconds: float
    processor: float
    peak: float


def run(step: str, folder: Path, jobs: int = 1) -> Cost:
    """`step` is generate, collect or consolidate."""
    arguments = [sys.executable, "-m", "benchmarks.steps", step, str(folder), str(jobs)]
    done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])
    return Cost(*json.loads(done.stdout))


def _here(step: str, folder: Path, jobs: int) -> Cost:
    # Imported here: the memory of generating is not to hold pandas, which only consolidating needs.
    context = Context(jobs=jobs)
    if step == "generate":
        from xltool.workflow.generate import generate as verb  # noqa: PLC0415
    elif step == "collect":
        from xltool.workflow.collect import collect as verb  # type: ignore[assignment]  # noqa: PLC0415
    else:
        from xltool.workflow.consolidate import consolidate as verb  # type: ignore[assignment]  # noqa: PLC0415
    begun, used = time.perf_counter(), time.process_time()
    verb(folder, context=context)
    return Cost(time.perf_counter() - begun, time.process_time() - used, _peak())


def _peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():  # what `resource` says on Linux includes the process that started this one
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    try:
        import resource  # noqa: PLC0415  # Windows has none
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    cost = _here(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps([cost.seconds, cost.processor, cost.peak]))
