"""The department's own draft (部门汇总稿): its workbook, begun from what the units have handed in so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from xltool.consolidate.hierarchy import inner_nodes
from xltool.layout.draft import Offer, offering
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.workbook import Common, Stamp, bind
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import Profile, Role
from xltool.model.layout import WorkbookPlan
from xltool.model.submission import Submission
from xltool.reports.draft import drafted_contents, drafted_counts, offers
from xltool.workflow.decided import node_case
from xltool.workflow.opening import Opened


@dataclass(frozen=True, slots=True)
class Begun:
    """What a draft begins with: its filling, and the units' rows to be picked from by block."""

    filling: Filling
    offers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)


def begin(
    opened: Opened, unit: ReportingUnit, accepted: Mapping[str, Submission], plain: Filling, usual: dict[str, int]
) -> Begun | Finding:
    """The draft of a department or of a node of the roster, consolidated from what is accepted now."""
    node = unit.code if any(item.code == unit.code for item in inner_nodes(opened.campaign)) else ""
    case = node_case(opened, accepted, node)
    if isinstance(case, Finding):
        return case
    made = case.deliberate(opened)
    contents, locked = drafted_contents(opened.form, made)
    filling = replace(
        plain, contents={**plain.contents, **contents}, locked=plain.locked | locked,
        counts={**plain.counts, **drafted_counts(opened.form, made, usual)},
    )  # fmt: skip
    return Begun(filling, offers(opened.form, made))


def draft_plan(opened: Opened, begun: Begun, stamp: Stamp, common: Common) -> WorkbookPlan:
    """The workbook: the form in the role of the department, then the units' rows."""
    layout = lay_out(opened.form, Role.DEPARTMENT, Profile.FILL, begun.filling)
    layout, sheets = offering(layout, begun.offers)
    plan = bind(layout, stamp, common, opened.campaign.password)
    return replace(plan, sheets=(plan.sheets[0], *sheets, *plan.sheets[1:]))
