"""The checks that the form itself defines: sums and equations of its figures.

A check with a figure missing is not judged, and a blank is never taken as zero. What fails only for a figure that is
wrong by itself (blank, out of bounds, not the approved one) is said where that figure stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from xltool import expressions
from xltool.checks.case import Case
from xltool.checks.grading import OFF
from xltool.expressions.evaluate import Figure, Lookup
from xltool.findings import Code
from xltool.model.finding import Finding, Severity
from xltool.model.form import AnswerType, Check, Tree
from xltool.model.layout import Slot
from xltool.model.submission import FieldAnswer
from xltool.model.value import State


@dataclass(frozen=True, slots=True)
class _Sum:
    """One check with the figures it speaks of: `numbers` of the fields, `columns` of the repeating columns."""

    check: Check
    parsed: expressions.Expression
    inputs: tuple[str, ...]
    numbers: Mapping[str, Decimal | None]
    columns: Mapping[str, tuple[tuple[str, FieldAnswer], ...]]
    severity: Severity

    def figure(self, case: Case, name: str) -> Figure:
        if name not in self.columns:
            return self.numbers.get(name)
        given = ((key, answer) for key, answer in self.columns[name] if answer.state is not State.BLANK)
        return tuple(_stored(case.slots.get(key), answer) for key, answer in given)

    def outcome(self, lookup: Lookup) -> expressions.Outcome:
        return expressions.evaluate(self.parsed, lookup, self.check.tolerance)


def arithmetic(case: Case) -> Iterator[Finding]:
    """The checks of the form, and the blanks that they would take for zero."""
    blanks = {answer.key for answer in case.submission.fields if answer.state is State.BLANK}
    said: set[str] = set()
    failed: list[tuple[_Sum, expressions.Outcome]] = []
    for item in _sums(case):

        def lookup(name: str, item: _Sum = item) -> Figure:
            return item.figure(case, name)

        outcome = item.outcome(lookup)
        if outcome.verdict is expressions.Verdict.FAILS and not _explained(case, item, lookup):
            failed.append((item, outcome))
        missing = [name for name in item.inputs if name in blanks and name not in said]
        # Nothing balances where nothing is given: the remark is for a sum whose other figures stand.
        given = any(item.numbers.get(name) for name in item.inputs)
        if missing and given and _holds_with(item, dict.fromkeys(missing, Decimal(0)), lookup):
            said.update(missing)
            for name in missing:
                yield case.say(Code.SUM_BLANK_AS_ZERO, name, label=case.slots[name].label, check=item.check.label)
    yield from _said(case, failed)


def _sums(case: Case) -> Iterator[_Sum]:
    """The checks that this role is asked and the campaign has not switched off, as far as their figures are there."""
    numbers = {answer.key: _stored(case.slots.get(answer.key), answer) for answer in case.submission.fields}
    for check in case.form.checks:
        parsed = _parsed(check.expression)
        grade = case.background.grades.get(check.key, "")
        if parsed is None or case.role not in check.roles or grade == OFF:
            continue
        inputs = expressions.names(parsed)
        columns = {column: tuple(_column(case, column)) for column in expressions.columns(parsed)}
        if all(name in case.slots for name in inputs if name not in columns):
            yield _Sum(check, parsed, inputs, numbers, columns, Severity(grade) if grade else check.severity)


@lru_cache(maxsize=256)
def _parsed(text: str) -> expressions.Expression | None:
    """The expression, None where it is not one: the definition's findings have said so."""
    parsed = expressions.parse(text)
    return None if isinstance(parsed, str) else parsed


def _column(case: Case, name: str) -> Iterator[tuple[str, FieldAnswer]]:
    """The cells of a repeating column (`tasks.amount`, `indicators.weight`) of the rows that are begun, by slot."""
    block, _, column = name.rpartition(".")
    trees = (tree for tree in case.form.blocks if isinstance(tree, Tree) and tree.frame.key == block)
    leaves = {leaf.key for tree in trees for leaf in tree.leaves}
    rows = [(row.key, row.answers) for row in case.submission.rows if row.block == block]
    rows += [(item.key, item.extras) for item in case.submission.indicators if item.level in leaves]
    for key, answers in rows:
        yield from ((f"{key}.{column}", answer) for answer in answers if answer.key == column)


def _stored(slot: Slot | None, answer: FieldAnswer) -> Decimal | None:
    """The number as its cell holds it, for that is what the live formula reckons with: 25 per cent is 0.25."""
    percent = slot is not None and slot.answer is not None and slot.answer.type is AnswerType.PERCENT
    return answer.number.scaleb(-2) if percent and answer.number is not None else answer.number


def _explained(case: Case, item: _Sum, lookup: Lookup) -> bool:
    """Whether a figure that is wrong by itself is why the sum fails."""
    known = case.background
    switched = any(known.grades.get(code) for code in (Code.SUM_NOT_APPROVED, Code.SUM_WRONG_MEASURE))
    if known.approved and not switched and _holds_with(item, known.approved, lookup):
        return True
    fields = {answer.key: answer for answer in case.submission.fields}
    cells = [(name, fields[name]) for name in item.inputs if name in fields]
    cells += [cell for cells in item.columns.values() for cell in cells]
    return any(_wrong_by_itself(case, key, answer) for key, answer in cells)


def _wrong_by_itself(case: Case, key: str, answer: FieldAnswer) -> bool:
    slot = case.slots.get(key)
    if slot is None or slot.answer is None:
        return False
    number, spec = answer.number, slot.answer
    if answer.state is State.BLANK:
        return spec.compulsory
    below = number is not None and spec.minimum is not None and number < spec.minimum
    return below or (number is not None and spec.maximum is not None and number > spec.maximum)


def _holds_with(item: _Sum, others: Mapping[str, Decimal], lookup: Lookup) -> bool:
    """Whether the check holds with these figures in place of those that stand there."""
    outcome = item.outcome(lambda name: others[name] if name in others else lookup(name))
    return outcome.verdict is expressions.Verdict.HOLDS


def _said(case: Case, failed: list[tuple[_Sum, expressions.Outcome]]) -> Iterator[Finding]:
    """One finding a cell: a wrong total fails every check that it stands in."""
    places: dict[tuple[str, str, Severity], list[tuple[_Sum, expressions.Outcome]]] = {}
    for item, outcome in failed:
        key = next((name for name in item.inputs if name in case.slots), item.inputs[0] if item.inputs else "")
        places.setdefault((key, _shown(outcome.left, case), item.severity), []).append((item, outcome))
    for (key, left, severity), group in places.items():
        yield case.say(
            Code.SUM_FAILS, key, severity, left=left,
            check="、".join(item.check.label for item, _ in group),
            right="、".join(dict.fromkeys(_shown(outcome.right, case) for _, outcome in group)),
            difference="、".join(dict.fromkeys(_shown(_size(outcome.difference), case) for _, outcome in group)),
        )  # fmt: skip


def _size(number: Decimal | None) -> Decimal | None:
    return None if number is None else abs(number)


def _shown(number: Decimal | None, case: Case) -> str:
    """With the form's decimals, and more where there are more."""
    if number is None:
        return ""
    places = max(case.form.decimals, -int(number.normalize().as_tuple().exponent))
    return f"{number:,.{places}f}"
