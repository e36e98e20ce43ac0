"""A target value as written and as understood, and the measure it is counted in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Operator(StrEnum):
    """计算符号 / 指标性质: how the achieved figure is compared with the target."""

    EQUAL = "="
    AT_LEAST = "≥"
    AT_MOST = "≤"
    MORE = ">"
    LESS = "<"
    QUALITATIVE = "定性"
    NOT_APPLICABLE = "不适用"


class Kind(StrEnum):
    """What a target value was understood to be (reference: domain §3)."""

    NUMBER = "number"  # =48.00(家), 250万元, 0件
    RANGE = "range"  # 1-2次
    DEADLINE = "deadline"  # 每月15号前, 11月前, 2024年12月31日前
    DURATION = "duration"  # 2小时内
    FREQUENCY = "frequency"  # 每日130份, 每季度1次
    COMPARISON = "comparison"  # 较2023年提升, 较上年增长5%, 不超预算
    DISTRIBUTIVE = "distributive"  # 各2个
    PERIOD = "period"  # 2020.1-12
    TOLERANCE = "tolerance"  # ±10%
    WORDING = "wording"  # 及时, 建立健全
    NONE = "none"  # 无: said to have no value, which is not zero
    PLACEHOLDER = "placeholder"  # XX, **月**日前: the template's own blank, left standing
    UNPARSED = "unparsed"  # text nobody could read; kept as text, nothing invented


class State(StrEnum):
    """The four states of an answer. Zero is GIVEN with the number 0 and is never BLANK."""

    GIVEN = "given"
    BLANK = "blank"
    NOT_APPLICABLE = "not-applicable"
    UNREADABLE = "unreadable"


class Note(StrEnum):
    """A normalisation that was applied while reading; each is reported, none is silent."""

    WIDTH = "width"  # full-width digits, letters or signs
    SPACE = "space"  # outer or inner blanks, U+3000, NBSP, zero-width characters
    MARKUP = "markup"  # HTML tags
    LOST_CHARACTER = "lost-character"  # □
    QUOTES = "quotes"
    PUNCTUATION = "punctuation"  # a stop or comma after the value
    THOUSANDS = "thousands"  # 1,000
    MULTIPLIER = "multiplier"  # 万, 亿
    CHINESE_NUMERAL = "chinese-numeral"  # 三次, 百分之百
    TEXT_NUMBER = "text-number"  # a number typed as text into a numeric cell
    PERCENT_FORMAT = "percent-format"  # 0.85 shown as 85%
    OPERATOR_ALIAS = "operator-alias"  # ＞＝, 》
    OPERATOR_WORD = "operator-word"  # 不低于, 以上
    OPERATOR_IMPLIED = "operator-implied"  # no sign written, the form says it: 每日130份 is =, 每月15号前 is ≤
    RANGE_SPELLING = "range-spelling"  # 3～5个, 3至5个, 3个-5个 for 3-5个
    MEASURE_ALIAS = "measure-alias"  # 人/次 for 人次
    DATE_MEASURE = "date-measure"  # 工作日 beside 每月20号前: a date is counted in nothing, the measure is left out
    MEASURE_IN_VALUE = "measure-in-value"  # 48家 in the value cell
    OPERATOR_IN_VALUE = "operator-in-value"  # ≥85 in the value cell
    APPROXIMATE = "approximate"  # 约200人, 10余次: the qualifier is kept, not the precision
    FLOAT_DIGITS = "float-digits"  # 0.0900000762939453 read at 15 significant digits


class Doubt(StrEnum):
    """Why a value needs a person's eye; a check turns each into a finding."""

    OPERATOR_DISAGREES = "operator-disagrees"  # the cell says =, the value says ≥
    MEASURE_DISAGREES = "measure-disagrees"  # 28.8万元 with the measure %
    NUMBER_UNDER_QUALITATIVE = "number-under-qualitative"  # a plain number under 定性
    WORDING_UNDER_QUANTITATIVE = "wording-under-quantitative"  # wording without a number under = ≥ ≤ > <
    MEASURE_WITH_WORDING = "measure-with-wording"  # 应保尽保 with the measure %
    SUPERSCRIPT = "superscript"  # m²: NFKC would turn it into m2
    DATE_SERIAL = "date-serial"  # 44561 with a date format
    UNKNOWN_OPERATOR = "unknown-operator"
    UNKNOWN_MEASURE = "unknown-measure"
    AMBIGUOUS = "ambiguous"  # 11月前: end of October or of November
    MISSING_NUMBER = "missing-number"  # ≥ % without a number


@dataclass(frozen=True, slots=True)
class Measure:
    """计量单位. `factor` converts exactly into the base measure of its dimension (万元 → 元: 10000)."""

    symbol: str
    dimension: str
    adds: bool
    factor: Decimal
    base: str
    aliases: tuple[str, ...] = ()
    caution: str = ""


@dataclass(frozen=True, slots=True)
class PrintProfile:
    """How a form prints a numeric target in one cell: `=48.00(家)`, `100%`, `3本`.

    `pattern` has the places {operator} {number} {measure}; `decimals` None keeps the decimals as written;
    `bare_operators` are left out of the print (a form with its own operator column prints none).
    """

    pattern: str = "{operator}{number}({measure})"
    decimals: int | None = None
    bare_operators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetValue:
    """指标值. `text` is what the person wrote (trimmed of nothing); the rest is what was understood.

    `operator` is what was chosen or written, `kind` what was understood. `number` and `upper` keep the decimals as
    written (100 and 100.00 stay what they were). `measure` is a canonical symbol, also where it is per-unit (元/人)
    or unknown (then as written). `every` is the period of a frequency or recurring deadline (日 周 月 季 年),
    `base` the year or thing a comparison refers to, `wording` the verb or words that carry the rest.
    """

    text: str
    state: State
    kind: Kind
    operator: Operator | None = None
    number: Decimal | None = None
    upper: Decimal | None = None
    measure: str | None = None
    every: str | None = None
    base: str | None = None
    wording: str | None = None
    notes: tuple[Note, ...] = ()
    doubts: tuple[Doubt, ...] = ()
