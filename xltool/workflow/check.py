"""check: one workbook on its own, without a campaign and without a trace in any ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool.collect import intake, parcels
from xltool.collect.containers import open_returned
from xltool.collect.examine import Examination, Reading, examine_parts
from xltool.definition import available, load_earlier, load_form, load_renames
from xltool.excel.identity import collect_tokens, read_without_key
from xltool.model.finding import Finding
from xltool.workflow.context import Context


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`files` are examined in the order of their names; `findings` are those of files that could not be taken."""

    files: tuple[Examination, ...]
    findings: tuple[Finding, ...]


def check(paths: Sequence[Path], *, passwords: Sequence[str] = (), context: Context) -> CheckResult:
    """Everything that can be said of these workbooks by themselves. Whose they are is read, but cannot be proven.

    Zips and mails are opened as collecting opens them. `passwords` are tried on files that have one.
    """
    found = intake.find(paths)
    files: list[Examination] = []
    findings: list[Finding] = list(found.findings)
    known: dict[str, Reading] = {}
    for done, path in enumerate(found.files, start=1):
        for taken in parcels.taken(path):
            if isinstance(taken, Finding):
                findings.append(taken)
                continue
            reading = _reading(taken, tuple(passwords), known, context)
            files.extend(examine_parts(taken.data, reading, taken.name, taken.sha256))
        context.progress(done, len(found.files))
    return CheckResult(tuple(files), tuple(findings))


def _reading(
    taken: intake.Received, passwords: tuple[str, ...], known: dict[str, Reading], context: Context
) -> Reading:
    """The form that the workbook names, with its earlier versions; all forms there are where it names none of them."""
    workbook, _ = open_returned(taken.data, taken.name, passwords)
    tokens = collect_tokens(workbook) if workbook else ()
    claims = {claim.form_id for copy in tokens if (claim := read_without_key(copy.token)) is not None}
    there = {item.id for item in available(context.form_folders)}
    wanted = sorted(claims & there or there)
    for form_id in wanted:
        if form_id not in known:
            known[form_id] = _reading_of(form_id, passwords, context)
    readings = [known[form_id] for form_id in wanted]
    forms = tuple(form for item in readings for form in item.forms)
    return readings[0] if len(readings) == 1 else Reading(forms, passwords=passwords)


def _reading_of(form_id: str, passwords: tuple[str, ...], context: Context) -> Reading:
    form, _ = load_form(form_id, context.form_folders)
    earlier, _ = load_earlier(form_id, context.form_folders)
    renames, _ = load_renames(form_id, context.form_folders)
    return Reading((form, *earlier) if form is not None else (), renames=renames, passwords=passwords)
