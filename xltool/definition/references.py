"""What one part of a form says of another: sections and blocks, keys that must differ, checks and their figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from xltool.definition.block_vocabulary import NUMERIC
from xltool.definition.positions import KeyPath
from xltool.definition.source import nearest
from xltool.definition.view import View
from xltool.expressions import Expression, columns, names, parse
from xltool.expressions.tree import Aggregate, walk
from xltool.findings import Code
from xltool.model.form import AnswerType, Block, Fields, Lines, Rows, Tree

Built = Sequence[tuple[View, Block]]


def check_sections(sections: Sequence[View], blocks: Sequence[View]) -> None:
    """Each block's section exists, each section has blocks, and these stand together."""
    known = [item.text("key") for item in sections]
    closed: set[str] = set()
    current = ""
    for block in blocks:
        section = block.text("section")
        if section and section not in known:
            block.source.report(Code.DEF_NOT_DEFINED, block.at("section"), key=section, known=nearest(section, known))
        if section != current:
            closed.add(current)
            if section in closed and section:
                block.source.report(
                    Code.DEF_SECTION_BROKEN, block.at("section"), section=section, key=block.text("key")
                )
        current = section
    used = {block.text("section") for block in blocks}
    for item in sections:
        if item.text("key") not in used:
            item.source.report(Code.DEF_NOT_PLACED, item.at("key"), key=item.text("key"), place="block.section")


def check_keys(built: Built) -> None:
    """Answers, headings and rows of the whole form have different keys, and so have blocks and levels."""
    answers: dict[str, int] = {}
    ranges = {view.text("key"): view.source.place(view.at("key"))[0] for view, _ in built}
    for view, block in built:
        for key, path in _keys(view, block):
            row = view.source.place(path)[0]
            if key in answers:
                view.source.report(Code.DEF_DUPLICATE, path, key=key, first=answers[key])
            answers.setdefault(key, row)
        for leaf in block.leaves if isinstance(block, Tree) else ():
            if leaf.key in ranges:
                view.source.report(Code.DEF_DUPLICATE, view.at("rows_from"), key=leaf.key, first=ranges[leaf.key])
            ranges.setdefault(leaf.key, view.source.place(view.at("rows_from"))[0])


def _keys(view: View, block: Block) -> Iterator[tuple[str, KeyPath]]:
    """Keys that become cell names, headings and row keys; those twice within one list are reported elsewhere."""
    own: dict[str, KeyPath] = {}
    prefix = view.text("key")
    if isinstance(block, Fields):
        for number, item in enumerate(view.children("fields")):
            own.setdefault(item.text("key"), view.at("fields", number, "key"))
    elif isinstance(block, Lines):
        for number, line in enumerate(view.children("lines")):
            own.setdefault(f"{prefix}.{line.text('key')}", view.at("lines", number, "key"))
    elif isinstance(block, Tree):
        own = {leaf.key: view.at("rows_from") for leaf in block.leaves}
    yield from own.items()
    if isinstance(block, Lines | Rows | Tree):
        for number, column in enumerate(block.columns):
            key = f"{prefix}.{column.key}"
            if key not in own or isinstance(block, Tree):
                yield key, view.at("columns", number, "key")


def check_expressions(checks: Iterable[View], built: Built, *, complete: bool) -> None:
    """Each check parses; where every block could be read, it names figures of the form only."""
    single = dict(_figures(built))
    listed = dict(_column_types(built))
    for view in checks:
        text = view.text("expression")
        expression, in_english = parse(text), parse(text, "en")
        if isinstance(expression, str):
            view.source.report(
                Code.DEF_EXPRESSION, view.at("expression"), expression=text, reason_zh=expression, reason_en=in_english
            )
        elif complete:
            _check_names(view, expression, single, listed)


def _check_names(
    view: View, expression: Expression, single: dict[str, AnswerType], listed: dict[str, AnswerType]
) -> None:
    counted = {node.key for node in walk(expression.root) if isinstance(node, Aggregate) and node.function == "count"}
    repeating = columns(expression)
    for key in names(expression):
        types = listed if key in repeating else single
        if types.get(key) in NUMERIC or (key in types and key in counted):
            continue
        known = [name for name, kind in types.items() if kind in NUMERIC]
        view.source.report(Code.DEF_EXPRESSION_NAME, view.at("expression"), key=key, known=nearest(key, known))


def _figures(built: Built) -> Iterator[tuple[str, AnswerType]]:
    """The scalar answers by slot key."""
    for _, block in built:
        if isinstance(block, Fields):
            for row in block.rows:
                yield from ((item.key, item.type) for item in row)
        elif isinstance(block, Lines):
            for line in block.lines:
                key = f"{block.frame.key}.{line.key}"
                for column in block.columns:
                    yield key if len(block.columns) == 1 else f"{key}.{column.key}", column.type


def _column_types(built: Built) -> Iterator[tuple[str, AnswerType]]:
    """The repeating columns by `block.column`."""
    for _, block in built:
        if isinstance(block, Rows | Tree):
            yield from ((f"{block.frame.key}.{item.key}", item.type) for item in block.columns)
