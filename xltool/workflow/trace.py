"""trace: from a cell of the 汇总表 to the units' own cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool.consolidate.crosswalk import Behind, behind
from xltool.findings import Code, finding
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding, Position
from xltool.reports.consolidated import Shown
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.dataset import shown_in
from xltool.workflow.decided import node_case
from xltool.workflow.keeping import keeping
from xltool.workflow.opening import open_campaign, open_ledger


@dataclass(frozen=True, slots=True)
class TracedCell:
    """A cell of the 汇总表 (`D35`), empty where a figure that stands in none was asked for, and what is behind it."""

    cell: str
    behind: Behind


@dataclass(frozen=True, slots=True)
class TraceResult:
    """The cells in the order asked, or every filled cell in the order of the sheet."""

    cells: tuple[TracedCell, ...]
    findings: tuple[Finding, ...]


@keeping()
def trace(folder: Path, asked: Sequence[str] = (), *, node: str = "", context: Context) -> TraceResult:
    """What stands behind these cells of the 汇总表, or behind the figures of these keys; without any, behind all cells.

    It speaks of what is consolidated now, which is what `consolidate` would write.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return TraceResult((), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return TraceResult((), (*opened.findings, ledger))
        accepted = ledger.accepted()
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return TraceResult((), (*opened.findings, case))
    result = case.deliberate(opened).result
    cells = shown_in(opened, case, result)
    found: list[TracedCell] = []
    findings = list(opened.findings)
    for text in asked or cells:
        one = _traced(result, cells, text)
        if one is None:
            findings.append(finding(Code.REC_NO_FIGURE, Position(cell=text), place=text))
        else:
            found.append(one)
    return TraceResult(tuple(found), tuple(findings))


def _traced(result: Consolidation, cells: dict[str, Shown], asked: str) -> TracedCell | None:
    cell = asked.replace("$", "").upper()
    if cell in cells:
        found = behind(result, *cells[cell])
        return TracedCell(cell, found) if found else None
    found = behind(result, asked)
    place = next((cell for cell, shown in cells.items() if shown[0] == asked), "")
    return TracedCell(place, found) if found else None
