"""The two published forms, filled in as they were published: no errors, and the few warnings a reviewer would give.

They are filled in as the bureau's own form: of the department's form only its own texts are judged.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.issued import KEY, PLACES, form_of, issue
from xltool.collect.cells import NUMERIC
from xltool.collect.examine import Reading, examine
from xltool.collect.extract import extract
from xltool.findings import Code, message
from xltool.layout.grid import Content, Filling
from xltool.model.finding import Finding, Severity
from xltool.model.form import Role
from xltool.model.layout import Slot
from xltool.model.submission import Submission

# What stands in them that a reviewer would ask about, and why.
JUSTIFIED = {
    "minhang-2024": {
        (Code.IND_AMBIGUOUS, "社会组织审核完成及时性"),  # 11月前: the end of October or of November
    },
    "yuzhong-2020": {
        (Code.IND_WRONG_LEVEL, "1.流浪乞讨劝导救助率"),  # a rate among quantities
        (Code.IND_WRONG_LEVEL, "1.社会救助（城镇定救、临救、低保）救助覆盖率"),  # coverage among satisfaction
    },
}


def answers(submission: Submission, slots: dict[str, Slot], numbers: dict[str, int]) -> dict[str, Content]:
    """The published answers by slot; indicators in the order of their levels."""
    found: dict[str, Content] = {}
    for answer in submission.fields:
        slot = slots.get(answer.key)
        if slot is not None and slot.answer is not None and not slot.locked and answer.text:
            numeric = slot.answer.type in NUMERIC and answer.number is not None
            found[answer.key] = Decimal(answer.number or 0) if numeric else answer.text
    for number, row in enumerate((row for row in submission.rows if row.answers), start=1):
        found |= {f"{row.block}#{number:02}.{answer.key}": answer.text for answer in row.answers}
    for item in submission.indicators:
        numbers[item.level] = numbers.get(item.level, 0) + 1
        key = f"{item.level}#{numbers[item.level]:02}"
        found[f"{key}.name"] = item.name
        for target in item.targets:
            value = target.value
            number = value.number is not None and value.operator is not None and value.kind.value == "number"
            parts = {
                "operator": value.operator.value if number and value.operator else "定性",
                "value": f"{value.number:f}" if number else value.text,
                "measure": (value.measure or "") if number else "",
            }
            if f"{key}.{target.column}.operator" not in slots:
                parts = {"value": value.text}
            found |= {f"{key}.{target.column}.{part}": text for part, text in parts.items() if text}
        found |= {f"{key}.{answer.key}": answer.text for answer in item.extras if answer.text}
    return found


@pytest.mark.parametrize("form_id", sorted(JUSTIFIED))
def test_a_published_form_has_no_errors_and_only_justified_warnings(form_id: str, shared: Path) -> None:
    form = form_of(form_id)
    data = (shared / "seeds" / f"{form_id}.txt").read_bytes()
    submission, _ = extract(data, f"{form_id}.txt", form, repair=True)
    assert submission is not None
    contents = answers(submission, issue(form, Role.OWN).slots, {})
    sources = {"unit.name": "示例局", "unit.full_name": "示例局"}
    issued = issue(form, Role.OWN, Filling(contents, sources=sources))
    found = examine(issued.data, Reading((form,), key=KEY, guide=PLACES), "表.xlsx").findings
    asked = [item for item in found if item.severity is not Severity.INFO]
    assert [message(item) for item in asked if item.severity is Severity.ERROR] == []
    assert {(item.code, about(item)) for item in asked} == JUSTIFIED[form_id]


def about(item: Finding) -> str:
    return dict(item.args).get("name", "") or dict(item.args).get("label", "")
