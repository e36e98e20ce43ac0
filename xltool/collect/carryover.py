"""A form filled on an earlier version, carried over to the current one by its keys; nothing typed is lost silently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from xltool.findings import Code, finding
from xltool.layout.grid import Content
from xltool.model.finding import Finding, Position
from xltool.model.form import Rename, Tree
from xltool.model.layout import FormLayout, Slot
from xltool.model.submission import FieldAnswer, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import State


@dataclass(frozen=True, slots=True)
class Passage:
    """From the keys of an earlier layout to those of the current one. A slot without a new key is gone."""

    old: FormLayout
    new: FormLayout
    keys: Mapping[str, str]

    def contents(self, typed: Mapping[str, Content]) -> dict[str, Content]:
        """What was typed, under the keys of the current version."""
        return {self.keys[key]: content for key, content in typed.items() if key in self.keys}

    def places(self, places: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        """Where the current version's answers stand in the file that was filled on the earlier one."""
        return {self.keys[key]: place for key, place in places.items() if key in self.keys}


def passage(old: FormLayout, new: FormLayout, renames: Iterable[Rename]) -> Passage:
    """Match every answer of the old layout with the new one's by key, after the declared renamings."""
    changed = {(item.kind, item.old): item.new for item in renames if item.version == old.form.version}
    known = {slot.key for slot in new.slots}
    keys = {slot.key: _renamed(slot, changed) for slot in old.slots}
    return Passage(old, new, {key: to for key, to in keys.items() if to in known})


def counts(sizes: Mapping[str, int], renames: Iterable[Rename], version: str) -> dict[str, int]:
    """Row counts per block or level under the new keys."""
    changed = {item.old: item.new for item in renames if item.version == version and item.kind in ("block", "level")}
    return {changed.get(key, key): count for key, count in sizes.items()}


def _renamed(slot: Slot, changed: Mapping[tuple[str, str], str]) -> str:
    if "#" not in slot.row_key:
        whole = changed.get(("field", slot.key)) or changed.get(("line", slot.key))
        if whole:
            return whole
        block, dot, rest = slot.key.partition(".")
        return f"{changed.get(('block', block), block)}{dot}{rest}" if dot and block == slot.block else slot.key
    part, _, number = slot.row_key.partition("#")
    tail = slot.key.removeprefix(f"{slot.row_key}.")
    kind = "level" if slot.level is not None else "block"
    first, dot, rest = tail.partition(".")
    of_tail = "target" if dot else "column"
    new_tail = f"{changed.get((of_tail, first), first)}{dot}{rest}"
    return f"{changed.get((kind, part), part)}#{number}.{new_tail}"


def carry_over(submission: Submission, way: Passage) -> tuple[Submission, tuple[Finding, ...]]:
    """The submission as one of the current version, and what became of each answer."""
    fields = tuple(replace(item, key=way.keys[item.key]) for item in submission.fields if item.key in way.keys)
    fields += tuple(_unasked(slot) for slot in _added(way))
    rows = tuple(row for item in submission.rows if (row := _row(item, way)) is not None)
    indicators = tuple(item for old in submission.indicators if (item := _indicator(old, way)) is not None)
    identity = replace(submission.identity, form_version=way.new.form.version)
    carried = replace(submission, identity=identity, fields=fields, rows=rows, indicators=indicators)
    return carried, tuple(_report(submission, way))


def _added(way: Passage) -> list[Slot]:
    """Scalar answers that only the current version asks for."""
    came = set(way.keys.values())
    return [slot for slot in way.new.slots if "#" not in slot.row_key and slot.key not in came]


def _unasked(slot: Slot) -> FieldAnswer:
    """An answer that the file had no place for is blank, so that it is asked for where it is compulsory."""
    return FieldAnswer(slot.key, State.BLANK, "", None, Source("", ""))


def _row(row: RowAnswer, way: Passage) -> RowAnswer | None:
    pairs = [(item, way.keys.get(f"{row.key}.{item.key}", "")) for item in row.answers]
    kept = [(item, key) for item, key in pairs if key]
    if not kept:
        return None
    row_key = kept[0][1].rpartition(".")[0]
    answers = tuple(replace(item, key=key.removeprefix(f"{row_key}.")) for item, key in kept)
    return RowAnswer(row_key.partition("#")[0], row_key, answers)


def _indicator(item: Indicator, way: Passage) -> Indicator | None:
    name = way.keys.get(f"{item.key}.name")
    if name is None:
        return None
    key = name.removesuffix(".name")
    level = key.partition("#")[0]
    paths = {leaf.key: leaf.path for tree in way.new.form.blocks if isinstance(tree, Tree) for leaf in tree.leaves}
    targets = tuple(
        replace(target, column=column)
        for target in item.targets
        if (column := _column(way.keys.get(f"{item.key}.{target.column}.value", ""), key))
    )
    extras = tuple(
        replace(extra, key=way.keys[f"{item.key}.{extra.key}"].removeprefix(f"{key}."))
        for extra in item.extras
        if f"{item.key}.{extra.key}" in way.keys
    )
    return replace(item, key=key, level=level, levels=paths[level], targets=targets, extras=extras)


def _column(slot_key: str, row_key: str) -> str:
    return slot_key.removeprefix(f"{row_key}.").removesuffix(".value") if slot_key else ""


def _report(submission: Submission, way: Passage) -> Iterable[Finding]:
    old, new = {slot.key: slot for slot in way.old.slots}, {slot.key: slot for slot in way.new.slots}
    scalars = [slot for slot in way.old.slots if "#" not in slot.row_key]
    added = _added(way)
    renamed = [slot for slot in scalars if way.keys.get(slot.key, slot.key) != slot.key]
    gone = [slot for slot in scalars if slot.key not in way.keys]
    levels = sorted({(_level(key), _level(to)) for key, to in way.keys.items() if _level(key) != _level(to)})
    yield finding(
        Code.TPL_CARRIED_OVER, found=way.old.form.version, current=way.new.form.version,
        same=len(scalars) - len(renamed) - len(gone), renamed=len(renamed) + len(levels), gone=len(gone),
        new=len(added),
    )  # fmt: skip
    for slot in renamed:
        yield finding(Code.TPL_CARRIED_RENAMED, Position(field=slot.key), old=slot.label,
                      new=new[way.keys[slot.key]].label)  # fmt: skip
    for before, after in levels:
        yield finding(Code.TPL_CARRIED_RENAMED, old=_path(way.old, before), new=_path(way.new, after))
    for slot in added:
        yield finding(Code.TPL_CARRIED_NEW, Position(field=slot.key), label=slot.label)
    yield from _lost(submission, way, old)


def _lost(submission: Submission, way: Passage, old: Mapping[str, Slot]) -> Iterable[Finding]:
    """Everything that was written where the current version has no place."""
    answers: list[tuple[str, FieldAnswer]] = [(item.key, item) for item in submission.fields]
    answers += [(f"{row.key}.{item.key}", item) for row in submission.rows for item in row.answers]
    answers += [(f"{row.key}.{item.key}", item) for row in submission.indicators for item in row.extras]
    for key, answer in answers:
        if key not in way.keys and answer.text.strip():
            where = Position(sheet=answer.source.sheet, cell=answer.source.cell, field=key)
            label = old[key].label if key in old else key
            yield finding(Code.TPL_CARRIED_GONE, where, label=label, text=answer.text.strip())
    for item in submission.indicators:
        for target in _lost_targets(item, way):
            where = Position(
                sheet=target.source.sheet, cell=target.source.cell, field=f"{item.key}.{target.column}.value"
            )
            text = f"{item.name} {target.value.text}".strip()
            yield finding(Code.TPL_CARRIED_GONE, where, label=_path(way.old, item.level), text=text)


def _lost_targets(item: Indicator, way: Passage) -> list[Target]:
    return [
        target
        for target in item.targets
        if f"{item.key}.{target.column}.value" not in way.keys and (item.name or target.value.text)
    ]


def _level(slot_key: str) -> str:
    part, mark, _ = slot_key.partition("#")
    return part if mark else ""


def _path(layout: FormLayout, level: str) -> str:
    trees = (block for block in layout.form.blocks if isinstance(block, Tree))
    return next(("·".join(leaf.path) for tree in trees for leaf in tree.leaves if leaf.key == level), level)
