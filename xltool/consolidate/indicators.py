"""The units' indicators as one list: by which rule each target is formed, what is selected, and in which order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xltool.consolidate.case import Case
from xltool.consolidate.deciding import Formed, Ruling, ruling
from xltool.consolidate.fields import field_candidate
from xltool.consolidate.forming import formed
from xltool.consolidate.grouping import Group, groups
from xltool.consolidate.matching import normalised, printable, typed_number, unnumbered
from xltool.consolidate.near import Near, near_names
from xltool.consolidate.printing import printed
from xltool.consolidate.question import Candidate, Outcome, Question, contributions
from xltool.consolidate.rules import default_for
from xltool.findings import Code, finding
from xltool.model.campaign import RuleLine
from xltool.model.consolidation import Contribution, IndicatorFigure, Status, TargetFigure
from xltool.model.finding import Finding, Position
from xltool.model.form import Answer, TargetColumn, Tree
from xltool.model.value import TargetValue


@dataclass(frozen=True, slots=True)
class IndicatorsPart:
    """The indicator figures in the form's order, what led to them, contributions to no target, and whether any is open.

    `near` are the pairs of close names, merged ones aside.
    """

    figures: tuple[IndicatorFigure, ...]
    formed: tuple[Formed, ...]
    near: tuple[Near, ...]
    others: tuple[Contribution, ...]
    findings: tuple[Finding, ...]
    unresolved: bool


def consolidate_indicators(case: Case) -> IndicatorsPart:
    """The figures of all indicators: level order of the form, then the decided order, the rules', first appearance."""
    trees = tuple(block for block in case.form.blocks if isinstance(block, Tree))
    grouped = tuple(groups(trees, case.accepted, [(one, other) for one, other, _ in case.decisions.merged()]))
    near = tuple(near_names(group for _, group in grouped))
    formers = _ordered(case, trees, [_Former(case, tree, group) for tree, group in grouped])
    figures: list[IndicatorFigure] = []
    made: list[Formed] = []
    others: list[Contribution] = []
    findings: list[Finding] = [pair.finding() for pair in near]
    unresolved = False
    _renumber(formers)
    for order, former in enumerate(formers, start=1):
        figures.append(former.figure(order))
        made += former.rows()
        others += former.extra_traces()
        if former.included:
            findings += former.findings
            unresolved = unresolved or former.open
    findings += _too_many(trees, figures)
    return IndicatorsPart(
        tuple(figures), tuple(made), near, tuple(others), tuple(findings), unresolved
    )


def _ordered(case: Case, trees: Sequence[Tree], formers: list[_Former]) -> list[_Former]:
    """First as without decisions, which numbers the places within each level; then as decided, a typed place first."""
    places = {leaf.key: place for place, leaf in enumerate(leaf for tree in trees for leaf in tree.leaves)}
    last = len(places)
    unsaid = max((line.order for line in case.books["indicator"].lines), default=0) + 1
    formers.sort(key=lambda f: (places.get(f.group.level.key, last), f.said_order or unsaid, f.group.seen))
    _number(formers, base=True)
    formers.sort(key=lambda f: (places.get(f.group.level.key, last), *f.place))
    _number(formers, base=False)
    return formers


def _number(formers: Sequence[_Former], *, base: bool) -> None:
    counted: dict[str, int] = {}
    for former in formers:
        level = former.group.level.key
        if former.base_included if base else former.included:
            counted[level] = counted.get(level, 0) + 1
            if base:
                former.base_order = counted[level]
            else:
                former.order = counted[level]


def _renumber(formers: Sequence[_Former]) -> None:
    """Where names carry numbers, those of a level stay as typed if they rise; else they are counted from 1."""
    levels: dict[str, list[_Former]] = {}
    for former in formers:
        if former.tree.name.numbered and former.included:
            levels.setdefault(former.group.level.key, []).append(former)
    for members in levels.values():
        typed = [typed_number(former.typed_name) or 0 for former in members]
        rising = all(before < after for before, after in itertools.pairwise([0, *typed]))
        for number, former in enumerate(members, start=1):
            former.name = former.typed_name if rising else f"{number}.{former.name}"


def _too_many(trees: Sequence[Tree], figures: Sequence[IndicatorFigure]) -> Iterator[Finding]:
    for leaf in (leaf for tree in trees for leaf in tree.leaves):
        count = sum(1 for figure in figures if figure.included and figure.level == leaf.key)
        if leaf.maximum is not None and count > leaf.maximum:
            level = "/".join(leaf.path)
            position = Position(field=leaf.key)
            yield finding(Code.AGG_TOO_MANY, position, level=level, count=count, maximum=leaf.maximum)


class _Former:
    """Forms the figures of one group: what rules and decisions say of it, then each column."""

    def __init__(self, case: Case, tree: Tree, group: Group) -> None:
        self.case, self.tree, self.group = case, tree, group
        name = printable(group.entries[0].indicator.name)
        self.typed_name = name
        self.name = unnumbered(name) if tree.name.numbered else name
        self.line: RuleLine | None = case.books["indicator"].for_indicator(group.level, normalised(name), group.id)
        self.allocated = next((row for row in case.campaign.allocation if group.id and row.id == group.id), None)
        self.targets = [self._target(column) for column in tree.targets]
        self.extras = [self._extra(column) for column in tree.columns]
        self.order = self.base_order = 0

    @property
    def said_order(self) -> int:
        return self.line.order if self.line else 0

    @property
    def base_included(self) -> bool:
        return self.line is None or self.line.include

    @property
    def included(self) -> bool:
        decision = self.targets[0].decision if self.targets else None
        return self.base_included if decision is None or decision.include is None else decision.include

    @property
    def place(self) -> tuple[int, int]:
        """The place within the level: a decided one goes before what stood there."""
        decision = self.targets[0].decision if self.targets else None
        if decision is not None and decision.order:
            return decision.order, 0
        return self.base_order or 1_000_000, 1

    @property
    def findings(self) -> list[Finding]:
        return [item for one in (*self.targets, *self.extras) for item in one.outcome.findings]

    @property
    def open(self) -> bool:
        compulsory = {column.key for column in self.tree.targets if column.compulsory}
        missing = (
            one.outcome.status is Status.MISSING and column.key in compulsory
            for one, column in zip(self.targets, self.tree.targets, strict=True)
        )
        return any(missing) or any(one.outcome.status is Status.CONFLICT for one in (*self.targets, *self.extras))

    def rows(self) -> Iterator[Formed]:
        """What led to each figure, the indicator's own selection and place on the first."""
        for one in (*self.targets, *self.extras):
            yield replace(
                one, leads=bool(self.targets) and one is self.targets[0], group=self.group.key,
                included=self.included, base_included=self.base_included, order=self.order, base_order=self.base_order,
            )  # fmt: skip

    def figure(self, order: int) -> IndicatorFigure:
        group = self.group
        targets = (self._figure(column, one) for column, one in zip(self.tree.targets, self.targets, strict=True))
        texts = tuple((column.key, one.text) for column, one in zip(self.tree.columns, self.extras, strict=True))
        return IndicatorFigure(
            group.key, group.level.key, group.level.path, self.name, order, self.included, tuple(targets), texts
        )

    def extra_traces(self) -> Iterator[Contribution]:
        for one in self.extras:
            yield from self._traced(one)

    def _target(self, column: TargetColumn) -> Formed:
        candidates = tuple(_candidates(self.group, column.key))
        base = ruling(self.line, self.allocated, "", default_for([c.value for c in candidates]))
        asked = Question(
            self.group.key, self.name, column.label, candidates, "", compulsory=column.compulsory,
            threshold=self.case.form.double_entry_threshold, roster=self.case.roster, profile=column.print,
        )  # fmt: skip
        one = self._formed("indicator", column.key, asked, base)
        value, text = one.outcome.value, ""
        if value is not None:
            text = printed(value, column.print) if one.outcome.text is None else one.outcome.text
        return replace(one, text=text, decimals=column.print.decimals)

    def _extra(self, column: Answer) -> Formed:
        candidates = tuple(
            field_candidate(e.unit, e.submission, given, self.group.key, f"{e.indicator.key}.{given.key}", column.key)
            for e in self.group.entries
            for given in e.indicator.extras
            if given.key == column.key
        )
        asked = Question(
            self.group.key, self.name, column.label, candidates, "", plain=True, roster=self.case.roster
        )
        one = self._formed("extra", column.key, asked, ruling(None, None, column.rule, "keep_each"))
        value = one.outcome.value
        return replace(one, text="" if value is None else one.outcome.text or printable(value.text))

    def _formed(self, kind: str, column: str, asked: Question, base: Ruling) -> Formed:
        return formed(self.case, kind, f"{self.group.key}:{column}", self.group.level.path, asked, base)

    def _figure(self, column: TargetColumn, one: Formed) -> TargetFigure:
        value: TargetValue | None = one.outcome.value
        outcome: Outcome = one.outcome
        return TargetFigure(
            column.key, column.label, one.question.rule, outcome.status,
            value.operator if value else None, value.number if value else None, value.upper if value else None,
            (value.measure or "") if value else "", value.kind if value else None, one.text,
            self._traced(one), one.ruling.origin,
        )  # fmt: skip

    def _traced(self, one: Formed) -> tuple[Contribution, ...]:
        """The contributions; of an indicator that is not selected nothing is used in the department's form."""
        told = contributions(one.question, one.outcome)
        if self.included:
            return told
        return tuple(replace(item, used=False, reason=item.reason or "not-selected") for item in told)


def _candidates(group: Group, column: str) -> Iterator[Candidate]:
    for entry in group.entries:
        submission, item = entry.submission, entry.indicator
        for target in item.targets:
            if target.column == column:
                trace = Contribution(
                    group.key, entry.unit.code, entry.unit.name, submission.file, submission.sha256,
                    target.source.sheet, target.source.cell, item.key, column, target.value.text,
                    target.value.number, used=False,
                )  # fmt: skip
                yield Candidate(entry.unit, target.value, trace)
