"""Which declared indicator is which of ours, and how their targets stand to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from rapidfuzz import fuzz

from xltool import values
from xltool.consolidate.arithmetic import dimension, folded, in_base, meaning, places_of
from xltool.consolidate.matching import normalised, printable
from xltool.consolidate.near import CLOSE
from xltool.consolidate.reconcile_amounts import Pair, weigh
from xltool.model.consolidation import IndicatorFigure, Status, TargetFigure
from xltool.model.difference import Cause, Difference, Match, StatedIndicator, Statement
from xltool.model.submission import Source
from xltool.model.value import Kind, Operator, State, TargetValue

_NOWHERE = Source("", "")
_BLANK = TargetValue("", State.BLANK, Kind.NONE)
Couple = tuple[IndicatorFigure | None, StatedIndicator | None]


def compare_indicators(
    figures: Sequence[IndicatorFigure], statement: Statement, labels: Mapping[str, str]
) -> Iterator[Difference]:
    """Every target of either side once, ours in our order, then what only the other side has.

    `labels` are the form's names of all columns but the first target.
    """
    for item in _compared(figures, statement):
        yield replace(item, label=labels.get(item.column, ""))


def _compared(figures: Sequence[IndicatorFigure], statement: Statement) -> Iterator[Difference]:
    for ours, stated in couples(figures, statement.indicators):
        if ours is not None and stated is not None:
            yield from _both(ours, stated, statement)
        elif ours is not None:
            yield from _only_ours(ours, statement)
        elif stated is not None:
            yield from _only_stated(stated, figures, statement)


def couples(figures: Sequence[IndicatorFigure], stated: Sequence[StatedIndicator]) -> Iterator[Couple]:
    """Pairs by the allocation's id, by level and name, then by name alone; what is left over stands alone."""
    ours = [figure for figure in figures if figure.included]
    left = list(stated)
    found: dict[int, StatedIndicator] = {}
    for same in (_same_id, _same_level_and_name, _same_name):
        for place, figure in enumerate(ours):
            matches = [item for item in left if same(figure, item)] if place not in found else []
            if len(matches) == 1 or (matches and same is not _same_name):
                found[place] = matches[0]
                left.remove(matches[0])
    yield from ((figure, found.get(place)) for place, figure in enumerate(ours))
    yield from ((None, item) for item in left)


def _same_id(figure: IndicatorFigure, stated: StatedIndicator) -> bool:
    return bool(stated.id) and stated.id == figure.key


def _same_level_and_name(figure: IndicatorFigure, stated: StatedIndicator) -> bool:
    return figure.level == stated.level and _same_name(figure, stated)


def _same_name(figure: IndicatorFigure, stated: StatedIndicator) -> bool:
    return normalised(figure.name) == normalised(stated.name)


def _both(ours: IndicatorFigure, stated: StatedIndicator, statement: Statement) -> Iterator[Difference]:
    told = {column: (value, source) for column, value, source in stated.targets}
    moved = ours.level != stated.level
    for target in ours.targets:
        value, source = told.pop(target.column, (_BLANK, _NOWHERE))
        difference = _target(ours, target, value, source, statement)
        if difference is not None and moved and difference.match in (Match.MATCHED, Match.WRITTEN):
            difference = replace(difference, match=Match.MOVED, told="·".join(stated.levels))
        if difference is not None:
            yield difference
    mine = dict(ours.extras)
    for key, text, source in stated.extras:
        yield from _extra(ours, key, mine.get(key, ""), text, source, statement)


def _target(
    ours: IndicatorFigure, target: TargetFigure, value: TargetValue, source: Source, statement: Statement
) -> Difference | None:
    """None where neither side says anything."""
    blank = value.state is State.BLANK
    made = _difference(ours, target, value, source, statement)
    if target.status is Status.CONFLICT:
        return replace(made, match=Match.OPEN)
    if target.status is Status.MISSING or not target.text:
        return None if blank else replace(made, match=Match.ONLY_DECLARED)
    if blank:
        return replace(made, match=Match.ONLY_UNITS)
    mine = read_again(target)
    # What was chosen in a cell of its own, or what the words alone imply: a published text has no such cell.
    if meaning(mine) == meaning(value) and _operator(value.operator) in (
        _operator(target.operator), _operator(mine.operator)
    ):  # fmt: skip
        return made if _written(target.text) == _written(value.text) else replace(made, match=Match.WRITTEN)
    return _weighed(made, target, mine, value)


def _difference(
    ours: IndicatorFigure, target: TargetFigure, value: TargetValue, source: Source, statement: Statement
) -> Difference:
    column = target.column
    return Difference(
        statement.against, "indicator", ours.key, column, printable(ours.name), ours.levels, Match.MATCHED,
        target.text, target.number, printable(value.text), value.number, source, statement.name,
    )  # fmt: skip


def _weighed(made: Difference, target: TargetFigure, mine: TargetValue, value: TargetValue) -> Difference:
    """Two targets that say different things; numbers of one dimension by their amounts."""
    plain = mine.kind is Kind.NUMBER and value.kind is Kind.NUMBER and mine.number is not None
    if not plain or value.number is None or dimension(mine.measure) != dimension(value.measure):
        return replace(made, match=Match.DIFFERS)
    same = mine.measure == value.measure
    ours = mine.number if same else in_base(mine.number or Decimal(0), mine.measure)
    declared = value.number if same else in_base(value.number, value.measure)
    assert ours is not None
    weighed = weigh(Pair(
        ours, declared, target.contributions if same else (), mine.measure or "",
        "" if same else value.measure or "", places_of(value.number), target.rule in ("sum", "expand_and_sum"),
    ))  # fmt: skip
    unit = weighed.unit
    # The same number under another operator is still another target.
    match = Match.DIFFERS if weighed.match is Match.MATCHED else weighed.match
    return replace(
        made, match=match, amount=weighed.amount, share=weighed.share, bound=weighed.bound, cause=weighed.cause,
        unit_code=unit.unit_code if unit else "", unit_name=unit.unit_name if unit else "",
    )  # fmt: skip


def read_again(target: TargetFigure) -> TargetValue:
    """A consolidated target as the value its text says."""
    if target.kind is Kind.NUMBER and target.number is not None:
        operator = target.operator.value if target.operator else ""
        return values.parse(f"{target.number:f}", operator, target.measure)
    return values.parse(target.text)


def _operator(operator: Operator | None) -> Operator | None:
    """Wording may stand under 定性 or under no operator at all; that is one thing."""
    return None if operator is Operator.QUALITATIVE else operator


def _written(text: str) -> str:
    """A target as written, without width and blanks: a sign apart (`= 100%`) is no other spelling."""
    return folded(printable(text)).removeprefix("=")


def _extra(
    ours: IndicatorFigure, key: str, mine: str, text: str, source: Source, statement: Statement
) -> Iterator[Difference]:
    if folded(mine) != folded(text):
        yield Difference(
            statement.against, "indicator", ours.key, key, printable(ours.name), ours.levels, Match.TEXT,
            mine, None, text, None, source, statement.name,
        )  # fmt: skip


def _only_ours(ours: IndicatorFigure, statement: Statement) -> Iterator[Difference]:
    near = _near(ours.name, [item.name for item in statement.indicators if item.level == ours.level])
    for target in ours.targets:
        if target.text:
            made = _difference(ours, target, _BLANK, _NOWHERE, statement)
            cause = Cause.NEAR_NAME if near else Cause.NONE
            yield replace(made, match=Match.ONLY_UNITS, cause=cause, told=near)


def _only_stated(
    stated: StatedIndicator, figures: Sequence[IndicatorFigure], statement: Statement
) -> Iterator[Difference]:
    left_out = any(not figure.included and _same_name(figure, stated) for figure in figures)
    near = "" if left_out else _near(stated.name, [item.name for item in figures if item.level == stated.level])
    cause = Cause.NOT_SELECTED if left_out else Cause.NEAR_NAME if near else Cause.NONE
    for column, value, source in stated.targets:
        if value.state is not State.BLANK:
            yield Difference(
                statement.against, "indicator", f"{stated.level}:{normalised(stated.name)}", column,
                printable(stated.name), stated.levels, Match.ONLY_DECLARED, "", None, printable(value.text),
                value.number, source, statement.name, cause=cause, told=near,
            )  # fmt: skip


def _near(name: str, others: Sequence[str]) -> str:
    """The name most like this one, where any is close."""
    wanted = normalised(name)
    scored = [(fuzz.ratio(wanted, normalised(other)), other) for other in others]
    score, other = max(scored, default=(0, ""))
    return printable(other) if CLOSE <= score < 100 else ""
