"""Bytes of a text → text: the encodings that Chinese office programs and web sites write."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,20})", re.IGNORECASE)
_HEAD = 2048  # bytes in which a page says how it is encoded
_NATIONAL = "gb18030"  # holds GBK and GB 2312, which pages declare while using characters beyond them


def decoded(data: bytes, *, declared: bool = False) -> tuple[str, bool]:
    """The text, and whether every byte of it could be read. `declared` looks for the page's own word first."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), _reads(data, encoding)
    candidates = ["utf-8", _NATIONAL]
    if declared and (found := _DECLARED.search(data[:_HEAD])):
        candidates.insert(0, _known(found[1].decode("ascii")))
    for encoding in candidates:
        if _reads(data, encoding):
            return data.decode(encoding), True
    return data.decode(candidates[0], errors="replace"), False


def _known(name: str) -> str:
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return _NATIONAL if encoding in ("gb2312", "gbk") else encoding


def _reads(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, UnicodeError, LookupError):
        return False
    return True
