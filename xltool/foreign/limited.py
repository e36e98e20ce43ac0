"""Foreign files that need a library are read in a child process; this is the side that waits for it."""

from __future__ import annotations

import subprocess
import sys

from xltool.findings import Code, finding
from xltool.foreign import wire
from xltool.foreign.child import KINDS, MEMORY, SECONDS, Exit
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawWorkbook

_PATIENCE = 2 * SECONDS  # by the clock, on a machine that is busy
_LARGEST = 64 << 20
_MOST_ANSWER = 256 << 20
_FAULTS = {Exit.DAMAGED: Code.FILE_DAMAGED, Exit.ENCRYPTED: Code.FILE_ENCRYPTED}


def read(kind: str, data: bytes, name: str = "") -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """The workbook in a file of this kind (xls, ods, docx), or the finding that says why it could not be read."""
    assert kind in KINDS, kind
    position = Position(file=name)
    if len(data) > _LARGEST:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit=f"{_LARGEST >> 20} MiB"),)
    # -P: what lies in the current folder is not imported. A fresh interpreter works the same where processes fork
    # and where they are spawned, and also under a worker that may have no children of multiprocessing's kind.
    command = [sys.executable, "-P", "-m", "xltool.foreign.child", kind]
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            command, input=data, capture_output=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit=f"{_PATIENCE} s"),)
    if done.returncode == Exit.READ and len(done.stdout) <= _MOST_ANSWER:
        try:
            return wire.load(done.stdout), ()
        except (ValueError, KeyError, TypeError):
            return None, (finding(Code.FILE_DAMAGED, position, part=kind),)
    code = _FAULTS.get(_exit(done.returncode))
    if code is None:
        return None, (finding(Code.FILE_TOO_LARGE, position, limit=f"{MEMORY >> 20} MiB"),)
    return None, (finding(code, position, part=kind),)


def _exit(code: int) -> Exit:
    """Ended by the system, by a signal or by lack of memory, is ended by the caps."""
    return Exit(code) if code in (Exit.DAMAGED, Exit.ENCRYPTED) else Exit.TOO_LARGE
