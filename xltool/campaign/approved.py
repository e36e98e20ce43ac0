"""批复数, the approved figures of the units: columns `批复数.<field>` (or `approved.<field>`) of the roster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xltool import values, words
from xltool.findings import Code, finding
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.form import Fields, FormDefinition, Lines
from xltool.model.review import Approved

ROSTER = "units.csv"


def approved(units: Sequence[ReportingUnit]) -> tuple[tuple[Approved, ...], tuple[Finding, ...]]:
    """The approved figures of the roster; an empty cell is none, what is no number is reported."""
    prefixes = tuple(words.table("campaign")["approved"]["prefixes"])
    found: list[Approved] = []
    faults: list[Finding] = []
    for unit in units:
        for column, text in unit.prefill:
            prefix = next((item for item in prefixes if column.startswith(item)), "")
            if not prefix or not text.strip():
                continue
            number, _, doubts = values.decimal_of(text)
            if number is None or doubts:
                where = Position(file=ROSTER, column=column, unit_code=unit.code)
                faults.append(finding(Code.DEF_TABLE_CELL_BAD, where, value=text, known="1,234.56"))
            else:
                found.append(Approved(unit.code, column.removeprefix(prefix).strip(), number, column))
    return tuple(found), tuple(faults)


def approved_faults(figures: Sequence[Approved], form: FormDefinition) -> Iterator[Finding]:
    """Columns of approved figures that the form has no field for."""
    known = frozenset(_field_keys(form))
    for column in dict.fromkeys(item.column for item in figures if item.field not in known):
        where = Position(file=ROSTER, column=column)
        yield finding(Code.DEF_TABLE_COLUMN_UNKNOWN, where, name=column, known=", ".join(sorted(known)))


def _field_keys(form: FormDefinition) -> Iterator[str]:
    for block in form.blocks:
        if isinstance(block, Fields):
            yield from (answer.key for row in block.rows for answer in row)
        elif isinstance(block, Lines):
            for line in block.lines:
                key = f"{block.frame.key}.{line.key}"
                yield from [key] if len(block.columns) == 1 else (f"{key}.{column.key}" for column in block.columns)
