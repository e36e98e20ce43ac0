"""check: one workbook on its own, without a campaign and without a trace in any ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xltool.collect import intake
from xltool.collect.examine import Examination, Reading, examine
from xltool.definition import available, load_earlier, load_form, load_renames
from xltool.excel.identity import collect_tokens, read_without_key
from xltool.excel.read import read_bytes
from xltool.model.finding import Finding
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
    known: dict[str, Reading] = {}
    for done, path in enumerate(found.files, start=1):
        taken = intake.take(path)
        if isinstance(taken, Finding):
            findings.append(taken)
            continue
        reading = _reading(taken.data, taken.name, known, context)
        files.append(examine(taken.data, reading, taken.name, taken.sha256))
        context.progress(done, len(found.files))
    return CheckResult(tuple(files), tuple(findings))


def _reading(data: bytes, name: str, known: dict[str, Reading], context: Context) -> Reading:
    """The form that the workbook names, with its earlier versions; all forms there are where it names none of them."""
    workbook, _ = read_bytes(data, name)
    tokens = collect_tokens(workbook) if workbook else ()
    claims = {claim.form_id for copy in tokens if (claim := read_without_key(copy.token)) is not None}
    there = {item.id for item in available(context.form_folders)}
    wanted = sorted(claims & there or there)
    for form_id in wanted:
        if form_id not in known:
            known[form_id] = _reading_of(form_id, context)
    readings = [known[form_id] for form_id in wanted]
    return readings[0] if len(readings) == 1 else Reading(tuple(form for item in readings for form in item.forms))


def _reading_of(form_id: str, context: Context) -> Reading:
    form, _ = load_form(form_id, context.form_folders)
    earlier, _ = load_earlier(form_id, context.form_folders)
    renames, _ = load_renames(form_id, context.form_folders)
    return Reading((form, *earlier) if form is not None else (), renames=renames)
