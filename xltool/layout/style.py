"""The few cell formats of a form, from its sheet design: what is ours is white, what is to be filled in is tinted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xltool.model.form import Answer, AnswerType, SheetDesign
from xltool.model.layout import Style

TINT = "FFF9E5"  # an answer that is still to be given
MISSING = "FDE3C8"
WRONG = "F8CBCB"
MARKED = "F4B6B6"  # named on a returned form as what must be changed
DOUBTED = "FFE08A"  # named there as what is to be looked at
LOCKED = "F2F2F2"
KEY_SIZE = 18.0
LONG_TEXT = 600  # characters from which a text is set a point smaller
TEXT_FORMAT = "@"


@dataclass(frozen=True, slots=True)
class Palette:
    """Styles by use. Fonts and sizes are the form's."""

    design: SheetDesign

    def label(self, align: str = "center") -> Style:
        return Style(self.design.font, self.design.font_size, align=align)

    def heading(self) -> Style:
        return Style(self.design.font, self.design.font_size, bold=True, align="center")

    def caption(self) -> Style:
        return Style(self.design.font, self.design.font_size + 1, bold=True, align="center")

    def band(self, style: str) -> Style:
        size = {"title": 18.0, "subtitle": 12.0}.get(style, self.design.font_size)
        font = self.design.title_font if style == "title" else self.design.font
        align = "left" if style == "note" else "center"
        return Style(font, size, bold=style == "section", align=align, border=False)

    def answer(self, answer: Answer, *, locked: bool, decimals: int, printed: bool = False) -> Style:
        """The format of an answer: money and counts numeric, everything else text as typed (`@`)."""
        size = self.design.font_size - 1 if answer.max_length >= LONG_TEXT else self.design.font_size
        fill = "" if printed else LOCKED if locked else TINT
        base = Style(self.design.font, size, fill=fill, locked=locked, number_format=TEXT_FORMAT)
        if answer.type is AnswerType.MONEY:
            return replace(base, align="right", wrap=False, shrink=True, number_format="#,##0." + "0" * decimals)
        if answer.type is AnswerType.INTEGER:
            return replace(base, align="center", wrap=False, shrink=True, number_format="0")
        if answer.type is AnswerType.PERCENT:
            places = 2 if answer.decimals is None else answer.decimals
            return replace(base, align="center", wrap=False, shrink=True, number_format=f"{0:.{places}f}%")
        if answer.type is AnswerType.NUMBER:
            return replace(base, align="center", wrap=False, shrink=True, number_format="General")
        if answer.type in (AnswerType.DATE, AnswerType.PHONE, AnswerType.CHOICE) or answer.max_length <= 20:
            return replace(base, align="center")
        return base

    def part(self, *, locked: bool = False, align: str = "center", printed: bool = False) -> Style:
        """A cell of an indicator: text as typed, because `85%`, `1/2` and `=` are data."""
        fill = "" if printed else LOCKED if locked else TINT
        return Style(
            self.design.font, self.design.font_size, align=align, fill=fill, locked=locked, number_format=TEXT_FORMAT
        )

    def check(self) -> Style:
        return Style(self.design.font, 9.0, align="left", border=False, color="C00000", wrap=True)

    def status(self) -> Style:
        return Style(self.design.font, 10.0, bold=True, border=False, color="C00000", fill="FFF2CC")

    def key(self) -> Style:
        """Nobody sees a key, but its size keeps a fitted row as high as an empty one was."""
        return Style(self.design.font, KEY_SIZE, border=False, wrap=False, number_format=TEXT_FORMAT)

    def hidden(self) -> Style:
        return Style(self.design.font, 8.0, border=False, wrap=False, number_format=TEXT_FORMAT)
