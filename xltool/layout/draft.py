"""The department's own draft: the form in the role of the department, with the units' rows to be picked from.

A picked row is written as `003·名称`: the unit's code and the row's first answer. Its further answers stay empty and
are the unit's own, as they stand when the draft is consolidated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xltool.addresses import absolute
from xltool.layout.metrics import height_for_text
from xltool.layout.opinions import fingerprint
from xltool.layout.paper_sheets import sheet_name
from xltool.layout.style import Palette
from xltool.model.form import FormDefinition, Rows
from xltool.model.layout import FormLayout, PlanCell, Rule, SheetPlan, Style
from xltool.model.workbook import CellRange
from xltool.words import table

MARK = "XTD1"  # in the corner of a sheet of tasks: what stands below and beside it is ours
BETWEEN = "·"
TOP = 3
_WIDTHS = (34.0, 26.0)
_TALLEST = 200.0


@dataclass(frozen=True, slots=True)
class Offer:
    """A unit's row that may be picked: its answers in the order of the block's columns."""

    unit_code: str
    unit_name: str
    answers: tuple[str, ...]

    @property
    def label(self) -> str:
        return pick_label(self.unit_code, self.answers[0])


def pick_label(unit_code: str, title: str) -> str:
    """What stands in the form where this row is picked."""
    return f"{unit_code}{BETWEEN}{title}"


def picked(text: str) -> tuple[str, str]:
    """Unit code and title of a pick, the code empty where none was written."""
    code, mark, title = text.strip().partition(BETWEEN)
    return (code.strip(), title.strip()) if mark else ("", text.strip())


def pickable(form: FormDefinition) -> tuple[Rows, ...]:
    """The blocks whose rows are picked among the units'."""
    return tuple(block for block in form.blocks if isinstance(block, Rows) and block.rule == "pick")


def offering(layout: FormLayout, offers: Mapping[str, Sequence[Offer]]) -> tuple[FormLayout, tuple[SheetPlan, ...]]:
    """The layout with a drop-down where rows are picked, and a sheet for each block that lists what is offered."""
    sheets: list[SheetPlan] = []
    for block in pickable(layout.form):
        told = offers.get(block.frame.key, ())
        if told:
            sheet = _tasks_sheet(layout, block, told, [plan.name for plan in sheets])
            sheets.append(sheet)
            layout = _with_lists(layout, block, sheet, len(told))
    return layout, tuple(sheets)


def _with_lists(layout: FormLayout, block: Rows, sheet: SheetPlan, count: int) -> FormLayout:
    words = table("draft")["prompt"]
    source = f"='{sheet.name}'!{absolute(TOP + 1, 1)}:{absolute(TOP + count, 1)}"
    first = block.columns[0].key
    titles = {slot.range for slot in layout.slots if slot.block == block.frame.key and slot.answer is not None
              and slot.answer.key == first}  # fmt: skip
    kept = tuple(rule for rule in layout.sheet.rules if rule.range not in titles)
    lists = tuple(
        Rule(where, "warn-list", (source,), words["title"], words["pick"], words["title"], words["error"])
        for where in sorted(titles, key=lambda where: where.first_row)
    )
    return replace(layout, sheet=replace(layout.sheet, rules=(*kept, *lists)))


def _tasks_sheet(layout: FormLayout, block: Rows, offers: Sequence[Offer], taken: Sequence[str]) -> SheetPlan:
    """One row for each unit's row; hidden beside it a fingerprint of each text, by which it is known again."""
    words, palette = table("draft")["tasks"], Palette(layout.form.sheet)
    columns = (*words["columns"], *(column.label for column in block.columns))
    widths = (*_WIDTHS, *(24.0 if column.max_length <= 60 else 70.0 for column in block.columns))
    caption, hidden = block.frame.caption or block.columns[0].label, len(columns) + 1
    title = words["title"].format(
        block=caption, count=len(offers), form=layout.sheet.name, column=block.columns[0].label
    )
    name = sheet_name(words["sheet"].format(block=caption), [layout.sheet.name, *taken])
    cells = [PlanCell(CellRange(1, 1, 1, len(columns)), title, palette.band("note"))]
    heights = [(1, height_for_text(title, sum(widths), layout.form.sheet.font_size)), (TOP, 22.0)]
    rows: list[tuple[int, tuple[str, ...]]] = [(1, (title,)), (TOP, columns)]
    rows += [(n, (o.label, o.unit_name, *o.answers)) for n, o in enumerate(offers, start=TOP + 1)]
    for number, texts in rows:
        heading = palette.heading() if number == TOP else palette.label("left")
        if number > 1:
            cells += [_one(number, place, text, heading) for place, text in enumerate(texts, start=1)]
        prints = " ".join(fingerprint(text) for text in texts)
        cells.append(_one(number, hidden, f"{MARK} {prints}", palette.hidden()))
        if number > TOP:
            needed = max(
                height_for_text(t, w, layout.form.sheet.font_size) for t, w in zip(texts, widths, strict=True)
            )
            heights.append((number, min(_TALLEST, needed)))
    return SheetPlan(
        name, "visible", (*widths, 4.0), tuple(heights), tuple(cells), hidden_columns=(hidden,), landscape=True,
        print_area=CellRange(1, 1, TOP + len(offers), len(columns)), repeat_rows=(TOP, TOP), freeze_row=TOP,
    )  # fmt: skip


def _one(row: int, column: int, text: str, style: Style) -> PlanCell:
    return PlanCell(CellRange(row, column, row, column), text, style)
