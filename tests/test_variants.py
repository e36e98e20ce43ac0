"""Each fault in many wordings is named at its cell, alone; what is right but unusual is not found fault with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.libreoffice import LibreOffice
from tests.variants import Variant, findings, issued, loud, reading, variants
from xltool.addresses import a1
from xltool.collect.examine import examine
from xltool.findings import message

FAULTS, RIGHT = variants("faults"), variants("right")
FORMS = ("department-tasks-2020", "minhang-2024", "unit-indicators-2023", "yuzhong-2020")


@pytest.mark.parametrize("variant", FAULTS, ids=str)
def test_each_wording_of_a_fault_is_named_at_its_cell_and_nothing_else_is(variant: Variant) -> None:
    found = findings(variant)
    assert loud(found) == [(variant.code, variant.at)], [message(item) for item in found]


@pytest.mark.parametrize("variant", RIGHT, ids=str)
def test_what_is_right_but_unusual_is_not_found_fault_with(variant: Variant) -> None:
    found = findings(variant)
    assert loud(found) == [], [message(item) for item in found]


def test_there_are_enough_of_both_on_every_form() -> None:
    assert {variant.form for variant in FAULTS} == {variant.form for variant in RIGHT} == set(FORMS)
    assert min(len(FAULTS), len(RIGHT)) >= 120


SAMPLE = 12  # every so many variants are typed by a real program, each into a workbook of its own


@pytest.mark.parametrize("form_id", FORMS)
def test_a_sample_typed_by_libreoffice_is_judged_alike(form_id: str, tmp_path: Path, libreoffice: LibreOffice) -> None:
    blank = tmp_path / "blank.xlsx"
    blank.write_bytes(issued(form_id).data)
    sample = [*(item for item in FAULTS if item.form == form_id)][::SAMPLE]
    sample += [*(item for item in RIGHT if item.form == form_id)][::SAMPLE]
    wrong = []
    for number, variant in enumerate(sample):
        out = typed(libreoffice, blank, tmp_path / f"{number}.xlsx", variant)
        if out is not None:
            found = examine(out.read_bytes(), reading(form_id), "表.xlsx").findings
            wanted = [(variant.code, variant.at)] if variant.code else []
            if loud(found) != wanted:
                wrong.append((str(variant), [message(item) for item in found]))
    assert wrong == []


def typed(office: LibreOffice, source: Path, out: Path, variant: Variant) -> Path | None:
    """As a clerk types it; None where the program refuses an entry."""
    made = issued(variant.form)
    with office.open(source) as book:
        for slot, content in variant.typed:
            place = made.slots[slot].range
            typed = book.type(made.sheet, a1(place.first_row, place.first_col), content)
            if not typed.changed and typed.after.text != content:
                return None
        return book.save(out)
