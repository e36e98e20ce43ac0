"""The located cells of a returned workbook → a `Submission`: every answer with its state, text, number and cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from xltool import values
from xltool.addresses import a1
from xltool.collect.cells import (
    BLANK,
    NUMERIC,
    Remark,
    Setting,
    Sight,
    broken_cell,
    hidden_digits,
    is_blank,
    normalised,
    of_formula,
    see,
    text_of,
)
from xltool.collect.locate import Located
from xltool.collect.plan_index import IndicatorSlots, index_of
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.form import AnswerType
from xltool.model.layout import FormLayout, Slot
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import Doubt, Kind, Note, State, TargetValue
from xltool.model.workbook import CellKind, RawCell, RawSheet, RawStyle, RawWorkbook
from xltool.values.cleaning import clean

_NOWHERE = RawStyle("General", True)


def interpret(
    workbook: RawWorkbook, located: Located, layout: FormLayout, identity: Identity, file: str = "", sha256: str = ""
) -> Submission:
    """Read every slot that was located. An answer whose place could not be told is UNREADABLE, never blank."""
    index = index_of(layout)
    fields: list[FieldAnswer] = []
    rows: list[RowAnswer] = []
    indicators: list[Indicator] = []
    findings: list[Finding] = []
    if located.sheet is not None:
        reader = _Reader(workbook, located.sheet, located, Setting(workbook.date1904, layout.form.money))
        fields = [reader.field(slot) for slot in index.scalars]
        rows = [row for key, slots in index.rows if (row := reader.row(key, slots)) is not None]
        indicators = [item for slots in index.indicators if (item := reader.indicator(slots)) is not None]
        findings = reader.findings
    return Submission(
        identity, file, sha256, workbook.application, tuple(fields), tuple(rows), tuple(indicators), tuple(findings)
    )


@dataclass(slots=True)
class _Reader:
    workbook: RawWorkbook
    sheet: RawSheet
    located: Located
    setting: Setting
    findings: list[Finding] = field(default_factory=list)

    def field(self, slot: Slot) -> FieldAnswer:
        return self._answer(slot, slot.key)

    def row(self, row_key: str, slots: tuple[Slot, ...]) -> RowAnswer | None:
        """One row of a repeating block, None where nothing stands in it."""
        if self._is_empty(slots):
            return None
        answers = tuple(self._answer(slot, slot.key.removeprefix(f"{row_key}.")) for slot in slots)
        return RowAnswer(slots[0].block, row_key, answers)

    def indicator(self, slots: IndicatorSlots) -> Indicator | None:
        """One row of the tree, None where nothing stands in it."""
        if self._is_empty(slots.slots):
            return None
        level = slots.name.level
        assert level is not None
        return Indicator(
            key=slots.row_key,
            level=level.key,
            levels=level.path,
            name=self._name(slots.name),
            source=self._source(slots.name),
            targets=tuple(self._target(column, target) for column, target in slots.targets),
            extras=tuple(self._answer(slot, slot.key.removeprefix(f"{slots.row_key}.")) for slot in slots.extras),
        )

    def _is_empty(self, slots: Iterable[Slot]) -> bool:
        places, cells = self.located.places, self.sheet.cells
        found = (places[slot.key] for slot in slots if slot.key in places)
        return all(is_blank(cells[place]) for place in found if place in cells)

    def _cell(self, slot: Slot) -> RawCell | None:
        place = self.located.places.get(slot.key)
        return None if place is None else self.sheet.cells.get(place)

    def _source(self, slot: Slot) -> Source:
        place = self.located.places.get(slot.key)
        return Source(self.sheet.name, "" if place is None else a1(*place))

    def _format(self, cell: RawCell) -> str:
        styles = self.workbook.styles
        return styles[cell.style].number_format if cell.style < len(styles) else _NOWHERE.number_format

    def _say(self, slot: Slot, remarks: Iterable[Remark]) -> None:
        for remark in remarks:
            source = self._source(slot)
            position = Position(sheet=source.sheet, cell=source.cell, field=slot.key)
            args: dict[str, object] = {"label": slot.label, "cell": source.cell, **dict(remark.args)}
            self.findings.append(finding(remark.code, position, remark.severity, **args))

    def _answer(self, slot: Slot, key: str) -> FieldAnswer:
        cell, kind = self._cell(slot), slot.answer.type if slot.answer else AnswerType.TEXT
        if slot.key not in self.located.places:
            sight = Sight(State.UNREADABLE)
        elif cell is None:
            sight = BLANK
        else:
            sight = see(cell, self._format(cell), kind, self.setting)
        if sight.remarks:
            self._say(slot, sight.remarks)
        number = sight.number if kind in NUMERIC else None
        return FieldAnswer(key, sight.state, sight.text, number, self._source(slot), sight.notes)

    def _name(self, slot: Slot) -> str:
        """An indicator's name on one line; line breaks and stray marks are nobody's intention."""
        text = self._text(slot)
        cleaned = clean(text)
        name = "".join(cleaned.text.splitlines())
        if name != text.strip():
            self._say(slot, normalised(text, name, (Note.SPACE, *cleaned.notes)))
        return name

    def _text(self, slot: Slot | None) -> str:
        cell = self._cell(slot) if slot is not None else None
        if cell is None or slot is None:
            return ""
        broken = broken_cell(cell)
        if broken is not None:
            self._say(slot, (broken,))
            return ""
        text = text_of(cell, self._format(cell), self.setting)
        if cell.formula is not None:
            self._say(slot, (of_formula(cell, text),))
        return text

    def _target(self, column: str, parts: dict[str, Slot]) -> Target:
        slot = parts["value"]
        cell = self._cell(slot)
        operator, measure = self._text(parts.get("operator")), self._text(parts.get("measure"))
        broken = broken_cell(cell) if cell is not None else None
        if cell is not None and cell.kind is CellKind.DATE:
            broken = Remark(Code.IND_DATE, (("value", cell.text),))
        if broken is not None or slot.key not in self.located.places:
            self._say(slot, (broken,) if broken else ())
            parts_read = values.parse("", operator, measure, money=self.setting.money)
            text = "" if cell is None else cell.text
            value = replace(parts_read, text=text, state=State.UNREADABLE, kind=Kind.UNPARSED, notes=(), doubts=())
        else:
            value = self._value(slot, cell, operator, measure)
        return Target(column, value, self._source(slot))

    def _value(self, slot: Slot, cell: RawCell | None, operator: str, measure: str) -> TargetValue:
        if cell is None:
            return values.parse("", operator, measure, money=self.setting.money)
        number_format = self._format(cell)
        numeric = cell.kind is CellKind.NUMBER
        text = cell.text
        if numeric:
            try:
                number = values.decimal_from_double(cell.text)
            except ValueError:
                numeric = False
            else:
                text = f"{number:f}"
                self._say(slot, hidden_digits(number, number_format))
        elif cell.kind is CellKind.BOOLEAN:
            text = text_of(cell, number_format, self.setting)
        value = values.parse(
            text, operator, measure, number_format=number_format, numeric=numeric, money=self.setting.money
        )
        if cell.formula is not None:
            self._say(slot, (of_formula(cell, text),))
        if Doubt.DATE_SERIAL in value.doubts:
            shown = text_of(cell, number_format, self.setting)
            self._say(slot, (Remark(Code.IND_DATE, (("value", shown),)),))
        elif value.notes:
            profile = slot.target.print if slot.target is not None else None
            after = values.format(value, profile) if profile is not None else value.text
            self._say(slot, normalised(f"{operator} {text} {measure}", after, value.notes))
        return value
