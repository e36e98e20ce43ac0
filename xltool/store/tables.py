"""What stands in each table of the dataset, as plain records; how the tables are kept is dataset.py's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from xltool.findings import message
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Contribution, TargetFigure
from xltool.model.difference import Difference
from xltool.model.finding import Finding
from xltool.model.form import Answer, Fields, FormDefinition, Lines, Rows, Tree
from xltool.model.submission import FieldAnswer, Indicator, Submission, Target

Cell = str | bool | int | Decimal | None
Record = dict[str, Cell]

_SOURCE = ("file", "sha256", "sheet", "cell")
_UNITS = ("unit_code", "unit_name", "role", "parent", "full_name", "accepted", "issue", "file", "sha256")
_FIELDS = ("unit_code", "unit_name", "field", "label", "state", "text", "number", *_SOURCE)
_INDICATORS = (
    "unit_code", "unit_name", "key", "figure", "id", "name", "target", "column", "state", "operator", "number", "upper",
    "measure", "kind", "text", "every", "base",
)  # fmt: skip
_CONSOLIDATED_FIELDS = ("field", "label", "number", "text", "rule", "status", "units_total", "contributors")
_CONSOLIDATED = (
    "name", "target", "column", "operator", "number", "upper", "measure", "kind", "text", "rule", "status",
    "order", "contributors", "key",
)  # fmt: skip
_CONTRIBUTIONS = (
    "figure", "unit_code", "unit_name", "key", "target", "text", "number", "used", "reason", *_SOURCE,
)  # fmt: skip
_DIFFERENCES = (
    "against", "part", "figure", "column", "name", "level", "match", "units_text", "units_number", "declared_text",
    "declared_number", "amount", "share", "bound", "cause", "unit_code", "unit_name", "units_total", "told", "file",
    "sheet", "cell",
)  # fmt: skip
_FINDINGS = ("code", "severity", "message", "unit_code", "field", "file", "sha256", "sheet", "cell", "row", "column")
_TAKEN = frozenset({"row", "level1", "level2", "level3", *_INDICATORS, *_CONSOLIDATED, *_SOURCE})
_TABLES = frozenset(
    {"units", "fields", "indicators", "consolidated_fields", "consolidated_indicators", "contributions",
     "differences", "findings"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns in order, and its records, in which a column that does not apply is left out."""

    name: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]


def tables(
    campaign: Campaign,
    form: FormDefinition,
    submissions: Mapping[str, Submission],
    consolidation: Consolidation,
    findings: Iterable[Finding],
    language: str,
    differences: Iterable[Difference] = (),
) -> tuple[Table, ...]:
    """All tables in roster order: what the units said, what was consolidated, and the way between."""
    accepted = {unit.code: submissions[unit.code] for unit in campaign.units if unit.code in submissions}
    names = {unit.code: unit.name for unit in campaign.units}
    levels = _level_names(form)
    extras = tuple(free_column(column.key) for column in _extras(form))
    blocks = tuple(block for block in form.blocks if isinstance(block, Rows))
    figures = {(item.unit_code, item.key): item.figure for item in _of_indicators(consolidation)}
    return (
        _table("units", _UNITS, _units(campaign, accepted)),
        _table("fields", _FIELDS, _fields(form, names, accepted)),
        *(_table(block_table(block), _row_columns(block), _rows(block, names, accepted)) for block in blocks),
        _table("indicators", _indicator_columns(form), _indicators(form, names, accepted, figures)),
        _table("consolidated_fields", _CONSOLIDATED_FIELDS, _consolidated_fields(consolidation)),
        *(_consolidated_table(block, consolidation) for block in blocks),
        _table("consolidated_indicators", (*levels, *_CONSOLIDATED, *extras), _consolidated_indicators(consolidation)),
        _table("contributions", _CONTRIBUTIONS, map(_contribution, _contributions(consolidation))),
        _table("differences", _DIFFERENCES, map(_difference, differences)),
        _table("findings", _FINDINGS, _findings(findings, accepted, language)),
    )


def submission_tables(
    form: FormDefinition, submission: Submission, findings: Iterable[Finding], language: str
) -> tuple[Table, ...]:
    """What one form says, in the tables of the dataset that hold such answers."""
    code = submission.identity.unit_code
    names, accepted = {code: ""}, {code: submission}
    blocks = tuple(block for block in form.blocks if isinstance(block, Rows))
    return (
        _table("fields", _FIELDS, _fields(form, names, accepted)),
        *(_table(block_table(block), _row_columns(block), _rows(block, names, accepted)) for block in blocks),
        _table("indicators", _indicator_columns(form), _indicators(form, names, accepted, {})),
        _table("findings", _FINDINGS, _findings(findings, accepted, language)),
    )


def _indicator_columns(form: FormDefinition) -> tuple[str, ...]:
    extras = tuple(free_column(column.key) for column in _extras(form))
    return (*_INDICATORS[:2], *_level_names(form), *_INDICATORS[2:], *extras, *_SOURCE)


def _level_names(form: FormDefinition) -> tuple[str, ...]:
    return tuple(f"level{place}" for place in range(1, _depth(form) + 1))


def _table(name: str, columns: Iterable[str], records: Iterable[Record]) -> Table:
    return Table(name, tuple(dict.fromkeys(columns)), tuple(records))


def block_table(block: Rows) -> str:
    """A block's own key, unless a table of the dataset has that name."""
    return f"{block.frame.key}_rows" if block.frame.key in _TABLES else block.frame.key


def free_column(key: str) -> str:
    """The column of an answer the form names: its key, unless the dataset has a column of that name."""
    return f"{key}_answer" if key in _TAKEN else key


def _said(answers: Iterable[tuple[str, str]]) -> Record:
    return {free_column(key): text for key, text in answers}


def _row_columns(block: Rows) -> tuple[str, ...]:
    return ("unit_code", "unit_name", "row", *(free_column(column.key) for column in block.columns), *_SOURCE)


def _consolidated_table(block: Rows, consolidation: Consolidation) -> Table:
    columns = ("order", *(free_column(column.key) for column in block.columns), "contributors")
    records: list[Record] = [
        {"order": row.order, **_said(row.answers), "contributors": _contributors(row.contributions)}
        for row in consolidation.rows
        if row.block == block.frame.key
    ]
    return _table(f"consolidated_{block_table(block)}", columns, records)


def _depth(form: FormDefinition) -> int:
    return max((len(block.levels) for block in form.blocks if isinstance(block, Tree)), default=0)


def _extras(form: FormDefinition) -> tuple[Answer, ...]:
    return tuple(column for block in form.blocks if isinstance(block, Tree) for column in block.columns)


def _levels(path: Iterable[str]) -> Record:
    return {f"level{place}": name for place, name in enumerate(path, start=1)}


def _units(campaign: Campaign, accepted: Mapping[str, Submission]) -> Iterable[Record]:
    for unit in campaign.units:
        submission = accepted.get(unit.code)
        yield {
            "unit_code": unit.code, "unit_name": unit.name, "role": unit.role.value, "parent": unit.parent,
            "full_name": unit.full_name, "accepted": submission is not None,
            "issue": submission.identity.issue if submission else None,
            "file": submission.file if submission else "", "sha256": submission.sha256 if submission else "",
        }  # fmt: skip


def _labels(form: FormDefinition) -> dict[str, str]:
    labels: dict[str, str] = {}
    for block in form.blocks:
        if isinstance(block, Fields):
            labels |= {answer.key: answer.label for row in block.rows for answer in row}
        elif isinstance(block, Lines):
            for line in block.lines:
                key = f"{block.frame.key}.{line.key}"
                labels[key] = line.label
                labels |= {f"{key}.{column.key}": f"{line.label} {column.label}" for column in block.columns}
    return labels


def _origin(submission: Submission, given: FieldAnswer | Target) -> Record:
    source = given.source
    return {"file": submission.file, "sha256": submission.sha256, "sheet": source.sheet, "cell": source.cell}


def _fields(form: FormDefinition, names: Mapping[str, str], accepted: Mapping[str, Submission]) -> Iterable[Record]:
    labels = _labels(form)
    for code, submission in accepted.items():
        for given in submission.fields:
            yield {
                "unit_code": code, "unit_name": names[code], "field": given.key, "label": labels.get(given.key, ""),
                "state": given.state.value, "text": given.text, "number": given.number, **_origin(submission, given),
            }  # fmt: skip


def _rows(block: Rows, names: Mapping[str, str], accepted: Mapping[str, Submission]) -> Iterable[Record]:
    for code, submission in accepted.items():
        for row in submission.rows:
            if row.block == block.frame.key and row.answers:
                said = _said((given.key, given.text) for given in row.answers)
                origin = _origin(submission, row.answers[0])
                yield {"unit_code": code, "unit_name": names[code], "row": row.key, **said, **origin}


def _of_indicators(consolidation: Consolidation) -> Iterable[Contribution]:
    for indicator in consolidation.indicators:
        for target in indicator.targets:
            yield from target.contributions


def _indicators(
    form: FormDefinition, names: Mapping[str, str], accepted: Mapping[str, Submission],
    figures: Mapping[tuple[str, str], str],
) -> Iterable[Record]:  # fmt: skip
    columns = {column.key: column.label for block in form.blocks if isinstance(block, Tree) for column in block.targets}
    for code, submission in accepted.items():
        for item in submission.indicators:
            for target in item.targets:
                yield {
                    "unit_code": code, "unit_name": names[code], **_indicator(item),
                    "figure": figures.get((code, item.key), ""),
                    **_target(target), "column": columns.get(target.column, target.column),
                    **_origin(submission, target),
                }  # fmt: skip


def _indicator(item: Indicator) -> Record:
    extras = _said((given.key, given.text) for given in item.extras)
    return {**_levels(item.levels), "key": item.key, "id": item.id, "name": item.name, **extras}


def _target(target: Target) -> Record:
    value = target.value
    return {
        "target": target.column, "state": value.state.value, "operator": value.operator.value if value.operator else "",
        "number": value.number, "upper": value.upper, "measure": value.measure or "", "kind": value.kind.value,
        "text": value.text, "every": value.every or "", "base": value.base or "",
    }  # fmt: skip


def _consolidated_fields(consolidation: Consolidation) -> Iterable[Record]:
    for figure in consolidation.fields:
        yield {
            "field": figure.key, "label": figure.label, "number": figure.number, "text": figure.text,
            "rule": figure.rule, "status": figure.status.value, "units_total": figure.units_total,
            "contributors": _contributors(figure.contributions),
        }  # fmt: skip


def _consolidated_indicators(consolidation: Consolidation) -> Iterable[Record]:
    """Those of the consolidated form, numbered as they stand there; contributions tell why others are not in it."""
    included = [figure for figure in consolidation.indicators if figure.included]
    for order, figure in enumerate(included, start=1):
        for target in figure.targets:
            yield {
                **_levels(figure.levels), "key": figure.key, "name": figure.name, "order": order,
                **_figure(target), **_said(figure.extras),
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
    for field in consolidation.fields:
        yield from field.contributions
    for row in consolidation.rows:
        yield from row.contributions
    yield from _of_indicators(consolidation)
    yield from consolidation.others


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
