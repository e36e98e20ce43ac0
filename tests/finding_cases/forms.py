"""Cases on a returned form: a bundled form filled in, what is typed into it, and what is done to the workbook."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from tests.finding_cases.definitions import edited
from tests.finding_cases.steps import STEPS
from tests.issued import KEY, PLACES, Issued, form_of, issue
from xltool.campaign.review import review_settings
from xltool.collect import examine as examining
from xltool.collect.examine import Reading, examine
from xltool.collect.given import given_in
from xltool.definition import load
from xltool.excel.read import read_bytes
from xltool.layout.grid import Filling
from xltool.model.campaign import Campaign, PreviousAnswer, ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Role
from xltool.model.review import Approved

FILLINGS = Path(__file__).parents[1] / "cases" / "fillings"


@cache
def filling(form_id: str) -> dict[str, Any]:
    text = (FILLINGS / f"{form_id}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)


def content(value: Any) -> str | Decimal:
    return value if isinstance(value, str) else Decimal(value)


def form_for(case: dict[str, Any], folder: Path) -> FormDefinition:
    """The bundled form, or a copy of it with the case's edits."""
    if "edit" not in case:
        return form_of(case.get("form", "minhang-2024"))
    form, faults = load(edited(case, folder))
    assert form is not None, faults
    return form


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    form_id, role = case.get("form", "minhang-2024"), Role(case.get("role", "unit"))
    contents = {key: content(value) for key, value in {**filling(form_id), **case.get("type", {})}.items()}
    sources = {"unit.name": "示例单位", "unit.full_name": "示例单位（全称）"}
    issued = issue(form_for(case, folder), role, Filling(contents, sources=sources), case.get("issue", 1))
    raw, faults = read_bytes(issued.data)
    assert raw is not None, faults
    for step in case.get("do", ()):
        raw = STEPS[step["what"]](raw, issued, step)
    given = {"001": given_in(issued.form, Filling(sources=sources))}
    reading = Reading(issued_forms(case, issued), campaign(case, form_id), KEY, guide=PLACES, given=given)
    with mock.patch.object(examining, "open_returned", return_value=(raw, ())):
        return examine(b"", reading, "表.xlsx").findings


def issued_forms(case: dict[str, Any], issued: Issued) -> tuple[FormDefinition, ...]:
    """The forms that are known where the file is read."""
    return tuple(map(form_of, case["known"])) if "known" in case else (issued.form,)


def campaign(case: dict[str, Any], form_id: str) -> Campaign | None:
    """The campaign a case speaks of, None where the workbook is checked on its own."""
    said = case.get("campaign")
    if said is None:
        return None
    names = said.get("units", {"001": "示例单位"})
    units = tuple(ReportingUnit(code, name, Role.UNIT) for code, name in names.items())
    review, faults = review_settings(said.get("checks", {}), [])
    assert not faults
    return Campaign(
        "test-2024", form_id, form_of(form_id).year, "示例区民政局", None, "", "", units,
        review=review,
        approved=tuple(Approved("001", key, Decimal(value), key) for key, value in said.get("approved", {}).items()),
        previous=tuple(
            PreviousAnswer("001", item.get("kind", "field"), item.get("level", ""), item["name"],
                           item.get("operator", ""), item["value"], item.get("measure", ""))
            for item in said.get("previous", ())
        ),
    )  # fmt: skip
