"""A form drawn with characters, for a look at it in the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from xltool.layout.metrics import text_units
from xltool.model.layout import FormLayout, PlanCell

SCALE = 0.9  # characters for each column unit


def drawn(layout: FormLayout) -> Iterator[str]:
    """One line a sheet row: our texts where they stand, answers as underscores, slices of tall rows once."""
    keys = dict(layout.row_keys)
    tracks = len(layout.form.sheet.tracks)
    starts = {(cell.range.first_row, cell.range.first_col): cell for cell in layout.sheet.cells}
    covered = {
        (row, column): cell
        for cell in layout.sheet.cells
        for row in range(cell.range.first_row, cell.range.last_row + 1)
        for column in range(cell.range.first_col, cell.range.last_col + 1)
    }
    slots = {(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    for row, key in layout.row_keys:
        base, plus, _ = key.partition("+")
        if (row == 1 and keys[1] == "status") or (plus and "heading" not in base):
            continue
        yield _line(row, tracks, layout, starts, covered, slots)


def _line(
    row: int,
    tracks: int,
    layout: FormLayout,
    starts: dict[tuple[int, int], PlanCell],
    covered: dict[tuple[int, int], PlanCell],
    slots: set[tuple[int, int]],
) -> str:
    parts, column = [], 1
    while column <= tracks:
        cell = covered.get((row, column))
        last = min(cell.range.last_col, tracks) if cell else column
        width = max(4, round(sum(layout.form.sheet.tracks[column - 1 : last]) * SCALE))
        parts.append(_fitted(_text(starts.get((row, column)), (row, column) in slots), width))
        column = last + 1
    return "│" + "│".join(parts) + "│"


def _text(cell: PlanCell | None, is_answer: bool) -> str:
    if cell is None:
        return ""
    if cell.content is None:
        return "____" if is_answer else ""
    return str(cell.content).replace("\n", " ")


def _fitted(text: str, width: int) -> str:
    """Cut or padded to a width counted in character cells, Chinese ones being two wide."""
    while text_units(text) > width:
        text = text[:-1]
    return text + " " * (width - text_units(text))
