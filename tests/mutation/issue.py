"""Forms as they are issued, made once and kept, and filled in at random as their units would."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from tests.issued import form_of, issue
from tests.mutation import words
from tests.mutation.book import NUMBER, TEXT, Book, Cell, load
from xltool.collect.examine import Reading
from xltool.definition import available
from xltool.layout.grid import Filling
from xltool.model.form import AnswerType, FormDefinition, Role, Rows, Tree
from xltool.model.layout import FormLayout, Slot

NUMERIC = frozenset({AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER, AnswerType.PERCENT})
# The reader keeps sixteen layouts; a campaign has three roles of one form.
KINDS = ((Role.UNIT, "usual"), (Role.UNIT, "larger"), (Role.DEPARTMENT, "signed"))


@dataclass(frozen=True, slots=True, eq=False)
class Blank:
    """One issued form nobody has filled in yet; `slots` are its answers by key, `lists` the sheets beside it."""

    form: FormDefinition
    role: Role
    layout: FormLayout
    book: Book
    slots: dict[str, Slot]
    row_keys: frozenset[str]

    @property
    def id(self) -> str:
        return f"{self.form.id}/{self.role}"


@cache
def forms() -> tuple[FormDefinition, ...]:
    return tuple(form_of(item.id) for item in available())


@cache
def reading() -> Reading:
    """What the reader is given: every bundled form."""
    return Reading(forms())


@cache
def blank(form_id: str, role: Role, size: str) -> Blank:
    form = form_of(form_id)
    made = issue(form, role, _filling(form, size))
    book = load(made.data, made.sheet)
    cells = book.sheet.cells
    for slot in made.layout.slots:
        place = (slot.range.first_row, slot.range.first_col)
        cells[place] = cells[place]._replace(slot=slot.key)
    return Blank(form, role, made.layout, book, made.slots, frozenset(key for _, key in made.layout.row_keys))


def _filling(form: FormDefinition, size: str) -> Filling:
    sources = {"unit.name": "示例单位", "unit.full_name": "示例单位（全称）"}
    optional = frozenset(block.frame.key for block in form.blocks if block.frame.optional)
    counts: dict[str, int] = {}
    if size == "larger":
        for block in form.blocks:
            if isinstance(block, Rows):
                counts[block.frame.key] = block.prepared + block.spare + 4
            elif isinstance(block, Tree):
                counts |= {leaf.key: leaf.prepared + leaf.spare + 3 for leaf in block.leaves if leaf.entry == "open"}
    return Filling(sources=sources, counts=counts, optional_blocks=optional if size == "signed" else frozenset())


def pick(rnd: random.Random) -> Blank:
    """Any bundled form; a unit's of usual size, larger, or a department's with its signatures."""
    form = rnd.choice(forms())
    role, size = rnd.choice(KINDS)
    return blank(form.id, role, size)


def fill(made: Blank, rnd: random.Random) -> Book:
    """A copy of the form with random but human answers, some left out."""
    book = made.book.copy()
    cells = book.sheet.cells
    share = rnd.choice((0.25, 0.6, 0.95))
    values = _Values(rnd, share)
    for slot in made.slots.values():
        place = (slot.range.first_row, slot.range.first_col)
        old = cells[place]
        if slot.locked or not old.empty:
            continue
        content = values.of(slot)
        if content is not None:
            cells[place] = typed(old, content)
    return book


def typed(old: Cell, content: str | Decimal) -> Cell:
    """The cell after a person typed this into it: a number stays a number only where it is one."""
    if isinstance(content, Decimal):
        return old._replace(kind=NUMBER, text=repr(float(content)))
    return old._replace(kind=TEXT, text=content, formula=None)


class _Values:
    """Draws answers; the cells of one row are drawn together."""

    def __init__(self, rnd: random.Random, share: float) -> None:
        self.rnd, self.share = rnd, share
        self.row, self.used = "", False
        self.target = ("", "", "")
        self.number = 0

    def of(self, slot: Slot) -> str | Decimal | None:
        repeating = "#" in slot.row_key
        if repeating and slot.row_key != self.row:
            self.row, self.used = slot.row_key, self.rnd.random() < self.share * (0.7 if slot.part else 0.8)
            self.target = self.rnd.choice(words.TARGETS)
        if repeating and not self.used:
            return None
        if slot.part:
            return self._part(slot) or None
        if self.rnd.random() > (0.97 if repeating else 0.9):
            return None
        return self._answer(slot)

    def _part(self, slot: Slot) -> str:
        if slot.target is None:
            self.number += 1
            return f"{self.rnd.choice(words.NAMES)}{self.number}"
        if slot.target.compulsory:
            return self.target[("operator", "value", "measure").index(slot.part)]
        return self.rnd.choice(("", "无", "100%", "≥50个", "0件", self.target[1])) if slot.part == "value" else ""

    def _answer(self, slot: Slot) -> str | Decimal:
        rnd, answer = self.rnd, slot.answer
        assert answer is not None
        if answer.type is AnswerType.MONEY:
            return words.money(rnd)
        if answer.type is AnswerType.INTEGER:
            return words.count(rnd)
        if answer.type in NUMERIC:
            return Decimal(rnd.randint(0, 40)) / 2
        if answer.type is AnswerType.CHOICE:
            return rnd.choice(answer.choices)
        if answer.type is AnswerType.PHONE:
            return "000-00000000"
        if answer.max_length and answer.max_length <= 30:
            return rnd.choice(words.PEOPLE)
        if answer.max_length and answer.max_length <= 60:
            return rnd.choice(words.TITLES) + rnd.choice(("", "工作", "（2024）"))
        return words.paragraph(rnd, answer.max_length) if answer.expected_length else rnd.choice(words.NOTES)
