"""From the allocation table to the rows of one unit's form."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from xltool.findings import Code, finding
from xltool.model.campaign import AllocatedIndicator, Campaign, Duty, ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition, Level, TargetColumn, Tree


@dataclass(frozen=True, slots=True)
class AllocatedRows:
    """Contents, ids and locks by slot or row key; `counts` leaves every level its spare rows."""

    contents: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()


def allocated_rows(form: FormDefinition, campaign: Campaign, unit: ReportingUnit) -> AllocatedRows:
    """The unit's indicators, in the table's order, in the first rows of their levels."""
    by_level: defaultdict[str, list[AllocatedIndicator]] = defaultdict(list)
    for row in campaign.allocation:
        if row.duty(unit.code) is not Duty.NOT:
            by_level[row.level].append(row)
    result = AllocatedRows()
    locked: set[str] = set()
    offered: set[str] = set()
    for tree, level in _levels(form):
        for number, row in enumerate(by_level[level.key], start=1):
            key = f"{level.key}#{number:02d}"
            result.ids[key] = row.id
            contents, fixed = _cells(key, row, tree.targets[0])
            result.contents.update(contents)
            locked.update(fixed)
            offered.update({key} if row.duty(unit.code) is Duty.MAY else ())
        if by_level[level.key]:
            room = len(by_level[level.key]) + level.spare
            result.counts[level.key] = max(level.prepared + level.spare, room)
    return AllocatedRows(result.contents, result.counts, result.ids, frozenset(locked), frozenset(offered))


def _cells(key: str, row: AllocatedIndicator, target: TargetColumn) -> tuple[dict[str, str], set[str]]:
    """What is put into the row, and which of its cells the unit may not change."""
    parts = {"operator": row.operator, "value": row.value, "measure": row.measure}
    cells = {f"{key}.name": row.name}
    cells.update(
        {f"{key}.{target.key}.{part.part}": parts[part.part] for part in target.parts if parts[part.part]}
    )
    open_parts = () if row.fixed else (f"{key}.{target.key}.value", f"{key}.{target.key}.operator")
    return cells, set(cells) - set(open_parts)


def allocation_faults(form: FormDefinition, campaign: Campaign) -> tuple[Finding, ...]:
    """Rows whose level the form does not have; the rest was checked when the table was read."""
    known = {level.key for _, level in _levels(form)}
    return tuple(
        finding(Code.DEF_ALLOCATION_LEVEL, Position(file="allocation", column="level"), id=row.id, level=row.level,
                known=", ".join(sorted(known)))
        for row in campaign.allocation
        if row.level not in known
    )  # fmt: skip


def _levels(form: FormDefinition) -> list[tuple[Tree, Level]]:
    trees = [block for block in form.blocks if isinstance(block, Tree)]
    return [(tree, level) for tree in trees for level in tree.leaves if level.entry != "none"]
