"""The faults that other tools read as valid figures or stop at: here nothing is read wrong without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.faults import FAULTS, UNITS, Bench, Fault
from tests.conftest import need

# What is said of the faulty unit's files: codes that must be among the findings, and the exit code.
SAID = {
    "the file cut off in the middle": ("FILE06", 3),
    "the file no workbook": ("FILE17", 3),
    "Excel's lock file `~$003.xlsx` beside it": ("COL05", 0),
    "the sheet renamed": ("TPL23", 0),
    "`约三百` typed as the budget": ("VAL02 D33", 1),
    "`1,234.50` typed as text as the budget": ("VAL12 D33", 1),
    "`≥85%` typed as the budget": ("VAL02 D33", 1),
    "the budget stored as text": ("VAL12 D33", 0),
    "one row inserted at row 5": ("", 0),
    "the budget empty": ("VAL01 D33", 1),
    "the same file twice, as `003 (1).xlsx`": ("COL02", 0),
    "two different files of the unit": ("COL03", 1),
    "the form saved as `.et`": ("FILE21", 0),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(Path(tmp_path_factory.mktemp("faults")))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_read_as_a_person_sees_it_or_said(fault: Fault, bench: Bench) -> None:
    need(fault.needs)
    outcome = bench.ours(fault)
    said, code = SAID[fault.name]
    assert outcome.units >= UNITS - 1, "the other nine are collected whatever the tenth is"
    assert outcome.silent == outcome.wrong == 0
    assert any(line.startswith(said) for line in outcome.said) or not said
    assert outcome.code == code


def test_a_value_read_otherwise_would_be_counted(bench: Bench) -> None:
    honest = next(fault for fault in FAULTS if fault.name == "the sheet renamed")
    bench.before["budget.total"], kept = 0, bench.before["budget.total"]
    outcome = bench.ours(honest)
    bench.before["budget.total"] = kept
    assert (outcome.wrong, outcome.silent) == (1, 1)
