"""Which of a unit's indicators are the allocated ones: their ids, by defined name, else by level and name."""

from __future__ import annotations

from dataclasses import replace

from xltool.collect.locate import Located
from xltool.collect.names import names_on
from xltool.layout.tree import ID_NAME
from xltool.model.campaign import AllocatedIndicator, Campaign, Duty
from xltool.model.submission import Indicator, Submission
from xltool.model.value import State
from xltool.model.workbook import RawWorkbook


def with_ids(submission: Submission, workbook: RawWorkbook, located: Located, campaign: Campaign | None) -> Submission:
    """The submission with the ids of its allocated indicators, and without offered ones that the unit left blank."""
    if campaign is None or not campaign.allocation or located.sheet is None:
        return submission
    mine = [row for row in campaign.allocation if row.duty(submission.identity.unit_code) is not Duty.NOT]
    named = _by_row(workbook, located)
    by_name = {(row.level, _plain(row.name)): row for row in mine}
    by_id = {row.id: row for row in mine}
    found = []
    for indicator in submission.indicators:
        row = by_id.get(named.get(indicator.key, "")) or by_name.get((indicator.level, _plain(indicator.name)))
        if row is None:
            found.append(indicator)
        elif not _left_blank(indicator, row, submission):
            found.append(replace(indicator, id=row.id))
    return replace(submission, indicators=tuple(found))


def _by_row(workbook: RawWorkbook, located: Located) -> dict[str, str]:
    """Row key → id, from the defined names that moved with their rows."""
    assert located.sheet is not None
    places = {place: key for key, place in located.places.items() if key.endswith(".name")}
    rows = {row: key.removesuffix(".name") for (row, _), key in places.items()}
    names = names_on(workbook, located.sheet.name)
    return {
        rows[where.first_row]: name.removeprefix(ID_NAME)
        for name, where in names.items()
        if name.startswith(ID_NAME) and where.first_row in rows
    }


def _left_blank(indicator: Indicator, row: AllocatedIndicator, submission: Submission) -> bool:
    """An offered indicator counts once its unit wrote a value that was not suggested to it."""
    if row.duty(submission.identity.unit_code) is not Duty.MAY:
        return False
    return all(target.value.state is State.BLANK for target in indicator.targets)


def _plain(text: str) -> str:
    return "".join(text.split())
