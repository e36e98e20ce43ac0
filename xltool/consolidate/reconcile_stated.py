"""What the other side of a reconciliation states, from a form that was read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xltool.findings import Code
from xltool.model.difference import Against, StatedField, StatedIndicator, StatedRow, Statement
from xltool.model.finding import Finding
from xltool.model.submission import FieldAnswer, Submission
from xltool.model.value import State

_DECIMALS = re.compile(r"[.．]([0-9０-９]+)")


def statement_of(submission: Submission, findings: Iterable[Finding]) -> Statement:
    """A department's form as a statement. `findings` are those of reading it: they say which amounts were converted."""
    converted = {
        item.position.field: dict(item.args)["found"] for item in findings if item.code == Code.EXT_MONEY_MEASURE
    }
    return Statement(
        Against.DECLARED,
        submission.file,
        tuple(_field(given, converted.get(given.key, "")) for given in submission.fields),
        tuple(
            StatedRow(row.block, tuple((given.key, given.text, given.source) for given in row.answers))
            for row in submission.rows
        ),
        tuple(
            StatedIndicator(
                item.level, item.levels, item.name,
                tuple((target.column, target.value, target.source) for target in item.targets),
                tuple((given.key, given.text, given.source) for given in item.extras), item.id,
            )
            for item in submission.indicators
        ),
    )  # fmt: skip


def _field(given: FieldAnswer, measure: str) -> StatedField:
    if given.state is State.BLANK:
        return StatedField(given.key, "", None, given.source)
    written = _DECIMALS.search(given.text)
    return StatedField(
        given.key, given.text, given.number, given.source, measure, len(written[1]) if written else 0
    )  # fmt: skip
