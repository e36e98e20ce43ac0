"""From a formed figure to its row in the working paper: what the units said, as numbers, ordinals and texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from xltool.consolidate.adding import expanded_number, listed
from xltool.consolidate.arithmetic import IncompatibleError, in_one_measure, places_of
from xltool.consolidate.choosing import all_equal, bound_operator, classes, restated
from xltool.consolidate.deciding import Formed
from xltool.consolidate.matching import printable, trimmed
from xltool.consolidate.ordering import UnorderedError, order_keys, ranks
from xltool.consolidate.printing import printed
from xltool.consolidate.question import Candidate, Outcome, Question, sift
from xltool.consolidate.rules import RULES, answer
from xltool.consolidate.weighing import Weighing
from xltool.layout.paper import Child, ChildCell, PaperRow
from xltool.layout.paper_formulas import MEAN, OWNERS, TOTALS, Live, Printed
from xltool.model.consolidation import Status
from xltool.model.form import Role
from xltool.model.value import Kind, Operator, State, TargetValue
from xltool.words import table

LOST = "F2DCDB"  # a value nobody can read
GREY = "F2F2F2"
_PREVIEW = 40  # characters of a unit's text that its own cell shows
_DIGITS = 15  # significant digits that a cell holds
_FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_CODES = {Status.RESOLVED: 1, Status.MISSING: 0, Status.CONFLICT: -1}
_CEILINGS = frozenset({Operator.AT_MOST, Operator.LESS})


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of the paper, units by code and weights by field, as the coordinator reads them."""

    rules: Mapping[str, str]
    units: Mapping[str, str]
    weights: Mapping[str, str]

    def source(self, made: Formed) -> str:
        if made.ruling.weight:
            return self.weights.get(made.ruling.weight, made.ruling.weight)
        code = made.ruling.owner
        return f"{code} {self.units[code]}" if code in self.units else code


def slots_of(children: Sequence[Child], candidates: Sequence[Candidate]) -> tuple[Candidate | None, ...]:
    """The candidates in the columns of their units; a unit's second value stands in its second column."""
    left = {code: iter(mine) for code, mine in _by_unit(candidates).items()}
    return tuple(next(left[child.code], None) if child.code in left else None for child in children)


def _by_unit(candidates: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for item in candidates:
        found.setdefault(item.unit.code, []).append(item)
    return found


def paper_row(
    made: Formed, children: Sequence[Child], labels: Labels, link: Callable[[Candidate], str], weighing: Weighing
) -> PaperRow:  # fmt: skip
    """The row of one figure; `link` leads from a value to its source, `weighing` says what each field weighs it by."""
    words = table("working_paper")["values"]
    slots = slots_of(children, made.candidates)
    live = _live(made, slots)
    if live is not None and live.mean is not None and not live.alike:
        live = replace(live, means=tuple(_means(made, labels, weighing)))
    status, base_status = _CODES[made.outcome.status], _CODES[made.base_outcome.status]
    chosen = made.ruling.origin == "decision"
    rule = labels.rules[made.ruling.rule] if chosen else words["default"] + labels.rules[made.base_ruling.rule]
    decision = made.decision
    include = made.included if made.leads else None
    order = made.order if made.leads else 0
    override = decision.override if decision else ""
    reason = decision.reason if decision else ""
    source = labels.source(made)
    flag = "" if include is None else words["yes"] if include else words["no"]
    issued = json.dumps([rule, source, override, flag, str(order or ""), reason], ensure_ascii=False)
    result, shape = _result(made, live)
    return PaperRow(
        made.key, made.inputs, " / ".join(part for part in made.path if part), made.question.name,
        made.question.column, rule, made.base_ruling.rule, base_status,
        _offered(made, live, labels) if live else (), source, result, shape,
        (words["conflict"], words["missing"], words["resolved"])[status + 1],
        _typed(made, override), include, order, reason, issued,
        tuple(_cell(made, candidate, link) for candidate in slots), live, made.question.numeric,
        made.kind != "field" and not made.leads,
    )  # fmt: skip


def _offered(made: Formed, live: Live, labels: Labels) -> tuple[str, ...]:
    """The default, then every rule that gives a figure here, in the order of the registry."""
    words = table("working_paper")["values"]
    rules = [rule for rule in RULES if rule != "pick" and (rule in live.resolved or rule == "owner")]
    chosen = () if made.ruling.rule in rules else (made.ruling.rule,) if made.ruling.origin == "decision" else ()
    default = words["default"] + labels.rules[made.base_ruling.rule]
    return (default, *(labels.rules[rule] for rule in (*rules, *chosen)))


def _typed(made: Formed, override: str) -> str | Decimal | None:
    if not override or not made.question.numeric:
        return override or None
    try:
        return Decimal(override.replace(",", ""))
    except InvalidOperation:
        return override


def _result(made: Formed, live: Live | None) -> tuple[str | Decimal | None, str]:
    """Python's figure as the cell caches it, and the cell's format."""
    value = made.outcome.value
    places = _places(made, [value.number] if value and value.number is not None else [])
    if live is not None:
        places = max(places, _places(made, [n for n in live.numbers if n is not None]))
    if made.question.numeric:
        number = value.number if value else None
        fits = number is not None and _fits(number)
        return (number if fits else made.text), _number_format(places, grouped=made.decimals is not None)
    return made.text, "General"


def _places(made: Formed, numbers: Sequence[Decimal]) -> int:
    needed = (len(f"{n:f}".partition(".")[2].rstrip("0")) for n in numbers)
    return max([made.decimals or 0, *needed])


def _number_format(places: int, *, grouped: bool) -> str:
    """Amounts with separators; of other numbers as many decimals as they have, for a mean has more than its parts."""
    zeros = f".{'0' * places}" if places else ""
    return f"#,##0{zeros}" if grouped else "General"


def _fits(number: Decimal) -> bool:
    return Decimal(f"{float(number):.{_DIGITS}g}") == number


def _cell(made: Formed, candidate: Candidate | None, link: Callable[[Candidate], str]) -> ChildCell:
    """What a unit said, as a number where it is one; blank, 无 and unreadable are shown as such."""
    if candidate is None:
        return ChildCell(None)
    value, target = candidate.value, link(candidate)
    if value.state is State.BLANK and not value.text.strip():
        return ChildCell(table("working_paper")["values"]["blank"], "@", target, GREY)
    tint = LOST if value.state is State.UNREADABLE else ""
    number = value.number
    if number is not None and _fits(number) and value.kind is Kind.NUMBER:
        if made.question.numeric:
            return ChildCell(
                number, _number_format(_places(made, [number]), grouped=made.decimals is not None), target, tint
            )
        shape = split(text_of(made, value), number)
        if shape is not None and '"' not in shape.before + shape.after:
            figure = "0" + (f".{'0' * shape.decimals}" if shape.decimals else "")
            before, after = (f'"{part}"' if part else "" for part in (shape.before, shape.after))
            return ChildCell(number, f"{before}{figure}{after};{before}-{figure}{after}", target, tint)
    text = text_of(made, value) or value.text
    return ChildCell(_preview(text) if target else text, "@", target, tint)


def _preview(text: str) -> str:
    """The beginning of a long text. LibreOffice shows a link on one line, and the whole text stands where it leads."""
    flat = " ".join(text.split())
    return text if len(text) <= _PREVIEW else f"{flat[:_PREVIEW]}…"


def text_of(made: Formed, value: TargetValue) -> str:
    """One value as the figure would print it if it stood alone."""
    if made.question.plain:
        return trimmed(value.text) if made.kind == "field" else printable(value.text)
    if made.question.numeric:
        return value.text if value.number is None else f"{value.number:f}"
    return printed(value, made.question.profile)


def split(text: str, number: Decimal) -> Printed | None:
    """The text around the printed number, None where it does not stand in it as it is."""
    for found in _FIGURE.finditer(text):
        if Decimal(found[0].replace(",", "")) == number:
            return Printed(text[: found.start()], len(found[0].partition(".")[2]), text[found.end() :])
    return None


def _live(made: Formed, slots: Sequence[Candidate | None]) -> Live | None:
    """What the formulas need; None where no unit decides or gave the figure, or it has more digits than a cell."""
    question = replace(made.base, declared=True)
    silent = made.kind == "indicator" and not made.candidates
    if silent or made.base_ruling.rule in ("count_units", "consolidated_name"):
        return None
    units = tuple(item for item in made.candidates if item.unit.role is not Role.DEPARTMENT)
    outcomes = {rule: answer(replace(question, rule=rule)) for rule in RULES if rule not in (*OWNERS, MEAN)}
    outcomes[MEAN] = _mean(question, units)
    resolved = frozenset(rule for rule, outcome in outcomes.items() if outcome.status is Status.RESOLVED)
    missing = frozenset(rule for rule, outcome in outcomes.items() if outcome.status is Status.MISSING)
    sifted = sift(replace(question, candidates=units))
    told = sifted.given or sifted.stated
    groups = classes(told)
    numbers = _numbers(question, sifted.given, resolved)
    if not all(map(_fits, numbers.values())):
        return None
    orders, second = _orders(made, sifted.given)
    operators = {item.value.operator for item in sifted.given} - {Operator.EQUAL, None}
    kept = outcomes["keep_each"]
    total = next((_printed(made, outcomes[rule]) for rule in TOTALS if rule in resolved), None)
    if total is None and not resolved.isdisjoint(TOTALS) and len(sifted.given) > 1:
        return None  # a sum that the form prints in words: nothing a formula can follow
    mine = _by_unit(made.candidates)
    class_of = {id(item): place for place, group in enumerate(groups, start=1) for item in group}
    own = next((place for place, item in enumerate(slots, 1) if item is not None and _is_own(item, made)), 0)
    return Live(
        owners=tuple(0 if item is None else _verdict(question, mine[item.unit.code]) for item in slots),
        classes=tuple(None if item is None else class_of.get(id(item)) for item in slots),
        numbers=tuple(None if item is None else numbers.get(id(item)) for item in slots),
        orders=tuple(None if item is None else orders.get(id(item)) for item in slots),
        texts=tuple("" if item is None else text_of(made, item.value) for item in slots),
        restated=tuple("" if item is None else second.get(id(item), text_of(made, item.value)) for item in slots),
        resolved=resolved, missing=missing, numeric=question.numeric, total=total,
        mean=_printed(made, outcomes[MEAN]), own=own,
        largest=operators <= _CEILINGS if operators and len(groups) > 1 else None, alike=len(groups) <= 1,
        single=_is_single(sifted.given), kept=_kept(made, kept),
    )  # fmt: skip


def _is_single(given: Sequence[Candidate]) -> bool:
    return len(given) <= 1 and not any(item.value.kind is Kind.DISTRIBUTIVE for item in given)


def _kept(made: Formed, outcome: Outcome) -> str:
    if outcome.text is None:
        return ""
    return trimmed(outcome.text) if made.kind == "field" else outcome.text


def _mean(question: Question, units: Sequence[Candidate]) -> Outcome:
    """The mean with equal weights: whether one can be formed, and how it is printed."""
    equal = dict.fromkeys((item.unit.code for item in units), Decimal(1))
    return answer(replace(question, rule=MEAN, weight=MEAN, weights=equal, climbed={}))


def _means(made: Formed, labels: Labels, weighing: Weighing) -> Iterator[tuple[str, str | Decimal | None]]:
    """What the mean comes to under each weight that is not as the row of its field shows it."""
    given = sift(made.base).given
    for key, name in labels.weights.items():
        question = weighing.by(replace(made.base, rule=MEAN, declared=True), key)
        shown = replace(question, climbed={})
        if any(question.weight_of(item) != shown.weight_of(item) for item in given):
            value = answer(question).value
            numeric = value is not None and made.question.numeric
            yield name, None if value is None else value.number if numeric else text_of(made, value)


def _is_own(candidate: Candidate, made: Formed) -> bool:
    drafted = any(
        item.unit.role is Role.DEPARTMENT and item.value.state is not State.BLANK for item in made.candidates
    )
    return candidate.unit.role is (Role.DEPARTMENT if drafted else Role.OWN)


def _verdict(question: Question, mine: Sequence[Candidate]) -> int:
    """What the values of one unit come to by themselves."""
    return _CODES[all_equal(replace(question, candidates=tuple(mine))).status]


def _numbers(question: Question, given: Sequence[Candidate], resolved: frozenset[str]) -> dict[int, Decimal]:
    """The numbers of the values in one measure, «each» expanded where that can be done."""
    kinds = {item.value.kind for item in given}
    if not kinds <= {Kind.NUMBER} and "expand_and_sum" not in resolved:
        return {}
    things = len(listed(question.name)) if Kind.DISTRIBUTIVE in kinds else 1
    told = [(item, number) for item in given if (number := expanded_number(item.value, things)) is not None]
    try:
        numbers, _ = in_one_measure((number, item.value.measure) for item, number in told)
    except IncompatibleError:
        return {}
    return {id(item): number for (item, _), number in zip(told, numbers, strict=True)}


def _orders(made: Formed, given: Sequence[Candidate]) -> tuple[dict[int, int], dict[int, str]]:
    """Each value's rank where they have an order, and its text under the operator that the extreme has."""
    values = [item.value for item in given]
    try:
        keys, operator = order_keys(values), bound_operator(values)
    except (UnorderedError, IncompatibleError):
        return {}, {}
    orders = {id(item): rank for item, rank in zip(given, ranks(keys), strict=True)} if values else {}
    return orders, {id(item): text_of(made, restated(item.value, operator)) for item in given}


def _printed(made: Formed, outcome: Outcome) -> Printed | None:
    """How a computed figure is printed; None where it was not computed."""
    value = outcome.value
    if outcome.status is not Status.RESOLVED or value is None or value.number is None:
        return None
    if made.question.numeric:
        places = _places(made, [value.number, *(c.value.number for c in made.candidates if c.value.number is not None)])
        return Printed("", max(places, places_of(value.number)), "")
    return split(text_of(made, value), value.number)
