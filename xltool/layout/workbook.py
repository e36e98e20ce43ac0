"""A whole workbook for one reporting unit: the form sheet, the guide, the lists and the identity in five places."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.guide import guide_sheet, lists_sheet, meta_sheet
from xltool.layout.style import Palette
from xltool.model.form import FormDefinition, Profile, Role
from xltool.model.layout import FormLayout, PlanCell, SheetPlan, WorkbookPlan
from xltool.model.workbook import CellRange
from xltool.words import table

IDENTITY_NAME = "XT_TOKEN"
IDENTITY_PROPERTY = "xltool-token"


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
    meta = meta_sheet(form, (("token", stamp.token), *stamp.lines))
    return WorkbookPlan(
        sheets=(*before, sheet, common.guide, common.lists, meta),
        title=form.title,
        constants=((IDENTITY_NAME, stamp.token),),
        properties=((IDENTITY_PROPERTY, stamp.token),),
        structure_locked=True,
        black_and_white=True,
        password=password,
    )


def printed_workbook(form: FormDefinition, role: Role, filling: Filling) -> WorkbookPlan:
    """The form in its published layout, for handing in: one sheet, no help, no identity."""
    layout = lay_out(form, role, Profile.PRINT, filling)
    footer = table("workbook")["meta"]["footer"].format(token="").rstrip()
    return WorkbookPlan(sheets=(replace(layout.sheet, footer=footer, protected=False),), title=form.title)
