"""控制数: the budget's control totals, a table of code, field and amount."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from xltool import measures, values
from xltool.campaign.table import Columns, Line, read_table
from xltool.consolidate.arithmetic import folded
from xltool.findings import Code, finding
from xltool.model.difference import Against, StatedField, Statement
from xltool.model.finding import Finding
from xltool.model.submission import Source
from xltool.words import table

_LISTED = 8  # names in a message
_TOLD = 4  # letters of a part of a name that are enough to say which is meant
_BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]\s*$")


def read_controls(
    path: Path, fields: Mapping[str, str], units: frozenset[str], money: str
) -> tuple[Statement | None, tuple[Finding, ...]]:
    """The control totals of a csv or xlsx file; None where it is no such table.

    `fields` gives the key of each number of the form by its folded names and by itself, the name to show first;
    `money` is the form's measure. A part of a name is enough where it is in the names of one field alone. An amount's
    measure stands in a column of its own, in brackets in the heading, or behind the number; else it is the form's.
    """
    columns = Columns(table("campaign")["controls"], ("field", "amount"), open=True)
    lines, findings = read_table(path, columns)
    if any(item.code != Code.DEF_TABLE_COLUMN_UNKNOWN for item in findings):
        return None, findings
    stated: list[StatedField] = []
    faults = list(findings)
    for line in lines:
        for item in _stated(line, fields, units, money):
            if isinstance(item, Finding):
                faults.append(item)
            else:
                stated.append(item)
    return Statement(Against.CONTROLS, path.name, tuple(stated), speaks=frozenset({"fields"})), tuple(faults)


def _stated(
    line: Line, fields: Mapping[str, str], units: frozenset[str], money: str
) -> Iterator[StatedField | Finding]:
    key = _key(folded(line.get("field")), fields)
    code, text = line.get("code"), line.get("amount")
    heading = _BRACKETED.search(line.headers.get("amount", ""))
    told = line.get("measure") or (heading[1] if heading else "")
    number, places, measure = _amount(text, told)
    if key is None:
        shown: dict[str, str] = {}
        for name, item in fields.items():
            shown.setdefault(item, name)
        yield _fault(line, "field", line.get("field"), "、".join([*shown.values()][:_LISTED]))
    elif code and code not in units:
        yield _fault(line, "code", code, "、".join(sorted(units)[:_LISTED]))
    elif number is None:
        yield _fault(line, "amount", text, "1,234.56")
    else:
        source = Source(line.position.sheet, str(line.position.row))
        converted = measures.convert(number, measure, money) if measure and measure != money else number
        yield StatedField(key, text, converted, source, measure if measure != money else "", places, code)


def _key(name: str, fields: Mapping[str, str]) -> str | None:
    if name in fields:
        return fields[name]
    found = {key for full, key in fields.items() if name in full} if len(name) >= _TOLD else set()
    return found.pop() if len(found) == 1 else None


def _amount(text: str, told: str) -> tuple[Decimal | None, int, str]:
    """The number as written, its decimals, and the measure it is in."""
    read = values.parse(text)
    found = measures.find(read.measure or told)
    measure = found.symbol if found is not None and found.dimension == "money" else ""
    number, _, doubts = values.decimal_of(text.removesuffix(read.measure or "").strip())
    if number is None or doubts:
        return None, 0, measure
    return number, len(f"{number:f}".partition(".")[2]), measure


def _fault(line: Line, column: str, value: str, known: str) -> Finding:
    heading = line.headers.get(column, column)
    return finding(Code.REC_CONTROL_UNKNOWN, line.at(column), value=value, column=heading, known=known)
