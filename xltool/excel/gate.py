"""Is this file safe, and what is it: judged by its content, never by its name. Nothing is written or run."""

from __future__ import annotations

import io
import struct
import zipfile

from xltool.excel.package import DEFAULT, Entry, Limits, Package, Refusal, Relation, mebibytes, part_key
from xltool.excel.parts import content_types, relations, target_of
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position

__all__ = ["DEFAULT", "OLE", "Limits", "Package", "open_package", "sniff"]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1")  # photos of telephones, after four bytes of length
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")
_BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_STREAMS = (  # names of OLE streams; the one that stands first in the file is the document's own
    ("EncryptedPackage", Code.FILE_ENCRYPTED),
    ("Workbook", Code.FILE_OLD_XLS),
    ("Book", Code.FILE_OLD_XLS),
    ("WORKBOOK", Code.FILE_OLD_XLS),
    ("BOOK", Code.FILE_OLD_XLS),
    ("WordDocument", Code.FILE_NOT_WORKBOOK),
    ("PowerPoint Document", Code.FILE_NOT_WORKBOOK),
)
_SHAPELESS = (Code.FILE_UNKNOWN, Code.FILE_TEXT_OR_HTML)  # a zip may stand behind what a bad download put first
_MAIN = "spreadsheetml"  # in the content type of every .xlsx, .xlsm and .xltx workbook part
_OLE_ENTRY = 128  # directory entries of an OLE file start at multiples of this, with the stream's name
_ENCRYPTED_BIT = 0x1


# What zipfile raises on a broken directory, found by flipping bytes.
_BAD_ZIP = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, OverflowError, EOFError, OSError)


def open_package(data: bytes, limits: Limits = DEFAULT, name: str = "") -> Package | Finding:
    """A package that holds a workbook, or the finding that says what the file is instead.

    `name` only fills the finding's position. No part but the package's own list of parts is inflated yet.
    """
    try:
        if len(data) > limits.file_bytes:
            raise Refusal(Code.FILE_TOO_LARGE, limit=mebibytes(limits.file_bytes))
        code = sniff(data)
        if code is not None and not (code in _SHAPELESS and zipfile.is_zipfile(io.BytesIO(data))):
            raise Refusal(code)
        return _open_zip(data, limits, name)
    except Refusal as refusal:
        return refusal.finding(name)
    except _BAD_ZIP:
        return finding(Code.FILE_DAMAGED, Position(file=name), part="zip")


def sniff(data: bytes) -> Code | None:
    """What the bytes are, where they are not a zip; None for a zip."""
    if data.startswith(_ZIP):
        return None
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return Code.FILE_EMPTY
    if data.startswith(OLE):
        return _sniff_ole(data)
    if data.startswith(_BARE_BIFF):
        return Code.FILE_OLD_XLS
    if data.startswith(_PICTURES) or b"%PDF-" in data[:1024] or data[4:12] in _HEIC:
        return Code.FILE_PICTURE_OR_PDF
    if data.startswith(_ARCHIVES):
        return Code.FILE_ARCHIVE
    return Code.FILE_TEXT_OR_HTML if _is_text(data[:4096]) else Code.FILE_UNKNOWN


def _sniff_ole(data: bytes) -> Code:
    found = []
    for stream, code in _STREAMS:
        name = stream.encode("utf-16-le") + b"\x00\x00"
        place = data.find(name)
        while place >= 0 and place % _OLE_ENTRY:
            place = data.find(name, place + 1)
        if place >= 0:
            found.append((place, code))
    return min(found)[1] if found else Code.FILE_UNKNOWN


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            # The cut may have split a character: up to three bytes at the end are forgiven.
            head.decode(encoding)
            return True
        except UnicodeDecodeError as error:
            if error.start >= len(head) - 3:
                return True
    return False


def _open_zip(data: bytes, limits: Limits, name: str) -> Package:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    if len(infos) > limits.entries:
        raise Refusal(Code.FILE_TOO_LARGE, limit=f"{limits.entries:,}")
    entries: dict[str, Entry] = {}
    for info in infos:
        if not info.filename.endswith("/"):  # is_dir() fails on an empty name
            _add(entries, info, limits)
    package = Package(name, data, entries, limits)
    package.begin()
    package.root = _root_relations(package)
    package.workbook = _find_workbook(package)
    return package


def _add(entries: dict[str, Entry], info: zipfile.ZipInfo, limits: Limits) -> None:
    key = part_key(info.filename)
    if not key:
        raise Refusal(Code.FILE_DAMAGED, part="zip")
    if ".." in key.split("/"):
        raise Refusal(Code.FILE_UNSAFE_NAME, part=info.filename)
    if key in entries:
        raise Refusal(Code.FILE_DUPLICATE_PART, part=info.filename)
    if info.flag_bits & _ENCRYPTED_BIT:
        raise Refusal(Code.FILE_ENCRYPTED)
    if key.endswith((".xml", ".rels")):
        if info.file_size > limits.part_bytes:
            raise Refusal(Code.FILE_TOO_LARGE, limit=mebibytes(limits.part_bytes))
        if info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1):
            raise Refusal(Code.FILE_TOO_LARGE, limit=f"{limits.ratio}:1")
    entries[key] = Entry(
        info.filename, info.header_offset, info.compress_size, info.file_size, info.compress_type, info.CRC
    )


def _find_workbook(package: Package) -> str:
    """The key of the workbook part: by the package's relationships, else by its content type."""
    entries = package.entries
    main = target_of(package.root, "officeDocument")
    if main not in entries:
        kinds = content_types(package)
        main = next((part for part in kinds if _MAIN in kinds[part] and kinds[part].endswith("main+xml")), "")
    if main.endswith(".bin"):
        raise Refusal(Code.FILE_BINARY_XLSB)
    if main not in entries:
        main = "xl/workbook.xml"
    if main in entries and not main.startswith(("word/", "ppt/", "visio/")):
        return main
    if "mimetype" in entries and b"opendocument" in b"".join(package.chunks("mimetype")):
        raise Refusal(Code.FILE_OPEN_DOCUMENT)
    if "meta-inf/manifest.xml" in entries and "content.xml" in entries:
        raise Refusal(Code.FILE_OPEN_DOCUMENT)
    raise Refusal(Code.FILE_NOT_WORKBOOK)


def _root_relations(package: Package) -> dict[str, Relation]:
    try:
        return relations(package, "")
    except Refusal as refusal:
        if refusal.code != Code.FILE_DAMAGED:
            raise
        return {}  # damage to this list alone loses nothing: the content types name the workbook too
