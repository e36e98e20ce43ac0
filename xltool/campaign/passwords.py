"""passwords.txt: the passwords with which returned workbooks may be opened, in a file for its owner only."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from xltool import words
from xltool.campaign.table import decoded
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

NAME = "passwords.txt"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def load_passwords(folder: Path) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The passwords of a campaign folder, none where it has no such file; a warning where others may read it."""
    path = folder / NAME
    if not path.is_file():
        return (), ()
    found, findings = read_passwords(path)
    if found and os.name == "posix" and path.stat().st_mode & _OTHERS:
        findings = (*findings, finding(Code.DEF_PASSWORDS_OPEN, Position(file=NAME)))
    return found, findings


def read_passwords(path: Path) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """One password a line, without the blanks around it. What begins with `#` and a blank is a remark."""
    try:
        text = decoded(path.read_bytes())
    except OSError:
        return (), (finding(Code.FILE_LOCKED, Position(file=path.name), path=path.name),)
    if text is None:
        return (), (finding(Code.DEF_TABLE_UNREADABLE, Position(file=path.name)),)
    lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and f"{line} "[:2] != "# ")), ()


def lay_passwords(folder: Path) -> None:
    """A file with nothing but a remark on its use; never over an existing one."""
    remark: str = words.table("campaign")["passwords"]["remark"]
    if not (folder / NAME).exists():
        write_secret(folder / NAME, f"# {remark}\n")


def write_secret(path: Path, text: str) -> None:
    """Readable by its owner only, where the system knows of owners. FileExistsError where it is there already."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
