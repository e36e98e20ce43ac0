"""Look-ups over one form layout, made once: every returned form of a campaign is read through the same ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from xltool.model.form import Rows, Tree
from xltool.model.layout import FormLayout, PlanCell, Slot
from xltool.model.workbook import CellRange

_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_KEPT = 16  # layouts whose look-ups are kept: a campaign has three roles and few versions


class Static(NamedTuple):
    """A text of ours: a label, heading, caption or prescribed sentence. `key` is its heading key, or empty."""

    row_key: str
    row: int
    col: int
    text: str
    plain: str
    key: str
    range: CellRange


class IndicatorSlots(NamedTuple):
    """The cells of one indicator row. `targets` holds the target column's key with its slots by part, `slots` all."""

    row_key: str
    name: Slot
    targets: tuple[tuple[str, dict[str, Slot]], ...]
    extras: tuple[Slot, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class PlanIndex:
    """What locating and reading ask of a layout. Rows and columns are those of the plan unless said otherwise.

    `sections` are the repeating row keys of a block or level (`tasks`, `output.quantity`) in order, first slices only;
    `section_labels` what a clerk calls each of them: the level's name or the block's caption.
    `labels` maps a scalar slot to its label among `statics`, `levels` a section to the names left of its rows.
    `checked` are the rows that have a check cell of their own, `sayings` what the checks of a section's block may say.
    """

    layout: FormLayout
    slots: dict[str, Slot]
    scalars: tuple[Slot, ...]
    rows: tuple[tuple[str, tuple[Slot, ...]], ...]
    indicators: tuple[IndicatorSlots, ...]
    order: tuple[tuple[int, str], ...]
    row_of: dict[str, int]
    section_of: dict[str, str]
    sections: dict[str, tuple[str, ...]]
    section_labels: dict[str, str]
    statics: tuple[Static, ...]
    statics_of: dict[str, tuple[Static, ...]]
    texts: frozenset[str]
    headings: dict[str, CellRange]
    labels: dict[str, Static]
    levels: dict[str, tuple[Static, ...]]
    checks: tuple[PlanCell, ...]
    checked: frozenset[str]
    sayings: dict[str, frozenset[str]]
    width: int


def plain(text: str) -> str:
    """A text of ours for comparing: blanks of all kinds and line breaks do not matter."""
    return "".join(text.split())


_kept: dict[int, PlanIndex] = {}


def index_of(layout: FormLayout) -> PlanIndex:
    """The look-ups of this very layout object, kept for the next file."""
    found = _kept.get(id(layout))
    if found is not None and found.layout is layout:
        return found
    if len(_kept) >= _KEPT:
        _kept.clear()
    _kept[id(layout)] = made = _index(layout)
    return made


def section_of(row_key: str) -> str:
    """The block or level of a repeating row (`tasks#03+1` → `tasks`), empty for any other row."""
    section, repeating, _ = row_key.partition("#")
    return section if repeating else ""


def _index(layout: FormLayout) -> PlanIndex:
    key_at = dict(layout.row_keys)
    statics = _statics(layout, key_at)
    by_row: dict[str, list[Static]] = {}
    for static in statics:
        by_row.setdefault(static.row_key, []).append(static)
    scalars = tuple(slot for slot in layout.slots if not section_of(slot.row_key))
    sections: dict[str, list[str]] = {}
    for _, key in layout.row_keys:
        if section_of(key) and "+" not in key:
            sections.setdefault(section_of(key), []).append(key)
    rows, indicators = _repeating(layout)
    checks = tuple(cell for cell in layout.sheet.cells if cell.formula)
    beside = (cell.range.first_row for cell in checks if cell.range.first_col == layout.check_column)
    return PlanIndex(
        layout=layout,
        slots={slot.key: slot for slot in layout.slots},
        scalars=scalars,
        rows=rows,
        indicators=indicators,
        order=tuple(sorted(layout.row_keys)),
        row_of={key: row for row, key in layout.row_keys},
        section_of={key: section_of(key) for _, key in layout.row_keys},
        sections={section: tuple(keys) for section, keys in sections.items()},
        section_labels=_section_labels(layout),
        statics=statics,
        statics_of={key: tuple(items) for key, items in by_row.items()},
        texts=frozenset(static.plain for static in statics),
        headings={heading.key: heading.range for heading in layout.headings},
        labels=_labels(scalars, statics),
        levels=_levels(layout, statics, sections),
        checks=checks,
        checked=frozenset(key_at[row] for row in beside if row in key_at),
        sayings=_sayings(layout, key_at, sections),
        width=max(layout.key_column, layout.check_column, *(slot.range.last_col for slot in layout.slots)),
    )


def _section_labels(layout: FormLayout) -> dict[str, str]:
    labels = {}
    for block in layout.form.blocks:
        if isinstance(block, Tree):
            labels.update({level.key: level.path[-1] for level in block.leaves})
        elif isinstance(block, Rows):
            labels[block.frame.key] = block.frame.caption or block.columns[0].label
    return labels


def _statics(layout: FormLayout, key_at: dict[int, str]) -> tuple[Static, ...]:
    answers = {(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    heading_at = {(item.range.first_row, item.range.first_col): item.key for item in layout.headings}
    found = []
    for cell in layout.sheet.cells:
        row, col = place = (cell.range.first_row, cell.range.first_col)
        text = cell.content
        if not isinstance(text, str) or not text or cell.formula or place in answers or col == layout.key_column:
            continue
        key = heading_at.get(place, "")
        found.append(Static(key_at.get(row, ""), row, col, text, plain(text), key, cell.range))
    return tuple(found)


def _labels(scalars: tuple[Slot, ...], statics: tuple[Static, ...]) -> dict[str, Static]:
    by_key = {static.key: static for static in statics if static.key}
    labels = {}
    for slot in scalars:
        label = by_key.get(slot.key) or by_key.get(slot.row_key)
        if label is not None:
            labels[slot.key] = label
    return labels


def sayings(formula: str) -> frozenset[str]:
    """The texts in a formula, without their numbers: rows of a block differ in those."""
    return frozenset("".join(char for char in text if not char.isdigit()) for text in _TEXT.findall(formula))


def _sayings(
    layout: FormLayout, key_at: dict[int, str], sections: dict[str, list[str]]
) -> dict[str, frozenset[str]]:
    block_of = {section_of(slot.row_key): slot.block for slot in layout.slots if section_of(slot.row_key)}
    said: dict[str, set[str]] = {}
    for cell in layout.sheet.cells:
        section = section_of(key_at.get(cell.range.first_row, ""))
        if cell.formula and section in block_of:
            said.setdefault(block_of[section], set()).update(sayings(cell.formula))
    return {section: frozenset(said.get(block_of[section], ())) for section in sections if section in block_of}


def _levels(
    layout: FormLayout, statics: tuple[Static, ...], sections: dict[str, list[str]]
) -> dict[str, tuple[Static, ...]]:
    row_of = {key: row for row, key in layout.row_keys}
    left: dict[str, int] = {}
    for slot in layout.slots:
        section = section_of(slot.row_key)
        if section:
            left[section] = min(slot.range.first_col, left.get(section, slot.range.first_col))
    return {
        section: tuple(
            static
            for static in statics
            if static.range.last_col < left[section]
            and static.range.first_row <= row_of[keys[0]] <= static.range.last_row
        )
        for section, keys in sections.items()
        if section in left
    }


def _repeating(
    layout: FormLayout,
) -> tuple[tuple[tuple[str, tuple[Slot, ...]], ...], tuple[IndicatorSlots, ...]]:
    trees = {block.frame.key for block in layout.form.blocks if isinstance(block, Tree)}
    grouped: dict[str, list[Slot]] = {}
    for slot in layout.slots:
        if section_of(slot.row_key):
            grouped.setdefault(slot.row_key, []).append(slot)
    rows, indicators = [], []
    for key, slots in grouped.items():
        if slots[0].block in trees:
            indicators.append(_indicator(key, slots))
        else:
            rows.append((key, tuple(slots)))
    return tuple(rows), tuple(indicators)


def _indicator(key: str, slots: list[Slot]) -> IndicatorSlots:
    targets: dict[str, dict[str, Slot]] = {}
    for slot in slots:
        if slot.target is not None:
            targets.setdefault(slot.target.key, {})[slot.part] = slot
    name = next(slot for slot in slots if slot.target is None and slot.part)
    extras = tuple(slot for slot in slots if slot.answer is not None)
    parts = tuple(slot for target in targets.values() for slot in target.values())
    return IndicatorSlots(key, name, tuple(targets.items()), extras, (name, *extras, *parts))
