"""Collects a campaign in a process that may be killed: `python collect_child.py FOLDER JOBS POINT`.

A point is one file that is opened, made or moved under FOLDER, or one statement of the ledger; before the
POINT-th the process kills itself. With POINT 0 it lives and prints how many points there were, with -1 it does not
even count.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xltool.workflow.collect import collect
from xltool.workflow.context import Context

FOLDER, JOBS, POINT = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
passed = 0


def point(*_: object) -> None:
    global passed  # noqa: PLW0603  # one count of the whole process
    passed += 1
    if passed == POINT:
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def audit(event: str, args: tuple[Any, ...]) -> None:
    if event in {"open", "os.mkdir", "os.rename"} and str(FOLDER) in str(args[0]):
        point()


class Traced(sqlite3.Connection):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.set_trace_callback(point)


def connect(path: Path, **options: Any) -> sqlite3.Connection:
    return Traced(path, **options)


if __name__ == "__main__":
    if POINT >= 0:
        sqlite3.connect = connect  # type: ignore[assignment]
        sys.addaudithook(audit)
    collect(FOLDER, context=Context(now=lambda: NOON, jobs=JOBS))
    sys.stdout.write(str(passed))
