"""The indicator table of a foreign form: its levels, and each row's name, targets and further answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from xltool.collect.extract_captions import What, fold, level_name
from xltool.collect.extract_grid import Page, Seen, texts_of
from xltool.collect.extract_headings import TreeColumns, tree_columns
from xltool.collect.extract_scalars import read_answer
from xltool.collect.extract_tables import Region, skip_unknown_columns
from xltool.collect.extract_targets import parsed, read_target
from xltool.findings import Code
from xltool.model.form import Level, Tree
from xltool.model.submission import FieldAnswer, Indicator, Source
from xltool.model.value import Kind, State


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator with the cells it was read from; `level` is None where the printed level is unknown."""

    row: int
    level: Level | None
    levels: tuple[str, ...]
    name: Seen
    cells: dict[str, Seen]  # by column key


@dataclass(slots=True)
class _Levels:
    """Where in the level tree the reading stands. `unknown` is a printed level that is none of the form's."""

    tree: Tree
    path: list[str] = field(default_factory=list)
    unknown: str = ""

    def matches(self, depth: int, text: str) -> list[Level]:
        """The leaves whose name at this depth the text is; those under the path so far first."""
        name = level_name(text)
        found = [leaf for leaf in self.tree.leaves if depth < len(leaf.path) and name in _names(leaf, depth)]
        under = [leaf for leaf in found if list(leaf.path[:depth]) == self.path[:depth]]
        return under or found

    def leaf(self) -> Level | None:
        """The leaf the path leads to; a first level with one leaf needs no second."""
        if self.unknown:
            return None
        under = [leaf for leaf in self.tree.leaves if list(leaf.path[: len(self.path)]) == self.path]
        return under[0] if self.path and len(under) == 1 else None

    def enter(self, depth: int, leaf: Level) -> None:
        self.path, self.unknown = list(leaf.path[: depth + 1]), ""


def _names(leaf: Level, depth: int) -> set[str]:
    names = {level_name(leaf.path[depth])}
    if depth == len(leaf.path) - 1:
        names.update(level_name(alias) for alias in leaf.aliases)
    return names


def read_tree(page: Page, region: Region, tree: Tree) -> tuple[Entry, ...]:
    """Every indicator row in the printed order, under the level it is printed under."""
    columns = tree_columns(page, region, tree)
    known = [(first, columns.right[key]) for key, first in columns.at.items()]
    skip_unknown_columns(page, region, columns.after, known)
    reader = _Reader(page, tree, columns, _Levels(tree))
    for row in range(columns.after + 1, region.last + 1):
        if row in page.rows:
            reader.row(row)
    reader.without_indicators()
    return tuple(reader.entries)


@dataclass(slots=True)
class _Reader:
    page: Page
    tree: Tree
    columns: TreeColumns
    levels: _Levels
    entries: list[Entry] = field(default_factory=list)
    empty: list[tuple[Level, Seen]] = field(default_factory=list)
    prescribed: list[Seen] = field(default_factory=list)

    def row(self, row: int) -> None:
        rest = [seen for seen in self.page.free(row) if not self._ours(seen) and not self._level(seen)]
        leaf = self.levels.leaf()
        if leaf is not None and leaf.entry == "none":
            rest = [seen for seen in rest if not self._prescribed(leaf, seen)]
        if not rest:
            return
        cells = {key: seen for seen in rest if (key := self.columns.key_of(seen.col))}
        astray = [seen for seen in rest if self._astray(seen)]
        if astray and not self._unknown_level(astray, cells):
            self._shifted(row, rest)
            return
        if "name" not in cells:
            self._unread(rest)
            return
        self._keep(row, {key: seen for key, seen in cells.items() if key not in self._level_keys()})

    def _keep(self, row: int, cells: dict[str, Seen]) -> None:
        self.page.use(*cells.values())
        leaf = self.levels.leaf()
        path = leaf.path if leaf is not None else tuple(t for t in (*self.levels.path, self.levels.unknown) if t)
        self.entries.append(Entry(row, leaf, path, cells["name"], cells))

    def _level_keys(self) -> tuple[str, ...]:
        return tuple(level.key for level in self.tree.levels)

    def _ours(self, seen: Seen) -> bool:
        """A caption at the side, or the headings once more at the top of a page."""
        block = self.tree.frame.key
        ours = any(c.what is What.CAPTION or (c.what is What.HEADING and c.block == block) for c in seen.captions)
        if ours:
            self.page.use(seen)
        return ours

    def _level(self, seen: Seen) -> bool:
        """Enter the level this text names: in its own column, or elsewhere left of the names, with a finding."""
        keys = self._level_keys()
        own = keys.index(key) if (key := self.columns.key_of(seen.col)) in keys else None
        if own is None:
            return False
        for depth in sorted(range(len(keys)), key=lambda item: item != own):
            found = self.levels.matches(depth, seen.text)
            if not found:
                continue
            if depth != own:
                self.page.say(Code.EXT_LEVEL_MOVED, seen, found[0].key, level=seen.text,
                              found=self.page.where(*seen.place))  # fmt: skip
            self.levels.enter(depth, found[0])
            self.page.use(seen)
            if depth == len(keys) - 1 and found[0].entry == "none":
                self.empty.append((found[0], seen))
            return True
        return False

    def _prescribed(self, leaf: Level, seen: Seen) -> bool:
        if not leaf.text or fold(seen.text) != fold(leaf.text):
            return False
        self.page.use(seen)
        self.page.marks(seen, leaf.path[-1], leaf.key)
        self.prescribed.append(seen)
        return True

    def _astray(self, seen: Seen) -> bool:
        key = self.columns.key_of(seen.col)
        return not key or key in self._level_keys()

    def _unknown_level(self, astray: list[Seen], cells: dict[str, Seen]) -> bool:
        """A complete row with a text in a level's column: the form has no such level."""
        named = [seen for seen in astray if self.columns.key_of(seen.col) in self._level_keys()]
        complete = "name" in cells and any(self._is_target(key) for key in cells)
        if not named or not complete:
            return not named and complete
        for seen in named:
            keys = self._level_keys()
            depth = keys.index(self.columns.key_of(seen.col))
            heading = self.tree.levels[depth].heading
            self.page.say(Code.EXT_LEVEL_UNKNOWN, seen, self.tree.frame.key, text=seen.text, heading=heading)
            self.page.use(seen)
            self.levels.path, self.levels.unknown = self.levels.path[:depth], seen.text
        return True

    def _is_target(self, key: str) -> bool:
        return any(key == target.key or key.startswith(f"{target.key}.") for target in self.tree.targets)

    def _shifted(self, row: int, rest: list[Seen]) -> None:
        """A name and its target beside their columns: put back only where order and content leave no doubt."""
        wanted = [key for key in sorted(self.columns.at, key=lambda item: self.columns.at[item])
                  if key == "name" or self._is_target(key)][: len(rest)]  # fmt: skip
        values = [key for key in wanted if self._is_target(key) and not key.endswith((".operator", ".measure"))]
        if len(wanted) < 2 or wanted[0] != "name" or len(wanted) != len(rest) or not values:
            self._unread(rest)
            return
        cells = dict(zip(wanted, rest, strict=True))
        name, target = cells["name"], cells[values[0]]
        if _reads(target.text) is False or _reads(name.text):
            self._unread(rest)
            return
        self._keep(row, cells)
        places = [self.page.where(row, self.columns.at[key]) for key in wanted]
        self.page.say(Code.EXT_SHIFTED, name, self._leaf_key(), name=name.text, target=target.text,
                      found="、".join(self.page.where(*seen.place) for seen in rest),
                      expected="、".join(places))  # fmt: skip

    def _leaf_key(self) -> str:
        leaf = self.levels.leaf()
        return leaf.key if leaf is not None else self.tree.frame.key

    def _unread(self, rest: list[Seen]) -> None:
        self.page.use(*rest)
        self.page.say(Code.EXT_ROW_UNREAD, rest[0], self._leaf_key(), texts=texts_of(rest))

    def without_indicators(self) -> None:
        """The levels for which the form asks nothing, in one finding."""
        if self.empty:
            levels = "、".join(leaf.path[-1] for leaf, _ in self.empty)
            first = self.prescribed[0] if self.prescribed else self.empty[0][1]
            self.page.say(Code.EXT_NO_INDICATORS, first, self.empty[0][0].key, levels=levels,
                          text=texts_of(self.prescribed))  # fmt: skip


def _reads(text: str) -> bool:
    """Whether a text is understood as a target value."""
    return parsed(text).kind is not Kind.UNPARSED


def keyed(tree: Tree, entries: Iterable[Entry]) -> tuple[tuple[str, Entry], ...]:
    """The entries with their row keys: numbered within their level as printed."""
    counts: dict[str, int] = {}
    made = []
    for entry in entries:
        section = entry.level.key if entry.level is not None else tree.frame.key
        counts[section] = counts.get(section, 0) + 1
        made.append((f"{section}#{counts[section]:02d}", entry))
    return tuple(made)


def indicator(page: Page, tree: Tree, entry: Entry, key: str) -> Indicator:
    """An entry read: its name, targets and further answers."""
    page.marks(entry.name, entry.name.text, f"{key}.name")
    extras = []
    for answer in tree.columns:
        seen = entry.cells.get(answer.key)
        if seen is None:
            extras.append(FieldAnswer(answer.key, State.BLANK, "", None, Source(page.sheet.name, "")))
        else:
            extras.append(read_answer(page, seen, answer, answer.key, f"{key}.{answer.key}"))
    return Indicator(
        key=key,
        level=entry.level.key if entry.level is not None else "",
        levels=entry.levels,
        name="".join(entry.name.text.splitlines()),
        source=page.source(entry.name),
        targets=tuple(read_target(page, target, entry.cells, key, entry.name.text) for target in tree.targets),
        extras=tuple(extras),
    )
