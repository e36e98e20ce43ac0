"""allocate: the 指标分解表 for the coordinator, begun from the form, last year's dataset or a published form."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool.campaign.allocation import NAMES
from xltool.collect.extract import extract
from xltool.collect.intake import take
from xltool.model.campaign import AllocatedIndicator, Duty, ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Tree
from xltool.model.submission import Indicator
from xltool.model.value import Kind
from xltool.reports.allocation import allocation_workbook
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.opening import open_campaign


@dataclass(frozen=True, slots=True)
class AllocateResult:
    """`file` is None where nothing was written; `rows` counts the indicators it begins with."""

    file: Path | None
    rows: int
    findings: tuple[Finding, ...]


def allocate(
    folder: Path, source: Path | None = None, target: Path | None = None, *, context: Context
) -> AllocateResult:
    """Write the table. `source` is a folder of dataset CSVs (last year's result) or a published form; by default the
    form's own indicators. The campaign's `allocation.xlsx` is never overwritten: then it is written beside."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return AllocateResult(None, 0, opened)
    units = list(opened.campaign.units)
    findings: tuple[Finding, ...] = ()
    if source is None:
        rows = list(_from_form(opened.form))
    elif source.is_dir():
        rows = list(_from_dataset(opened.form, source, units))
    else:
        rows, findings = _from_published(opened.form, source)
    place = target or _free(folder)
    path, written = put(place, allocation_workbook(opened.form, rows, units))
    return AllocateResult(path, len(rows), (*opened.findings, *findings, *written))


def _free(folder: Path) -> Path:
    """Where the campaign looks for it, or beside that where a table is already at work."""
    if not any((folder / name).exists() for name in NAMES):
        return folder / NAMES[0]
    return folder / str(table("files")["allocation"]["new"])


def _from_form(form: FormDefinition) -> Iterator[AllocatedIndicator]:
    number = 0
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        for level in tree.leaves:
            for row in level.indicators:
                number += 1
                yield AllocatedIndicator(_id(number), level.key, row.name, row.operator, "", row.measure)


def _from_dataset(form: FormDefinition, folder: Path, units: Sequence[ReportingUnit]) -> Iterator[AllocatedIndicator]:
    """Last year's consolidated indicators, each a duty of the units that contributed to it."""
    names = {path: level.key for tree in form.blocks if isinstance(tree, Tree) for level in tree.leaves
             for path in ("·".join(level.path),)}  # fmt: skip
    codes = {unit.code for unit in units}
    with (folder / "consolidated_indicators.csv").open(encoding="utf-8-sig", newline="") as file:
        seen: set[str] = set()
        for record in csv.DictReader(file):
            level = names.get("·".join(record[key] for key in ("level1", "level2", "level3") if record.get(key)))
            if level is None or record["key"] in seen:
                continue
            seen.add(record["key"])
            duties = tuple((code, Duty.MUST) for code in record["contributors"].split() if code in codes)
            # A text such as 2小时内 carries its measure itself: only counted targets get a cell for it.
            measure = record["measure"] if record["kind"] == Kind.NUMBER else ""
            yield AllocatedIndicator(
                _id(len(seen)), level, record["name"], record["operator"], "", measure, duties=duties
            )


def _from_published(form: FormDefinition, path: Path) -> tuple[list[AllocatedIndicator], tuple[Finding, ...]]:
    taken = take(path)
    if isinstance(taken, Finding):
        return [], (taken,)
    submission, findings = extract(taken.data, taken.name, form)
    rows = [] if submission is None else [_row(number, item) for number, item in enumerate(submission.indicators, 1)]
    return rows, findings


def _row(number: int, indicator: Indicator) -> AllocatedIndicator:
    value = indicator.targets[0].value if indicator.targets else None
    operator = value.operator.value if value is not None and value.operator else ""
    measure = (value.measure or "") if value is not None and value.kind is Kind.NUMBER else ""
    return AllocatedIndicator(_id(number), indicator.level, indicator.name, operator, "", measure)


def _id(number: int) -> str:
    return f"A{number:03d}"
