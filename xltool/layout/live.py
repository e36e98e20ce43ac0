"""Live help in the workbook: the check column, the status line, and their values as the workbook is written.

Each piece is an Excel formula together with the text it gives for the contents the form is written with, because a
program that opens the file shows the stored text until it calculates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from xltool import expressions
from xltool.addresses import absolute
from xltool.expressions.evaluate import Figure
from xltool.layout.grid import NUMERIC, Content, Grid, stored
from xltool.model.form import Check, Rows, Tree
from xltool.model.layout import Slot
from xltool.model.value import Operator
from xltool.words import table

DIGITS_NAME = "XT_DIGITS"
_PLAIN = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")  # digits of any width, as VALUE takes them


class Piece(NamedTuple):
    """An Excel expression giving text, and the text it gives now."""

    formula: str
    value: str


@dataclass(frozen=True, slots=True)
class Book:
    """The slots of the sheet by key and by row key, with what stands in them."""

    by_key: Mapping[str, Slot]
    by_row: Mapping[str, tuple[Slot, ...]]
    by_column: Mapping[str, tuple[Slot, ...]]  # the repeating columns: tasks.amount, indicators.weight
    contents: Mapping[str, Content | None]

    def ref(self, slot: Slot) -> str:
        return absolute(slot.range.first_row, slot.range.first_col)

    def address(self, name: str) -> str:
        """The cell of a figure, or the cells of a repeating column from its first row to its last."""
        if name in self.by_key:
            return self.ref(self.by_key[name])
        slots = self.by_column[name]
        return f"{self.ref(slots[0])}:{self.ref(slots[-1])}"

    def figure(self, name: str) -> Figure:
        """What the check finds there; of a repeating column only the cells that are filled."""
        if name in self.by_key:
            return number_of(self.contents.get(name))
        return tuple(number_of(self.contents.get(slot.key)) for slot in self.by_column[name] if self.text(slot))

    def slots_of(self, name: str) -> tuple[Slot, ...]:
        """The slots behind a name of a check; none where this role's form has no such answer."""
        return (self.by_key[name],) if name in self.by_key else self.by_column.get(name, ())

    def text(self, slot: Slot) -> str:
        content = self.contents.get(slot.key)
        return "" if content is None else str(content)


def book_of(grid: Grid) -> Book:
    rows: dict[str, tuple[Slot, ...]] = {}
    columns: dict[str, tuple[Slot, ...]] = {}
    for slot in grid.slots:
        rows[slot.row_key] = (*rows.get(slot.row_key, ()), slot)
        if slot.answer is not None and "#" in slot.row_key:
            columns[slot.column] = (*columns.get(slot.column, ()), slot)
    placed = {(cell.range.first_row, cell.range.first_col): cell.content for cell in grid.cells}
    contents = {slot.key: placed.get((slot.range.first_row, slot.range.first_col)) for slot in grid.slots}
    return Book({slot.key: slot for slot in grid.slots}, rows, columns, contents)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _when(condition: str, now: bool, text: str) -> Piece:
    return Piece(f'IF({condition},{quoted(text)},"")', text if now else "")


def row_pieces(grid: Grid, book: Book) -> dict[str, list[Piece]]:
    """The pieces of each row's check cell, by row key; rows with nothing to check are absent."""
    pieces: dict[str, list[Piece]] = {}
    repeating = {block.frame.key: block for block in grid.form.blocks if isinstance(block, Rows)}
    trees = {block.frame.key: block for block in grid.form.blocks if isinstance(block, Tree)}
    for row_key, slots in book.by_row.items():
        if slots[0].block in trees:
            pieces[row_key] = _indicator(
                trees[slots[0].block], slots, book, offered=row_key in grid.filling.offered
            )
        elif slots[0].block in repeating:
            pieces[row_key] = _repeating(slots, book)
        else:
            pieces[row_key] = [piece for slot in slots for piece in _scalar(slot, book, book.text(slot))]
    for row_key, piece in (*_minimums(grid, book), *_arithmetic(grid, book)):
        pieces.setdefault(row_key, []).append(piece)
    return {key: items for key, items in pieces.items() if items}


def _scalar(slot: Slot, book: Book, text: str) -> list[Piece]:
    answer, ref, words = slot.answer, book.ref(slot), table("workbook")["check"]
    assert answer is not None
    if slot.locked:
        return []
    pieces = []
    if answer.compulsory:
        pieces.append(_when(f"LEN(TRIM({ref}))=0", not text.strip(), words["missing"].format(label=slot.label)))
    if answer.type in NUMERIC:
        pieces.append(_number(slot, book, text))
    elif answer.max_length:
        over = words["too_long"].format(label=slot.label, limit=answer.max_length, length="\0").split("\0")
        value = f"{over[0]}{len(text)}{over[1]}" if len(text) > answer.max_length else ""
        formula = f'IF(LEN({ref})>{answer.max_length},{quoted(over[0])}&LEN({ref})&{quoted(over[1])},"")'
        pieces.append(Piece(formula, value))
    return pieces


def _number(slot: Slot, book: Book, text: str) -> Piece:
    answer, ref, words = slot.answer, book.ref(slot), table("workbook")["check"]
    assert answer is not None
    wrong = words["not_number"].format(label=slot.label)
    number = number_of(book.contents.get(slot.key))
    outside, formula_outside = "", '""'
    if answer.maximum is not None:
        high = words["too_large"].format(label=slot.label, maximum=answer.maximum)
        limit = stored(answer, answer.maximum)
        outside = high if number is not None and number > limit else ""
        formula_outside = f'IF({ref}>{limit},{quoted(high)},"")'
    if answer.minimum is not None:
        low = words["negative"].format(label=slot.label, minimum=answer.minimum)
        limit = stored(answer, answer.minimum)
        outside = low if number is not None and number < limit else outside
        formula_outside = f"IF({ref}<{limit},{quoted(low)},{formula_outside})"
    blank = f"OR(LEN(TRIM({ref}))=0,TRIM({ref})={quoted(Operator.NOT_APPLICABLE)})"
    value = "" if text.strip() in ("", Operator.NOT_APPLICABLE) else outside if number is not None else wrong
    return Piece(f'IF({blank},"",IF(ISNUMBER({ref}),{formula_outside},{quoted(wrong)}))', value)


def number_of(content: Content | None) -> Decimal | None:
    """The number a cell holds: only a number counts, a text that looks like one does not."""
    return content if isinstance(content, Decimal) else None


def _repeating(slots: tuple[Slot, ...], book: Book) -> list[Piece]:
    """Nothing is asked of an empty row; a begun one must be whole."""
    inner = [piece for slot in slots for piece in _scalar(slot, book, book.text(slot))]
    if not inner:
        return []
    empty = "&".join(book.ref(slot) for slot in slots)
    begun = any(book.text(slot) for slot in slots)
    joined = "&".join(piece.formula for piece in inner)
    return [Piece(f'IF(LEN({empty})=0,"",{joined})', "".join(piece.value for piece in inner) if begun else "")]


def _indicator(tree: Tree, slots: tuple[Slot, ...], book: Book, *, offered: bool) -> list[Piece]:
    """One indicator row: nothing is asked of an empty one; a begun one needs name, operator, value and measure.

    An offered row is begun by what the unit writes, not by the name that stands there already.
    """
    name = next(slot for slot in slots if slot.part == "name")
    inner = [_when(f"LEN({book.ref(name)})=0", not book.text(name), table("workbook")["check"]["name_missing"])]
    for target in tree.targets:
        if target.compulsory:
            parts = {slot.part: slot for slot in slots if slot.target is target}
            inner.extend(_target(parts, book))
    for slot in slots:
        if slot.answer is not None and (slot.answer.compulsory or slot.answer.type in NUMERIC):
            # The row says which indicator it is, so the answer's own name is enough.
            named = replace(slot, label=slot.answer.name or slot.answer.label)
            inner.extend(_scalar(named, book, book.text(slot)))
    telling = [slot for slot in slots if not (offered and slot.locked)]
    empty = "&".join(book.ref(slot) for slot in telling)
    joined = "&".join(piece.formula for piece in inner)
    begun = any(book.text(slot) for slot in telling)
    return [Piece(f'IF(LEN({empty})=0,"",{joined})', "".join(piece.value for piece in inner) if begun else "")]


def _target(parts: dict[str, Slot], book: Book) -> list[Piece]:
    words, value = table("workbook")["check"], parts["value"]
    ref, text = book.ref(value), book.text(value)
    operator = book.ref(parts["operator"]) if "operator" in parts else '""'
    chosen = book.text(parts["operator"]) if "operator" in parts else ""
    skipped = quoted(Operator.NOT_APPLICABLE)
    pieces = []
    if "operator" in parts:
        pieces.append(_when(f"LEN({operator})=0", not chosen, words["operator_missing"]))
    missing = not text and chosen != Operator.NOT_APPLICABLE
    pieces.append(_when(f"AND(LEN({ref})=0,{operator}<>{skipped})", missing, words["value_missing"]))
    if "operator" in parts:
        pieces.extend(_agreement(operator, chosen, ref, text))
    if "measure" in parts:
        measure = parts["measure"]
        condition = f'AND({is_number(ref)},ISERROR(FIND("%",{ref})),LEN({book.ref(measure)})=0)'
        bare = _plain(text) and "%" not in text and not book.text(measure)
        pieces.append(_when(condition, bare, words["measure_missing"]))
    return pieces


def _agreement(operator: str, chosen: str, ref: str, text: str) -> list[Piece]:
    """A plain number may not stand under 定性, nor wording without any number under the other operators."""
    words, qualitative = table("workbook")["check"], quoted(Operator.QUALITATIVE)
    number = words["number_under_qualitative"].format(qualitative=Operator.QUALITATIVE.value)
    under = _when(
        f"AND({operator}={qualitative},{is_number(ref)})", chosen == Operator.QUALITATIVE and _plain(text), number
    )
    exempt = f"OR({operator}={qualitative},{operator}={quoted(Operator.NOT_APPLICABLE)},LEN({operator})=0)"
    condition = f"AND(LEN({ref})>0,NOT({exempt}),{_no_digit(ref)})"
    quantitative = chosen not in ("", Operator.QUALITATIVE, Operator.NOT_APPLICABLE)
    now = bool(text) and quantitative and not _has_digit(text)
    return [under, _when(condition, now, words["wording_under_quantitative"])]


def is_number(ref: str) -> str:
    """True for a plain number, with or without thousands separators and percent sign.

    The exponent keeps VALUE from taking dates, times and fractions (2024年3月1日, 1/2, 3-5) for numbers.
    """
    return f'ISNUMBER(VALUE(SUBSTITUTE(SUBSTITUTE({ref},",",""),"%","")&"e0"))'


def _no_digit(ref: str) -> str:
    return f"SUMPRODUCT(--ISNUMBER(FIND({DIGITS_NAME},{ref})))=0"


def digits() -> tuple[str, ...]:
    """Every character that counts as a digit of a number, Chinese numerals included."""
    return tuple(table("workbook")["check"]["digits"])


def _has_digit(text: str) -> bool:
    return any(char in text for char in digits())


def _plain(text: str) -> bool:
    """What `is_number` says, without a program that calculates."""
    return _PLAIN.fullmatch(text.replace(",", "").replace("%", "")) is not None


def _minimums(grid: Grid, book: Book) -> list[tuple[str, Piece]]:
    """Too few indicators under a level, too few rows in a block: said on the first row."""
    words, found = table("workbook")["check"], []
    for block in grid.form.blocks:
        if isinstance(block, Rows) and block.minimum:
            text = words["rows_too_few"].format(block=block.frame.caption, minimum=block.minimum)
            found.extend(_minimum(book, f"{block.frame.key}#", block.columns[0].key, block.minimum, text))
        elif isinstance(block, Tree):
            for level in block.leaves:
                if level.minimum and level.entry != "none":
                    text = words["too_few"].format(level=level.path[-1], minimum=level.minimum)
                    found.extend(_minimum(book, f"{level.key}#", "name", level.minimum, text))
    return found


def _minimum(book: Book, prefix: str, column: str, minimum: int, text: str) -> list[tuple[str, Piece]]:
    slots = [slot for key, slot in book.by_key.items() if key.startswith(prefix) and key.endswith(f".{column}")]
    if not slots:
        return []
    area = f"{book.ref(slots[0])}:{book.ref(slots[-1])}"
    filled = sum(1 for slot in slots if book.text(slot))
    return [(slots[0].row_key, _when(f"SUMPRODUCT(--(LEN({area})>0))<{minimum}", filled < minimum, text))]


def arithmetic_formula(check: Check, book: Book) -> str | None:
    """TRUE, FALSE, or empty text where an input is missing; None where the check does not apply to this role."""
    parsed = expressions.parse(check.expression)
    if isinstance(parsed, str) or not all(book.slots_of(name) for name in expressions.names(parsed)):
        return None
    return expressions.to_excel(parsed, book.address, check.tolerance)


def _arithmetic(grid: Grid, book: Book) -> list[tuple[str, Piece]]:
    found = []
    for check in grid.form.checks:
        formula = arithmetic_formula(check, book)
        if formula is None or grid.role not in check.roles:
            continue
        parsed = expressions.parse(check.expression)
        assert not isinstance(parsed, str)
        words = table("workbook")["check"]["difference"].format(label=check.label, difference="\0").split("\0")
        difference = expressions.difference_to_excel(parsed, book.address, grid.form.decimals)
        text = f'IF(({formula})=FALSE,{quoted(words[0])}&{difference}&{quoted(words[1])},"")'
        outcome = expressions.evaluate(parsed, book.figure, check.tolerance)
        value = ""
        if outcome.verdict is expressions.Verdict.FAILS and outcome.difference is not None:
            value = f"{words[0]}{outcome.difference:.{grid.form.decimals}f}{words[1]}"
        found.append((judged_slot(parsed, book).row_key, Piece(text, value)))
    return found


def judged_slot(parsed: expressions.Expression, book: Book) -> Slot:
    """Where a check is shown: at its first single figure, or at the top of its column."""
    names = expressions.names(parsed)
    single = [name for name in names if name in book.by_key]
    return book.slots_of(next(iter(single), names[0]))[0]


def status_line(area: str, values: list[str]) -> Piece:
    """The sentence at the top: how many ○ and × stand in the check column (`area`)."""
    words = table("workbook")["status"]
    parts = []
    for mark, text in (("○", words["missing"]), ("×", words["wrong"])):
        count = f'SUMPRODUCT(LEN({area})-LEN(SUBSTITUTE({area},{quoted(mark)},"")))'
        before, after = text.format(count="\0").split("\0")
        now = sum(value.count(mark) for value in values)
        formula = f'IF({count}=0,"",{quoted(before)}&{count}&{quoted(after)})'
        parts.append(Piece(formula, f"{before}{now}{after}" if now else ""))
    any_mark = f"SUMPRODUCT(LEN({area}))=0"
    value = "".join(part.value for part in parts) or words["clean"]
    joined = "&".join(part.formula for part in parts)
    return Piece(f"IF({any_mark},{quoted(words['clean'])},{joined})", value)
