"""OpenDocument spreadsheets (.ods) → `RawWorkbook`: one expat pass over content.xml."""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

from xltool.foreign.grid import TooLargeError
from xltool.foreign.ods_content import Content
from xltool.foreign.ods_styles import Meta
from xltool.model.workbook import RawWorkbook

_MOST_PART = 128 << 20  # bytes of one part once it is inflated
_STEP = 1 << 16


class DamagedError(Exception):
    """No content, or XML with a document type: LibreOffice writes none."""


def read(data: bytes) -> RawWorkbook:
    """Sheets, number formats, merges, names, hidden rows, and the properties a program may keep a token in.

    Runs in the limited child process. Raises `DamagedError`, `TooLargeError`, or what zipfile and expat raise.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        meta = Meta()
        if "meta.xml" in archive.namelist():
            _parse(archive, "meta.xml", meta)
        content = Content()
        _parse(archive, "content.xml", content)
    return content.workbook(tuple(meta.properties), meta.application)


def _parse(archive: zipfile.ZipFile, part: str, handler: Content | Meta) -> None:
    if archive.getinfo(part).flag_bits & 1:
        raise DamagedError
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = _refuse
    total = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_STEP):
            total += len(chunk)
            if total > _MOST_PART:
                raise TooLargeError
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def _refuse(*_: object) -> None:
    raise DamagedError
