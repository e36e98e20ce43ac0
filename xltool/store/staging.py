"""Files that are made whole beside the results and then put in their place."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".writing-"
_ABANDONED = 600.0  # seconds; writing takes a minute at most


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder inside `folder`, made if it is not there, for what is not whole yet.

    What a killed run left of its own is removed: it may hold a form that was withdrawn since.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=_PREFIX) as place:
        yield Path(place)


def replace_file(staged: Path, target: Path) -> Path:
    """Put the staged file in the place of the target, or beside it where another program keeps that open (Windows)."""
    try:
        staged.replace(target)
    except PermissionError:
        target = target.with_stem(f"{target.stem}-new")
        staged.replace(target)
    return target
