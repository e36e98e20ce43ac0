"""The Excel engine: a check as a live formula of Excel 2010's functions that gives TRUE, FALSE or "".

A double cannot hold 0.1, so a formula works with numbers a little beside the exact ones. It therefore also
computes how large the terms are, abstains where the difference lies within that noise of the bound, and must
decide as exact arithmetic does everywhere else. With amounts to the cent and a tolerance of 0.005 it would
abstain only at sums above some 200,000,000,000: in practice never.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

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

FORMULA_LIMIT = 8192  # characters of one formula
# Relative to the sum of the terms' sizes: reading takes a double at 15 digits (at most 5E-15 off), LibreOffice
# takes what is nearly zero for zero (3.6E-15), and each of at most a hundred operations adds 1.1E-16.
_NOISE = "2E-14"
_WIDE_SPACES = "\u3000\u00a0"
Address = Callable[[str], str]


def to_excel(expression: Expression, address: Address, tolerance: Decimal) -> str:
    """The formula without its equals sign. `address` gives the cell of a key, or the cells of a column.

    "" stands for: some figure is blank, is text (also "100" typed as text) or an error, a sum has nothing to
    add, or the difference is nearer to the bound than a double can tell. Wherever both decide, it decides as
    `evaluate` does.
    """
    return _guarded(expression, address, _Writer(address, bound(tolerance)).condition(expression.root))


def difference_to_excel(expression: Expression, address: Address, decimals: int = 2) -> str:
    """The formula of the text of left - right, such as -0.10; "" where it cannot be judged.

    A check that is not one comparison has no difference: its formula is always "".
    """
    root = expression.root
    if not isinstance(root, Comparison):
        return '""'
    writer = _Writer(address, Decimal(0))
    pattern = "0." + "0" * decimals if decimals else "0"
    return _guarded(expression, address, f'TEXT(ROUND({writer.difference(root)},{decimals}),"{pattern}")')


def _guarded(expression: Expression, address: Address, formula: str) -> str:
    """`formula`, or "" where an input is missing or an error comes up."""
    guards: dict[str, None] = {}
    for node in walk(expression.root):
        if isinstance(node, Name):
            guards[f"ISNUMBER({address(node.key)})"] = None
        elif isinstance(node, Aggregate) and node.function == "sum":
            cells = address(node.key)
            guards[f"COUNT({cells})>0"] = None
            guards[f"COUNT({cells})=COUNTA({cells})"] = None
    if not guards:
        return f'IFERROR({formula},"")'
    condition = next(iter(guards)) if len(guards) == 1 else f"AND({','.join(guards)})"
    return f'IFERROR(IF({condition},{formula},""),"")'


class _Writer:
    """Writes the tree as formula text. `limit` is the bound both engines decide by."""

    def __init__(self, address: Address, limit: Decimal) -> None:
        self.address, self.limit = address, format(limit, "f")

    def condition(self, node: Condition) -> str:
        match node:
            case Comparison():
                return self.comparison(node)
            case Junction():
                return f"{node.word.upper()}({','.join(self.condition(item) for item in node.operands)})"
            case Negation():
                return f"NOT({self.condition(node.operand)})"
            case ConditionChoice():
                return self.choice(node.condition, self.condition(node.then), self.condition(node.otherwise))

    def comparison(self, node: Comparison) -> str:
        """Too near the bound is #N/A, which `and`, `or`, `not` and `if` pass on and IFERROR turns into ""."""
        difference = self.difference(node)
        if node.operator in ("==", "!="):
            difference = f"ABS({difference})"
        low = node.operator in (">=", "<")
        sign = {"==": "<", "<=": "<", "!=": ">", ">": ">", ">=": ">", "<": "<"}[node.operator]
        distance = f"{difference}{'+' if low else '-'}{self.limit}"
        size = f"{self.size(node.left)}+{self.size(node.right)}"
        return f"IF(ABS({distance})>{_NOISE}*({size}),{distance}{sign}0,NA())"

    def difference(self, node: Comparison) -> str:
        return self.number(Arithmetic("-", node.left, node.right))

    def choice(self, condition: Condition, then: str, otherwise: str) -> str:
        return f"IF({self.condition(condition)},{then},{otherwise})"

    def number(self, node: Number) -> str:
        match node:
            case Literal():
                return format(node.value, "f")
            case Name():
                return self.address(node.key)
            case Aggregate():
                return self.aggregate(node)
            case Negative():
                return f"(-{self.operand(node.operand)})"
            case NumberChoice():
                return self.choice(node.condition, self.number(node.then), self.number(node.otherwise))
            case Arithmetic():
                return self.arithmetic(node)

    def arithmetic(self, node: Arithmetic) -> str:
        left, right = self.number(node.left), self.number(node.right)
        if node.operator in "*/" and isinstance(node.left, Arithmetic) and node.left.operator in "+-":
            left = f"({left})"
        if isinstance(node.right, Arithmetic) and (node.operator in "*/-" or node.right.operator in "+-"):
            right = f"({right})"
        return f"{left}{node.operator}{right}"

    def operand(self, node: Number) -> str:
        """In brackets where it is more than one term."""
        text = self.number(node)
        return f"({text})" if isinstance(node, Arithmetic) else text

    def aggregate(self, node: Aggregate) -> str:
        cells = self.address(node.key)
        if node.function == "sum":
            return f"SUM({cells})"
        for space in _WIDE_SPACES:  # a cell of blanks only is blank
            cells = f'SUBSTITUTE({cells},"{space}","")'
        return f"SUMPRODUCT(--(LEN(TRIM({cells}))>0))"

    def size(self, node: Number) -> str:
        """How large the terms of a number are together: its noise is that times `_NOISE`."""
        match node:
            case Aggregate(function="sum"):
                return f"SUMPRODUCT(ABS({self.address(node.key)}))"
            case Negative():
                return self.size(node.operand)
            case NumberChoice():
                return self.choice(node.condition, self.size(node.then), self.size(node.otherwise))
            case Arithmetic(operator="+" | "-"):
                return f"{self.size(node.left)}+{self.size(node.right)}"
            case Arithmetic(operator="*"):
                return f"2*({self.size(node.left)})*({self.size(node.right)})"
            case Arithmetic():
                divisor = self.operand(node.right)
                return f"2*({self.size(node.left)})*({self.size(node.right)})/({divisor}*{divisor})"
            case Name():
                return f"ABS({self.address(node.key)})"
            case _:
                return self.number(node)
