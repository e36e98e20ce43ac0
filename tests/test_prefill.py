"""Columns of the roster named after an answer stand in the unit's form before it is sent."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl

from xltool import campaign as campaigns
from xltool.layout.form import lay_out
from xltool.model.form import Profile
from xltool.workflow.context import Context
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import generate
from xltool.workflow.opening import Opened, open_campaign

EXAMPLE = Path(__file__).parents[1] / "examples" / "minhang-2024"
CONTEXT = Context(jobs=1)


def test_roster_columns_prefill_answers_open_or_locked_as_the_definition_says(tmp_path: Path) -> None:
    """An open answer may be changed by the unit, its own name may not; numbers are numbers, codes keep their zeros."""
    for name in ("campaign.toml", "campaign.key"):
        shutil.copyfile(EXAMPLE / name, tmp_path / name)
    (tmp_path / "units.csv").write_text(
        "code,name,role,duties,persons,output.quantity#01.name\n"
        "001,示例局（本级）,own,,,\n007,示例站,unit,做好救助。,46,救助人次\n",
        encoding="gb18030",
    )
    campaigns.outbox(tmp_path).mkdir()
    made = {item.unit_code: item.file for item in generate(tmp_path, context=CONTEXT).generated}
    opened = open_campaign(tmp_path, CONTEXT)
    assert isinstance(opened, Opened), opened
    unit = next(unit for unit in opened.campaign.units if unit.code == "007")
    layout = lay_out(opened.form, unit.role, Profile.FILL, filling_of(opened.form, opened.campaign, unit))
    sheet = openpyxl.load_workbook(made["007"])[layout.sheet.name]
    cells = {slot.key: sheet.cell(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    found = {key: (cells[key].value, bool(cells[key].protection.locked)) for key in
             ("unit_name", "duties", "persons", "output.quantity#01.name", "goals")}  # fmt: skip
    assert found == {
        "unit_name": ("示例站", True),
        "duties": ("做好救助。", False),
        "persons": (46, False),
        "output.quantity#01.name": ("救助人次", False),
        "goals": (None, False),
    }
