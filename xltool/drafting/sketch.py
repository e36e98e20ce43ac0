"""The draft while it grows: sections, blocks and leaves as tables of form.toml, keys in use, and the guesses made."""

from __future__ import annotations

from dataclasses import dataclass, field

from xltool.addresses import range_a1
from xltool.drafting.page import Box, Page
from xltool.drafting.vocabulary import Confidence, Guess, Names, answer, words_of
from xltool.model.form import AnswerType, Entry

Table = dict[str, object]
NAME_LENGTH = 60


@dataclass(slots=True)
class Sketch:
    """`keys` are those of blocks, levels and sections, `answers` those of fields; both are unique in the form."""

    page: Page
    year: str = ""
    sections: list[Table] = field(default_factory=list)
    blocks: list[Table] = field(default_factory=list)
    leaves: list[dict[str, str]] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    keys: Names = field(default_factory=Names)
    answers: Names = field(default_factory=Names)

    @property
    def width(self) -> float:
        return sum(self.page.tracks)

    def room(self, box: Box) -> float:
        """The width of a box in characters."""
        return sum(self.page.tracks[box.range.first_col - 1 : box.range.last_col])

    def guess(self, box: Box, kind: str, confidence: Confidence, **args: object) -> None:
        self.guesses.append(Guess(box.cell, kind, confidence, tuple(args.items())))

    def text(self, written: str) -> str:
        """A text of the blank as form.toml has it: braces kept as they are, the year as a place."""
        kept = written.replace("{", "{{").replace("}", "}}")
        return kept.replace(self.year, "{year}") if self.year else kept

    def field(self, label: Box, box: Box | None, span: list[int]) -> Table:
        """A question: its label, where its answer stands, and what kind of answer that is."""
        words = label.text.strip()
        made: Table = {"key": self.answers.known(words, "field", "field"), "label": self.text(label.text), "span": span}
        made |= answer(words, box, self.room(box or label), self.width)
        key = str(made["key"])
        source = words_of("sources").get(key)
        if source:
            made.pop("expected_length", None)
            made |= {"max_length": made.get("max_length", NAME_LENGTH) if box and box.limit else NAME_LENGTH}
            made |= {"entry": Entry.PREFILLED.value, "source": source}
        if box is not None:
            self._starts_with(made, label, box)
            self.guess(box, "field", Confidence.MEDIUM if made["type"] == AnswerType.TEXT else Confidence.HIGH,
                       text=words, type=made["type"])  # fmt: skip
        return made

    def _starts_with(self, made: Table, label: Box, box: Box) -> None:
        """What stands in the answer already, and whether the unit may change it."""
        if box.text.strip():
            made["default"] = self.text(box.text)
            if not box.text.strip().replace(".", "", 1).isdigit():
                made["type"] = AnswerType.TEXT.value
                made.pop("minimum", None)
            for name in ("choices", *(() if box.limit else ("expected_length", "max_length"))):
                made.pop(name, None)
            self.guess(box, "default", Confidence.LOW, text=label.text.strip(), found=box.text)
        if box.formula:
            self.guess(box, "formula", Confidence.LOW, found=box.formula)
        if "source" not in made and (made["key"] in words_of("sign", "locked") or (self.page.protected and box.locked)):
            made["entry"] = Entry.LOCKED.value

    def column(self, heading: Box, sample: Box | None, keys: Names) -> Table:
        """A column of a repeating table or of fixed lines."""
        words = heading.text.strip()
        made: Table = {"key": keys.known(words, "column", "column"), "heading": self.text(heading.text)}
        made["span"] = heading.span
        return made | answer(words, sample, self.room(heading), self.width)

    def unread(self, box: Box) -> None:
        self.guess(box, "unread", Confidence.LOW, text=box.text.strip() or range_a1(box.range))
