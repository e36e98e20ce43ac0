"""The ledger's tables (schema.sql beside this), made once, and files that are no ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib import resources

from xltool.store.entries import Fault

VERSION = 1


def prepare(connection: sqlite3.Connection) -> Fault | None:
    """Make the tables of an empty file in one transaction; say why a file cannot serve."""
    try:
        if _version(connection) == 0:
            fault = _made(connection)
            if fault is not None:
                return fault
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.OperationalError as error:
        if busy(error):
            return Fault.BUSY
        raise
    except sqlite3.DatabaseError:
        return Fault.FOREIGN
    return Fault.NEWER if _version(connection) > VERSION else None


def _made(connection: sqlite3.Connection) -> Fault | None:
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) == 0:  # else another process has made the tables meanwhile
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            connection.execute("ROLLBACK")
            return Fault.FOREIGN
        script = (resources.files("xltool.store") / "schema.sql").read_text(encoding="utf-8")
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    return None


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements one by one: `executescript` would end the transaction they belong to."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def busy(error: sqlite3.OperationalError) -> bool:
    """Whether another process holds the file, rather than anything being wrong with it."""
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
