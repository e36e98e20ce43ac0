"""What a person typed into a form, answer by answer, so that the form can be made anew without losing any of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xltool.collect.account import unasked_texts
from xltool.collect.carryover import counts
from xltool.collect.cells import NUMERIC, Setting, is_blank, see, text_of
from xltool.collect.examine import OpenedForm, Reading, passage_of
from xltool.layout.grid import Content
from xltool.model.layout import Slot
from xltool.model.submission import Identity
from xltool.model.workbook import CellKind, RawCell


@dataclass(frozen=True, slots=True)
class Typed:
    """`contents` by slot, as a `Filling` takes them; `counts` of rows where the form was larger than usual.

    A number in an answer that asks for one is a Decimal, everything else the text as it shows on the screen.
    `outside` are the texts beside the form, as `H12: text`.
    """

    identity: Identity
    contents: dict[str, Content]
    counts: dict[str, int]
    optional_blocks: frozenset[str]
    outside: tuple[str, ...]


def typed(opened: OpenedForm) -> Typed:
    """Everything that stands in the answers of this form, blank ones included as empty text."""
    layout = opened.layout
    contents: dict[str, Content] = {}
    for slot in layout.slots:
        place = opened.located.places.get(slot.key)
        if place is not None:
            contents[slot.key] = _content(opened, slot, opened.sheet.cells.get(place))
    counts: dict[str, int] = {}
    for _, key in layout.row_keys:
        part, mark, number = key.partition("+")[0].partition("#")
        if mark:
            counts[part] = max(counts.get(part, 0), int(number))
    blocks = {slot.block for slot in layout.slots}
    optional = frozenset(
        block.frame.key for block in layout.form.blocks if block.frame.optional and block.frame.key in blocks
    )
    outside = unasked_texts(opened.workbook, opened.located, layout, opened.identity, opened.guides)
    return Typed(opened.identity, contents, counts, optional, outside)


def typed_now(opened: OpenedForm, reading: Reading) -> Typed:
    """The same, under the keys of the form's current version; what has no place there is kept among `outside`."""
    was = typed(opened)
    way = passage_of(opened, reading)
    if way is None:
        return was
    labels = {slot.key: slot.label for slot in way.old.slots if not slot.locked}
    gone = tuple(
        f"{labels[key]}: {content}"
        for key, content in was.contents.items()
        if key in labels and key not in way.keys and str(content).strip()
    )
    sizes = counts(was.counts, reading.renames, way.old.form.version)
    return replace(was, contents=way.contents(was.contents), counts=sizes, outside=(*was.outside, *gone))


def _content(opened: OpenedForm, slot: Slot, cell: RawCell | None) -> Content:
    if cell is None or is_blank(cell):
        return ""
    styles = opened.workbook.styles
    number_format = styles[cell.style].number_format if cell.style < len(styles) else "General"
    setting = Setting(opened.workbook.date1904, opened.layout.form.money)
    if slot.answer is not None and slot.answer.type in NUMERIC and cell.kind is CellKind.NUMBER:
        number = see(cell, number_format, slot.answer.type, setting).number
        if number is not None:
            return number
    return text_of(cell, number_format, setting)
