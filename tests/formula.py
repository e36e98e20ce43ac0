"""A small reference evaluator of the formulas that checks compile to: doubles, errors and blanks as in Excel."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, cast

Cell = float | str | bool | None
Cells = Mapping[str, Cell | list[Cell]]
Tree = tuple[Any, ...]

_TOKEN = re.compile(r'\s*(?:(?P<text>"[^"]*")|(?P<number>\d+(?:\.\d+)?(?:E[-+]?\d+)?)|(?P<name>[A-Za-z_]\w*)'
                    r"|(?P<sign><>|>=|<=|[-+*/(),<>=]))")


class FormulaError(Exception):
    """#DIV/0!, #VALUE! or #N/A."""


def calculate(formula: str, cells: Cells) -> Cell:
    """The value of a formula without its equals sign; raises FormulaError where Excel would show an error."""
    tokens = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in _TOKEN.finditer(formula)]
    assert "".join(text for _, text in tokens) == formula.replace(" ", ""), formula
    reader = _Reader(tokens, cells)
    tree = reader.comparison()
    assert reader.at == len(tokens), f"left over in {formula}"
    return _value(tree, cells)


class _Reader:
    """Recursive descent: ("call", name, args), ("sign", left, right), ("cell", name), ("is", value)."""

    def __init__(self, tokens: list[tuple[str, str]], cells: Cells) -> None:
        self.tokens, self.cells, self.at = tokens, cells, 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def comparison(self) -> Tree:
        left = self.terms()
        while self.peek() in ("<", ">", "=", "<>", ">=", "<="):
            left = (self.take()[1], left, self.terms())
        return left

    def terms(self) -> Tree:
        left = self.factors()
        while self.peek() in ("+", "-"):
            left = (self.take()[1], left, self.factors())
        return left

    def factors(self) -> Tree:
        left = self.single()
        while self.peek() in ("*", "/"):
            left = (self.take()[1], left, self.single())
        return left

    def single(self) -> Tree:
        kind, text = self.take()
        if text == "-":
            return ("-", ("is", 0.0), self.single())
        if text == "(":
            inner = self.comparison()
            assert self.take()[1] == ")"
            return inner
        if kind == "text":
            return ("is", text[1:-1])
        if kind == "number":
            return ("is", float(text))
        assert kind == "name", text
        return self.call(text) if self.peek() == "(" else ("cell", text)

    def call(self, name: str) -> Tree:
        self.take()
        args = []
        while self.peek() != ")":
            args.append(self.comparison())
            if self.peek() == ",":
                self.take()
        self.take()
        return ("call", name, *args)


def _value(tree: Tree, cells: Cells) -> Cell:
    value = _any(tree, cells)
    assert not isinstance(value, list)
    return value


def _any(tree: Tree, cells: Cells) -> Cell | list[Cell]:
    match tree:
        case ("is", value):
            return cast(Cell, value)
        case ("cell", name):
            return cells[name]
        case ("call", name, *args):
            return _call(name, args, cells)
        case (sign, left, right):
            a, b = _any(left, cells), _any(right, cells)
            if isinstance(a, list):
                assert not isinstance(b, list)
                return [_apply(sign, item, b) for item in a]
            if isinstance(b, list):
                return [_apply(sign, a, item) for item in b]
            return _apply(sign, a, b)
    raise AssertionError(tree)


def _number(value: Cell) -> float:
    if isinstance(value, str):
        raise FormulaError("#VALUE!")
    return float(value or 0.0)


def _apply(sign: str, left: Cell, right: Cell) -> Cell:
    a, b = _number(left), _number(right)
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            if b == 0:
                raise FormulaError("#DIV/0!")
            return a / b
        case ">":
            return a > b
        case "<":
            return a < b
        case "=":
            return a == b
    raise AssertionError(sign)


def _call(name: str, args: list[Tree], cells: Cells) -> Cell | list[Cell]:
    match name:
        case "IF":
            return _any(args[1] if _value(args[0], cells) else args[2], cells)
        case "IFERROR":
            try:
                return _value(args[0], cells)
            except FormulaError:
                return _value(args[1], cells)
        case "NA":
            raise FormulaError("#N/A")
    values = [_any(item, cells) for item in args]
    return _FUNCTIONS[name](*values)


def _each(function: Callable[[Cell], Cell], value: Cell | list[Cell]) -> Cell | list[Cell]:
    return [function(item) for item in value] if isinstance(value, list) else function(value)


def _is_number(value: Cell) -> bool:
    return isinstance(value, float)


_FUNCTIONS: dict[str, Callable[..., Cell | list[Cell]]] = {
    "AND": lambda *values: all(values),
    "OR": lambda *values: any(values),
    "NOT": lambda value: not value,
    "ISNUMBER": _is_number,
    "ABS": lambda value: _each(lambda item: abs(_number(item)), value),
    "COUNT": lambda value: float(sum(map(_is_number, value))),
    "COUNTA": lambda value: float(sum(item is not None for item in value)),
    "SUM": lambda value: float(sum(item for item in value if _is_number(item))),
    "SUMPRODUCT": lambda value: float(sum(_number(item) for item in value)),
    "LEN": lambda value: _each(lambda item: float(len(str(item or ""))), value),
    "TRIM": lambda value: _each(lambda item: str("" if item is None else item).strip(" "), value),
    "SUBSTITUTE": lambda value, old, new: _each(
        lambda item: str("" if item is None else item).replace(old, new), value),
}
