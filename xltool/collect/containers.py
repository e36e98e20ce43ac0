"""Whatever file a form came in → a `RawWorkbook`: judged by its bytes, read by the room that knows it."""

from __future__ import annotations

import io
import zipfile

from xltool.excel.identity import collect_tokens
from xltool.excel.read import read_bytes
from xltool.findings import Code, finding
from xltool.foreign import html, limited, text
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawWorkbook

_WORD = "word/document.xml"
_KINDS = {Code.FILE_OLD_XLS.value: "xls", Code.FILE_OPEN_DOCUMENT.value: "ods"}


def open_form(data: bytes, name: str = "") -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """The grid in an .xlsx, .xls, .et, .ods, .docx, html or text file, or the findings that say why there is none."""
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


def saved_otherwise(
    findings: tuple[Finding, ...], data: bytes, name: str = ""
) -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """A form of ours that a unit saved as .xls, .et or .ods, after reading it as .xlsx brought these findings.

    Only what carries a token of ours is taken; anything else keeps the finding that asks for an .xlsx.
    """
    kind = _KINDS.get(findings[0].code) if findings else None
    if kind is None:
        return None, findings
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
