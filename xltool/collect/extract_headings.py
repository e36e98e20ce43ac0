"""The columns of the indicator table, from one or two rows of headings."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xltool.collect.extract_captions import What, fold
from xltool.collect.extract_grid import Page, Seen
from xltool.collect.extract_tables import Region, name_of
from xltool.findings import Code
from xltool.model.form import Tree


@dataclass(frozen=True, slots=True)
class TreeColumns:
    """Columns by key: level keys, `name`, `current` or `current.operator|value|measure`, further answers' keys.

    `keys` are in the order of the sheet. `after` is the last row of headings.
    """

    at: dict[str, int]
    right: dict[str, int]
    after: int

    def key_of(self, col: int) -> str:
        """The key of the column this one is, or belongs to where the heading is merged."""
        return next((key for key, first in self.at.items() if first <= col <= self.right[key]), "")


def tree_columns(page: Page, region: Region, tree: Tree) -> TreeColumns:
    """Where the columns stand. A column that is not found and that the form cannot do without is reported."""
    head = _headings(page, region.first, tree)
    below = page.next_row(region.first)
    subs = _headings(page, below, tree) if below is not None and below <= region.last else []
    last = max((page.right(seen) for _, seen in head), default=0)
    if below is None or not _second_row(page, below, tree, subs, last):
        subs = []
    placed = _unfolded(tree, head, subs)
    used = [seen for _, seen in (*head, *subs)]
    page.use(*used)
    at: dict[str, int] = {}
    right: dict[str, int] = {}
    for key, seen in placed:
        if key not in at and seen.col not in at.values():
            at[key], right[key] = seen.col, max(seen.col, page.right(seen))
    _report_missing(page, region, tree, at)
    return TreeColumns(at, right, below if subs and below is not None else region.first)


def _headings(page: Page, row: int | None, tree: Tree) -> list[tuple[str, Seen]]:
    """(key without the block, cell) of each heading in a row; a text with several meanings gives one pair for each."""
    prefix = tree.frame.key
    return [
        (caption.key.removeprefix(prefix).removeprefix("."), seen)
        for seen in page.rows.get(row or 0, ())
        for caption in seen.captions
        if caption.what is What.HEADING and caption.block == prefix
    ]


def _second_row(page: Page, below: int, tree: Tree, subs: list[tuple[str, Seen]], last: int) -> bool:
    """Whether a row is nothing but headings up to column `last`; a repeated first row or an indicator row is not."""
    levels = {level.key for level in tree.levels}
    headings = all(seen.captions for seen in page.rows[below] if seen.col <= last)
    return bool(subs) and headings and not any(key in levels for key, _ in subs)


def _members(tree: Tree, group: str) -> set[str]:
    """The keys of the columns under a group heading."""
    keys = {"name"} if tree.name.group and fold(tree.name.group) == group else set()
    for target in tree.targets:
        if group in (fold(target.group), fold(target.heading)):
            keys.update(f"{target.key}.{part.part}" for part in target.parts)
            keys.add(target.key)
    return keys


def _unfolded(
    tree: Tree, head: list[tuple[str, Seen]], subs: list[tuple[str, Seen]]
) -> list[tuple[str, Seen]]:
    """The columns of both rows. Where merged headings came as one cell each, what stands right of a group moves on
    by the columns that the group spans."""
    placed: list[tuple[str, Seen]] = []
    shift = 0
    cells = list(dict.fromkeys(seen for _, seen in head))
    for place, seen in enumerate(cells):
        col = seen.col + shift
        keys = [key for key, other in head if other is seen]
        members = set().union(*(_members(tree, fold(seen.text)) for _ in keys))
        under = [(key, sub) for key, sub in subs if key in members and sub.col >= col]
        columns = {sub.col for _, sub in under}
        if columns:
            placed += under
            following = cells[place + 1].col + shift if place + 1 < len(cells) else col + len(columns)
            shift += max(0, col + len(columns) - following)
            continue
        for key in keys:
            plain = _plain_key(tree, key)
            if plain:
                placed.append((plain, replace(seen, col=col) if col != seen.col else seen))
    return placed


def _plain_key(tree: Tree, key: str) -> str:
    """The column's key; a group heading that spans nothing is the column of its only target."""
    if not key.startswith("+"):
        return key
    for target in tree.targets:
        if key == f"+{fold(target.group)}" and not target.heading and fold(target.group) != fold(tree.name.group):
            return target.key
    return "name" if key == f"+{fold(tree.name.group)}" else ""


def _report_missing(page: Page, region: Region, tree: Tree, at: dict[str, int]) -> None:
    headings = {level.key: level.heading for level in tree.levels} | {"name": tree.name.heading}
    for target in tree.targets:
        if not {target.key, f"{target.key}.value"} & at.keys() and target.compulsory:
            headings[target.key] = target.heading or target.group or target.label
    for key, heading in headings.items():
        if key not in at:
            page.say(Code.EXT_COLUMN_MISSING, None, f"{region.block.frame.key}.{key}", table=name_of(tree),
                     heading=heading)  # fmt: skip
