"""Reading three cells: what the value says, weighed against the operator and the measure chosen beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from xltool import measures
from xltool.model.value import Doubt, Kind, Measure, Note, Operator, State, TargetValue
from xltool.values.cleaning import LONGEST, Cleaned, clean, narrow
from xltool.values.dates import calendar
from xltool.values.number_formats import Shown, shown
from xltool.values.numerals import EXACT, decimal_from_double, tidy
from xltool.values.quantities import missing_number, quantity
from xltool.values.reading import UNREAD, Reading, Written
from xltool.values.vocabulary import signs
from xltool.values.wordings import listed, placeholder, worded

_QUANTITATIVE = (Operator.EQUAL, Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE, Operator.LESS)
_LOWER_BOUNDS = (Operator.AT_LEAST, Operator.MORE)
_UPPER_BOUNDS = (Operator.AT_MOST, Operator.LESS)
_BOUNDS = (*_LOWER_BOUNDS, *_UPPER_BOUNDS)
_WITHOUT_FIGURE = (Kind.WORDING, Kind.UNPARSED, Kind.NONE)
_EITHER = (Kind.DEADLINE, Kind.DURATION, Kind.FREQUENCY, Kind.COMPARISON, Kind.DISTRIBUTIVE, Kind.PERIOD)
_NO_MEASURE = ("", "/", "-", "—", "无")
_STOPS = "。;,、"  # after NFKC
_CACHED = 120  # characters of all cells together; longer ones are rare and would only fill the memory


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the operator and measure cells say."""

    operator: Operator | None
    measure: Measure | None
    symbol: str | None
    notes: tuple[Note, ...]
    doubts: tuple[Doubt, ...]


def parse(
    value: str,
    operator: str = "",
    measure: str = "",
    *,
    number_format: str = "General",
    numeric: bool = False,
    money: str = "",
    inclusive: bool = True,
) -> TargetValue:
    """What the person wrote in the value cell and chose beside it, as written and as understood. Never raises.

    Cells are text. `numeric` means the value cell held a stored number (its decimal form at 15 significant digits),
    read the way `number_format` shows it: 0.85 under `0.00%` is 85 %, a date format makes it a doubt. `money` is the
    form's money measure (元, 万元, or empty): only then is 250万 read as 万元. `inclusive` False reads 以上 and 以下
    without the figure itself. Only short texts the grammar covers whole are read; the rest is kind UNPARSED, state
    GIVEN (UNREADABLE where a figure was due under the chosen operator but none could be read).
    """
    if len(value) + len(operator) + len(measure) + len(number_format) + len(money) <= _CACHED:
        return _cached(value, operator, measure, number_format, numeric, money, inclusive)
    return _parse(value, operator, measure, number_format, numeric, money, inclusive)


def _parse(
    value: str, operator: str, measure: str, number_format: str, numeric: bool, money: str, inclusive: bool
) -> TargetValue:
    short = len(operator) + len(measure) <= LONGEST
    beside = (_beside_cached if short else _beside)(operator, measure, bool(money))
    in_money = bool(money) if beside.measure is None else beside.measure.dimension == "money"
    cleaned = clean(value)
    if not cleaned.text:
        return _blank(value, cleaned, beside)
    stored = _stored(cleaned.text, number_format) if numeric else None
    if stored is None:
        reading = _understood(cleaned, in_money, inclusive)
    elif isinstance(stored, Doubt):
        reading = replace(UNREAD, doubts=(stored,))
    else:
        reading = _as_shown(*stored, in_money, inclusive)
    return _weighed(value, cleaned, reading, beside)


_cached = lru_cache(maxsize=8192)(_parse)


def _beside(operator: str, measure: str, in_money: bool) -> _Beside:
    notes: list[Note] = []
    doubts: list[Doubt] = []
    spelt = narrow(clean(operator).text[:LONGEST]).text
    sign = signs("cell").get(spelt)
    if sign is None and operator.strip():
        doubts.append(Doubt.UNKNOWN_OPERATOR)
    elif sign is not None:
        notes.extend(sign.notes() or ((Note.OPERATOR_ALIAS,) if operator != sign.operator else ()))
    chosen = sign.operator if sign else None
    text = clean(measure).text
    if text in _NO_MEASURE:
        return _Beside(chosen, None, None, tuple(notes), tuple(doubts))
    found = measures.find(text)
    if found is None:
        doubts.append(Doubt.UNKNOWN_MEASURE)
        return _Beside(chosen, None, text, tuple(notes), tuple(doubts))
    if found.symbol != measure:
        notes.append(Note.MEASURE_ALIAS)
    if measures.doubtful(text) and not (in_money and found.dimension == "money"):
        doubts.append(Doubt.AMBIGUOUS)
    return _Beside(chosen, found, found.symbol, tuple(notes), tuple(doubts))


_beside_cached = lru_cache(maxsize=1024)(_beside)


def _blank(value: str, cleaned: Cleaned, beside: _Beside) -> TargetValue:
    state, kind = State.BLANK, Kind.NONE
    if beside.operator is Operator.NOT_APPLICABLE:
        state = State.NOT_APPLICABLE
    elif Note.LOST_CHARACTER in cleaned.notes:
        state, kind = State.UNREADABLE, Kind.UNPARSED
    return TargetValue(
        value, state, kind, beside.operator, measure=beside.symbol,
        notes=_once(cleaned.notes, beside.notes), doubts=beside.doubts,
    )  # fmt: skip


def _stored(text: str, number_format: str) -> tuple[Decimal, bool, Shown] | Doubt | None:
    """The stored number, whether digits were dropped, what its format puts around it; None for no number at all."""
    try:
        number = decimal_from_double(text)
    except ValueError:
        return None
    around = shown(number_format)
    return Doubt.DATE_SERIAL if around.date else (number, number != Decimal(text), around)


def _as_shown(number: Decimal, rounded: bool, around: Shown, in_money: bool, inclusive: bool) -> Reading:
    """Read what the screen shows, words of the format included; the stored digits stay exact."""
    notes: tuple[Note, ...] = ()
    if around.percent:
        number, notes = tidy(EXACT.scaleb(number, 2)), (Note.PERCENT_FORMAT,)
    if rounded or len(number.normalize(EXACT).as_tuple().digits) >= 15:
        notes = (*notes, Note.FLOAT_DIGITS)
    screen = narrow(f"{number:f}" if around.scaled else f"{around.before}{number:f}{around.after}")
    reading = quantity(screen.text, in_money, inclusive) if len(screen.text) <= LONGEST else None
    doubts = (Doubt.AMBIGUOUS,) if around.scaled or reading is None else ()
    if reading is None:
        measure = "%" if around.percent else None
        reading = Reading(Kind.NUMBER, number=number, measure=measure, plain=True)
    return replace(reading, notes=(*notes, *reading.notes), doubts=(*reading.doubts, *doubts))


def _understood(cleaned: Cleaned, in_money: bool, inclusive: bool) -> Reading:
    found = listed(cleaned.text)
    if found is not None or len(cleaned.text) > LONGEST:
        return found or UNREAD
    narrowed = narrow(cleaned.text)
    text = narrowed.text.rstrip(_STOPS)
    if text != narrowed.text:
        narrowed = replace(narrowed, notes=(*narrowed.notes, Note.PUNCTUATION))
    if not text or len(text) > LONGEST:
        return replace(UNREAD, doubts=narrowed.doubts)
    found = (
        listed(text)
        or placeholder(text)
        or calendar(text)
        or quantity(text, in_money, inclusive)
        or missing_number(text, in_money)
        or worded(text, in_money, inclusive)
    )
    if found.kind is Kind.UNPARSED:
        return found
    return replace(found, notes=(*narrowed.notes, *found.notes)) if narrowed.notes else found


def _weighed(value: str, cleaned: Cleaned, reading: Reading, beside: _Beside) -> TargetValue:
    """Put the cells together; where they disagree the parts stay as the person wrote them, with a doubt."""
    symbol, disagree = _measure(reading, beside)
    every = reading.every
    kind = reading.kind
    if kind is Kind.NUMBER and not reading.measure and beside.measure and reading.wording is None:
        kind, every = _kind_by_measure(beside.measure)
    doubts = [
        *reading.doubts,
        *beside.doubts,
        *disagree,
        *_operator_doubts(cleaned.text, reading, kind, beside.operator),
    ]
    bounded = reading.upper is not None and beside.operator in _BOUNDS  # at least 10 to 15: at least which?
    if bounded or _share_unclear(reading, beside):
        doubts.append(Doubt.AMBIGUOUS)
    left_out = reading.kind is Kind.DEADLINE and beside.symbol not in (None, symbol) and not disagree
    return TargetValue(
        value,
        _state(cleaned.text, reading, beside.operator),
        kind,
        beside.operator or reading.operator,
        reading.number,
        reading.upper,
        symbol,
        every,
        reading.base,
        reading.wording,
        _once(cleaned.notes, reading.notes, beside.notes, (Note.DATE_MEASURE,) if left_out else ()),
        tuple(dict.fromkeys(doubts)),
    )


def _kind_by_measure(measure: Measure) -> tuple[Kind, str | None]:
    """A bare figure counted in 小时 is a duration, one in 份/日 a frequency, whichever cell the measure stands in."""
    read = quantity(f"1{measure.symbol}", False, True)
    return (read.kind, read.every) if read else (Kind.NUMBER, None)


def _measure(reading: Reading, beside: _Beside) -> tuple[str | None, tuple[Doubt, ...]]:
    """The measure the figure is counted in: the value's own where there is one, for the figure belongs to it."""
    own, cell = reading.measure, beside.symbol
    if cell is None or reading.kind in (Kind.NONE, Kind.PLACEHOLDER):
        return own or cell, ()
    if reading.number is None and reading.kind in (Kind.WORDING, Kind.UNPARSED, Kind.COMPARISON):
        return cell, (Doubt.MEASURE_WITH_WORDING,)
    if reading.kind in (Kind.DEADLINE, Kind.PERIOD):
        timely = beside.measure is not None and measures.family(beside.measure) in ("duration", "calendar")
        return own or (cell if timely else None), () if timely else (Doubt.MEASURE_DISAGREES,)
    if own is None:
        return _per_period(cell, reading.every), ()
    if own == cell or own == _per_period(cell, reading.every):
        return own, ()
    written = measures.find(own)
    same = written and beside.measure and written.dimension == beside.measure.dimension
    if same and written and beside.measure and written.factor == beside.measure.factor:
        return cell, ()
    return own, (Doubt.MEASURE_DISAGREES,)


def _per_period(cell: str, every: str | None) -> str:
    """份 beside 每日130 is 份/日."""
    if every is None or "/" in cell:
        return cell
    measure = measures.find(f"{cell}/{every}")
    return measure.symbol if measure else cell


def _operator_doubts(text: str, reading: Reading, kind: Kind, chosen: Operator | None) -> tuple[Doubt, ...]:
    if chosen is None or reading.operator is Operator.NOT_APPLICABLE or reading.kind is Kind.PLACEHOLDER:
        return ()
    if chosen is Operator.NOT_APPLICABLE:
        return () if reading.kind is Kind.NONE else (Doubt.OPERATOR_DISAGREES,)
    if chosen is Operator.QUALITATIVE:
        return (Doubt.NUMBER_UNDER_QUALITATIVE,) if reading.plain and kind not in _EITHER else ()
    if reading.kind in _WITHOUT_FIGURE:
        return () if _has_digit(text) or reading.doubts else (Doubt.WORDING_UNDER_QUANTITATIVE,)
    own = reading.operator
    if own is None or own is chosen:
        return ()
    loose = reading.written is Written.IMPLIED or (kind is Kind.DURATION and reading.wording is not None)
    opposed = {own, chosen} & set(_LOWER_BOUNDS) and {own, chosen} & set(_UPPER_BOUNDS)
    return (Doubt.OPERATOR_DISAGREES,) if opposed or not loose else ()


def _share_unclear(reading: Reading, beside: _Beside) -> bool:
    """0.85 or 1 beside a chosen %: 85 % and 100 % or less than one per cent, nobody can say."""
    if beside.symbol != "%" or reading.measure or reading.kind is not Kind.NUMBER or reading.number is None:
        return False
    return 0 < abs(reading.number) <= 1


def _state(text: str, reading: Reading, chosen: Operator | None) -> State:
    if reading.operator is Operator.NOT_APPLICABLE or (chosen is Operator.NOT_APPLICABLE and reading.kind is Kind.NONE):
        return State.NOT_APPLICABLE
    if reading.kind is Kind.PLACEHOLDER:
        return State.BLANK
    if reading.kind is not Kind.UNPARSED:
        return State.GIVEN
    figure_due = chosen in _QUANTITATIVE and _has_digit(text)
    refused = Doubt.SUPERSCRIPT in reading.doubts or Doubt.DATE_SERIAL in reading.doubts
    return State.UNREADABLE if figure_due or refused else State.GIVEN


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _once(*groups: tuple[Note, ...]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(note for group in groups for note in group))
