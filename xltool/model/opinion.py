"""审核意见: what is asked to be put right, by the system, a reviewer or the finance bureau, over the rounds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OpinionSource(StrEnum):
    SYSTEM = "system"
    REVIEWER = "reviewer"
    BUREAU = "bureau"  # 财政部门, which returned what was handed in


class OpinionState(StrEnum):
    """Compared with the round before: new, put right since, or still standing; dropped by a reviewer, never shown."""

    NEW = "new"
    FIXED = "fixed"  # 已改
    STANDING = "standing"  # 未改
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Justified:
    """A unit's reason (合理性说明) why it left an opinion's place as it was; `cell` is that of the returned form."""

    unit_code: str
    slot: str
    cell: str
    problem: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """One line of the 审核意见 sheet. `key` stays the same over the rounds (code and slot, or a digest of the words).

    `slot` is an answer, or a row or level with all of its answers; empty where the opinion is on the whole form, and
    then so is `cell`, the A1 address on the form sheet. `reason` is the unit's 合理性说明. `value` is a digest of what
    stood there when the opinion was given.
    """

    key: str
    source: OpinionSource
    severity: str
    slot: str
    cell: str
    problem: str
    remedy: str
    state: OpinionState = OpinionState.NEW
    reason: str = ""
    value: str = ""
