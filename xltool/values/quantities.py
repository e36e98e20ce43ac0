"""Values that are a figure with a sign and a measure: numbers, ranges, durations, frequencies, 各2个, ±10%."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from xltool import measures
from xltool.model.value import Doubt, Kind, Note, Operator
from xltool.values.numerals import ARABIC, CHINESE, EXACT, leading_zero, number_in, tidy
from xltool.values.reading import Reading, Written
from xltool.values.units import Unit, unit
from xltool.values.vocabulary import Sign, alternation, signs, words

_NUMBER = f"(?:{ARABIC}|{CHINESE})"
_HUNDRED_PER_CENT = re.compile("百分之百|百分百")
_PER_CENT = re.compile(f"百分之({_NUMBER})")
_PER_PERSON = re.compile(f"(?P<per>每([\u4e00-\u9fff]{{1,3}}?)(?:每(日|天|月|年))?)(?P<figure>{_NUMBER}.*)")
_PERIODS = {
    "日": "日", "天": "日", "周": "周", "星期": "周", "月": "月", "季": "季", "季度": "季", "年": "年"
}  # fmt: skip
_PERIOD_MEASURES = {"日": "日", "周": "周", "月": "月", "季": "季度", "年": "年"}
_EVERY = "每个?(?P<period>日|天|周|星期|月|季度|季|年)|(?P<yearly>全年|年均)"
_UNIT = "(?:[^0-9]|(?<=m)[23](?![0-9]))*?"  # m2 and m3 are the only measures with a digit
_BOUND = r"\((?P<{0}>不?含)(?:本数)?\)"
_EXCLUDED = "不含"
_STRICT = {Operator.AT_LEAST: Operator.MORE, Operator.AT_MOST: Operator.LESS}
_WITHIN = ("内", "之内", "以内")


@cache
def _head() -> str:
    sign = alternation(signs("prefix"))
    return f"(?:{_EVERY})?(?P<sign>{sign})?(?P<each>各)?(?P<inner>{sign})?(?P<about>约|大约|近)?(?P<tolerance>±)?"


@cache
def _tail() -> str:
    suffix, tail = alternation(signs("suffix")), alternation(words("tail"))
    return (
        rf"(?:{_BOUND.format('bound')})?(?P<suffix>{suffix})?(?P<tail>{tail})?(?:{_BOUND.format('outer')})?"
        r"(?:\((?P<standard>[\u4e00-\u9fff]{1,4}标准)\))?"
    )


@cache
def _single() -> re.Pattern[str]:
    return re.compile(rf"{_head()}(?P<number>{_NUMBER})(?P<unit>{_UNIT}){_tail()}")


@cache
def _range() -> re.Pattern[str]:
    return re.compile(
        rf"{_head()}(?P<lower>{_NUMBER})(?P<lower_unit>{_UNIT})(?P<to>-|--|—|——|–|~|至|到)"
        rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT}){_tail()}"
    )


@cache
def _without_number() -> re.Pattern[str]:
    return re.compile(rf"(?P<sign>{alternation(signs('prefix'))})?(?P<unit>[^0-9]*)")


def quantity(text: str, money: bool, inclusive: bool) -> Reading | None:
    """Read a whole text as figure, sign and measure; None where any part of it is something else."""
    notes: tuple[Note, ...] = ()
    if "百" in text:
        spelt = _PER_CENT.sub(r"\1%", _HUNDRED_PER_CENT.sub("100%", text))
        notes = () if spelt == text else (Note.CHINESE_NUMERAL,)
        text = spelt
    found = None
    for pattern, read in ((_single(), _one), (_range(), _between), (_PER_PERSON, _per_person)):
        match = pattern.fullmatch(text)
        found = read(match, money, inclusive) if match else None
        if found:
            break
    return replace(found, notes=(*notes, *found.notes)) if found and notes else found


def _one(match: re.Match[str], money: bool, inclusive: bool) -> Reading | None:
    numeral = number_in(match["number"])
    chosen = unit(match["unit"], money, _strict(match))
    if numeral is None or chosen is None:
        return None
    return _assemble(match, None, _scaled(numeral[0], chosen), chosen, numeral[1], inclusive)


def _between(match: re.Match[str], money: bool, inclusive: bool) -> Reading | None:
    lower, upper = number_in(match["lower"]), number_in(match["number"])
    chosen = unit(match["unit"], money, _strict(match))
    first = unit(match["lower_unit"], money, True)
    if lower is None or upper is None or chosen is None or first is None or match["tolerance"]:
        return None
    if match["lower_unit"] and (first.symbol, first.exponent) != (chosen.symbol, chosen.exponent):
        return None
    low, high = _scaled(lower[0], chosen), _scaled(upper[0], chosen)
    if not low < high:
        return None
    spelling = (Note.RANGE_SPELLING,) if match["to"] != "-" or match["lower_unit"] else ()
    doubts = leading_zero(match["lower"])
    found = _assemble(match, low, high, chosen, (*lower[1], *upper[1], *spelling), inclusive)
    return replace(found, doubts=(*found.doubts, *doubts)) if found and doubts else found


def _strict(match: re.Match[str]) -> bool:
    """Only a plain figure may bring a measure nobody has listed: `一流` is a word, `每日5流` is nothing."""
    return bool(match["period"] or match["yearly"] or match["tolerance"] or match["number"][-1] not in "0123456789")


def _scaled(number: Decimal, chosen: Unit) -> Decimal:
    return tidy(EXACT.scaleb(number, chosen.exponent)) if chosen.exponent else number


def _assemble(
    match: re.Match[str],
    lower: Decimal | None,
    number: Decimal,
    chosen: Unit,
    spelling: tuple[Note, ...],
    inclusive: bool,
) -> Reading | None:
    """One reading of the matched parts; `lower` is None unless two figures were written."""
    every = _PERIODS[match["period"]] if match["period"] else "年" if match["yearly"] else _every(chosen)
    kind = _kind(match, chosen, every, lower is not None)
    if kind is None:
        return None
    operator, signed, disagree = _operator(match, inclusive)
    written = Written.SIGN
    if operator is None and kind is Kind.FREQUENCY and (match["period"] or match["yearly"]):
        operator, written, signed = Operator.EQUAL, Written.IMPLIED, (Note.OPERATOR_IMPLIED,)
    ambiguous = lower is not None and operator not in (None, Operator.EQUAL)
    about = (Note.APPROXIMATE,) if match["about"] else ()
    measured = (Note.MEASURE_IN_VALUE,) if chosen.symbol else ()
    return Reading(
        kind,
        operator,
        written,
        number if lower is None else lower,
        None if lower is None else number,
        _symbol(match, chosen, every),
        every,
        wording=_wording(match, chosen, kind),
        notes=(*spelling, *chosen.notes, *about, *measured, *signed),
        doubts=(
            *leading_zero(match["number"]),
            *chosen.doubts,
            *disagree,
            *((Doubt.AMBIGUOUS,) if ambiguous else ()),
        ),
        plain=kind in (Kind.NUMBER, Kind.RANGE, Kind.TOLERANCE),
    )


def _kind(match: re.Match[str], chosen: Unit, every: str | None, ranged: bool) -> Kind | None:
    """What the parts make together; None where they cannot stand together (±各, 95%完成, 15号)."""
    family = measures.family(chosen.measure) if chosen.measure else ""
    marks = [name for name in ("each", "tolerance") if match[name]]
    if family == "calendar" or len(marks) + bool(match["period"] or match["yearly"]) > 1:
        return None
    if match["tail"] and family != "duration":
        return None
    if marks:
        return Kind.DISTRIBUTIVE if marks == ["each"] else Kind.TOLERANCE
    if every:
        return Kind.FREQUENCY
    if family == "duration":
        return Kind.DURATION
    return Kind.RANGE if ranged else Kind.NUMBER


def _every(chosen: Unit) -> str | None:
    """The period of a measure that is itself per period (份/日); money per year stays a plain number."""
    if chosen.measure is None or measures.family(chosen.measure) != "per-unit":
        return None
    if chosen.measure.dimension.startswith("money/"):
        return None
    return _PERIODS.get(chosen.measure.symbol.rpartition("/")[2])


def _symbol(match: re.Match[str], chosen: Unit, every: str | None) -> str | None:
    if every is None or chosen.symbol is None or not (match["period"] or match["yearly"]):
        return chosen.symbol
    return f"{chosen.symbol}/{_PERIOD_MEASURES[every]}"


def _operator(match: re.Match[str], inclusive: bool) -> tuple[Operator | None, tuple[Note, ...], tuple[Doubt, ...]]:
    """The operator written before or after the figure, how it was spelt, and whether two of them disagree."""
    prefix, suffix = signs("prefix"), signs("suffix")
    found = [prefix[match[name]] for name in ("sign", "inner") if match[name]]
    operators = [sign.operator for sign in found]
    if match["suffix"]:
        last = suffix[match["suffix"]]
        found.append(last)
        operators.append(_bounded(last, match["bound"] or match["outer"], inclusive))
    if not found:
        return None, (), ()
    spelt = tuple(note for sign in found for note in sign.notes())
    if match["inner"]:
        spelt = (*spelt, Note.OPERATOR_ALIAS)  # 各≥2个, ≥≥85: not where the sign is printed
    disagree = (Doubt.OPERATOR_DISAGREES,) if len(set(operators)) > 1 else ()
    return operators[0], (Note.OPERATOR_IN_VALUE, *spelt), disagree


def _bounded(last: Sign, bound: str | None, inclusive: bool) -> Operator:
    """What a word after the figure means: (含) and (不含) decide, else the word itself, else the setting."""
    if bound == _EXCLUDED:
        return _STRICT.get(last.operator, last.operator)
    return last.operator if inclusive or bound else last.exclusive


def _wording(match: re.Match[str], chosen: Unit, kind: Kind) -> str | None:
    """The words a bare figure would lose, in the order they were written."""
    bound = match["bound"] or match["outer"]
    within = kind is Kind.DURATION and (match["suffix"] in _WITHIN or match["tail"])
    period = match["yearly"] or (f"每{match['period']}" if match["period"] else "")
    parts = (period, match["about"], chosen.about, bound, match["suffix"] if within else "", match["tail"])
    return "".join(part for part in (*parts, match["standard"]) if part) or None


def _per_person(match: re.Match[str], money: bool, inclusive: bool) -> Reading | None:
    """每人500元 is 500 元/人, 每人每月500元 is 500 元/人·月; only where every part of the measure is listed."""
    found = quantity(match["figure"], money, inclusive)
    if found is None or found.kind is not Kind.NUMBER or found.measure is None:
        return None
    measure = measures.find("/".join(part for part in (found.measure, match[2], match[3]) if part))
    wording = f"{match['per']}{found.wording or ''}"
    return replace(found, measure=measure.symbol, wording=wording) if measure else None


def missing_number(text: str, money: bool) -> Reading | None:
    """A sign or a measure with the figure left out (`》 元/亩`, `≥ %`, `(台/件/辆/套)`): a template's blank."""
    match = _without_number().fullmatch(text.replace("()", ""))
    if match is None:
        return None
    sign = signs("prefix").get(match["sign"] or "")
    chosen = unit(match["unit"], money, True)
    if chosen is None:
        choices = match["unit"].strip("()").split("/")
        chosen = Unit() if len(choices) > 1 and all(measures.find(choice) for choice in choices) else None
    elif not chosen.symbol and (sign is None or sign.form == "word"):
        return None
    if chosen is None:
        return None
    notes = (*chosen.notes, *((Note.MEASURE_IN_VALUE,) if chosen.symbol else ()))
    if sign:
        notes = (*notes, Note.OPERATOR_IN_VALUE, *sign.notes())
    operator = sign.operator if sign else None
    return Reading(Kind.PLACEHOLDER, operator, measure=chosen.symbol, notes=notes, doubts=(Doubt.MISSING_NUMBER,))
