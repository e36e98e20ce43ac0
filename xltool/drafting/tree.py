"""The table of indicators in a blank: its heading rows, its level tree, and which columns make up a target."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from xltool.drafting.page import Box
from xltool.drafting.rows import Row
from xltool.drafting.sketch import Sketch, Table
from xltool.drafting.vocabulary import Confidence, Names, answer, first_key, has_word, plain, words_of
from xltool.model.form import AnswerType
from xltool.model.workbook import CellRange

PARTS = ("operator", "value", "measure")
SPLIT_SPAN = 3  # a value cell over so many tracks has room for operator, value and measure


@dataclass(frozen=True, slots=True)
class Heading:
    """The lowest heading box over a column, with the headings above it from the top down."""

    box: Box
    above: tuple[Box, ...] = ()

    @property
    def words(self) -> str:
        return self.box.text.strip()

    def part(self) -> str:
        """Which cell of a target this is; empty for a level, a name or a further answer."""
        kinds = [kind for kind in ("operator", "value", "measure") if has_word(self.words, words_of("tree", kind))]
        exact = [kind for kind in kinds if plain(self.words) in words_of("tree", kind)]
        known = first_key(self.words, "columns")
        return next(iter(exact or ([] if known else kinds)), "")


def is_tree_heading(row: Row) -> bool:
    """A row of headings that names a first level and a lower one."""
    levels = words_of("tree", "levels")
    named = [text for text in row.texts if has_word(text, levels)]
    return len(named) > 1 and has_word(named[0], levels[:1])


def starts_tree(box: Box) -> bool:
    """The heading of the first level."""
    return has_word(box.text, words_of("tree", "levels")[:1])


def read_tree(sketch: Sketch, rows: list[Row], window: CellRange) -> tuple[Table, int]:
    """The keys of the tree block, and how many rows of the page it takes; its leaves go into the sketch."""
    depth = rows[0].boxes[0].range.last_row
    head = [row for row in rows if row.first <= depth]
    columns = _headings(head, window)
    levels, name, others = _divided(columns)
    edges = {(item.box.range.first_col, item.box.range.last_col) for item in columns}
    body = []
    for row in rows[len(head) :]:
        if not _belongs(row, edges, levels, name):
            break
        body.append(row)
    keys: Table = {
        "levels": [
            {"key": f"level{number}", "heading": sketch.text(item.box.text), "span": item.box.span}
            for number, item in enumerate(levels, start=1)
        ],
        "name": _name(sketch, name, body),
        "rows_from": "indicators.csv",
    }
    keys |= _answers(sketch, others, body)
    sketch.guess(columns[0].box, "tree", Confidence.HIGH, text="、".join(item.words for item in columns))
    sketch.leaves.extend(_leaves(sketch, levels, name, body))
    return keys, len(head) + len(body)


def _headings(head: list[Row], window: CellRange) -> list[Heading]:
    boxes = [box for row in head for box in row.boxes]
    found: dict[CellRange, Heading] = {}
    for column in range(window.first_col, window.last_col + 1):
        over = [box for box in boxes if box.range.first_col <= column <= box.range.last_col]
        if over:
            found.setdefault(over[-1].range, Heading(over[-1], tuple(over[:-1])))
    return list(found.values())


def _divided(columns: list[Heading]) -> tuple[list[Heading], Heading, list[Heading]]:
    """Level columns, the column of the indicator's name, and the rest. The lowest level named is the indicator."""
    words = words_of("tree", "levels")
    named: list[Heading] = []
    for item in columns:
        grouped = bool(item.above) and has_word(item.above[0].text, words)
        if not grouped and not has_word(item.words, words):
            break
        named.append(item)
        if grouped:
            break
    *levels, name = named
    return levels, name, columns[len(named) :]


def _left(item: Heading) -> int:
    return item.box.range.first_col


def _belongs(row: Row, edges: set[tuple[int, int]], levels: list[Heading], name: Heading) -> bool:
    """A row of the table keeps to its columns; only a level may cover the next one too."""
    starts, ends = {first for first, _ in edges}, {last for _, last in edges}
    fits = all(first in starts and last in ends for first, last in row.edges)
    first_answer = name.box.range.first_col
    answers = [edge for edge in row.edges if edge[0] >= first_answer]
    whole = all(edge in edges for edge in answers)
    level = [edge for edge in row.edges if edge[0] < first_answer]
    return fits and whole and bool(answers) and all(last < first_answer for _, last in level) and bool(levels)


def _name(sketch: Sketch, name: Heading, body: list[Row]) -> Table:
    made: Table = {"heading": sketch.text(name.box.text), "span": name.box.span}
    if name.above:
        made["group"] = sketch.text(name.above[0].text)
    sample = next((box for row in body for box in row.boxes if box.range.first_col == _left(name)), None)
    if sample is not None and 0 < sample.limit < 1_000:
        made["max_length"] = sample.limit
    texts = [box.text for row in body for box in row.boxes if box.range.first_col == _left(name) and box.text.strip()]
    if texts and re.match(words_of("tree", "numbered"), texts[0]):
        made["numbered"] = True
    return made


# --- the columns behind the name


def _answers(sketch: Sketch, columns: list[Heading], body: list[Row]) -> Table:
    targets: list[Table] = []
    further: list[Table] = []
    order: list[object] = []
    names = Names({"name", "level1", "level2", "level3"})
    for members in _grouped(columns):
        parts = [item.part() for item in members]
        if "value" in parts:
            made = _target(sketch, members, parts, names)
            targets.append(made)
        else:
            made = _column(sketch, members[0], body, names)
            further.append(made)
        order.append(made["key"])
    keys: Table = {"targets": targets}
    if further:
        keys["columns"] = further
    if order != [item["key"] for item in (*targets, *further)]:
        keys["order"] = order
    return keys


def _grouped(columns: list[Heading]) -> Iterator[list[Heading]]:
    """Columns that make up one target stand together: operator, value, measure, each at most once."""
    members: list[Heading] = []
    for item in columns:
        part, taken = item.part(), [member.part() for member in members]
        goes_on = part and members and taken[-1] and PARTS.index(part) > PARTS.index(taken[-1])
        together = goes_on and (item.above[-1:] == members[0].above[-1:] or "value" in taken)
        if members and not together:
            yield from _sound(members)
            members = []
        members.append(item)
    if members:
        yield from _sound(members)


def _sound(members: list[Heading]) -> Iterator[list[Heading]]:
    """A target needs a value; an operator or a measure alone is a column like any other."""
    if any(item.part() == "value" for item in members):
        yield members
    else:
        yield from ([item] for item in members)


def _target(sketch: Sketch, members: list[Heading], parts: list[str], names: Names) -> Table:
    value = members[parts.index("value")]
    group, heading = _common(members)
    words = " ".join(item.text for item in (*value.above, value.box))
    made: Table = {
        "key": names.take(first_key(words, "targets") or "current"),
        "label": (heading or value.box).text.strip() or (group or value.box).text.strip() or "-",
    }
    if group is not None:
        made["group"] = sketch.text(group.text)
    split = len(members) == 1 and value.box.span >= SPLIT_SPAN
    measured = parts == ["operator", "value"] and value.box.span > 1
    if heading is not None:
        made["heading"] = sketch.text(heading.text)
    elif split:
        made["heading"] = sketch.text(value.box.text)
    own = words_of("tree", "part_headings")
    for part, item in zip(parts, members, strict=True):
        cell: Table = {"heading": sketch.text(item.box.text), "span": item.box.span}
        made[part] = cell | ({"printed": True} if part != "value" else {})
    if split:
        spans = (1, value.box.span - 2, 1)
        made |= {part: {"heading": own[part], "span": span} for part, span in zip(PARTS, spans, strict=True)}
    elif measured:
        made["value"] = {"heading": sketch.text(value.box.text), "span": value.box.span - 1}
        made["measure"] = {"heading": own["measure"], "span": 1}
    if "previous" in str(made["key"]):
        made["compulsory"] = False
    made["print"] = {"pattern": _pattern(parts)}
    kind = "split" if split else "one_cell" if len(members) == 1 else "target"
    sketch.guess(value.box, kind, Confidence.LOW if len(members) == 1 else Confidence.HIGH,
                 text=made["label"], parts="、".join(item.words for item in members))  # fmt: skip
    return {key: made[key] for key in sorted(made, key=_KEY_ORDER.index)}


_KEY_ORDER = ("key", "label", "group", "heading", *PARTS, "compulsory", "print")


def _pattern(parts: list[str]) -> str:
    """What the value's own cell takes in print: whatever has no column of its own."""
    alone = len(parts) == 1
    operator = "{operator}" if alone or "operator" not in parts else ""
    return operator + "{number}" + ("" if "measure" in parts else "{measure}")


def _common(members: list[Heading]) -> tuple[Box | None, Box | None]:
    """The heading shared with neighbours (group) and the target's own over its parts (heading)."""
    above = members[0].above
    first, last = members[0].box.range.first_col, members[-1].box.range.last_col
    own = [box for box in above if (box.range.first_col, box.range.last_col) == (first, last) and len(members) > 1]
    shared = [box for box in above if box not in own]
    return (shared[0] if shared else None), (own[-1] if own else None)


def _column(sketch: Sketch, item: Heading, body: list[Row], names: Names) -> Table:
    sample = next((box for row in body for box in row.boxes if box.range.first_col == _left(item)), None)
    known = first_key(item.words, "columns")
    made: Table = {"key": names.take(known or "column"), "heading": sketch.text(item.box.text), "span": item.box.span}
    made |= answer(item.words, sample, sketch.room(item.box), sketch.width)
    choices = words_of("choices").get(known)
    if choices and "choices" not in made:
        made |= {"type": AnswerType.CHOICE.value, "choices": list(choices)}
        for name in ("expected_length", "max_length"):
            made.pop(name, None)
    sketch.guess(item.box, "column", Confidence.MEDIUM, text=item.words, type=made["type"])
    return made


# --- the leaves


def _leaves(sketch: Sketch, levels: list[Heading], name: Heading, body: list[Row]) -> Iterator[dict[str, str]]:
    """A row per leaf and a row per indicator that stands in the blank already."""
    page = sketch.page
    paths = [tuple(page.at(row.first, _left(level)) for level in levels) for row in body]
    silent: Box | None = None
    for path, members in groupby(zip(paths, body, strict=True), key=lambda pair: pair[0]):
        rows = [row for _, row in members]
        printed = [box.text.strip() if box is not None else "" for box in path]
        texts = [text or printed[number - 1] for number, text in enumerate(printed)]
        leaf = {"key": _leaf_key(sketch, texts)}
        leaf |= {f"level{number}": text for number, text in enumerate(texts, start=1)}
        named = page.at(rows[0].first, _left(name))
        covering = named is not None and (named is silent or named.range.last_row > rows[-1].last)
        shown = path[-1] or rows[0].boxes[0]
        if named is not None and (covering or (named.text.strip() and len(rows) == 1 and _sentence(named))):
            first = named is not silent
            silent = named
            sketch.guess(shown, "silent", Confidence.MEDIUM, text="·".join(texts))
            yield leaf | {"entry": "none", "text": named.text.strip() if first else ""}
            continue
        sketch.guess(shown, "level", Confidence.HIGH, text="·".join(texts), count=len(rows))
        yield leaf | {"entry": "open", "prepared": str(len(rows)), "spare": "0"}
        for row in rows:
            given = page.at(row.first, _left(name))
            if given is not None and _placeholder(given):
                sketch.guess(given, "placeholder", Confidence.MEDIUM, text=given.text.strip())
            elif given is not None and given.text.strip():
                sketch.guess(given, "prescribed", Confidence.MEDIUM, text=texts[-1], found=given.text.strip())
                yield {"key": leaf["key"], "name": given.text.strip()}


def _placeholder(box: Box) -> bool:
    """指标1：, ……: the blank's own sign for one indicator or more."""
    return bool(box.text.strip()) and re.match(words_of("tree", "placeholder"), box.text.strip()) is not None


def _sentence(box: Box) -> bool:
    """An indicator's name has no stop in it and is short."""
    return len(box.text) > SENTENCE_LENGTH


SENTENCE_LENGTH = 20


def _leaf_key(sketch: Sketch, texts: list[str]) -> str:
    words = [first_key(text, "keys", "level") or f"level{number}" for number, text in enumerate(texts, start=1)]
    return sketch.keys.take(".".join(dict.fromkeys(words)))
