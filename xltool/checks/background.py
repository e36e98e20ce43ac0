"""What is known of a unit beside its form: approved figures, last year's answers, who else is on the roster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from xltool.checks.vocabulary import bare
from xltool.model.campaign import Campaign
from xltool.model.form import FormDefinition, Role
from xltool.model.value import TargetValue
from xltool.values import parse
from xltool.values.vocabulary import alternation

_SHORTEST = 4  # characters of a name that cannot be met by chance
_SUFFIX = re.compile(r"[（(][^（）()]*[)）]$")


@dataclass(frozen=True, slots=True)
class Background:
    """Empty for a workbook checked on its own. `year` is the budget year.

    `names` finds the units' names in a text, `codes` says whose they are, and `above` whose a unit's own text may hold.
    `targets` are last year's by the level's key and bare name; `grades` by code or key of a check.
    """

    year: int = 0
    names: re.Pattern[str] | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    above: frozenset[str] = frozenset()
    approved: Mapping[str, Decimal] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[tuple[str, str], TargetValue] = field(default_factory=dict)
    grades: Mapping[str, str] = field(default_factory=dict)
    reasons: frozenset[str] = frozenset()

    def is_others(self, name: str) -> bool:
        """A unit's own text has no business with this name."""
        return name in self.codes and self.codes[name] not in self.above


def background(form: FormDefinition, campaign: Campaign | None, unit_code: str) -> Background:
    """What the campaign knows of this unit; of a lone workbook only what its form says."""
    if campaign is None:
        return Background(year=form.year, reasons=frozenset(form.reasons))
    index = _index(campaign)
    known = unit_code in index.parents
    above = _above(index, unit_code) if known else frozenset(index.codes.values())
    return Background(
        year=campaign.year,
        names=index.names,
        codes=index.codes,
        above=above,
        approved=index.approved.get(unit_code, {}),
        texts=index.texts.get(unit_code, {}),
        targets=index.targets.get(unit_code, {}),
        grades=dict(campaign.review.grades),
        reasons=frozenset((*form.reasons, *campaign.review.reasons)),
    )


@dataclass(frozen=True, slots=True)
class _Index:
    """What a campaign knows, by unit code. `names` searches for all names at once, the longest first; `shared` are the
    codes of those whose names belong in everybody's text."""

    campaign: Campaign
    names: re.Pattern[str] | None
    codes: Mapping[str, str]
    parents: Mapping[str, str]
    shared: frozenset[str]
    approved: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    targets: dict[str, dict[tuple[str, str], TargetValue]] = field(default_factory=dict)


_kept: list[_Index] = []


def _index(campaign: Campaign) -> _Index:
    """Made once per campaign and process."""
    if not _kept or _kept[0].campaign is not campaign:
        codes: dict[str, str] = {}
        for unit in campaign.units:
            for name in (unit.name, unit.full_name, _SUFFIX.sub("", unit.name)):
                if len(name) >= _SHORTEST:
                    codes.setdefault(name, unit.code)
        codes.setdefault(campaign.department, "")
        names = re.compile(alternation(codes)) if campaign.units else None
        parents = {unit.code: unit.parent for unit in campaign.units}
        # The 本级 are not units of their own, and "" is the department.
        shared = frozenset(("", *(unit.code for unit in campaign.units if unit.role is not Role.UNIT)))
        index = _Index(campaign, names, codes, parents, shared)
        for figure in campaign.approved:
            index.approved.setdefault(figure.unit_code, {})[figure.field] = figure.amount
        for item in campaign.previous:
            if item.kind == "field":
                index.texts.setdefault(item.unit_code, {})[item.name] = item.value
            else:
                target = parse(item.value, item.operator, item.measure)
                index.targets.setdefault(item.unit_code, {})[item.level, bare(item.name)] = target
        _kept[:] = [index]
    return _kept[0]


def _above(index: _Index, unit_code: str) -> frozenset[str]:
    """The unit itself, those above it and the shared, whose names belong in its texts."""
    found = {unit_code, *index.shared}
    upper = index.parents.get(unit_code, "")
    while upper and upper not in found:
        found.add(upper)
        upper = index.parents.get(upper, "")
    return frozenset(found)
