"""Foreign files that need a library are read in a child process; this is the side that waits for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

from xltool.findings import Code, finding
from xltool.foreign import wire
from xltool.foreign.child import ENCRYPTED, KINDS, MEMORY, SECONDS, Exit
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawWorkbook

_PATIENCE = 2 * SECONDS  # by the clock, on a machine that is busy
_LARGEST = 64 << 20
_MOST_ANSWER = 256 << 20
MOST_PASSWORDS = 50  # tried on one file: each takes about a third of a second
_FAULTS = {Exit.DAMAGED: Code.FILE_DAMAGED, Exit.ENCRYPTED: Code.FILE_ENCRYPTED}


def read(kind: str, data: bytes, name: str = "") -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """The workbook in a file of this kind (xls, ods, docx), or the finding that says why it could not be read."""
    assert kind in KINDS, kind
    answer = _asked(kind, data, name)
    if isinstance(answer, Finding):
        return None, (answer,)
    try:
        return wire.load(answer), ()
    except (ValueError, KeyError, TypeError):
        return None, (finding(Code.FILE_DAMAGED, Position(file=name), part=kind),)


def decrypt(data: bytes, passwords: Sequence[str], name: str = "") -> bytes | Finding:
    """An encrypted .xlsx or .xls without its encryption, by the first password that opens it.

    FILE_ENCRYPTED where none was given, FILE_PASSWORD_WRONG where none of those given opens it.
    """
    line = json.dumps(list(passwords)[:MOST_PASSWORDS]).encode("ascii")
    answer = _asked(ENCRYPTED, data, name, line + b"\n")
    if isinstance(answer, Finding) and answer.code == Code.FILE_ENCRYPTED and passwords:
        return finding(Code.FILE_PASSWORD_WRONG, Position(file=name), count=len(passwords))
    return answer


def _asked(kind: str, data: bytes, name: str, before: bytes = b"") -> bytes | Finding:
    """What the child answers about this file."""
    position = Position(file=name)
    if len(data) > _LARGEST:
        return finding(Code.FILE_TOO_LARGE, position, limit=f"{_LARGEST >> 20} MiB")
    # -P: what lies in the current folder is not imported. A fresh interpreter works the same where processes fork
    # and where they are spawned, and also under a worker that may have no children of multiprocessing's kind.
    command = [sys.executable, "-P", "-m", "xltool.foreign.child", kind]
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            command, input=before + data, capture_output=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return finding(Code.FILE_TOO_LARGE, position, limit=f"{_PATIENCE} s")
    if done.returncode == Exit.READ and len(done.stdout) <= _MOST_ANSWER:
        return done.stdout
    code = _FAULTS.get(_exit(done.returncode))
    if code is None:
        return finding(Code.FILE_TOO_LARGE, position, limit=f"{MEMORY >> 20} MiB")
    return finding(code, position, part=kind)


def _exit(code: int) -> Exit:
    """Ended by the system, by a signal or by lack of memory, is ended by the caps."""
    return Exit(code) if code in (Exit.DAMAGED, Exit.ENCRYPTED) else Exit.TOO_LARGE
