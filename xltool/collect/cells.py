"""One scalar cell → its state, text and number, with the findings that the reading itself gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from xltool import measures, values
from xltool.collect.display import as_date, on_screen
from xltool.collect.marks import marks, unmarked
from xltool.findings import Code
from xltool.model.finding import Severity
from xltool.model.form import AnswerType
from xltool.model.value import Doubt, Kind, Note, Operator, State
from xltool.model.workbook import CellKind, RawCell
from xltool.values.cleaning import clean
from xltool.values.number_formats import shown

NUMERIC = frozenset({AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER, AnswerType.PERCENT})
# Where a part stood, and digits no screen shows: nothing was changed, so nothing is said.
_UNSEEN = frozenset({Note.FLOAT_DIGITS, Note.MEASURE_IN_VALUE, Note.OPERATOR_IN_VALUE, Note.OPERATOR_IMPLIED})
_CURRENCY = re.compile("人民币[\u00a5\uffe5]?|[\u00a5\uffe5]")  # ¥ and ￥


class Remark(NamedTuple):
    """A finding in the making: its cell and field are the reader's."""

    code: Code
    args: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen in a cell. `text` is what the person sees, except for numbers: those are written out exactly."""

    state: State
    text: str = ""
    number: Decimal | None = None
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()


BLANK = Sight(State.BLANK)


@dataclass(frozen=True, slots=True)
class Setting:
    """What reading a cell must know of its workbook and form. `money` is the form's money measure."""

    date1904: bool = False
    money: str = ""


def is_blank(cell: RawCell | None) -> bool:
    """Nothing anybody could see: no cell, blanks, zero-width characters. A formula is never nothing."""
    if cell is None:
        return True
    if cell.text[:1].isalnum():
        return False  # most cells; the closer look below costs ten times as much
    return cell.formula is None and cell.kind is CellKind.TEXT and not clean(cell.text).text.strip()


def see(cell: RawCell | None, number_format: str, kind: AnswerType, setting: Setting) -> Sight:
    """Read the cell of an answer of this type."""
    if cell is None or is_blank(cell):
        return BLANK
    broken = broken_cell(cell)
    if broken is not None:
        return Sight(State.UNREADABLE, cell.text, remarks=(broken,))
    sight = _see_number(cell, number_format, kind, setting) if kind in NUMERIC else _see_text(
        cell, number_format, kind, setting
    )  # fmt: skip
    if cell.formula is None:
        return sight
    formula = of_formula(cell, sight.text)
    return Sight(sight.state, sight.text, sight.number, sight.notes, (*sight.remarks, formula))


def of_formula(cell: RawCell, text: str) -> Remark:
    """A formula where an answer belongs. A result of 0 is to be doubted: programs store it for what was never
    calculated, and LibreOffice by way of .ods for what failed."""
    nought = cell.kind is CellKind.NUMBER and not cell.text.strip("0.")
    return Remark(Code.VAL_FORMULA, (("value", text),), Severity.WARNING if nought else None)


def broken_cell(cell: RawCell) -> Remark | None:
    """An error instead of a value, or a formula that was never calculated."""
    if cell.kind is CellKind.ERROR:
        return Remark(Code.VAL_ERROR_CELL, (("error", cell.text),))
    if cell.kind is CellKind.EMPTY:
        return Remark(Code.VAL_FORMULA_WITHOUT_VALUE)
    return None


def text_of(cell: RawCell, number_format: str, setting: Setting) -> str:
    """A cell as text, the way the person sees it: numbers written out, percentages and dates as shown."""
    if cell.kind is CellKind.NUMBER:
        try:
            number = values.decimal_from_double(cell.text)
        except ValueError:
            return cell.text
        around = shown(number_format)
        if around.date:
            return as_date(number, date1904=setting.date1904)
        if around.percent:
            number = values.decimal_from_double(str(number.scaleb(2)))
        return f"{around.before}{number:f}{around.after}"
    if cell.kind is CellKind.BOOLEAN:
        return "TRUE" if cell.text == "1" else "FALSE"
    return cell.text


def hidden_digits(number: Decimal, number_format: str) -> tuple[Remark, ...]:
    """Both figures, where the format shows another one than is stored."""
    seen = on_screen(number, number_format)
    return () if seen is None else (Remark(Code.VAL_HIDDEN_DIGITS, (("shown", seen), ("stored", f"{number:f}"))),)


def normalised(
    before: str, after: str, notes: tuple[Note, ...], code: Code = Code.VAL_NORMALISED
) -> tuple[Remark, ...]:
    """What was read where it is not what stands there letter for letter."""
    if _UNSEEN.issuperset(notes):
        return ()
    return (Remark(code, (("before", before.strip()), ("after", after))),)


def _see_text(cell: RawCell, number_format: str, kind: AnswerType, setting: Setting) -> Sight:
    # Some programs end a line with two characters where Excel has one; the screen shows one line break.
    text = text_of(cell, number_format, setting).replace("\r\n", "\n").replace("\r", "\n")
    if text.strip() == Operator.NOT_APPLICABLE:
        return Sight(State.NOT_APPLICABLE, text)
    if cell.kind is CellKind.NUMBER:
        dated = shown(number_format).date and kind is not AnswerType.DATE
        return Sight(State.GIVEN, text, remarks=normalised(cell.text, text, (Note.TEXT_NUMBER,)) if dated else ())
    told = tuple(Remark(mark.code, mark.args) for mark in marks(text))
    return Sight(State.GIVEN, unmarked(text), remarks=told) if told else Sight(State.GIVEN, text)


def _see_number(cell: RawCell, number_format: str, kind: AnswerType, setting: Setting) -> Sight:
    if cell.kind is CellKind.TEXT:
        return _see_typed(cell.text, kind, setting)
    if cell.kind is CellKind.BOOLEAN or cell.kind is CellKind.DATE:
        code = Code.VAL_DATE if cell.kind is CellKind.DATE else Code.VAL_NOT_NUMBER
        text = text_of(cell, number_format, setting)
        return Sight(State.UNREADABLE, text, remarks=(Remark(code, (("text", text),)),))
    try:
        number = values.decimal_from_double(cell.text)
    except ValueError:
        return Sight(State.UNREADABLE, cell.text, remarks=(Remark(Code.VAL_NOT_NUMBER, (("text", cell.text),)),))
    around = shown(number_format)
    if around.date or (around.percent and kind is not AnswerType.PERCENT):
        code = Code.VAL_DATE if around.date else Code.VAL_PERCENT
        text = text_of(cell, number_format, setting)
        return Sight(State.UNREADABLE, text, remarks=(Remark(code, (("text", text), ("stored", f"{number:f}"))),))
    remarks = hidden_digits(number, number_format)
    notes: tuple[Note, ...] = (Note.FLOAT_DIGITS,) if len(number.as_tuple().digits) >= 15 else ()
    if around.percent:
        number, notes = values.decimal_from_double(str(number.scaleb(2))), (*notes, Note.PERCENT_FORMAT)
    return Sight(State.GIVEN, f"{number:f}", number, notes, remarks)


def _see_typed(text: str, kind: AnswerType, setting: Setting) -> Sight:
    """A number that came as text: read where it can only mean one number, with a note."""
    bare = clean(text).text
    if bare == Operator.NOT_APPLICABLE:
        return Sight(State.NOT_APPLICABLE, text)
    figure = text
    if kind is AnswerType.PERCENT and bare.endswith(("%", "％")):
        figure = bare[:-1]
    elif kind is AnswerType.MONEY and (currency := _CURRENCY.match(bare)):
        figure = bare[currency.end() :]
    number, notes, doubts = values.decimal_of(figure)
    if number is None and not doubts:
        return _see_quantity(text, figure, kind, setting)
    if number is None or doubts:
        code = Code.VAL_SUPERSCRIPT if Doubt.SUPERSCRIPT in doubts else Code.VAL_AMBIGUOUS
        args = (("text", text.strip()), ("number", "" if number is None else f"{number:f}"))
        return Sight(State.UNREADABLE, text, remarks=(Remark(code, args),))
    return Sight(State.GIVEN, text, number, notes, normalised(text, f"{number:f}", notes))


def _see_quantity(text: str, figure: str, kind: AnswerType, setting: Setting) -> Sight:
    """`120万元` in an amount in 元, `24人` in a count: the figure is plain, its measure is converted or left out."""
    value = values.parse(figure, money=setting.money)
    plain = value.kind is Kind.NUMBER and not value.doubts and value.operator is None and value.wording is None
    number = value.number if plain and Note.APPROXIMATE not in value.notes else None
    measure = measures.find(value.measure) if value.measure else None
    if number is not None and kind is AnswerType.MONEY and measure is not None:
        try:
            number = measures.convert(number, measure.symbol, setting.money)
        except ValueError:
            number = None
        code = Code.VAL_NORMALISED
    elif value.measure is None:
        code = Code.VAL_NORMALISED
    else:
        code = Code.VAL_MEASURE_DROPPED  # what was counted is not read, so a person should look
    if number is None:
        return Sight(State.UNREADABLE, text, remarks=(Remark(Code.VAL_NOT_NUMBER, (("text", text.strip()),)),))
    notes = (*value.notes, Note.TEXT_NUMBER)
    return Sight(State.GIVEN, text, number, notes, normalised(text, f"{number:f}", notes, code))
