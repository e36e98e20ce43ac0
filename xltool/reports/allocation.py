"""The 指标分解表 as a workbook for the coordinator: indicators down, units across, drop-downs in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xltool.excel.write import write
from xltool.layout.style import TINT, Palette
from xltool.model.campaign import AllocatedIndicator, Duty, ReportingUnit
from xltool.model.form import FormDefinition, Tree
from xltool.model.layout import PlanCell, Rule, SheetPlan, Style, WorkbookPlan
from xltool.model.value import Operator
from xltool.model.workbook import CellRange
from xltool.words import table

WIDTHS = {"id": 9.0, "level": 20.0, "level_name": 18.0, "name": 34.0, "value": 14.0, "owner": 24.0}
SPARE_ROWS = 30


def allocation_workbook(
    form: FormDefinition, rows: Sequence[AllocatedIndicator], units: Sequence[ReportingUnit]
) -> bytes:
    """One row an indicator with room for more; a column a unit, headed by its code and name."""
    names = table("campaign")["allocation"]
    palette = Palette(form.sheet)
    columns = list(names)
    headings = [names[key][0] for key in columns] + [f"{unit.code} {unit.name}" for unit in units]
    cells = [PlanCell(CellRange(1, at, 1, at), text, palette.heading()) for at, text in enumerate(headings, start=1)]
    style = replace(palette.label("left"), locked=False, number_format="@", fill=TINT)
    last = len(rows) + SPARE_ROWS + 1
    for number in range(2, last + 1):
        row = rows[number - 2] if number - 2 < len(rows) else None
        cells.extend(_row(form, number, row, columns, units, style))
    widths = [*(WIDTHS.get(key, 10.0) for key in columns), *(12.0 for _ in units)]
    sheet = SheetPlan(
        table("workbook")["allocation"]["sheet"], "visible", tuple(widths), ((1, 40.0),), tuple(cells),
        rules=tuple(_rules(columns, units, last)), protected=False, landscape=True, freeze_row=1, gridlines=True,
        print_area=CellRange(1, 1, last, len(headings)), repeat_rows=(1, 1),
    )  # fmt: skip
    return write(WorkbookPlan((sheet,), title=form.title))


def _row(
    form: FormDefinition, number: int, row: AllocatedIndicator | None, columns: Sequence[str],
    units: Sequence[ReportingUnit], style: Style,
) -> list[PlanCell]:  # fmt: skip
    duties, targets = table("campaign")["duties"], table("campaign")["targets"]
    if row is None:
        texts = [""] * (len(columns) + len(units))
    else:
        paths = {
            level.key: "·".join(level.path) for tree in form.blocks if isinstance(tree, Tree) for level in tree.leaves
        }
        known = {
            "id": row.id, "level": row.level, "level_name": paths.get(row.level, ""), "name": row.name,
            "operator": row.operator, "value": row.value, "measure": row.measure,
            "target": targets["fixed" if row.fixed else "open"][0], "owner": row.owner, "rule": row.rule,
        }  # fmt: skip
        texts = [known[key] for key in columns]
        texts += [duties[row.duty(unit.code).value][0] if row.duty(unit.code) is not Duty.NOT else "" for unit in units]
    return [PlanCell(CellRange(number, at, number, at), text or None, style) for at, text in enumerate(texts, start=1)]


def _rules(columns: Sequence[str], units: Sequence[ReportingUnit], last: int) -> list[Rule]:
    """Drop-downs: operators, fixed or open, and what each unit has to do."""
    words = table("campaign")
    lists = {"operator": tuple(operator.value for operator in Operator), "target": _first(words["targets"])}
    rules = []
    for at, key in enumerate(columns, start=1):
        if key in lists:
            rules.append(Rule(CellRange(2, at, last, at), "list", lists[key]))
    if units:
        first = len(columns) + 1
        where = CellRange(2, first, last, len(columns) + len(units))
        rules.append(Rule(where, "list", _first(words["duties"])))
    return rules


def _first(known: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(names[0] for names in known.values())
