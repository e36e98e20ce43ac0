"""What a workflow needs of its surroundings: the clock, how to report progress, how many processes, own forms."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


def _now() -> datetime:
    return datetime.now(UTC)


def _silent(done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True, slots=True)
class Context:
    """`progress` is called with done and total. `jobs` is the number of worker processes, 1 for none."""

    now: Callable[[], datetime] = _now
    progress: Callable[[int, int], None] = _silent
    jobs: int = os.cpu_count() or 1
    form_folders: tuple[Path, ...] = ()
