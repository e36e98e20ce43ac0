"""Names that are nearly the same: proposals for the coordinator, never a merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from xltool.consolidate.grouping import Group
from xltool.consolidate.matching import normalised, printable
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

CLOSE = 86  # of 100: one character in seven may differ; below this the example's own indicators begin to pair up


@dataclass(frozen=True, slots=True)
class Near:
    """Two indicators of one level with close names. `score` is out of 100; units by name."""

    one: str
    other: str
    name_one: str
    name_other: str
    units_one: tuple[str, ...]
    units_other: tuple[str, ...]
    score: int

    @property
    def key(self) -> str:
        return f"same:{self.one}|{self.other}"

    def finding(self) -> Finding:
        return finding(
            Code.AGG_NEAR_NAMES, Position(field=self.other), one=self.name_one, other=self.name_other,
            units_one="、".join(self.units_one), units_other="、".join(self.units_other), score=self.score,
        )  # fmt: skip


def near_names(groups: Iterable[Group]) -> Iterator[Near]:
    """Pairs of one level in the order of their first appearance."""
    by_level: dict[str, list[Group]] = {}
    for group in groups:
        by_level.setdefault(group.level.key, []).append(group)
    for found in by_level.values():
        names = [normalised(group.entries[0].indicator.name) for group in found]
        for place, name in enumerate(names[:-1]):
            close = process.extract(name, names[place + 1 :], scorer=fuzz.ratio, score_cutoff=CLOSE, limit=None)
            for _, score, offset in sorted(close, key=lambda item: item[2]):
                yield _near(found[place], found[place + 1 + offset], score)


def _near(one: Group, other: Group, score: float) -> Near:
    return Near(
        one.key, other.key, _name(one), _name(other), _units(one), _units(other), int(score),
    )  # fmt: skip


def _name(group: Group) -> str:
    return printable(group.entries[0].indicator.name)


def _units(group: Group) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.unit.name for entry in group.entries))
