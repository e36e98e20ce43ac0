"""consolidate: the accepted forms become one 汇总表 and one dataset, every figure with its cells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.consolidate import consolidate as consolidate_records
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding, Severity
from xltool.model.submission import Submission
from xltool.reports.consolidated import consolidated_form
from xltool.store import dataset
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.files import put, said_beside
from xltool.workflow.opening import Opened, open_campaign, open_ledger


@dataclass(frozen=True, slots=True)
class ConsolidateResult:
    """`files` were written; `consolidation` is None where the campaign could not be opened."""

    consolidation: Consolidation | None
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


def consolidate(folder: Path, *, context: Context) -> ConsolidateResult:
    """Consolidate what is accepted now and write `result/`: the 汇总表, the dataset as CSV and as a workbook."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ConsolidateResult(None, (), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ConsolidateResult(None, (), (*opened.findings, ledger))
        accepted = ledger.accepted()
        attempts = ledger.findings()
    result = consolidate_records(opened.form, opened.campaign, accepted)
    files, written = _write(opened, accepted, result, attempts)
    return ConsolidateResult(result, files, (*opened.findings, *result.findings, *written))


def _write(
    opened: Opened, accepted: dict[str, Submission], result: Consolidation, findings: tuple[Finding, ...]
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    folder = campaigns.result(opened.folder)
    names = table("files")["result"]
    book = consolidated_form(opened.form, result, opened.campaign.department, sign_block=opened.campaign.sign_block)
    form_path, beside = put(folder / names["consolidated"], book)
    frames = dataset.frames(opened.campaign, opened.form, accepted, result, (*findings, *result.findings))
    wanted = [folder / names["dataset"] / f"{name}.csv" for name in frames] + [folder / names["dataset_workbook"]]
    written = (*dataset.write_csv(frames, wanted[0].parent), dataset.write_xlsx(frames, wanted[-1]))
    for expected, path in zip(wanted, written, strict=True):
        beside += said_beside(expected, path)
    return (form_path, *written), beside


def unresolved(result: Consolidation) -> tuple[Finding, ...]:
    """What still needs a decision before the 汇总表 is more than a draft."""
    return tuple(item for item in result.findings if item.severity is Severity.ERROR)
