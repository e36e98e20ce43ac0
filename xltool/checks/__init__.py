"""The checks: functions that take records and yield findings, each kind listed in one tuple."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xltool.checks import cell, collection, indicator, workbook
from xltool.checks.approved import approved_figures
from xltool.checks.background import Background, background
from xltool.checks.case import Case
from xltool.checks.cell import CELL_CHECKS
from xltool.checks.collection import COLLECTION_CHECKS
from xltool.checks.copying import UnitText, copied_texts
from xltool.checks.form import FORM_CHECKS
from xltool.checks.grading import graded
from xltool.checks.indicator import INDICATOR_CHECKS
from xltool.checks.sense import SENSE_CHECKS
from xltool.checks.texts import TEXT_CHECKS
from xltool.checks.workbook import WORKBOOK_CHECKS
from xltool.findings import Code
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Severity
from xltool.model.submission import Submission

__all__ = [
    "CELL_CHECKS",
    "COLLECTION_CHECKS",
    "FORM_CHECKS",
    "INDICATOR_CHECKS",
    "SENSE_CHECKS",
    "TEXT_CHECKS",
    "WORKBOOK_CHECKS",
    "Background",
    "Case",
    "UnitText",
    "background",
    "check_collection",
    "check_submission",
    "check_workbook",
    "copied_texts",
    "errors_first",
    "graded",
    "settle",
]

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_UNREAD = (Code.VAL_ERROR_CELL, Code.VAL_FORMULA_WITHOUT_VALUE, Code.IND_DATE)
_EXPLAINS: dict[str, tuple[Code, ...]] = {  # a finding → those that say it better at the same answer
    Code.VAL_BLANK: (Code.SUM_BLANK_AS_ZERO,),
    Code.IND_NAME_BLANK: _UNREAD,
    Code.IND_VALUE_BLANK: _UNREAD,
    Code.IND_OPERATOR_BLANK: _UNREAD,
    Code.IND_MEASURE_BLANK: _UNREAD,
    Code.IND_UNPARSED: _UNREAD,
    Code.IND_WORDING_UNDER_QUANTITATIVE: (Code.IND_NO_TARGET, Code.IND_OUTSIDE_YEAR),
    Code.IND_AMBIGUOUS: (Code.IND_OUTSIDE_YEAR,),
    Code.IND_MEASURE_OF_NAME: (Code.IND_MEASURE_NOT_OFFERED, Code.IND_MEASURE_DISAGREES),
    Code.IND_VAGUE: (Code.IND_WORDING_UNDER_QUANTITATIVE,),
    Code.VAL_OTHER_YEAR: (Code.VAL_LAST_YEARS,),
    Code.EXT_LOST_CHARACTER: (Code.VAL_PLACEHOLDER, Code.IND_PLACEHOLDER),
    Code.VAL_HIDDEN_DIGITS: (Code.VAL_NOT_INTEGER,),
    Code.VAL_DECIMALS: (Code.VAL_HIDDEN_DIGITS, Code.VAL_NOT_INTEGER),
    Code.VAL_NORMALISED: (Code.IND_AMBIGUOUS, Code.IND_PLACEHOLDER),
}


def check_submission(case: Case) -> tuple[Finding, ...]:
    """Every finding about the content of one form, in no particular order."""
    found: list[Finding] = []
    for entry in cell.entries(case):
        for check in CELL_CHECKS:
            found.extend(check(entry))
    for target in indicator.entries(case):
        for examine in (*INDICATOR_CHECKS, *SENSE_CHECKS):
            found.extend(examine(target))
    for across in (*FORM_CHECKS, *TEXT_CHECKS, approved_figures):
        found.extend(across(case))
    return tuple(found)


def check_workbook(entry: workbook.Entry) -> tuple[Finding, ...]:
    """Every finding about the returned workbook as a workbook."""
    return tuple(item for check in WORKBOOK_CHECKS for item in check(entry))


def check_collection(campaign: Campaign, attempts: Sequence[Submission]) -> tuple[Finding, ...]:
    """Every finding across all attempts of a campaign, in the order of the attempts."""
    entry = collection.Entry(campaign, attempts)
    return tuple(item for check in COLLECTION_CHECKS for item in check(entry))


def settle(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, without those that another one at the same answer explains; errors first."""
    unique = list(dict.fromkeys(findings))
    at: dict[str, set[str]] = {}
    for item in unique:
        if item.position.field:
            at.setdefault(item.position.field, set()).add(item.code)
    kept = [
        item for item in unique if not at.get(item.position.field, set()).intersection(_EXPLAINS.get(item.code, ()))
    ]
    return errors_first(kept)


def errors_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors, then warnings, then information, each in the order given."""
    return tuple(sorted(findings, key=lambda item: _RANK[item.severity]))
