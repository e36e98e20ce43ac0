"""Room for a text: Chinese characters count two, wrapped texts have room to spare, no row exceeds what Excel shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xltool.layout.metrics import (
    EXCEL_ROW_LIMIT,
    LINE_PITCH,
    PADDING,
    SLICE_LINES,
    SPARE,
    WHOLE_ROW,
    height_for_length,
    height_for_text,
    height_of_lines,
    lines_of,
    slices,
    text_units,
    units_per_line,
)

SIZES = st.sampled_from([9.0, 10.0, 10.5, 12.0])
WIDTHS = st.floats(5, 120)
LENGTHS = st.integers(1, 3000)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=400)


@pytest.mark.parametrize(("text", "units"), [("", 0), ("职责", 4), ("A1", 2), ("（一）", 6), ("85%", 3), ("１", 2)])
def test_chinese_and_full_width_characters_are_two_units_wide(text: str, units: int) -> None:
    assert text_units(text) == units


def test_line_breaks_and_wrapping_both_make_lines() -> None:
    width = 40 * 10.0 / (7 * 0.75 * 2)  # forty units at ten points
    assert units_per_line(width, 10.0) == pytest.approx(40)
    assert [lines_of(text, width, 10.0) for text in ("", "职" * 20, "职" * 21, "甲\n乙", "职" * 21 + "\n乙", "\n")] == [
        1, 1, 2, 2, 3, 2,
    ]  # fmt: skip


def test_one_line_needs_no_spare_room_and_more_have_thirty_percent() -> None:
    assert height_for_text("短", 50.0, 10.0) == pytest.approx(10 * LINE_PITCH + PADDING)
    assert height_for_length(1000, 50.0, 10.0) >= SPARE * 1000 * 2 / units_per_line(50.0, 10.0) * 10 * LINE_PITCH


@given(LENGTHS, WIDTHS, SIZES)
def test_room_for_a_length_holds_any_chinese_text_of_that_length(length: int, width: float, size: float) -> None:
    assert height_for_length(length, width, size) >= height_for_text("职" * length, width, size)
    assert height_for_length(length, width, size) >= height_of_lines(length * 2 / units_per_line(width, size), size)


@given(CHINESE, CHINESE, WIDTHS, SIZES)
def test_a_longer_text_never_needs_less_room(text: str, more: str, width: float, size: float) -> None:
    assert height_for_text(text + more, width, size) >= height_for_text(text, width, size)


@given(st.floats(20, 5000), SIZES)
def test_slices_together_give_the_height_and_each_can_be_shown(height: float, size: float) -> None:
    parts = slices(height, size)
    assert sum(parts) == pytest.approx(height, abs=0.06 * len(parts))
    assert all(part <= max(WHOLE_ROW, SLICE_LINES * size * LINE_PITCH) + 0.1 < EXCEL_ROW_LIMIT for part in parts)
    assert (len(parts) == 1) is (height <= WHOLE_ROW)
    assert len(set(parts)) == 1
