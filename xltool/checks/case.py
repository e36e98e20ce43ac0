"""What a check looks at: one submission, its form, and where its answers stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xltool.addresses import a1
from xltool.checks.background import Background
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import FormDefinition, Role
from xltool.model.layout import Slot
from xltool.model.submission import Submission


@dataclass(frozen=True, slots=True)
class Case:
    """`slots` are those of the layout, `places` (row, column) of those that were found on `sheet`.

    `texts` holds what stands in the operator and measure cells, by slot key, where anything does; `background` is what
    is known beside the form.
    """

    submission: Submission
    form: FormDefinition
    role: Role
    sheet: str
    slots: Mapping[str, Slot]
    places: Mapping[str, tuple[int, int]]
    texts: Mapping[str, str]
    background: Background = field(default_factory=Background)

    def say(self, code: Code, key: str, severity: Severity | None = None, **args: object) -> Finding:
        """A finding at the cell of a slot; `key` may be a slot that was not found, or a block."""
        place = self.places.get(key)
        cell = "" if place is None else a1(*place)
        return finding(code, Position(sheet=self.sheet, cell=cell, field=key), severity, **args)
