"""The tree block: its columns out of form.toml, its leaves out of the CSV file a spreadsheet person edits."""

from __future__ import annotations

from xltool.definition.blocks import Grid, check_spans, check_unique, column, frame, room
from xltool.definition.source import nearest
from xltool.definition.view import View
from xltool.findings import Code
from xltool.model.form import Level, LevelColumn, NameColumn, PartColumn, TargetColumn, Tree
from xltool.model.value import Operator, PrintProfile

PARTS = ("operator", "value", "measure")


def tree_block(view: View, grid: Grid, leaves: tuple[Level, ...]) -> Tree:
    """The tree with the leaves already read from the file that `rows_from` names."""
    levels = tuple(
        LevelColumn(item.text("key"), item.text("heading"), item.integer("span")) for item in view.children("levels")
    )
    targets = tuple(_target(item) for item in view.children("targets"))
    columns = tuple(column(item) for item in view.children("columns"))
    name = view.child("name")
    assert name is not None
    named = NameColumn(
        name.text("heading"),
        name.integer("span"),
        name.text("group"),
        name.integer("max_length"),
        name.flag("numbered"),
    )
    _check_keys(view)
    spans = [
        *(item.span for item in levels),
        named.span,
        *(part.span for target in targets for part in target.parts),
        *(item.answer_span for item in columns),
    ]
    check_spans(view, (), spans, room(view, grid))
    return Tree(frame(view), levels, named, targets, columns, leaves, _order(view))


def _order(view: View) -> tuple[str, ...]:
    """Every target and column once, in the order of the form; a mistaken order is left out."""
    known = [item.text("key") for item in (*view.children("targets"), *view.children("columns"))]
    order = view.texts("order")
    before = len(view.source.findings)
    for number, key in enumerate(order):
        if key not in known:
            view.source.report(Code.DEF_NOT_DEFINED, view.at("order", number), key=key, known=nearest(key, known))
        elif key in order[:number]:
            row = view.source.place(view.at("order"))[0]
            view.source.report(Code.DEF_DUPLICATE, view.at("order", number), key=key, first=row)
    for key in known if order else ():
        if key not in order:
            view.source.report(Code.DEF_NOT_PLACED, view.at("order"), key=key, place="order")
    return order if len(view.source.findings) == before else ()


def _check_keys(view: View) -> None:
    """Columns of one tree share the space of their keys; `name` is taken by the indicator's name."""
    columns = [*view.children("levels"), *view.children("targets"), *view.children("columns")]
    check_unique(columns)
    for item in columns:
        if item.text("key") == "name":
            row = view.source.place(view.at("name"))[0]
            item.source.report(Code.DEF_DUPLICATE, item.at("key"), key="name", first=row)


def _target(view: View) -> TargetColumn:
    parts = []
    for part in PARTS:
        cell = view.child(part)
        if cell is not None:
            heading, span, limit = cell.text("heading"), cell.integer("span"), cell.integer("max_length")
            parts.append(PartColumn(part, heading, span, limit, cell.flag("printed")))
    return TargetColumn(
        key=view.text("key"),
        label=view.text("label"),
        heading=view.text("heading"),
        parts=tuple(parts),
        print=_print_profile(view.child("print")),
        group=view.text("group"),
        compulsory=view.flag("compulsory"),
    )


def _print_profile(view: View | None) -> PrintProfile:
    if view is None:
        return PrintProfile()
    known = tuple(Operator)
    for number, word in enumerate(view.texts("bare_operators")):
        if word not in known:
            view.source.report(
                Code.DEF_UNKNOWN_WORD, view.at("bare_operators", number), word=word, known=nearest(word, known)
            )
    return PrintProfile(view.text("pattern"), view.optional_integer("decimals"), view.texts("bare_operators"))
