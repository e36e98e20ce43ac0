"""Runs one input under watch: an exception, too much time or too much memory is a crash, kept once per place."""

from __future__ import annotations

import hashlib
import json
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 5.0  # of processor time for an input of at most 1 MiB; the reader's own cap is 30
MEMORY = 200 << 10  # KiB over what the process held before the input
_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_TRACED = ("xltool", "tests/fuzz")


@dataclass(slots=True)
class Watch:
    """Counts executions and keeps what crashes in `folder`, one file per kind of crash, its trace beside it."""

    run: Callable[[bytes], None]
    folder: Path
    bounded: bool = True
    executions: int = 0
    crashes: dict[str, int] = field(default_factory=dict)
    slowest: float = 0.0
    largest: int = 0
    started: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def __call__(self, data: bytes) -> None:
        """Run one input. Never raises, so that fuzzing goes on after a crash."""
        self.executions += 1
        before = _resident(reset=True) if self.bounded else 0
        begun = time.process_time()
        try:
            self.run(data)
        except Exception as fault:  # noqa: BLE001  # whatever it is, it is what was looked for
            self.keep(_place(fault), data, traceback.format_exc())
        seconds = time.process_time() - begun
        grown = _resident() - before if self.bounded else 0
        self.slowest, self.largest = max(self.slowest, seconds), max(self.largest, grown)
        if seconds > SECONDS:
            self.keep("slow", data, f"{seconds:.1f} s")
        if grown > MEMORY:
            self.keep("memory", data, f"{grown >> 10} MiB")
        self._tell()

    def keep(self, place: str, data: bytes, said: str) -> None:
        """Keep a crash; of one place the smallest input stays."""
        self.crashes[place] = self.crashes.get(place, 0) + 1
        name = hashlib.sha256(place.encode()).hexdigest()[:12]
        path = self.folder / f"crash-{name}.bin"
        if not path.exists() or len(data) < path.stat().st_size:
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(f"{place}\n{said}", encoding="utf-8")

    def _tell(self) -> None:
        """Write the counts every few seconds: the fuzzing engine ends the process without a word to Python."""
        now = time.monotonic()
        if now - self._told < 5 and self.executions > 1:
            return
        self._told = now
        figures = {
            "executions": self.executions,
            "seconds": round(now - self.started, 1),
            "crashes": self.crashes,
            "slowest_seconds": round(self.slowest, 3),
            "largest_growth_kib": self.largest,
        }
        (self.folder / "figures.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")


def _place(fault: BaseException) -> str:
    """The kind of exception and the line of ours that it came from."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if any(part in frame.filename for part in _TRACED)]
    last = (ours or frames)[-1]
    return f"{type(fault).__name__} {Path(last.filename).name}:{last.lineno} {last.name}"


def _resident(*, reset: bool = False) -> int:
    """The peak of this process's memory in KiB since the last reset, where the system tells it, else 0."""
    try:
        if reset:
            _CLEAR.write_text("5", encoding="ascii")
        status = _STATUS.read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(status.partition("VmHWM:")[2].split()[0])
