"""Every code is brought about by a case, at its place and in its words; rightly filled forms bring about nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.finding_cases import Case, cases
from tests.finding_cases.forms import form_for
from xltool.addresses import a1
from xltool.findings import catalogue, message
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.model.finding import Finding, Severity
from xltool.model.form import Profile, Role

CASES = cases()


def loud(findings: tuple[Finding, ...]) -> set[str]:
    return {item.code for item in findings if item.severity is not Severity.INFO}


@pytest.mark.parametrize("case", [case for case in CASES if case.code], ids=lambda case: case.path.stem)
def test_each_case_brings_its_finding_and_no_other(case: Case, tmp_path: Path) -> None:
    expected = case.data["expected"]
    found = case.findings(tmp_path)
    mine = [item for item in found if item.code == case.code]
    assert len(mine) == expected.get("count", 1), [(item.code, message(item)) for item in found]
    assert expected["message"] in [message(item) for item in mine]
    (item, *_) = [item for item in mine if message(item) == expected["message"]]
    assert item.severity.value == expected["severity"]
    for part in ("file", "sheet", "cell", "unit_code", "row", "column"):
        assert part not in expected or getattr(item.position, part) == expected[part], part
    if "slot" in expected:
        assert item.position.field == expected["slot"]
    assert loud(found) - {case.code} == set(expected.get("beside", ()))


@pytest.mark.parametrize("case", [case for case in CASES if not case.code], ids=lambda case: case.path.stem)
def test_what_is_right_brings_no_error_and_no_warning(case: Case, tmp_path: Path) -> None:
    found = case.findings(tmp_path)
    assert [(item.code, message(item)) for item in found if item.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.code.startswith(("VAL", "IND", "SUM")) and case.data["kind"] == "form"],
    ids=lambda case: case.path.stem,
)
def test_the_cell_of_a_finding_is_that_of_its_answer(case: Case, tmp_path: Path) -> None:
    expected = case.data["expected"]
    layout = lay_out(form_for(case.data, tmp_path / "1"), Role(case.data.get("role", "unit")), Profile.FILL, Filling())
    places = {slot.key: a1(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    found = case.findings(tmp_path / "2")
    cells = {item.position.cell for item in found if (item.code, item.position.field) == (case.code, expected["slot"])}
    assert cells == {places[expected["slot"]]}


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert {case.code for case in CASES if case.code} == set(catalogue())
