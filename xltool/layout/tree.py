"""Placing the level tree: heading rows, a row per indicator, level names merged over their rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from xltool.layout.blocks import HEADING_HEIGHT
from xltool.layout.grid import Grid
from xltool.layout.metrics import EXCEL_ROW_LIMIT, height_for_length, height_for_text
from xltool.model.form import Answer, AnswerType, Level, PartColumn, Profile, TargetColumn, Tree
from xltool.model.layout import Slot
from xltool.model.workbook import CellRange

ID_NAME = "I_"  # the defined name of an allocated indicator: this and its id
INDICATOR_HEIGHT = 27.0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the tree as drawn in this profile: its headings from the top down (equal ones merge)."""

    key: str
    headings: tuple[str, ...]
    first: int
    span: int
    target: TargetColumn | None = None
    part: str = ""
    answer: Answer | None = None


def columns_of(tree: Tree, profile: Profile, left: int) -> tuple[Column, ...]:
    """The columns of a tree, left to right, after its level columns too."""
    placed: list[Column] = []
    column = left
    for key, headings, span, target, part, answer in _columns(tree, profile):
        placed.append(Column(f"{tree.frame.key}.{key}", headings, column, span, target, part, answer))
        column += span
    return tuple(placed)


def _columns(
    tree: Tree, profile: Profile
) -> Iterator[tuple[str, tuple[str, ...], int, TargetColumn | None, str, Answer | None]]:
    for level in tree.levels:
        yield level.key, (level.heading,), level.span, None, "", None
    yield "name", _joined(tree.name.group, tree.name.heading), tree.name.span, None, "name", None
    for item in _in_order(tree):
        if isinstance(item, Answer):
            yield item.key, (item.label,), item.answer_span, None, "", item
            continue
        for part in _parts(item, profile):
            headings = _joined(item.group, item.heading, part.heading)
            key = item.key if profile is Profile.PRINT and part.part == "value" else f"{item.key}.{part.part}"
            yield key, headings, part.span, item, part.part, None


def _in_order(tree: Tree) -> list[TargetColumn | Answer]:
    items: list[TargetColumn | Answer] = [*tree.targets, *tree.columns]
    return sorted(items, key=lambda item: tree.order.index(item.key)) if tree.order else items


def _joined(*headings: str) -> tuple[str, ...]:
    return tuple(heading for heading in headings if heading)


def _parts(target: TargetColumn, profile: Profile) -> tuple[PartColumn, ...]:
    """Fill: a cell per part. Print: parts with a column of their own, the others merged into the value."""
    if profile is Profile.FILL:
        return target.parts
    kept = tuple(part for part in target.parts if part.printed and part.part != "value")
    span = sum(part.span for part in target.parts) - sum(part.span for part in kept)
    # In print the merged cell stands under the target's heading, or under the value's own where it has none.
    heading = "" if target.heading else next(part.heading for part in target.parts if part.part == "value")
    merged = PartColumn("value", heading, span)
    before = tuple(part for part in kept if part.part == "operator")
    return (*before, merged, *(part for part in kept if part not in before))


def place_tree(grid: Grid, tree: Tree, left: int) -> None:
    """The whole tree. Its heading rows are repeated on each printed page."""
    columns = columns_of(tree, grid.profile, left)
    _headings(grid, tree, columns)
    first = grid.row
    starts = {level.key: _level_rows(grid, tree, columns, level) for level in tree.leaves}
    _make_room(grid, tree, columns, starts)
    _prescribed(grid, tree, columns, starts)
    _level_names(grid, tree, columns, starts)
    grid.names.append((f"S_{tree.frame.key}", CellRange(first, 1, grid.row - 1, grid.tracks)))


def _headings(grid: Grid, tree: Tree, columns: tuple[Column, ...]) -> None:
    depth = max(len(column.headings) for column in columns)
    keys = [f"{tree.frame.key}:heading" + (f"+{index}" if index else "") for index in range(depth)]
    rows = [grid.open_row(key, HEADING_HEIGHT) for key in keys]
    grid.repeat_rows = (rows[0], rows[-1])
    for index in range(depth):
        for text, members in groupby(columns, key=lambda column: column.headings[: index + 1]):
            group = list(members)
            if len(text) <= index:
                continue
            last = rows[index] if any(len(item.headings) > index + 1 for item in group) else rows[-1]
            where = CellRange(rows[index], group[0].first, last, group[-1].first + group[-1].span - 1)
            key = group[0].key if len(group) == 1 else f"{tree.frame.key}.{_group_key(group)}"
            grid.head(key, grid.text(text[index]), where, keys[index], grid.palette.heading())


def _group_key(group: list[Column]) -> str:
    target = group[0].target
    same = target is not None and all(item.target is target for item in group)
    return target.key if target is not None and same else f"{group[0].key.rpartition('.')[2]}:group"


def _level_rows(grid: Grid, tree: Tree, columns: tuple[Column, ...], level: Level) -> CellRange:
    """All rows of one leaf of the tree; levels that ask for nothing have one row."""
    first = grid.row
    if level.entry == "none":
        grid.open_row(level.key, HEADING_HEIGHT)
        return CellRange(first, 1, first, grid.tracks)
    for number in range(1, grid.filling.counts.get(level.key, level.prepared + level.spare) + 1):
        _indicator_row(grid, tree, columns, level, number)
    where = CellRange(first, 1, grid.row - 1, grid.tracks)
    grid.names.append((f"S_{level.key}", where))
    return where


def _indicator_row(grid: Grid, tree: Tree, columns: tuple[Column, ...], level: Level, number: int) -> None:
    key = f"{level.key}#{number:02d}"
    row = grid.open_row(key, _indicator_height(grid, tree, key, columns[len(tree.levels) :]))
    if grid.filling_in:
        grid.fitted_rows.append(row)
    for column in columns[len(tree.levels) :]:
        where = CellRange(row, column.first, row, column.first + column.span - 1)
        label = f"{level.path[-1]}·{number}·{'·'.join(column.headings)}"
        if column.answer is not None:
            grid.answer(f"{key}.{column.answer.key}", column.answer, where, key, tree.frame.key, label)
            continue
        slot = _slot_key(key, column, grid.profile)
        align = "left" if column.part == "name" else "center"
        given, locked = _given(tree, level, number, column)
        locked = locked or slot in grid.filling.locked
        if column.target is None and key in grid.filling.ids:
            grid.names.append((f"{ID_NAME}{grid.filling.ids[key]}", where))
        grid.part(
            Slot(slot, where, key, column.key, label, tree.frame.key, None, level, column.target, column.part, locked),
            given,
            align=align,
        )


def _given(tree: Tree, level: Level, number: int, column: Column) -> tuple[str, bool]:
    """What the form itself puts into a cell of its n-th indicator: the name, and for the first target two parts."""
    if number > len(level.indicators):
        return "", False
    row = level.indicators[number - 1]
    if column.target is None:
        return row.name, row.locked
    if column.target is not tree.targets[0] or column.part == "value":
        return "", False
    text = row.operator if column.part == "operator" else row.measure
    return text, row.locked and bool(text)


def _slot_key(row_key: str, column: Column, profile: Profile) -> str:
    if column.target is None:
        return f"{row_key}.name"
    if profile is Profile.PRINT and column.part == "value":
        return f"{row_key}.{column.target.key}"
    return f"{row_key}.{column.target.key}.{column.part}"


def _indicator_height(grid: Grid, tree: Tree, row_key: str, columns: tuple[Column, ...]) -> float:
    """Height for what stands in the row. Programs fit it to what is typed, but not to what merged cells hold."""
    heights, size = [INDICATOR_HEIGHT], grid.form.sheet.font_size
    for column in columns:
        key = f"{row_key}.{column.answer.key}" if column.answer else _slot_key(row_key, column, grid.profile)
        content, width = grid.filling.contents.get(key), grid.width(column.first, column.span)
        if isinstance(content, str) and (column.answer is None or column.answer.type is AnswerType.TEXT):
            heights.append(height_for_text(content, width, size))
        if grid.filling_in:
            expected = column.answer.expected_length if column.answer else 0
            heights.append(height_for_length(_longest(tree, column) if column.span > 1 else expected, width, size))
    return min(max(heights), EXCEL_ROW_LIMIT)


def _longest(tree: Tree, column: Column) -> int:
    """How many characters may be typed into one cell of a column."""
    if column.answer is not None:
        return column.answer.max_length if column.answer.type is AnswerType.TEXT else 0
    if column.target is None:
        return tree.name.max_length
    return next(part.max_length for part in column.target.parts if part.part == column.part)


def _prescribed(grid: Grid, tree: Tree, columns: tuple[Column, ...], starts: dict[str, CellRange]) -> None:
    """The printed sentence of levels that ask for nothing, merged over the silent levels that follow it."""
    silent = [level for level in tree.leaves if level.entry == "none"]
    runs: list[list[Level]] = []
    for level in silent:
        if level.text or not runs:
            runs.append([level])
        else:
            runs[-1].append(level)
    name = columns[len(tree.levels)]
    style = grid.palette.label("left")
    for run in runs:
        first, last = starts[run[0].key].first_row, starts[run[-1].key].last_row
        grid.put(CellRange(first, name.first, last, name.first + name.span - 1), run[0].text, style)
        for row in range(first, last + 1):
            for column in columns[len(tree.levels) + 1 :]:
                grid.put(CellRange(row, column.first, row, column.first + column.span - 1), None, style)


def _make_room(grid: Grid, tree: Tree, columns: tuple[Column, ...], starts: dict[str, CellRange]) -> None:
    """A level's name may need more lines than the few rows beside it are high: the last of them is made higher."""
    heights = dict(grid.heights)
    for level in tree.leaves:
        width = grid.width(columns[len(level.path) - 1].first, columns[len(level.path) - 1].span)
        needed = height_for_text(level.path[-1], width, grid.form.sheet.font_size)
        rows = starts[level.key]
        missing = needed - sum(heights[row] for row in range(rows.first_row, rows.last_row + 1))
        if missing > 0:
            heights[rows.last_row] = round(heights[rows.last_row] + missing, 1)
    grid.heights[:] = heights.items()


def _level_names(grid: Grid, tree: Tree, columns: tuple[Column, ...], starts: dict[str, CellRange]) -> None:
    """Level names down the left, each merged over the rows of everything below it."""
    for depth in range(len(tree.levels)):
        for path, members in groupby(tree.leaves, key=lambda level: level.path[: depth + 1]):
            leaves = list(members)
            if len(path) <= depth:
                continue
            column = columns[depth]
            # A branch that ends early (fewer levels than columns) stretches over the columns that follow.
            short = all(len(leaf.path) == depth + 1 for leaf in leaves)
            last = columns[len(tree.levels) - 1] if short else column
            where = CellRange(
                starts[leaves[0].key].first_row, column.first,
                starts[leaves[-1].key].last_row, last.first + last.span - 1,
            )  # fmt: skip
            grid.put_beside(where, path[depth], grid.palette.label())
