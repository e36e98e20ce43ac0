"""How the units of a campaign stand: what status shows, the 台账 prints and the 催报 list is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xltool.model.campaign import Campaign


class Standing(StrEnum):
    """How a unit stands, in the order it goes through; the words for each are in the words files."""

    NOT_ISSUED = "not-issued"  # 未发
    NOT_RECEIVED = "not-received"  # 未报
    RECEIVED = "received"  # 已报待审
    RETURNED = "returned"  # 已退回
    ACCEPTED = "accepted"  # 已通过
    STAMPED = "stamped"  # 已盖章
    HANDED_IN = "handed-in"  # 已上报


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the roster. `accepted_issue` is 0 where none is accepted, `returned` counts the forms sent back,
    `held` the files that wait for a decision; errors and warnings are those of the attempt that decides the standing.
    """

    code: str
    name: str
    standing: Standing
    issued: int = 0
    returned: int = 0
    received: int = 0
    accepted_issue: int = 0
    last_issue: int = 0
    errors: int = 0
    warnings: int = 0
    held: int = 0
    last_received_at: str = ""
    contact: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """The units' rows on a day, with the campaign and the title of its form."""

    campaign: Campaign
    form_title: str
    today: date
    rows: tuple[UnitRow, ...]
