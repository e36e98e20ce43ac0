"""Whatever file a form came in → a `RawWorkbook`: judged by its bytes, read by the room that knows it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

from xltool.excel.gate import OLE
from xltool.excel.identity import collect_tokens
from xltool.excel.read import read_bytes
from xltool.findings import Code, finding
from xltool.foreign import html, limited, text
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawWorkbook

_Opened = tuple[RawWorkbook | None, tuple[Finding, ...]]
_Reader = Callable[[bytes, str], _Opened]
_WORD = "word/document.xml"
_KINDS = {Code.FILE_OLD_XLS.value: "xls", Code.FILE_OPEN_DOCUMENT.value: "ods"}


def open_form(
    data: bytes, name: str = "", passwords: Sequence[str] = ()
) -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """The grid in an .xlsx, .xls, .et, .ods, .docx, html or text file, or the findings that say why there is none."""
    return _unlocked(_open_form, data, name, passwords)


def open_returned(
    data: bytes, name: str = "", passwords: Sequence[str] = ()
) -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """The workbook of a returned form: an .xlsx, or one of ours that was saved as .xls, .et or .ods."""
    return _unlocked(_open_returned, data, name, passwords)


def _unlocked(read: _Reader, data: bytes, name: str, passwords: Sequence[str]) -> _Opened:
    """What a reader makes of the file, or, where it has an opening password, of what one of the passwords opens."""
    workbook, findings = read(data, name)
    if not data.startswith(OLE) or all(item.code != Code.FILE_ENCRYPTED for item in findings):
        return workbook, findings
    plain = limited.decrypt(data, passwords, name)
    if isinstance(plain, Finding):
        return None, (plain,)
    workbook, findings = read(plain, name)
    return workbook, (*findings, finding(Code.FILE_DECRYPTED, Position(file=name)))


def _open_form(data: bytes, name: str) -> _Opened:
    workbook, findings = read_bytes(data, name)
    if workbook is not None or not findings:
        return workbook, findings
    code = findings[0].code
    if code in _KINDS:
        return limited.read(_KINDS[code], data, name)
    if code == Code.FILE_NOT_WORKBOOK and _is_word(data):
        return limited.read("docx", data, name)
    if code == Code.FILE_TEXT_OR_HTML:
        return html.read(data, name) if html.looks_like(data) else text.read(data, name)
    return None, findings


def _open_returned(data: bytes, name: str) -> _Opened:
    """Of other formats only what carries a token of ours is taken; else the finding stays that asks for an .xlsx."""
    workbook, findings = read_bytes(data, name)
    kind = _KINDS.get(findings[0].code) if findings and workbook is None else None
    if kind is None:
        return workbook, findings
    workbook, faults = limited.read(kind, data, name)
    if workbook is None:
        return None, faults if faults[0].code == Code.FILE_ENCRYPTED else findings
    if not collect_tokens(workbook):
        return None, findings
    return workbook, (finding(Code.FILE_OTHER_FORMAT, Position(file=name), kind=kind),)


def _is_word(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _WORD in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
