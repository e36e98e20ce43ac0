"""What a workflow needs of its surroundings: the clock, how to report progress, how many processes, own forms."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from xltool.store.entries import Act


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Context:
    """`progress` is called with done and total. `jobs` is the number of worker processes, 1 for none. `who` is who
    works here, as the history names them."""

    now: Callable[[], datetime] = _now
    progress: Callable[[int, int], None] = _silent
    jobs: int = os.cpu_count() or 1
    form_folders: tuple[Path, ...] = ()
    who: str = ""

    def today(self) -> date:
        """The day by the clock here, by which deadlines are counted."""
        return self.now().astimezone().date()

    def act(self, reason: str = "") -> Act:
        """What is done now, by whom and why."""
        return Act(self.who, self.now().isoformat(), reason)
