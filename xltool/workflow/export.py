"""export: the dataset again, in the format that someone asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.model.finding import Finding
from xltool.store.database import write_database
from xltool.store.exports import Frames, Watched, write_csv, write_sqlite, write_xlsx
from xltool.store.ledger import Ledger
from xltool.store.parquet import write_parquet
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.dataset import about, dataset_frames, descriptions
from xltool.workflow.decided import NodeCase, node_case
from xltool.workflow.keeping import keeping
from xltool.workflow.opening import Opened, open_campaign, open_ledger


@dataclass(frozen=True, slots=True)
class ExportResult:
    files: tuple[Path, ...]
    findings: tuple[Finding, ...]
    tables: tuple[str, ...] = ()


@keeping()
def export(
    folder: Path, kind: str = "csv", target: Path | None = None, *, url: str = "", node: str = "", context: Context
) -> ExportResult:
    """Write the dataset of what is accepted now.

    As `csv` (a folder of tables with datapackage.json), `xlsx` (a sheet a table), `parquet` (a folder of files) or
    `sqlite`; with `url` into the database that SQLAlchemy reaches there instead. With `node` it is the dataset of that
    unit with others below it: their forms alone, and what stands in its own consolidated form.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ExportResult((), opened)
    made = _frames(opened, node)
    if isinstance(made, Finding):
        return ExportResult((), (*opened.findings, made))
    case, data, findings = made
    findings = (*opened.findings, *findings)
    watched = Watched(data, context.progress)
    if url:
        told = write_database(watched, url, descriptions(opened, data))
        watched.finished()
        return ExportResult((), (*findings, *told), () if told else tuple(data))
    files = _write(opened, case, watched, kind, target)
    watched.finished()
    return ExportResult(files, findings, tuple(data))


def _frames(opened: Opened, node: str) -> tuple[NodeCase, Frames, tuple[Finding, ...]] | Finding:
    with open_ledger(opened.folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ledger
        accepted = ledger.accepted()
        attempts = ledger.findings()
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return case
    result = case.deliberate(opened).result
    return case, dataset_frames(opened, case, result, attempts)[0], result.findings


def _write(opened: Opened, case: NodeCase, data: Frames, kind: str, target: Path | None) -> tuple[Path, ...]:
    names, result = table("files")["result"], campaigns.result(opened.folder, case.node)
    if kind == "csv":
        return write_csv(data, target or result / names["dataset"], descriptions(opened, data), about(opened, case))
    if kind == "parquet":
        return write_parquet(data, target or result / names["dataset_parquet"])
    if kind == "sqlite":
        return (write_sqlite(data, target or result / names["dataset_sqlite"], descriptions(opened, data)),)
    return (write_xlsx(data, target or result / names["dataset_workbook"]),)
