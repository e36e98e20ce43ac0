"""The printed form page by page: no answer is cut, every page names its levels, no heading ends a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clients import pdf
from tests.clients.libreoffice import LibreOffice
from tests.issued import form_of
from xltool.excel.write import write
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.metrics import height_for_text
from xltool.layout.pages import room_of
from xltool.layout.workbook import printed_workbook
from xltool.model.form import Answer, AnswerType, Fields, FormDefinition, Profile, Role, Rows, Tree
from xltool.model.layout import FormLayout

FORMS = ("minhang-2024", "yuzhong-2020", "department-tasks-2020", "unit-indicators-2023")


def a_filling(form: FormDefinition, indicators: int, rows: int, length: int) -> Filling:
    """So many indicators under each level and rows in each block, with texts of this length."""
    contents: dict[str, str | Decimal] = {}
    counts: dict[str, int] = {}
    for block in form.blocks:
        if isinstance(block, Tree):
            for level in block.leaves:
                counts[level.key] = indicators
                for number in range(1, indicators + 1):
                    contents[f"{level.key}#{number:02d}.name"] = f"{level.path[-1]}甲{number:02d}"
        elif isinstance(block, Rows):
            counts[block.frame.key] = rows
            prefixes = [f"{block.frame.key}#{number:02d}." for number in range(1, rows + 1)]
            contents.update(_long(block.columns, prefixes, length))
        elif isinstance(block, Fields):
            contents.update(_long([answer for row in block.rows for answer in row], [""], length))
    return Filling(contents, counts, places={"title": form.title, "department": "示例"})


def _long(answers: Sequence[Answer], prefixes: Sequence[str], length: int) -> dict[str, str]:
    texts = [answer for answer in answers if answer.type is AnswerType.TEXT and answer.max_length > 30]
    return {prefix + answer.key: "文" * min(length, answer.max_length) for prefix in prefixes for answer in texts}


def captioned(form: FormDefinition, beside: bool) -> FormDefinition:
    """The form; or one whose tree shares its caption down the side with the block above it."""
    if not beside:
        return form
    above, tree = next((above, block) for above, block in pairwise(form.blocks) if isinstance(block, Tree))
    shared = replace(above.frame, section=tree.frame.section, side=0, caption="")
    return replace(form, blocks=tuple(replace(item, frame=shared) if item is above else item for item in form.blocks))


def a_layout(name: str, indicators: int, rows: int, length: int) -> FormLayout:
    form = form_of(name)
    return lay_out(form, Role.DEPARTMENT, Profile.PRINT, a_filling(form, indicators, rows, length))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FORMS), st.integers(1, 20), st.integers(1, 8), st.integers(0, 900))
def test_no_page_holds_more_than_fits_and_no_cell_crosses_a_break(
    name: str, indicators: int, rows: int, length: int
) -> None:
    layout = a_layout(name, indicators, rows, length)
    sheet, heights = layout.sheet, dict(layout.sheet.heights)
    assert sheet.print_area is not None
    ends = [*sheet.page_breaks, sheet.print_area.last_row]
    starts = [sheet.print_area.first_row, *(row + 1 for row in sheet.page_breaks)]
    room = room_of(layout.form.sheet)
    for start, end in zip(starts, ends, strict=True):
        assert sum(heights[row] for row in range(start, end + 1)) <= room
    for row in sheet.page_breaks:
        assert not [cell for cell in sheet.cells if cell.range.first_row <= row < cell.range.last_row]
        assert not dict(layout.row_keys)[row].partition(":")[2].startswith(("heading", "caption"))


@pytest.mark.parametrize("name", FORMS)
def test_every_page_of_the_tree_names_the_levels_of_its_rows(name: str) -> None:
    layout = a_layout(name, 12, 2, 100)
    tree = next(block for block in layout.form.blocks if isinstance(block, Tree))
    assert layout.sheet.page_breaks
    for slot in layout.slots:
        if slot.level is None or not slot.key.endswith(".name"):
            continue
        beside = {str(cell.content) for cell in layout.sheet.cells
                  if cell.range.first_row <= slot.range.first_row <= cell.range.last_row
                  and not any(cell.range.first_row <= row < cell.range.last_row for row in layout.sheet.page_breaks)
                  and cell.range.last_col < slot.range.first_col}  # fmt: skip
        assert set(slot.level.path) <= beside, slot.key
    assert tree.leaves


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("name", FORMS)
def test_libreoffice_prints_the_pages_that_were_counted(name: str, libreoffice: LibreOffice, tmp_path: Path) -> None:
    form = form_of(name)
    filling = a_filling(form, 12, 3, 300)
    layout = lay_out(form, Role.DEPARTMENT, Profile.PRINT, filling)
    path = tmp_path / "form.xlsx"
    path.write_bytes(write(printed_workbook(form, Role.DEPARTMENT, filling)))
    with libreoffice.open(path) as book:
        printed = book.pdf(tmp_path / "form.pdf")
    assert len(pdf.pages(printed, tmp_path)) == len(layout.sheet.page_breaks) + 1


SIDE_CAPTIONS = (("yuzhong-2020", False), ("department-tasks-2020", False), ("department-tasks-2020", True))


@pytest.mark.parametrize(("name", "shared"), SIDE_CAPTIONS)
@pytest.mark.parametrize("indicators", [3, 12])
def test_no_text_stands_half_beside_the_rows_that_every_page_repeats(name: str, shared: bool, indicators: int) -> None:
    form = captioned(form_of(name), shared)
    sheet = lay_out(form, Role.DEPARTMENT, Profile.PRINT, a_filling(form, indicators, 3, 300)).sheet
    assert sheet.repeat_rows is not None
    first, last = sheet.repeat_rows
    assert any(row >= last for row in sheet.page_breaks)
    beside = [cell for cell in sheet.cells if cell.range.first_row <= last and cell.range.last_row >= first]
    assert {cell.content for cell in beside if cell.range.first_row < first or last < cell.range.last_row} <= {None}
    (part,) = (cell for cell in beside if cell.content is None)
    assert (part.range.first_row < first, part.range.last_row) == (shared, last)


@pytest.mark.parametrize(("name", "shared"), SIDE_CAPTIONS)
def test_each_page_shows_a_caption_down_its_side_whole_and_joined_to_the_headings(name: str, shared: bool) -> None:
    form = captioned(form_of(name), shared)
    sheet = lay_out(form, Role.DEPARTMENT, Profile.PRINT, a_filling(form, 12, 3, 300)).sheet
    tree = next(block for block in form.blocks if isinstance(block, Tree))
    caption = next(section.caption for section in form.sections if section.key == tree.frame.section)
    parts = [cell for cell in sheet.cells if cell.content == caption]
    assert sheet.repeat_rows is not None
    starts = [sheet.repeat_rows[1] + 1, *(row + 1 for row in sheet.page_breaks if row > sheet.repeat_rows[1])]
    assert [part.range.first_row for part in parts] == starts[: len(parts)]
    assert len(parts) > 1
    assert {part.style.open_side for part in parts} == {"top"}
    heights = dict(sheet.heights)
    for part in parts:
        room = sum(heights[row] for row in range(part.range.first_row, part.range.last_row + 1))
        assert room >= height_for_text(caption, sheet.widths[0], part.style.size)


def test_a_caption_on_one_page_stays_one_cell() -> None:
    form = form_of("yuzhong-2020")
    sheet = lay_out(form, Role.DEPARTMENT, Profile.PRINT, a_filling(form, 1, 1, 0)).sheet
    assert sheet.page_breaks == ()
    assert {cell.style.open_side for cell in sheet.cells} == {""}
