"""汇总表: a consolidation poured into the form's print profile, and which figure stands in which of its cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xltool.addresses import a1
from xltool.excel.write import write
from xltool.layout.form import lay_out
from xltool.layout.grid import Content, Filling
from xltool.layout.workbook import printed_workbook
from xltool.model.consolidation import Consolidation, FieldFigure, IndicatorFigure, Status
from xltool.model.form import AnswerType, Fields, FormDefinition, Lines, Profile, Role, Rows, Tree
from xltool.words import table

NUMERIC = (AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER, AnswerType.PERCENT)
Shown = tuple[str, str]  # a figure's key and its column


@dataclass(slots=True)
class _Poured:
    """What goes into the form by slot, how many rows it has, and which figure each slot shows: its key and column."""

    contents: dict[str, Content] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    figures: dict[str, Shown] = field(default_factory=dict)

    def put(self, slot: str, content: Content | None, figure: Shown) -> None:
        if content is not None and content != "":
            self.contents[slot] = content
            self.figures[slot] = figure


def consolidated_form(form: FormDefinition, result: Consolidation, department: str, *, sign_block: bool) -> bytes:
    """The workbook to hand in: as many rows as are selected; marked as a draft while anything is unresolved."""
    filling, _ = _poured(form, result, department, sign_block=sign_block)
    return write(printed_workbook(form, Role.DEPARTMENT, filling))


def consolidated_cells(
    form: FormDefinition, result: Consolidation, department: str, *, sign_block: bool
) -> dict[str, Shown]:
    """Which figure stands in each filled cell of the 汇总表, in the order of the sheet: its key, and its column where
    it is a target or an answer of a row; an indicator's name has no column."""
    filling, figures = _poured(form, result, department, sign_block=sign_block)
    layout = lay_out(form, Role.DEPARTMENT, Profile.PRINT, filling)
    shown = (slot for slot in layout.slots if slot.key in figures)
    return {a1(slot.range.first_row, slot.range.first_col): figures[slot.key] for slot in shown}


def _poured(
    form: FormDefinition, result: Consolidation, department: str, *, sign_block: bool
) -> tuple[Filling, dict[str, Shown]]:
    poured = _Poured()
    numeric = _numeric_keys(form)
    for figure in result.fields:
        poured.put(figure.key, _field_content(figure, figure.key in numeric), (figure.key, ""))
    _rows(form, result, poured)
    _indicators(form, result, poured)
    title = form.title + table("workbook")["draft"]["suffix"] if result.draft else form.title
    filling = Filling(
        poured.contents,
        poured.counts,
        places={"title": title, "department": department},
        optional_blocks=_optional_blocks(form) if sign_block else frozenset(),
    )
    return filling, poured.figures


def _numeric_keys(form: FormDefinition) -> set[str]:
    """Keys of the answers whose cells hold numbers."""
    keys: set[str] = set()
    for block in form.blocks:
        if isinstance(block, Fields):
            keys.update(answer.key for row in block.rows for answer in row if answer.type in NUMERIC)
        elif isinstance(block, Lines):
            for line in block.lines:
                for answer in block.columns:
                    key = f"{block.frame.key}.{line.key}"
                    keys.add(key if len(block.columns) == 1 else f"{key}.{answer.key}")
    return keys


def _field_content(figure: FieldFigure, numeric: bool) -> Content | None:
    if figure.status is not Status.RESOLVED:
        return None
    if numeric and figure.number is not None:
        return figure.number
    return figure.text or None


def _rows(form: FormDefinition, result: Consolidation, poured: _Poured) -> None:
    for block in form.blocks:
        if not isinstance(block, Rows):
            continue
        types = {answer.key: answer.type for answer in block.columns}
        rows = sorted((row for row in result.rows if row.block == block.frame.key), key=lambda row: row.order)
        poured.counts[block.frame.key] = max(1, len(rows))
        for number, row in enumerate(rows, start=1):
            for column, text in row.answers:
                content = Decimal(text) if text and types[column] in NUMERIC else text
                key = f"{block.frame.key}#{number:02d}"
                poured.put(f"{key}.{column}", content, (f"{row.block}#{row.order:02d}", column))


def _indicators(form: FormDefinition, result: Consolidation, poured: _Poured) -> None:
    by_level: defaultdict[str, list[IndicatorFigure]] = defaultdict(list)
    for figure in result.indicators:
        if figure.included:
            by_level[figure.level].append(figure)
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        apart = {target.key: {part.part for part in target.parts if part.printed} for target in tree.targets}
        for level in tree.leaves:
            figures = sorted(by_level[level.key], key=lambda figure: figure.order)
            poured.counts[level.key] = max(1, len(figures))
            for number, figure in enumerate(figures, start=1):
                _indicator(f"{level.key}#{number:02d}", figure, apart, poured)


def _indicator(row: str, figure: IndicatorFigure, apart: Mapping[str, Collection[str]], poured: _Poured) -> None:
    """One row of the tree; `apart` are the parts of a target that stand in cells of their own, by column."""
    poured.put(f"{row}.name", figure.name, (figure.key, ""))
    for target in figure.targets:
        shown = (figure.key, target.column)
        poured.put(f"{row}.{target.column}", target.text, shown)
        if "operator" in apart[target.column] and target.operator is not None:
            poured.put(f"{row}.{target.column}.operator", target.operator.value, shown)
        if "measure" in apart[target.column]:
            poured.put(f"{row}.{target.column}.measure", target.measure, shown)
    for key, text in figure.extras:
        poured.put(f"{row}.{key}", text, (figure.key, key))


def _optional_blocks(form: FormDefinition) -> frozenset[str]:
    return frozenset(block.frame.key for block in form.blocks if block.frame.optional)
