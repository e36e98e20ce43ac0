"""Putting results on disk: whole or not at all, and beside a file that another program holds open."""

from __future__ import annotations

import os
from pathlib import Path

from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position


def put(path: Path, data: bytes) -> tuple[Path, tuple[Finding, ...]]:
    """Write atomically. A workbook open in Excel cannot be replaced on Windows: then write beside it and say so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _replace(path, data)
    except PermissionError:
        beside = _free_name(path)
        _replace(beside, data)
        return beside, said_beside(path, beside)
    return path, ()


def said_beside(wanted: Path, written: Path) -> tuple[Finding, ...]:
    """The finding that a file stands beside the one it should have replaced; nothing where it does not."""
    if written == wanted:
        return ()
    return (
        finding(Code.FILE_WRITTEN_BESIDE, Position(file=wanted.name), file_name=wanted.name, written=written.name),
    )


def _replace(path: Path, data: bytes) -> None:
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(data)
    try:
        os.replace(partial, path)  # noqa: PTH105  # os.replace is atomic on Windows too
    except PermissionError:
        partial.unlink(missing_ok=True)
        raise


def _free_name(path: Path) -> Path:
    number = 2
    while (beside := path.with_name(f"{path.stem}({number}){path.suffix}")).exists():
        number += 1
    return beside
