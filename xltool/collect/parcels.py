"""Zip archives and mails → the files inside them, opened in memory and never written to disk under their own names."""

from __future__ import annotations

import email
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, Message
from pathlib import Path

from xltool.collect.intake import Received, is_ignored, received, take
from xltool.excel.gate import sniff
from xltool.excel.package import DEFAULT, mebibytes, part_key
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position, Severity

# A zip that holds one of these is a document itself, and no parcel of documents.
_DOCUMENTS = frozenset({
    "[content_types].xml", "_rels/.rels", "mimetype", "meta-inf/manifest.xml", "content.xml",
    "xl/workbook.xml", "xl/workbook.bin", "word/document.xml", "ppt/presentation.xml",
})  # fmt: skip
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*")
_OF_A_MAIL = (b"mime-version:", b"received:", b"from:", b"message-id:", b"date:", b"subject:")
_HEAD = 64 * 1024  # bytes: a mail's own header is a few KiB
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SHOWN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_LONGEST_NAME = 200  # characters of a path inside a parcel
# What zipfile and zlib raise on a broken archive.
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OverflowError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class ParcelLimits:
    """What one parcel may hold, all that lies nested in it included. Sizes are bytes; a county has about 100 units."""

    members: int = 2_000
    total_bytes: int = 128 * 1024 * 1024
    member_bytes: int = DEFAULT.file_bytes
    ratio: int = DEFAULT.ratio
    ratio_from: int = DEFAULT.ratio_from
    depth: int = 3


LIMITS = ParcelLimits()


class _FullError(Exception):
    """The parcel holds more than it may; what was taken so far stays."""


@dataclass(slots=True)
class _Budget:
    """What is still to be had from one parcel."""

    limits: ParcelLimits
    members: int = 0
    size: int = 0

    def charge(self, size: int) -> None:
        self.members += 1
        self.size += size
        if self.members > self.limits.members or self.size > self.limits.total_bytes:
            raise _FullError


def taken(path: Path, archive: Path | None = None) -> Iterator[Received | Finding]:
    """A file, archived; for a zip or a mail, which is archived too, the files inside it in its place."""
    item = take(path, archive)
    if isinstance(item, Received) and is_parcel(item.data):
        yield from unpack(item, archive)
    else:
        yield item


def is_parcel(data: bytes) -> bool:
    """Whether these bytes are a zip of files or a mail. A workbook is a zip too, and no parcel."""
    return _is_zip_of_files(data) or _is_mail(data)


def unpack(
    parcel: Received, archive: Path | None = None, limits: ParcelLimits = LIMITS
) -> Iterator[Received | Finding]:
    """The files in a parcel, each archived under its own hash and named `outer.zip/inner.xlsx`, in a fixed order.

    Zips and mails inside are opened too, as deep as `limits` says. Findings name what was left out and why.
    """
    budget, any_taken = _Budget(limits), False
    try:
        for item in _contents(parcel.name, parcel.data, budget, limits.depth):
            if isinstance(item, Finding):
                any_taken = any_taken or item.severity is Severity.ERROR
                yield item
            else:
                any_taken = True
                yield received(item.name, item.data, archive)
    except _FullError:
        any_taken = True
        limit = f"{limits.members:,} / {mebibytes(limits.total_bytes)}"
        yield finding(Code.FILE_PARCEL_TOO_LARGE, Position(file=parcel.name), limit=limit)
    if not any_taken:
        yield finding(Code.FILE_PARCEL_EMPTY, Position(file=parcel.name))


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    data: bytes


def _contents(name: str, data: bytes, budget: _Budget, depth: int) -> Iterator[_Member | Finding]:
    inside = _in_zip(name, data, budget) if _is_zip_of_files(data) else _in_mail(name, data, budget)
    for item in inside:
        if isinstance(item, Finding) or not is_parcel(item.data):
            yield item
        elif depth <= 1:
            limit = str(budget.limits.depth)
            yield finding(Code.FILE_PARCEL_TOO_LARGE, Position(file=item.name), limit=limit)
        else:
            yield from _contents(item.name, item.data, budget, depth - 1)


def _is_zip_of_files(data: bytes) -> bool:
    if sniff(data[:_HEAD]) is not None:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {part_key(item.filename) for item in archive.infolist()}
    except _BAD_ZIP:
        return False
    return bool(names) and not names & _DOCUMENTS


def _in_zip(outer: str, data: bytes, budget: _Budget) -> Iterator[_Member | Finding]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        named = [(member_name(item), item) for item in archive.infolist()]
        files = [(name, item) for name, item in named if name and not name.endswith("/")]
        for name, item in sorted(files, key=lambda pair: (pair[0].casefold(), pair[0], pair[1].header_offset)):
            full = f"{outer}/{name}"
            if any(is_ignored(step) for step in name.split("/") if step not in (".", "..")):
                yield finding(Code.COL_IGNORED_FILE, Position(file=full), name=full)
                continue
            refusal = _refusal(full, name, item, budget.limits)
            member = refusal or _inflated(full, archive, item, budget.limits)
            budget.charge(len(member.data) if isinstance(member, _Member) else 0)
            yield member


def _refusal(full: str, name: str, item: zipfile.ZipInfo, limits: ParcelLimits) -> Finding | None:
    """Why this member is not opened, by what its directory entry declares."""
    position = Position(file=full)
    if ".." in name.split("/"):
        return finding(Code.FILE_UNSAFE_NAME, position, part=name)
    if item.flag_bits & _ENCRYPTED:
        return finding(Code.FILE_ENCRYPTED, position)
    if item.compress_type not in _METHODS:
        return finding(Code.FILE_DAMAGED, position, part="zip")
    if item.file_size > limits.member_bytes:
        return finding(Code.FILE_TOO_LARGE, position, limit=mebibytes(limits.member_bytes))
    if item.file_size > limits.ratio_from and item.file_size > limits.ratio * max(item.compress_size, 1):
        return finding(Code.FILE_TOO_LARGE, position, limit=f"{limits.ratio}:1")
    return None


def _inflated(full: str, archive: zipfile.ZipFile, item: zipfile.ZipInfo, limits: ParcelLimits) -> _Member | Finding:
    try:
        with archive.open(item) as stream:
            data = stream.read(limits.member_bytes + 1)  # never more than the directory entry declares
    except (*_BAD_ZIP, RuntimeError):
        return finding(Code.FILE_DAMAGED, Position(file=full), part="zip")
    return _Member(full, data)


def member_name(item: zipfile.ZipInfo) -> str:
    """The path of a zip member as its packer meant it: UTF-8, declared or not, else GBK as Windows writes it."""
    name = item.orig_filename
    if not item.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return shown(name.replace("\\", "/").lstrip("/"))


def shown(name: str) -> str:
    """A name from inside a parcel without what would disturb a terminal or a table."""
    cleaned = _SHOWN.sub("_", name)
    return cleaned if len(cleaned) <= _LONGEST_NAME else cleaned[-_LONGEST_NAME:]


def _is_mail(data: bytes) -> bool:
    """Whether the bytes begin with the header of a mail: lines `Name: text`, three of them known ones."""
    head, place = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n"), 0
    while line := _HEADER.match(head, place):
        place = line.end()
    lines = head[:place].lower().split(b"\n")
    return sum(any(line.startswith(known) for line in lines) for known in _OF_A_MAIL) >= 3


def _in_mail(outer: str, data: bytes, budget: _Budget) -> Iterator[_Member | Finding]:
    """Attachments in their order. What a mail shows between its lines (text, pictures of a signature) is left out."""
    yield finding(Code.FILE_MAIL_TEXT, Position(file=outer))
    try:
        message = email.message_from_bytes(data, policy=policy.default)
        found = list(_attachments(message))
    except Exception:  # noqa: BLE001  # the standard library's parser raises anything on a hostile header
        yield finding(Code.FILE_DAMAGED, Position(file=outer), part="eml")
        return
    for number, (name, content) in enumerate(found, start=1):
        plain = shown(name.replace("\\", "/").rpartition("/")[2]) or str(number)
        full = f"{outer}/{plain}"
        if is_ignored(plain):
            yield finding(Code.COL_IGNORED_FILE, Position(file=full), name=full)
        elif len(content) > budget.limits.member_bytes:
            yield finding(Code.FILE_TOO_LARGE, Position(file=full), limit=mebibytes(budget.limits.member_bytes))
        else:
            budget.charge(len(content))
            yield _Member(full, content)


def _attachments(message: Message) -> Iterator[tuple[str, bytes]]:
    """Names and contents of what is attached; a forwarded mail is one file, to be opened like the mail itself."""
    if message.get_content_type() == "message/rfc822":
        inner = message.get_payload(0) if message.is_multipart() else None
        if isinstance(inner, Message):
            yield message.get_filename() or f"{inner.get('Subject', '')}.eml", inner.as_bytes()
        return
    if message.is_multipart():
        for part in message.iter_parts() if isinstance(message, EmailMessage) else ():
            yield from _attachments(part)
        return
    name = message.get_filename() or ""
    kind, inline = message.get_content_maintype(), message.get_content_disposition() != "attachment"
    if (kind == "text" and not name) or (kind == "image" and inline and message.get("Content-ID")):
        return
    content = message.get_payload(decode=True)
    if isinstance(content, bytes) and content:
        yield name, content
