"""Live formulas of one row of the working paper: its result, its status and its total, in functions of Excel 2010.

What the units said cannot change in the paper, so whether a rule gives anything is written into the row; which value
stands, and every sum and mean, is computed from the row's own cells. Texts and dates are compared by ordinals in hidden
columns: `classes` number the differing values, `orders` rank what has an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xltool.addresses import absolute, letters

OWNERS = ("owner", "pick")
TOTALS = ("sum", "expand_and_sum")
MEAN = "weighted_mean"
_GUARD = 9  # decimals beyond the last printed one at which a double's own noise is cut off


@dataclass(frozen=True, slots=True)
class Printed:
    """A computed number as the form prints it: text before, decimals, text after."""

    before: str
    decimals: int
    after: str


@dataclass(frozen=True, slots=True)
class Live:
    """What a row's formulas need, one entry a slot (a unit's value) in each tuple.

    `owners` says what became of the figure if this unit were the 牵头单位: 1 settled, 0 missing, -1 conflict.
    `restated` are the texts under the operator that several bounds have together. `resolved` are the rules that give a
    figure, `missing` those under which nobody gave one. `own` is the slot of the department's own value from 1, 0 for
    none; `largest` whether the weakest commitment is the largest, None where all say the same. `alike` means that all
    say the same, so every rule lets the first stand; `single` that one value alone is summed. `means` are the weights
    by name that the row of their field does not show, for they climbed with the figures: what the mean then is, None
    where it cannot be formed.
    """

    owners: tuple[int, ...]
    classes: tuple[int | None, ...]
    numbers: tuple[Decimal | None, ...]
    orders: tuple[int | None, ...]
    texts: tuple[str, ...]
    restated: tuple[str, ...]
    resolved: frozenset[str]
    missing: frozenset[str]
    numeric: bool = False
    total: Printed | None = None
    mean: Printed | None = None
    own: int = 0
    largest: bool | None = None
    alike: bool = False
    single: bool = False
    means: tuple[tuple[str, str | Decimal | None], ...] = ()
    kept: str = ""  # the text of keep_each where values differ


@dataclass(frozen=True, slots=True)
class Words:
    """The words that formulas compare and show: rule labels by rule, statuses, the mark of a default rule."""

    rules: Mapping[str, str]
    default: str
    resolved: str
    conflict: str
    missing: str

    def status(self, code: int) -> str:
        return (self.conflict, self.missing, self.resolved)[code + 1]


@dataclass(frozen=True, slots=True)
class Bands:
    """Columns of the sheet: those of the decision, and the first of each hidden band of one column a slot."""

    rule: int
    source: int
    result: int
    status: int
    override: int
    name: int
    slots: int
    owners: int
    classes: int
    numbers: int
    orders: int
    texts: int
    restated: int
    effective: int  # the rule that holds, without the mark of a default
    kept: int
    heading_row: int
    last_row: int


class RowFormulas:
    """The formulas of one row. `base` is the rule without a decision, `base_status` its outcome (-1, 0 or 1)."""

    def __init__(self, bands: Bands, words: Words, live: Live, row: int, base: str, base_status: int) -> None:
        self.bands, self.words, self.live, self.row = bands, words, live, row
        self.base, self.base_status = base, base_status

    def effective(self) -> str:
        """The rule's own name, whether chosen or the default's."""
        rule = self._cell(self.bands.rule)
        label = _quoted(self.words.rules[self.base])
        return f'=IF(TRIM({rule})="",{label},SUBSTITUTE({rule},{_quoted(self.words.default)},""))'

    def result(self) -> str:
        """The figure: the override, else what the rule gives where the row is settled."""
        override, status = self._cell(self.bands.override), self._cell(self.bands.status)
        settled = _quoted(self.words.resolved)
        return f'=IF({override}<>"",{override},IF({status}<>{settled},"",{self._by_rule()}))'

    def status(self) -> str:
        """已定, 待定 or 缺值 under the rule that is chosen now."""
        override, rule, mark = self._cell(self.bands.override), self._cell(self.bands.rule), self.words.default
        untouched = f'OR(TRIM({rule})="",LEFT({rule},{len(mark)})={_quoted(mark)})'
        chosen = self._chosen_status()
        if self.base not in (*OWNERS, MEAN):
            chosen = f"IF({untouched},{_quoted(self.words.status(self.base_status))},{chosen})"
        return f'=IF({override}<>"",{_quoted(self.words.resolved)},{chosen})'

    def units_total(self) -> str:
        numbers = self._band(self.bands.numbers)
        return f'=IF(COUNT({numbers})=0,"",{self._rounded(f"SUM({numbers})", self._places())})'

    def _chosen_status(self) -> str:
        settled, conflict = _quoted(self.words.resolved), _quoted(self.words.conflict)
        formula = conflict
        for rules, word in ((self.live.missing, self.words.missing), (self.live.resolved, self.words.resolved)):
            plain = sorted(rules - {*OWNERS, MEAN})
            if plain:
                formula = f"IF(OR({','.join(map(self._is, plain))}),{_quoted(word)},{formula})"
        if MEAN in self.live.missing:
            formula = f"IF({self._is(MEAN)},{_quoted(self.words.missing)},{formula})"
        if MEAN in self.live.resolved:
            formula = f"IF({self._is(MEAN)},IF(IFERROR({self._weighable()},FALSE),{settled},{conflict}),{formula})"
        verdict = f"INDEX({self._band(self.bands.owners)},{self._owner_slot()})+2"
        states = ",".join(_quoted(self.words.status(code)) for code in (-1, 0, 1))
        return f"IF(OR({','.join(map(self._is, OWNERS))}),IFERROR(CHOOSE({verdict},{states}),{conflict}),{formula})"

    def _by_rule(self) -> str:
        formula = '""'
        for rule, expression in reversed(tuple(self._expressions())):
            formula = f"IF({self._is(rule)},{expression},{formula})"
        return formula

    def _expressions(self) -> Iterator[tuple[str, str]]:
        """Each rule that can be chosen here, with the figure it gives."""
        live = self.live
        first = self._value(f"MATCH(1,{self._band(self.bands.classes)},0)")
        owned = self._value(self._owner_slot())
        yield from ((rule, owned) for rule in OWNERS)
        for rule in sorted(live.resolved - {*OWNERS, "none"}):
            if rule == "own":
                yield rule, self._value(str(live.own))
            elif rule in TOTALS and live.total is not None and not live.single:
                yield rule, self._printed(f"SUM({self._band(self.bands.numbers)})", live.total)
            elif rule == MEAN and live.mean is not None and not live.alike:
                yield rule, self._climbed(self._printed(f"{self._weighted()}/{self._weight()}", live.mean))
            elif rule in ("maximum", "latest"):
                yield rule, self._extreme("MAX")
            elif rule == "minimum":
                yield rule, self._extreme("MIN")
            elif rule == "weakest" and live.largest is not None:
                yield rule, self._extreme("MAX" if live.largest else "MIN")
            elif rule == "most_frequent":
                classes = self._band(self.bands.classes)
                yield rule, self._value(f"MATCH(IFERROR(MODE({classes}),1),{classes},0)")
            elif rule == "keep_each" and live.kept:
                yield rule, self._cell(self.bands.kept)
            else:
                yield rule, first

    def _extreme(self, function: str) -> str:
        if not any(self.live.orders):
            return self._value(f"MATCH(1,{self._band(self.bands.classes)},0)")
        orders = self._band(self.bands.orders)
        return self._value(f"MATCH({function}({orders}),{orders},0)", self.bands.restated)

    def _value(self, slot: str, texts: int = 0) -> str:
        text = f"INDEX({self._band(texts or self.bands.texts)},{slot})"
        if not self.live.numeric:
            return text
        number = f"INDEX({self._band(self.bands.numbers)},{slot})"
        return f"IF(ISNUMBER({number}),{number},{text})"

    def _printed(self, expression: str, shape: Printed) -> str:
        number = self._rounded(expression, shape.decimals)
        if self.live.numeric:
            return number
        text = f"TEXT({number},{_quoted(_zeros(shape.decimals))})"
        return "&".join(part for part in (_literal(shape.before), text, _literal(shape.after)) if part)

    def _places(self) -> int:
        return self.live.total.decimals if self.live.total else 2

    def _rounded(self, expression: str, decimals: int) -> str:
        return f"ROUND(ROUND({expression},{decimals + _GUARD}),{decimals})"

    def _owner_slot(self) -> str:
        source = self._cell(self.bands.source)
        row, first, last = self.bands.heading_row, self.bands.owners, self.bands.owners + self.bands.slots - 1
        codes = f"{absolute(row, first)}:{absolute(row, last)}"
        return f'MATCH(LEFT({source},FIND(" ",{source}&" ")-1),{codes},0)'

    def _weights(self) -> str:
        """The row of the field that is named as the weight, in the band of numbers."""
        first, last = self.bands.heading_row + 1, self.bands.last_row
        start = self.bands.numbers
        area = f"{absolute(first, start)}:{absolute(last, start + self.bands.slots - 1)}"
        names = f"{absolute(first, self.bands.name)}:{absolute(last, self.bands.name)}"
        return f"INDEX({area},MATCH({self._cell(self.bands.source)},{names},0),0)"

    def _weighted(self) -> str:
        return f"SUMPRODUCT({self._band(self.bands.numbers)},{self._weights()})"

    def _weight(self) -> str:
        return f"SUMPRODUCT(--ISNUMBER({self._band(self.bands.numbers)}),{self._weights()})"

    def _weighable(self) -> str:
        numbers, weights = self._band(self.bands.numbers), self._weights()
        if self.live.alike:
            return f"ISNUMBER(ROWS({weights}))"
        told = f"SUMPRODUCT(--ISNUMBER({numbers}),--ISNUMBER({weights}))"
        negative = f"SUMPRODUCT(--ISNUMBER({numbers}),--({weights}<0))"
        formula = f"AND({told}=COUNT({numbers}),{negative}=0,{self._weight()}>0)"
        for name, mean in reversed(self.live.means):
            formula = f"IF({self._by(name)},{'FALSE' if mean is None else 'TRUE'},{formula})"
        return formula

    def _climbed(self, formula: str) -> str:
        """The mean; under weights that no row of the paper shows what it came to: the units' values are settled."""
        for name, mean in reversed(self.live.means):
            if mean is not None:
                figure = _quoted(mean) if isinstance(mean, str) else f"{mean:f}"
                formula = f"IF({self._by(name)},{figure},{formula})"
        return formula

    def _by(self, weight: str) -> str:
        return f"{self._cell(self.bands.source)}={_quoted(weight)}"

    def _is(self, rule: str) -> str:
        return f"{self._cell(self.bands.effective)}={_quoted(self.words.rules[rule])}"

    def _cell(self, column: int) -> str:
        return f"${letters(column)}{self.row}"

    def _band(self, first: int) -> str:
        return f"{self._cell(first)}:{self._cell(first + self.bands.slots - 1)}"


def _zeros(decimals: int) -> str:
    return f"0.{'0' * decimals}" if decimals else "0"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return _quoted(text) if text else ""
