"""Workbooks as they are issued, for the tests: any bundled form, any role, blank or filled in beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from xltool.definition import available, load_form
from xltool.excel.identity import sign
from xltool.excel.write import write
from xltool.layout.grid import Filling
from xltool.layout.workbook import Stamp, common_sheets, unit_workbook
from xltool.model.form import FormDefinition, Role
from xltool.model.layout import FormLayout, Slot, WorkbookPlan
from xltool.model.submission import Identity

KEY = b"a key for tests only"
PLACES = {"deadline": "2024年3月31日", "contact": "计划财务科", "telephone": "000-0000"}
FORM_IDS = tuple(summary.id for summary in available())


@dataclass(frozen=True, slots=True)
class Issued:
    """One unit's workbook: what was planned and the bytes that were written."""

    form: FormDefinition
    role: Role
    layout: FormLayout
    plan: WorkbookPlan
    data: bytes

    @property
    def sheet(self) -> str:
        return self.layout.sheet.name

    @property
    def slots(self) -> dict[str, Slot]:
        return {slot.key: slot for slot in self.layout.slots}


@cache
def form_of(form_id: str) -> FormDefinition:
    form, findings = load_form(form_id)
    assert form is not None, findings
    return form


def issue(form: FormDefinition, role: Role = Role.UNIT, filling: Filling | None = None, number: int = 1) -> Issued:
    """The workbook of an invented unit."""
    token = sign(Identity(form.id, form.version, "test-2024", "001", number, role.value), KEY)
    wanted = filling or Filling(sources={"unit.name": "示例单位", "unit.full_name": "示例单位（全称）"})
    stamp = Stamp(token, (("form", form.id), ("unit", "001"), ("issue", str(number))))
    layout, plan = unit_workbook(form, role, wanted, stamp, common_sheets(form, role, PLACES))
    return Issued(form, role, layout, plan, write(plan))
