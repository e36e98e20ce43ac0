"""Runs one verb on a campaign in a process that may be killed: `python killed_child.py FOLDER VERB JOBS POINT`.

A point is one file that is opened, made or moved under FOLDER, or one statement of the ledger; before the
POINT-th the process kills itself. With POINT 0 it lives and prints how many points there were, with -1 it does not
even count.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate
from xltool.workflow.context import Context
from xltool.workflow.decide import accept
from xltool.workflow.opinions import Said
from xltool.workflow.returns import return_forms

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
ASKED = {unit: Said((("duties", "请按三定方案写"), ("output.quantity", "请再细化"))) for unit in ("002", "003", "005")}
passed = 0


def _accept(folder: Path, context: Context) -> None:
    for unit in ("002", "003", "005"):
        accept(folder, unit, context=context)


VERBS: Mapping[str, Callable[[Path, Context], object]] = {
    "collect": lambda folder, context: collect(folder, context=context),
    "return": lambda folder, context: return_forms(folder, said=ASKED, context=context),
    "accept": _accept,
    "consolidate": lambda folder, context: consolidate(folder, context=context),
}


def run(verb: str, folder: Path, jobs: int = 1) -> None:
    VERBS[verb](folder, Context(now=lambda: NOON, jobs=jobs, who="tester"))


class _Strike:
    """Counts the points and kills the process before one of them."""

    def __init__(self, folder: str, last: int) -> None:
        self.folder, self.last = folder, last

    def point(self, *_: object) -> None:
        global passed  # noqa: PLW0603  # one count of the whole process
        passed += 1
        if passed == self.last:
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in {"open", "os.mkdir", "os.rename"} and self.folder in str(args[0]):
            self.point()

    def connect(self, path: Path, **options: Any) -> sqlite3.Connection:
        strike = self

        class Traced(sqlite3.Connection):
            def __init__(self, *args: Any, **more: Any) -> None:
                super().__init__(*args, **more)
                self.set_trace_callback(strike.point)

        return Traced(path, **options)


if __name__ == "__main__":
    place, wanted, processes, last_point = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    if last_point >= 0:
        strike = _Strike(str(place), last_point)
        sqlite3.connect = strike.connect  # type: ignore[assignment]
        sys.addaudithook(strike.audit)
    run(wanted, place, processes)
    sys.stdout.write(str(passed))
