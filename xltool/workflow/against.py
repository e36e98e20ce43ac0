"""What a node is reconciled with: read from any file or folder, and kept in the campaign for the next time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from xltool import campaign as campaigns
from xltool.campaign.controls import read_controls
from xltool.collect import intake
from xltool.collect.examine import examine
from xltool.collect.extract import extract
from xltool.consolidate.arithmetic import folded
from xltool.consolidate.fields import NUMERIC, scalars
from xltool.consolidate.reconcile import reconcile, unit_count
from xltool.consolidate.reconcile_findings import count_findings, findings_of, heads_findings
from xltool.consolidate.reconcile_stated import statement_of
from xltool.findings import Code, finding
from xltool.model.consolidation import Consolidation
from xltool.model.difference import Against, Difference, StatedField, Statement
from xltool.model.finding import Finding, Position
from xltool.store.package import DATAPACKAGE
from xltool.store.stated import is_dataset, read_dataset
from xltool.workflow.decided import NodeCase
from xltool.workflow.opening import Opened, reading_of

FOLDER = "against"  # of a campaign: a folder for each of `Against`, holding the file or the tables as they came
NODES = "nodes"  # in it: the same again for each node
_TABLES = (".csv", ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Everything compared, and the findings it gave."""

    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_statement(opened: Opened, case: NodeCase, path: Path) -> tuple[Statement | None, tuple[Finding, ...]]:
    """A dataset folder (or a campaign's), control totals, a workbook of ours, or any form that `extract` reads.

    Of a campaign's folder it is the dataset of the same node. Control totals of the whole campaign speak of a node in
    the lines that name it or units below it.
    """
    if path.is_dir():
        tables = _dataset(path, case.node)
        return (read_dataset(tables, opened.form), ()) if tables else (None, (_unusable(path),))
    if path.suffix.lower() in _TABLES:
        controls, findings = _controls(opened, path)
        if controls is not None:
            return _seen_from(case, controls), findings
    return _form(opened, path)


def _dataset(path: Path, node: str) -> Path | None:
    """The folder of tables that this folder is, or holds for the node."""
    places = (campaigns.result(path, node) / "dataset", path, path / "dataset")
    return next((place for place in places if is_dataset(place)), None)


def _controls(opened: Opened, path: Path) -> tuple[Statement | None, tuple[Finding, ...]]:
    numbers = [scalar for scalar in scalars(opened.form) if scalar.answer.type in NUMERIC]
    fields = {folded(name): scalar.key for scalar in numbers for name in (*scalar.spellings, scalar.key)}
    units = frozenset(unit.code for unit in opened.campaign.units)
    return read_controls(path, fields, units, opened.form.money)


def _seen_from(case: NodeCase, statement: Statement, *, of_whole: bool = False) -> Statement:
    """Control totals as they stand at a node. `of_whole`: they were made for the whole campaign, and so are the lines
    without a code; so they are where any line names the node itself."""
    if not case.node:
        return statement
    codes = {unit.code for unit in case.campaign.units}
    of_whole = of_whole or any(item.unit_code == case.node for item in statement.fields)

    def here(item: StatedField) -> bool:
        return item.unit_code in codes if item.unit_code else not of_whole

    fields = (replace(item, unit_code="") if item.unit_code == case.node else item for item in statement.fields)
    return replace(statement, fields=tuple(given for given, item in zip(fields, statement.fields, strict=True)
                                           if here(item)))  # fmt: skip


def _form(opened: Opened, path: Path) -> tuple[Statement | None, tuple[Finding, ...]]:
    taken = intake.take(path)
    if isinstance(taken, Finding):
        return None, (taken,)
    examined = examine(taken.data, reading_of(opened), taken.name)
    if examined.submission is not None:
        return statement_of(examined.submission, examined.findings), ()
    submission, found = extract(taken.data, taken.name, opened.form)
    if submission is None:
        return None, (_unusable(path), *found)
    return statement_of(submission, found), ()


def _unusable(path: Path) -> Finding:
    return finding(Code.REC_UNUSABLE, Position(file=path.name), file=path.name)


def compare(opened: Opened, case: NodeCase, result: Consolidation, statement: Statement) -> Reconciled:
    """One statement against the consolidation of a node, with its findings."""
    found = reconcile(opened.form, result, statement, case.campaign)
    if not found or not any(item.declared_text and item.units_text for item in found):
        nothing = finding(Code.REC_NOTHING, Position(file=statement.name), file=statement.name)
        return Reconciled(found, (nothing,))
    said = [*findings_of(found)]
    if statement.against is Against.DECLARED:
        said += count_findings(unit_count(opened.form, case.campaign, result, statement), statement)
        said += heads_findings(opened.form, result)
    return Reconciled(found, tuple(said))


def keep(folder: Path, node: str, against: Against, path: Path) -> None:
    """A copy in the campaign, in the place of what was kept of this kind for this node before."""
    place = _place(folder, node) / against.value
    if path.resolve().is_relative_to(place.resolve()):
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    tables = _dataset(path, node) if path.is_dir() else None
    if tables is None:
        shutil.copyfile(path, place / path.name)
        return
    (place / "dataset").mkdir()
    for file in (*sorted(tables.glob("consolidated_*.csv")), tables / DATAPACKAGE):
        if file.is_file():
            shutil.copyfile(file, place / "dataset" / file.name)


def kept(folder: Path, node: str = "") -> Iterator[Path]:
    """What was kept for a node, in the order of `Against`."""
    for against in Against:
        place = _place(folder, node) / against.value
        if place.is_dir():
            yield from sorted(item for item in place.iterdir() if not item.name.startswith("."))


def _place(folder: Path, node: str) -> Path:
    return folder / FOLDER / NODES / node if node else folder / FOLDER


def reconciled(opened: Opened, case: NodeCase, result: Consolidation) -> Reconciled:
    """A node's consolidation against everything that is kept for it; nothing where nothing is.

    A node for which no control totals were given has those that the whole campaign's state for it.
    """
    differences: list[Difference] = []
    findings: list[Finding] = []
    for statement, told in _statements(opened, case):
        findings += told
        if statement is not None:
            made = compare(opened, case, result, statement)
            differences += made.differences
            findings += made.findings
    return Reconciled(tuple(differences), tuple(findings))


def _statements(opened: Opened, case: NodeCase) -> Iterator[tuple[Statement | None, tuple[Finding, ...]]]:
    given = [read_statement(opened, case, path) for path in kept(opened.folder, case.node)]
    yield from given
    told = {statement.against for statement, _ in given if statement is not None}
    if case.node and Against.CONTROLS not in told:
        for path in kept(opened.folder):
            controls, _ = _controls(opened, path) if path.suffix.lower() in _TABLES else (None, ())
            mine = _seen_from(case, controls, of_whole=True) if controls is not None else None
            if mine is not None and mine.fields:
                yield mine, ()
