"""Copies called （1）, 最终版, 最终2 or 副本: the number in the token decides, never a name, a date or the order."""

from __future__ import annotations

import os
from itertools import permutations
from pathlib import Path

import pytest

from tests.packages import zipped
from tests.test_whose import CONTEXT, lay, put
from xltool import campaign as campaigns
from xltool.data import example
from xltool.findings import Code
from xltool.store.entries import AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.collect import CollectResult, collect

NAMES = (
    "005.xlsx", "005(1).xlsx", "005最终版.xlsx", "a终稿.xlsx", "005 (2).xlsx", "005最终2.xlsx", "005 - 副本.xlsx"
)  # fmt: skip
# The example's unit 005 sent its first issue with errors and its second without.
FIRST, SECOND = (path.read_bytes() for path in sorted(Path(str(example("minhang-2024"))).glob("inbox/005_*")))
OTHER = SECOND + b"\x00"  # the same issue with other bytes, as after saving it again


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return lay(tmp_path / "campaign")


def across(result: CollectResult) -> list[str]:
    codes = (Code.COL_SAME_BYTES, Code.COL_TWO_CONTENTS, Code.COL_SUPERSEDED)
    return sorted(item.code for item in result.findings if item.code in codes)


def standing(folder: Path) -> dict[int, list[AttemptStatus]]:
    """How the unit's attempts stand, by issue."""
    found: dict[int, list[AttemptStatus]] = {}
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        for attempt in ledger.attempts("005"):
            found.setdefault(attempt.issue, []).append(attempt.status)
    return found


@pytest.mark.parametrize(("first", "second"), [*permutations(NAMES[:4], 2), *permutations(NAMES[4:], 2)])
def test_the_later_issue_counts_under_whatever_name(folder: Path, first: str, second: str) -> None:
    put(folder, first, FIRST)
    put(folder, second, SECOND)
    result = collect(folder, context=CONTEXT)
    assert standing(folder) == {1: [AttemptStatus.ERRORS], 2: [AttemptStatus.ACCEPTED]}
    assert across(result) == [Code.COL_SUPERSEDED]


@pytest.mark.parametrize("older", [True, False])
def test_the_date_of_a_file_says_nothing(folder: Path, *, older: bool) -> None:
    first, second = put(folder, "005.xlsx", FIRST), put(folder, "005(1).xlsx", SECOND)
    os.utime(second if older else first, (1, 1))
    collect(folder, context=CONTEXT)
    assert standing(folder)[2] == [AttemptStatus.ACCEPTED]


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)], ids=["first first", "second first"])
def test_the_order_in_which_they_come_says_nothing(folder: Path, order: tuple[bytes, bytes]) -> None:
    for number, data in enumerate(order):
        path = put(folder, f"005 ({number}).xlsx", data)
        collect(folder, [path], context=CONTEXT)
    assert standing(folder) == {1: [AttemptStatus.ERRORS], 2: [AttemptStatus.ACCEPTED]}


@pytest.mark.parametrize("copy", NAMES[1:])
def test_the_same_bytes_under_two_names_are_one_attempt(folder: Path, copy: str) -> None:
    put(folder, "005.xlsx", SECOND)
    put(folder, copy, SECOND)
    result = collect(folder, context=CONTEXT)
    assert standing(folder) == {2: [AttemptStatus.ACCEPTED]}
    assert across(result) == [Code.COL_SAME_BYTES]
    assert sorted(file.new for file in result.files) == [False, True]


@pytest.mark.parametrize("copy", NAMES[1:])
def test_two_contents_of_one_issue_are_named_and_a_person_chooses(folder: Path, copy: str) -> None:
    put(folder, "005.xlsx", SECOND)
    put(folder, copy, OTHER)
    result = collect(folder, context=CONTEXT)
    assert across(result) == [Code.COL_TWO_CONTENTS] * 2  # one on each file
    assert sorted(standing(folder)[2]) == [AttemptStatus.ACCEPTED, AttemptStatus.HELD]


def test_all_kinds_of_copies_at_once(folder: Path) -> None:
    for name, data in zip(NAMES, (FIRST, SECOND, SECOND, OTHER, FIRST, OTHER, SECOND), strict=True):
        put(folder, name, data)
    result = collect(folder, context=CONTEXT)
    assert standing(folder)[1] == [AttemptStatus.ERRORS]
    assert sorted(standing(folder)[2]) == [AttemptStatus.ACCEPTED, AttemptStatus.HELD]
    assert across(result).count(Code.COL_SAME_BYTES) == 4
    assert {Code.COL_TWO_CONTENTS, Code.COL_SUPERSEDED} <= set(across(result))


def test_copies_in_zips_count_like_those_beside_them(folder: Path) -> None:
    put(folder, "005.xlsx", SECOND)
    put(folder, "最终.zip", zipped({"005.xlsx": SECOND, "最终版/005(1).xlsx": FIRST}))
    result = collect(folder, context=CONTEXT)
    assert standing(folder) == {1: [AttemptStatus.ERRORS], 2: [AttemptStatus.ACCEPTED]}
    assert across(result) == [Code.COL_SAME_BYTES, Code.COL_SUPERSEDED]
