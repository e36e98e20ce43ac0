"""The text of a check → its tree, by Python's own parser and a strict list of what may stand in a check."""

from __future__ import annotations

import ast
import re
from decimal import Decimal

from xltool import words
from xltool.expressions.excel import FORMULA_LIMIT, to_excel
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
    columns,
    walk,
)

_SHOWN = 60  # characters of a wrong part that a message repeats
TEXT_LIMIT = 500  # characters; a longer one is several checks
_NODE_LIMIT = 200  # so that noise stays below what the formula allows for
_DEPTH_LIMIT = 40  # Excel nests 64 functions, and one level here may take two
_IF = re.compile(r"(?<![\w.])if(?=\s*\()", re.ASCII)  # `if` is a word of Python's own
_KEY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_LITERAL = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)
_ARITHMETIC: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISON: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.GtE: ">=", ast.LtE: "<=", ast.Gt: ">", ast.Lt: "<"}
_LONGEST_ADDRESS = "$AA$1000:$AA$1000"


class _RefusedError(Exception):
    """Carries a fault out of the recursion; it never leaves `parse`."""

    def __init__(self, reason: str, column: int = 1, text: str = "", key: str = "") -> None:
        super().__init__(reason)
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        self.reason, self.places = reason, {"column": column, "text": shown, "key": key}


def parse(text: str, language: str = "zh") -> Expression | str:
    """The check, or one sentence saying what is wrong with it and at which character. Never raises.

    Comparisons of arithmetic (+ - * /) over keys and decimal numbers, `sum(key)` and `count(key)` over a
    repeating column, `and`, `or`, `not`, and `if(condition, then, otherwise)`.
    """
    try:
        return _expression(text)
    except _RefusedError as fault:
        return _sentence(fault, language)
    except (ValueError, RecursionError, MemoryError):  # what Python's parser says of hundreds of brackets
        return _sentence(_RefusedError("long"), language)


def _sentence(fault: _RefusedError, language: str) -> str:
    template: str = words.table("expressions")[fault.reason][language]
    return template.format_map(fault.places)


def _expression(text: str) -> Expression:
    if not text.strip():
        raise _RefusedError("empty")
    if len(text) > TEXT_LIMIT:
        raise _RefusedError("long")
    odd = re.search(r"[^ -~]", text)
    if odd is not None:
        raise _RefusedError("character", odd.start() + 1, odd[0])
    lead = len(text) - len(text.lstrip())
    source = _IF.sub("IF", text[lead:])  # of the same length, so columns stay true
    try:
        body = ast.parse(source, mode="eval").body
    except SyntaxError as fault:
        raise _RefusedError("syntax", lead + (fault.offset or 1), text.strip()) from fault
    expression = Expression(text, _Builder(source, lead).condition(body))
    _check_size(expression)
    return expression


def _check_size(expression: Expression) -> None:
    """Refuse what Excel could not hold, and a key that is a figure and a column at once."""
    if sum(1 for _ in walk(expression.root)) > _NODE_LIMIT:
        raise _RefusedError("long")
    formula = to_excel(expression, lambda _: _LONGEST_ADDRESS, Decimal("0.00"))
    depth = deepest = 0
    for char in formula:
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    if len(formula) > FORMULA_LIMIT or deepest > _DEPTH_LIMIT:
        raise _RefusedError("long")
    lists = set(columns(expression))
    for node in walk(expression.root):
        if isinstance(node, Name) and node.key in lists:
            raise _RefusedError("mixed", expression.text.find(node.key) + 1, expression.text.strip(), node.key)


class _Builder:
    """Builds the tree out of Python's; `lead` is how many blanks were cut before the source."""

    def __init__(self, source: str, lead: int) -> None:
        self.source, self.lead = source, lead

    def condition(self, node: ast.expr) -> Condition:
        match node:
            case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _COMPARISON:
                return Comparison(_COMPARISON[type(operator)], self.number(left), self.number(right))
            case ast.Compare():
                raise self.refused("form" if len(node.ops) == 1 else "chained", node)
            case ast.BoolOp():
                word = "and" if isinstance(node.op, ast.And) else "or"
                return Junction(word, tuple(self.condition(item) for item in node.values))
            case ast.UnaryOp(op=ast.Not()):
                return Negation(self.condition(node.operand))
            case ast.Call(func=ast.Name(id="IF")):
                test, then, otherwise = self.arguments(node, 3)
                return ConditionChoice(self.condition(test), self.condition(then), self.condition(otherwise))
        self.number(node)  # names the fault, unless it is a sound number
        raise self.refused("condition", node)

    def number(self, node: ast.expr) -> Number:
        match node:
            case ast.Constant():
                return self.literal(node)
            case ast.Name() | ast.Attribute():
                return Name(self.key(node))
            case ast.UnaryOp(op=ast.USub()):
                return Negative(self.number(node.operand))
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                return Arithmetic(_ARITHMETIC[type(node.op)], self.number(node.left), self.number(node.right))
            case ast.Call():
                return self.call(node)
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                raise self.refused("number", node)
        raise self.refused("form", node)

    def call(self, node: ast.Call) -> Number:
        match node.func:
            case ast.Name(id="IF"):
                test, then, otherwise = self.arguments(node, 3)
                return NumberChoice(self.condition(test), self.number(then), self.number(otherwise))
            case ast.Name(id="sum" | "count" as function):
                (argument,) = self.arguments(node, 1)
                if not isinstance(argument, ast.Name | ast.Attribute):
                    raise self.refused("argument", node)
                return Aggregate(function, self.key(argument))
        raise self.refused("function", node.func)

    def arguments(self, node: ast.Call, count: int) -> list[ast.expr]:
        if node.keywords or len(node.args) != count:
            raise self.refused("argument", node)
        return node.args

    def key(self, node: ast.expr) -> str:
        text = "".join(self.written(node).split())
        if not _KEY.fullmatch(text):
            raise self.refused("form", node)
        return text

    def literal(self, node: ast.Constant) -> Literal:
        text = self.written(node)
        if isinstance(node.value, str | bytes | bool | None) or not _LITERAL.fullmatch(text):
            raise self.refused("literal", node)
        value = Decimal(text)
        if len(value.as_tuple().digits) > 15:  # more than Excel keeps of a number
            raise self.refused("literal", node)
        return Literal(value)

    def written(self, node: ast.expr) -> str:
        return self.source[node.col_offset : node.end_col_offset]

    def refused(self, reason: str, node: ast.expr) -> _RefusedError:
        return _RefusedError(reason, self.lead + node.col_offset + 1, self.written(node).replace("IF", "if"))
