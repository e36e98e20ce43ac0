"""A unit's own form made anew: everything it typed, marks and notes on what is asked, the opinions on a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from xltool.addresses import a1
from xltool.collect.examine import OpenedForm, Reading, open_form
from xltool.collect.typed import Typed, typed_now
from xltool.excel.identity import sign
from xltool.excel.write import write
from xltool.layout.draft import offering
from xltool.layout.form import lay_out
from xltool.layout.grid import Content, Filling
from xltool.layout.opinions import opinions_sheet
from xltool.layout.workbook import Common, bind
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Severity
from xltool.model.form import Profile
from xltool.model.layout import FormLayout
from xltool.model.opinion import Opinion, OpinionState
from xltool.model.submission import Identity
from xltool.workflow.draft import Begun
from xltool.workflow.filling import filling_of
from xltool.workflow.generate import stamp_of
from xltool.workflow.opening import Opened, guide_places
from xltool.workflow.opinions import OPEN, digest_at, within


@dataclass(frozen=True, slots=True)
class Marked:
    """A returned form: its token, its bytes, and the opinions with the cells they point to."""

    token: str
    data: bytes
    opinions: tuple[Opinion, ...]


def marked_form(
    opened: Opened, unit: ReportingUnit, issue: int, was: Typed, opinions: Sequence[Opinion], common: Common,
    begun: Begun | None = None,
) -> Marked:  # fmt: skip
    """The next issue of a unit's form. What was typed into cells that are not the unit's to fill stands beside it.

    `begun` is what the department's own draft begins with: its figures are computed anew.
    """
    campaign, form = opened.campaign, opened.form
    token = sign(Identity(form.id, form.version, campaign.id, unit.code, issue, unit.role.value), opened.key)
    plain = begun.filling if begun else filling_of(form, campaign, unit)
    sized = replace(plain, counts={**plain.counts, **was.counts}, optional_blocks=was.optional_blocks)
    contents, astray = _own_answers(lay_out(form, unit.role, Profile.FILL, sized), plain, was)
    filling = replace(sized, contents={**plain.contents, **contents})
    keys = {opinion.key: _slot_of(opinion.slot, contents) for opinion in opinions}
    marks = _marks(opinions, keys)
    doubted = frozenset(marks) - {keys[item.key] for item in opinions
                                  if item.state in OPEN and item.severity == Severity.ERROR}  # fmt: skip
    layout = lay_out(form, unit.role, Profile.FILL, replace(filling, marks=marks, doubted=doubted))
    cells = {slot.key: a1(slot.range.first_row, slot.range.first_col) for slot in layout.slots}
    placed = tuple(replace(opinion, cell=cells.get(keys[opinion.key], "")) for opinion in opinions)
    shown = [opinion for opinion in placed if opinion.state is not OpinionState.DROPPED]
    places = guide_places(campaign) if campaign.deadline else None
    named = {slot.key: slot.level.path[-1] if slot.level is not None else slot.label for slot in layout.slots}
    labels = {opinion.key: named.get(keys[opinion.key], "") for opinion in shown}
    outside = was.outside if begun else (*was.outside, *astray)
    layout, tasks = offering(layout, begun.offers if begun else {})
    sheet = opinions_sheet(form, shown, outside, places=places, notes=marks.values(), labels=labels)
    plan = bind(layout, stamp_of(opened, unit, issue, token), common, campaign.password, (sheet,))
    plan = replace(plan, sheets=(*plan.sheets[:2], *tasks, *plan.sheets[2:]))
    return Marked(token, write(plan), placed)


def as_sent(made: Marked, reading: Reading) -> Marked:
    """Its opinions with a digest of what stands at their places in the form that goes out.

    The next attempt is compared with this form, not with the one that it answers: figures that were computed anew and
    locked cells that were put back are no change of the unit's.
    """
    form = open_form(made.data, reading)
    if not isinstance(form, OpenedForm):
        return made
    contents = typed_now(form, reading).contents
    opinions = tuple(replace(opinion, value=digest_at(contents, opinion.slot)) for opinion in made.opinions)
    return replace(made, opinions=opinions)


def _own_answers(layout: FormLayout, plain: Filling, was: Typed) -> tuple[dict[str, Content], tuple[str, ...]]:
    """What was typed into the unit's own answers; and what stood in a locked cell that says something else now."""
    locked = {slot.key: slot for slot in layout.slots if slot.locked}
    ours = {(cell.range.first_row, cell.range.first_col): cell.content for cell in layout.sheet.cells}
    own = {key: content for key, content in was.contents.items() if key not in locked}
    astray = []
    for key, content in was.contents.items():
        slot = locked.get(key)
        if slot is None or not str(content).strip():
            continue
        said = plain.contents.get(key, ours.get((slot.range.first_row, slot.range.first_col)))
        if str(content).strip() != str(said or "").strip():
            astray.append(f"{slot.label}: {content}")
    return own, tuple(astray)


def _slot_of(place: str, contents: Mapping[str, Content]) -> str:
    """The answer that stands for a place: itself, or of a row or level its first answer; a level's first free row."""
    if place in contents or not place:
        return place
    inside = [key for key in contents if within(key, place)]
    return next((key for key in inside if key.endswith(".name") and not str(contents[key]).strip()
                 and "#" not in place), inside[0] if inside else "")  # fmt: skip


def _marks(opinions: Iterable[Opinion], slots: Mapping[str, str]) -> dict[str, str]:
    """The note of each marked answer: everything that is asked there."""
    marks: dict[str, list[str]] = {}
    for opinion in opinions:
        slot = slots[opinion.key]
        if slot and opinion.state in OPEN:
            marks.setdefault(slot, []).append(f"{opinion.problem}{opinion.remedy}")
    return {slot: "\n".join(texts) for slot, texts in marks.items()}
