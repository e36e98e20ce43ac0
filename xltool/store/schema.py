"""The ledger's tables (schema.sql beside this), made once or brought up to date, and files that are no ledger."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib import resources

from xltool.store.entries import Fault

VERSION = 2


def prepare(connection: sqlite3.Connection) -> Fault | None:
    """Make the tables of an empty file, or those that an earlier version lacks, in one transaction; say why a file
    cannot serve."""
    try:
        if _version(connection) < VERSION:
            fault = _brought_up_to_date(connection)
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


def _brought_up_to_date(connection: sqlite3.Connection) -> Fault | None:
    """Tables are rebuilt with foreign keys off, as SQLite asks for."""
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)  # another process may have made the tables meanwhile
    if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        connection.execute("ROLLBACK")
        return Fault.FOREIGN
    scripts = ["schema.sql"] if version == 0 else [f"upgrade-{number}.sql" for number in range(version, VERSION)]
    for name in scripts:
        for statement in _statements((resources.files("xltool.store") / name).read_text(encoding="utf-8")):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {max(version, VERSION)}")
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
