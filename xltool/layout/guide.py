"""The sheets beside the form: 填报说明 for the person, the code lists and the identity for the workbook itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from xltool.layout.grid import own_places
from xltool.layout.live import DIGITS_NAME, digits
from xltool.layout.metrics import height_for_text
from xltool.layout.rules import OPERATORS_NAME, list_reference, measures_name
from xltool.layout.style import Palette
from xltool.model.form import (
    Answer,
    AnswerType,
    Entry,
    Fields,
    FormDefinition,
    Frame,
    Level,
    Line,
    Lines,
    Role,
    Rows,
    Tree,
)
from xltool.model.layout import PlanCell, SheetPlan, Style
from xltool.model.value import Operator
from xltool.model.workbook import CellRange
from xltool.words import table

GUIDE_PLACES = ("deadline", "contact", "telephone")  # what the guide's texts are filled with
WIDTHS = (22.0, 56.0, 24.0)


@dataclass(slots=True)
class Page:
    """A simple sheet of three columns, filled top to bottom."""

    palette: Palette
    cells: list[PlanCell] = field(default_factory=list)
    heights: list[tuple[int, float]] = field(default_factory=list)
    row: int = 1

    def line(self, text: str, style: Style) -> None:
        self.cells.append(PlanCell(CellRange(self.row, 1, self.row, 3), text, style))
        self.heights.append((self.row, max(20.0, height_for_text(text, sum(WIDTHS), style.size))))
        self.row += 1

    def columns(self, texts: tuple[str, str, str], style: Style) -> None:
        height = 20.0
        for index, text in enumerate(texts):
            where = CellRange(self.row, index + 1, self.row, index + 1)
            self.cells.append(PlanCell(where, text, style))
            height = max(height, height_for_text(text, WIDTHS[index], style.size))
        self.heights.append((self.row, height))
        self.row += 1


def guide_sheet(form: FormDefinition, role: Role, places: dict[str, str]) -> SheetPlan:
    """How to fill in this form: general advice, every field and level, the code list, deadline and contact.

    `places` gives deadline, contact and telephone.
    """
    words = table("workbook")["guide"]
    palette = Palette(form.sheet)
    page = Page(palette)
    text = Style(form.sheet.font, 10.5, border=False)
    page.line(words["title"].format(title=form.title), palette.band("title"))
    for line in words["lead"]:
        page.line(line.format_map(places), text)
    for heading, rows in (
        (words["fields_heading"], _field_lines(form, role)),
        (words["levels_heading"], _level_lines(form)),
        (words["codes_heading"], [(words["operators_label"], words["operators_text"], "")]),
    ):
        page.line(heading, palette.caption())
        page.columns(tuple(words["headings"]), palette.heading())
        for row in rows:
            page.columns(row, replace(palette.label("left"), size=10.0))
    last = page.row - 1
    return SheetPlan(words["sheet"], "visible", WIDTHS, tuple(page.heights), tuple(page.cells),
                     print_area=CellRange(1, 1, last, 3))  # fmt: skip


def _field_lines(form: FormDefinition, role: Role) -> Iterator[tuple[str, str, str]]:
    words = table("workbook")["guide"]
    for block in form.blocks:
        if role not in block.frame.roles or block.frame.optional:
            continue
        if isinstance(block, Fields):
            answers = [answer for row in block.rows for answer in row if role in answer.roles]
            yield from (_answer_line(form, answer, answer.label) for answer in answers)
        elif isinstance(block, Lines):
            for line in block.lines:
                yield from (_answer_line(form, answer, _line_label(block, line, answer)) for answer in block.columns)
        elif isinstance(block, Rows):
            room = block.prepared + block.spare
            yield _caption(form, block.frame), words["rows"].format(minimum=block.minimum, room=room), ""
            yield from (_answer_line(form, answer, answer.label) for answer in block.columns)
        elif isinstance(block, Tree):
            yield from (_answer_line(form, answer, answer.label) for answer in block.columns if answer.compulsory)


def _caption(form: FormDefinition, frame: Frame) -> str:
    """A block without a caption of its own stands under its section's."""
    return frame.caption or "".join(section.caption for section in form.sections if section.key == frame.section)


def _line_label(block: Lines, line: Line, answer: Answer) -> str:
    return line.label if len(block.columns) == 1 else f"{line.name}·{answer.name or answer.label}"


def _answer_line(form: FormDefinition, answer: Answer, label: str) -> tuple[str, str, str]:
    words, label = table("workbook")["guide"], label.format_map(own_places(form))
    if answer.entry in (Entry.LOCKED, Entry.PREFILLED):
        return label, words["prefilled"], ""
    compulsory = words["compulsory"] if answer.compulsory else ""
    kind = {AnswerType.MONEY: "money", AnswerType.INTEGER: "integer", AnswerType.NUMBER: "number",
            AnswerType.PERCENT: "percent", AnswerType.CHOICE: "choice"}.get(answer.type, "text")  # fmt: skip
    text = words[kind].format(
        help=answer.help, limit=answer.max_length, money=form.money, decimals=form.decimals, compulsory=compulsory,
        choices="、".join(answer.choices),
    )  # fmt: skip
    return label, text, words["examples"].get(kind, "")


def _level_lines(form: FormDefinition) -> Iterator[tuple[str, str, str]]:
    words = table("workbook")["guide"]
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        for level in tree.leaves:
            name = "·".join(level.path)
            if level.entry == "none":
                yield name, words["none"], ""
                continue
            template = words["level"] if level.minimum else words["level_free"]
            text = template.format(
                minimum=level.minimum, room=level.prepared + level.spare, measures=" ".join(level.measures)
            )
            yield name, text, _example(level)


def _example(level: Level) -> str:
    examples = table("workbook")["guide"]["examples"]
    if not level.measures:
        return str(examples["wording"])
    return str(examples["rate"] if level.measures[0] == "%" else examples["quantity"])


def lists_sheet(form: FormDefinition) -> SheetPlan:
    """The code lists that drop-downs and rules refer to by name: operators, digits, measures of each level."""
    sheet = table("workbook")["meta"]["lists"]
    columns: list[tuple[str, tuple[str, ...]]] = [
        (OPERATORS_NAME, tuple(operator.value for operator in Operator)),
        (DIGITS_NAME, digits()),
    ]
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        columns.extend((measures_name(level), level.measures) for level in tree.leaves if level.measures)
    style = Palette(form.sheet).hidden()
    cells, names = [], []
    for number, (name, values) in enumerate(columns, start=1):
        cells.append(PlanCell(CellRange(1, number, 1, number), name, style))
        cells.extend(
            PlanCell(CellRange(row, number, row, number), value, style) for row, value in enumerate(values, start=2)
        )
        names.append((name, list_reference(sheet, number, 2, len(values) + 1)))
    return SheetPlan(sheet, "hidden", tuple(12.0 for _ in columns), (), tuple(cells), names=tuple(names))


def meta_sheet(form: FormDefinition, lines: tuple[tuple[str, str], ...]) -> SheetPlan:
    """What the workbook is, one property a row; the first is the identity token."""
    style = Palette(form.sheet).hidden()
    cells = [
        PlanCell(CellRange(row, column, row, column), text, style)
        for row, line in enumerate(lines, start=1)
        for column, text in enumerate(line, start=1)
    ]
    return SheetPlan(table("workbook")["meta"]["sheet"], "veryHidden", (16.0, 60.0), (), tuple(cells))
