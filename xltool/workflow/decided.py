"""Consolidating with what the coordinator decided: the decisions of a campaign folder and of a working paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from xltool.collect.decisions import Known, read_decisions
from xltool.collect.intake import Received, take
from xltool.consolidate import Deliberation
from xltool.consolidate.climbing import Node, Papers, climb
from xltool.consolidate.hierarchy import at_node, inner_nodes
from xltool.findings import Code, finding
from xltool.layout.paper import token
from xltool.model.campaign import Campaign
from xltool.model.decision import Decision
from xltool.model.finding import Finding, Position
from xltool.model.opinion import Justified
from xltool.model.submission import Submission
from xltool.reports.paper_places import places
from xltool.store import decisions as kept
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.opening import Opened


@dataclass(frozen=True, slots=True)
class NodeCase:
    """What one node is consolidated from: the campaign as it is there with all units below it, their accepted forms
    and reasons, and what was decided at it and at the nodes below."""

    node: str
    campaign: Campaign
    submissions: Mapping[str, Submission]
    stored: kept.Decisions
    justified: tuple[Justified, ...] = ()

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return self.stored.get(self.node, ())

    def climb(self, opened: Opened) -> Node:
        """The node and those below it, each consolidated from the units right below."""
        papers = Papers(paper_file, partial(places, opened.form))
        return climb(opened.form, opened.campaign, self.submissions, self.stored, self.node, papers)

    def deliberate(self, opened: Opened) -> Deliberation:
        return self.climb(opened).made


def paper_file(node: str) -> str:
    """Where a node's working paper lies, seen from the folder of the results."""
    name: str = table("files")["result"]["working_paper"]
    return f"{node}/{name}" if node else name


def node_case(opened: Opened, accepted: Mapping[str, Submission], node: str = "") -> NodeCase | Finding:
    """The case of a node (empty for the whole campaign), or why it cannot be opened."""
    campaign = at_node(opened.campaign, node)
    if campaign is None:
        known = ", ".join(unit.code for unit in inner_nodes(opened.campaign)) or "-"
        return finding(Code.AGG_NODE_UNKNOWN, Position(unit_code=node), node=node, known=known)
    stored = kept.load(opened.folder / kept.NAME)
    if isinstance(stored, Finding):
        return stored
    codes = {unit.code for unit in campaign.units}
    mine = {code: submission for code, submission in accepted.items() if not node or code in codes}
    return NodeCase(node, campaign, mine, stored)


def take_decisions(
    opened: Opened, case: NodeCase, paper: Path, context: Context
) -> tuple[NodeCase, tuple[Finding, ...], bool]:
    """The case with the decisions of a working paper, which are kept from now on; False where none could be read."""
    received = take(paper)
    if not isinstance(received, Received):
        return case, (received,), False
    node = case.climb(opened)
    current = {one.key: one.inputs for one in node.made.formed}
    current |= {pick.key: pick.inputs for pick in node.made.picks}
    known = Known(
        token(case.campaign.id, case.node), case.campaign.id, frozenset(unit.code for unit in node.campaign.units),
        {item.figure: item for item in case.decisions}, current, context.now().isoformat(timespec="seconds"),
    )  # fmt: skip
    read = read_decisions(received.data, paper.name, known)
    if read.decisions is None:
        return case, read.findings, False
    path = opened.folder / kept.NAME
    written: tuple[Finding, ...] = ()
    if read.changed:
        _, written = put(path, kept.text_of(path, case.stored, case.node, read.decisions).encode())
    stored = {**case.stored, case.node: read.decisions}
    return replace(case, stored=stored), (*read.findings, *written), True
