"""What each unit gives to the form's total, at the whole and at every node below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xltool.consolidate.climbing import Node
from xltool.model.consolidation import FieldFigure
from xltool.model.form import FormDefinition
from xltool.reports.structure import total_of


@dataclass(frozen=True, slots=True)
class Shares:
    """A node with the amounts of the units right below it and of its own form where it has one; largest first.

    The amount of a unit that is a node itself is that of all below it.
    """

    node: Node
    total: FieldFigure
    parts: tuple[tuple[str, str, Decimal], ...]  # code, name, amount


def shares(form: FormDefinition, top: Node) -> Iterator[Shares]:
    """The top, then each node below it that has a total, a node before those below it."""
    total = total_of(form, top.made.result)
    if total is not None and total.number is not None:
        below = {code: lower for lower in top.below for code in _codes(lower)}
        names = {unit.code: unit.name for unit in top.campaign.units}
        found: dict[str, Decimal] = {}
        for item in total.contributions:
            if item.used and item.number is not None:
                code = below[item.unit_code].code if item.unit_code in below else item.unit_code
                found[code] = found.get(code, Decimal(0)) + item.number
        ordered = sorted(found.items(), key=lambda item: -item[1])
        yield Shares(top, total, tuple((code, _name(code, names, total), number) for code, number in ordered))
    for lower in top.below:
        yield from shares(form, lower)


def _codes(node: Node) -> frozenset[str]:
    """Every unit whose form the node is made of."""
    own = {unit.code for unit in node.campaign.units}
    return frozenset(own).union(*(_codes(lower) for lower in node.below))


def _name(code: str, names: Mapping[str, str], total: FieldFigure) -> str:
    given = (item.unit_name for item in total.contributions if item.unit_code == code)
    return names.get(code) or next(given, code)
