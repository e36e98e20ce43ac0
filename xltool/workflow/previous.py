"""Last year's answers, taken from a finished campaign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xltool.model.campaign import PreviousAnswer
from xltool.model.finding import Finding
from xltool.model.submission import Indicator, Submission
from xltool.model.value import Kind, State
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign, open_ledger
from xltool.workflow.suggestions import THIS_YEAR, text_fields


def previous_answers(folder: Path, context: Context) -> tuple[tuple[PreviousAnswer, ...], tuple[Finding, ...]]:
    """Texts and indicators of every unit whose form was accepted in that campaign."""
    opened = open_campaign(folder, context)
    if not isinstance(opened, Opened):
        return (), opened
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return (), (ledger,)
        accepted = ledger.accepted()
    texts = text_fields(opened.form)
    found = [item for code in sorted(accepted) for item in _answers(code, accepted[code], texts)]
    return tuple(found), opened.findings


def _answers(code: str, submission: Submission, texts: frozenset[str]) -> Iterator[PreviousAnswer]:
    for field in submission.fields:
        if field.key in texts and field.state is State.GIVEN:
            yield PreviousAnswer(code, "field", "", field.key, "", field.text, "")
    for item in submission.indicators:
        yield _indicator(code, item)


def _indicator(code: str, item: Indicator) -> PreviousAnswer:
    value = next((target.value for target in item.targets if target.column == THIS_YEAR), None)
    if value is None:
        return PreviousAnswer(code, "indicator", item.level, item.name, "", "", "")
    operator = value.operator.value if value.operator else ""
    number = f"{value.number:f}" if value.kind is Kind.NUMBER and value.number is not None else value.text
    measure = (value.measure or "") if value.kind is Kind.NUMBER else ""
    return PreviousAnswer(code, "indicator", item.level, item.name, operator, number, measure)
