"""report: the page for the head of office, from what is consolidated now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.model.finding import Finding
from xltool.reports.report import Report, report_page
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.against import reconciled
from xltool.workflow.context import Context
from xltool.workflow.dataset import of_node
from xltool.workflow.decided import node_case
from xltool.workflow.files import put
from xltool.workflow.keeping import keeping
from xltool.workflow.opening import open_campaign, open_ledger
from xltool.workflow.status import status


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The page that was written; empty where the campaign could not be opened."""

    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


@keeping()
def report(folder: Path, *, language: str = "zh", node: str = "", context: Context) -> ReportResult:
    """Write `result/report.html`: one file, no network, printable. With `node` it is that of a unit with others below
    it, in `result/<code>/`."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ReportResult((), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ReportResult((), (*opened.findings, ledger))
        accepted = ledger.accepted()
        attempts = ledger.findings()
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return ReportResult((), (*opened.findings, case))
    top = case.climb(opened)
    result = top.made.result
    compared = reconciled(opened, case, result)
    here = {unit.code for unit in case.campaign.units}
    board = tuple(row for row in status(folder, context=context).rows if not node or row.code in here)
    told = Report(
        opened.form, case.campaign, board, top, (*of_node(case, attempts), *result.findings, *compared.findings),
        compared.differences, context.now(),
    )  # fmt: skip
    path = campaigns.result(folder, node) / table("files")["result"]["report"]
    written, beside = put(path, report_page(told, language).encode("utf-8"))
    return ReportResult((written,), (*opened.findings, *beside))
