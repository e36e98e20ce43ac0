"""The process that opens one foreign file and no other: it may use so much memory and time, and then it ends.

`python -m xltool.foreign.child KIND` reads the file's bytes from standard input and writes JSON to standard output;
of an encrypted file it writes the bytes without encryption, the passwords to try being the first line of its input.
What it could not do is said by its exit code. A process of its own, because the libraries for these formats allocate
and loop as a hostile file tells them, and a worker that reads a thousand returns must outlive that.
"""

from __future__ import annotations

import importlib
import json
import sys
from enum import IntEnum

from xltool.foreign.grid import EncryptedError, TooLargeError
from xltool.foreign.wire import dump

MEMORY = 1 << 30  # bytes of address space
SECONDS = 30  # of processor time
KINDS = ("xls", "ods", "docx")
ENCRYPTED = "encrypted"


class Exit(IntEnum):
    """Exit codes of the child, apart from those the interpreter itself uses."""

    READ = 0
    DAMAGED = 40
    TOO_LARGE = 41
    ENCRYPTED = 42


def limit_itself() -> None:
    """Caps of the operating system, where it has them; elsewhere the parent's time limit and the readers' caps hold."""
    try:
        import resource  # noqa: PLC0415  # Unix only
    except ImportError:
        return
    for kind, cap in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, hard = resource.getrlimit(kind)
        value = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            continue  # macOS refuses some caps


def main(kind: str) -> Exit:
    reader = importlib.import_module(f"xltool.foreign.{kind}")
    limit_itself()
    passwords = json.loads(sys.stdin.buffer.readline()) if kind == ENCRYPTED else ()
    data = sys.stdin.buffer.read()
    try:
        result = reader.decrypted(data, passwords) if kind == ENCRYPTED else dump(reader.read(data))
    except EncryptedError:
        return Exit.ENCRYPTED
    except (TooLargeError, MemoryError):
        return Exit.TOO_LARGE
    except Exception:  # noqa: BLE001  # the libraries raise whatever a damaged file makes them raise
        return Exit.DAMAGED
    sys.stdout.buffer.write(result)
    return Exit.READ


if __name__ == "__main__":
    assert sys.argv[1] in (*KINDS, ENCRYPTED)
    sys.exit(main(sys.argv[1]))
