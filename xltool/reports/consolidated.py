"""汇总表: a consolidation poured into the form's print profile."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from xltool.excel.write import write
from xltool.layout.grid import Content, Filling
from xltool.layout.workbook import printed_workbook
from xltool.model.consolidation import Consolidation, FieldFigure, IndicatorFigure, Status
from xltool.model.form import AnswerType, Fields, FormDefinition, Lines, Role, Rows, Tree
from xltool.words import table

NUMERIC = (AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER, AnswerType.PERCENT)


def consolidated_form(form: FormDefinition, result: Consolidation, department: str, *, sign_block: bool) -> bytes:
    """The workbook to hand in: as many rows as are selected; marked as a draft while anything is unresolved."""
    contents: dict[str, Content] = {}
    counts: dict[str, int] = {}
    numeric = _numeric_keys(form)
    for figure in result.fields:
        content = _field_content(figure, figure.key in numeric)
        if content is not None:
            contents[figure.key] = content
    _rows(form, result, contents, counts)
    _indicators(form, result, contents, counts)
    title = form.title + table("workbook")["draft"]["suffix"] if result.draft else form.title
    filling = Filling(
        contents,
        counts,
        places={"title": title, "department": department},
        optional_blocks=_optional_blocks(form) if sign_block else frozenset(),
    )
    return write(printed_workbook(form, Role.DEPARTMENT, filling))


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


def _rows(form: FormDefinition, result: Consolidation, contents: dict[str, Content], counts: dict[str, int]) -> None:
    for block in form.blocks:
        if not isinstance(block, Rows):
            continue
        types = {answer.key: answer.type for answer in block.columns}
        rows = sorted((row for row in result.rows if row.block == block.frame.key), key=lambda row: row.order)
        counts[block.frame.key] = max(1, len(rows))
        for number, row in enumerate(rows, start=1):
            for column, text in row.answers:
                if text:
                    key = f"{block.frame.key}#{number:02d}.{column}"
                    contents[key] = Decimal(text) if types[column] in NUMERIC else text


def _indicators(
    form: FormDefinition, result: Consolidation, contents: dict[str, Content], counts: dict[str, int]
) -> None:
    by_level: defaultdict[str, list[IndicatorFigure]] = defaultdict(list)
    for figure in result.indicators:
        if figure.included:
            by_level[figure.level].append(figure)
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        apart = {target.key: {part.part for part in target.parts if part.printed} for target in tree.targets}
        for level in tree.leaves:
            figures = sorted(by_level[level.key], key=lambda figure: figure.order)
            counts[level.key] = max(1, len(figures))
            for number, figure in enumerate(figures, start=1):
                row = f"{level.key}#{number:02d}"
                contents[f"{row}.name"] = figure.name
                for target in figure.targets:
                    if target.text:
                        contents[f"{row}.{target.column}"] = target.text
                    if "operator" in apart[target.column] and target.operator is not None:
                        contents[f"{row}.{target.column}.operator"] = target.operator.value
                    if "measure" in apart[target.column] and target.measure:
                        contents[f"{row}.{target.column}.measure"] = target.measure
                contents.update({f"{row}.{key}": text for key, text in figure.extras if text})


def _optional_blocks(form: FormDefinition) -> frozenset[str]:
    return frozenset(block.frame.key for block in form.blocks if block.frame.optional)
