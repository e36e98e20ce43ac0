"""consolidate: the accepted forms become one 汇总表, its working paper and one dataset, every figure with its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.consolidate import Deliberation
from xltool.consolidate.hierarchy import inner_nodes
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding
from xltool.model.submission import Submission
from xltool.reports.consolidated import consolidated_form
from xltool.reports.working_paper import working_paper
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.dataset import dataset_frames, write_dataset
from xltool.workflow.decided import NodeCase, node_case, take_decisions
from xltool.workflow.files import put
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


def consolidate(
    folder: Path, *, context: Context, decisions: Path | None = None, node: str = "", all_nodes: bool = False,
    pdf: bool = False,
) -> ConsolidateResult:
    """Consolidate what is accepted now and write `result/`: 汇总表, 底稿, the dataset as CSV and as a workbook.

    `decisions` is a working paper to read first; what it decides is kept. `node` is a unit with others below it,
    whose results lie in `result/<code>/`; with `all_nodes` every such unit gets a 汇总表 and a 底稿 besides the whole.
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
        newer = tuple(undecided(opened.campaign, ledger))
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return ConsolidateResult(None, (), (*opened.findings, case))
    told: tuple[Finding, ...] = ()
    if decisions is not None:
        case, told, read = take_decisions(opened, case, decisions, context)
        if not read:
            return ConsolidateResult(None, (), (*opened.findings, *told))
    made = case.deliberate(opened)
    files, written = _write(opened, case, made)
    frames, _ = dataset_frames(opened, case, made.result, attempts)
    data, beside = write_dataset(opened, frames, _place(opened, case))
    printed, unprinted = _print(files) if pdf else ((), ())
    files, written = (*files, *printed), (*written, *unprinted)
    findings = (*opened.findings, *newer, *told, *made.result.findings, *written, *beside)
    if not all_nodes:
        return ConsolidateResult(made.result, (*files, *data), findings)
    others, more, found = _others(opened, accepted, node)
    printed, unprinted = _print(more) if pdf else ((), ())
    return ConsolidateResult(
        made.result, (*files, *data, *more, *printed), (*findings, *found, *unprinted), others
    )  # fmt: skip


def _print(files: tuple[Path, ...]) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """The PDF of each 汇总表 among these files, and why one could not be made."""
    made = [to_pdf(file) for file in files if file.stem.startswith(_FORM_STEM)]
    told = dict.fromkeys(item for _, found in made for item in found)
    return tuple(path for path, _ in made if path is not None), tuple(told)


def _others(
    opened: Opened, accepted: Mapping[str, Submission], done: str
) -> tuple[tuple[Consolidation, ...], tuple[Path, ...], tuple[Finding, ...]]:
    """The 汇总表 and 底稿 of every other unit that has units below it."""
    results: list[Consolidation] = []
    files: list[Path] = []
    findings: list[Finding] = []
    for unit in inner_nodes(opened.campaign):
        if unit.code == done:
            continue
        case = node_case(opened, accepted, unit.code)
        if isinstance(case, Finding):
            findings.append(case)
            continue
        made = case.deliberate(opened)
        paths, written = _write(opened, case, made)
        results.append(made.result)
        files += paths
        findings += (*made.result.findings, *written)
    return tuple(results), tuple(files), tuple(findings)


def _place(opened: Opened, case: NodeCase) -> Path:
    return campaigns.result(opened.folder) / case.node if case.node else campaigns.result(opened.folder)


def _write(opened: Opened, case: NodeCase, made: Deliberation) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    place, names = _place(opened, case), table("files")["result"]
    campaign = case.campaign
    book = consolidated_form(opened.form, made.result, campaign.department, sign_block=campaign.sign_block)
    form_path, beside = put(place / names["consolidated"], book)
    paper = working_paper(opened.form, campaign, case.node, made, _archived(opened, case))
    paper_path, paper_beside = put(place / names["working_paper"], paper)
    return (form_path, paper_path), (*beside, *paper_beside)


def _archived(opened: Opened, case: NodeCase) -> dict[str, str]:
    """Where the original of each accepted form lies, seen from the folder of the results."""
    folder = campaigns.archive(opened.folder)
    up = "../.." if case.node else ".."
    found = {}
    for submission in case.submissions.values():
        kept = folder / submission.sha256
        files = sorted(kept.iterdir()) if kept.is_dir() else []
        if files:
            found[submission.sha256] = f"{up}/{folder.name}/{submission.sha256}/{files[0].name}"
    return found
