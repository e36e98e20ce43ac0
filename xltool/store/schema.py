"""The ledger's tables (schema.sql beside this), made once, and the files that are no ledger of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib import resources

from xltool.store.entries import Fault

VERSION = 1


def prepare(connection: sqlite3.Connection) -> Fault | None:
    """Make the tables of an empty file in one transaction; say why a file cannot serve."""
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        version = _version(connection)
        if version == 0:
            connection.execute("BEGIN IMMEDIATE")
            version = _version(connection)  # another process may have made the tables meanwhile
            if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return Fault.FOREIGN
            if version == 0:
                for statement in _statements(_schema()):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
                version = VERSION
            connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if busy(error):
            return Fault.BUSY
        raise
    except sqlite3.DatabaseError:
        return Fault.FOREIGN
    return Fault.NEWER if version > VERSION else None


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _schema() -> str:
    return (resources.files("xltool.store") / "schema.sql").read_text(encoding="utf-8")


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
