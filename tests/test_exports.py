"""Each format gives back what was written into it, in one piece, and the data package passes its own validator."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.consolidation_cases import a_campaign, a_form
from tests.test_dataset import a_dataset
from xltool.excel.tables import write_tables
from xltool.findings import Code
from xltool.store.database import MARK, read_database, write_database
from xltool.store.described import Description, describe
from xltool.store.exports import (
    read_csv,
    read_sqlite,
    read_xlsx,
    write_csv,
    write_sqlite,
    write_xlsx,
)
from xltool.store.package import DATAPACKAGE, About
from xltool.store.parquet import read_parquet, write_parquet
from xltool.store.staging import staging
from xltool.workflow.context import Context
from xltool.workflow.demo import demo
from xltool.workflow.export import export

ABOUT = About("round", "small", "1", 2024, "示例区民政局", "申报表", "元", "xltool")
Data = dict[str, pd.DataFrame]


def described(data: Data) -> tuple[Description, ...]:
    return describe(a_form(), {name: tuple(table.columns) for name, table in data.items()})


def assert_equal(got: Data, wanted: Data) -> None:
    """The same tables with the same columns, cells and types; of a number its value counts."""
    assert set(got) == set(wanted)
    for name, table in wanted.items():
        pd.testing.assert_frame_equal(got[name], table, obj=name)
        for column in table.columns:
            kinds = [type(cell) for cell in table[column]]
            assert [type(cell) for cell in got[name][column]] == kinds, (name, column)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's campaign."""
    place = tmp_path_factory.mktemp("exports") / "round"
    for _ in demo(place, context=Context(jobs=1)):
        pass
    return place


# Files


def test_csv_gives_back_what_was_written(tmp_path: Path) -> None:
    data = a_dataset()
    write_csv(data, tmp_path, described(data), ABOUT)
    assert_equal(read_csv(tmp_path), data)


def test_the_workbook_gives_back_what_was_written_also_over_several_sheets(tmp_path: Path) -> None:
    data = a_dataset()
    assert_equal(read_xlsx(write_xlsx(data, tmp_path / "dataset.xlsx")), data)
    assert_equal(read_xlsx(write_xlsx(data, tmp_path / "dataset.xlsx", 3)), data)


def test_parquet_gives_back_what_was_written_with_exact_decimals(tmp_path: Path) -> None:
    data = a_dataset()
    write_parquet(data, tmp_path)
    assert_equal(read_parquet(tmp_path), data)
    schema = pq.read_schema(tmp_path / "contributions.parquet")
    assert str(schema.field("number").type) == "decimal128(38, 2)"
    assert str(schema.field("used").type) == "bool"


def test_sqlite_gives_back_what_was_written_with_its_keys(tmp_path: Path) -> None:
    data = a_dataset()
    path = write_sqlite(data, tmp_path / "dataset.sqlite", described(data))
    assert_equal(read_sqlite(path), data)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT typeof(number) FROM contributions WHERE number <> ''").fetchone() == ("text",)
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("INSERT INTO units (unit_code) VALUES ('001')")


def test_numbers_of_any_length_survive_parquet(tmp_path: Path) -> None:
    for text in ("1E+40", "0.1", "12345678901234567890123456789.0123456789", "1E-70", "9" * 80):
        data = {"fields": pd.DataFrame({"number": [Decimal(text), None]}, dtype=object)}
        write_parquet(data, tmp_path)
        assert_equal(read_parquet(tmp_path), data)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1, max_size=6))
def test_any_text_survives_the_workbook(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("texts") / "t.xlsx"
    write_tables(path, {"units": (["text"], [(text,) for text in texts] + [("end",)])})
    (table,) = read_xlsx(path).values()
    assert [text.replace("\r\n", "\n").replace("\r", "\n") for text in table["text"]][: len(texts)] == [
        text.replace("\r\n", "\n").replace("\r", "\n") for text in texts
    ]


def test_other_readers_read_the_workbook_too(tmp_path: Path) -> None:
    data = a_dataset()
    path = write_xlsx(data, tmp_path / "dataset.xlsx")
    sheet = openpyxl.load_workbook(path)["units"]
    assert [cell.value for cell in sheet["A"]] == ["unit_code", *data["units"]["unit_code"]]
    pandas = pd.read_excel(path, sheet_name="units", dtype=str, engine="calamine")
    assert list(pandas["unit_code"]) == list(data["units"]["unit_code"])


def test_exporting_again_replaces_every_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    data = a_dataset()
    for write in (write_parquet, lambda d, p: write_csv(d, p, described(d), ABOUT)):
        first = sorted(path.name for path in write(data, tmp_path))
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        write(data, tmp_path)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
        assert first == sorted(before)
        shutil.rmtree(tmp_path)


def test_a_database_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    data = a_dataset()
    path = write_sqlite(data, tmp_path / "dataset.sqlite", described(data))
    before = path.read_bytes()
    twice = {**data, "units": pd.concat([data["units"], data["units"]])}
    with pytest.raises(sqlite3.IntegrityError):
        write_sqlite(twice, path, described(twice))
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir()] == ["dataset.sqlite"]


# The data package


def test_the_data_package_of_the_demo_passes_its_validator(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "--json",
         str(folder / "result" / "dataset" / DATAPACKAGE)],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["valid"], told
    assert [task["name"] for task in told["tasks"]] == list(read_csv(folder / "result" / "dataset"))


def test_the_validator_sees_a_broken_key(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "dataset"
    shutil.copytree(folder / "result" / "dataset", copy)
    units = copy / "units.csv"
    units.write_text(units.read_text(encoding="utf-8-sig").replace("010,", "001,"), encoding="utf-8-sig", newline="")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "frictionless", "validate", "--json", str(copy / DATAPACKAGE)],
        capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert not json.loads(done.stdout)["valid"]


def test_ids_of_units_and_indicators_stay_the_same_in_another_round(folder: Path) -> None:
    data = read_csv(folder / "result" / "dataset")
    keys = set(data["consolidated_indicators"]["key"])
    assert keys <= set(data["indicators"]["figure"])
    assert "output.quantity:社会组织扶持奖励数" in keys
    assert not any("2024" in key.partition(":")[0] for key in keys)
    assert set(data["indicators"]["unit_code"]) <= set(data["units"]["unit_code"])


# The verb


@pytest.mark.parametrize(("kind", "name"), [("csv", "dataset"), ("xlsx", "dataset.xlsx"),
                                            ("parquet", "dataset-parquet"), ("sqlite", "dataset.sqlite")])  # fmt: skip
def test_every_format_of_the_demo_gives_equal_frames(folder: Path, kind: str, name: str) -> None:
    done = export(folder, kind, context=Context())
    assert done.files
    read = {"csv": read_csv, "xlsx": read_xlsx, "parquet": read_parquet, "sqlite": read_sqlite}[kind]
    assert_equal(read(folder / "result" / name), read_csv(folder / "result" / "dataset"))


# A database server


@dataclass(frozen=True, slots=True)
class Server:
    url: str


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own in a new cluster, on a free port of this machine alone."""
    programs = _programs()
    if programs is None:
        if os.environ.get("XLTOOL_CLIENTS") == "required":
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed")
    place = tmp_path_factory.mktemp("postgres")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_other: list[str] = []
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # the server refuses to run as root
        as_other = ["runuser", "-u", "postgres", "--"]
        place = Path("/tmp") / f"xltool-postgres-{os.getpid()}"
        place.mkdir()
        shutil.chown(place, "postgres")

    def run(*arguments: str) -> None:
        subprocess.run([*as_other, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=place, timeout=60)

    cluster = str(place / "cluster")
    run(str(programs / "initdb"), "-D", cluster, "-U", "analyst", "--auth=trust", "-E", "UTF8", "--locale=C")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
    run(str(programs / "pg_ctl"), "-D", cluster, "-o", options, "-l", str(place / "log"), "-w", "start")
    try:
        yield Server(f"postgresql://analyst:secret@127.0.0.1:{port}/postgres")
    finally:
        run(str(programs / "pg_ctl"), "-D", cluster, "-m", "immediate", "-w", "stop")
        shutil.rmtree(place, ignore_errors=True)


def engine_of(server: Server) -> sa.Engine:
    return sa.create_engine(server.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)


def test_postgresql_gives_back_what_was_written_twice_over(postgres: Server) -> None:
    data = a_dataset()
    for _ in range(2):
        assert write_database(data, postgres.url, described(data)) == ()
        assert_equal(read_database(postgres.url, described(data)), data)


def test_postgresql_keeps_types_keys_and_comments(postgres: Server) -> None:
    data = a_dataset()
    write_database(data, postgres.url, described(data))
    looked = sa.inspect(engine_of(postgres))
    columns = {column["name"]: column for column in looked.get_columns("contributions")}
    assert str(columns["number"]["type"]) == "NUMERIC"
    assert str(columns["used"]["type"]) == "BOOLEAN"
    assert columns["unit_code"]["comment"]
    assert looked.get_pk_constraint("indicators")["constrained_columns"] == ["unit_code", "key", "target"]


def test_a_table_of_somebody_else_is_never_replaced(postgres: Server) -> None:
    data = a_dataset()
    write_database(data, postgres.url, described(data))
    engine = engine_of(postgres)
    with engine.begin() as connection:
        connection.execute(sa.text(f"DELETE FROM {MARK} WHERE name = 'units'"))
    (found,) = write_database(data, postgres.url, described(data))
    assert found.code == Code.EXP_TABLE_TAKEN
    assert dict(found.args)["tables"] == "units"
    assert "secret" not in found.position.file
    with engine.begin() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM units")).scalar() == 4
        connection.execute(sa.text(f"INSERT INTO {MARK} VALUES ('units')"))


def test_an_export_that_fails_half_way_leaves_the_old_tables(postgres: Server) -> None:
    data = a_dataset()
    write_database(data, postgres.url, described(data))
    broken = {**data, "units": pd.concat([data["units"], data["units"]])}
    (found,) = write_database(broken, postgres.url, described(broken))
    assert found.code == Code.EXP_DATABASE
    assert_equal(read_database(postgres.url, described(data)), data)


@pytest.mark.parametrize("url", ["", "nonsense", "nobody://x/y", "postgresql://u:secret@127.0.0.1:1/none"])
def test_a_database_that_cannot_be_reached_is_a_finding_without_the_password(url: str) -> None:
    data = a_dataset()
    (found,) = write_database(data, url, described(data))
    assert found.code == Code.EXP_DATABASE
    assert "secret" not in str(found)


def test_a_database_file_by_url_gives_back_what_was_written(tmp_path: Path) -> None:
    data, url = a_dataset(), f"sqlite:///{tmp_path / 'x.db'}"
    assert write_database(data, url, described(data)) == ()
    assert_equal(read_database(url, described(data)), data)


def test_the_columns_of_every_table_are_described_in_both_languages() -> None:
    data = a_dataset(replace(a_campaign()))
    for table in described(data):
        assert table.zh
        assert table.en
        for column in table.columns:
            assert column.zh, (table.name, column.name)
            assert column.en, (table.name, column.name)


def test_what_a_killed_run_left_half_written_is_gone_after_the_next(tmp_path: Path) -> None:
    old, new = tmp_path / ".writing-old", tmp_path / ".writing-new"
    for left in (old, new):
        left.mkdir()
        (left / "units.csv").write_text("half", encoding="utf-8")
    os.utime(old, (0, 0))
    with staging(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [new.name]  # somebody may be writing there
