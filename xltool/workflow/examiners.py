"""Examining returned files one after the other or in worker processes, so that no file holds up the others."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from xltool.collect.examine import Examination, Reading, examine_parts
from xltool.collect.identities import Assigned
from xltool.collect.intake import Received
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

_Task = tuple[bytes, str, str, Assigned | None]  # content, name, digest, and whose it is said to be
_Answer = tuple[Examination, ...] | Finding


class Examiners:
    """Examines files here or in worker processes; the reading is sent to each process once."""

    def __init__(self, reading: Reading, pool: Executor | None) -> None:
        self.reading = reading
        self.pool = pool

    def examine(self, files: list[Received], said: Assigned | None = None) -> Iterator[_Answer]:
        """The forms in each file, in the order of `files`; the finding where a bug of ours kept one from being
        examined. `said` is whose form each of them is said to be."""
        tasks = [(item.data, item.name, item.sha256, said) for item in files]
        if self.pool is None:
            return (_examined(task, self.reading) for task in tasks)
        return self.pool.map(_examined_there, tasks, chunksize=4)


@contextmanager
def examiners(reading: Reading, jobs: int) -> Iterator[Examiners]:
    """`jobs` is the number of worker processes, 1 for none."""
    if jobs == 1:
        yield Examiners(reading, None)
        return
    with ProcessPoolExecutor(jobs, initializer=_begin_worker, initargs=(reading,)) as pool:
        yield Examiners(reading, pool)


def _examined(task: _Task, reading: Reading) -> _Answer:
    data, name, digest, said = task
    try:
        return examine_parts(data, reading, name, digest, said)
    except Exception as error:  # noqa: BLE001  # a bug that one file brings out must not hold up the others
        place = traceback.extract_tb(error.__traceback__)[-1]
        cause = f"{type(error).__name__}: {str(error)[:100]} ({Path(place.filename).stem}:{place.lineno})"
        return finding(Code.FILE_NOT_EXAMINED, Position(file=name), name=name, error=cause)


_reading: list[Reading] = []  # of a worker process


def _begin_worker(reading: Reading) -> None:
    _reading[:] = [reading]
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next file forever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _examined_there(task: _Task) -> _Answer:
    return _examined(task, _reading[0])
