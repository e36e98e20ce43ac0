"""What the value cell alone says, before the operator and measure cells are weighed against it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from xltool.model.value import Doubt, Kind, Note, Operator


class Written(Enum):
    """How an operator stands in the value: as a sign or word, or only by what the form implies."""

    SIGN = "sign"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a target value as the grammar found them; `kind` UNPARSED means it found nothing."""

    kind: Kind
    operator: Operator | None = None
    written: Written = Written.SIGN
    number: Decimal | None = None
    upper: Decimal | None = None
    measure: str | None = None
    every: str | None = None
    base: str | None = None
    wording: str | None = None
    notes: tuple[Note, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    plain: bool = False  # a number that may not stand under 定性


UNREAD = Reading(Kind.UNPARSED)
