"""The sheet while it is being laid out: rows are opened top to bottom, cells and slots put into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xltool.layout.style import DOUBTED, MARKED, Palette
from xltool.model.form import Answer, AnswerType, Entry, FormDefinition, Profile, Role
from xltool.model.layout import Heading, PlanCell, Slot, Style
from xltool.model.workbook import CellRange

Content = str | Decimal
NUMERIC = (AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER, AnswerType.PERCENT)


def stored(answer: Answer, number: Decimal) -> Decimal:
    """The number as its cell holds it: a cell with a percent format holds the fraction, whoever fills it in."""
    return number.scaleb(-2) if answer.type is AnswerType.PERCENT else number


@dataclass(frozen=True, slots=True)
class Filling:
    """What goes into a form beforehand, and how large it is made.

    `contents` is keyed by slot; money and counts are Decimal, all else text. `counts` overrides the number of rows of
    a repeating block or a level. `places` fill the `{places}` of the form's own texts. `sources` are prefilled values
    by the name of their source (`unit.name`, a roster column). `marks` are notes to be put on answers that were found
    faulty, by slot: a form that is returned shows them in the cell; those `doubted` need not be
    changed. `ids` are the stable ids of allocated indicators by row key, `locked` further slots nobody may change,
    `offered` row keys whose unit may leave the rest blank.
    """

    contents: Mapping[str, Content] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    optional_blocks: frozenset[str] = frozenset()
    marks: Mapping[str, str] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()
    ids: Mapping[str, str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    offered: frozenset[str] = frozenset()


def own_places(form: FormDefinition) -> dict[str, str]:
    """What the form itself says for the `{places}` of its texts."""
    return {"title": form.title, "year": str(form.year), "annex": form.annex, "money": form.money, "department": ""}


@dataclass(slots=True)
class Grid:
    """Collects everything on the form sheet. `row` is the next free row; columns count from 1."""

    form: FormDefinition
    role: Role
    profile: Profile
    filling: Filling
    palette: Palette
    row: int = 1
    cells: list[PlanCell] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    row_keys: list[tuple[int, str]] = field(default_factory=list)
    heights: list[tuple[int, float]] = field(default_factory=list)
    names: list[tuple[str, CellRange]] = field(default_factory=list)
    fitted_rows: list[int] = field(default_factory=list)
    repeat_rows: tuple[int, int] | None = None
    repeated: set[CellRange] = field(default_factory=set)  # names beside rows, to stand on every page of theirs

    @property
    def tracks(self) -> int:
        return len(self.form.sheet.tracks)

    @property
    def filling_in(self) -> bool:
        return self.profile is Profile.FILL

    def width(self, first: int, span: int) -> float:
        """Width in column units of `span` tracks from column `first` on."""
        return sum(self.form.sheet.tracks[first - 1 : first - 1 + span])

    def open_row(self, key: str, height: float = 0.0) -> int:
        """Take the next row; height 0 leaves it to the program that shows the sheet."""
        row = self.row
        self.row_keys.append((row, key))
        if height:
            self.heights.append((row, height))
        self.row += 1
        return row

    def open_rows(self, key: str, heights: tuple[float, ...]) -> CellRange:
        """Take one row for each height: a tall row in slices, keyed `key`, `key+1` … Returns rows over all tracks."""
        first = self.row
        for index, height in enumerate(heights):
            self.open_row(key if index == 0 else f"{key}+{index}", height)
        return CellRange(first, 1, self.row - 1, self.tracks)

    def put(self, where: CellRange, content: Content | None, style: Style, comment: str = "") -> None:
        self.cells.append(PlanCell(where, content, style, comment=comment))

    def put_beside(self, where: CellRange, content: str, style: Style) -> None:
        """Put a name that stands beside the rows it belongs to, and again on each page they go on."""
        self.put(where, content, style)
        self.repeated.add(where)

    def put_answer(self, slot: Slot, content: Content | None, style: Style) -> None:
        """Put the cell of an answer, tinted and with a note where it is marked."""
        mark = self.filling.marks.get(slot.key, "")
        fill = DOUBTED if slot.key in self.filling.doubted else MARKED
        self.put(slot.range, content, replace(style, fill=fill) if mark else style, mark)
        self.slots.append(slot)

    def text(self, template: str) -> str:
        """A text of the form with its `{places}` filled."""
        return template.format_map(self.filling.places) if "{" in template else template

    def head(self, key: str, text: str, where: CellRange, row_key: str, style: Style) -> None:
        """Put a text of ours that also locates a column or labels a field."""
        self.put(where, text, style)
        self.headings.append(Heading(key, text, where, row_key))

    def content_of(self, key: str, answer: Answer) -> Content | None:
        """What stands in a scalar answer beforehand: a given content, its source, or its default."""
        given = self.filling.contents.get(key)
        if given is None and answer.source:
            given = self.filling.sources.get(answer.source)
        if given is None and answer.default:
            given = self.text(answer.default)
        if isinstance(given, str) and given and answer.type in NUMERIC:
            given = Decimal(given) if given.replace(".", "", 1).isdecimal() else given
        return stored(answer, given) if isinstance(given, Decimal) else given

    def answer(
        self, slot_key: str, answer: Answer, where: CellRange, row_key: str, block: str, label: str, *,
        ruled: bool = True,
    ) -> None:  # fmt: skip
        """Put the answer cell of a field, line or column, with its content, lock and name."""
        content = self.content_of(slot_key, answer)
        locked = answer.entry is Entry.LOCKED or (answer.entry is Entry.PREFILLED and content is not None)
        locked = locked or slot_key in self.filling.locked
        style = self.palette.answer(
            answer, locked=locked or not self.filling_in, decimals=self.form.decimals, printed=not self.filling_in
        )
        column = f"{block}.{answer.key}"
        slot = Slot(slot_key, where, row_key, column, label, block, answer=answer, locked=locked)
        self.put_answer(slot, content, replace(style, border=ruled))

    def part(self, slot: Slot, given: str = "", *, align: str = "center") -> None:
        """Put one cell of an indicator: its name, or a part of one of its targets; `given` is what the form says."""
        locked = slot.locked or not self.filling_in
        style = self.palette.part(locked=locked, align=align, printed=not self.filling_in)
        self.put_answer(slot, self.filling.contents.get(slot.key, given or None), style)
