"""Reading the coordinator's decisions back from 底稿: by row keys and headings, and only what was changed in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from xltool.addresses import a1
from xltool.excel.read import read_bytes
from xltool.findings import Code, finding
from xltool.layout.paper import DECIDED, NUMERIC
from xltool.model.decision import Decision
from xltool.model.finding import Finding, Position
from xltool.model.workbook import CellKind, RawSheet
from xltool.words import table

_BY_SOURCE = ("owner", "pick", "weighted_mean")


@dataclass(frozen=True, slots=True)
class Known:
    """What reading a paper needs to know: its token, the roster's codes, the decisions so far by row, and the digest
    of each row's values as they are now. `at` is the time of reading."""

    token: str
    campaign: str
    units: frozenset[str]
    stored: Mapping[str, Decision]
    current: Mapping[str, str]
    at: str


@dataclass(frozen=True, slots=True)
class DecisionsRead:
    """All decisions after reading, `changed` the keys of rows that say something new; None where it is no paper."""

    decisions: tuple[Decision, ...] | None
    changed: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One keyed row: what stands in its decision cells now, and what stood there when the paper was written."""

    sheet: str
    number: int
    key: str
    inputs: str
    name: str
    numeric: bool
    now: Mapping[str, str]
    issued: Mapping[str, str]
    columns: Mapping[str, int]

    def changed(self, part: str) -> bool:
        return part in self.columns and self.now.get(part, "") != self.issued.get(part, "")


def read_decisions(data: bytes, name: str, known: Known) -> DecisionsRead:
    """The decisions of a working paper. A cell that cannot be understood is a finding, and its row stays as it was."""
    workbook, findings = read_bytes(data, name)
    if workbook is None:
        return DecisionsRead(None, (), findings)
    rows = [row for sheet in workbook.sheets for row in _rows(sheet, known.token)]
    if not rows and not any(_corner(sheet, known.token) for sheet in workbook.sheets):
        foreign = finding(Code.AGG_PAPER_FOREIGN, Position(file=name), file=name, campaign=known.campaign)
        return DecisionsRead(None, (), (*findings, foreign))
    weights = {row.name: row.key.partition(":")[2] for row in rows if row.numeric and row.key.startswith("field:")}
    decisions = dict(known.stored)
    faults: list[Finding] = []
    changed: list[str] = []
    for row in rows:
        before = decisions.get(row.key)
        after = _Reader(row, name, known, weights).decision(_still(row, before, known), faults)
        if after == before:
            continue
        changed.append(row.key)
        decisions.pop(row.key, None)
        if after is not None:
            decisions[row.key] = after
    return DecisionsRead(tuple(decisions.values()), tuple(changed), (*findings, *faults))


def _still(row: _Row, stored: Decision | None, known: Known) -> Decision | None:
    """The stored decision, unless it was made on other values and the paper shows the present ones."""
    if stored is None or stored.inputs == row.inputs or row.inputs != known.current.get(row.key, row.inputs):
        return stored
    return None


class _Reader:
    """Reads one row's decision cells; every fault names its cell."""

    def __init__(self, row: _Row, file: str, known: Known, weights: Mapping[str, str]) -> None:
        self.row, self.file, self.known, self.weights = row, file, known, weights
        self.words: dict[str, Any] = table("working_paper")
        self.faults: list[Finding] = []

    def decision(self, stored: Decision | None, faults: list[Finding]) -> Decision | None:
        """The row's decision as it stands now, None for none."""
        row = self.row
        parts = [part for part in DECIDED if row.changed(part)]
        if not parts:
            return stored
        decision = stored or Decision(row.key, row.inputs)
        if "rule" in parts or "source" in parts:
            decision = self._with_rule(decision)
        if "override" in parts:
            decision = replace(decision, override=self._override())
        if "include" in parts:
            decision = replace(decision, include=self._flag())
        if "order" in parts:
            decision = replace(decision, order=self._order())
        decision = replace(decision, reason=row.now.get("reason", ""), inputs=row.inputs, at=self.known.at)
        faults += self.faults
        if self.faults:
            return stored
        if decision.override and not decision.reason:
            position = self._position("override")
            faults.append(finding(Code.AGG_DECISION_REASON, position, name=row.name or row.key))
        said = (decision.rule, decision.owner, decision.weight, decision.override, decision.order)
        return decision if any(said) or decision.include is not None else None

    def _with_rule(self, decision: Decision) -> Decision:
        """Rule and source belong together: both are taken from the row as it stands."""
        label, source = self.row.now.get("rule", ""), self.row.now.get("source", "")
        default = self.words["values"]["default"]
        by_default = not label or label.startswith(default)
        rule = self._rule(label.removeprefix(default)) if label else ""
        owner = weight = ""
        if rule in _BY_SOURCE and source and (not by_default or self.row.changed("source")):
            owner, weight = self._source(source, rule)
        return replace(decision, rule="" if by_default else rule, owner=owner, weight=weight)

    def _rule(self, label: str) -> str:
        names: dict[str, list[str]] = table("campaign")["rule_names"]
        found = next((rule for rule, aliases in names.items() if label == rule or label in aliases), "")
        if not found and self.row.changed("rule"):
            self._fault("rule", label, self.words["errors"]["rule"])
        return found

    def _source(self, text: str, rule: str) -> tuple[str, str]:
        code = text.split(maxsplit=1)[0]
        if rule != "weighted_mean" and code in self.known.units:
            return code, ""
        if rule == "weighted_mean" and text in self.weights:
            return "", self.weights[text]
        self._fault("source", text, self.words["errors"]["source"])
        return "", ""

    def _override(self) -> str:
        text = self.row.now.get("override", "")
        if not text or not self.row.numeric:
            return text
        try:
            number = Decimal(text.replace(",", "").replace("，", ""))
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self._fault("override", text, self.words["errors"]["number"])
            return ""
        return f"{number:f}"

    def _flag(self) -> bool | None:
        text = self.row.now.get("include", "")
        flags: dict[str, list[str]] = table("campaign")["flags"]
        for key, names in flags.items():
            if text.casefold() in (key, *names):
                return key == "yes"
        if text:
            self._fault("include", text, self.words["errors"]["flag"])
        return None

    def _order(self) -> int:
        text = self.row.now.get("order", "")
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
            self._fault("order", text, self.words["errors"]["order"])
            return 0
        return int(text)

    def _fault(self, part: str, value: str, expected: str) -> None:
        heading = {**self.words["row_headings"], **self.words["headings"]}[part]
        name = self.row.name or self.row.key
        self.faults.append(
            finding(Code.AGG_DECISION_BAD, self._position(part), name=name, column=heading, value=value,
                    expected=expected)
        )  # fmt: skip

    def _position(self, part: str) -> Position:
        cell = a1(self.row.number, self.row.columns[part])
        return Position(self.file, self.row.sheet, cell, self.row.key)


def _corner(sheet: RawSheet, token: str) -> tuple[int, int] | None:
    """The heading cell of the key column, wherever rows or columns went."""
    return next((place for place, cell in sheet.cells.items() if cell.text == token), None)


def _rows(sheet: RawSheet, token: str) -> Iterator[_Row]:
    corner = _corner(sheet, token)
    if corner is None:
        return
    heading_row, key_column = corner
    columns = _columns(sheet, heading_row, key_column)
    for (number, column), cell in sorted(sheet.cells.items()):
        if column != key_column or number <= heading_row or not cell.text:
            continue
        issued = dict(zip(DECIDED, _issued(_text(sheet, number, key_column + 2)), strict=False))
        numeric = _text(sheet, number, key_column + 3) == NUMERIC
        now = {part: _text(sheet, number, at) for part, at in columns.items() if part in DECIDED}
        name = _text(sheet, number, columns["name"]) if "name" in columns else ""
        inputs = _text(sheet, number, key_column + 1)
        if numeric:
            now, issued = _plain_numbers(now), _plain_numbers(issued)
        yield _Row(sheet.name, number, cell.text, inputs, name, numeric, now, issued, columns)


def _columns(sheet: RawSheet, heading_row: int, key_column: int) -> dict[str, int]:
    """The columns by their headings; the first of a name, left of the keys."""
    words = table("working_paper")
    names: dict[str, str] = {}
    for section in ("near_headings", "row_headings", "headings"):
        names |= {text: key for key, text in words[section].items()}
    found: dict[str, int] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        key = names.get(cell.text.strip())
        if row == heading_row and column < key_column and key is not None:
            found.setdefault(key, column)
    return found


def _issued(text: str) -> tuple[str, ...]:
    try:
        parts = json.loads(text)
    except ValueError:
        return ()
    return tuple(map(str, parts)) if isinstance(parts, list) else ()


def _text(sheet: RawSheet, row: int, column: int) -> str:
    """What stands in the cell, whole numbers without a decimal point, as a person reads it."""
    cell = sheet.cells.get((row, column))
    if cell is None:
        return ""
    if cell.kind is CellKind.NUMBER:
        return _plain(cell.text)
    return cell.text.strip()


def _plain(text: str) -> str:
    try:
        number = Decimal(f"{float(text):.15g}")
    except (ValueError, InvalidOperation):
        return text
    return f"{number.normalize():f}"


def _plain_numbers(parts: Mapping[str, str]) -> dict[str, str]:
    """Overrides as numbers are compared as numbers: 5.00 and 5 are one."""
    text = parts.get("override", "")
    try:
        plain = f"{Decimal(text.replace(',', '')).normalize():f}" if text else ""
    except InvalidOperation:
        plain = text
    return {**parts, "override": plain}
