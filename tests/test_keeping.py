"""The collector rests while a verb that keeps much is at work, and only then."""

from __future__ import annotations

import gc

import pytest

from xltool.workflow.keeping import keeping


@keeping()
def is_resting(fault: bool = False) -> bool:
    if fault:
        raise ValueError
    return not gc.isenabled()


def test_the_collector_rests_meanwhile_and_works_again_afterwards() -> None:
    assert gc.isenabled()
    assert is_resting()
    assert gc.isenabled()


def test_it_works_again_after_a_fault_too() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        is_resting(fault=True)
    assert gc.isenabled()


def test_a_program_that_stopped_it_finds_it_stopped() -> None:
    gc.disable()
    try:
        assert is_resting()
        assert not gc.isenabled()
    finally:
        gc.enable()
