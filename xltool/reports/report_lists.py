"""The lists of the report: differences by what was reconciled with, findings by kind, indicators by level."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from html import escape
from itertools import groupby
from typing import Any

from xltool.consolidate.reconcile_findings import amount_text, full_name
from xltool.consolidate.reconcile_texts import parted
from xltool.findings import catalogue
from xltool.model.consolidation import Consolidation
from xltool.model.difference import Difference, Match
from xltool.model.finding import Finding, Severity
from xltool.reports.markup import Bar, bars, listing, note
from xltool.words import fill, table

_FINDINGS, _DIFFERENCES = 25, 100  # rows shown; the dataset has the rest
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_URGENT = (Match.DIFFERS, Match.ONLY_UNITS, Match.ONLY_DECLARED, Match.OPEN, Match.MOVED)


def differences(found: Sequence[Difference], words: dict[str, Any], language: str) -> str:
    """One list for each file that the figures were held against, what matters most first."""
    if not found:
        return note(words["not_reconciled"])
    said = table("reconcile")[language]
    made = []
    for (against, file), group in groupby(found, key=lambda item: (item.against, item.file)):
        items = list(group)
        parting = [item for item in items if item.match is not Match.MATCHED]
        order = {match: place for place, match in enumerate(_URGENT)}
        parting.sort(key=lambda item: order.get(item.match, len(order)))
        total = fill(words["differences_total"], {"count": len(items), "matched": len(items) - len(parting)})
        rows = [_difference(item, said["match"]) for item in parting[:_DIFFERENCES]]
        listed = listing(words["differences"], rows, numbers=(5,)) if rows else ""
        heading = f"{said['against'][against]}（{file}）"
        made.append(f"<h3>{escape(heading)}</h3><p>{escape(total)}</p>{listed}"
                    f"{_more(len(parting) - _DIFFERENCES, words)}")  # fmt: skip
    return "".join(made)


def _difference(item: Difference, matches: dict[str, str]) -> list[str]:
    ours, theirs = parted(item.units_text, item.declared_text)
    moved = f"（{item.told.rpartition('·')[2]}）" if item.match is Match.MOVED else ""
    return [full_name(item), "·".join(item.levels[-1:]), matches[item.match], ours, theirs + moved,
            amount_text(item.amount) if item.amount else "", item.unit_name if item.cause else ""]  # fmt: skip


def findings(told: Sequence[Finding], words: dict[str, Any], language: str) -> str:
    """How often each kind was found, and at how many units; the grave ones first."""
    counts = Counter(item.code for item in told if item.severity is not Severity.INFO)
    units: defaultdict[str, set[str]] = defaultdict(set)
    worst: dict[str, Severity] = {}
    for item in told:
        units[item.code].add(item.position.unit_code or item.position.file)
        worst[item.code] = min(worst.get(item.code, item.severity), item.severity, key=_ORDER.__getitem__)
    codes = sorted(counts, key=lambda code: (_ORDER[worst[code]], -counts[code], code))
    rows = [
        [code, f'<span class="{worst[code].value}">{escape(words["severity"][worst[code].value])}</span>',
         escape(catalogue()[code].words[language].title), str(counts[code]), str(len(units[code] - {""}))]
        for code in codes[:_FINDINGS]
    ]  # fmt: skip
    made = listing(words["findings"], rows, numbers=(3, 4), escaped=True) if rows else note(words["none"])
    return made + _more(len(codes) - _FINDINGS, words)


def indicators(result: Consolidation, words: dict[str, Any]) -> str:
    """How many stand under each level, and which."""
    by_level: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for item in result.indicators:
        if item.included:
            target = next((target.text for target in item.targets), "")
            by_level[item.levels].append(f"{item.name} {target}".strip())
    if not by_level:
        return note(words["none"])
    items = [Bar("·".join(levels[-1:]), Decimal(len(names)), str(len(names))) for levels, names in by_level.items()]
    rows = [[levels[0], "·".join(levels[1:]), str(len(names)), "；".join(names)] for levels, names in by_level.items()]
    return bars(items, words["sections"]["indicators"]) + listing(words["indicators"], rows, numbers=(2,))


def _more(count: int, words: dict[str, Any]) -> str:
    return note(words["more"].format(count=count)) if count > 0 else ""
