"""The dataset in a database that SQLAlchemy reaches (PostgreSQL …). The only importer of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.store.columns import Cell
from xltool.store.dataset import framed, plain, rows_of
from xltool.store.described import Column, Description

MARK = "xltool_tables"  # lists the tables that are ours, so that no one else's is ever replaced
_BATCH = 2000


def write_database(
    data: Mapping[str, pd.DataFrame], url: str, described: Sequence[Description]
) -> tuple[Finding, ...]:
    """Replace our tables there in one transaction, with keys and comments; findings where that cannot be done.

    A table of the same name that no earlier export made is left alone, and so is everything else then. Where the
    database undoes changes of tables with the transaction (PostgreSQL, SQLite), readers see all of the old or all of
    the new. Numbers keep their decimals: NUMERIC in PostgreSQL, text in databases without exact decimals of any size.
    """
    place: URL | None = None
    try:
        place = _with_driver(make_url(url))
        engine = sa.create_engine(place, poolclass=sa.NullPool)
        with engine.begin() as connection:
            taken = _taken(connection, data)
            if taken:
                return (finding(Code.EXP_TABLE_TAKEN, Position(file=_shown(place)), tables=", ".join(taken)),)
            _replace(connection, data, described)
    except (SQLAlchemyError, ArgumentError, NoSuchModuleError, ImportError) as fault:
        return (_refused(place, fault),)
    return ()


def read_database(url: str, described: Sequence[Description]) -> dict[str, pd.DataFrame]:
    """The tables that an export of this form wrote there, in their order and types."""
    engine = sa.create_engine(_with_driver(make_url(url)), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {item.name: _read(connection, item) for item in described}


def _with_driver(url: URL) -> URL:
    """PostgreSQL by its plain name is reached through psycopg, which is the optional extra."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _shown(url: URL | None) -> str:
    return url.render_as_string(hide_password=True) if url is not None else ""


def _refused(place: URL | None, fault: Exception) -> Finding:
    said = str(getattr(fault, "orig", None) or fault).strip().partition("\n")[0]
    if place is not None and place.password:
        said = said.replace(str(place.password), "***")
    return finding(Code.EXP_DATABASE, Position(file=_shown(place)), place=_shown(place), said=said)


def _taken(connection: sa.Connection, data: Mapping[str, pd.DataFrame]) -> list[str]:
    names = set(sa.inspect(connection).get_table_names())
    ours = {row[0] for row in connection.execute(sa.select(_mark().c.name))} if MARK in names else set()
    return sorted((names & set(data)) - ours)


def _mark() -> sa.Table:
    return sa.Table(MARK, sa.MetaData(), sa.Column("name", sa.String(100), primary_key=True))


def _replace(connection: sa.Connection, data: Mapping[str, pd.DataFrame], described: Sequence[Description]) -> None:
    mark = _mark()
    mark.create(connection, checkfirst=True)
    for (name,) in connection.execute(sa.select(mark.c.name)).all():
        sa.Table(name, sa.MetaData()).drop(connection, checkfirst=True)
    connection.execute(mark.delete())
    for item in described:
        table = _table(item, connection.dialect.name)
        table.create(connection)
        connection.execute(mark.insert(), {"name": item.name})
        rows = _records(data[item.name], connection.dialect.name)
        for start in range(0, len(rows), _BATCH):
            connection.execute(table.insert(), rows[start : start + _BATCH])


def _table(item: Description, dialect: str) -> sa.Table:
    """The place of a row is kept too: tables of a database have no order."""
    columns = [
        sa.Column(column.name, _type(column, dialect, keyed=column.name in item.key), comment=column.zh,
                  primary_key=column.name in item.key)
        for column in item.columns
    ]  # fmt: skip
    return sa.Table(item.name, sa.MetaData(), *columns, sa.Column("row_number", sa.Integer), comment=item.zh)


def _type(column: Column, dialect: str, *, keyed: bool) -> sa.types.TypeEngine[Any]:
    if column.type == "number":
        return sa.Numeric() if dialect == "postgresql" else sa.Text()
    if column.type == "string":
        return sa.String(300) if keyed and dialect != "postgresql" else sa.Text()
    return sa.BigInteger() if column.type == "integer" else sa.Boolean()


def _records(frame: pd.DataFrame, dialect: str) -> list[dict[str, Cell]]:
    names = [*frame.columns, "row_number"]
    as_text = dialect != "postgresql"

    def stored(cell: Cell) -> Cell:
        if isinstance(cell, str):
            return cell.replace("\0", "")  # PostgreSQL holds every character but this one
        return plain(cell) if as_text and isinstance(cell, Decimal) else cell

    rows = rows_of(frame)
    return [dict(zip(names, [*map(stored, row), place], strict=True)) for place, row in enumerate(rows, start=1)]


def _read(connection: sa.Connection, item: Description) -> pd.DataFrame:
    table = _table(item, connection.dialect.name)
    columns = [table.c[column.name] for column in item.columns]
    numbers = [place for place, column in enumerate(item.columns) if column.type == "number"]
    rows = [list(row) for row in connection.execute(sa.select(*columns).order_by(table.c.row_number))]
    for row in rows:
        for place in numbers:
            row[place] = None if row[place] is None else Decimal(row[place])
    return framed([column.name for column in item.columns], rows)
