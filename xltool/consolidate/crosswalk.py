"""From a figure back to every accepted value behind it: what was used and what was not, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xltool.model.consolidation import Consolidation, Contribution, IndicatorFigure, TargetFigure


@dataclass(frozen=True, slots=True)
class Behind:
    """One figure of a consolidated form: what it is called and says, the rule that formed it, what it was formed from.

    `origin` says who named the rule (decision, campaign, allocation, form, default; empty where no rule did).
    """

    figure: str
    column: str
    name: str
    text: str
    rule: str
    origin: str
    contributions: tuple[Contribution, ...]


def behind(result: Consolidation, figure: str, column: str = "") -> Behind | None:
    """What stands behind a figure by its key (`budget.total`, `tasks#01`, an indicator's), and its column where it has
    several: of an indicator without a column, all that was said about it. None where there is no such figure."""
    return next(_found(result, figure, column), None)


def _found(result: Consolidation, figure: str, column: str) -> Iterator[Behind]:
    for field in result.fields:
        if field.key == figure:
            yield Behind(figure, "", field.label, field.text, field.rule, field.origin, field.contributions)
    for row in result.rows:
        if f"{row.block}#{row.order:02d}" == figure:
            told = tuple(item for item in row.contributions if not column or item.key.endswith(f".{column}"))
            answers = dict(row.answers)
            name = next(iter(answers.values()), "")
            yield Behind(figure, column, name, answers.get(column, name), "", "", told)
    for indicator in result.indicators:
        if indicator.key == figure:
            yield _indicator(result, indicator, column)


def _indicator(result: Consolidation, indicator: IndicatorFigure, column: str) -> Behind:
    extras = dict(indicator.extras)
    if column in extras:
        told = (item for item in result.others if (item.figure, item.column) == (indicator.key, column))
        return Behind(indicator.key, column, indicator.name, extras[column], "", "", tuple(told))
    targets = tuple(target for target in indicator.targets if column in ("", target.column))
    first: TargetFigure | None = next(iter(targets), None)
    text = first.text if first and column else indicator.name
    rule, origin = (first.rule, first.origin) if first else ("", "")
    contributions = tuple(item for target in targets for item in target.contributions)
    return Behind(indicator.key, column, indicator.name, text, rule, origin, contributions)
