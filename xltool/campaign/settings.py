"""campaign.toml: the round's settings, each held against what it must look like."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xltool import words
from xltool.campaign.review import review_settings
from xltool.campaign.rules import rule_faults, rule_name
from xltool.campaign.table import decoded
from xltool.definition.positions import KeyPath, key_positions
from xltool.findings import Code, finding
from xltool.model.campaign import ReportingUnit, RuleLine
from xltool.model.finding import Finding, Position
from xltool.model.review import ReviewSettings

NAME = "campaign.toml"
_CAMPAIGN = "campaign"
_RULES = "rules"
_CHECKS = "checks"
_CHECK = "check"
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)")
_DATE = re.compile(r"(\d{4})\D(\d{1,2})\D(\d{1,2})\D?", re.ASCII)
_LINE = r"[^\x00-\x1f\x7f]{0,100}"
_FILLED = r"(?=.*\S)" + _LINE
_FORM_ID = r"[a-z0-9][a-z0-9-]{0,39}"  # it names a folder
_CAMPAIGN_ID = r"[a-z0-9][a-z0-9_-]{0,31}"  # every token carries it
_TEXTS = {
    "id": _CAMPAIGN_ID, "form": _FORM_ID, "department": _FILLED, "contact": _LINE, "telephone": _LINE,
    "accept": "auto|manual", "password": _LINE}
_FLAGS = ("sign_block", "own_counts")
_REQUIRED = ("id", "form", "year", "department")
_TABLES = (_CAMPAIGN, _RULES, _CHECKS, _CHECK)
_DAYS = ("deadline", "final_deadline")
_KEYS = (*_TEXTS, *_FLAGS, "year", *_DAYS)


@dataclass(slots=True)
class Settings:
    """What campaign.toml says: `values` under [campaign] that are sound, `rules` as (key, rule, owner), `review`."""

    values: dict[str, Any] = field(default_factory=dict)
    rules: list[tuple[str, str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    review: ReviewSettings = field(default_factory=ReviewSettings)

    def at(self, *path: str) -> Position:
        return Position(file=NAME, row=self.places.get(path, (0, 0))[0], column=".".join(path[1:]) or path[0])

    def row_of(self, position: Position) -> Position:
        """The same position with the line where its key stands, as far as that is known."""
        path = position.column.split(".")
        row = self.places.get(tuple(path), self.places.get((path[0], 0, *path[1:]), (0, 0)))[0]
        return replace(position, row=row)

    def rule_lines(self, units: Sequence[ReportingUnit]) -> tuple[tuple[RuleLine, ...], tuple[Finding, ...]]:
        """The [rules] table as lines for fields."""
        faults: list[Finding] = []
        for key, rule, owner in self.rules:
            where = self.at(_RULES, *key.split("."))
            faults += rule_faults(rule, owner, units, {"rule": where, "owner": where})
        lines = tuple(RuleLine("field", "", key, rule_name(rule), owner) for key, rule, owner in self.rules)
        return lines, tuple(faults)


def load_settings(folder: Path) -> Settings:
    """The settings with their findings; a campaign without errors among them has every required one."""
    settings = Settings()
    try:
        text = decoded((folder / NAME).read_bytes())
    except OSError:
        settings.findings.append(finding(Code.DEF_CAMPAIGN_MISSING, Position(file=NAME), folder=folder.name))
        return settings
    if text is None:
        settings.findings.append(finding(Code.DEF_TABLE_UNREADABLE, Position(file=NAME)))
        return settings
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        settings.findings.append(_syntax(str(fault), text))
        return settings
    settings.places = key_positions(text)
    for key, table in document.items():
        if key not in _TABLES:
            settings.findings.append(_unknown(settings.at(key), key, _TABLES))
        elif isinstance(table, list) is not (key == _CHECK) or not isinstance(table, dict | list):
            known = (*(f"[{name}]" for name in _TABLES[:-1]), f"[[{_CHECK}]]")
            settings.findings.append(_unknown(settings.at(key), key, known))
        elif key == _CAMPAIGN and isinstance(table, dict):
            _take_values(settings, table)
        elif key == _RULES and isinstance(table, dict):
            _take_rules(settings, table, ())
    settings.review, faults = review_settings(document.get(_CHECKS), document.get(_CHECK))
    settings.findings += [replace(fault, position=settings.row_of(fault.position)) for fault in faults]
    said = document.get(_CAMPAIGN)
    missing = [key for key in _REQUIRED if not isinstance(said, dict) or key not in said]
    settings.findings += [finding(Code.DEF_SETTING_MISSING, settings.at(_CAMPAIGN, key), name=key, sample=_sample(key))
                          for key in missing]
    return settings


def _take_values(settings: Settings, table: dict[str, Any]) -> None:
    for key, written in table.items():
        where = settings.at(_CAMPAIGN, key)
        if key not in _KEYS:
            settings.findings.append(_unknown(where, key, _KEYS))
            continue
        value = _sound(key, written)
        if value is None:
            fault = finding(Code.DEF_SETTING_BAD, where, name=key, value=written, sample=_sample(key))
            settings.findings.append(fault)
        else:
            settings.values[key] = value[0]


def _sound(key: str, written: object) -> tuple[object] | None:
    """The value in a box, because a deadline left blank is None; no box where it is not what the key takes."""
    if key in _FLAGS:
        return (written,) if isinstance(written, bool) else None
    if key == "year":
        sound = isinstance(written, int) and not isinstance(written, bool) and 1990 <= written <= 2200
        return (written,) if sound else None
    if key in _DAYS:
        return _day(written)
    text = written.strip() if isinstance(written, str) else ""
    return (text,) if isinstance(written, str) and re.fullmatch(_TEXTS[key], text) else None


def _day(written: object) -> tuple[date | None] | None:
    """A date as TOML has them, or as people write them: 2024-3-15, 2024/3/15, 2024年3月15日."""
    if isinstance(written, datetime):
        return (written.date(),)
    if isinstance(written, date):
        return (written,)
    if not isinstance(written, str):
        return None
    if not written.strip():
        return (None,)
    match = _DATE.fullmatch(written.strip())
    try:
        return (date(*map(int, match.groups())),) if match else None
    except ValueError:
        return None


def _take_rules(settings: Settings, table: dict[str, Any], path: tuple[str, ...]) -> None:
    """`persons = "sum"`, `budget.total = { rule = "owner", owner = "002" }`; dots in a key are tables in TOML."""
    for key, written in table.items():
        here = (*path, key)
        match written:
            case str(rule):
                settings.rules.append((".".join(here), rule, ""))
            case {"rule": str(rule), "owner": str(owner), **rest} if not rest:
                settings.rules.append((".".join(here), rule, owner))
            case dict():
                _take_rules(settings, written, here)
            case _:
                where = settings.at(_RULES, *here)
                fault = finding(
                    Code.DEF_SETTING_BAD, where, name=".".join(here), value=written, sample=_sample(_RULES))
                settings.findings.append(fault)


def _syntax(fault: str, text: str) -> Finding:
    """tomllib says where in its message only; an unclosed quote or bracket shows at the end."""
    match = _AT.search(fault)
    line, column = (match[1], match[2]) if match and match[1] else (str(text.count("\n") + 1), "1")
    reason = _AT.sub("", fault)
    return finding(Code.DEF_CAMPAIGN_SYNTAX, Position(file=NAME, row=int(line), column=column), reason=reason)


def _unknown(where: Position, key: str, known: Sequence[str]) -> Finding:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    return finding(Code.DEF_SETTING_UNKNOWN, where, name=key, known=near[0] if near else ", ".join(known))


def _sample(key: str) -> str:
    sample: str = words.table("campaign")["samples"][key]
    return sample
