"""Each fault in many wordings is named at its cell, alone; what is right but unusual is not found fault with."""

from __future__ import annotations

import pytest

from tests.variants import Variant, findings, loud, variants
from xltool.findings import message

FAULTS, RIGHT = variants("faults"), variants("right")


@pytest.mark.parametrize("variant", FAULTS, ids=str)
def test_each_wording_of_a_fault_is_named_at_its_cell_and_nothing_else_is(variant: Variant) -> None:
    found = findings(variant)
    assert loud(found) == [(variant.code, variant.at)], [message(item) for item in found]


@pytest.mark.parametrize("variant", RIGHT, ids=str)
def test_what_is_right_but_unusual_is_not_found_fault_with(variant: Variant) -> None:
    found = findings(variant)
    assert loud(found) == [], [message(item) for item in found]


def test_there_are_enough_of_both_on_every_form() -> None:
    forms = {"minhang-2024", "yuzhong-2020", "unit-indicators-2023", "department-tasks-2020"}
    assert {variant.form for variant in FAULTS} == {variant.form for variant in RIGHT} == forms
    assert min(len(FAULTS), len(RIGHT)) >= 120
