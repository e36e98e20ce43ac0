"""Cases on reconciling: four units' accepted answers, and what the other side states, both as records."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.consolidation_cases import a_row, a_submission, an_indicator
from tests.finding_cases.results import consolidated
from xltool import values
from xltool.consolidate.reconcile import reconcile, unit_count
from xltool.consolidate.reconcile_findings import count_findings, findings_of, heads_findings
from xltool.consolidate.reconcile_stated import statement_of
from xltool.model.difference import Against, StatedField, Statement
from xltool.model.finding import Finding
from xltool.model.submission import Source


def run(case: dict[str, Any], _: Path) -> tuple[Finding, ...]:
    form, campaign, result = consolidated(case)
    stated = _statement(case["stated"])
    found = [*findings_of(reconcile(form, result, stated, campaign))]
    if stated.against is Against.DECLARED:
        found += count_findings(unit_count(form, campaign, result, stated), stated)
        found += heads_findings(form, result)
    return tuple(found)


def _statement(said: dict[str, Any]) -> Statement:
    """`fields` by key, an amount with its measure; `indicators` by name with a target; `rows` by title."""
    indicators = [
        an_indicator(name, target, level=said.get("level", "output.quantity"), row=number)
        for number, (name, target) in enumerate(said.get("indicators", {}).items(), start=1)
    ]
    rows = [a_row(number, title, text) for number, (title, text) in enumerate(said.get("rows", {}).items(), start=1)]
    whole = statement_of(a_submission("000", indicators=indicators, rows=rows), ())
    speaks = frozenset(part for part in ("fields", "indicators", "rows") if part in said)
    fields = tuple(_field(key, text) for key, text in said.get("fields", {}).items())
    against = Against(said.get("against", "declared"))
    return replace(whole, against=against, name=said.get("file", "部门表.xlsx"), fields=fields, speaks=speaks)


def _field(key: str, text: str) -> StatedField:
    """What is stated of a field. An amount in 万元 is the same amount in the form's 元, with its own decimals."""
    figure, measure = (text.removesuffix("万元"), "万元") if text.endswith("万元") else (text, "")
    number, _, doubts = values.decimal_of(figure)
    places = len(figure.partition(".")[2])
    if number is None or doubts:
        return StatedField(key, text, None, Source("申报表", "C9"))
    return StatedField(key, text, number * (Decimal(10000) if measure else 1), Source("申报表", "C9"), measure, places)
