"""The whole of one node consolidated: fields, rows and indicators, what stays open, and what the rules missed."""

from __future__ import annotations

from collections.abc import Mapping

from xltool.consolidate.fields import consolidate_fields
from xltool.consolidate.indicators import consolidate_indicators
from xltool.consolidate.matching import RuleBook
from xltool.consolidate.rows import consolidate_rows
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition, Role
from xltool.model.submission import Submission

_KINDS = ("field", "row", "indicator")


def consolidate(form: FormDefinition, campaign: Campaign, submissions: Mapping[str, Submission]) -> Consolidation:
    """The department's figures from the accepted submissions by unit code; the roster's order decides every order.

    Pure and exact. Conflicts and missing values are statuses and findings, never guesses; `draft` while any are left,
    or while a unit of the roster has no accepted submission.
    """
    accepted = tuple((unit, submissions[unit.code]) for unit in campaign.units if unit.code in submissions)
    books = {kind: RuleBook(campaign.rules, kind) for kind in _KINDS}
    fields = consolidate_fields(form, campaign, accepted, books["field"])
    rows = consolidate_rows(form, campaign, accepted, books["row"])
    indicators = consolidate_indicators(form, campaign, accepted, books["indicator"])
    incomplete = _units(campaign, submissions)
    parts = (fields, rows, indicators)
    return Consolidation(
        node=campaign.department,
        units=tuple(unit.code for unit, _ in accepted),
        fields=fields.figures,
        rows=rows.figures,
        indicators=indicators.figures,
        findings=(*incomplete, *(item for part in parts for item in part.findings), *_unmet(campaign, books)),
        draft=bool(incomplete) or any(part.unresolved for part in parts),
        others=tuple(item for part in parts for item in part.others),
    )


def _units(campaign: Campaign, submissions: Mapping[str, Submission]) -> tuple[Finding, ...]:
    expected = {unit.code: unit.name for unit in campaign.units if unit.role is not Role.DEPARTMENT}
    missing = [name for code, name in expected.items() if code not in submissions]
    strangers = sorted(set(submissions) - {unit.code for unit in campaign.units})
    if not missing and not strangers:
        return ()
    accepted = len(expected) - len(missing)
    names = ", ".join((*missing, *strangers))
    return (finding(Code.AGG_UNITS, accepted=accepted, expected=len(expected), units=names),)


def _unmet(campaign: Campaign, books: Mapping[str, RuleBook]) -> tuple[Finding, ...]:
    """Rule lines that met nothing, and lines of a kind that does not exist, in the order of the file."""
    unmet = {id(line) for book in books.values() for line in book.unmet()}
    repeated = {id(line) for book in books.values() for line in book.repeated()}
    found = []
    for line in campaign.rules:
        code = Code.AGG_RULE_REPEATED if id(line) in repeated else Code.AGG_RULE_UNMATCHED
        if id(line) in unmet | repeated or line.kind not in _KINDS:
            found.append(finding(code, Position(field=line.name), kind=line.kind, level=line.level, name=line.name))
    return tuple(found)
