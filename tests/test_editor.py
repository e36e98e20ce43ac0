"""The harness's edits are honest: a real LibreOffice that makes the same edit leaves the same form behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.libreoffice import LibreOffice
from tests.mutation.editor import unlike
from tests.mutation.edits import deleted, inserted
from tests.mutation.formulas import Shift, shifted

FEW, MANY = 20, 320


def differing(office: LibreOffice, count: int, folder: Path) -> dict[str, list[str]]:
    """Where program and model part, by seed and edit."""
    found = {}
    for seed in range(1000, 1000 + count):
        name, lines = unlike(office, seed, folder)
        if lines:
            found[f"{seed} {name}"] = lines[:3]
    return found


def test_an_edit_in_libreoffice_reads_as_the_same_edit_on_the_book(libreoffice: LibreOffice, tmp_path: Path) -> None:
    assert differing(libreoffice, FEW, tmp_path) == {}


@pytest.mark.long
def test_three_hundred_edits_in_libreoffice_read_as_those_on_the_book(libreoffice: LibreOffice, tmp_path: Path) -> None:
    assert differing(libreoffice, MANY, tmp_path) == {}


FORMULA = 'IF(SUM($G$2:$G$110)=0,"A5 B$7",INDEX($D:$D,ROW())&XT_DIGITS&C5&AA10:AB12&LOG10(4)&$41:$42)'


@pytest.mark.parametrize(
    ("shift", "rows", "expected"),
    [
        (inserted(5, 2), True,
         'IF(SUM($G$2:$G$112)=0,"A5 B$7",INDEX($D:$D,ROW())&XT_DIGITS&C7&AA12:AB14&LOG10(4)&$43:$44)'),
        (inserted(4, 1), False,
         'IF(SUM($H$2:$H$110)=0,"A5 B$7",INDEX($E:$E,ROW())&XT_DIGITS&C5&AB10:AC12&LOG10(4)&$41:$42)'),
        (deleted(5, 1), True,
         'IF(SUM($G$2:$G$109)=0,"A5 B$7",INDEX($D:$D,ROW())&XT_DIGITS&#REF!&AA9:AB11&LOG10(4)&$40:$41)'),
    ],
)  # fmt: skip
def test_references_follow_and_texts_and_names_do_not(shift: Shift, rows: bool, expected: str) -> None:
    assert shifted(FORMULA, shift, rows=rows) == expected
