"""What a campaign asks beyond its form, held against that form; and texts that units have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from xltool.campaign.approved import approved_faults
from xltool.campaign.review import unknown_names
from xltool.checks import Background, copied_texts, graded
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Profile, Role
from xltool.store.entries import Attempt
from xltool.store.texts import unit_texts


def review_faults(form: FormDefinition, campaign: Campaign) -> Iterator[Finding]:
    """Approved figures of fields, and checks of figures, that the form does not have."""
    yield from approved_faults(campaign.approved, form)
    if campaign.review.checks:
        yield from unknown_names(campaign.review.checks, _figures(form))


def copied(form: FormDefinition, campaign: Campaign, ledger: Path) -> tuple[Finding, ...]:
    """The findings on texts that stand in two units' forms, as the campaign grades them; they name no more of the
    other unit than its name."""
    names = {unit.code: unit.name for unit in campaign.units}
    labels = {slot.key: slot.label for slot in lay_out(form, Role.UNIT, Profile.FILL, Filling()).slots}
    found = copied_texts(unit_texts(ledger), names, labels)
    return tuple(graded(found, Background(grades=dict(campaign.review.grades)), {}, ""))


def in_file(found: Iterable[Finding], attempt: Attempt) -> list[Finding]:
    """Those of one attempt among findings across the units."""
    return [item for item in found
            if (item.position.unit_code, item.position.file) == (attempt.unit_code, attempt.file)]  # fmt: skip


def _figures(form: FormDefinition) -> frozenset[str]:
    """Everything a check can name: answers, and columns of repeating tables."""
    slots = [slot for role in Role for slot in lay_out(form, role, Profile.FILL, Filling()).slots]
    return frozenset((*(slot.key for slot in slots), *(slot.column for slot in slots)))
