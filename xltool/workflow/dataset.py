"""The dataset of a consolidation: its tables, what describes them, and where they lie in the campaign."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xltool import __version__
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding
from xltool.reports.consolidated import Shown, consolidated_cells
from xltool.store.dataset import frames
from xltool.store.described import Description, describe
from xltool.store.exports import Frames, write_csv, write_xlsx
from xltool.store.package import DATAPACKAGE, About
from xltool.store.tables import Beside
from xltool.words import table
from xltool.workflow.against import Reconciled, reconciled
from xltool.workflow.decided import NodeCase
from xltool.workflow.files import said_beside
from xltool.workflow.opening import Opened


def dataset_frames(
    opened: Opened, case: NodeCase, result: Consolidation, attempts: Iterable[Finding]
) -> tuple[Frames, Reconciled]:
    """All tables of one node, and what its figures were reconciled with. `attempts` are the findings of all files."""
    compared = reconciled(opened, case, result)
    told = (*of_node(case, attempts), *result.findings, *compared.findings)
    cells: dict[Shown, str] = {}
    for cell, shown in shown_in(opened, case, result).items():
        cells.setdefault(shown, cell)
    beside = Beside(compared.differences, cells)
    data = frames(case.campaign, opened.form, case.submissions, result, told, beside=beside)
    return data, compared


def of_node(case: NodeCase, attempts: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings that are about units of the node; at the whole campaign all of them, strangers' files too."""
    codes = {unit.code for unit in case.campaign.units}
    return tuple(item for item in attempts if not case.node or item.position.unit_code in codes)


def shown_in(opened: Opened, case: NodeCase, result: Consolidation) -> dict[str, Shown]:
    """Which figure stands in each filled cell of the node's 汇总表."""
    campaign = case.campaign
    return consolidated_cells(opened.form, result, campaign.department, sign_block=campaign.sign_block)


def write_dataset(
    opened: Opened, case: NodeCase, data: Frames, place: Path
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """The tables as csv with their data package and as a workbook in `place`; findings where a file was kept open."""
    names = table("files")["result"]
    folder, book = place / names["dataset"], place / names["dataset_workbook"]
    wanted = [folder / f"{name}.csv" for name in data] + [folder / DATAPACKAGE, book]
    written = (*write_csv(data, folder, descriptions(opened, data), about(opened, case)), write_xlsx(data, book))
    beside = (said_beside(expected, path) for expected, path in zip(wanted, written, strict=True))
    return written, tuple(item for found in beside for item in found)


def descriptions(opened: Opened, data: Frames) -> tuple[Description, ...]:
    return describe(opened.form, {name: tuple(frame.columns) for name, frame in data.items()})


def about(opened: Opened, case: NodeCase) -> About:
    """At a node the department is the node."""
    campaign, form = case.campaign, opened.form
    return About(
        campaign.id, form.id, form.version, campaign.year, campaign.department, form.title, form.money,
        f"xltool {__version__}",
    )  # fmt: skip
