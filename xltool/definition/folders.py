"""Where forms lie and how one is loaded: a folder of one's own is searched before the forms that ship with xltool."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from xltool.data import data_root
from xltool.definition.document import build
from xltool.definition.leaves import read_leaves
from xltool.definition.positions import KeyPath, repeated_key
from xltool.definition.source import Source, nearest
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import FormDefinition, Level

DOCUMENT = "form.toml"
LEAVES = "indicators.csv"  # where a drafted form puts its level tree; others may say otherwise
Folder = Path | Traversable
Loaded = tuple[FormDefinition | None, tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class FormSummary:
    """A form as a list shows it. Where its form.toml cannot be read only `id` (the folder's name) is known."""

    id: str
    version: str
    year: int
    issuer: str
    title: str
    folder: Folder
    bundled: bool


def load(folder: Folder) -> Loaded:
    """The form in this folder with everything that is wrong with it, in the order of the lines.

    The form is None if there is any error. Never raises for what stands in the files.
    """
    source = Source(f"{folder.name}/{DOCUMENT}")
    findings = source.findings
    if not _read(folder, DOCUMENT, source, ("utf-8-sig",)) or not _parse(source):
        return None, tuple(findings)
    beside: list[Finding] = []

    def leaves(name: str, depth: int, named_at: KeyPath) -> tuple[Level, ...]:
        table = Source(f"{folder.name}/{name}")
        if not (folder / name).is_file():
            source.report(Code.DEF_FILE_MISSING, named_at, name=name, known=_names(folder, ".csv"))
            return ()
        found = read_leaves(table, depth) if _read(folder, name, table, ("utf-8-sig", "gb18030")) else ()
        beside.extend(table.findings)
        return found

    form = build(source, leaves)
    ordered = sorted(findings, key=lambda item: (item.position.row, int(item.position.column or 0)))
    every = (*ordered, *beside)
    return (None if any(item.severity is Severity.ERROR for item in every) else form), every


def load_form(form_id: str, own_folders: Sequence[Path] = ()) -> Loaded:
    """The form of that id, as `load`; an unknown id is a finding that names the forms there are."""
    folder = find(form_id, own_folders)
    if folder is not None:
        return load(folder)
    known = nearest(form_id, (item.id for item in available(own_folders)))
    return None, (finding(Code.DEF_FILE_MISSING, Position(), name=form_id, known=known),)


def find(form_id: str, own_folders: Sequence[Path] = ()) -> Folder | None:
    """The folder of the form with that id, own folders first; None where there is none."""
    return next((item.folder for item in available(own_folders) if item.id == form_id), None)


def available(own_folders: Sequence[Path] = ()) -> tuple[FormSummary, ...]:
    """Every form by id, own ones first: an own form hides the bundled one of the same id.

    An own folder may hold forms, each in its folder, or be a form itself.
    """
    listed: dict[str, FormSummary] = {}
    for folder, bundled in _form_folders(own_folders):
        summary = _summary(folder, bundled)
        listed.setdefault(summary.id, summary)
    return tuple(listed.values())


def _form_folders(own_folders: Sequence[Path]) -> Iterator[tuple[Folder, bool]]:
    for own in own_folders:
        if (own / DOCUMENT).is_file():
            yield own, False
        yield from ((item, False) for item in _subfolders(own))
    yield from ((item, True) for item in _subfolders(data_root()))


def _subfolders(root: Folder) -> list[Folder]:
    if not root.is_dir():
        return []
    return sorted((item for item in root.iterdir() if (item / DOCUMENT).is_file()), key=lambda item: item.name)


def _summary(folder: Folder, bundled: bool) -> FormSummary:
    source = Source(folder.name)
    if _read(folder, DOCUMENT, source, ("utf-8-sig",)):
        _parse(source)
    form = source.raw.get("form")
    said = form if isinstance(form, dict) else {}
    texts = {name: item for name, item in said.items() if isinstance(item, str)}
    year = said.get("year")
    return FormSummary(
        id=texts.get("id", folder.name),
        version=texts.get("version", ""),
        year=year if isinstance(year, int) else 0,
        issuer=texts.get("issuer", ""),
        title=texts.get("title", ""),
        folder=folder,
        bundled=bundled,
    )


def _read(folder: Folder, name: str, source: Source, encodings: tuple[str, ...]) -> bool:
    try:
        data = (folder / name).read_bytes()
    except OSError:
        source.report(Code.DEF_FILE_MISSING, (), name=source.name, known=_names(folder, ""))
        return False
    for encoding in encodings:
        try:
            source.text = data.decode(encoding).replace("\r\n", "\n")
            return True
        except UnicodeDecodeError as fault:
            row = data[: fault.start].count(b"\n") + 1
    reason = " / ".join(encodings).upper().removesuffix("-SIG")
    source.findings.append(finding(Code.DEF_SYNTAX, Position(file=source.name, row=row), reason=reason))
    return False


def _names(folder: Folder, ending: str) -> str:
    """What there is instead of a missing file, for the remedy."""
    if not folder.is_dir():
        return "-"
    return ", ".join(sorted(item.name for item in folder.iterdir() if item.name.endswith(ending))) or "-"


def _parse(source: Source) -> bool:
    try:
        source.raw = tomllib.loads(source.text)
        return True
    except (ValueError, RecursionError) as fault:
        row, column, reason = _located(str(fault), source.text)
    twice = repeated_key(source.text)
    if twice and twice.line <= row:
        where = Position(file=source.name, row=twice.line, column=str(twice.column))
        source.findings.append(finding(Code.DEF_DUPLICATE, where, key=twice.key, first=twice.first_line))
    else:
        where = Position(file=source.name, row=row, column=str(column))
        source.findings.append(finding(Code.DEF_SYNTAX, where, reason=reason))
    return False


def _located(fault: str, text: str) -> tuple[int, int, str]:
    """Line, column and reason out of what tomllib says; it says no line for the end of the document."""
    match = re.search(r"\s*\((?:at line (\d+), column (\d+)|at end of document)\)", fault)
    reason = fault[: match.start()] if match else fault
    if match and match[1]:
        return int(match[1]), int(match[2]), reason
    return len(text.splitlines()) or 1, 1, reason
