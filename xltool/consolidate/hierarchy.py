"""The roster as a tree: which units stand right below a node, and the campaign as it is at one node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.form import Role


def uppers(campaign: Campaign) -> Mapping[str, str]:
    """The node each unit stands right below, by code; the empty code is the whole campaign.

    A 本级 is its department's own office and no step of the tree: units entered below it stand beside it. So do those
    below the one row that is the campaign's department itself.
    """
    known = {unit.code: unit for unit in campaign.units}
    whole = _whole(campaign, known)
    return {unit.code: _upper(unit, known, whole) for unit in campaign.units}


def _whole(campaign: Campaign, known: Mapping[str, ReportingUnit]) -> str:
    """The row of the campaign's department: the only one on top, and the 本级 beside it is not besides its own."""
    roots = [unit for unit in campaign.units if unit.parent not in known]
    heads = [unit for unit in roots if unit.role is not Role.OWN]
    if len(heads) != 1 or heads[0].role is not Role.DEPARTMENT:
        return ""
    beside = {heads[0].code, *(unit.parent for unit in roots)}
    offices = [unit for unit in campaign.units if unit.role is Role.OWN and unit.parent in beside]
    return heads[0].code if len(offices) <= 1 else ""


def _upper(unit: ReportingUnit, known: Mapping[str, ReportingUnit], whole: str) -> str:
    way, code = {unit.code}, unit.parent
    while code in known and code not in way:
        if code != whole and known[code].role is not Role.OWN:
            return code
        way.add(code)
        code = known[code].parent
    return ""


def inner_nodes(campaign: Campaign) -> tuple[ReportingUnit, ...]:
    """The units that have others below them, in roster order; the whole campaign is not among them."""
    taken = set(uppers(campaign).values())
    return tuple(unit for unit in campaign.units if unit.code in taken)


def below(campaign: Campaign, node: str) -> tuple[ReportingUnit, ...]:
    """All units under a node, at any depth, in roster order; all of the roster under the empty code."""
    upper = uppers(campaign)
    return tuple(unit for unit in campaign.units if not node or node in _above(unit.code, upper))


def _above(code: str, upper: Mapping[str, str]) -> frozenset[str]:
    """Every node that a unit stands below, at any depth."""
    found: set[str] = set()
    while (code := upper.get(code, "")) and code not in found:
        found.add(code)
    return frozenset(found)


def at_node(campaign: Campaign, node: str) -> Campaign | None:
    """The campaign as it is at one node: its own form and all those below it; None where there is no such node.

    The node is the department there. Its 本级 is the unit of that role right below it, else the node's own form; the
    本级 of units further down are units like others. The empty code is the whole roster with its rules; elsewhere the
    campaign's rules say how figures are formed, but what stands in the form is selected anew.
    """
    upper = uppers(campaign)
    found = below(campaign, node)
    if node and not found:
        return None
    offices = {upper[unit.code] for unit in campaign.units if unit.role is Role.OWN}
    units = tuple(_as_is(unit, upper, offices, node) for unit in found)
    if not node:
        return replace(campaign, units=units)
    itself = next(unit for unit in campaign.units if unit.code == node)
    heads = node in offices or itself.role is Role.DEPARTMENT
    units = (replace(itself, role=Role.DEPARTMENT if heads else Role.OWN, parent=""), *units)
    codes = {unit.code for unit in units}
    named = (line for line in campaign.rules if line.rule and line.kind != "row")
    rules = tuple(replace(line, include=True, order=0) for line in named if not line.owner or line.owner in codes)
    return replace(campaign, department=itself.name, units=units, rules=rules)


def _as_is(unit: ReportingUnit, upper: Mapping[str, str], offices: set[str], node: str) -> ReportingUnit:
    """The unit in the role it has at the node. A unit whose office reports for it sends no form of its own."""
    if unit.code in offices and unit.role is Role.UNIT:
        return replace(unit, role=Role.DEPARTMENT)
    if unit.role is Role.OWN and upper[unit.code] != node:
        return replace(unit, role=Role.UNIT)
    return unit


def children(campaign: Campaign, node: str) -> Campaign:
    """The campaign as the node itself sees it: its own form and those right below it, each of which is one unit.

    `campaign` is the whole one, `node` one of its nodes. A rule that names a unit further down means the one right
    below through which that unit's figures come.
    """
    at = at_node(campaign, node)
    assert at is not None, "a node has units below it"
    upper, inner = uppers(campaign), {unit.code for unit in inner_nodes(campaign)}
    units = tuple(
        replace(unit, role=Role.UNIT) if unit.code in inner and unit.code != node else unit
        for unit in at.units
        if unit.code == node or upper[unit.code] == node
    )
    through = {unit.code: _through(unit.code, node, upper) for unit in at.units}
    return replace(at, units=units, rules=tuple(_by_child(line, through) for line in at.rules))


def _through(code: str, node: str, upper: Mapping[str, str]) -> str:
    """The unit right below the node that a unit's figures come through."""
    seen = {code}
    while code != node and upper[code] != node and upper[code] not in seen:
        code = upper[code]
        seen.add(code)
    return code


def _by_child(line: RuleLine, through: Mapping[str, str]) -> RuleLine:
    return replace(line, owner=through.get(line.owner, line.owner)) if line.owner else line
