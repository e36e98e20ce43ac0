"""extract: a published or home-made form → the same answers as a form of ours, without a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xltool import __version__
from xltool.collect import intake
from xltool.collect.extract import extract as read
from xltool.definition import load_form
from xltool.model.finding import Finding
from xltool.model.form import FormDefinition
from xltool.model.submission import Submission
from xltool.store.dataset import submission_frames
from xltool.store.described import describe
from xltool.store.exports import write_csv
from xltool.store.package import About


@dataclass(frozen=True, slots=True)
class ExtractResult:
    """`submission` is None where the form or the file could not be read; `findings` say why, and all else."""

    form: FormDefinition | None
    submission: Submission | None
    findings: tuple[Finding, ...]


def extract(
    path: Path, form_id: str, *, form_folders: tuple[Path, ...] = (), repair: bool = False,
    passwords: tuple[str, ...] = (),
) -> ExtractResult:  # fmt: skip
    """Read one file (.xlsx, .xls, .et, .ods, .docx, html or text) as the form of this id.

    Indicators stay under the level they are printed under; `repair` moves those for which another is proposed.
    """
    form, findings = load_form(form_id, form_folders)
    if form is None:
        return ExtractResult(None, None, findings)
    taken = intake.take(path)
    if isinstance(taken, Finding):
        return ExtractResult(form, None, (*findings, taken))
    submission, found = read(taken.data, taken.name, form, repair=repair, passwords=passwords)
    return ExtractResult(form, submission, (*findings, *found))


def write_tables(result: ExtractResult, folder: Path) -> tuple[Path, ...]:
    """What was read as the dataset's tables of one unit (fields, rows, indicators, findings); the paths written."""
    form, submission = result.form, result.submission
    if form is None or submission is None:
        return ()
    data = submission_frames(form, submission, result.findings)
    described = describe(form, {name: tuple(frame.columns) for name, frame in data.items()})
    program = f"xltool {__version__}"
    about = About("", form.id, form.version, form.year, submission.file, form.title, form.money, program)
    return write_csv(data, folder, described, about)
