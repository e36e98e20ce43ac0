"""Forty faults typed into the example's forms by real programs: each found at its cell, none twice, no others."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.conftest import ROOT
from xltool.addresses import a1
from xltool.collect.examine import OpenedForm, Reading, examine, open_form
from xltool.findings import message
from xltool.model.finding import Finding, Severity
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign, reading_of

EXAMPLE = ROOT / "examples" / "minhang-2024"
TABLE = Path(__file__).parent / "cases" / "planted-faults.csv"
BY_EXCELJS = ("007", "008")


class Fault(NamedTuple):
    """`content` is typed into `slot`; `code` is to be found `at` a slot."""

    unit: str
    file: str
    slot: str
    content: str
    code: str
    at: str


def _faults() -> tuple[Fault, ...]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(Fault(**row) for row in csv.DictReader(file))


FAULTS = _faults()
UNITS = tuple(dict.fromkeys(fault.unit for fault in FAULTS))


@pytest.fixture(scope="module")
def reading() -> Reading:
    opened = open_campaign(EXAMPLE, Context())
    assert isinstance(opened, Opened)
    return reading_of(opened)


def form_file(unit: str, issue: str) -> Path:
    return next(path for path in (EXAMPLE / "inbox").iterdir() if path.name.startswith(unit) and issue in path.name)


def asked(findings: tuple[Finding, ...]) -> Counter[tuple[str, str, str]]:
    """Errors and warnings by code, slot and cell."""
    return Counter(
        (item.code, item.position.field, item.position.cell) for item in findings if item.severity is not Severity.INFO
    )


def test_there_are_forty_and_twenty_of_them_in_one_unit() -> None:
    assert len(FAULTS) == 40
    assert max(Counter(fault.unit for fault in FAULTS).values()) == 20


@pytest.mark.parametrize("unit", UNITS)
def test_each_fault_is_found_at_its_cell_once_and_no_other_is_invented(
    unit: str, reading: Reading, tmp_path: Path, libreoffice: LibreOffice, exceljs: NodeClient
) -> None:
    mine = [fault for fault in FAULTS if fault.unit == unit]
    source = form_file(unit, mine[0].file)
    opened = open_form(source.read_bytes(), reading, source.name)
    assert isinstance(opened, OpenedForm)
    cells = {key: a1(*place) for key, place in opened.located.places.items()}
    before = asked(examine(source.read_bytes(), reading, source.name).findings)
    entries = [(cells[fault.slot], fault.content) for fault in mine]
    out, sheet = tmp_path / source.name, opened.sheet.name
    program = exceljs if unit in BY_EXCELJS else libreoffice
    typed = type_in(program, source, out, sheet, entries)
    found = examine(typed.read_bytes(), reading, source.name).findings
    expected = Counter((fault.code, fault.at, cells[fault.at]) for fault in mine) + before
    assert asked(found) == expected, [message(item) for item in found if item.severity is not Severity.INFO]


def type_in(
    program: LibreOffice | NodeClient, source: Path, out: Path, sheet: str, entries: list[tuple[str, str]]
) -> Path:
    """As the unit's clerk does, in the program this unit has."""
    if isinstance(program, NodeClient):
        return program.fill(source, out, [(sheet, cell, _number(text) if text else None) for cell, text in entries])
    with program.open(source) as book:
        for cell, text in entries:
            book.type(sheet, cell, text)
        return book.save(out)


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("unit", ["002", "010"])
def test_the_clean_units_stay_clean(unit: str, reading: Reading) -> None:
    path = form_file(unit, "第1次")
    assert asked(examine(path.read_bytes(), reading, path.name).findings) == Counter()
