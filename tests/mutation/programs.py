"""Real programs saving many workbooks at once: one start of LibreOffice or Node for a whole batch.

What is saved is not changed: that is the mutations' part. `python -m tests.mutation.programs FOLDER` says how many
files a second each program saves.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

from tests.clients import javascript
from tests.clients.javascript import SCRIPTS

_FILTERS = {"xlsx": "xlsx:Calc MS Excel 2007 XML", "ods": "ods:calc8", "xls": "xls:MS Excel 97"}
_SECONDS = 20  # that one file may take, beside a minute for the start


class SaveError(Exception):
    """A program did not save what it was given."""


Save = Callable[[Sequence[Path], Path], list[Path]]


def missing(program: str) -> str | None:
    """Why this program cannot save here, in one sentence; None when it can."""
    if program == "openpyxl":
        return None
    package = {"exceljs": "exceljs", "sheetjs": "xlsx"}.get(program)
    if package is not None:
        return javascript.missing(package)
    return "LibreOffice is not installed (no soffice)" if shutil.which("soffice") is None else None


def save(files: Sequence[Path], program: str, folder: Path) -> list[Path]:
    """The files as `program` saves them, in their order, in `folder`; stems stay, so they must differ.

    `PROGRAMS` names the programs and ways. Raises `SaveError` where one does not come out.
    """
    if len({path.stem for path in files}) != len(files):
        raise SaveError("two files of one name")
    folder.mkdir(parents=True, exist_ok=True)
    return PROGRAMS[program](files, folder) if files else []


def _by_office(*ways: str) -> Save:
    """LibreOffice, saving as each format in turn; the last one is what comes back."""

    def run(files: Sequence[Path], folder: Path) -> list[Path]:
        current = list(files)
        with tempfile.TemporaryDirectory(prefix="xltool-save-") as scratch:
            for number, kind in enumerate(ways, start=1):
                last = number == len(ways)
                target = folder if last else Path(scratch, str(number))
                current = _convert(current, kind, target, Path(scratch, "profile"))
        return current

    return run


def _convert(files: Sequence[Path], kind: str, folder: Path, profile: Path) -> list[Path]:
    command = [
        "soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation={profile.as_uri()}",
        "--convert-to", _FILTERS[kind], "--outdir", str(folder.resolve()), *(str(path.resolve()) for path in files),
    ]  # fmt: skip
    _run(command, len(files))
    return _made(files, folder, kind)


def _by_node(library: str) -> Save:
    def run(files: Sequence[Path], folder: Path) -> list[Path]:
        pairs = [(path.resolve(), (folder / f"{path.stem}.xlsx").resolve()) for path in files]
        javascript.run("resave.js", {
            "library": library, "files": [{"path": str(path), "out": str(out)} for path, out in pairs],
        }, seconds=60 + _SECONDS * len(files))  # fmt: skip
        return _made(files, folder, "xlsx")

    return run


def _by_openpyxl(files: Sequence[Path], folder: Path) -> list[Path]:
    for path in files:
        openpyxl.load_workbook(path).save(folder / f"{path.stem}.xlsx")
    return _made(files, folder, "xlsx")


def _run(command: list[str], files: int) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60 + _SECONDS * files, cwd=SCRIPTS)
    except (subprocess.SubprocessError, OSError) as fault:
        raise SaveError(f"{command[0]}: {fault}") from fault


def _made(files: Sequence[Path], folder: Path, kind: str) -> list[Path]:
    made = [folder / f"{path.stem}.{kind}" for path in files]
    lost = [path.name for path in made if not path.is_file()]
    if lost:
        raise SaveError(f"not saved: {', '.join(lost)}")
    return made


PROGRAMS: dict[str, Save] = {
    "libreoffice": _by_office("xlsx"),
    "libreoffice via ods": _by_office("ods", "xlsx"),
    "libreoffice via xls": _by_office("xls", "xlsx"),
    "ods": _by_office("ods"),
    "xls": _by_office("xls"),
    "exceljs": _by_node("exceljs"),
    "sheetjs": _by_node("sheetjs"),
    "openpyxl": _by_openpyxl,
}


def main(folder: Path) -> None:
    """Print each program's files a second over the .xlsx files of a folder."""
    files = sorted(folder.glob("*.xlsx"))
    for program in PROGRAMS:
        reason = missing(program)
        if reason is not None:
            sys.stdout.write(f"{program}: {reason}\n")
            continue
        with tempfile.TemporaryDirectory() as target:
            begun = time.perf_counter()
            save(files, program, Path(target))
            seconds = time.perf_counter() - begun
        sys.stdout.write(f"{program}: {len(files) / seconds:.1f} files/s ({len(files)} files in {seconds:.1f} s)\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
