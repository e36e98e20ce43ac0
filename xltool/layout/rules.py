"""Data validations and tints: help while typing. Reading checks everything again, because pasting passes them by.

Formulas use `INDEX($D:$D,ROW())` instead of relative references, which LibreOffice does not adjust when a row is
inserted (reference: excel §0.6).
"""

from __future__ import annotations

from collections.abc import Iterator

from xltool import expressions
from xltool.addresses import absolute, letters
from xltool.layout.grid import NUMERIC, Grid, stored
from xltool.layout.live import DIGITS_NAME, Book, arithmetic_formula, is_number, judged_slot, quoted
from xltool.layout.style import MISSING, WRONG
from xltool.model.form import Answer, AnswerType, Level, Tree
from xltool.model.layout import Mark, Rule, Slot
from xltool.model.value import Operator
from xltool.model.workbook import CellRange
from xltool.words import table

OPERATORS_NAME = "XT_OPERATORS"
MESSAGE_LIMIT = 255


def measures_name(level: Level) -> str:
    """The defined name of the measures offered under a level."""
    return f"L_{level.key}"


def rules_of(grid: Grid, book: Book) -> Iterator[Rule]:
    """All validations of the form sheet: one per scalar answer, one per column of a level or repeating block."""
    yield from (_answer_rule(grid, area, slots[0]) for area, slots in _columns_of_answers(book))
    for tree in (block for block in grid.form.blocks if isinstance(block, Tree)):
        for level in tree.leaves:
            yield from _level_rules(tree, level, book)


def _columns_of_answers(book: Book) -> Iterator[tuple[CellRange, list[Slot]]]:
    """Open answers, those of a repeating column taken together."""
    groups: dict[str, list[Slot]] = {}
    for slot in book.by_key.values():
        if slot.answer is not None and not slot.locked:
            block, hash_, _ = slot.row_key.partition("#")
            groups.setdefault(f"{block}.{slot.answer.key}" if hash_ else slot.key, []).append(slot)
    for slots in groups.values():
        first, last = slots[0].range, slots[-1].range
        yield CellRange(first.first_row, first.first_col, last.last_row, last.first_col), slots


def _here(where: CellRange) -> str:
    return f"INDEX(${letters(where.first_col)}:${letters(where.first_col)},ROW())"


def _answer_rule(grid: Grid, where: CellRange, slot: Slot) -> Rule:
    answer = slot.answer
    assert answer is not None
    here = _here(where)
    prompt, error = _words(grid, slot, answer)
    if answer.type is AnswerType.CHOICE:
        return _rule(where, "list", answer.choices, prompt, error)
    if answer.type in NUMERIC:
        places = {AnswerType.MONEY: grid.form.decimals, AnswerType.INTEGER: 0}.get(answer.type)
        bounds = []
        if answer.minimum is not None:
            bounds.append(f"{here}>={stored(answer, answer.minimum)}")
        if answer.maximum is not None:
            bounds.append(f"{here}<={stored(answer, answer.maximum)}")
        if places is not None:
            bounds.append(f"ROUND({here},{places})={here}")
        # Nested, because AND and OR go on to the arithmetic and fail on a text.
        number = f"AND({','.join(bounds)})" if bounds else "TRUE"
        formula = f"IF({here}={quoted(Operator.NOT_APPLICABLE)},TRUE,IF(ISNUMBER({here}),{number},FALSE))"
        return _rule(where, "custom", (formula,), prompt, error)
    return _rule(where, "warn-length", (str(answer.max_length or 32_000),), prompt, error)


def _words(grid: Grid, slot: Slot, answer: Answer) -> tuple[str, str]:
    words = table("workbook")
    kind = answer.type.value if answer.type.value in words["prompt"] else "text"
    if kind == "text" and not answer.max_length:
        kind = "free_text"
    places = {
        "label": slot.label.partition("·")[0], "help": answer.help, "limit": answer.max_length,
        "money": grid.form.money, "decimals": grid.form.decimals, "minimum": answer.minimum or 0,
    }  # fmt: skip
    if answer.type is AnswerType.CHOICE:
        return words["error"]["choice"], words["error"]["choice"]
    error = words["error"].get(kind, words["error"]["text"])
    return words["prompt"][kind].format_map(places), error.format_map(places)


def _rule(where: CellRange, kind: str, values: tuple[str, ...], prompt: str, error: str) -> Rule:
    words = table("workbook")
    return Rule(where, kind, values, words["prompt"]["title"], prompt[:MESSAGE_LIMIT],
                words["error"]["title"], error[:MESSAGE_LIMIT])  # fmt: skip


def _level_rules(tree: Tree, level: Level, book: Book) -> Iterator[Rule]:
    words = table("workbook")
    columns: dict[tuple[str, str], list[Slot]] = {}
    for slot in book.by_key.values():
        if slot.level is level and slot.part and not slot.locked:
            columns.setdefault((slot.target.key if slot.target else "", slot.part), []).append(slot)
    for (target, part), slots in columns.items():
        first, last = slots[0].range, slots[-1].range
        where = CellRange(first.first_row, first.first_col, last.last_row, last.last_col)
        prompt = words["prompt"][part].format(limit=tree.name.max_length)
        if part == "name":
            error = words["error"]["text"].format(label=tree.name.heading, limit=tree.name.max_length)
            yield _rule(where, "warn-length", (str(tree.name.max_length),), prompt, error)
        elif part == "operator":
            yield _rule(where, "list", (f"={OPERATORS_NAME}",), prompt, words["error"]["operator"])
        elif part == "measure" and level.measures:
            error = words["error"]["measure"].format(label=level.path[-1])
            yield _rule(where, "warn-list", (f"={measures_name(level)}",), prompt, error)
        elif part == "value" and (target, "operator") in columns:
            operator = _here(columns[target, "operator"][0].range)
            yield _rule(
                where, "warn-custom", (_value_formula(operator, _here(where)),), prompt, words["error"]["value"]
            )


def _value_formula(operator: str, value: str) -> str:
    """Under 定性 no plain number; under another operator some digit."""
    digit = f"SUMPRODUCT(--ISNUMBER(FIND({DIGITS_NAME},{value})))>0"
    free = f'OR({operator}="",{operator}={quoted(Operator.NOT_APPLICABLE)},{digit})'
    return f"IF({operator}={quoted(Operator.QUALITATIVE)},NOT({is_number(value)}),{free})"


def marks_of(grid: Grid, book: Book, check_column: int) -> Iterator[Mark]:
    """Tints: compulsory and blank, begun but unfinished, and whatever the check column calls wrong (×)."""
    for slot in book.by_key.values():
        answer = slot.answer
        if answer is not None and answer.compulsory and not slot.locked and "#" not in slot.row_key:
            yield Mark(slot.range, f"LEN(TRIM({book.ref(slot)}))=0", MISSING)
    for check in grid.form.checks:
        formula = arithmetic_formula(check, book)
        if formula is not None and grid.role in check.roles:
            parsed = expressions.parse(check.expression)
            assert not isinstance(parsed, str)
            yield Mark(judged_slot(parsed, book).range, f"({formula})=FALSE", WRONG)
    for tree in (block for block in grid.form.blocks if isinstance(block, Tree)):
        for level in tree.leaves:
            yield from _level_marks(level, book, check_column)


def _level_marks(level: Level, book: Book, check_column: int) -> Iterator[Mark]:
    """In a begun row: the parts that are still blank, and the whole row where it is wrong."""
    rows: dict[str, list[Slot]] = {}
    for slot in book.by_key.values():
        if slot.level is level and slot.part and (slot.target is None or slot.target.compulsory):
            rows.setdefault(slot.row_key, []).append(slot)
    if not rows:
        return
    first, last = next(iter(rows.values())), list(rows.values())[-1]
    row = first[0].range.first_row
    columns = [f"${letters(slot.range.first_col)}{row}" for slot in first]
    area = CellRange(row, first[0].range.first_col, last[-1].range.last_row, first[-1].range.last_col)
    yield Mark(area, f'ISNUMBER(FIND("×",${letters(check_column)}{row}))', WRONG)
    for slot in first:
        if slot.part != "measure":
            where = CellRange(row, slot.range.first_col, last[-1].range.last_row, slot.range.last_col)
            here = f"{letters(slot.range.first_col)}{row}"
            yield Mark(where, f"AND(LEN({'&'.join(columns)})>0,LEN({here})=0)", MISSING)


def list_reference(sheet: str, column: int, first: int, last: int) -> str:
    return f"='{sheet}'!{absolute(first, column)}:{absolute(last, column)}"
