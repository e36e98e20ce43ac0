"""Sound block tables → the model's blocks; what only shows in a whole block (spans, placing) is checked on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from xltool.definition.block_vocabulary import NUMERIC, RULES, SOURCES
from xltool.definition.shapes import EXCEL_TEXT_LIMIT
from xltool.definition.source import nearest
from xltool.definition.view import View
from xltool.findings import Code
from xltool.model.form import (
    Answer,
    AnswerType,
    Band,
    Entry,
    Fields,
    Frame,
    Line,
    Lines,
    Note,
    Profile,
    Role,
    Rows,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """What a block must fit: the number of tracks, and the tracks each section's caption takes."""

    tracks: int
    sides: Mapping[str, int]


def frame(view: View) -> Frame:
    """What every block has. A side caption without words would leave an empty column."""
    if view.integer("side") and not view.text("caption"):
        view.source.report(Code.DEF_MISSING_KEY, view.path, key="caption", sample='caption = "abc"')
    return Frame(
        key=view.text("key"),
        section=view.text("section"),
        caption=view.text("caption"),
        side=view.integer("side"),
        profiles=frozenset(Profile(word) for word in view.texts("profiles")),
        roles=frozenset(Role(word) for word in view.texts("roles")),
        optional=view.flag("optional"),
        ruled=view.flag("frame"),
    )


def room(view: View, grid: Grid) -> int:
    """The tracks left for the block's rows beside the captions down its left side."""
    return grid.tracks - grid.sides.get(view.text("section"), 0) - view.integer("side")


def check_spans(view: View, parts: tuple[str | int, ...], spans: Iterable[int], expected: int) -> None:
    """The spans of one row must fill its room exactly."""
    listed = tuple(spans)
    if sum(listed) != expected:
        words = " + ".join(str(item) for item in listed)
        view.source.report(Code.DEF_SPANS, view.at(*parts), found=sum(listed), expected=expected, spans=words)


def check_unique(views: Iterable[View]) -> None:
    """No two tables of one list carry the same key."""
    first: dict[str, int] = {}
    for view in views:
        key = view.text("key")
        if key in first:
            view.source.report(Code.DEF_DUPLICATE, view.at("key"), key=key, first=first[key])
        first.setdefault(key, view.source.place(view.at("key"))[0])


def band(view: View) -> Band:
    return Band(frame(view), view.text("text"), view.text("style"))


def fields_block(view: View, grid: Grid) -> Fields:
    """A block of kind fields or sign."""
    labels, fields = view.text("labels"), view.children("fields")
    check_unique(fields)
    defined = {item.text("key"): _field(item, labels_above=labels == "above") for item in fields}
    rows = _placed(view, defined)
    note = view.child("note")
    block = Fields(
        frame(view),
        rows,
        labels,
        Note(note.text("text"), note.integer("span")) if note else None,
        sign=view.text("kind") == "sign",
    )
    for number, row in enumerate(rows):
        _check_row(view, grid, block, number, row)
    return block


def _placed(view: View, defined: Mapping[str, Answer]) -> tuple[tuple[Answer, ...], ...]:
    placed: dict[str, int] = {}
    for number, row in enumerate(view.rows("rows")):
        for place, key in enumerate(row):
            path = view.at("rows", number, place)
            if key not in defined:
                view.source.report(Code.DEF_NOT_DEFINED, path, key=key, known=nearest(key, defined))
            elif key in placed:
                view.source.report(Code.DEF_DUPLICATE, path, key=key, first=placed[key])
            placed.setdefault(key, view.source.place(path)[0])
    for number, item in enumerate(view.children("fields")):
        if item.text("key") not in placed:
            place_name = f"{view.text('key')}.rows"
            view.source.report(Code.DEF_NOT_PLACED, view.at("fields", number), key=item.text("key"), place=place_name)
    return tuple(tuple(defined[key] for key in row if key in defined) for row in view.rows("rows"))


def _check_row(view: View, grid: Grid, block: Fields, number: int, row: tuple[Answer, ...]) -> None:
    """The widest role fills the row; where fields drop out for a role, its last answer stretches."""
    if len(row) != len(view.rows("rows")[number]):
        return  # an undefined key is a finding of its own
    note = block.note.span if block.note and number == len(block.rows) - 1 else 0
    by_role = [
        [span for item in row if role in item.roles for span in _spans(item, block.labels)]
        for role in block.frame.roles
    ]
    widest = max(by_role, key=sum)
    check_spans(view, ("rows", number), [*widest, note] if note else widest, room(view, grid))


def _spans(item: Answer, labels: str) -> tuple[int, ...]:
    return (item.label_span, item.answer_span) if labels == "left" else (item.answer_span,)


def _field(view: View, *, labels_above: bool) -> Answer:
    """A question: an answer with a label beside or above it, and the roles that have it."""
    spans = view.integers("span")
    if len(spans) != (1 if labels_above else 2):
        sample = "[2]" if labels_above else "[1, 2]"
        view.source.report(Code.DEF_WRONG_VALUE, view.at("span"), found=str(list(spans)), sample=sample)
    return replace(
        _answer(view, view.text("label")),
        name=view.text("name"),
        roles=frozenset(Role(word) for word in view.texts("roles")),
        label_span=spans[0],
        answer_span=spans[-1],
        label_align=view.text("label_align"),
    )


def column(view: View) -> Answer:
    """A column of answers; its heading is their label."""
    span = view.integer("span")
    return replace(_answer(view, view.text("heading")), name=view.text("name"), label_span=span, answer_span=span)


def _answer(view: View, label: str) -> Answer:
    made = Answer(
        key=view.text("key"),
        label=label,
        type=AnswerType(view.text("type")),
        aliases=view.texts("aliases"),
        compulsory=view.flag("compulsory"),
        expected_length=view.integer("expected_length"),
        max_length=view.integer("max_length"),
        minimum=view.decimal("minimum"),
        maximum=view.decimal("maximum"),
        decimals=view.optional_integer("decimals"),
        choices=view.texts("choices"),
        entry=Entry(view.text("entry")),
        source=view.text("source"),
        default=view.text("default"),
        rule=view.text("rule"),
        help=view.text("help"),
    )
    _check_answer(view, made)
    return made


def _check_answer(view: View, made: Answer) -> None:
    check_order(view, "expected_length", made.expected_length, made.max_length or EXCEL_TEXT_LIMIT, "max_length")
    if made.minimum is not None and made.maximum is not None:
        check_order(view, "minimum", made.minimum, made.maximum, "maximum")
    numeric = made.type in NUMERIC
    unsuited = {
        "minimum": not numeric,
        "maximum": not numeric,
        "decimals": not numeric or made.type is AnswerType.INTEGER,
        "choices": made.type is not AnswerType.CHOICE,
    }
    for name, wrong in unsuited.items():
        if wrong and view.has(name):
            unsuitable(view, name, f"type = {made.type}", _types_for(name))
    if made.type is AnswerType.CHOICE and not made.choices:
        view.source.report(Code.DEF_MISSING_KEY, view.path, key="choices", sample='choices = ["abc", "def"]')
    if made.entry is Entry.PREFILLED and not made.source:
        view.source.report(Code.DEF_MISSING_KEY, view.path, key="source", sample='source = "unit.name"')
    if "." in made.source and made.source not in SOURCES:
        view.source.report(
            Code.DEF_UNKNOWN_WORD, view.at("source"), word=made.source, known=nearest(made.source, SOURCES)
        )
    check_rule(view, made.rule, made.type)


def _types_for(name: str) -> str:
    if name == "choices":
        return f"type = {AnswerType.CHOICE}"
    kinds = NUMERIC - {AnswerType.INTEGER} if name == "decimals" else NUMERIC
    return " / ".join(f"type = {item}" for item in AnswerType if item in kinds)


def check_rule(view: View, rule: str, kind: AnswerType) -> None:
    """A rule that counts cannot be used on words."""
    if rule and kind not in RULES[rule]:
        suited = [name for name, kinds in RULES.items() if kind in kinds]
        unsuitable(view, "rule", f"{rule} / type = {kind}", ", ".join(suited))


def check_order(view: View, name: str, low: Decimal | int, high: Decimal | int, high_name: str) -> None:
    """`low` of key `name` must not be greater than `high`."""
    if low > high:
        rule, found = f"{name} ≤ {high_name}", f"{low} > {high}"
        view.source.report(Code.DEF_CONTRADICTION, view.at(name), rule=rule, found=found)


def unsuitable(view: View, name: str, found: str, expected: str) -> None:
    """A key that is known but has no effect where it stands."""
    view.source.report(Code.DEF_UNSUITABLE, view.at(name), found=found, expected=expected)


def lines_block(view: View, grid: Grid) -> Lines:
    columns, lines = view.children("columns"), view.children("lines")
    check_unique(columns)
    check_unique(lines)
    made = tuple(column(item) for item in columns)
    check_spans(view, ("columns",), (view.integer("span"), *(item.answer_span for item in made)), room(view, grid))
    for line in lines:
        for item in made:
            check_rule(line, line.text("rule"), item.type)
    return Lines(frame(view), view.text("heading"), view.integer("span"), tuple(_line(item) for item in lines), made)


def _line(view: View) -> Line:
    label = view.text("label")
    return Line(view.text("key"), label, view.text("name") or label, view.texts("aliases"), view.text("rule"))


def rows_block(view: View, grid: Grid) -> Rows:
    columns = view.children("columns")
    check_unique(columns)
    made = tuple(column(item) for item in columns)
    check_spans(view, ("columns",), (item.answer_span for item in made), room(view, grid))
    minimum, prepared, spare = (view.integer(name) for name in ("minimum", "prepared", "spare"))
    check_order(view, "minimum", minimum, prepared, "prepared")
    if not prepared + spare:
        view.source.report(
            Code.DEF_CONTRADICTION, view.at("prepared"), rule="prepared + spare ≥ 1", found="prepared + spare = 0"
        )
    return Rows(frame(view), made, minimum, prepared, spare, view.text("rule"))
