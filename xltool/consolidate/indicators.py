"""The units' indicators as one list: which are the same one, by which rule each target is formed, what is selected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from xltool.consolidate.fields import Accepted, field_candidate
from xltool.consolidate.matching import RuleBook, normalised, printable, unnumbered
from xltool.consolidate.printing import printed
from xltool.consolidate.question import Candidate, Outcome, Question, contributions
from xltool.consolidate.rules import answer, default_for
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.consolidation import Contribution, IndicatorFigure, Status, TargetFigure
from xltool.model.finding import Finding
from xltool.model.form import Answer, FormDefinition, Level, TargetColumn, Tree
from xltool.model.submission import Indicator, Submission


@dataclass(frozen=True, slots=True)
class Entry:
    """One unit's indicator with where it came from."""

    unit: ReportingUnit
    submission: Submission
    indicator: Indicator


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one indicator; `seen` is the place of its first appearance in roster order."""

    key: str
    level: Level
    id: str
    entries: tuple[Entry, ...]
    seen: int


@dataclass(frozen=True, slots=True)
class IndicatorsPart:
    """The indicator figures in the form's order, contributions that belong to no target, and whether any is open."""

    figures: tuple[IndicatorFigure, ...]
    others: tuple[Contribution, ...]
    findings: tuple[Finding, ...]
    unresolved: bool


def consolidate_indicators(
    form: FormDefinition, campaign: Campaign, accepted: Accepted, book: RuleBook
) -> IndicatorsPart:
    """The figures of all indicators: level order of the form, then the rules' order, then first appearance."""
    trees = tuple(block for block in form.blocks if isinstance(block, Tree))
    forms = [_Former(form, campaign, tree, group, book) for tree, group in _groups(trees, accepted)]
    places = {leaf.key: place for place, leaf in enumerate(leaf for tree in trees for leaf in tree.leaves)}
    last = len(places)
    unsaid = max((line.order for line in book.lines), default=0) + 1
    forms.sort(key=lambda f: (places.get(f.group.level.key, last), f.order or unsaid, f.group.seen))
    figures: list[IndicatorFigure] = []
    others: list[Contribution] = []
    findings: list[Finding] = []
    unresolved = False
    for order, former in enumerate(forms, start=1):
        figure, found, open_ = former.figure(order)
        extras, extra_traces, extra_found = former.extras()
        figures.append(replace(figure, extras=extras))
        others += extra_traces
        if figure.included:
            findings += (*found, *extra_found)
            unresolved = unresolved or open_
    return IndicatorsPart(tuple(figures), tuple(others), tuple(findings), unresolved)


def _groups(trees: tuple[Tree, ...], accepted: Accepted) -> Iterator[tuple[Tree, Group]]:
    leaves = {leaf.key: (tree, leaf) for tree in trees for leaf in tree.leaves}
    entries = [Entry(unit, submission, item) for unit, submission in accepted for item in submission.indicators]
    ids = _ids(entries)
    members: dict[str, list[tuple[int, Entry]]] = {}
    for seen, entry in enumerate(entries):
        item = entry.indicator
        name = f"{item.level}:{normalised(item.name)}"
        members.setdefault(item.id or ids.get(name, "") or name, []).append((seen, entry))
    for key, found in members.items():
        first = found[0][1].indicator
        tree, leaf = leaves.get(first.level) or (trees[0], Level(first.level, first.levels))
        id = next((entry.indicator.id for _, entry in found if entry.indicator.id), "")
        yield tree, Group(key, leaf, id, tuple(entry for _, entry in found), found[0][0])


def _ids(entries: Iterable[Entry]) -> Mapping[str, str]:
    """The allocation's id by level and name, so that a unit that retyped the row joins it; ambiguous names do not."""
    found: dict[str, set[str]] = {}
    for entry in entries:
        if entry.indicator.id:
            name = f"{entry.indicator.level}:{normalised(entry.indicator.name)}"
            found.setdefault(name, set()).add(entry.indicator.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


class _Former:
    """Forms the figure of one group: what the campaign's rule line says of it, then each target column."""

    def __init__(self, form: FormDefinition, campaign: Campaign, tree: Tree, group: Group, book: RuleBook) -> None:
        self.tree = tree
        self.group = group
        self.threshold = form.double_entry_threshold
        self.roster = frozenset(unit.code for unit in campaign.units)
        name = printable(group.entries[0].indicator.name)
        self.name = unnumbered(name) if tree.name.numbered else name
        self.line: RuleLine | None = book.for_indicator(group.level, normalised(name), group.id)

    @property
    def order(self) -> int:
        return self.line.order if self.line else 0

    @property
    def included(self) -> bool:
        return self.line is None or self.line.include

    def figure(self, order: int) -> tuple[IndicatorFigure, tuple[Finding, ...], bool]:
        targets: list[TargetFigure] = []
        findings: list[Finding] = []
        open_ = False
        for column in self.tree.targets:
            question = self._question(column)
            outcome = answer(question) if question.candidates else Outcome(Status.MISSING, None, ())
            targets.append(self._target(column, question, outcome))
            findings += outcome.findings
            missing = outcome.status is Status.MISSING and column.compulsory
            open_ = open_ or missing or outcome.status is Status.CONFLICT
        group = self.group
        figure = IndicatorFigure(
            group.key, group.level.key, group.level.path, self.name, order, self.included, tuple(targets)
        )
        return figure, tuple(findings), open_

    def _question(self, column: TargetColumn) -> Question:
        candidates = tuple(_candidates(self.group, column.key))
        declared = bool(self.line and self.line.rule)
        rule = self.line.rule if self.line and self.line.rule else default_for([c.value for c in candidates])
        return Question(
            self.group.key, self.name, column.label, candidates, rule,
            owner=self.line.owner if self.line else "", declared=declared, compulsory=column.compulsory,
            threshold=self.threshold, roster=self.roster, profile=column.print,
        )  # fmt: skip

    def _target(self, column: TargetColumn, question: Question, outcome: Outcome) -> TargetFigure:
        value = outcome.value
        text = ""
        if value is not None:
            text = printed(value, column.print) if outcome.text is None else outcome.text
        return TargetFigure(
            column.key, column.label, question.rule, outcome.status,
            value.operator if value else None, value.number if value else None, value.upper if value else None,
            (value.measure or "") if value else "", value.kind if value else None, text,
            self._traced(question, outcome),
        )  # fmt: skip

    def _traced(self, question: Question, outcome: Outcome) -> tuple[Contribution, ...]:
        """The contributions; of an indicator that is not selected nothing is used in the department's form."""
        told = contributions(question, outcome)
        if self.included:
            return told
        return tuple(replace(item, used=False, reason=item.reason or "not-selected") for item in told)

    def extras(self) -> tuple[tuple[tuple[str, str], ...], list[Contribution], list[Finding]]:
        texts: list[tuple[str, str]] = []
        traces: list[Contribution] = []
        findings: list[Finding] = []
        for column in self.tree.columns:
            question = self._extra_question(column)
            outcome = answer(question)
            value = outcome.value
            texts.append((column.key, "" if value is None else outcome.text or printable(value.text)))
            traces += self._traced(question, outcome)
            findings += outcome.findings
        return tuple(texts), traces, findings

    def _extra_question(self, column: Answer) -> Question:
        candidates = tuple(
            field_candidate(e.unit, e.submission, given, self.group.key, f"{e.indicator.key}.{given.key}", column.key)
            for e in self.group.entries
            for given in e.indicator.extras
            if given.key == column.key
        )
        rule = column.rule or "keep_each"
        return Question(self.group.key, self.name, column.label, candidates, rule, roster=self.roster)


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
