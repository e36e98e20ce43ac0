"""Files and folders that were sent → their bytes, archived before anybody parses them."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xltool.excel.package import DEFAULT, mebibytes
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "__macosx"})
_IGNORED_STARTS = ("~$", ".", "~wrl")  # lock files of Excel and WPS, LibreOffice's .~lock, hidden files, Word's drafts
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_PARTIAL = ".partial-"
_NAME_BYTES = 200  # of UTF-8; file systems allow 255 for a name, and Windows 260 for a path


@dataclass(frozen=True, slots=True)
class Received:
    """One file as it came. `archived` is where its bytes lie now; `known` if they lay there before."""

    name: str
    data: bytes
    sha256: str
    archived: Path | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What lies under the given paths, in a fixed order: files to take in, and notes on those left out."""

    files: tuple[Path, ...]
    findings: tuple[Finding, ...]


def find(paths: Iterable[Path]) -> Found:
    """Every file under these files and folders, each once, ordered by name; lock files and thumbnails left out.

    A folder's links to other folders are not followed. Containers (zip, mail) are files like any other here.
    """
    files: list[Path] = []
    findings: list[Finding] = []
    seen: set[str] = set()
    for given in paths:
        for path in _under(given, findings):
            same = os.path.normcase(path.absolute())
            if same in seen:
                continue
            seen.add(same)
            if is_ignored(path.name):
                findings.append(finding(Code.COL_IGNORED_FILE, Position(file=path.name), name=path.name))
            else:
                files.append(path)
    return Found(tuple(files), tuple(findings))


def take(path: Path, archive: Path | None = None, limit: int = DEFAULT.file_bytes) -> Received | Finding:
    """Read one file whole and archive it; the finding says why where that cannot be. `limit` is in bytes.

    With an archive the bytes lie under `<archive>/<sha256>/<safe name>` when this returns. Raises OSError only where
    the archive itself cannot be written: then nothing may go on.
    """
    name = readable_name(path.name)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError:
        return finding(Code.FILE_LOCKED, Position(file=name), path=name)
    if len(data) > limit:
        return finding(Code.FILE_TOO_LARGE, Position(file=name), what="bytes", limit=mebibytes(limit))
    return received(name, data, archive)


def received(name: str, data: bytes, archive: Path | None = None) -> Received:
    """The same for bytes that are no file of their own, such as a member of a container."""
    digest = hashlib.sha256(data).hexdigest()
    if archive is None:
        return Received(name, data, digest)
    path, known = _archive(name, data, digest, archive)
    return Received(name, data, digest, path, known)


def take_in(paths: Iterable[Path], archive: Path | None = None) -> Iterator[Received | Finding]:
    """All files under these paths, one after the other (only one is held in memory), notes on ignored ones first."""
    found = find(paths)
    yield from found.findings
    for path in found.files:
        yield take(path, archive)


def readable_name(name: str) -> str:
    """A file name as text that can be stored. Names from a Chinese Windows reach other systems as GBK bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(name)
        try:
            return raw.decode("gb18030")
        except UnicodeDecodeError:
            return raw.decode("utf-8", "replace")
    return name


def safe_name(name: str) -> str:
    """A file name that every system accepts, as near to the original as can be, its suffix kept."""
    name = _UNSAFE.sub("_", name).strip().rstrip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, suffix = name, ""
    ending = f".{suffix}" if suffix else ""
    room = _NAME_BYTES - len(ending.encode())
    stem = stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").rstrip(". ")
    name = f"{stem or '_'}{ending}"
    return f"_{name}" if _RESERVED.fullmatch(name) else name


def _under(given: Path, findings: list[Finding]) -> Iterator[Path]:
    if not given.is_dir():
        yield given
        return
    try:
        entries = sorted(given.iterdir(), key=lambda item: (item.name.casefold(), item.name))
    except OSError:
        findings.append(finding(Code.FILE_LOCKED, Position(file=given.name), path=given.name))
        return
    for entry in entries:
        if not entry.is_dir():
            yield entry
        elif not entry.is_symlink() and not is_ignored(entry.name):
            yield from _under(entry, findings)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name was left by a program and is nobody's form."""
    lowered = name.casefold()
    return lowered.startswith(_IGNORED_STARTS) or lowered in _IGNORED_NAMES


def clear_unfinished(archive: Path) -> None:
    """Remove what killed runs left half-written. Only for whose turn it is: nobody else writes here meanwhile."""
    for left in archive.glob(f"{_PARTIAL}*"):
        with suppress(OSError):  # held open by a virus scanner; the next run will remove it
            left.unlink()


def _archive(name: str, data: bytes, digest: str, archive: Path) -> tuple[Path, bool]:
    """Put the bytes in place in one step: a run that is killed leaves them whole or not at all."""
    folder = archive / digest
    if folder.is_dir():
        for kept in sorted(folder.iterdir()):
            if kept.stat().st_size == len(data):
                return kept, True
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / safe_name(name)
    # Beside the folders, not in them: what lies in a folder is whole.
    handle, partial = tempfile.mkstemp(prefix=_PARTIAL, dir=archive)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, path)  # noqa: PTH105  # os.replace is atomic on Windows too
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return path, False
