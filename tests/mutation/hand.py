"""The hand that damages a book: what a mutation may use, and the list of all mutations."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tests.mutation.book import EMPTY, NUMBER, TEXT, Book, Cell, Place, Sheet
from tests.mutation.issue import Blank
from tests.mutation.verdict import Demand
from xltool.model.layout import Slot

T = TypeVar("T")


class CannotError(Exception):
    """This mutation has nothing to work on in this book."""


@dataclass(slots=True)
class Hand:
    """One mutation at work on a book. `tag` is its number in the run; `demands` what all of them want to be told."""

    rnd: random.Random
    made: Blank
    book: Book
    tag: int = 0
    demands: list[Demand] = field(default_factory=list)

    @property
    def sheet(self) -> Sheet:
        return self.book.sheet

    # --- finding something to work on ---

    def slot(self, place: Place) -> Slot | None:
        return self.made.slots.get(self.sheet.cells[place].slot)

    def answers(self, wanted: Callable[[Slot], bool] | None = None, *, filled: bool = True) -> list[Place]:
        """Places of open answers that are filled in (or that are not), in order."""
        found = []
        for place, cell in self.sheet.cells.items():
            slot = self.made.slots.get(cell.slot) if cell.slot else None
            if slot is None or slot.locked or cell.empty is filled or (wanted and not wanted(slot)):
                continue
            found.append(place)
        return sorted(found)

    def an_answer(self, wanted: Callable[[Slot], bool] | None = None, *, filled: bool = True) -> Place:
        return self.one(self.answers(wanted, filled=filled))

    def one(self, found: Iterable[T]) -> T:
        choices = sorted(found, key=repr) if isinstance(found, set | frozenset) else list(found)
        if not choices:
            raise CannotError
        return self.rnd.choice(choices)

    def rows(self) -> dict[int, str]:
        """Rows of the sheet that hold answers, with the key of the row as it was issued."""
        found: dict[int, str] = {}
        for place, cell in self.sheet.cells.items():
            if cell.slot:
                found.setdefault(place[0], self.made.slots[cell.slot].row_key)
        return dict(sorted(found.items()))

    def sections(self) -> dict[str, list[int]]:
        """The rows of each repeating part, from the top."""
        found: dict[str, list[int]] = {}
        for row, key in self.rows().items():
            if "#" in key:
                found.setdefault(key.partition("#")[0], []).append(row)
        return found

    def filled(self, row: int) -> list[Place]:
        return [place for place, cell in self.sheet.cells.items() if place[0] == row and cell.slot and not cell.empty]

    def captions(self) -> list[Place]:
        """Texts of the form itself that are seen, but for the keys."""
        covered = {(row, col) for area in self.sheet.merges for row in range(area.top, area.bottom + 1)
                   for col in range(area.left, area.right + 1) if (row, col) != (area.top, area.left)}  # fmt: skip
        hidden = self.sheet.hidden_cols
        return sorted(
            place for place, cell in self.sheet.cells.items()
            if cell.kind == TEXT and not cell.empty and not cell.slot and cell.formula is None and not cell.tags
            and place not in covered and place[1] not in hidden and cell.text not in self.made.row_keys
        )  # fmt: skip

    @property
    def key_column(self) -> int:
        """The hidden column of keys; 0 where it is gone."""
        keys = self.made.row_keys
        columns = [place[1] for place, cell in self.sheet.cells.items() if cell.text in keys and not cell.slot]
        return max(set(columns), key=columns.count) if columns else 0

    def key_of(self, row: int) -> str:
        """The key that stands on a row of answers now; where it is gone, the one the row was issued with."""
        cell = self.sheet.cells.get((row, self.key_column))
        return cell.text if cell is not None and cell.text in self.made.row_keys else self.rows()[row]

    @property
    def form_columns(self) -> int:
        """How many columns the form has now: the widest caption ends there."""
        widths = [area.right for area in self.sheet.merges if area.top == area.bottom]
        return max(widths, default=len(self.made.form.sheet.tracks))

    # --- touching cells ---

    def put(self, place: Place, cell: Cell) -> None:
        """Set a cell, marked as touched by this mutation. Cells under a merged area are no place to type in."""
        if self.sheet.merge_at(*place)[:2] != place:
            raise CannotError
        self.sheet.cells[place] = cell._replace(tags=(*cell.tags, self.tag))

    def touch(self, place: Place) -> None:
        self.put(place, self.sheet.cells[place])

    def type(self, place: Place, text: str) -> None:
        """Type a text into a cell, whose format stays."""
        old = self.sheet.cells.get(place, Cell(EMPTY, ""))
        self.put(place, old._replace(kind=TEXT if text else EMPTY, text=text, formula=None))

    def enter(self, place: Place, figure: str, code: str | None = None) -> None:
        """Put a number into a cell, with this number format or its own."""
        old = self.sheet.cells.get(place, Cell(EMPTY, ""))
        code = code or ("General" if old.format == "@" else old.format)
        self.put(place, old._replace(kind=NUMBER, text=figure, format=code, formula=None))

    def clear(self, place: Place) -> None:
        old = self.sheet.cells[place]
        self.sheet.cells[place] = old._replace(kind=EMPTY, text="", formula=None, tags=(*old.tags, self.tag))

    # --- what has to be told ---

    def demand(self, codes: str, *keys: str, or_read: bool = False) -> None:
        """A finding of one of these codes at every cell this mutation touched, and about every key.

        `or_read`: where the cell is read as it is seen, nothing needs to be said.
        """
        self.demands.append(Demand(frozenset(codes.split()), self.tag, keys, or_read=or_read))

    def demand_whole(self, codes: str, *, cell: bool = False) -> None:
        """A finding of one of these codes, wherever it stands; `cell`: only while a cell holds what was put there."""
        self.demands.append(Demand(frozenset(codes.split()), self.tag, (), whole=True, cell=cell))

    # --- the book ---

    def rename(self, name: str) -> None:
        """Rename the form sheet; names and what is local to it follow."""
        old, self.sheet.name = self.book.form, name
        self.book.form = name
        quoted = name.replace("'", "''")
        self.book.names = [
            item._replace(
                refers_to=f"'{quoted}'!{item.refers_to.rpartition('!')[2]}"
                if item.refers_to.startswith((f"'{old}'!", f"{old}!")) else item.refers_to,
                sheet=name if item.sheet == old else item.sheet,
            )
            for item in self.book.names
        ]  # fmt: skip


Change = Callable[[Hand], None]


@dataclass(frozen=True, slots=True)
class Mutation:
    """`intact`: the person's view of every answer stays what it was, so nothing may be said at an answer.

    `expects` is what was declared of the answers it touches: read as they are seen, or reported.
    """

    name: str
    family: str
    change: Change
    expects: str = "read"
    intact: bool = False
    weight: int = 1


MUTATIONS: dict[str, Mutation] = {}


def mutation(
    family: str, expects: str = "read", *, intact: bool = False, weight: int = 1
) -> Callable[[Change], Change]:
    """Enter a function among the mutations; its docstring's first line is no name, its own name is."""

    def enter(change: Change) -> Change:
        name = change.__name__.replace("_", " ")
        MUTATIONS[name] = Mutation(name, family, change, expects, intact, weight)
        return change

    return enter
