"""The command line as a person uses it: a program of its own, in a chosen language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = (sys.executable, "-m", "xltool.cli")


def xltool(*arguments: str | Path, language: str = "zh", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; the exit code is the caller's to judge."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XLTOOL_")}
    environment |= {"XLTOOL_LANG": language, "PYTHONUTF8": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )


def as_json(*arguments: str | Path, cwd: Path | None = None) -> Any:
    """What a command says with --json; nothing else may stand on its standard output."""
    return json.loads(xltool(*arguments, "--json", cwd=cwd).stdout)
