"""Consolidating step by step up the tree: each node from the units right below it, its figures one unit's above."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xltool.consolidate.aggregate import Deliberation, deliberate
from xltool.consolidate.case import Around
from xltool.consolidate.fields import weights
from xltool.consolidate.handing import Handed, Places, contributions_of, hand_up, handed_up, nowhere, stood_for, traced
from xltool.consolidate.hierarchy import at_node, children, inner_nodes, uppers
from xltool.consolidate.question import Slot
from xltool.consolidate.weighing import Behind, Numbers
from xltool.findings import Code
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Contribution
from xltool.model.decision import Decision
from xltool.model.form import FormDefinition
from xltool.model.submission import Submission

Decided = Mapping[str, Iterable[Decision]]


@dataclass(frozen=True, slots=True)
class Papers:
    """Where the figures of a node stand: `file` names its working paper, `places` finds a figure in it by its key."""

    file: Callable[[str], str]
    places: Callable[[Deliberation], Places]


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree: its code (empty for the whole), the campaign as it sees it, what it came to, those below.

    `made` traces each figure down to the units' own cells; its rows hold what the units right below say. `handed` is
    what those of them that are nodes hand up, by code, `stands` the units that each figure handed up speaks for.
    """

    code: str
    campaign: Campaign
    made: Deliberation
    below: tuple[Node, ...]
    handed: Mapping[str, Handed]
    stands: Mapping[Slot, frozenset[str]]

    def walk(self) -> Iterator[Node]:
        """The nodes below, then this one."""
        for node in self.below:
            yield from node.walk()
        yield self


UNPLACED = Papers(lambda _: "", lambda _: nowhere)


def climb(
    form: FormDefinition, campaign: Campaign, submissions: Mapping[str, Submission], decisions: Decided,
    code: str = "", papers: Papers = UNPLACED,
) -> Node:  # fmt: skip
    """The node consolidated from the units right below it, those that are nodes themselves first.

    `campaign` is the whole one and `decisions` are by node. Pure and exact; under the rules that are associative one
    step gives the same figures.
    """
    whole, seen, upper = at_node(campaign, code), children(campaign, code), uppers(campaign)
    assert whole is not None, "a node has units below it"
    lower = tuple(
        climb(form, campaign, submissions, decisions, unit.code, papers)
        for unit in inner_nodes(campaign)
        if upper[unit.code] == code and unit.code != code
    )
    handed = {
        node.code: hand_up(
            form, campaign, node.code, node.made, node.handed, papers.file(node.code), papers.places(node.made)
        )
        for node in lower
    }
    mine = {unit.code: submissions[unit.code] for unit in seen.units if unit.code in submissions}
    mine |= {key: item.submission for key, item in handed.items()}
    here = frozenset(unit.code for unit in whole.units)
    known = frozenset(item for item in submissions if not code or item in here)
    units = {(node.code, slot): told for node in lower for slot, told in node.stands.items()}
    around = Around(whole, known, dict(_totals(lower)), Behind(units, _numbers(form, whole, submissions, lower)))
    made = deliberate(form, seen, mine, decisions.get(code, ()), around)
    result = _whole(made.result, handed, lower, inner=bool(code))
    return Node(code, seen, replace(made, result=result), lower, handed, dict(stood_for(made.result, units)))


def _numbers(
    form: FormDefinition, whole: Campaign, submissions: Mapping[str, Submission], lower: Sequence[Node]
) -> Numbers:
    """What the units at any depth below weigh; nothing is asked of them where no figure is handed up."""
    return weights(form, [(u, submissions[u.code]) for u in whole.units if u.code in submissions]) if lower else {}


def _totals(lower: Iterable[Node]) -> Iterator[tuple[tuple[str, str], Decimal]]:
    for node in lower:
        for figure in node.made.result.fields:
            if figure.units_total is not None:
                yield (node.code, figure.key), figure.units_total


def _whole(
    result: Consolidation, handed: Mapping[str, Handed], lower: Iterable[Node], *, inner: bool
) -> Consolidation:
    """The result with every figure traced to the units' own cells, and with what the nodes below leave open."""
    taken = {(item.unit_code, item.key, item.column) for item in contributions_of(result) if handed_up(item)}
    rest = (item for code, one in handed.items() for item in _left(code, one, taken))

    def down(told: Iterable[Contribution]) -> tuple[Contribution, ...]:
        return tuple(one for item in told for one in traced(item, handed))

    stale = tuple(
        item for node in lower for item in node.made.result.findings if item.code == Code.AGG_DECISION_STALE
    )
    own = (item for item in result.findings if not (inner and item.code == Code.AGG_RULE_UNMATCHED))
    return replace(
        result,
        fields=tuple(replace(item, contributions=down(item.contributions)) for item in result.fields),
        rows=tuple(replace(item, contributions=down(item.contributions)) for item in result.rows),
        indicators=tuple(
            replace(
                item, targets=tuple(replace(one, contributions=down(one.contributions)) for one in item.targets)
            )
            for item in result.indicators
        ),
        others=(*down(result.others), *rest),
        findings=(*stale, *own),
        draft=result.draft or bool(stale),
    )  # fmt: skip


def _left(code: str, handed: Handed, taken: set[tuple[str, str, str]]) -> Iterator[Contribution]:
    """The values of a node that nothing above it takes up."""
    yield from (replace(item, used=False, reason=item.reason or "not-consolidated") for item in handed.rest)
    for (key, column), told in handed.behind.items():
        if (code, key, column) not in taken:
            yield from (replace(item, used=False, reason=item.reason or "not-consolidated") for item in told)
