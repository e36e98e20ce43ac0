"""LibreOffice as a test client: one headless program, many workbooks, driven as by a person's hands.

The program is scripted through UNO, which only the system's Python has, so a small server runs there as a
child process and this half talks to it in JSON lines. A job that hangs or a program that dies fails its own
test only: the next workbook opened starts a new one.

    office = LibreOffice()
    with office.open(path) as book:
        book.type("申报表", "D5", "≥85").changed
        book.save(out)
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

HERE = Path(__file__).parent
UNO_PYTHON = os.environ.get("XLTOOL_UNO_PYTHON", "/usr/bin/python3")


class LibreOfficeError(Exception):
    """LibreOffice refused a job, died or did not answer in time."""


@dataclass(frozen=True, slots=True)
class CellState:
    """What one cell holds and shows: `kind` is empty, number, text or formula; `error` 0 for none."""

    kind: str
    text: str
    value: float
    formula: str
    error: int
    locked: bool
    font: str
    font_asian: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell before and after an entry; `changed` is False where it was refused, or was there already."""

    before: CellState
    after: CellState
    changed: bool


@dataclass(frozen=True, slots=True)
class SheetState:
    name: str
    visible: bool
    protected: bool


def missing() -> str | None:
    """Why this client cannot run here, in one sentence; None when it can."""
    if shutil.which("soffice") is None:
        return "LibreOffice is not installed (no soffice)"
    try:
        probe = subprocess.run([UNO_PYTHON, "-c", "import uno"], capture_output=True, check=False, timeout=60)
    except OSError:
        return f"no Python for UNO at {UNO_PYTHON}"
    return None if probe.returncode == 0 else f"{UNO_PYTHON} cannot import uno (python3-uno)"


class LibreOffice:
    """One LibreOffice, started at the first job and again after a crash, in a profile of its own.

    `timeout` is the seconds one job may take; starting may take 120.
    """

    def __init__(self, locale: str = "zh-CN", timeout: float = 90.0) -> None:
        self.locale, self.timeout = locale, timeout
        self.starts = 0
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()
        self._profile: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def version(self) -> str:
        """The version as the About box shows it, such as 7.4.7.2."""
        return str(self.job("version"))

    def fonts(self) -> list[str]:
        """Families that LibreOffice can draw with."""
        return list(self.job("fonts"))

    def open(self, path: str | Path) -> Book:
        """Open a workbook (any format LibreOffice reads). Raises LibreOfficeError when it refuses."""
        if not Path(path).is_file():
            raise LibreOfficeError(f"no such file: {Path(path).name}")
        handle = self.job("open", path=str(Path(path).resolve()))
        return Book(self, int(handle), self.starts)

    def job(self, name: str, **arguments: Any) -> Any:
        """Send one job and wait for its answer; LibreOfficeError says refusal, crash or time-out."""
        process = self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps({"do": name, "with": arguments}) + "\n")
            process.stdin.flush()
        except OSError as fault:
            self.stop()
            raise LibreOfficeError(f"{name}: LibreOffice is gone") from fault
        answer = self._answer(name, self.timeout)
        if "error" in answer:
            raise LibreOfficeError(f"{name}: {answer['error']}")
        return answer["result"]

    def stop(self) -> None:
        """End the program and remove its profile; a later job starts it anew."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):
                assert process.stdin is not None
                process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
            # The server's children (oosplash, soffice.bin) share its group, whatever became of the server.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            self._pump.join(10)  # it closes the pipe it reads
        if self._profile is not None:
            shutil.rmtree(self._profile, ignore_errors=True)
            self._profile = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._process is None:
            self._start()
        assert self._process is not None
        return self._process

    def _start(self) -> None:
        self._profile = tempfile.mkdtemp(prefix="xltool-office-")
        self._answers = queue.Queue()
        environment = {**os.environ, "FONTCONFIG_FILE": str(HERE / "fonts.conf"), "LC_ALL": "C.UTF-8"}
        environment.pop("PYTHONPATH", None)
        environment.pop("PYTHONHOME", None)
        self._process = subprocess.Popen(
            [UNO_PYTHON, str(HERE / "libreoffice_server.py"), self._profile, self.locale],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            encoding="utf-8",
            start_new_session=True,
        )
        self._pump = threading.Thread(target=_pump, args=(self._process, self._answers), daemon=True)
        self._pump.start()
        self.starts += 1
        self._answer("start", 120)

    def _answer(self, name: str, timeout: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._kill()
            raise LibreOfficeError(f"{name}: no answer within {timeout:g} s") from None
        if not line:
            self._kill()
            raise LibreOfficeError(f"{name}: LibreOffice died")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self.stop()


def _pump(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    """Carry the server's lines to the queue; an empty string says that it ended."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            answers.put(line)
    answers.put("")


class Book:
    """A workbook open in LibreOffice. Sheets are named, cells are A1 names. Close it, or use it in `with`."""

    def __init__(self, office: LibreOffice, handle: int, start: int) -> None:
        self._office, self._handle, self._start = office, handle, start

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, _: TracebackType | None
    ) -> None:
        try:
            self.close()
        except LibreOfficeError:
            if fault is None:
                raise

    def _job(self, name: str, **arguments: Any) -> Any:
        if self._office.starts != self._start or self._office._process is None:
            raise LibreOfficeError(f"{name}: the LibreOffice that had this workbook open is gone")
        return self._office.job(name, book=self._handle, **arguments)

    def close(self) -> None:
        self._job("close")

    def sheets(self) -> list[SheetState]:
        return [SheetState(**item) for item in self._job("sheets")]

    def type(self, sheet: str, cell: str, text: str) -> Typed:
        """Enter text through the input parser, like the keyboard. Pop-ups of validations do not rise
        headless: ask `accepts` afterwards."""
        return _typed(self._job("type", sheet=sheet, cell=cell, text=text))

    def choose(self, sheet: str, cell: str, text: str) -> Typed:
        """Pick from the cell's drop-down; LibreOfficeError where it has none or does not offer the text."""
        return _typed(self._job("choose", sheet=sheet, cell=cell, text=text))

    def accepts(self, sheet: str, cell: str) -> bool:
        """Whether the cell's own validation is content with what the cell holds."""
        return bool(self._job("accepts", sheet=sheet, cell=cell))

    def invalid(self, sheet: str) -> list[str]:
        """Every cell of the sheet that its validation is not content with, in reading order."""
        return list(self._job("invalid", sheet=sheet))

    def read(self, sheet: str, cell: str) -> CellState:
        return CellState(**self._job("read", sheet=sheet, cell=cell))

    def text(self, sheet: str, cell: str) -> str:
        """The cell as displayed."""
        return self.read(sheet, cell).text

    def used(self, sheet: str) -> list[list[str]]:
        """The used area from A1 on, every cell as displayed, blank ones as ''."""
        return [list(row) for row in self._job("used", sheet=sheet)]

    def recalculate(self) -> None:
        """Compute every formula anew: LibreOffice trusts the cached values of a file it opens."""
        self._job("recalculate")

    def insert_rows(self, sheet: str, row: int, count: int = 1) -> bool:
        """Insert rows above `row` (from 1) with the menu's command; False where the program refused."""
        return bool(self._job("insert_rows", sheet=sheet, row=row, count=count))

    def delete_rows(self, sheet: str, row: int, count: int = 1) -> bool:
        """Delete rows from `row` (from 1) on with the menu's command; False where the program refused."""
        return bool(self._job("delete_rows", sheet=sheet, row=row, count=count))

    def import_sheet(self, other: Book, sheet: str, place: int) -> None:
        """Copy a sheet of another open workbook to this place (from 0), as the menu's «Move or Copy Sheet» does."""
        self._job("import_sheet", other=other._handle, sheet=sheet, place=place)

    def remove_sheet(self, sheet: str) -> None:
        self._job("remove_sheet", sheet=sheet)

    def rename_sheet(self, sheet: str, title: str) -> None:
        self._job("rename_sheet", sheet=sheet, title=title)

    def copy(self, sheet: str, source: str, target: str) -> None:
        """Copy and paste a range with everything: values, formats, locks and validations."""
        self._job("copy", sheet=sheet, source=source, target=target)

    def copy_to_new_book(self, sheet: str) -> None:
        """Copy a sheet alone into a new workbook, and go on with that one."""
        self._job("copy_to_new_book", sheet=sheet)

    def sort(self, sheet: str, range: str, column: int, *, ascending: bool = True) -> None:
        """Sort the rows of a range by one of its columns (from 0); formats go with what they format."""
        self._job("sort", sheet=sheet, range=range, column=column, ascending=ascending)

    def dispatch(
        self, command: str, sheet: str | None = None, cell: str | None = None, **arguments: Any
    ) -> None:
        """Any other command of the menus (`.uno:…`) on a selection."""
        self._job("dispatch", command=command, sheet=sheet, cell=cell, arguments=arguments)

    def save(self, path: str | Path, format: str = "xlsx", password: str = "") -> Path:
        """Save a copy as xlsx, ods or xls, encrypted where a password is given."""
        self._job("save", path=str(Path(path).resolve()), format=format, password=password)
        return Path(path)

    def pdf(self, path: str | Path, sheet: str | None = None) -> Path:
        """Print every visible sheet, or one, to a PDF."""
        self._job("print", path=str(Path(path).resolve()), sheet=sheet)
        return Path(path)


def _typed(answer: dict[str, Any]) -> Typed:
    return Typed(CellState(**answer["before"]), CellState(**answer["after"]), bool(answer["changed"]))
