"""The repeating blocks (重点任务): which units' rows stand in the department's form, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xltool.consolidate.case import Accepted, Case
from xltool.consolidate.choosing import DRAFT
from xltool.consolidate.fields import field_candidate
from xltool.consolidate.matching import RuleBook, normalised, trimmed
from xltool.consolidate.picking import DraftRows, Row, from_drafts, rows_of
from xltool.consolidate.question import digest
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign, RuleLine
from xltool.model.consolidation import Contribution, RowFigure
from xltool.model.decision import Decision
from xltool.model.finding import Finding, Position
from xltool.model.form import Role, Rows
from xltool.model.value import State


@dataclass(frozen=True, slots=True)
class Pick:
    """A unit's row and whether it stands in the department's form, for the working paper; `order` 0 where it does not.

    `base_order` is its place without the coordinator's decision.
    """

    key: str
    row: Row
    inputs: str
    order: int
    base_order: int
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class RowsPart:
    """The rows that stand in the form, the contributions of those that do not, and whether a pick failed."""

    figures: tuple[RowFigure, ...]
    picks: tuple[Pick, ...]
    others: tuple[Contribution, ...]
    findings: tuple[Finding, ...]
    unresolved: bool


def consolidate_rows(case: Case) -> RowsPart:
    """The rows of all repeating blocks by the block's rule, the campaign's row lines and what was decided of each."""
    figures: list[RowFigure] = []
    picks: list[Pick] = []
    others: list[Contribution] = []
    findings: list[Finding] = []
    unresolved = False
    for block in case.form.blocks:
        if not isinstance(block, Rows) or Role.DEPARTMENT not in block.frame.roles:
            continue
        rows = tuple(rows_of(block, case.accepted))
        draft = from_drafts(block, case.drafts, rows)
        if draft is None:
            base, found, open_ = _chosen(block, rows, case.campaign, case.books["row"])
        else:
            base, found, open_ = draft.chosen, draft.findings, draft.open
            _outdone(block, case.books["row"])
            rows = (*(row for row in base if row not in rows), *rows)
        others += _choices(block, case.drafts, draft)
        chosen, told = _decided(case, rows, base)
        picks += told
        findings += found
        unresolved = unresolved or open_
        for order, row in enumerate(chosen, start=1):
            answers = tuple((given.key, trimmed(given.text)) for given in row.answer.answers)
            figures.append(RowFigure(block.frame.key, order, answers, tuple(_traces(row, used=True))))
        for row in rows:
            if row not in chosen:
                others += _traces(row, used=False)
    return RowsPart(tuple(figures), tuple(picks), tuple(others), tuple(findings), unresolved)


def _decided(case: Case, rows: tuple[Row, ...], base: tuple[Row, ...]) -> tuple[tuple[Row, ...], list[Pick]]:
    """The chosen rows after the coordinator's decisions: a typed place goes before what stood there."""
    found = []
    for row in rows:
        key = f"row:{row.answer.block}:{row.unit.code}:{row.answer.key}"
        given = (field_candidate(row.unit, row.submission, answer, row.answer.block) for answer in row.answer.answers)
        inputs = digest(given)
        base_order = base.index(row) + 1 if row in base else 0
        found.append(Pick(key, row, inputs, 0, base_order, case.decisions.find(key, row.title, inputs)))
    kept = sorted((pick for pick in found if _stands(pick)), key=_place)
    chosen = tuple(pick.row for pick in kept)
    return chosen, [replace(pick, order=kept.index(pick) + 1 if pick in kept else 0) for pick in found]


def _stands(pick: Pick) -> bool:
    if pick.decision is None or pick.decision.include is None:
        return bool(pick.base_order)
    return pick.decision.include


def _place(pick: Pick) -> tuple[int, int]:
    if pick.decision is not None and pick.decision.order:
        return pick.decision.order, 0
    return pick.base_order or 1_000_000, 1


def _choices(block: Rows, drafts: Accepted, draft: DraftRows | None) -> Iterable[Contribution]:
    """The cells of the draft in which rows are picked: a choice is no value of a figure."""
    for row in rows_of(block, drafts) if draft is None else draft.choices:
        yield from (replace(trace, reason=DRAFT) for trace in _traces(row, used=False))


def _outdone(block: Rows, book: RuleBook) -> None:
    """The campaign's lines on this block count as met: the draft goes before them."""
    for index, line in enumerate(book.lines):
        if line.level == block.frame.key:
            book.find((index,))


def _chosen(
    block: Rows, rows: tuple[Row, ...], campaign: Campaign, book: RuleBook
) -> tuple[tuple[Row, ...], tuple[Finding, ...], bool]:
    """The rows that stand in the form, in order; findings; whether a line asked for a row that cannot be given."""
    if block.rule not in ("pick", "own", "keep_each", "none"):
        return (), (_unavailable(block.frame.key, block.rule, ""),), True
    lines = [(i, line) for i, line in enumerate(book.lines) if line.level == block.frame.key]
    picks = sorted((line.order or len(book.lines) + 1, i) for i, line in lines if line.include)
    if not picks:
        return _by_default(block, rows, lines, book), (), False
    chosen: list[Row] = []
    findings: list[Finding] = []
    for _, index in picks:
        row, found = _picked(index, rows, campaign, book)
        findings += found
        if row is not None and row not in chosen:
            chosen.append(row)
    return tuple(chosen), tuple(findings), len(chosen) < len(picks)


def _by_default(
    block: Rows, rows: tuple[Row, ...], lines: list[tuple[int, RuleLine]], book: RuleBook
) -> tuple[Row, ...]:
    """Without picks: every unit's rows where the form keeps each, else the 本级 form's; less what is excluded."""
    if block.rule == "none":
        return ()
    kept = [row for row in rows if block.rule == "keep_each" or row.unit.role is Role.OWN]
    for index, line in lines:
        dropped = [row for row in kept if _means(line, row)]
        if dropped:
            book.find((index,))
        kept = [row for row in kept if row not in dropped]
    return tuple(kept)


def _picked(
    index: int, rows: tuple[Row, ...], campaign: Campaign, book: RuleBook
) -> tuple[Row | None, tuple[Finding, ...]]:
    """The row a line picks. Rows of one name that differ are a conflict unless the line names the unit."""
    line = book.lines[index]
    if line.owner and line.owner not in {unit.code for unit in campaign.units}:
        book.find((index,))
        return None, (_unavailable(f"{line.level}:{line.name}", line.rule or "pick", line.owner),)
    found = [row for row in rows if _means(line, row)]
    if not found:
        return None, ()  # the line stays unmet and is reported as such
    book.find((index,))
    if len({tuple(trimmed(given.text) for given in row.answer.answers) for row in found}) > 1:
        units = ", ".join(dict.fromkeys(row.unit.name for row in found))
        position = Position(field=line.level)
        return None, (finding(Code.AGG_VALUES_DIFFER, position, name=line.name, values=f"[{units}]"),)
    return found[0], ()


def _means(line: RuleLine, row: Row) -> bool:
    return normalised(line.name) == row.name and line.owner in ("", row.unit.code)


def _unavailable(name: str, rule: str, owner: str) -> Finding:
    return finding(Code.AGG_RULE_UNKNOWN, Position(field=name), name=name, rule=rule, owner=owner)


def row_traces(row: Row) -> Iterable[Contribution]:
    """Where each answer of the row stands; nothing is said yet of its use."""
    for given in row.answer.answers:
        key = f"{row.answer.key}.{given.key}"
        yield field_candidate(row.unit, row.submission, given, row.answer.block, key).trace


def _traces(row: Row, *, used: bool) -> Iterable[Contribution]:
    for given, trace in zip(row.answer.answers, row_traces(row), strict=True):
        if given.state is not State.BLANK:
            yield replace(trace, used=used, reason="" if used else "not-picked")
