"""Values without a figure of their own: comparisons, qualitative wording, 无, and blanks of a template."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from xltool.model.value import Kind, Note, Operator
from xltool.values.phrases import phrase
from xltool.values.quantities import quantity
from xltool.values.reading import UNREAD, Reading, Written
from xltool.values.vocabulary import alternation, signs, words

_YEAR = "(?:19|20)[0-9]{2}"


@cache
def _compared() -> re.Pattern[str]:
    verb, degree, base = (alternation(words(role)) for role in ("verb", "degree", "base"))
    return re.compile(
        rf"(?P<subject>[^0-9较比同环与]{{0,12}}?)(?:[较比与同](?P<base>{_YEAR}年?度?|{base})(?:相比|水平)?|(?P<mark>同比|环比))?"
        rf"(?P<degree>{degree})?(?P<verb>{verb})(?P<target>至|到)?(?P<amount>.*)"
    )


@cache
def _limited() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<sign>{alternation(signs('prefix'))})(?P<base>{_YEAR}年?度?|{alternation(words('base'))})(?:水平)?"
    )


@cache
def _graded() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(words('degree'))})?(?:{alternation(words('verb'))})")


@cache
def _nothing() -> re.Pattern[str]:
    return re.compile(f"零({alternation(words('zero'))})")


def listed(text: str) -> Reading | None:
    """A text that stands whole in the wording list; 不适用 is kind NONE, its state is the caller's to set."""
    word = words("whole").get(text)
    if word is None:
        return None
    implied = (Note.OPERATOR_IMPLIED,) if word.operator else ()
    if word.kind == "not-applicable":
        return Reading(Kind.NONE, Operator.NOT_APPLICABLE, Written.IMPLIED)
    kind = Kind(word.kind)
    wording = None if kind in (Kind.NONE, Kind.PLACEHOLDER) else text
    return Reading(
        kind, word.operator, Written.IMPLIED, every=word.every, base=word.base, wording=wording, notes=implied
    )


def placeholder(text: str) -> Reading | None:
    """XX, **月**日前, ____, 待定: the template's own blank; 见附件, 同上 stand for a target that is not there."""
    if any(phrase(role, text) for role in ("blank-whole", "blank", "blank-target")):
        return Reading(Kind.PLACEHOLDER)
    return Reading(Kind.NONE) if phrase("nothing", text) else None


def worded(text: str, money: bool, inclusive: bool) -> Reading:
    """A comparison, a graded verb (明显改善), 零事故; otherwise unread, and nothing is invented."""
    limited = _limited().fullmatch(text)
    if limited:
        sign = signs("prefix")[limited["sign"]]
        notes = (Note.OPERATOR_IN_VALUE, *sign.notes())
        return Reading(
            Kind.COMPARISON, sign.operator, base=_base(limited["base"]), wording=limited["sign"], notes=notes
        )
    if _graded().fullmatch(text):
        return Reading(Kind.WORDING, wording=text)
    if _nothing().fullmatch(text):
        return Reading(Kind.NUMBER, number=Decimal(0), wording=text, notes=(Note.CHINESE_NUMERAL,))
    match = _compared().fullmatch(text)
    return (_comparison(match, money, inclusive) if match else None) or UNREAD


def _comparison(match: re.Match[str], money: bool, inclusive: bool) -> Reading | None:
    base = match["mark"] or (_base(match["base"]) if match["base"] else None)
    amount = quantity(match["amount"], money, inclusive) if match["amount"] else None
    if (match["amount"] and amount is None) or (base is None and (amount is None or match["subject"])):
        return None
    if match["target"] and amount is None:
        return None
    wording = "".join(match[part] or "" for part in ("subject", "degree", "verb", "target"))
    if amount is None:
        operator = words("verb")[match["verb"]].operator
        implied = (Note.OPERATOR_IMPLIED,) if operator else ()
        return Reading(Kind.COMPARISON, operator, Written.IMPLIED, base=base, wording=wording, notes=implied)
    if amount.kind not in (Kind.NUMBER, Kind.RANGE):
        return None
    reached = match["target"] and base is None  # 提升至95% names the figure itself, not a growth
    kind = amount.kind if reached else Kind.COMPARISON
    wording += amount.wording or ""
    return replace(amount, kind=kind, base=base, wording=wording, plain=bool(reached))


def _base(text: str) -> str:
    word = words("base").get(text)
    return (word.base or text) if word else text[:4]
