"""What a campaign is reconciled with: read from any file or folder, and kept in the campaign for the next time."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xltool import campaign as campaigns
from xltool.campaign.controls import read_controls
from xltool.collect import intake
from xltool.collect.examine import examine
from xltool.collect.extract import extract
from xltool.consolidate.arithmetic import folded
from xltool.consolidate.fields import scalars
from xltool.consolidate.reconcile import reconcile, unit_count
from xltool.consolidate.reconcile_findings import count_findings, findings_of, heads_findings
from xltool.consolidate.reconcile_stated import statement_of
from xltool.findings import Code, finding
from xltool.model.consolidation import Consolidation
from xltool.model.difference import Against, Difference, Statement
from xltool.model.finding import Finding, Position
from xltool.store.stated import is_dataset, read_dataset
from xltool.workflow.opening import Opened, reading_of

FOLDER = "against"  # of a campaign: a folder for each of `Against`, holding the file or the tables as they came
_TABLES = (".csv", ".xlsx", ".xlsm")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Everything compared, and the findings it gave."""

    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_statement(opened: Opened, path: Path) -> tuple[Statement | None, tuple[Finding, ...]]:
    """A dataset folder (or a campaign's), control totals, a workbook of ours, or any form that `extract` reads."""
    if path.is_dir():
        for folder in (path, path / "dataset", campaigns.result(path) / "dataset"):
            if is_dataset(folder):
                return read_dataset(folder, opened.form), ()
        return None, (_unusable(path),)
    if path.suffix.lower() in _TABLES:
        controls, findings = _controls(opened, path)
        if controls is not None:
            return controls, findings
    return _form(opened, path)


def _controls(opened: Opened, path: Path) -> tuple[Statement | None, tuple[Finding, ...]]:
    fields = {folded(name): scalar.key for scalar in scalars(opened.form) for name in (*scalar.spellings, scalar.key)}
    units = frozenset(unit.code for unit in opened.campaign.units)
    return read_controls(path, fields, units, opened.form.money)


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


def compare(opened: Opened, result: Consolidation, statement: Statement) -> Reconciled:
    """One statement against the consolidation, with its findings."""
    found = reconcile(opened.form, result, statement)
    if not found or not any(item.declared_text and item.units_text for item in found):
        nothing = finding(Code.REC_NOTHING, Position(file=statement.name), file=statement.name)
        return Reconciled(found, (nothing,))
    said = [*findings_of(found)]
    if statement.against is Against.DECLARED:
        said += count_findings(unit_count(opened.form, opened.campaign, result, statement), statement)
        said += heads_findings(opened.form, result)
    return Reconciled(found, tuple(said))


def keep(folder: Path, against: Against, path: Path) -> None:
    """A copy in the campaign, in the place of what was kept of this kind before."""
    place = folder / FOLDER / against.value
    if path.resolve().is_relative_to(place.resolve()):
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    if path.is_dir():
        tables = next(item for item in (path, path / "dataset", campaigns.result(path) / "dataset") if is_dataset(item))
        (place / "dataset").mkdir()
        for file in sorted(tables.glob("consolidated_*.csv")):
            shutil.copyfile(file, place / "dataset" / file.name)
    else:
        shutil.copyfile(path, place / path.name)


def kept(folder: Path) -> Iterator[Path]:
    """What was kept, in the order of `Against`."""
    for against in Against:
        place = folder / FOLDER / against.value
        if place.is_dir():
            yield from sorted(item for item in place.iterdir() if not item.name.startswith("."))


def reconciled(opened: Opened, result: Consolidation) -> Reconciled:
    """The consolidation against everything that is kept; nothing where nothing is."""
    differences: list[Difference] = []
    findings: list[Finding] = []
    for path in kept(opened.folder):
        statement, told = read_statement(opened, path)
        findings += told
        if statement is not None:
            made = compare(opened, result, statement)
            differences += made.differences
            findings += made.findings
    return Reconciled(tuple(differences), tuple(findings))
