"""What the units said, as records of the dataset: one an answer, each with the cell it stood in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xltool.model.campaign import Campaign
from xltool.model.form import Fields, FormDefinition, Lines, Rows, Tree
from xltool.model.submission import FieldAnswer, Indicator, Submission, Target
from xltool.store.columns import Record, levels, said


def units(campaign: Campaign, accepted: Mapping[str, Submission]) -> Iterable[Record]:
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


def fields(form: FormDefinition, names: Mapping[str, str], accepted: Mapping[str, Submission]) -> Iterable[Record]:
    labels = _labels(form)
    for code, submission in accepted.items():
        for given in submission.fields:
            yield {
                "unit_code": code, "unit_name": names[code], "field": given.key, "label": labels.get(given.key, ""),
                "state": given.state.value, "text": given.text, "number": given.number, **_origin(submission, given),
            }  # fmt: skip


def rows(block: Rows, names: Mapping[str, str], accepted: Mapping[str, Submission]) -> Iterable[Record]:
    for code, submission in accepted.items():
        for row in submission.rows:
            if row.block == block.frame.key and row.answers:
                answers = said((given.key, given.text) for given in row.answers)
                origin = _origin(submission, row.answers[0])
                yield {"unit_code": code, "unit_name": names[code], "row": row.key, **answers, **origin}


def indicators(
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
    extras = said((given.key, given.text) for given in item.extras)
    return {**levels(item.levels), "key": item.key, "id": item.id, "name": item.name, **extras}


def _target(target: Target) -> Record:
    value = target.value
    return {
        "target": target.column, "state": value.state.value, "operator": value.operator.value if value.operator else "",
        "number": value.number, "upper": value.upper, "measure": value.measure or "", "kind": value.kind.value,
        "text": value.text, "every": value.every or "", "base": value.base or "",
    }  # fmt: skip
