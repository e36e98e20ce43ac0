"""What stands in each table of the dataset, as plain records; how the tables are kept is dataset.py's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xltool.findings import message
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Contribution, RowFigure, TargetFigure
from xltool.model.difference import Difference
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Rows
from xltool.model.submission import Submission
from xltool.store import reported
from xltool.store.columns import (
    CONSOLIDATED,
    CONSOLIDATED_FIELDS,
    CONTRIBUTIONS,
    DIFFERENCES,
    FIELDS,
    FINDINGS,
    UNITS,
    Record,
    Table,
    block_table,
    extras_of,
    free_column,
    indicator_columns,
    level_names,
    levels,
    made,
    row_columns,
    said,
)

Shown = tuple[str, str]  # a figure's key and its column


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of the figures besides: what they were reconciled with, and where each stands in the 汇总表."""

    differences: Iterable[Difference] = ()
    cells: Mapping[Shown, str] = field(default_factory=dict)


def tables(
    campaign: Campaign,
    form: FormDefinition,
    submissions: Mapping[str, Submission],
    consolidation: Consolidation,
    findings: Iterable[Finding],
    language: str,
    beside: Beside | None = None,
) -> tuple[Table, ...]:
    """All tables in roster order: what the units said, what was consolidated, and the way between."""
    accepted = {unit.code: submissions[unit.code] for unit in campaign.units if unit.code in submissions}
    names = {unit.code: unit.name for unit in campaign.units}
    extras = (free_column(column.key) for column in extras_of(form))
    of_indicators = (*level_names(form), *CONSOLIDATED, *extras)
    blocks = tuple(block for block in form.blocks if isinstance(block, Rows))
    beside = beside or Beside()
    cells = beside.cells
    figures = {(item.unit_code, item.key): item.figure for item in _of_indicators(consolidation)}
    return (
        made("units", UNITS, reported.units(campaign, accepted)),
        made("fields", FIELDS, reported.fields(form, names, accepted)),
        *(made(block_table(block), row_columns(block), reported.rows(block, names, accepted)) for block in blocks),
        made("indicators", indicator_columns(form), reported.indicators(form, names, accepted, figures)),
        made("consolidated_fields", CONSOLIDATED_FIELDS, _consolidated_fields(consolidation, cells)),
        *(_consolidated_table(block, consolidation, cells) for block in blocks),
        made("consolidated_indicators", of_indicators, _consolidated_indicators(consolidation, cells)),
        made("contributions", CONTRIBUTIONS, map(_contribution, _contributions(consolidation))),
        made("differences", DIFFERENCES, map(_difference, beside.differences)),
        made("findings", FINDINGS, _findings(findings, accepted, language)),
    )


def submission_tables(
    form: FormDefinition, submission: Submission, findings: Iterable[Finding], language: str
) -> tuple[Table, ...]:
    """What one form says, in the tables of the dataset that hold such answers."""
    code = submission.identity.unit_code
    names, accepted = {code: ""}, {code: submission}
    blocks = tuple(block for block in form.blocks if isinstance(block, Rows))
    return (
        made("fields", FIELDS, reported.fields(form, names, accepted)),
        *(made(block_table(block), row_columns(block), reported.rows(block, names, accepted)) for block in blocks),
        made("indicators", indicator_columns(form), reported.indicators(form, names, accepted, {})),
        made("findings", FINDINGS, _findings(findings, accepted, language)),
    )


def _consolidated_table(block: Rows, consolidation: Consolidation, cells: Mapping[Shown, str]) -> Table:
    """Of a row the cell is that of its first answer, and its figure in the contributions is `tasks#01`."""
    columns = ("order", *(free_column(column.key) for column in block.columns), "contributors", "figure", "cell")
    first = block.columns[0].key
    records: list[Record] = [
        {
            "order": row.order, **said(row.answers), "contributors": _contributors(row.contributions),
            "figure": row_figure(row), "cell": cells.get((row_figure(row), first), ""),
        }
        for row in consolidation.rows
        if row.block == block.frame.key
    ]
    return made(f"consolidated_{block_table(block)}", columns, records)


def _of_indicators(consolidation: Consolidation) -> Iterable[Contribution]:
    for indicator in consolidation.indicators:
        for target in indicator.targets:
            yield from target.contributions


def _consolidated_fields(consolidation: Consolidation, cells: Mapping[Shown, str]) -> Iterable[Record]:
    for figure in consolidation.fields:
        yield {
            "field": figure.key, "label": figure.label, "number": figure.number, "text": figure.text,
            "rule": figure.rule, "status": figure.status.value, "units_total": figure.units_total,
            "contributors": _contributors(figure.contributions), "cell": cells.get((figure.key, ""), ""),
        }  # fmt: skip


def _consolidated_indicators(consolidation: Consolidation, cells: Mapping[Shown, str]) -> Iterable[Record]:
    """Those of the consolidated form, numbered as they stand there; contributions tell why others are not in it."""
    included = [figure for figure in consolidation.indicators if figure.included]
    for order, figure in enumerate(included, start=1):
        for target in figure.targets:
            yield {
                **levels(figure.levels), "key": figure.key, "name": figure.name, "order": order,
                **_figure(target), **said(figure.extras), "cell": cells.get((figure.key, target.column), ""),
            }  # fmt: skip


def _figure(target: TargetFigure) -> Record:
    return {
        "target": target.column, "column": target.label, "operator": target.operator.value if target.operator else "",
        "number": target.number, "upper": target.upper, "measure": target.measure,
        "kind": target.kind.value if target.kind else "", "text": target.text, "rule": target.rule,
        "status": target.status.value, "contributors": _contributors(target.contributions),
    }  # fmt: skip


def _contributors(told: Iterable[Contribution]) -> str:
    return " ".join(dict.fromkeys(item.unit_code for item in told if item.used))


def _contributions(consolidation: Consolidation) -> Iterable[Contribution]:
    for figure in consolidation.fields:
        yield from figure.contributions
    for row in consolidation.rows:
        yield from (replace(item, figure=row_figure(row)) for item in row.contributions)
    yield from _of_indicators(consolidation)
    yield from consolidation.others


def row_figure(row: RowFigure) -> str:
    """What the contributions and the differences call a row that stands in the form."""
    return f"{row.block}#{row.order:02d}"


def _contribution(item: Contribution) -> Record:
    return {
        "figure": item.figure, "unit_code": item.unit_code, "unit_name": item.unit_name, "key": item.key,
        "target": item.column, "text": item.text, "number": item.number, "used": item.used,
        "reason": item.reason, "file": item.file, "sha256": item.sha256, "sheet": item.sheet, "cell": item.cell,
    }  # fmt: skip


def _difference(item: Difference) -> Record:
    return {
        "against": item.against.value, "part": item.part, "figure": item.figure, "column": item.column,
        "name": item.name, "level": "·".join(item.levels), "match": item.match.value, "units_text": item.units_text,
        "units_number": item.units_number, "declared_text": item.declared_text,
        "declared_number": item.declared_number, "amount": item.amount, "share": item.share, "bound": item.bound,
        "cause": item.cause.value, "unit_code": item.unit_code, "unit_name": item.unit_name,
        "units_total": item.units_total, "told": item.told, "file": item.file, "sheet": item.source.sheet,
        "cell": item.source.cell,
    }  # fmt: skip


def _findings(found: Iterable[Finding], accepted: Mapping[str, Submission], language: str) -> Iterable[Record]:
    hashes = {submission.file: submission.sha256 for submission in accepted.values()}
    for item in found:
        at = item.position
        yield {
            "code": item.code, "severity": item.severity.value, "message": message(item, language),
            "unit_code": at.unit_code, "field": at.field, "file": at.file, "sha256": hashes.get(at.file, ""),
            "sheet": at.sheet, "cell": at.cell, "row": at.row or None, "column": at.column,
        }  # fmt: skip
