"""Cases on consolidation: four units' accepted answers as records, and the campaign's rules."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission, an_indicator
from xltool.consolidate import consolidate
from xltool.model.campaign import RuleLine
from xltool.model.decision import Decision
from xltool.model.finding import Finding


def run(case: dict[str, Any], _: Path) -> tuple[Finding, ...]:
    submissions = {}
    for unit in UNITS:
        said = case.get("units", {}).get(unit.code, {})
        if said.get("absent"):
            continue
        given_fields = said.get("fields", {}).items()
        fields = {key: value if isinstance(value, str) else Decimal(value) for key, value in given_fields}
        given = [
            an_indicator(name, target, level=case.get("level", "output.quantity"), row=number)
            for number, (name, target) in enumerate(said.get("indicators", {}).items(), start=1)
        ]
        listed = enumerate(said.get("rows", {}).items(), start=1)
        rows = [a_row(number, title, text) for number, (title, text) in listed]
        submissions[unit.code] = a_submission(unit.code, fields=fields, rows=rows, indicators=given)
    rules = [RuleLine(**line) for line in case.get("rules", ())]
    decisions = [Decision(**line) for line in case.get("decisions", ())]
    return consolidate(a_form(), a_campaign(rules), submissions, decisions).findings
