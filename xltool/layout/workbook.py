"""A whole workbook for one reporting unit: the form sheet, the guide, the lists and the identity in five places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.guide import guide_sheet, lists_sheet, meta_sheet
from xltool.layout.style import Palette
from xltool.model.form import FormDefinition, Profile, Role, Rows, Tree
from xltool.model.layout import FormLayout, PlanCell, SheetPlan, WorkbookPlan
from xltool.model.workbook import CellRange
from xltool.words import table

IDENTITY_NAME = "XT_TOKEN"
IDENTITY_PROPERTY = "xltool-token"
SIZES_NAME = "XT_ROWS"  # a constant and a line of the hidden sheet that say what this form has beyond the usual


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a workbook one unit's own: its token, and what `_meta` says in the clear."""

    token: str
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Common:
    """The sheets that are the same for every unit of one role: made once, used for all."""

    guide: SheetPlan
    lists: SheetPlan


def common_sheets(form: FormDefinition, role: Role, places: dict[str, str]) -> Common:
    """`places` gives deadline, contact and telephone for the guide."""
    return Common(guide_sheet(form, role, places), lists_sheet(form))


def unit_workbook(
    form: FormDefinition, role: Role, filling: Filling, stamp: Stamp, common: Common, password: str = ""
) -> tuple[FormLayout, WorkbookPlan]:
    """The locked fill-in workbook of one unit, and the layout that reads it back."""
    layout = lay_out(form, role, Profile.FILL, filling)
    return layout, bind(layout, stamp, common, password)


def bind(
    layout: FormLayout, stamp: Stamp, common: Common, password: str = "", before: tuple[SheetPlan, ...] = ()
) -> WorkbookPlan:
    """The form sheet with everything that goes with it; `before` are sheets to be read first (审核意见)."""
    form = layout.form
    footer = table("workbook")["meta"]["footer"].format(token=stamp.token.replace("&", "&&"))
    token = PlanCell(CellRange(1, layout.key_column, 1, layout.key_column), stamp.token, Palette(form.sheet).hidden())
    sheet = replace(layout.sheet, cells=(*layout.sheet.cells, token), footer=footer)
    beyond = " ".join(_beyond_the_usual(layout))
    sizes = ((SIZES_NAME, beyond),) if beyond else ()
    meta = meta_sheet(form, (("token", stamp.token), *stamp.lines, *sizes))
    return WorkbookPlan(
        sheets=(*before, sheet, common.guide, common.lists, meta),
        title=form.title,
        constants=((IDENTITY_NAME, stamp.token), *sizes),
        properties=((IDENTITY_PROPERTY, stamp.token),),
        structure_locked=True,
        black_and_white=True,
        password=password,
    )


def usual_rows(form: FormDefinition) -> dict[str, int]:
    """Rows of each repeating block and level as the form is issued."""
    usual = {block.frame.key: block.prepared + block.spare for block in form.blocks if isinstance(block, Rows)}
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        usual.update({leaf.key: leaf.prepared + leaf.spare for leaf in tree.leaves if leaf.entry != "none"})
    return usual


def _beyond_the_usual(layout: FormLayout) -> Iterator[str]:
    """`tasks=12` for a block or level with more rows than usual, `sign` for a block that is not always there."""
    counts: dict[str, int] = {}
    for _, key in layout.row_keys:
        part, mark, number = key.partition("+")[0].partition("#")
        if mark:
            counts[part] = max(counts.get(part, 0), int(number))
    usual = usual_rows(layout.form)
    yield from (f"{part}={count}" for part, count in counts.items() if count > usual.get(part, 0))
    there = {slot.block for slot in layout.slots}
    yield from (block.frame.key for block in layout.form.blocks if block.frame.optional and block.frame.key in there)


def printed_workbook(form: FormDefinition, role: Role, filling: Filling) -> WorkbookPlan:
    """The form in its published layout, for handing in: one sheet, no help, no identity."""
    layout = lay_out(form, role, Profile.PRINT, filling)
    footer = table("workbook")["meta"]["footer"].format(token="").rstrip()
    return WorkbookPlan(sheets=(replace(layout.sheet, footer=footer, protected=False),), title=form.title)
