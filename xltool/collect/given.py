"""Answers that were given and locked when the form was issued, held against what stands there now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from xltool.addresses import a1
from xltool.collect.cells import Setting, text_of
from xltool.collect.formulas import around_difference
from xltool.collect.locate import Located
from xltool.collect.names import names_on
from xltool.collect.plan_index import plain
from xltool.findings import Code, finding
from xltool.layout.grid import Content, Filling, stored
from xltool.layout.tree import ID_NAME
from xltool.model.finding import Finding, Position
from xltool.model.form import Answer, Entry, Fields, FormDefinition, Lines, Rows
from xltool.model.layout import FormLayout, Slot
from xltool.model.workbook import CellKind, RawCell, RawWorkbook

_LOCKED = (Entry.LOCKED, Entry.PREFILLED)


@dataclass(frozen=True, slots=True)
class Given:
    """`contents` by slot key; `ids` are the allocation's ids by row key, whose rows may have got other keys since."""

    contents: Mapping[str, Content] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


def given_in(form: FormDefinition, filling: Filling) -> Given:
    """What a unit was given in its form and may not change."""
    contents = {key: filling.contents[key] for key in filling.locked if filling.contents.get(key)}
    for key, answer in _answers(form, filling):
        content = filling.contents.get(key) or filling.sources.get(answer.source)
        if answer.entry in _LOCKED and content:
            contents[key] = content
    rows = {key.partition(".name")[0] for key in filling.locked if key.endswith(".name")}
    return Given(contents, {row: filling.ids[row] for row in rows if row in filling.ids})


def _answers(form: FormDefinition, filling: Filling) -> Iterator[tuple[str, Answer]]:
    for block in form.blocks:
        if isinstance(block, Fields):
            yield from ((answer.key, answer) for row in block.rows for answer in row)
        elif isinstance(block, Lines):
            several = len(block.columns) > 1
            yield from (
                (f"{block.frame.key}.{line.key}" + (f".{answer.key}" if several else ""), answer)
                for line in block.lines for answer in block.columns
            )  # fmt: skip
        elif isinstance(block, Rows):
            columns = {answer.key: answer for answer in block.columns}
            for key in filling.contents:
                row, _, column = key.rpartition(".")
                if row.partition("#")[0] == block.frame.key and column in columns:
                    yield key, columns[column]


def altered_answers(
    workbook: RawWorkbook, located: Located, layout: FormLayout, given: Given | None = None
) -> tuple[Finding, ...]:
    """Locked answers that no longer say what was issued: what the definition prescribes, what `given` says."""
    if located.sheet is None:
        return ()
    slots = {slot.key: slot for slot in layout.slots}
    issued = dict(_prescribed(layout))
    issued.update(_where_they_are_now(workbook, located, given) if given is not None else ())
    found = []
    for key, content in issued.items():
        place, slot = located.places.get(key), slots.get(key)
        if place is None or slot is None:
            continue
        cell = located.sheet.cells.get(place)
        after = "" if cell is None else _text(workbook, cell, layout)
        if not _same(cell, after, content, slot):
            position = Position(sheet=located.sheet.name, cell=a1(*place), field=key)
            before, after = around_difference(str(content), after)
            found.append(finding(Code.TPL_ANSWER_ALTERED, position, label=slot.label, cell=a1(*place),
                                 before=before, after=after))  # fmt: skip
    return tuple(found)


def _prescribed(layout: FormLayout) -> Iterable[tuple[str, Content]]:
    places = {(slot.range.first_row, slot.range.first_col): slot.key for slot in layout.slots if slot.locked}
    for cell in layout.sheet.cells:
        key = places.get((cell.range.first_row, cell.range.first_col))
        if key is not None and cell.content:
            yield key, cell.content


def _where_they_are_now(workbook: RawWorkbook, located: Located, given: Given) -> Iterator[tuple[str, Content]]:
    """The given answers by the slot they stand in: allocated rows by the defined name that carries their id."""
    assert located.sheet is not None
    named = {name.removeprefix(ID_NAME): where.first_row
             for name, where in names_on(workbook, located.sheet.name).items() if name.startswith(ID_NAME)}  # fmt: skip
    keys = {row: key for key, row in located.rows.at.items()}
    for key, content in given.contents.items():
        row_key, dot, rest = key.partition(".") if "#" not in key else _row_and_part(key)
        id_ = given.ids.get(row_key)
        if id_ is not None and named:
            now = keys.get(named.get(id_, 0))
            if now is not None:
                yield f"{now}{dot}{rest}", content
        else:
            yield key, content


def _row_and_part(key: str) -> tuple[str, str, str]:
    section, _, rest = key.partition("#")
    number, dot, part = rest.partition(".")
    return f"{section}#{number}", dot, part


def _text(workbook: RawWorkbook, cell: RawCell, layout: FormLayout) -> str:
    styles = workbook.styles
    number_format = styles[cell.style].number_format if cell.style < len(styles) else "General"
    return text_of(cell, number_format, Setting(workbook.date1904, layout.form.money))


def _same(cell: RawCell | None, after: str, content: Content, slot: Slot) -> bool:
    if plain(after) == plain(str(content)):
        return True
    if cell is None or cell.kind is not CellKind.NUMBER:
        return False
    try:
        wanted, number = Decimal(content), Decimal(cell.text)
    except InvalidOperation:
        return False
    return number == wanted or (slot.answer is not None and number == stored(slot.answer, wanted))
