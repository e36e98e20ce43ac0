"""Numbers: the strict reading of money and count cells, stored doubles, and Chinese numerals."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

from xltool.model.value import Doubt, Note
from xltool.values.cleaning import LONGEST, clean, narrow

EXACT = Context(prec=1000)
ARABIC = r"-?(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_PLAIN, _FORMAL = "一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟"  # the second as on cheques
_BEGIN, _ANY = f"两{_PLAIN[:10]}{_FORMAL[:10]}", f"零〇两{_PLAIN}{_FORMAL}"
CHINESE = rf"(?:[{_BEGIN}][{_ANY}]*|零)(?:点[零〇{_PLAIN[:9]}{_FORMAL[:9]}]+)?"
YEAR = "[一二][零〇一二三四五六七八九]{3}(?=年)"

_ARABIC = re.compile(ARABIC)
_LEADING_ZERO = re.compile(r"-?0[0-9]")
_DOUBLE_DIGITS = Context(prec=15, rounding=ROUND_HALF_EVEN)
_LARGEST_EXPONENT = 400  # beyond that no spreadsheet stores a number
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_AS_SPOKEN = str.maketrans(_FORMAL, _PLAIN)


def decimal_of(text: str) -> tuple[Decimal | None, tuple[Note, ...], tuple[Doubt, ...]]:
    """The number in a text cell of a money or count field, decimals as written; None where it is not one.

    Blank text is None without a doubt. Accepted: one number, half or full width, signed or not, thousands in groups of
    three. No sign word, multiplier, measure or Chinese numeral: those are for `parse`. A number that is read always
    carries TEXT_NUMBER, since a numeric field should have held a stored number; `007` is 7 with the doubt AMBIGUOUS.
    """
    cleaned = clean(text)
    if len(cleaned.text) > LONGEST:
        return None, cleaned.notes, ()
    narrowed = narrow(cleaned.text)
    notes = tuple(dict.fromkeys((*cleaned.notes, *narrowed.notes)))
    figure = narrowed.text.removeprefix("+")
    if not _ARABIC.fullmatch(figure):
        return None, notes, narrowed.doubts
    number, spelling = arabic(figure)
    return number, (*notes, *spelling, Note.TEXT_NUMBER), leading_zero(figure)


def decimal_from_double(text: str) -> Decimal:
    """A stored cell number at 15 significant digits, written out plainly (1E+2 is 100), without trailing zeros.

    Raises ValueError where the text is no finite number a spreadsheet could have stored.
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"not a number: {text[:40]!r}") from None
    if not text.isascii() or not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"not a number a spreadsheet stores: {text[:40]!r}")
    return tidy(_DOUBLE_DIGITS.plus(number))


def tidy(number: Decimal) -> Decimal:
    """The same number without trailing zeros after the point and without an exponent."""
    if not number:
        return Decimal(0)
    short = number.normalize(EXACT)
    return short.quantize(Decimal(1), context=EXACT) if short.as_tuple().exponent > 0 else short  # type: ignore[operator]


def arabic(text: str) -> tuple[Decimal, tuple[Note, ...]]:
    """The number of a text that ARABIC matches whole."""
    return (Decimal(text.replace(",", "")), (Note.THOUSANDS,)) if "," in text else (Decimal(text), ())


def leading_zero(text: str) -> tuple[Doubt, ...]:
    """`007` is a number to one reader and a code to another."""
    return (Doubt.AMBIGUOUS,) if _LEADING_ZERO.match(text) else ()


def number_in(text: str) -> tuple[Decimal, tuple[Note, ...]] | None:
    """The number of a text that ARABIC or CHINESE matches whole; None for numerals nobody would write (十百)."""
    if text[-1] in "0123456789":
        return arabic(text)
    whole, _, fraction = text.translate(_AS_SPOKEN).partition("点")
    number = _chinese_whole(whole)
    if number is None:
        return None
    digits = digits_of(fraction)
    return Decimal(f"{number}.{digits}" if digits else number), (Note.CHINESE_NUMERAL,)


def digits_of(text: str) -> str:
    """Digits read one by one: 二〇二四 is 2024."""
    return "".join(str(_DIGITS[character]) for character in text)


def _chinese_whole(text: str) -> int | None:
    """Numerals below 10,000 in their written form; 二百五 is left alone (250 in speech, 205 to a parser)."""
    if text in ("零", "〇"):
        return 0
    total, digit, place, after_zero = 0, None, 10_000, False
    for character in text:
        if character in _PLACES:
            below = _PLACES[character]
            if below >= place or (digit is None and (total or character != "十")):
                return None
            total, digit, place, after_zero = total + (digit or 1) * below, None, below, False
        elif digit is not None or (character in "零〇" and (after_zero or not total)):
            return None
        elif character in "零〇":
            after_zero = True
        else:
            digit = _DIGITS[character]
    if digit is not None and place in (100, 1000) and not after_zero:
        return None
    return None if after_zero and digit is None else total + (digit or 0)
