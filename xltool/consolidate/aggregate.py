"""The whole of one node consolidated: fields, rows and indicators, what stays open, and what the rules missed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from xltool.consolidate.case import Accepted, Around, Case
from xltool.consolidate.choosing import DRAFT
from xltool.consolidate.deciding import DecisionBook, Formed
from xltool.consolidate.fields import consolidate_fields, weights
from xltool.consolidate.indicators import consolidate_indicators
from xltool.consolidate.matching import RuleBook
from xltool.consolidate.near import Near
from xltool.consolidate.rows import Pick, consolidate_rows
from xltool.consolidate.weighing import Weighing
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Contribution
from xltool.model.decision import Decision
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition, Role
from xltool.model.submission import Submission

_KINDS = ("field", "row", "indicator")


@dataclass(frozen=True, slots=True)
class Deliberation:
    """A consolidation with all that led to it, for the working paper: each figure's question, rows and close names.

    `merged` are the keys of names that were decided to be one, with the reason; `weighing` is what every field would
    weigh a mean by.
    """

    result: Consolidation
    formed: tuple[Formed, ...]
    picks: tuple[Pick, ...]
    near: tuple[Near, ...]
    merged: tuple[tuple[str, str, str], ...] = ()
    weighing: Weighing = field(default_factory=lambda: Weighing({}))


def consolidate(
    form: FormDefinition,
    campaign: Campaign,
    submissions: Mapping[str, Submission],
    decisions: Iterable[Decision] = (),
) -> Consolidation:
    """The department's figures from the accepted submissions by unit code; the roster's order decides every order.

    Pure and exact. Conflicts and missing values are statuses and findings, never guesses; `draft` while any are left,
    while a unit of the roster has no accepted submission, or while a decision waits to be made again.
    """
    return deliberate(form, campaign, submissions, decisions).result


def deliberate(
    form: FormDefinition,
    campaign: Campaign,
    submissions: Mapping[str, Submission],
    decisions: Iterable[Decision] = (),
    around: Around | None = None,
) -> Deliberation:
    """As `consolidate`, with what led to each figure. `around` is given where units below hand up figures."""
    around = around or Around(campaign, frozenset(submissions))
    accepted = tuple((unit, submissions[unit.code]) for unit in campaign.units if unit.code in submissions)
    units = tuple(pair for pair in accepted if pair[0].role is not Role.DEPARTMENT)
    drafts = tuple(pair for pair in accepted if pair[0].role is Role.DEPARTMENT)
    books = {kind: RuleBook(campaign.rules, kind) for kind in _KINDS}
    weighing = Weighing(weights(form, units), around.behind)
    case = Case(form, campaign, units, drafts, books, DecisionBook(decisions), weighing, around)
    fields, rows, indicators = consolidate_fields(case), consolidate_rows(case), consolidate_indicators(case)
    incomplete = _units(around)
    stale = case.decisions.stale()
    parts = (fields, rows, indicators)
    found = (item for part in parts for item in part.findings)
    result = Consolidation(
        node=campaign.department,
        units=tuple(unit.code for unit in around.whole.units if unit.code in around.accepted),
        fields=fields.figures,
        rows=rows.figures,
        indicators=indicators.figures,
        findings=(*incomplete, *stale, *found, *_unmet(campaign, books), *case.decisions.unmet()),
        draft=bool(incomplete) or bool(stale) or any(part.unresolved for part in parts),
        others=(*(item for part in parts for item in part.others), *_drafted(drafts)),
    )
    merged = tuple(case.decisions.merged())
    return Deliberation(result, (*fields.formed, *indicators.formed), rows.picks, indicators.near, merged, weighing)


def _drafted(drafts: Accepted) -> Iterator[Contribution]:
    """The indicators of the department's own draft: they are the department's, not a unit's."""
    for unit, submission in drafts:
        for item in submission.indicators:
            for target in item.targets:
                yield Contribution(
                    item.level, unit.code, unit.name, submission.file, submission.sha256, target.source.sheet,
                    target.source.cell, item.key, target.column, target.value.text, target.value.number,
                    used=False, reason=DRAFT,
                )  # fmt: skip


def _units(around: Around) -> tuple[Finding, ...]:
    expected = {unit.code: unit.name for unit in around.whole.units if unit.role is not Role.DEPARTMENT}
    missing = [name for code, name in expected.items() if code not in around.accepted]
    strangers = sorted(around.accepted - {unit.code for unit in around.whole.units})
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
