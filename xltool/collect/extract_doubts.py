"""What a reviewer would ask about the indicators of a foreign form: is the level right, is the name said twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from xltool import measures
from xltool.collect.extract_captions import extract_words, fold, level_name
from xltool.collect.extract_grid import Page, Seen
from xltool.collect.extract_targets import parsed
from xltool.collect.extract_tree import Entry
from xltool.findings import Code
from xltool.model.form import Level, Tree
from xltool.model.submission import Indicator, Target
from xltool.model.value import Kind
from xltool.model.workbook import CellKind

_NUMBER = re.compile(r"^\s*(\d{1,3})\s*[.、．)）]\s*")
_IN_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_DOUBLED = re.compile(r"([^\W\d_]{2,6})\1")
_NEAR = 2  # characters by which two wordings may differ and still be one standard
_SHORTEST = 4
_COUNTED = ("persons", "households", "organisations", "services", "items", "beds", "sets")


class Proposal(NamedTuple):
    """An entry that may stand under the wrong level; `level` is None where no other one is proposed."""

    entry: Entry
    level: Level | None
    like: str


def proposals(tree: Tree, entries: Iterable[Entry]) -> tuple[Proposal, ...]:
    """The entries whose name or target belongs elsewhere, by the words file; at most one proposal each."""
    found = []
    for entry in entries:
        for cue in extract_words()["place"]:
            if entry.level is not None and _speaks(cue, tree, entry, entry.level):
                level = _elsewhere(tree, entry.level, cue["to"]) if cue.get("propose") else None
                if level is None and cue.get("propose"):
                    continue
                found.append(Proposal(entry, level, cue.get("like") or cue["to"][0]))
                break
    return tuple(found)


def _speaks(cue: dict[str, Any], tree: Tree, entry: Entry, level: Level) -> bool:
    names = {level_name(text) for text in (level.path[-1], *level.aliases)}
    if names.intersection(cue["to"]) or (cue.get("from") and names.isdisjoint(cue["from"])):
        return False
    name = fold(entry.name.text)
    if any(name.endswith(ending) for ending in cue.get("names", ())):
        return True
    if any(part in name for part in cue.get("contains", ())):
        return True
    if "lacks" in cue:
        return not any(part in name for part in cue["lacks"])
    if "kinds" not in cue:
        return False
    target = _target_cell(tree, entry)
    return target is not None and parsed(target.text).kind in cue["kinds"]


def _target_cell(tree: Tree, entry: Entry) -> Seen | None:
    first = tree.targets[0].key
    return entry.cells.get(f"{first}.value") or entry.cells.get(first)


def _elsewhere(tree: Tree, level: Level, names: Sequence[str]) -> Level | None:
    """A level of one of these names beside the given one."""
    for leaf in tree.leaves:
        beside = leaf.path[:-1] == level.path[:-1] and leaf.entry == "open"
        if beside and {level_name(text) for text in (leaf.path[-1], *leaf.aliases)}.intersection(names):
            return leaf
    return None


def repaired(entries: Iterable[Entry], found: Iterable[Proposal]) -> tuple[Entry, ...]:
    """The entries with the proposed levels."""
    moved = {id(item.entry): item.level for item in found if item.level is not None}
    made = []
    for entry in entries:
        level = moved.get(id(entry))
        made.append(entry if level is None else replace(entry, level=level, levels=level.path))
    return tuple(made)


def report_proposals(page: Page, found: Iterable[Proposal], keys: dict[tuple[int, int], str], *, moved: bool) -> None:
    """Each proposal with the line it is about; `keys` are the rows' keys by the place of their names."""
    for entry, level, like in found:
        assert entry.level is not None
        seen, printed = entry.name, entry.level.path[-1]
        key = f"{keys[seen.place]}.name"
        if level is None:
            page.say(Code.EXT_PLACE_DOUBTFUL, seen, key, name=seen.text, printed=printed, like=like)
        else:
            code = Code.EXT_MOVED if moved else Code.EXT_MISFILED
            page.say(code, seen, key, name=seen.text, printed=printed, proposed=level.path[-1])


def doubt_names(page: Page, rows: Sequence[tuple[Entry, Indicator]]) -> None:
    """Names said twice, words doubled, numbers that do not run, explanations and targets inside a name."""
    first: dict[str, tuple[Entry, Indicator]] = {}
    words = extract_words()
    for entry, item in rows:
        slot, name = f"{item.key}.name", item.name
        bare = fold(_NUMBER.sub("", name))
        if bare in first:
            _said_twice(page, first[bare], (entry, item))
        first.setdefault(bare, (entry, item))
        doubled = _DOUBLED.search(_IN_BRACKETS.sub("", name))
        if doubled:
            page.say(Code.EXT_WORD_DOUBLED, entry.name, slot, label=name, word=doubled[1], text=doubled[0])
        long = next((text for text in _IN_BRACKETS.findall(name) if len(text) >= words["explained_name"]), "")
        if long:
            page.say(Code.EXT_EXPLAINED_NAME, entry.name, slot, name=name, text=long)
        inside = re.search(words["target_in_name"], name)
        if inside:
            page.say(Code.EXT_TARGET_IN_TEXT, entry.name, slot, label=name, found=inside[0], text=name)
    _numbering(page, rows)


def _said_twice(page: Page, first: tuple[Entry, Indicator], again: tuple[Entry, Indicator]) -> None:
    (one, item), (other, second) = first, again
    page.say(
        Code.EXT_NAME_TWICE, other.name, f"{second.key}.name", name=second.name, level="·".join(second.levels),
        value=_shown(second), other="·".join(item.levels), where=page.where(*one.name.place), other_value=_shown(item),
    )  # fmt: skip


def _shown(item: Indicator) -> str:
    value = item.targets[0].value if item.targets else None
    if value is None:
        return ""
    sign = value.operator.value if value.operator and not value.text.startswith(value.operator.value) else ""
    return f"{sign}{value.text}"


def _numbering(page: Page, rows: Sequence[tuple[Entry, Indicator]]) -> None:
    expected: dict[str, int] = {}
    for entry, item in rows:
        match = _NUMBER.match(item.name)
        if not match:
            continue
        wanted, number = expected.get(item.level, 1), int(match[1])
        if number != wanted:
            page.say(Code.EXT_NUMBERING, entry.name, f"{item.key}.name", name=item.name, level=item.levels[-1],
                     found=number, expected=wanted)  # fmt: skip
        expected[item.level] = number + 1


def doubt_targets(page: Page, rows: Sequence[tuple[Entry, Indicator]]) -> None:
    """Targets that say no more than the name, measures that count something else, wordings that nearly agree."""
    wordings: dict[str, Seen] = {}
    for entry, item in rows:
        for target, seen in _with_cells(entry, item):
            _doubt_target(page, item, target, seen)
            text = target.value.wording or ""
            if target.value.kind is Kind.WORDING and text not in wordings:
                for other, place in wordings.items():
                    if _nearly(text, other):
                        page.say(Code.EXT_NEAR_WORDING, seen, f"{item.key}.{target.column}.value", text=text,
                                 other=other, where=page.where(*place.place))  # fmt: skip
                wordings[text] = seen
        _doubt_extras(page, entry, item)
    _counts_with_decimals(page, rows)


def _counts_with_decimals(page: Page, rows: Sequence[tuple[Entry, Indicator]]) -> None:
    """One finding for all of them: a system that prints `=48.00(家)` prints every count so."""
    found = [
        (target.column, item, seen)
        for entry, item in rows
        for target, seen in _with_cells(entry, item)
        if seen.cell.kind is CellKind.TEXT and _is_count(target) and "." in seen.text
    ]
    if found:
        column, first, seen = found[0]
        page.say(Code.EXT_COUNT_DECIMALS, seen, f"{first.key}.{column}.value", name=first.name, text=seen.text,
                 count=len(found), cells="、".join(page.where(*cell.place) for _, _, cell in found))  # fmt: skip


def _is_count(target: Target) -> bool:
    """Whether things are counted rather than measured out: half a person is nobody."""
    measure = measures.find(target.value.measure) if target.value.measure else None
    if target.value.kind is not Kind.NUMBER or measure is None:
        return False
    return measure.dimension.startswith("count:") or measure.dimension in _COUNTED


def _with_cells(entry: Entry, item: Indicator) -> Iterator[tuple[Target, Seen]]:
    for target in item.targets:
        seen = entry.cells.get(f"{target.column}.value") or entry.cells.get(target.column)
        if seen is not None:
            yield target, seen


def _doubt_target(page: Page, item: Indicator, target: Target, seen: Seen) -> None:
    slot, value = f"{item.key}.{target.column}.value", target.value
    wording = value.wording or ""
    if value.kind is Kind.WORDING and len(wording) > 1 and wording[-2:] in item.name[-6:]:
        page.say(Code.EXT_EMPTY_WORDING, seen, slot, name=item.name, text=seen.text)
    for cue in extract_words()["measure"]:
        if value.measure == cue["measure"] and any(part in item.name for part in cue["contains"]):
            page.say(Code.EXT_MEASURE_DOUBTFUL, seen, slot, name=item.name, text=seen.text, measure=value.measure)


def _nearly(text: str, other: str) -> bool:
    if len(text) != len(other) or len(text) < _SHORTEST:
        return False
    return 0 < sum(a != b for a, b in zip(text, other, strict=True)) <= _NEAR


def _doubt_extras(page: Page, entry: Entry, item: Indicator) -> None:
    for extra in item.extras:
        seen = entry.cells.get(extra.key)
        inside = re.search(extract_words()["target_in_remark"], extra.text) if seen is not None else None
        if inside:
            page.say(Code.EXT_TARGET_IN_TEXT, seen, f"{item.key}.{extra.key}", label=item.name, found=inside[0],
                     text=extra.text)  # fmt: skip
