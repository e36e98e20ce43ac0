"""Whatever file a form came in → a `RawWorkbook`: judged by its bytes, read by the room that knows it."""

from __future__ import annotations

import io
import zipfile

from xltool.excel.read import read_bytes
from xltool.findings import Code
from xltool.foreign import html, limited, text
from xltool.model.finding import Finding
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


def _is_word(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _WORD in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
