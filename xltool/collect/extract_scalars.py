"""The scalar answers of a foreign form: fields beside or below their labels, amounts beside their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xltool import measures
from xltool.collect.cells import NUMERIC, Sight, see
from xltool.collect.extract_captions import What, asked_for, bare, extract_words, fold
from xltool.collect.extract_grid import Page, Seen, texts_of
from xltool.collect.marks import marks
from xltool.findings import Code
from xltool.model.form import Answer, AnswerType, Fields, FormDefinition, Lines, Role
from xltool.model.submission import FieldAnswer, Source
from xltool.model.value import Note, State
from xltool.model.workbook import CellKind

_IN_BRACKETS = re.compile(r"\(([^()]+)\)$")
_PLAIN = frozenset({Note.TEXT_NUMBER})
_DECIMALS = re.compile(r"[0-9,]+(?:\.([0-9]+))?")
_LABELS = (What.FIELD, What.LINE, What.HEADING)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One answer to be found: where its label may stand from it, and how to read what stands there."""

    key: str
    answer: Answer
    label: str
    above: bool
    asked: bool  # a form without it lacks something
    column: Answer | None = None  # of a line with several columns
    place: int = 0  # the column's, from 0
    columns: int = 1


@dataclass(slots=True)
class _Found:
    labels: dict[str, Seen] = field(default_factory=dict)
    inside: dict[str, Seen] = field(default_factory=dict)  # answers that share their label's cell


def read_answer(page: Page, seen: Seen, answer: Answer, key: str, slot: str, measure: str = "") -> FieldAnswer:
    """One cell as the answer it is; `measure` is the money measure its label names where it is not the form's."""
    label = answer.name or answer.label.rstrip("：:")
    page.use(seen)
    page.marks(seen, label, slot)
    cell = seen.cell._replace(text=seen.text) if seen.cell.kind is CellKind.TEXT else seen.cell
    sight = see(cell, page.number_format(seen.cell), answer.type, page.setting)
    source = page.source(seen)
    told = {mark.code for mark in marks(seen.text)}  # of the whole cell above, and once is enough
    for remark in sight.remarks:
        if remark.code in told:
            continue
        if page.typed and remark.code is Code.VAL_NORMALISED and _PLAIN.issuperset(sight.notes):
            continue
        page.say(remark.code, seen, slot, remark.severity, label=label, cell=source.cell, **dict(remark.args))
    if answer.type is AnswerType.MONEY:
        _decimals(page, seen, slot, label)
        sight = _converted(page, seen, sight, slot, label, measure)
    number = sight.number if answer.type in NUMERIC else None
    text = sight.text.strip() if seen.cell.kind is CellKind.TEXT else sight.text
    return FieldAnswer(key, sight.state, text, number, source, tuple(dict.fromkeys((*seen.notes, *sight.notes))))


def _decimals(page: Page, seen: Seen, slot: str, label: str) -> None:
    match = _DECIMALS.fullmatch(seen.text) if seen.cell.kind is CellKind.TEXT else None
    if match and len(match[1] or "") != page.decimals:
        page.say(Code.EXT_DECIMALS, seen, slot, label=label, text=seen.text, expected=page.decimals)


def _converted(page: Page, seen: Seen, sight: Sight, slot: str, label: str, measure: str) -> Sight:
    """An amount in another money measure, exactly converted."""
    money = page.setting.money
    if not measure or measure == money or sight.number is None or Note.MEASURE_IN_VALUE in sight.notes:
        return sight
    number: Decimal = measures.convert(sight.number, measure, money)
    page.say(Code.EXT_MONEY_MEASURE, seen, slot, label=label, found=measure, money=money, before=sight.text,
             after=f"{number:f}")  # fmt: skip
    return replace(sight, number=number)


def read_scalars(page: Page, form: FormDefinition, outside: frozenset[int]) -> tuple[FieldAnswer, ...]:
    """All fields and lines in the order of the form. `outside` are the rows that belong to no table."""
    asks = tuple(_asks(form))
    found = _labels(page, outside, {ask.key for ask in asks} | {ask.key.rpartition(".")[0] for ask in asks})
    answers = []
    for ask in asks:
        label = found.labels.get(ask.key) or found.labels.get(ask.key.rpartition(".")[0] if ask.column else "")
        if label is None:
            if ask.asked:
                page.say(Code.EXT_LABEL_MISSING, None, ask.key, label=ask.label)
                answers.append(FieldAnswer(ask.key, State.UNREADABLE, "", None, Source(page.sheet.name, "")))
            continue
        page.use(label)
        seen = found.inside.get(ask.key) or _answer_cell(page, label, ask)
        if seen is None:
            answers.append(FieldAnswer(ask.key, State.BLANK, "", None, Source(page.sheet.name, "")))
        else:
            over = _heading_over(page, label.row, ask.column) if ask.column else None
            measure = measure_of(label) or (measure_of(over) if over else "") or page.measure
            answers.append(read_answer(page, seen, ask.answer, ask.key, ask.key, measure))
    return tuple(answers)


def _asks(form: FormDefinition) -> Iterator[_Ask]:
    for block in form.blocks:
        asked = asked_for(block)
        if isinstance(block, Fields):
            for answer in (answer for row in block.rows for answer in row):
                everywhere = answer.roles == frozenset(Role)
                label = answer.name or answer.label.rstrip("：:")
                yield _Ask(answer.key, answer, label, block.labels == "above", asked and everywhere)
        elif isinstance(block, Lines):
            for line in block.lines:
                key, count = f"{block.frame.key}.{line.key}", len(block.columns)
                for place, column in enumerate(block.columns):
                    answer = replace(column, name=line.name)
                    if count == 1:
                        yield _Ask(key, answer, line.name, False, asked)
                    else:
                        yield _Ask(f"{key}.{column.key}", answer, line.name, False, asked, column, place, count)


def _labels(page: Page, outside: frozenset[int], keys: set[str]) -> _Found:
    found = _Found()
    for row in outside:
        for seen in page.rows.get(row, ()):
            _take(page, found, seen, [c.key for c in seen.captions if c.what in (What.FIELD, What.LINE)], None)
            if not seen.captions and seen.cell.kind is CellKind.TEXT:
                _label_and_answer(page, found, seen, keys)
    return found


def _take(page: Page, found: _Found, seen: Seen, keys: list[str], inside: Seen | None) -> None:
    """A text that labels several answers of the form labels the next of them that has no label yet."""
    free = next((key for key in keys if key not in found.labels), None)
    if free is not None:
        found.labels[free] = seen
        if inside is not None:
            found.inside[free] = inside
    elif keys:
        first = found.labels[keys[0]]
        page.say(Code.EXT_LABEL_TWICE, seen, keys[0], label=fold(seen.text), first=page.where(*first.place),
                 again=page.where(*seen.place))  # fmt: skip


def _label_and_answer(page: Page, found: _Found, seen: Seen, keys: set[str]) -> None:
    """`填报单位：某某局` in one cell: what stands before the colon is a label of the form."""
    for mark in extract_words()["label_marks"]:
        head, colon, tail = seen.text.partition(mark)
        if not colon or not tail.strip():
            continue
        labels = [c.key for c in page.captions.of(head) if c.what in (What.FIELD, What.LINE) and c.key in keys]
        if labels:
            _take(page, found, seen, labels, replace(seen, raw=tail, text=tail.strip()))
            return


def _answer_cell(page: Page, label: Seen, ask: _Ask) -> Seen | None:
    if ask.column is not None:
        return _in_column(page, label, ask)
    beside, below = next(iter(_beside(page, label)), None), _below(page, label)
    wanted, other = (below, beside) if ask.above else (beside, below)
    if wanted is None and other is not None:
        expected = page.where(label.row + 1, label.col) if ask.above else page.where(label.row, page.right(label) + 1)
        page.say(Code.EXT_MISPLACED, other, ask.key, label=ask.label, text=texts_of([other]),
                 found=page.where(*other.place), expected=expected)  # fmt: skip
    chosen = wanted or other
    return _with_slices(page, label, chosen) if chosen is not None and chosen is beside else chosen


def _beside(page: Page, label: Seen) -> list[Seen]:
    """What stands to the right of a label, before the next label."""
    cells = []
    for seen in page.rows[label.row]:
        if seen.col <= page.right(label):
            continue
        if any(c.what in _LABELS for c in seen.captions):
            break
        if seen.place not in page.used and not _note(page, seen):
            cells.append(seen)
    return cells


def _in_column(page: Page, label: Seen, ask: _Ask) -> Seen | None:
    """The answer under its heading; without headings in the order of the columns, where none of them is missing."""
    assert ask.column is not None
    cells = [seen for seen in page.rows[label.row] if seen.col > page.right(label) and not seen.captions]
    over = _heading_over(page, label.row, ask.column)
    if over is not None:
        return next((seen for seen in cells if over.col <= seen.col <= page.right(over)), None)
    if len(cells) != ask.columns:
        return None
    seen = cells[ask.place]
    page.say(Code.EXT_MISPLACED, seen, ask.key, label=ask.label, text=texts_of([seen]),
             found=page.where(*seen.place), expected=ask.column.name or ask.column.label)  # fmt: skip
    return seen


def _heading_over(page: Page, row: int, column: Answer) -> Seen | None:
    """The nearest heading above that says what this column is called."""
    names = {bare(fold(text)) for text in (column.label, column.name, *column.aliases)} - {""}
    for above in reversed([other for other in page.rows if other < row]):
        for seen in page.rows[above]:
            if bare(fold(seen.text)) in names:
                return seen
    return None


def _note(page: Page, seen: Seen) -> bool:
    match = page.captions.band(seen.text)
    return match is not None and bool(match.groupdict().get("measure"))


def _below(page: Page, label: Seen) -> Seen | None:
    """The answer under a label: in the next row that shows anything, which must hold no label itself."""
    row = page.next_row(page.bottom(label))
    if row is None:
        return None
    cells = page.rows[row]
    if any(c.what in _LABELS for seen in cells for c in seen.captions):
        return None
    under = [seen for seen in cells if label.col <= seen.col <= page.right(label) and seen.place not in page.used]
    if under:
        return under[0]
    labels = [s for s in page.rows[label.row] if any(c.what is What.FIELD for c in s.captions)]
    return cells[labels.index(label)] if len(labels) == len(cells) and not _aligned(labels, cells) else None


def _aligned(labels: Iterable[Seen], cells: Iterable[Seen]) -> bool:
    return not {seen.col for seen in labels}.isdisjoint(seen.col for seen in cells)


def _with_slices(page: Page, label: Seen, first: Seen) -> Seen:
    """A long answer in several rows beside one tall label is one answer."""
    more = []
    for row in range(label.row + 1, page.bottom(label) + 1):
        more += [seen for seen in page.free(row) if seen.col == first.col and not seen.captions]
    if not more:
        return first
    page.use(*more)
    parts = (first, *more)
    return replace(first, raw="\n".join(s.raw for s in parts), text="\n".join(s.text for s in parts))


def measure_of(label: Seen) -> str:
    """The money measure a label names in brackets: 年末资产总额(万元)."""
    match = _IN_BRACKETS.search(fold(label.text))
    return _money(match[1]) if match else ""


def noted_measure(page: Page) -> str:
    """The money measure that a line of its own names: 单位：万元."""
    pattern = re.compile(extract_words()["money_note"])
    for cells in page.rows.values():
        for seen in cells:
            match = pattern.match(fold(seen.text)) if len(seen.text) < 20 else None
            if match and _money(match["measure"]):
                page.use(seen)
                return _money(match["measure"])
    return ""


def _money(text: str) -> str:
    measure = measures.find(text)
    return measure.symbol if measure is not None and measure.dimension == "money" else ""
