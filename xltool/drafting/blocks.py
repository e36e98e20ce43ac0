"""Rows of a blank → blocks: what kind of block a row begins, and which rows belong to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import takewhile

from xltool.addresses import range_a1
from xltool.drafting.page import Box
from xltool.drafting.rows import COLONS, Row, rows_of, whole
from xltool.drafting.sketch import Sketch, Table
from xltool.drafting.tree import is_tree_heading, read_tree, starts_tree
from xltool.drafting.vocabulary import Confidence, Names, has_word, words_of
from xltool.model.workbook import CellRange

TITLE_SIZE = 14.0


@dataclass(slots=True)
class Reader:
    """Reads one window of the page top to bottom; `around` are the keys that its blocks inherit."""

    sketch: Sketch
    window: CellRange
    around: Table
    depth: int = 0
    caption: Box | None = None

    def read(self) -> None:
        rows = rows_of(self.sketch.page, self.window)
        whole_rows = [whole(row, self.window) for row in rows]
        place = 0
        while place < len(rows):
            place += self._next(rows[place:], whole_rows[place:])
        if self.caption is not None:
            self._band(self.caption, "section")

    def _next(self, drawn: list[Row], rows: list[Row]) -> int:
        """Read what begins at the first row, as drawn and without holes; how many rows it takes."""
        side = self._side(drawn[0])
        if side is not None:
            return self._beside(side, drawn)
        if is_tree_heading(drawn[0]):
            return self._tree(drawn)
        row = rows[0]
        for box, as_drawn in zip(row.boxes, drawn[0].boxes, strict=True):
            if box.range != as_drawn.range:
                self.sketch.guess(box, "stretched", Confidence.LOW, text=box.text.strip() or range_a1(as_drawn.range))
        if self._is_band(row):
            return self._text_line(row)
        if row.all_texts and len(row.boxes) > 1 and len(rows) > 1 and rows[1].edges == row.edges:
            taken = self._under_headings(rows)
            if taken:
                return taken
        if row.is_line and len(row.boxes) > 2:
            return self._lines([row for row in _run(rows, row) if row.is_line], None)
        return self._fields(rows)

    # --- captions and texts

    def _is_band(self, row: Row) -> bool:
        first = row.boxes[0]
        whole = len(row.boxes) == 1 and first.range.first_col == self.window.first_col
        if whole and first.range.last_col == self.window.last_col:
            return bool(row.texts[0])
        alone = not row.ruled and len([text for text in row.texts if text]) == 1 and len(row.boxes) <= 2
        return alone and not row.texts[0].endswith(COLONS) and bool(row.texts[0])

    def _text_line(self, row: Row) -> int:
        box = row.boxes[0]
        titled = any(block.get("style") == "title" for block in self.sketch.blocks)
        if box.size >= TITLE_SIZE and not titled and not self.depth:
            self._band(box, "title")
        elif box.ruled:
            if self.caption is not None:
                self._band(self.caption, "section")
            self.caption = box
        else:
            self._band(box, "subtitle" if titled and box.align in ("center", "centerContinuous") else "note")
        return 1

    def _band(self, box: Box, style: str) -> None:
        key = self.sketch.keys.take(style if style != "note" else "text")
        self.sketch.guess(box, "title" if style == "title" else "band", Confidence.HIGH, text=box.text.strip())
        block: Table = {"kind": "band", "key": key, "style": style, "text": self.sketch.text(box.text)}
        self.sketch.blocks.append(block | {name: item for name, item in self.around.items() if name == "section"})
        if self.caption is box:
            self.caption = None

    def _block(self, kind: str, key: str, **keys: object) -> Table:
        """A new block with the caption that was waiting for one."""
        block: Table = {"kind": kind, "key": self.sketch.keys.take(key), **self.around}
        if self.caption is not None:
            block["caption"] = self.sketch.text(self.caption.text)
            block.pop("side", None)
            self.sketch.guess(self.caption, "caption", Confidence.HIGH, text=self.caption.text.strip())
            self.caption = None
        block |= keys
        self.sketch.blocks.append(block)
        return block

    # --- captions down the left side

    def _side(self, row: Row) -> Box | None:
        """The box at the left that goes on beside several rows, where nothing else on its row does."""
        first = row.boxes[0]
        if not row.texts[0] or first.range.first_col != self.window.first_col or len(row.boxes) < 2:
            return None
        if is_tree_heading(row) and starts_tree(first):
            return None
        taller = first.range.last_row > row.last
        # A second caption may stand beside it, as tall as the first; what it speaks of is lower.
        beside = [box for box in row.boxes[1:] if box.range.last_row >= first.range.last_row]
        alone = len(beside) < len(row.boxes) - 1 and beside == list(row.boxes[1 : 1 + len(beside)])
        # Two texts before the first answer: the left one speaks of the whole row.
        double = len(row.boxes) > 2 and len(row.boxes) % 2 == 1 and bool(row.texts[1]) and not any(row.texts[2::2])
        return first if (taller and alone) or (double and not self.depth and row.ruled) else None

    def _beside(self, side: Box, rows: list[Row]) -> int:
        where = side.range
        window = CellRange(where.first_row, where.last_col + 1, where.last_row, self.window.last_col)
        around: Table
        if self.depth:
            around = {**self.around, "caption": self.sketch.text(side.text), "side": side.span}
        else:
            key = self.sketch.keys.take("part")
            section: Table = {"key": key, "caption": self.sketch.text(side.text)}
            self.sketch.sections.append(section | ({"side": side.span} if side.span > 1 else {}))
            around = {"section": key}
        self.sketch.guess(side, "section", Confidence.HIGH, text=side.text.strip())
        before = len(self.sketch.blocks)
        Reader(self.sketch, window, around, self.depth + 1).read()
        for block in self.sketch.blocks[before + 1 :] if self.depth else ():
            self.sketch.unread(side)  # the language has two captions beside each other, and one block beside the second
            block.pop("caption", None)
        return sum(1 for row in rows if row.first <= where.last_row)

    # --- tables

    def _tree(self, rows: list[Row]) -> int:
        block = self._block("tree", "indicators")
        keys, taken = read_tree(self.sketch, rows, self.window)
        block |= keys
        return taken

    def _under_headings(self, rows: list[Row]) -> int:
        """A heading row with a table under it: repeating rows, fixed lines, or labels above their answers."""
        head, below = rows[0], _run(rows[1:], rows[0])
        blank = _leading(below, lambda row: row.no_texts)
        if len(blank) > 1:
            return self._rows(head, blank)
        if blank:
            return self._above(rows)
        lines = _leading(below, lambda row: row.is_line)
        return self._lines(lines, head) + 1 if lines else 0

    def _rows(self, head: Row, rows: list[Row]) -> int:
        keys = Names()
        columns = [self.sketch.column(box, rows[0].boxes[place], keys) for place, box in enumerate(head.boxes)]
        text = "、".join(head.texts)
        self.sketch.guess(head.boxes[0], "rows", Confidence.HIGH, text=text, count=len(rows))
        self._block("rows", "tasks", prepared=len(rows), columns=columns)
        return 1 + len(rows)

    def _lines(self, rows: list[Row], head: Row | None) -> int:
        first = rows[0]
        names = Names()
        columns = self._line_columns(first, head)
        lines: list[Table] = [
            {"key": names.known(row.texts[0], "line", "line"), "label": self.sketch.text(row.boxes[0].text)}
            for row in rows
        ]
        labels = "、".join(row.texts[0] for row in rows)
        self.sketch.guess(
            first.boxes[0], "lines", Confidence.HIGH if head else Confidence.MEDIUM, text=labels, count=len(rows)
        )
        heading = {"heading": self.sketch.text(head.boxes[0].text)} if head is not None else {}
        key = "budget" if head is not None else "total"
        self._block("lines", key, **heading, span=first.boxes[0].span, columns=columns, lines=lines)
        return len(rows)

    def _line_columns(self, first: Row, head: Row | None) -> list[Table]:
        """The columns under their headings; without any they are those of the repeating table above, if it has them."""
        names, answers = Names(), first.boxes[1:]
        if head is not None:
            return [
                self.sketch.column(heading, box, names) for heading, box in zip(head.boxes[1:], answers, strict=True)
            ]
        above = self.sketch.blocks[-1].get("columns") if self.sketch.blocks else None
        over = above[-len(answers) :] if isinstance(above, list) else []
        if [column["span"] for column in over] == [box.span for box in answers]:
            return [
                {name: item for name, item in column.items() if name != "heading"} | {"name": column["heading"]}
                for column in over
            ]
        blank = (replace(box, text="") for box in answers)
        return [self.sketch.column(heading, box, names) for heading, box in zip(blank, answers, strict=True)]

    def _above(self, rows: list[Row]) -> int:
        """Pairs of rows, labels over answers, as long as they go on with the same borders around them."""
        placed: list[list[object]] = []
        fields: list[Table] = []
        taken = 0
        while taken + 1 < len(rows) and _is_pair(rows[taken], rows[taken + 1]):
            labels, answers = rows[taken], rows[taken + 1]
            made = [
                self.sketch.field(label, box, [label.span])
                for label, box in zip(labels.boxes, answers.boxes, strict=True)
            ]
            placed.append([item["key"] for item in made])
            fields.extend(made)
            taken += 2
        self.sketch.guess(rows[0].boxes[0], "above", Confidence.MEDIUM, text="、".join(rows[0].texts))
        self._block("fields", "figures", labels="above", rows=placed, fields=fields)
        return taken

    # --- labels and answers side by side

    def _fields(self, rows: list[Row]) -> int:
        row = rows[0]
        fields, note = self._pairs(row)
        if not fields:
            for box in row.boxes:
                self.sketch.unread(box)
            return 1
        labels = [str(item["label"]) for item in fields]
        sign = all(has_word(str(item["label"]), words_of("sign", "words")) and "source" not in item for item in fields)
        kind = "sign" if sign else "fields"
        block = self._going_on(kind, row)
        if block is None:
            block = self._block(kind, "sign" if sign else "basic", **({} if row.ruled else {"frame": False}))
            block |= {"rows": [], "fields": []}
            if sign:
                self.sketch.guess(row.boxes[0], "sign", Confidence.MEDIUM, text="、".join(labels))
        placed, defined = block["rows"], block["fields"]
        assert isinstance(placed, list)
        assert isinstance(defined, list)
        placed.append([item["key"] for item in fields])
        defined.extend(fields)
        if note is not None:
            block["note"] = {"text": self.sketch.text(note.text), "span": note.span}
            self.sketch.guess(note, "note", Confidence.HIGH, text=note.text.strip())
        return 1

    def _going_on(self, kind: str, row: Row) -> Table | None:
        """The fields block above, where this row can be its next one."""
        if self.caption is not None or not self.sketch.blocks:
            return None
        last = self.sketch.blocks[-1]
        fits = last["kind"] == kind and "labels" not in last and "note" not in last
        beside = all(last.get(name) == self.around.get(name) for name in ("section", "side"))
        return last if fits and beside and ("frame" not in last) == row.ruled else None

    def _pairs(self, row: Row) -> tuple[list[Table], Box | None]:
        """Label and answer by turns; a text at the end without an answer is a note."""
        boxes = list(row.boxes)
        fields: list[Table] = []
        lost = 0
        while len(boxes) > 1:
            label, box = boxes[0], boxes[1]
            if not label.text.strip():
                self.sketch.unread(label)
                lost += label.span
                boxes.pop(0)
                continue
            # What was not understood must not leave a hole: the next answer takes its room.
            fields.append(self.sketch.field(label, box, [label.span, box.span + lost]))
            lost = 0
            boxes = boxes[2:]
        if boxes and not boxes[0].text.strip():
            self.sketch.unread(boxes[0])
            lost += boxes.pop().span
        if fields and lost:
            spans = fields[-1]["span"]
            assert isinstance(spans, list)
            spans[-1] += lost
        return fields, boxes[0] if boxes else None


def _run(rows: list[Row], head: Row) -> list[Row]:
    """The rows from the first on that have the same borders between their boxes as `head`."""
    return _leading(rows, lambda row: row.edges == head.edges)


def _leading(rows: list[Row], test: Callable[[Row], bool]) -> list[Row]:
    return list(takewhile(test, rows))


def _is_pair(labels: Row, answers: Row) -> bool:
    return labels.all_texts and answers.no_texts and labels.edges == answers.edges
