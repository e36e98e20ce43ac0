"""check: one workbook on its own, without a campaign and without a trace in any ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool.collect import intake
from xltool.collect.examine import Examination, Reading, examine
from xltool.definition import available, load_form
from xltool.excel.identity import collect_tokens, read_without_key
from xltool.excel.read import read_bytes
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition
from xltool.workflow.context import Context


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`files` are examined in the order of their names; `findings` are those of files that could not be taken."""

    files: tuple[Examination, ...]
    findings: tuple[Finding, ...]


def check(paths: Sequence[Path], *, context: Context) -> CheckResult:
    """Everything that can be said of these workbooks by themselves. Whose they are is read, but cannot be proven."""
    found = intake.find(paths)
    files: list[Examination] = []
    findings: list[Finding] = list(found.findings)
    forms: dict[str, FormDefinition] = {}
    for done, path in enumerate(found.files, start=1):
        taken = intake.take(path)
        if isinstance(taken, Finding):
            findings.append(taken)
            continue
        reading = Reading(_forms(taken.data, taken.name, forms, context))
        files.append(examine(taken.data, reading, taken.name, taken.sha256))
        context.progress(done, len(found.files))
    return CheckResult(tuple(files), tuple(findings))


def _forms(data: bytes, name: str, known: dict[str, FormDefinition], context: Context) -> tuple[FormDefinition, ...]:
    """The form that the workbook names, loaded once; all there are where it names none of them."""
    workbook, _ = read_bytes(data, name)
    claims = (
        {claim.form_id for copy in collect_tokens(workbook) if (claim := read_without_key(copy.token))}
        if workbook
        else set()
    )
    wanted = claims & {item.id for item in available(context.form_folders)} or {
        item.id for item in available(context.form_folders)
    }
    for form_id in sorted(wanted - known.keys()):
        form, _ = load_form(form_id, context.form_folders)
        if form is not None:
            known[form_id] = form
    return tuple(known[form_id] for form_id in sorted(wanted) if form_id in known)
