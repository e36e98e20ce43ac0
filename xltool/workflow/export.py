"""export: the dataset again, in the format that someone asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.model.finding import Finding
from xltool.store import dataset
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.decided import node_case
from xltool.workflow.opening import open_campaign, open_ledger

FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class ExportResult:
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


def export(folder: Path, kind: str, target: Path | None = None, *, context: Context) -> ExportResult:
    """Write the dataset of what is accepted now as `csv` (a folder of tables) or `xlsx` (a sheet a table)."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ExportResult((), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ExportResult((), (*opened.findings, ledger))
        accepted = ledger.accepted()
        findings = tuple(item for attempt in ledger.attempts() for item in attempt.findings)
    case = node_case(opened, accepted)
    if isinstance(case, Finding):
        return ExportResult((), (*opened.findings, case))
    result = case.deliberate(opened).result
    frames = dataset.frames(opened.campaign, opened.form, accepted, result, (*findings, *result.findings))
    names = table("files")["result"]
    place = target or campaigns.result(folder) / names["dataset" if kind == "csv" else "dataset_workbook"]
    files = dataset.write_csv(frames, place) if kind == "csv" else (dataset.write_xlsx(frames, place),)
    return ExportResult(files, (*opened.findings, *result.findings))
