"""The grammar of a target value (指标值): `parse` reads three cells, `format` is its inverse, `decimal_of` reads money.

What a field of the answer holds, where the record itself does not say it:

- NUMBER, RANGE, DISTRIBUTIVE, TOLERANCE: `number` (and `upper`) counted in `measure`.
- DURATION, FREQUENCY: likewise; `measure` of a frequency is per period (份/日) and `every` names the period.
- DEADLINE: `number` is the finest figure written (day, else month, else quarter), `measure` its place (日, 月, 季度;
  日/月 where it recurs), `every` the recurrence, `base` the calendar date as far as written (2024-12-31, 2019-12).
- PERIOD: `base` is the interval, 2020-01/2020-12; `measure` is what its own cell says (工作日), for a period has none.
- COMPARISON: `base` is what is compared with (2023, 上年, 预算), `wording` the subject and verb, `number` the amount.
- `wording` on any other kind is the qualifier that a bare number would lose (约, 余, 内, 历史标准).

A text is **clean** when reading it notes nothing but where the parts stood (OPERATOR_IN_VALUE, MEASURE_IN_VALUE,
OPERATOR_IMPLIED) and leaves no doubt. For clean texts `format(parse(t)) == t` under the profile with t's own
brackets; a value is **canonical** when its text is `format` of itself, and then `parse(format(v)) == v`.
"""

from __future__ import annotations

from xltool.values.cells import parse
from xltool.values.numerals import decimal_from_double, decimal_of
from xltool.values.printing import format

__all__ = ["decimal_from_double", "decimal_of", "format", "parse"]
