"""What a form's totals are made of, as its own arithmetic checks say it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xltool.consolidate.fields import scalars
from xltool.model.consolidation import Consolidation, FieldFigure, Status
from xltool.model.form import FormDefinition

_SUM = re.compile(r"\s*([\w.]+)\s*==\s*([\w.]+(?:\s*\+\s*[\w.]+)+)\s*")


@dataclass(frozen=True, slots=True)
class Structure:
    """A total with the parts that add up to it, each with its short name; `label` is the check's."""

    label: str
    total: FieldFigure
    parts: tuple[tuple[str, FieldFigure], ...]


def structures(form: FormDefinition, result: Consolidation) -> Iterator[Structure]:
    """One for each check that says a total is the sum of its parts, where all of them have figures."""
    figures = {item.key: item for item in result.fields if item.status is Status.RESOLVED and item.number is not None}
    names = {scalar.key: scalar.spellings[0] for scalar in scalars(form)}
    for label, total, parts in sums(form):
        if {total, *parts} <= figures.keys():
            yield Structure(label, figures[total], tuple((names[key], figures[key]) for key in parts))


def sums(form: FormDefinition) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The checks that say a total is the sum of its parts: label, the total's key, the parts' keys."""
    for check in form.checks:
        match = _SUM.fullmatch(check.expression)
        if match is not None:
            yield check.label, match[1], tuple(key.strip() for key in match[2].split("+"))


def total_of(form: FormDefinition, result: Consolidation) -> FieldFigure | None:
    """The form's first total; None where it has none or the units have not come to one."""
    found = next(structures(form, result), None)
    return found.total if found else None
