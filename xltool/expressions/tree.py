"""A check expression once it is understood: a small typed tree that both engines walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Literal:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Name:
    """The figure of one answer, by its slot key."""

    key: str


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`sum` or `count` over a repeating column. `count` counts the answers given, whatever they say."""

    function: str
    key: str


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Number


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str  # + - * /
    left: Number
    right: Number


@dataclass(frozen=True, slots=True)
class NumberChoice:
    """`if(condition, then, otherwise)` between numbers."""

    condition: Condition
    then: Number
    otherwise: Number


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str  # == != >= <= > <
    left: Number
    right: Number


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` or `or` of two or more conditions."""

    word: str
    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    operand: Condition


@dataclass(frozen=True, slots=True)
class ConditionChoice:
    """`if(condition, then, otherwise)` between conditions."""

    condition: Condition
    then: Condition
    otherwise: Condition


Number = Literal | Name | Aggregate | Negative | Arithmetic | NumberChoice
Condition = Comparison | Junction | Negation | ConditionChoice
Node = Number | Condition


@dataclass(frozen=True, slots=True)
class Expression:
    """A sound check: `text` is as written in the form's definition, `root` what it means."""

    text: str
    root: Condition


def names(expression: Expression) -> tuple[str, ...]:
    """Every key the check refers to, each once, in the order of its first appearance."""
    found = (node.key for node in walk(expression.root) if isinstance(node, Name | Aggregate))
    return tuple(dict.fromkeys(found))


def columns(expression: Expression) -> tuple[str, ...]:
    """Those of the names that stand for a repeating column (inside `sum` or `count`)."""
    return tuple(dict.fromkeys(node.key for node in walk(expression.root) if isinstance(node, Aggregate)))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, from left to right."""
    yield node
    for part in _parts(node):
        yield from walk(part)


def bound(tolerance: Decimal) -> Decimal:
    """How far two sides may lie apart and still count as equal: the tolerance and half of its last place.

    The decimals of the tolerance, at least two, say how fine the figures are: 0 → 0.005, 0.005 → 0.0055,
    0.01 → 0.015, 0.000000 → 0.0000005. Figures that fine are never exactly on the bound, where binary noise
    would let Excel and Decimal disagree; a difference equal to the tolerance is within it.
    """
    exponent = tolerance.as_tuple().exponent
    assert isinstance(exponent, int)
    return tolerance + Decimal(5).scaleb(min(exponent, -2) - 1)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Negative() | Negation():
            return (node.operand,)
        case Arithmetic() | Comparison():
            return (node.left, node.right)
        case NumberChoice() | ConditionChoice():
            return (node.condition, node.then, node.otherwise)
        case Junction():
            return node.operands
        case _:
            return ()
