"""consolidate: the accepted forms become one 汇总表, its working paper and one dataset, every figure with its cells."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from xltool import campaign as campaigns
from xltool.consolidate.climbing import Node
from xltool.consolidate.hierarchy import inner_nodes
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding
from xltool.reports.consolidated import consolidated_form
from xltool.reports.working_paper import working_paper
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.dataset import dataset_frames, write_dataset
from xltool.workflow.decided import NodeCase, node_case, paper_file, take_decisions
from xltool.workflow.files import put
from xltool.workflow.keeping import keeping
from xltool.workflow.opening import Opened, open_campaign, open_ledger
from xltool.workflow.pdf import to_pdf
from xltool.workflow.undecided import undecided

_FORM_STEM = Path(table("files")["result"]["consolidated"]).stem


@dataclass(frozen=True, slots=True)
class ConsolidateResult:
    """`files` were written; `consolidation` is None where the campaign could not be opened.

    `nodes` are the consolidations of further nodes, where all were asked for.
    """

    consolidation: Consolidation | None
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]
    nodes: tuple[Consolidation, ...] = ()


@keeping()
def consolidate(
    folder: Path, *, context: Context, decisions: Path | None = None, node: str = "", all_nodes: bool = False,
    pdf: bool = False,
) -> ConsolidateResult:
    """Consolidate what is accepted now and write `result/`: 汇总表, 底稿, the dataset as CSV and as a workbook.

    `decisions` is a working paper to read first; what it decides is kept. `node` is a unit with others below it,
    whose results lie in `result/<code>/`. Each such unit below the node gets a 底稿, to which the node's own leads,
    and with `all_nodes` a 汇总表 too.
    With `pdf` LibreOffice, where it is installed, makes a PDF of each 汇总表 too.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ConsolidateResult(None, (), opened)
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ConsolidateResult(None, (), (*opened.findings, ledger))
        accepted = ledger.accepted()
        attempts = ledger.findings()
        justified = ledger.justified()
        newer = tuple(undecided(opened.campaign, ledger))
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return ConsolidateResult(None, (), (*opened.findings, case))
    told: tuple[Finding, ...] = ()
    if decisions is not None:
        case, told, read = take_decisions(opened, case, decisions, context)
        if not read:
            return ConsolidateResult(None, (), (*opened.findings, *told))
    case = replace(case, justified=justified)
    steps = _Steps(context, _books(opened, case, forms_below=all_nodes, pdf=pdf) + 2)
    top = case.climb(opened)
    steps.done()
    files, written = _write_all(opened, case, top, steps, forms_below=all_nodes)
    frames, _ = dataset_frames(opened, case, top.made.result, attempts)
    data, beside = write_dataset(opened, case, frames, _place(opened, case.node))
    steps.done()
    printed, unprinted = _print(files, steps) if pdf else ((), ())
    others = tuple(node.made.result for node in top.walk() if node is not top) if all_nodes else ()
    said = (item for result in (top.made.result, *others) for item in result.findings)
    findings = (*opened.findings, *newer, *told, *said, *written, *beside, *unprinted)
    return ConsolidateResult(top.made.result, (*files, *data, *printed), findings, others)


class _Steps:
    """What is done so far: the figures, each workbook, the dataset, each PDF."""

    def __init__(self, context: Context, total: int) -> None:
        self.context, self.total, self.count = context, total, 0

    def done(self) -> None:
        self.count += 1
        self.context.progress(self.count, self.total)


def _books(opened: Opened, case: NodeCase, *, forms_below: bool, pdf: bool) -> int:
    """How many workbooks and PDFs will be written."""
    here = {unit.code for unit in case.campaign.units} - {case.node}
    below = sum(1 for unit in inner_nodes(opened.campaign) if unit.code in here)
    forms = 1 + (below if forms_below else 0)
    return 1 + below + forms * (2 if pdf else 1)


def _print(files: tuple[Path, ...], steps: _Steps) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """The PDF of each 汇总表 among these files, and why one could not be made."""
    made = []
    for file in files:
        if file.stem.startswith(_FORM_STEM):
            made.append(to_pdf(file))
            steps.done()
    told = dict.fromkeys(item for _, found in made for item in found)
    return tuple(path for path, _ in made if path is not None), tuple(told)


def _write_all(
    opened: Opened, case: NodeCase, top: Node, steps: _Steps, *, forms_below: bool
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """The 汇总表 and the 底稿 of the node, and the 底稿 of each below it, to which its own leads."""
    files: list[Path] = []
    findings: list[Finding] = []
    for node in (top, *(item for item in top.walk() if item is not top)):
        if node is top or forms_below:
            _keep(_write_form(opened, node), files, findings)
            steps.done()
        _keep(_write_paper(opened, case, node), files, findings)
        steps.done()
    return tuple(files), tuple(findings)


def _keep(written: tuple[Path, tuple[Finding, ...]], files: list[Path], findings: list[Finding]) -> None:
    files.append(written[0])
    findings += written[1]


def _place(opened: Opened, node: str) -> Path:
    return campaigns.result(opened.folder) / node if node else campaigns.result(opened.folder)


def _write_form(opened: Opened, node: Node) -> tuple[Path, tuple[Finding, ...]]:
    campaign, name = node.campaign, table("files")["result"]["consolidated"]
    book = consolidated_form(opened.form, node.made.result, campaign.department, sign_block=campaign.sign_block)
    return put(_place(opened, node.code) / name, book)


def _write_paper(opened: Opened, case: NodeCase, node: Node) -> tuple[Path, tuple[Finding, ...]]:
    linked = {**_archived(opened, case, node), **{item: _seen_from(node, item) for item in _papers(node)}}
    paper = working_paper(opened.form, node.campaign, node.code, node.made, linked, case.justified)
    return put(campaigns.result(opened.folder) / paper_file(node.code), paper)


def _papers(node: Node) -> tuple[str, ...]:
    return tuple(paper_file(item.code) for item in node.below)


def _seen_from(node: Node, file: str) -> str:
    return f"../{file}" if node.code else file


def _archived(opened: Opened, case: NodeCase, node: Node) -> dict[str, str]:
    """Where the original of each accepted form lies, seen from the folder of the node's results."""
    folder = campaigns.archive(opened.folder)
    up = "../.." if node.code else ".."
    found = {}
    for submission in case.submissions.values():
        kept = folder / submission.sha256
        files = sorted(kept.iterdir()) if kept.is_dir() else []
        if files:
            found[submission.sha256] = f"{up}/{folder.name}/{submission.sha256}/{files[0].name}"
    return found
