"""Checks across one form: how many rows and indicators, names that stand twice, and sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache

from xltool import expressions
from xltool.addresses import a1
from xltool.checks import indicator
from xltool.checks.case import Case
from xltool.checks.grading import OFF
from xltool.checks.vocabulary import bare
from xltool.expressions.evaluate import Figure, Lookup
from xltool.findings import Code
from xltool.model.finding import Finding, Severity
from xltool.model.form import AnswerType, Check, Level, Rows, Tree
from xltool.model.layout import Slot
from xltool.model.submission import FieldAnswer, Indicator
from xltool.model.value import State


def row_minimums(case: Case) -> Iterator[Finding]:
    """A repeating block has at least its minimum of rows."""
    for block in case.form.blocks:
        if not isinstance(block, Rows) or case.role not in block.frame.roles:
            continue
        filled = {row.key for row in case.submission.rows if row.block == block.frame.key}
        if len(filled) < block.minimum:
            label = block.frame.caption or block.columns[0].label
            short = block.minimum - len(filled)
            key = _free(case, block.frame.key, filled, block.columns[0].key)
            yield case.say(Code.VAL_TOO_FEW_ROWS, key, label=label, limit=block.minimum, short=short)


def level_limits(case: Case) -> Iterator[Finding]:
    """A level has at least its minimum and at most its maximum of indicators."""
    for level, found in _by_level(case):
        filled = {item.key for item in found}
        if len(found) < level.minimum:
            short = level.minimum - len(found)
            key = _free(case, level.key, filled, "name")
            yield case.say(Code.IND_TOO_FEW, key, level=level.path[-1], limit=level.minimum, short=short)
        elif level.maximum is not None and len(found) > level.maximum:
            over = len(found) - level.maximum
            key = f"{found[level.maximum].key}.name"
            yield case.say(Code.IND_TOO_MANY, key, level=level.path[-1], limit=level.maximum, over=over)


def duplicate_names(case: Case) -> Iterator[Finding]:
    """No name stands twice in a level; blanks, width and numbering do not make it another name."""
    for level, found in _by_level(case):
        first: dict[str, str] = {}
        for item in found:
            name = bare(item.name)
            if not name:
                continue
            if name in first:
                place = case.places.get(f"{first[name]}.name")
                other = a1(*place) if place else first[name]
                key = f"{item.key}.name"
                yield case.say(Code.IND_DUPLICATE_NAME, key, level=level.path[-1], name=item.name, other=other)
            first.setdefault(name, item.key)


def arithmetic(case: Case) -> Iterator[Finding]:
    """The checks of the form; one with a missing figure is not judged, and a blank is never taken as zero."""
    numbers = {answer.key: _stored(case.slots.get(answer.key), answer) for answer in case.submission.fields}
    blanks = {answer.key for answer in case.submission.fields if answer.state is State.BLANK}
    said: set[str] = set()
    for check in case.form.checks:
        parsed = _parsed(check.expression)
        grade = case.background.grades.get(check.key, "")
        if parsed is None or case.role not in check.roles or grade == OFF:
            continue
        inputs = expressions.names(parsed)
        columns = {column: _column(case, column) for column in expressions.columns(parsed)}
        if any(name not in case.slots for name in inputs if name not in columns):
            continue

        def lookup(name: str, columns: dict[str, tuple[Decimal | None, ...]] = columns) -> Figure:
            return columns[name] if name in columns else numbers.get(name)

        outcome = expressions.evaluate(parsed, lookup, check.tolerance)
        if outcome.verdict is expressions.Verdict.FAILS:
            yield _failed(case, check, inputs, outcome, Severity(grade) if grade else check.severity)
        missing = [name for name in inputs if name in blanks and name not in said]
        # Nothing balances where nothing is given: the remark is for a sum whose other figures stand.
        given = any(numbers.get(name) for name in inputs)
        if missing and given and _holds_with_zero(parsed, lookup, set(missing), check.tolerance):
            said.update(missing)
            for name in missing:
                yield case.say(Code.SUM_BLANK_AS_ZERO, name, label=case.slots[name].label, check=check.label)


FORM_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    indicator.names,
    row_minimums,
    level_limits,
    duplicate_names,
    arithmetic,
)


def _by_level(case: Case) -> Iterator[tuple[Level, list[Indicator]]]:
    found: dict[str, list[Indicator]] = {}
    for item in case.submission.indicators:
        found.setdefault(item.level, []).append(item)
    for block in case.form.blocks:
        if isinstance(block, Tree) and case.role in block.frame.roles:
            for level in block.leaves:
                if level.entry == "open":
                    yield level, found.get(level.key, [])


def _free(case: Case, section: str, filled: set[str], column: str) -> str:
    """The slot of the section's first empty row, where something could be added; else the section itself."""
    for number in range(1, len(filled) + 2):
        row = f"{section}#{number:02d}"
        if row not in filled and f"{row}.{column}" in case.places:
            return f"{row}.{column}"
    return section


@lru_cache(maxsize=256)
def _parsed(text: str) -> expressions.Expression | None:
    """The expression, None where it is not one: the definition's findings have said so."""
    parsed = expressions.parse(text)
    return None if isinstance(parsed, str) else parsed


def _column(case: Case, name: str) -> tuple[Decimal | None, ...]:
    """The numbers of a repeating column (`tasks.amount`, `indicators.weight`), blank cells left out."""
    block, _, column = name.rpartition(".")
    trees = (tree for tree in case.form.blocks if isinstance(tree, Tree) and tree.frame.key == block)
    leaves = {leaf.key for tree in trees for leaf in tree.leaves}
    rows = [(row.key, row.answers) for row in case.submission.rows if row.block == block]
    rows += [(item.key, item.extras) for item in case.submission.indicators if item.level in leaves]
    return tuple(
        _stored(case.slots.get(f"{key}.{column}"), answer)
        for key, answers in rows
        for answer in answers
        if answer.key == column and answer.state is not State.BLANK
    )


def _stored(slot: Slot | None, answer: FieldAnswer) -> Decimal | None:
    """The number as its cell holds it, for that is what the live formula reckons with: 25 per cent is 0.25."""
    percent = slot is not None and slot.answer is not None and slot.answer.type is AnswerType.PERCENT
    return answer.number.scaleb(-2) if percent and answer.number is not None else answer.number


def _failed(
    case: Case, check: Check, inputs: tuple[str, ...], outcome: expressions.Outcome, severity: Severity
) -> Finding:
    def shown(number: Decimal | None) -> str:
        if number is None:
            return ""
        places = max(case.form.decimals, -int(number.normalize().as_tuple().exponent))
        return f"{number:,.{places}f}"

    key = next((name for name in inputs if name in case.slots), inputs[0] if inputs else "")
    difference = None if outcome.difference is None else abs(outcome.difference)
    return case.say(
        Code.SUM_FAILS, key, severity, check=check.label, left=shown(outcome.left), right=shown(outcome.right),
        difference=shown(difference),
    )  # fmt: skip


def _holds_with_zero(parsed: expressions.Expression, lookup: Lookup, blank: set[str], tolerance: Decimal) -> bool:
    outcome = expressions.evaluate(parsed, lambda name: Decimal(0) if name in blank else lookup(name), tolerance)
    return outcome.verdict is expressions.Verdict.HOLDS
