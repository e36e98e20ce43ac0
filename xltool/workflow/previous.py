"""Last year's answers, taken from a finished campaign or its dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xltool.campaign.previous import NAME, previous_table
from xltool.campaign.settings import NAME as CAMPAIGN
from xltool.model.campaign import PreviousAnswer
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition
from xltool.model.submission import Indicator, Submission
from xltool.model.value import Kind, State
from xltool.store.answered import dataset_in, read_answers
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.opening import Opened, open_campaign, open_ledger
from xltool.workflow.suggestions import THIS_YEAR, text_fields


@dataclass(frozen=True, slots=True)
class PreviousResult:
    """`file` is the table that was written, None where nothing could be taken; then how much is in it."""

    file: Path | None
    units: int
    answers: int
    findings: tuple[Finding, ...]


def take_previous(folder: Path, source: Path, *, context: Context) -> PreviousResult:
    """Put last year's answers beside this campaign's roster, from where forms, checks and diff take them.

    `source` is last year's campaign or its dataset; a table that stands there already is replaced.
    """
    opened = open_campaign(folder, context)
    if not isinstance(opened, Opened):
        return PreviousResult(None, 0, 0, opened)
    answers, findings = previous_answers(source, opened.form, context)
    if not answers:
        return PreviousResult(None, 0, 0, (*opened.findings, *findings))
    file, written = put(folder / NAME, previous_table(answers).encode("utf-8-sig"))
    units = len({item.unit_code for item in answers})
    return PreviousResult(file, units, len(answers), (*opened.findings, *findings, *written))


def previous_answers(
    folder: Path, form: FormDefinition, context: Context
) -> tuple[tuple[PreviousAnswer, ...], tuple[Finding, ...]]:
    """Texts and indicators of every unit whose form was accepted in that campaign, or that stands in that dataset.

    `form` is this year's: of a dataset it says which fields are texts to begin with.
    """
    dataset = None if (folder / CAMPAIGN).is_file() else dataset_in(folder)
    if dataset is not None:
        return read_answers(dataset, text_fields(form), THIS_YEAR), ()
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
