"""form list, form show, form check: what forms there are, and what one asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xltool import definition
from xltool.definition import FormSummary
from xltool.layout.form import lay_out
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition, Profile, Role
from xltool.model.layout import FormLayout
from xltool.workflow.context import Context


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form with the layout that its units would get; None where it cannot be read."""

    form: FormDefinition | None
    layout: FormLayout | None
    findings: tuple[Finding, ...]


def list_forms(context: Context) -> tuple[FormSummary, ...]:
    """Own forms first, then those that ship with xltool."""
    return definition.available(context.form_folders)


def show_form(name: str, role: Role, profile: Profile, context: Context) -> ShownForm:
    """The form of that id, or in that folder, laid out for one role."""
    folder = Path(name)
    loaded = definition.load(folder) if folder.is_dir() else definition.load_form(name, context.form_folders)
    form, findings = loaded
    return ShownForm(form, lay_out(form, role, profile) if form else None, findings)


def check_form(folder: Path) -> tuple[Finding, ...]:
    """Every mistake of the definition in this folder, with file, line and column."""
    return definition.load(folder)[1]


def form_schema() -> dict[str, Any]:
    """The JSON Schema of form.toml, for editors."""
    return definition.schema()
