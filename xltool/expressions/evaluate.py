"""The Python engine: exact decimals, three verdicts, and the two sides a message can show."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xltool.expressions.tree import (
    Aggregate,
    Arithmetic,
    Comparison,
    Condition,
    ConditionChoice,
    Expression,
    Junction,
    Literal,
    Name,
    Negation,
    Negative,
    Number,
    NumberChoice,
    bound,
    walk,
)

Figure = Decimal | None | tuple[Decimal | None, ...]
Lookup = Callable[[str], Figure]
_PRECISION = 60  # digits: far beyond any sum of doubles, so only a quotient is ever rounded


class Verdict(StrEnum):
    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_JUDGE = "cannot-judge"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict and, where one comparison decided it, its sides and `difference` = left - right."""

    verdict: Verdict
    left: Decimal | None = None
    right: Decimal | None = None
    difference: Decimal | None = None


class _UnjudgedError(Exception):
    """An input is missing or a quotient has no value; it never leaves `evaluate`."""


def evaluate(expression: Expression, lookup: Lookup, tolerance: Decimal) -> Outcome:
    """Judge the check. `lookup` gives an answer's number as its cell stores it; None: blank, text, unreadable.

    For a repeating column it gives a tuple of the answers given, None for one that is no number; blank cells
    are left out. Blank is never 0: any missing figure, also one in a branch not taken, leaves the check
    unjudged, and so does a sum over nothing. `==` allows a difference up to `tolerance`, `>=` and `<=` fall
    short by no more than it, and `!=`, `<` and `>` are their opposites.
    """
    with decimal.localcontext(decimal.Context(prec=_PRECISION)):
        try:
            judge = _Judge(_inputs(expression, lookup), bound(tolerance))
            holds = judge.condition(expression.root)
            decided_by = judge.deciding(expression.root)
        except (_UnjudgedError, ArithmeticError):
            return Outcome(Verdict.CANNOT_JUDGE)
        verdict = Verdict.HOLDS if holds else Verdict.FAILS
        if decided_by is None:
            return Outcome(verdict)
        left, right = judge.number(decided_by.left), judge.number(decided_by.right)
        return Outcome(verdict, left, right, left - right)


def _inputs(expression: Expression, lookup: Lookup) -> dict[str, Figure]:
    """Every figure the check needs, or _UnjudgedError as soon as one is missing."""
    figures: dict[str, Figure] = {}
    for node in walk(expression.root):
        if isinstance(node, Name):
            figure = lookup(node.key)
            if not isinstance(figure, Decimal) or not figure.is_finite():
                raise _UnjudgedError
            figures[node.key] = figure
        elif isinstance(node, Aggregate):
            column = lookup(node.key)
            if not isinstance(column, tuple):
                raise _UnjudgedError
            figures[node.key] = column
    return figures


@dataclass(frozen=True, slots=True)
class _Judge:
    """Walks the tree. Both operands of `and` and `or` are judged, because Excel judges both."""

    figures: dict[str, Figure]
    limit: Decimal

    def condition(self, node: Condition) -> bool:
        match node:
            case Comparison():
                return self.compare(node.operator, self.number(node.left) - self.number(node.right))
            case Junction():
                truths = [self.condition(item) for item in node.operands]
                return all(truths) if node.word == "and" else any(truths)
            case Negation():
                return not self.condition(node.operand)
            case ConditionChoice():
                return self.condition(node.then if self.condition(node.condition) else node.otherwise)

    def compare(self, operator: str, difference: Decimal) -> bool:
        match operator:
            case "==":
                return abs(difference) < self.limit
            case "!=":
                return abs(difference) >= self.limit
            case "<=":
                return difference < self.limit
            case ">":
                return difference >= self.limit
            case ">=":
                return difference > -self.limit
            case _:
                return difference <= -self.limit

    def number(self, node: Number) -> Decimal:
        match node:
            case Literal():
                return node.value
            case Name():
                figure = self.figures[node.key]
                assert isinstance(figure, Decimal)
                return figure
            case Aggregate():
                return self.aggregate(node)
            case Negative():
                return -self.number(node.operand)
            case NumberChoice():
                return self.number(node.then if self.condition(node.condition) else node.otherwise)
            case Arithmetic():
                return self.arithmetic(node)

    def arithmetic(self, node: Arithmetic) -> Decimal:
        left, right = self.number(node.left), self.number(node.right)
        match node.operator:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
            case _:
                return left / right  # by zero: an ArithmeticError, hence no verdict

    def aggregate(self, node: Aggregate) -> Decimal:
        column = self.figures[node.key]
        assert isinstance(column, tuple)
        if node.function == "count":
            return Decimal(len(column))
        numbers = [item for item in column if item is not None and item.is_finite()]
        if not numbers or len(numbers) < len(column):
            raise _UnjudgedError
        return sum(numbers, Decimal(0))

    def deciding(self, node: Condition) -> Comparison | None:
        """The one comparison that the verdict hangs on, where there is one."""
        match node:
            case Comparison():
                return node
            case Negation():
                return self.deciding(node.operand)
            case ConditionChoice():
                return self.deciding(node.then if self.condition(node.condition) else node.otherwise)
            case Junction():
                turning = node.word == "or"  # one that holds decides `or`, one that fails decides `and`
                for item in node.operands:
                    if self.condition(item) == turning:
                        return self.deciding(item)
                return None
