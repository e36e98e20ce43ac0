"""The ledger's file: its connection and transactions, the turns of those who write, and the history."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Self, TypeVar

from xltool.store.entries import Act, Event, Fault, Unavailable
from xltool.store.schema import busy, prepare

_TIMEOUT = 10.0  # seconds; one transaction takes milliseconds, so a longer wait means that something is wrong
_TURN = ".{name}.turn"  # locked while a command works that must have the campaign for itself
_Done = TypeVar("_Done")


class Journal:
    """An open ledger file. What writes returns `Unavailable` where another process did not let go in time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    @classmethod
    @contextmanager
    def open(cls, path: Path, timeout: float = _TIMEOUT, *, alone: bool = False) -> Iterator[Self | Unavailable]:
        """The ledger in this file, made if there is none; the folder must exist. `timeout` in seconds.

        With `alone` nobody else who asks for it has the ledger open meanwhile; they wait for their turn, or are told
        after the timeout. The system ends a turn with its process, however that ends.
        """
        with _turn(path, timeout) if alone else nullcontext(True) as granted:
            if not granted:
                yield Unavailable(path, Fault.BUSY)
                return
            with closing(sqlite3.connect(path, timeout=timeout, isolation_level=None)) as connection:
                fault = prepare(connection)
                yield Unavailable(path, fault) if fault else cls(connection, path)

    def history(self, unit_code: str | None = None) -> tuple[Event, ...]:
        """Everything that happened, of one unit or all, in its order."""
        rows = self._connection.execute(
            "SELECT at, who, event, unit_code, issue, sha256, detail, reason FROM history "
            "WHERE ?1 IS NULL OR unit_code = ?1 ORDER BY number",
            (unit_code,),
        )
        return tuple(Event(*row) for row in rows)

    def _remember(self, event: Event) -> None:
        self._connection.execute(
            "INSERT INTO history (at, who, event, unit_code, issue, sha256, detail, reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (event.at, event.who, event.event, event.unit_code, event.issue, event.sha256, event.detail, event.reason),
        )

    def _happened(self, act: Act, event: str, place: tuple[str, int, str], detail: str = "") -> None:
        """Remember an event; `place` is unit, issue and hash."""
        self._remember(Event(act.at, act.who, event, *place, detail, act.reason))

    def _transaction(self, write: Callable[[], _Done]) -> _Done | Unavailable:
        """All of `write` or nothing. Another process's lock is waited for; after the timeout nothing is changed."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                done = write()
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            if busy(error):
                return Unavailable(self._path, Fault.BUSY)
            raise
        return done


@contextmanager
def _turn(path: Path, timeout: float) -> Iterator[bool]:
    """Hold the campaign's turn; False where somebody else kept it. An SQLite lock, as every system has those."""
    place = path.with_name(_TURN.format(name=path.name))
    with closing(sqlite3.connect(place, timeout=timeout, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if not busy(error):
                raise
            yield False
            return
        yield True
        lock.execute("ROLLBACK")
