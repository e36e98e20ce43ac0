"""One target of an indicator of a foreign form: its cells → a `Target`, with what is odd about how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from xltool import values
from xltool.collect.cells import broken_cell, hidden_digits, normalised
from xltool.collect.extract_grid import Page, Seen
from xltool.findings import Code
from xltool.model.form import TargetColumn
from xltool.model.submission import Target
from xltool.model.value import Doubt, Kind, Note, State, TargetValue
from xltool.model.workbook import CellKind

# Where the parts stood says nothing in a form that has one cell for them.
_PLACE_ONLY = frozenset((Note.MEASURE_IN_VALUE, Note.OPERATOR_IN_VALUE, Note.OPERATOR_IMPLIED, Note.LOST_CHARACTER,
                         Note.MARKUP, Note.FLOAT_DIGITS))  # fmt: skip

def parsed(text: str) -> TargetValue:
    """A text as a target value that stands alone."""
    return values.parse(text)


def read_target(page: Page, column: TargetColumn, cells: Mapping[str, Seen], key: str, name: str) -> Target:
    """The target of this column, from one cell or from its parts. `key` is the indicator's, `name` for sentences."""
    parts = {part: cells.get(f"{column.key}.{part}") for part in ("operator", "value", "measure")}
    seen = parts["value"] or cells.get(column.key)
    beside = [part.text if (part := parts[where]) is not None else "" for where in ("operator", "measure")]
    slot = f"{key}.{column.key}.value"
    for cell in (*parts.values(), cells.get(column.key)):
        if cell is not None:
            page.marks(cell, name, slot)
    if seen is None:
        return Target(column.key, values.parse("", *beside, money=page.setting.money), page.source(None))
    broken = broken_cell(seen.cell)
    if broken is not None:
        page.say(broken.code, seen, slot, label=column.label, cell=_cell(page, seen), **dict[str, Any](broken.args))
        return Target(column.key, TargetValue(seen.raw, State.UNREADABLE, Kind.UNPARSED), page.source(seen))
    value = _value(page, seen, beside, slot, column)
    _oddities(page, seen, value, column, slot, name, bool(beside[0]))
    return Target(column.key, value, page.source(seen))


def _value(page: Page, seen: Seen, beside: list[str], slot: str, column: TargetColumn) -> TargetValue:
    numeric = seen.cell.kind is CellKind.NUMBER
    number_format = page.number_format(seen.cell)
    text = seen.raw
    if numeric:
        number = values.decimal_from_double(seen.cell.text)
        text = f"{number:f}"
        for remark in hidden_digits(number, number_format):
            page.say(remark.code, seen, slot, label=column.label, cell=_cell(page, seen), **dict[str, Any](remark.args))
    operator, measure = beside
    value = values.parse(
        text, operator, measure, number_format=number_format, numeric=numeric, money=page.setting.money
    )
    if not _PLACE_ONLY.issuperset(value.notes):
        after = values.format(value, column.print)
        before = " ".join(filter(None, (operator, text.strip(), measure)))
        for remark in normalised(before, after, value.notes) if before != after else ():
            page.say(remark.code, seen, slot, label=column.label, cell=_cell(page, seen), **dict[str, Any](remark.args))
    return replace(value, text=seen.text) if not numeric else value


def _oddities(
    page: Page, seen: Seen, value: TargetValue, column: TargetColumn, slot: str, name: str, apart: bool
) -> None:
    """What a reviewer would stop at, though the value was read."""
    text = seen.text
    elsewhere = apart or column.print.bare_operators != ()  # the form prints no operator in this cell as a rule
    if value.operator is not None and Note.OPERATOR_IN_VALUE in value.notes and elsewhere:
        page.say(Code.EXT_OPERATOR_IN_VALUE, seen, slot, name=name, column=column.label, text=text,
                 operator=value.operator.value)  # fmt: skip
    if value.kind is Kind.NONE and value.state is State.GIVEN:
        page.say(Code.EXT_NO_VALUE, seen, slot, name=name, column=column.label, text=text)
    if value.kind is Kind.DISTRIBUTIVE:
        page.say(Code.EXT_EACH, seen, slot, name=name, text=text)
    if value.kind is Kind.COMPARISON and value.number is None:
        page.say(Code.EXT_COMPARISON, seen, slot, name=name, text=text, wording=value.wording or "")
    if Doubt.AMBIGUOUS in value.doubts:
        page.say(Code.IND_AMBIGUOUS, seen, slot, name=name, value=text)
    _decimals(page, seen, value, column, slot, name)


def _decimals(page: Page, seen: Seen, value: TargetValue, column: TargetColumn, slot: str, name: str) -> None:
    if value.kind is not Kind.NUMBER or value.number is None or seen.cell.kind is not CellKind.TEXT:
        return
    places = -int(value.number.as_tuple().exponent)
    wanted = column.print.decimals
    if wanted is not None and places != wanted:
        page.say(Code.EXT_DECIMALS, seen, slot, label=name, text=seen.text, expected=wanted)


def _cell(page: Page, seen: Seen) -> str:
    return page.source(seen).cell
