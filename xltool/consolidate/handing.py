"""A node's consolidation handed up as the form of one unit, and each figure's way down to the units' own cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from xltool.consolidate.aggregate import Deliberation
from xltool.consolidate.fields import NUMERIC, scalars
from xltool.consolidate.question import Slot
from xltool.consolidate.rows import Pick, row_traces
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Contribution, FieldFigure, IndicatorFigure, Status, TargetFigure
from xltool.model.form import FormDefinition, Rows
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import Kind, State, TargetValue

Places = Callable[[str], Source]
_STANDS_FOR = frozenset({"", "not-chosen", "overridden"})
"""Why a value is not the figure, and the figure yet speaks for its unit: of the weakest rate all units keep."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What a node hands up: a form whose answers are its figures, and the units' own values behind each answer.

    `rest` are the values of nothing that was handed up.
    """

    submission: Submission
    behind: Mapping[Slot, tuple[Contribution, ...]]
    rest: tuple[Contribution, ...]


def nowhere(key: str) -> Source:
    """The place of a figure that stands in no paper: its key."""
    return Source("", key)


def hand_up(
    form: FormDefinition, campaign: Campaign, code: str, made: Deliberation, lower: Mapping[str, Handed],
    file: str = "", places: Places = nowhere,
) -> Handed:  # fmt: skip
    """A node's consolidation as the accepted form of one unit of the node above it.

    What is missing is blank there; what is undecided is unreadable, so that it holds up the figure above. All rows of
    a block to be picked from are offered, those that stand in the node's own form first. `lower` are the nodes below
    this one. `places` tells by a figure's key where it stands in `file`.
    """
    result = made.result
    identity = Identity(form.id, form.version, campaign.id, code, 1)
    numeric = {scalar.key for scalar in scalars(form) if scalar.answer.type in NUMERIC}
    fields = tuple(_field(figure, figure.key in numeric, places(f"field:{figure.key}")) for figure in result.fields)
    rows = tuple(_offered(form, made, places))
    submission = Submission(
        identity, file or result.node, "", "", fields, tuple(row for row, _ in rows),
        tuple(_indicators(made, places)),
    )  # fmt: skip
    behind = {**_behind(result), **_behind_rows(rows, lower)}
    told = {_value(item) for items in behind.values() for item in items}
    return Handed(submission, behind, tuple(item for item in contributions_of(result) if _value(item) not in told))


def _value(item: Contribution) -> tuple[str, ...]:
    """What tells one accepted value from all others."""
    return item.unit_code, item.sha256, item.key, item.column


def contributions_of(result: Consolidation) -> Iterator[Contribution]:
    """Every accepted value, in the order of the figures; those of no figure last."""
    for figure in result.fields:
        yield from figure.contributions
    for row in result.rows:
        yield from row.contributions
    for indicator in result.indicators:
        for target in indicator.targets:
            yield from target.contributions
    yield from result.others


def _field(figure: FieldFigure, numeric: bool, source: Source) -> FieldAnswer:
    if figure.status is Status.CONFLICT:
        return FieldAnswer(figure.key, State.UNREADABLE, figure.status.value, None, source)
    if figure.status is Status.MISSING or not figure.text:
        return FieldAnswer(figure.key, State.BLANK, "", None, source)
    state = State.NOT_APPLICABLE if numeric and figure.number is None else State.GIVEN
    return FieldAnswer(figure.key, state, figure.text, figure.number if numeric else None, source)


def _said(key: str, text: str, source: Source) -> FieldAnswer:
    return FieldAnswer(key, State.GIVEN if text else State.BLANK, text, None, source)


def _offered(form: FormDefinition, made: Deliberation, places: Places) -> Iterator[tuple[RowAnswer, Pick]]:
    """The rows of each block as they are handed up: those of the form, then those that were left unpicked."""
    picked = {block.frame.key for block in form.blocks if isinstance(block, Rows) and block.rule == "pick"}
    counted: dict[str, int] = {}
    for pick in sorted(made.picks, key=lambda pick: pick.order or len(made.picks) + 1):
        row = pick.row.answer
        if pick.order or row.block in picked:
            counted[row.block] = counted.get(row.block, 0) + 1
            answers = tuple(replace(given, source=places(f"{pick.key}:{given.key}")) for given in row.answers)
            yield RowAnswer(row.block, f"{row.block}#{counted[row.block]:02d}", answers), pick


def _behind_rows(
    rows: Iterable[tuple[RowAnswer, Pick]], lower: Mapping[str, Handed]
) -> Mapping[Slot, tuple[Contribution, ...]]:
    return {
        (f"{row.key}.{given.key}", ""): traced(trace, lower)
        for row, pick in rows
        for given, trace in zip(pick.row.answer.answers, row_traces(pick.row), strict=True)
        if given.state is not State.BLANK
    }


def _indicators(made: Deliberation, places: Places) -> Iterator[Indicator]:
    formed = {one.key: one.outcome.value for one in made.formed}
    for figure in made.result.indicators:
        if figure.included:
            key = f"indicator:{figure.key}"
            told = ((target, f"{key}:{target.column}") for target in figure.targets)
            yield Indicator(
                _slot(figure), figure.level, figure.levels, figure.name, places(key),
                tuple(_target(t, formed[at], places(at)) for t, at in told if t.contributions or t.text),
                tuple(_said(name, text, places(f"extra:{figure.key}:{name}")) for name, text in figure.extras),
                _id(figure),
            )  # fmt: skip


def _slot(figure: IndicatorFigure) -> str:
    return f"{figure.level}#{figure.order:02d}"


def _id(figure: IndicatorFigure) -> str:
    """The allocation's id is the key of its indicator; a key of level and name is none."""
    return "" if figure.key.startswith(f"{figure.level}:") else figure.key


def _target(target: TargetFigure, formed: TargetValue | None, source: Source) -> Target:
    if target.status is Status.CONFLICT:
        lost = TargetValue(target.status.value, State.UNREADABLE, Kind.UNPARSED)
        return Target(target.column, lost, source)
    if target.status is Status.MISSING or formed is None:
        return Target(target.column, TargetValue("", State.BLANK, Kind.NONE), source)
    return Target(target.column, replace(formed, text=formed.text or target.text), source)


def _behind(result: Consolidation) -> Mapping[Slot, tuple[Contribution, ...]]:
    """What stands behind each figure that is handed up."""
    found: dict[Slot, tuple[Contribution, ...]] = {(item.key, ""): item.contributions for item in result.fields}
    for figure in result.indicators:
        if figure.included:
            found |= {(_slot(figure), target.column): target.contributions for target in figure.targets}
            for name, _ in figure.extras:
                told = (item for item in result.others if item.figure == figure.key and item.column == name)
                found[f"{_slot(figure)}.{name}", name] = tuple(item for item in told if item.key.endswith(f".{name}"))
    return found


def traced(item: Contribution, lower: Mapping[str, Handed]) -> tuple[Contribution, ...]:
    """The units' own values behind one value of a node, used where they are used at every step of the way.

    Of rows only the last step counts: a row that the node itself left out may be picked above it.
    """
    below = lower.get(item.unit_code)
    if below is None or not handed_up(item):
        return (item,)
    last = not item.column and "#" in item.key
    return tuple(
        replace(
            one, figure=item.figure, used=item.used and (last or one.used),
            reason=item.reason or ("" if last else one.reason),
        )
        for one in below.behind.get((item.key, item.column), ())
    )  # fmt: skip


def handed_up(item: Contribution) -> bool:
    """Whether the value is a node's figure: no file that came in is its source."""
    return not item.sha256


def stood_for(
    result: Consolidation, lower: Mapping[tuple[str, Slot], frozenset[str]]
) -> Iterator[tuple[Slot, frozenset[str]]]:
    """The units that each figure of a node speaks for, by the slot it is handed up in.

    `result` traces its figures to the units right below the node, `lower` tells the same of the nodes among them.
    """
    for figure in result.fields:
        yield (figure.key, ""), _speaking(figure.contributions, lower)
    for indicator in result.indicators:
        for target in indicator.targets if indicator.included else ():
            yield (_slot(indicator), target.column), _speaking(target.contributions, lower)


def _speaking(told: Iterable[Contribution], lower: Mapping[tuple[str, Slot], frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    for item in told:
        if item.reason in _STANDS_FOR and item.text.strip():
            found |= lower.get((item.unit_code, (item.key, item.column)), {item.unit_code})
    return frozenset(found)
