"""Installing xltool as a visitor does, into an environment of its own, without fetching what is here already."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = ("tests", "demo-result", "dist", "benchmarks")


def libraries(folder: Path) -> Path:
    """A folder with every library of this environment except xltool itself, for PYTHONPATH."""
    folder.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "xltool" not in entry.name and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    return folder


def surroundings(found: Path) -> dict[str, str]:
    """An environment in which pip takes what lies in `found` and asks no index for anything."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XLTOOL_", "PIP_"))}
    return environment | {
        "PYTHONPATH": str(found),
        "PYTHONUTF8": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads it as «no isolation»
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def checkout(folder: Path) -> Path:
    """A copy of what a visitor checks out, the tests aside."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True,
    )  # fmt: skip
    for name in done.stdout.decode("utf-8").split("\0"):
        source = ROOT / name
        if name and source.is_file() and Path(name).parts[0] not in LEFT_OUT:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    return folder


def run(
    *arguments: str | Path, cwd: Path, environment: dict[str, str], check: bool = True
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def new_environment(folder: Path) -> Path:
    """A virtual environment; its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"
