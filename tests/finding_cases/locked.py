"""Cases on files with an opening password, and on the file of passwords."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msoffcrypto

from tests.finding_cases.campaigns import CONTEXT, laid
from tests.packages import CONTENT_TYPES, parts, sheet, zipped
from xltool.collect.containers import open_returned
from xltool.model.finding import Finding
from xltool.workflow.opening import Opened, open_campaign


def _opened_with(*passwords: str) -> tuple[Finding, ...]:
    locked = io.BytesIO()
    # The library that encrypts writes small packages wrongly.
    plain = zipped(parts(sheet(" " * 9999), {"[Content_Types].xml": CONTENT_TYPES}), zipfile.ZIP_STORED)
    msoffcrypto.OfficeFile(io.BytesIO(plain)).encrypt("right", locked)
    return open_returned(locked.getvalue(), "表.xlsx", passwords)[1]


def _wrong(_: Path) -> tuple[Finding, ...]:
    return _opened_with("wrong", "not it")


def _right(_: Path) -> tuple[Finding, ...]:
    return _opened_with("right")


def _readable_by_all(folder: Path) -> tuple[Finding, ...]:
    place = laid({"write": {"passwords.txt": "right\n"}}, folder)
    (place / "passwords.txt").chmod(0o644)
    opened = open_campaign(place, CONTEXT)
    return opened.findings if isinstance(opened, Opened) else opened


SURROUNDINGS = {"wrong-password": _wrong, "right-password": _right, "open-passwords": _readable_by_all}
