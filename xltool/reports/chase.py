"""The 催报 list: whom to call, a paragraph ready for each unit, and one for the group chat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from xltool.model.standing import Board, Standing, UnitRow
from xltool.words import table

CHASED = (Standing.NOT_RECEIVED, Standing.RETURNED)


def chase_text(board: Board) -> str:
    """Plain text, to be read out or copied: first the names and telephones, then what to send to whom."""
    words = table("workbook")["chase"]
    return "\n".join([words["title"].format(date=board.today.isoformat()), "", *_lines(board)]) + "\n"


def _lines(board: Board) -> Iterator[str]:
    words = table("workbook")["chase"]
    rows = [row for row in board.rows if row.standing in CHASED]
    if not rows:
        yield words["none"]
        return
    for number, row in enumerate(rows, start=1):
        yield words["line"].format(
            number=number, unit=row.name, standing=table("workbook")["standing"][row.standing.value],
            contact=row.contact or words["unknown"], telephone=row.telephone or words["unknown"],
        )  # fmt: skip
    for row in rows:
        yield ""
        yield words[row.standing.value].format(unit=row.name, **_numbers(row), **_places(board))
    yield ""
    yield words["group_heading"]
    yield words["group"].format(
        count=len(board.rows), accepted=sum(1 for row in board.rows if row.accepted_issue),
        missing=_named(rows, Standing.NOT_RECEIVED, "group_missing"),
        returned=_named(rows, Standing.RETURNED, "group_returned"), **_places(board),
    )  # fmt: skip


def _numbers(row: UnitRow) -> dict[str, int]:
    return {"issue": row.last_issue, "returned": row.returned}


def _places(board: Board) -> dict[str, object]:
    campaign = board.campaign
    return {
        "year": campaign.year, "form": board.form_title, "person": campaign.contact, "phone": campaign.telephone,
        "when": _when(campaign.deadline, board.today),
    }  # fmt: skip


def _when(deadline: date | None, today: date) -> str:
    words = table("workbook")["chase"]
    if deadline is None:
        return str(words["when_open"])
    days = (deadline - today).days
    day = table("workbook")["guide"]["date"].format(year=deadline.year, month=deadline.month, day=deadline.day)
    key = "when_before" if days > 0 else "when_late" if days else "when_today"
    return str(words[key].format(day=day, days=abs(days)))


def _named(rows: list[UnitRow], standing: Standing, key: str) -> str:
    names = [row.name for row in rows if row.standing is standing]
    return str(table("workbook")["chase"][key].format(units="、".join(names))) if names else ""
