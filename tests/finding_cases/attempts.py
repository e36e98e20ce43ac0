"""Cases on what is seen only across the attempts of a campaign, from records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xltool.checks import UnitText, check_collection, copied_texts
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import Role
from xltool.model.submission import Identity, Submission


def run(case: dict[str, Any], _: Path) -> tuple[Finding, ...]:
    """`units` by code; `attempts` with unit, issue and file; `texts` with unit and text, all of one field."""
    names = case["units"]
    units = tuple(ReportingUnit(code, name, Role.UNIT) for code, name in names.items())
    campaign = Campaign("round", "form", 2024, "某局", None, "", "", units)
    attempts = [
        Submission(Identity("form", "1", "round", said["unit"], said.get("issue", 1)), said["file"], said["file"], "",
                   (), (), ())
        for said in case.get("attempts", ())
    ]  # fmt: skip
    written = ((said["unit"], said["text"]) for said in case.get("texts", ()))
    texts = [UnitText(unit, "goals", text, "表.xlsx", "申报表", "B13") for unit, text in written]
    across = check_collection(campaign, attempts) if attempts else ()
    return (*across, *copied_texts(texts, names, {"goals": "年度履职目标"}))
