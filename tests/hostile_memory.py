"""Reads every file of a folder in one process and prints the peak of its memory in KiB; run by test_hostile."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from xltool.excel.read import read_bytes

if __name__ == "__main__":
    for path in sorted(Path(sys.argv[1]).iterdir()):
        read_bytes(path.read_bytes(), path.name)
    # Not ru_maxrss: it remembers what the parent held before this program was loaded.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sys.stdout.write(re.findall(r"VmHWM:\s+([0-9]+) kB", status)[0])
