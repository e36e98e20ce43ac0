"""reconcile: every consolidated figure against the department's form, last year's dataset or the control totals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.model.difference import Difference, Statement
from xltool.model.finding import Finding
from xltool.reports.reconciliation import reconciliation_sheet
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.against import compare, keep, read_statement
from xltool.workflow.context import Context
from xltool.workflow.dataset import dataset_frames, write_dataset
from xltool.workflow.decided import node_case
from xltool.workflow.files import put
from xltool.workflow.keeping import keeping
from xltool.workflow.opening import open_campaign, open_ledger


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """`differences` are all figures of what was asked about, those that agree too; `files` were written."""

    differences: tuple[Difference, ...]
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


@keeping()
def reconcile(folder: Path, against: Path | None = None, *, node: str = "", context: Context) -> ReconcileResult:
    """Compare what is consolidated now with `against`, or with all that was reconciled before.

    What was given is kept in the campaign, so that later exports and reports hold the table `differences` too.
    Writes 核对.xlsx and the dataset. With `node` it is that unit with others below it, and what was given for it.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ReconcileResult((), (), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ReconcileResult((), (), (*opened.findings, ledger))
        accepted = ledger.accepted()
        attempts = ledger.findings()
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return ReconcileResult((), (), (*opened.findings, case))
    statement: Statement | None = None
    told: tuple[Finding, ...] = ()
    if against is not None:
        statement, told = read_statement(opened, case, against)
        if statement is None:
            return ReconcileResult((), (), (*opened.findings, *told))
        keep(folder, node, statement.against, against)
    result = case.deliberate(opened).result
    frames, everything = dataset_frames(opened, case, result, attempts)
    if statement is None and not everything.differences and not everything.findings:
        return ReconcileResult((), (), opened.findings)
    asked = everything if statement is None else compare(opened, case, result, statement)
    place = campaigns.result(folder, node)
    name = table("files")["result"]["reconciliation"]
    file, written = put(place / name, reconciliation_sheet(everything.differences))
    data, beside = write_dataset(opened, case, frames, place)
    findings = (*opened.findings, *told, *asked.findings, *written, *beside)
    return ReconcileResult(asked.differences, (file, *data), findings)
