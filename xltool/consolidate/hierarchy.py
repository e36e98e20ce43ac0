"""The roster as a tree: which units a node is consolidated from, and a consolidation as the form of one unit above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xltool import values
from xltool.consolidate.fields import NUMERIC, scalars
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.consolidation import Consolidation, FieldFigure, IndicatorFigure, Status, TargetFigure
from xltool.model.form import FormDefinition, Role
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import Kind, State, TargetValue


def inner_nodes(campaign: Campaign) -> tuple[ReportingUnit, ...]:
    """The units that have others below them, in roster order."""
    parents = {unit.parent for unit in campaign.units}
    return tuple(unit for unit in campaign.units if unit.code in parents)


def below(campaign: Campaign, node: str) -> tuple[ReportingUnit, ...]:
    """All units under a node, at any depth, in roster order; all of the roster under the empty code."""
    if not node:
        return campaign.units
    parent = {unit.code: unit.parent for unit in campaign.units}

    def belongs(code: str) -> bool:
        way = {code}
        while (code := parent.get(code, "")) and code not in way:
            if code == node:
                return True
            way.add(code)
        return False

    return tuple(unit for unit in campaign.units if belongs(unit.code))


def at_node(campaign: Campaign, node: str) -> Campaign | None:
    """The campaign as it is at one node: its own form and those below it; None where there is no such node.

    The node is the department there. Its 本级 is the unit of that role right below it, else the node's own form; the
    本级 of units further down are units like others. The empty code is the whole roster with its rules; elsewhere
    the campaign's rules say how figures are formed, but what stands in the form is selected anew.
    """
    if not node:
        return replace(campaign, units=_with_one_own(campaign.units, ""))
    unit = next((unit for unit in campaign.units if unit.code == node), None)
    found = below(campaign, node)
    if unit is None or not found:
        return None
    has_own = any(item.role is Role.OWN and item.parent == node for item in found)
    itself = replace(unit, role=Role.DEPARTMENT if has_own or unit.role is Role.DEPARTMENT else Role.OWN, parent="")
    rest = tuple(item if item.parent == node or item.role is not Role.OWN else _as_unit(item) for item in found)
    if not has_own:
        rest = tuple(map(_as_unit, rest))
    codes = {node, *(item.code for item in rest)}
    named = (line for line in campaign.rules if line.rule and line.kind != "row")
    rules = tuple(replace(line, include=True, order=0) for line in named if not line.owner or line.owner in codes)
    return replace(campaign, department=unit.name, units=(itself, *rest), rules=rules)


def _as_unit(unit: ReportingUnit) -> ReportingUnit:
    return replace(unit, role=Role.UNIT) if unit.role is Role.OWN else unit


def _with_one_own(units: tuple[ReportingUnit, ...], node: str) -> tuple[ReportingUnit, ...]:
    """Of several 本级 the topmost is the department's own; those of units below are units like others."""
    parent = {unit.code: unit.parent for unit in units}
    depths = {unit.code: _depth(unit.code, parent) for unit in units if unit.role is Role.OWN}
    top = min(depths.values(), default=0)
    return tuple(_as_unit(unit) if depths.get(unit.code, top) > top and unit.parent != node else unit for unit in units)


def _depth(code: str, parent: dict[str, str]) -> int:
    depth, way = 0, {code}
    while (code := parent.get(code, "")) and code not in way:
        way.add(code)
        depth += 1
    return depth


def as_submission(form: FormDefinition, campaign: Campaign, code: str, result: Consolidation) -> Submission:
    """A node's consolidation as the accepted form of one unit of the node above it: the second step up the tree.

    What is unresolved is blank there and so holds up the figure above. `file` names the node, cells the figure's key.
    """
    identity = Identity(form.id, form.version, campaign.id, code, 1)
    numeric = {scalar.key for scalar in scalars(form) if scalar.answer.type in NUMERIC}
    fields = tuple(_field(figure, numeric=figure.key in numeric) for figure in result.fields)
    rows = tuple(
        RowAnswer(row.block, f"{row.block}#{row.order:02d}", tuple(_said(key, text) for key, text in row.answers))
        for row in result.rows
    )
    return Submission(identity, result.node, "", "", fields, rows, tuple(_indicators(result)))


def _field(figure: FieldFigure, *, numeric: bool) -> FieldAnswer:
    source = Source("", figure.key)
    if figure.status is not Status.RESOLVED or not figure.text:
        return FieldAnswer(figure.key, State.BLANK, "", None, source)
    state = State.NOT_APPLICABLE if numeric and figure.number is None else State.GIVEN
    return FieldAnswer(figure.key, state, figure.text, figure.number if numeric else None, source)


def _said(key: str, text: str) -> FieldAnswer:
    return FieldAnswer(key, State.GIVEN if text else State.BLANK, text, None, Source("", key))


def _indicators(result: Consolidation) -> Iterator[Indicator]:
    for figure in result.indicators:
        if figure.included:
            yield Indicator(
                f"{figure.level}#{figure.order:02d}", figure.level, figure.levels, figure.name, Source("", figure.key),
                tuple(_target(figure, target) for target in figure.targets if target.contributions),
                tuple(_said(key, text) for key, text in figure.extras), _id(figure),
            )  # fmt: skip


def _id(figure: IndicatorFigure) -> str:
    """The allocation's id is the key of its indicator; a key of level and name is none."""
    return "" if figure.key.startswith(f"{figure.level}:") else figure.key


def _target(figure: IndicatorFigure, target: TargetFigure) -> Target:
    source = Source("", f"{figure.key}:{target.column}")
    if target.status is not Status.RESOLVED:
        return Target(target.column, TargetValue("", State.BLANK, Kind.NONE), source)
    if target.kind is Kind.NUMBER and target.number is not None:
        read = values.parse(f"{target.number:f}", target.operator.value if target.operator else "", target.measure)
    else:
        read = values.parse(target.text)
    return Target(target.column, read, source)
