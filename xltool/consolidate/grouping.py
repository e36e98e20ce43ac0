"""Which of the units' indicators are the same one: by the allocation's id, by name, or because it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xltool.consolidate.case import Accepted
from xltool.consolidate.matching import normalised
from xltool.model.campaign import ReportingUnit
from xltool.model.form import Level, Tree
from xltool.model.submission import Indicator, Submission


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit's indicator with where it came from."""

    unit: ReportingUnit
    submission: Submission
    indicator: Indicator


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one indicator; `seen` is the place of its first appearance in roster order."""

    key: str
    level: Level
    id: str
    entries: tuple[Entry, ...]
    seen: int


def groups(
    trees: tuple[Tree, ...], accepted: Accepted, merged: Iterable[tuple[str, str]]
) -> Iterator[tuple[Tree, Group]]:
    """Every indicator with its tree. `merged` are pairs of keys that were decided to be one, the first's key stays."""
    leaves = {leaf.key: (tree, leaf) for tree in trees for leaf in tree.leaves}
    entries = [Entry(unit, submission, item) for unit, submission in accepted for item in submission.indicators]
    ids, joined = _ids(entries), _joined(merged)
    members: dict[str, list[tuple[int, Entry]]] = {}
    for seen, entry in enumerate(entries):
        item = entry.indicator
        name = f"{item.level}:{normalised(item.name)}"
        key = item.id or ids.get(name, "") or name
        members.setdefault(joined.get(key, key), []).append((seen, entry))
    for key, found in members.items():
        first = found[0][1].indicator
        tree, leaf = leaves.get(first.level) or (trees[0], Level(first.level, first.levels))
        id = next((entry.indicator.id for _, entry in found if entry.indicator.id), "")
        yield tree, Group(key, leaf, id, tuple(entry for _, entry in found), found[0][0])


def _joined(merged: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Each merged key with the key it goes by in the end, also where three names were merged in two steps."""
    first: dict[str, str] = {}
    for pair in merged:
        kept, gone = (first.get(key, key) for key in pair)
        if kept != gone:
            first[gone] = kept
            first.update({key: kept for key, known in first.items() if known == gone})
    return first


def _ids(entries: Iterable[Entry]) -> Mapping[str, str]:
    """The allocation's id by level and name, so that a unit that retyped the row joins it; ambiguous names do not."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        if entry.indicator.id:
            name = f"{entry.indicator.level}:{normalised(entry.indicator.name)}"
            found.setdefault(name, set()).add(entry.indicator.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
