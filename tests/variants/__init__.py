"""Variants of faults, and of what is right but unusual, as tables: what is typed into a rightly filled form.

A line types `content` into `slot`; one with `+` goes on with the case above it. Where `slot` is a row of the
indicators, `content` is its cells from left to right, with `|` between them. `长×41` is forty-one times 长, `\\u200b` a
character that nobody sees. `at` is the slot of the finding, or the part of the row; empty where it is the slot that was
typed into.
"""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from tests.finding_cases.forms import campaign, content, filling
from tests.issued import KEY, PLACES, Issued, form_of, issue
from xltool.collect import examine as examining
from xltool.collect.cells import NUMERIC
from xltool.collect.examine import Reading, examine
from xltool.excel.read import read_bytes
from xltool.layout.grid import Filling
from xltool.model.finding import Finding, Severity
from xltool.model.form import Role
from xltool.model.workbook import CellKind, RawCell, RawWorkbook

FOLDER = Path(__file__).parents[1] / "cases" / "variants"
_REPEATED = re.compile(r"(\D)×(\d+)")
_UNSEEN = re.compile(r"\\u([0-9a-f]{4})")
_PARTS = ("name", "value_type", "current.operator", "current.value", "current.measure", "previous.value")


class Variant(NamedTuple):
    """`typed` is (slot, content) pairs; `code` and `at` are empty for what must not be found fault with."""

    form: str
    line: int
    typed: tuple[tuple[str, str], ...]
    code: str
    at: str

    def __str__(self) -> str:
        return f"{self.form}:{self.line}-{self.code or 'right'}"


@cache
def reading(form_id: str) -> Reading:
    """The form in a campaign that knows four units, their approved figures and last year's answers."""
    said: dict[str, Any] = tomllib.loads((FOLDER / "campaign.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    case = {"campaign": {"units": said["units"], **said.get(form_id, {})}}
    return Reading((form_of(form_id),), campaign(case, form_id), KEY, guide=PLACES)


@cache
def issued(form_id: str) -> Issued:
    contents = {key: content(value) for key, value in filling(form_id).items()}
    sources = {"unit.name": "示例单位", "unit.full_name": "示例单位（全称）"}
    return issue(form_of(form_id), Role.UNIT, Filling(contents, sources=sources))


@cache
def _raw(form_id: str) -> RawWorkbook:
    raw, faults = read_bytes(issued(form_id).data)
    assert raw is not None, faults
    return raw


def variants(kind: str) -> tuple[Variant, ...]:
    """Those of `faults` or `right`, of all forms."""
    found: list[Variant] = []
    for path in sorted(FOLDER.glob(f"{kind}-*.csv")):
        form_id = path.stem.removeprefix(f"{kind}-")
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                typed = tuple(_cells(form_id, row["slot"], row["content"]))
                code, at = row.get("code", ""), row.get("at", "")
                if code == "+" or row.get("case") == "+":
                    found[-1] = found[-1]._replace(typed=(*found[-1].typed, *typed))
                    continue
                found.append(Variant(form_id, line, typed, code, _place(typed, at) if code else ""))
    return tuple(found)


def _cells(form_id: str, slot: str, text: str) -> list[tuple[str, str]]:
    match = _REPEATED.fullmatch(text)
    text = match[1] * int(match[2]) if match else text
    if slot in issued(form_id).slots:
        return [(slot, _unescaped(text))]
    parts = [f"{slot}.{part}" for part in _PARTS if f"{slot}.{part}" in issued(form_id).slots]
    assert parts, f"{form_id} has no {slot}"
    return list(zip(parts, (_unescaped(part.strip()) for part in text.split("|")), strict=False))


def _unescaped(text: str) -> str:
    return _UNSEEN.sub(lambda found: chr(int(found[1], 16)), text)


def _place(typed: tuple[tuple[str, str], ...], at: str) -> str:
    """The slot of the finding: the one named, the part of the indicator named, or the one that was typed into."""
    if not at:
        return typed[0][0]
    return next((slot for slot, _ in typed if slot.endswith(f".{at}")), at)


def number_or_text(form_id: str, slot: str, text: str) -> Decimal | str:
    """What a program makes of an entry: a number where the cell takes one, otherwise the text."""
    answer = issued(form_id).slots[slot].answer
    if answer is None or answer.type not in NUMERIC:
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def findings(variant: Variant) -> tuple[Finding, ...]:
    """What is said of the form once the variant is typed into it. The workbook is not written anew for each."""
    made, raw = issued(variant.form), _raw(variant.form)
    (sheet,) = [sheet for sheet in raw.sheets if sheet.name == made.sheet]
    cells = dict(sheet.cells)
    for slot, text in variant.typed:
        place = made.slots[slot].range.first_row, made.slots[slot].range.first_col
        entered = number_or_text(variant.form, slot, text)
        style = cells[place].style if place in cells else 0
        cells.pop(place, None)
        if text:
            kind = CellKind.NUMBER if isinstance(entered, Decimal) else CellKind.TEXT
            cells[place] = RawCell(*place, kind, str(entered), None, style)
    sheets = tuple(replace(item, cells=cells) if item is sheet else item for item in raw.sheets)
    return examined(replace(raw, sheets=sheets), variant.form)


def examined(raw: RawWorkbook, form_id: str) -> tuple[Finding, ...]:
    with mock.patch.object(examining, "open_returned", return_value=(raw, ())):
        return examine(b"", reading(form_id), "表.xlsx").findings


def loud(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    """Errors and warnings by code and slot."""
    return [(item.code, item.position.field) for item in found if item.severity is not Severity.INFO]
