"""The differences as findings: one code for each way in which two figures may part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from xltool.consolidate.fields import NUMERIC, scalars
from xltool.consolidate.reconcile_texts import parted
from xltool.findings import Code, finding
from xltool.model.consolidation import Consolidation
from xltool.model.difference import Against, Cause, Difference, Match, Statement, UnitCount
from xltool.model.finding import Finding, Position
from xltool.model.form import AnswerType, FormDefinition

_BY_CAUSE = {
    Cause.SLIP: Code.REC_SLIP,
    Cause.LEFT_OUT: Code.REC_LEFT_OUT,
    Cause.TWICE: Code.REC_TWICE,
    Cause.UNIT_SLIP: Code.REC_UNIT_SLIP,
    Cause.ALL_UNITS: Code.REC_WHOLE_OR_OWN,
    Cause.OWN_ONLY: Code.REC_WHOLE_OR_OWN,
}
_BY_MATCH = {
    Match.ROUNDING: Code.REC_ROUNDING,
    Match.WRITTEN: Code.REC_WRITTEN,
    Match.MOVED: Code.REC_OTHER_LEVEL,
    Match.TEXT: Code.REC_OTHER_TEXT,
    Match.ONLY_UNITS: Code.REC_ONLY_UNITS,
    Match.ONLY_DECLARED: Code.REC_ONLY_DECLARED,
    Match.OPEN: Code.REC_OPEN,
}
_UNSAID = "—"


def code_of(item: Difference) -> Code | None:
    """What kind of difference this is; None where the two match."""
    if item.match is Match.MATCHED:
        return None
    if item.against is Against.PREVIOUS and item.match in (Match.DIFFERS, Match.ROUNDING):
        return Code.REC_SINCE
    if item.match is Match.DIFFERS:
        return _BY_CAUSE.get(item.cause, Code.REC_DIFFERS if item.amount else Code.REC_TARGET)
    if item.match is Match.ONLY_DECLARED and item.cause is Cause.NOT_SELECTED:
        return Code.REC_NOT_SELECTED
    return _BY_MATCH[item.match]


def findings_of(found: Iterable[Difference]) -> Iterator[Finding]:
    """A finding for each figure that does not simply match, at its place in the other side's file."""
    for item in found:
        code = code_of(item)
        if code is not None:
            yield finding(code, position_of(item), **_args(item))


def position_of(item: Difference) -> Position:
    slot = f"{item.figure}.{item.column}" if item.column else item.figure
    return Position(item.file, item.source.sheet, item.source.cell, slot, item.unit_code)


def _args(item: Difference) -> dict[str, Any]:
    here, there = parted(item.units_text, item.declared_text)
    amount, share = item.amount, item.share
    if item.against is Against.PREVIOUS and amount is not None and item.declared_number:
        amount, share = -amount, -amount / item.declared_number  # what this year has more, in parts of last year's
    return {
        "name": full_name(item), "against": item.file, "units": item.units_text or _UNSAID,
        "declared": item.declared_text or _UNSAID, "amount": amount_text(amount), "share": share_text(share),
        "bound": amount_text(item.bound).removeprefix("+"), "unit": (item.unit_name if item.cause else "") or _UNSAID,
        "near": item.told or _UNSAID, "told": item.told, "level": "·".join(item.levels),
        "here": here or _UNSAID, "there": there or _UNSAID,
        "length": str(len(item.units_text)), "other_length": str(len(item.declared_text)),
    }  # fmt: skip


def full_name(item: Difference) -> str:
    """What messages call the figure: of the further columns of an indicator or a row, which one is meant."""
    unit = f"{item.unit_name} " if item.unit_code and item.part == "field" and item.cause is Cause.NONE else ""
    return unit + (f"{item.name}·{item.label}" if item.label else item.name)


def amount_text(amount: Decimal | None) -> str:
    return _UNSAID if amount is None else f"{amount.normalize():+,f}" if amount else "0"


def share_text(share: Decimal | None) -> str:
    return _UNSAID if share is None else f"{share:+.2%}"


def count_findings(count: UnitCount, statement: Statement) -> Iterator[Finding]:
    """Where the declared number of units is neither that of the roster nor that of the accepted forms."""
    told = count.declared
    if told is not None and (told != count.roster or told != count.accepted):
        yield finding(
            Code.REC_UNIT_COUNT, Position(file=statement.name), against=statement.name, declared=told,
            roster=count.roster, accepted=count.accepted,
        )  # fmt: skip


def heads_findings(form: FormDefinition, result: Consolidation) -> Iterator[Finding]:
    """Persons, offices and whatever else is one unit's own number, beside the units' sum: for information."""
    whole = {scalar.key for scalar in scalars(form)
             if scalar.answer.type in NUMERIC and scalar.answer.type is not AnswerType.MONEY}  # fmt: skip
    for figure in result.fields:
        if figure.key in whole and figure.units_total is not None and figure.units_total != figure.number:
            yield finding(
                Code.REC_HEADS, Position(field=figure.key), name=figure.label, units=figure.text,
                total=f"{figure.units_total:f}",
            )  # fmt: skip
