"""Formulas of ours as other programs write them: the same formula in other letters, or another formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from xltool.addresses import number
from xltool.model.workbook import RawCell

_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
      | (?P<sheet>(?:'(?:[^']|'')*'|[^\W\d][\w.]*)!)
      | (?P<cell>\$?(?P<col>[A-Z]{1,3})\$?(?P<row>[0-9]{1,7})(?![\w(.]))
      | (?P<number>[0-9]+(?:\.[0-9]*)?(?:E[+-]?[0-9]+)?)
      | (?P<truth>TRUE|FALSE)(?:\(\)|(?!\w))
      | (?P<name>[^\W\d][\w.]*)
      | (?P<space>\s+)
      | (?P<sign>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_BRACKETED = re.compile(r'"(?:[^"]|"")*"|\[([^\[\]]*)\]')
_PREFIXES = ("_XLFN.", "_XLWS.", "COM.SUN.STAR.SHEET.ADDIN.")
_LEAST = 0.4  # a formula issued without the checks of given answers keeps at least this share of the planned one
_SHOWN = 40  # characters
_BEFORE = 8  # characters shown before the first difference

Token = str | Decimal | tuple[int, int] | None
Mapped = Callable[[int, int], tuple[int, int] | None]


def tokens(formula: str, mapped: Mapped) -> list[Token]:
    """What a formula says, whoever wrote it: sheet prefixes, blanks, `$`, case and spelling of numbers left out.

    `mapped` says where a cell stood when the form was issued; None where that cannot be told, which equals any cell.
    """
    return [mapped(*token) if isinstance(token, tuple) else token for token in _said(formula)]


@lru_cache(maxsize=4096)
def _said(formula: str) -> tuple[str | Decimal | tuple[int, int], ...]:
    """The same before it is told where its cells stood; many rows and many files say the same."""
    found: list[str | Decimal | tuple[int, int]] = []
    formula = _BRACKETED.sub(_without_brackets, formula.removeprefix("of:").lstrip("="))
    for match in _TOKEN.finditer(formula):
        kind = match.lastgroup
        if kind in ("space", "sheet"):
            continue
        if match["cell"]:
            found.append((int(match["row"]), number(match["col"].upper())))
        elif match["number"]:
            found.append(Decimal(match["number"]).normalize())
        elif match["name"] or match["truth"]:
            name = (match["name"] or match["truth"]).upper()
            for prefix in _PREFIXES:
                name = name.removeprefix(prefix)
            found.append(name)
        else:
            found.append("," if match[0] == ";" else match[0])
    return tuple(found)


def _without_brackets(match: re.Match[str]) -> str:
    """`[.$B$6:.$B$9]` as OpenDocument writes it → `$B$6:$B$9`; texts stay what they are."""
    if match[1] is None:
        return match[0]
    return ":".join(part.rpartition(".")[2] for part in match[1].split(":"))


def left_behind(row: int, col: int) -> tuple[int, int]:
    """A formula that still looks at the cells it was issued with, because a program moved rows without it."""
    return row, col


def says_the_same(planned: str, cell: RawCell, mapped: Mapped) -> bool:
    """The formula is the planned one, or that without the checks of answers that were given beforehand."""
    formula = cell.formula or ""
    return _same(planned, formula, tuple(mapped(*place) for place in _cells(formula)))


@lru_cache(maxsize=4096)
def _cells(formula: str) -> tuple[tuple[int, int], ...]:
    """The cells it looks at, each once."""
    return tuple(dict.fromkeys(token for token in _said(formula) if isinstance(token, tuple)))


@lru_cache(maxsize=16384)
def _same(planned: str, formula: str, stood: tuple[tuple[int, int] | None, ...]) -> bool:
    """The verdict by where the formula's cells stood: the workbooks of many units have the same formulas."""
    places = dict(zip(_cells(formula), stood, strict=True))
    return _follows(_planned(planned), tokens(formula, lambda row, col: places[row, col]))


def _follows(ours: list[Token], found: list[Token]) -> bool:
    if found == ours:
        return True
    if len(found) < _LEAST * len(ours):
        return False
    rest = iter(ours)
    return all(any(_equal(token, other) for other in rest) for token in found)


@lru_cache(maxsize=4096)
def _planned(formula: str) -> list[Token]:
    return tokens(formula, left_behind)


def _equal(token: Token, planned: Token) -> bool:
    return token == planned or (token is None and isinstance(planned, tuple))


def around_difference(before: str, after: str) -> tuple[str, str]:
    """Both formulas or texts, on one line; long ones cut to where they begin to differ."""
    before, after = (" ".join(text.removeprefix("=").split()) for text in (before, after))
    same = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other),
                min(len(before), len(after)))  # fmt: skip
    start = max(0, same - _BEFORE) if max(len(before), len(after)) > _SHOWN else 0
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    head, tail = "…" if start else "", "…" if len(text) > start + _SHOWN else ""
    return f"{head}{text[start : start + _SHOWN]}{tail}"
