"""What a person reads on the sheet: which text stands where an answer is asked for. Knows captions, not cells or keys.

The person has the blank form in mind (its captions in their order) and looks at the texts that are seen: an answer
stands right of its label or below it; a table's cells stand under their heading and beside their line or level.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from tests.mutation.book import Area, Place
from tests.mutation.display import Grid, squeezed
from tests.mutation.issue import Blank
from xltool.model.form import Answer, Band, Fields, FormDefinition, Level, Lines, Role, Rows, TargetColumn, Tree

Meaning = tuple[str, ...]
"""("field", key) · ("row", block, column) · ("tree", level key or "?", column): what a text answers."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A printed text of the form: `what` says of what; `order` is its block's number from the top."""

    text: str
    what: Meaning
    order: int


def _texts(form: FormDefinition) -> dict[str, str]:
    return {"title": form.title, "year": str(form.year), "annex": form.annex, "money": form.money, "department": ""}


@cache
def anchors_of(made: Blank) -> tuple[Anchor, ...]:
    """Every caption of this form in the order in which it is read, as far as the blank form shows it."""
    printed = Counter(squeezed(text) for place, text in Grid(made.book.sheet).texts.items()
                      if not made.book.sheet.cells[place].slot)  # fmt: skip
    found = []
    sides: set[str] = set()
    for order, block in enumerate(made.form.blocks):
        frame = block.frame
        if made.role in frame.roles and frame.section not in sides:
            sides.add(frame.section)
            sections = [section for section in made.form.sections if section.key == frame.section]
            found += [Anchor(section.caption, ("side", section.key), order) for section in sections]
        if made.role in frame.roles:
            found += [Anchor(text, what, order) for text, what in _of_block(block, made.role)]
    places = _texts(made.form)
    filled = [Anchor(squeezed(a.text.format_map(places)), a.what, a.order) for a in found]
    return tuple(anchor for anchor in filled if anchor.text and printed[anchor.text])


def _of_block(block: object, role: Role) -> Iterator[tuple[str, Meaning]]:
    if isinstance(block, Band):
        yield block.text, ("band", block.frame.key)
        return
    assert isinstance(block, Fields | Lines | Rows | Tree)
    key = block.frame.key
    yield block.frame.caption, ("caption", key)
    if isinstance(block, Fields):
        for row in block.rows:
            yield from ((item.label, (block.labels, item.key)) for item in row if role in item.roles)
        if block.note:
            yield block.note.text, ("note", key)
    elif isinstance(block, Lines):
        yield block.heading, ("corner", key)
        if block.heading:
            yield from ((item.label, ("heading", key, item.key)) for item in block.columns)
        yield from ((line.label, ("line", key, line.key)) for line in block.lines)
    elif isinstance(block, Rows):
        yield from ((item.label, ("heading", key, item.key)) for item in block.columns)
    else:
        yield from _of_tree(block)


def _of_tree(tree: Tree) -> Iterator[tuple[str, Meaning]]:
    key = tree.frame.key
    groups: set[str] = set()
    lower: list[tuple[str, Meaning]] = []
    for level in tree.levels:
        yield level.heading, ("level", key, level.key)
    for text, what, above in _tree_columns(tree):
        for group in above:
            if group not in groups:
                groups.add(group)
                yield group, ("group", key)
        if above:
            lower.append((text, what))
        else:
            yield text, what
    yield from lower
    seen: set[tuple[str, ...]] = set()
    for leaf in tree.leaves:
        for depth in range(len(leaf.path)):
            if leaf.path[: depth + 1] not in seen:
                seen.add(leaf.path[: depth + 1])
                yield leaf.path[depth], ("name", key, *leaf.path[: depth + 1])
        if leaf.text:
            yield leaf.text, ("prescribed", key)


def _tree_columns(tree: Tree) -> Iterator[tuple[str, Meaning, tuple[str, ...]]]:
    """Heading, meaning and the group headings above it, for each column that is filled in."""
    key = tree.frame.key
    yield tree.name.heading, ("heading", key, "name"), tuple(filter(None, (tree.name.group,)))
    items: list[TargetColumn | Answer] = [*tree.targets, *tree.columns]
    if tree.order:
        items.sort(key=lambda item: tree.order.index(item.key))
    for item in items:
        if isinstance(item, TargetColumn):
            for part in item.parts:
                *above, text = [text for text in (item.group, item.heading, part.heading) if text]
                yield text, ("heading", key, f"{item.key}.{part.part}"), tuple(above)
        else:
            yield item.label, ("heading", key, item.key), ()


@dataclass(slots=True)
class View:
    """`meanings` of the texts that answer something; `ours` are texts of the form itself.

    `answers` has the place of each scalar answer that is filled in, `asked` the scalar answers whose place is clear.
    `rows` maps (block, row) to the places of its cells by column. `lost` are captions that no longer stand there,
    `paths` the names down to each level. `copies` says how many of the texts that stand there too often are ours.
    """

    grid: Grid
    meanings: dict[Place, Meaning] = field(default_factory=dict)
    ours: set[Place] = field(default_factory=set)
    answers: dict[str, Place] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    rows: dict[tuple[str, int], dict[str, Place]] = field(default_factory=dict)
    lost: set[Meaning] = field(default_factory=set)
    paths: dict[str, set[Meaning]] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)
    levels: dict[int, str] = field(default_factory=dict)

    def text(self, place: Place | None) -> str:
        return self.grid.texts.get(place, "") if place else ""


def look(made: Blank, grid: Grid) -> View:
    """Read the sheet as a person who knows the blank form."""
    return _Looking(made, grid).view()


class _Looking:
    def __init__(self, made: Blank, grid: Grid) -> None:
        self.made, self.grid = made, grid
        self.anchors = anchors_of(made)
        self.places = self._find()
        self.at: dict[Meaning, Area] = {}
        for anchor, place in self.places.items():
            self.at[anchor.what] = grid.area(place)
        self.edge = self._edge()
        self.bottom = self._bottom()
        self.seen = View(grid, lost={anchor.what for anchor in self.anchors if anchor not in self.places})
        self.sorted = sorted(grid.texts)

    def view(self) -> View:
        seen = self.seen
        seen.ours = self._ours()
        for block in self.made.form.blocks:
            if self.made.role not in block.frame.roles:
                continue
            if isinstance(block, Fields):
                for row in block.rows:
                    for item in row:
                        self._field(item.key, block.labels)
            elif isinstance(block, Lines):
                self._lines(block)
            elif isinstance(block, Rows):
                self._table(block.frame.key, "row")
            elif isinstance(block, Tree):
                self._levels(block)
                self._table(block.frame.key, "tree")
        return seen

    # --- captions ---

    def _find(self) -> dict[Anchor, Place]:
        """Each caption's place: captions of one wording are told apart by their order."""
        by_text: dict[str, list[Place]] = {}
        for place, text in self.grid.texts.items():
            by_text.setdefault(squeezed(text), []).append(place)
        wanted: dict[str, list[Anchor]] = {}
        for anchor in self.anchors:
            wanted.setdefault(anchor.text, []).append(anchor)
        found: dict[Anchor, Place] = {}
        doubtful: list[tuple[list[Anchor], list[Place]]] = []
        given = _given(self.made)
        for text, anchors in wanted.items():
            places = sorted(by_text.get(text, ()))
            if len(places) == len(anchors) and text not in given:
                found.update(zip(anchors, places, strict=True))
            elif places:
                doubtful.append((anchors, places))
        sure = dict(found)
        for anchors, places in doubtful:
            found.update(self._between(anchors, places, sure))
        return found

    def _between(self, anchors: list[Anchor], places: list[Place], sure: dict[Anchor, Place]) -> dict[Anchor, Place]:
        """Of captions found too often or too rarely, those that only one place lies in order for."""
        order = {anchor: index for index, anchor in enumerate(self.anchors)}
        found = {}
        for anchor in anchors:
            before = max((place for other, place in sure.items() if order[other] < order[anchor]
                          and other.order <= anchor.order), default=(0, 0))  # fmt: skip
            after = min((place for other, place in sure.items() if order[other] > order[anchor]
                         and other.order > anchor.order), default=(1 << 30, 0))  # fmt: skip
            fitting = [place for place in places if before < place < after]
            if len(fitting) == 1:
                found[anchor] = fitting[0]
        clash = Counter(found.values())
        return {anchor: place for anchor, place in found.items() if clash[place] == 1}

    def _ours(self) -> set[Place]:
        """Texts of the blank form, each as often as the blank form has it; checks and keys too."""
        known, given = _printed(self.made), _given(self.made)
        by_text: dict[str, list[Place]] = {}
        ours = set(self.places.values())
        for place, text in self.grid.texts.items():
            hidden = place[1] in self.grid.sheet.hidden_cols and squeezed(text) in known
            if hidden or (self.grid.sheet.cells[place].formula is not None and self._is_check(place)):
                ours.add(place)
            elif place not in ours and squeezed(text) in known and squeezed(text) not in given:
                by_text.setdefault(squeezed(text), []).append(place)
        taken = Counter(squeezed(self.grid.texts[place]) for place in self.places.values())
        for text, places in by_text.items():
            if len(places) + taken[text] <= known[text]:
                ours.update(places)
            else:
                self.seen.copies[text] = known[text] - taken[text]
        return ours

    def _is_check(self, place: Place) -> bool:
        return place[1] > self.edge or place[0] < self._top()

    def _top(self) -> int:
        return min((place[0] for place in self.places.values()), default=1)

    def _edge(self) -> int:
        """The last column inside the form's border: where its widest captions end, or else the tint of the answers."""
        wide = [
            area.right for what, area in self.at.items() if what[0] in ("band", "caption") and area.right > area.left
        ]
        if wide:
            return max(wide)
        heading = [place[1] for place, text in self.grid.texts.items() if text == "校验" and place[0] < self._top()]
        if heading:
            return min(heading) - 1
        tinted = (self.grid.area(place).right for place, cell in self.grid.sheet.cells.items() if not cell.locked)
        return max([area.right for area in self.at.values()] + list(tinted), default=0)

    def _bottom(self) -> int:
        """The last row inside the border: captions end there, or the tint of the answers."""
        rows = [area.bottom for area in self.at.values()]
        rows += [self.grid.area(place).bottom for place, cell in self.grid.sheet.cells.items()
                 if not cell.locked and place[1] <= self.edge]  # fmt: skip
        return max(rows, default=0)

    def _within(self, top: int, bottom: int, left: int, right: int) -> Iterator[Place]:
        for place in self.sorted[bisect_left(self.sorted, (top, 0)) :]:
            if place[0] > bottom:
                return
            if left <= place[1] <= right and place not in self.seen.ours:
                yield place

    # --- fields and lines ---

    def _field(self, key: str, labels: str) -> None:
        label = self.at.get((labels, key))
        if label is None:
            return
        captions = [area for area in self.at.values() if area is not label]
        if labels == "left":
            beside = [a.left for a in captions if a.left > label.right and a.top <= label.top <= a.bottom]
            found = self._within(label.top, label.bottom, label.right + 1, min([*beside, self.edge + 1]) - 1)
        else:
            below = [
                a.top for a in captions if a.top > label.bottom and a.left <= label.right and a.right >= label.left
            ]
            # Right below, also where rows were put between; nobody looks for it at the end of the sheet.
            near = self.grid.area((label.bottom + 1, label.left)).bottom + 3
            found = self._within(label.bottom + 1, min([*below, near, self.bottom + 1]) - 1, label.left, label.right)
        self._take(("field", key), found)

    def _take(self, what: Meaning, found: Iterable[Place]) -> None:
        self.seen.asked.add(what[1])
        for place in found:
            self.seen.answers.setdefault(what[1], place)
            self.seen.meanings[place] = what

    def _lines(self, block: Lines) -> None:
        key = block.frame.key
        for line in block.lines:
            label = self.at.get(("line", key, line.key))
            for item in block.columns:
                heading = self._heading_of(block, item.key)
                if label is None or heading is None:
                    continue
                slot = f"{key}.{line.key}" if len(block.columns) == 1 else f"{key}.{line.key}.{item.key}"
                left = max(heading.left, label.right + 1)
                self._take(("field", slot), self._within(label.top, label.bottom, left, heading.right))

    def _heading_of(self, block: Lines, column: str) -> Area | None:
        """Its own heading, or that of the table right above, whose columns go on."""
        own = self.at.get(("heading", block.frame.key, column))
        if own is not None or block.heading:
            return own
        blocks = self.made.form.blocks
        above = blocks[blocks.index(block) - 1]
        return self.at.get(("heading", above.frame.key, column))

    # --- tables ---

    def _table(self, key: str, kind: str) -> None:
        columns = {what[2]: area for what, area in self.at.items() if what[0] == "heading" and what[1] == key}
        if not columns:
            return
        order = next(anchor.order for anchor in self.anchors if anchor.what[1] == key)
        top = max(area.bottom for area in columns.values()) + 1
        later = [place[0] for anchor, place in self.places.items() if anchor.order > order and place[0] >= top]
        bottom = min([*later, self.bottom + 1]) - 1
        for column, heading in columns.items():
            for place in self._within(top, bottom, heading.left, heading.right):
                self.seen.rows.setdefault((key, place[0]), {}).setdefault(column, place)
                middle = key if kind == "row" else self.seen.levels.get(place[0], "?")
                self.seen.meanings[place] = (kind, middle, column)

    def _levels(self, tree: Tree) -> None:
        """The level of each row: what stands in the level columns beside it, or above it where nothing does."""
        key = tree.frame.key
        for leaf in tree.leaves:
            self.seen.paths[leaf.key] = {leaf.path[: depth + 1] for depth in range(len(leaf.path))}
        columns = [self.at.get(("level", key, level.key)) for level in tree.levels]
        if any(column is None for column in columns):
            return
        above = [""] * len(columns)
        leaves: dict[tuple[str, ...], str] = {}
        names = {squeezed(text) for leaf in tree.leaves for text in leaf.path}
        first = max(column.bottom for column in columns if column) + 1
        for row in range(first, self.bottom + 1):
            for depth, column in enumerate(columns):
                assert column is not None
                area = self.grid.area((row, column.left))
                text = squeezed(self.grid.texts.get((area.top, area.left), ""))
                if text or area.bottom > area.top:
                    above[depth] = text if text in names else "?"
            told = tuple(above)
            if told not in leaves:
                leaves[told] = _leaf(tree, above)
            self.seen.levels[row] = leaves[told]


@cache
def _printed(made: Blank) -> Counter[str]:
    cells = made.book.sheet.cells
    return Counter(squeezed(cell.text) for cell in cells.values() if not cell.slot and not cell.empty)


@cache
def _given(made: Blank) -> frozenset[str]:
    """Answers that were filled in beforehand; one may be worded like a caption."""
    cells = made.book.sheet.cells
    return frozenset(squeezed(cell.text) for cell in cells.values() if cell.slot and not cell.empty)


def _leaf(tree: Tree, names: list[str]) -> str:
    """The level that these names down the columns say, `?` where they do not say one."""
    fitting: list[Level] = []
    for leaf in tree.leaves:
        path = [squeezed(text) for text in leaf.path]
        if all(seen in ("?", text) for seen, text in zip(names, path, strict=False)) and names[len(path) - 1] != "?":
            fitting.append(leaf)
    return fitting[0].key if len(fitting) == 1 else "?"
