"""Earlier versions of a form, kept beside it, and what was renamed since: `versions/<version>/`, `renamed.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from xltool.definition.folders import Folder, find, load
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition, Rename

EARLIER = "versions"
RENAMED = "renamed.csv"
KINDS = ("field", "line", "block", "column", "level", "target")
_COLUMNS = ("version", "kind", "old", "new")


def load_earlier(
    form_id: str, own_folders: Sequence[Path] = ()
) -> tuple[tuple[FormDefinition, ...], tuple[Finding, ...]]:
    """The earlier versions of a form, each as it was, with what is wrong in their folders."""
    folder = find(form_id, own_folders)
    versions = folder / EARLIER if folder is not None else None
    if versions is None or not versions.is_dir():
        return (), ()
    forms: list[FormDefinition] = []
    findings: list[Finding] = []
    for item in sorted(versions.iterdir(), key=lambda entry: entry.name):
        if item.is_dir():
            form, faults = load(item)
            forms.extend([form] if form else [])
            findings.extend(faults)
    return tuple(forms), tuple(findings)


def load_renames(form_id: str, own_folders: Sequence[Path] = ()) -> tuple[tuple[Rename, ...], tuple[Finding, ...]]:
    """What was renamed: the version that had the old key, what it is the key of, the old and the new key."""
    folder = find(form_id, own_folders)
    if folder is None or not (folder / RENAMED).is_file():
        return (), ()
    return _read(folder)


def _read(folder: Folder) -> tuple[tuple[Rename, ...], tuple[Finding, ...]]:
    name = f"{folder.name}/{RENAMED}"
    text = (folder / RENAMED).read_bytes().decode("utf-8-sig", errors="replace")
    renames: list[Rename] = []
    findings: list[Finding] = []
    for number, record in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        missing = [column for column in _COLUMNS if not (record.get(column) or "").strip()]
        if missing:
            where = Position(file=name, row=number, column=missing[0])
            findings.append(finding(Code.DEF_MISSING_KEY, where, path=name, key=missing[0], sample=missing[0]))
            continue
        version, kind, old, new = (record[column].strip() for column in _COLUMNS)
        if kind not in KINDS:
            where = Position(file=name, row=number, column="kind")
            findings.append(finding(Code.DEF_UNKNOWN_WORD, where, path=name, word=kind, known=", ".join(KINDS)))
            continue
        renames.append(Rename(version, kind, old, new))
    return tuple(renames), tuple(findings)
