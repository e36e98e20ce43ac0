"""[checks] and [[check]] of campaign.toml: which checks are off or graded anew, which need reasons, which are added."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from xltool import expressions
from xltool.expressions.tree import Aggregate, walk
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import Check
from xltool.model.review import ReviewSettings

GRADES = ("off", *Severity)
REASONS = "reasons"
_TOPICS = ("VAL", "IND", "SUM", "COL")
_CHECK_KEYS = ("key", "label", "expression", "tolerance", "severity", "head")
_KEY = re.compile(r"[a-z][a-z0-9_.-]{0,59}")


def review_settings(checks: Any, added: Any) -> tuple[ReviewSettings, tuple[Finding, ...]]:
    """What the two parts of the file say; a faulty entry is left out and reported under its name."""
    faults: list[Finding] = []
    grades: list[tuple[str, str]] = []
    reasons: tuple[str, ...] = ()
    for key, written in checks.items() if isinstance(checks, dict) else ():
        if key == REASONS:
            reasons = _codes(written, faults)
        elif written not in GRADES:
            faults.append(_bad(f"checks.{key}", written, " / ".join(f'"{grade}"' for grade in GRADES)))
        elif _is_code(key) or _KEY.fullmatch(key):
            grades.append((key, str(written)))
        else:
            faults.append(_bad("checks", key, 'IND24 = "off"'))
    made = [check for item in (added if isinstance(added, list) else ()) if (check := _check(item, faults))]
    return ReviewSettings(tuple(grades), reasons, tuple(made)), tuple(faults)


def _is_code(text: str) -> bool:
    return text in {code.value for code in Code} and text.startswith(_TOPICS)


def _codes(written: Any, faults: list[Finding]) -> tuple[str, ...]:
    found = written if isinstance(written, list) else [written]
    faults.extend(_bad("checks.reasons", code, '["IND26"]') for code in found if not _is_code(str(code)))
    return tuple(code for code in found if isinstance(code, str) and _is_code(code))


def _check(item: Any, faults: list[Finding]) -> Check | None:
    """One [[check]]: expression and label are needed, the rest has its usual value."""
    table = item if isinstance(item, dict) else {}
    before = len(faults)
    for key in table.keys() - set(_CHECK_KEYS):
        known = ", ".join(_CHECK_KEYS)
        faults.append(finding(Code.DEF_SETTING_UNKNOWN, _at(f"check.{key}"), name=key, known=known))
    missing = [key for key in ("key", "label", "expression") if not str(table.get(key, "")).strip()]
    faults.extend(finding(Code.DEF_SETTING_MISSING, _at(f"check.{key}"), name=key, sample='"abc"') for key in missing)
    faults.extend(_unsound(table))
    if len(faults) > before:
        return None
    tolerance, severity = Decimal(str(table.get("tolerance", "0"))), Severity(table.get("severity", Severity.ERROR))
    return Check(table["key"], table["label"], table["expression"], tolerance, severity, table.get("head", ""))


def _unsound(table: dict[str, Any]) -> Iterator[Finding]:
    text = str(table.get("expression", ""))
    parsed = expressions.parse(text)
    if text and isinstance(parsed, str):
        english, where = expressions.parse(text, "en"), _at("check.expression")
        yield finding(Code.DEF_EXPRESSION, where, expression=text, reason_zh=parsed, reason_en=english)
    if table.get("severity", Severity.ERROR) not in set(Severity):
        yield _bad("check.severity", table["severity"], " / ".join(f'"{item}"' for item in Severity))
    try:
        Decimal(str(table.get("tolerance", "0")))
    except InvalidOperation:
        yield _bad("check.tolerance", table["tolerance"], '"0.005"')


def unknown_names(checks: tuple[Check, ...], figures: frozenset[str]) -> tuple[Finding, ...]:
    """The figures of added checks that the form does not have. `figures` are its slots and repeating columns."""
    found = []
    for check in checks:
        parsed = expressions.parse(check.expression)
        if isinstance(parsed, str):
            continue
        counted = {node.key for node in walk(parsed.root) if isinstance(node, Aggregate)}
        for key in (*expressions.names(parsed), *counted):
            if key not in figures:
                known = ", ".join(sorted(figures)[:8])
                found.append(finding(Code.DEF_EXPRESSION_NAME, _at("check.expression"), key=key, known=known))
    return tuple(dict.fromkeys(found))


def _bad(name: str, value: object, sample: str) -> Finding:
    return finding(Code.DEF_SETTING_BAD, _at(name), name=name, value=value, sample=sample)


def _at(column: str) -> Position:
    return Position(file="campaign.toml", column=column)
