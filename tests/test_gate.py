"""The gate: what a file is, by its content, and what is refused before anything is read."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zipfile
from pathlib import Path

import pytest

from tests.packages import RELATIONS, parts, relationships, sheet, workbook, zipped
from xltool.excel.gate import Limits, Package, open_package
from xltool.excel.package import Entry
from xltool.findings import Code, message
from xltool.model.finding import Finding

SOUND = workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))


def ole(*streams: str) -> bytes:
    """An OLE file as far as the gate looks: the header and a directory with these streams."""
    entries = b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x01") + entries.ljust(1024, b"\x00")


def package_of(main: str, **extra: str) -> bytes:
    return zipped({"_rels/.rels": relationships(("officeDocument", main)), main: "<a/>", **extra})


def code(data: bytes, limits: Limits | None = None) -> str:
    """The code a file is refused with; its sentence is rendered, so that every place of it is filled."""
    result = open_package(data, limits or Limits(), "表.xlsx")
    assert isinstance(result, Finding), "the gate let it through"
    assert result.position.file == "表.xlsx"
    for language in ("zh", "en"):
        assert "{" not in message(result, language)
    return result.code


def directory_entry(data: bytes, name: bytes) -> int:
    """Where the central directory's entry of this part starts."""
    return data.rindex(name) - 46


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", Code.FILE_EMPTY),
        (b"\x00" * 5000, Code.FILE_EMPTY),
        (b"\xef\xbb\xbf\r\n", Code.FILE_EMPTY),
        (ole("EncryptionInfo", "EncryptedPackage"), Code.FILE_ENCRYPTED),
        (ole("Workbook", "\x05SummaryInformation"), Code.FILE_OLD_XLS),
        (ole("Book"), Code.FILE_OLD_XLS),
        (ole("BOOK"), Code.FILE_OLD_XLS),
        (ole("WordDocument", "Workbook"), Code.FILE_NOT_WORKBOOK),
        (ole("Bookmarks"), Code.FILE_UNKNOWN),
        (b"\x09\x08\x08\x00\x00\x05\x10\x00 bare BIFF", Code.FILE_OLD_XLS),
        (b"%PDF-1.7\n%\xe2\xe3", Code.FILE_PICTURE_OR_PDF),
        (b"\x89PNG\r\n\x1a\n", Code.FILE_PICTURE_OR_PDF),
        (b"\xff\xd8\xff\xe0JFIF", Code.FILE_PICTURE_OR_PDF),
        (b"\x00\x00\x00\x18ftypheic", Code.FILE_PICTURE_OR_PDF),
        (b"Rar!\x1a\x07\x01\x00", Code.FILE_ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", Code.FILE_ARCHIVE),
        ("<html><table><tr><td>数量</td></tr></table></html>".encode("gb18030"), Code.FILE_TEXT_OR_HTML),
        ("单位,指标值\r\n本级,48\r\n".encode("gbk"), Code.FILE_TEXT_OR_HTML),
        ("\ufeff指标\t值".encode("utf-16"), Code.FILE_TEXT_OR_HTML),
        ("指标".encode() * 2000, Code.FILE_TEXT_OR_HTML),
        (b"\x01\x02\x03\x04\xff\xfe", Code.FILE_UNKNOWN),
        (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), Code.FILE_OPEN_DOCUMENT),
        (zipped({"META-INF/manifest.xml": "<a/>", "content.xml": "<a/>"}), Code.FILE_OPEN_DOCUMENT),
        (package_of("xl/workbook.bin"), Code.FILE_BINARY_XLSB),
        (package_of("word/document.xml"), Code.FILE_NOT_WORKBOOK),
        (package_of("ppt/presentation.xml"), Code.FILE_NOT_WORKBOOK),
        (zipped({"民政局.xlsx": SOUND}), Code.FILE_NOT_WORKBOOK),
        (zipped({}), Code.FILE_NOT_WORKBOOK),
        (zipped(parts(sheet("")) | {"../../evil.xml": "x"}), Code.FILE_UNSAFE_NAME),
        (zipped(parts(sheet("")) | {"..\\evil.xml": "x"}), Code.FILE_UNSAFE_NAME),
        (zipped(parts(sheet("")) | {"XL/Workbook.xml": "<a/>"}), Code.FILE_DUPLICATE_PART),
    ],
)
def test_a_file_is_what_its_bytes_are(data: bytes, expected: Code) -> None:
    assert code(data) == expected


def test_a_part_stored_twice_is_refused_whichever_counts() -> None:
    buffer = io.BytesIO(SOUND)
    with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("xl/worksheets/sheet1.xml", sheet(""))
    assert code(buffer.getvalue()) == Code.FILE_DUPLICATE_PART


def test_a_zip_entry_with_a_password_is_encrypted() -> None:
    data = bytearray(SOUND)
    data[directory_entry(SOUND, b"xl/workbook.xml") + 8] |= 1
    assert code(bytes(data)) == Code.FILE_ENCRYPTED


@pytest.mark.parametrize("length", [4, 30, 200, len(SOUND) // 2, len(SOUND) - 100, len(SOUND) - 23, len(SOUND) - 1])
def test_a_file_cut_short_is_damaged(length: int) -> None:
    assert code(SOUND[:length]) == Code.FILE_DAMAGED


def test_sizes_beyond_the_caps_are_refused_by_what_the_directory_declares() -> None:
    assert code(SOUND, Limits(file_bytes=1000)) == Code.FILE_TOO_LARGE
    assert code(SOUND, Limits(entries=3)) == Code.FILE_TOO_LARGE
    assert code(SOUND, Limits(part_bytes=100)) == Code.FILE_TOO_LARGE
    bomb = workbook(b"<worksheet>" + b" " * 8_000_000)
    assert len(bomb) < 20_000
    assert code(bomb) == Code.FILE_TOO_LARGE
    assert isinstance(open_package(bomb, Limits(ratio=2000)), Package)


def test_a_small_part_may_pack_well() -> None:
    assert isinstance(open_package(workbook(sheet(" " * 1_500_000))), Package)


def test_a_large_picture_is_not_the_readers_business() -> None:
    assert isinstance(open_package(workbook(sheet(""), {"xl/media/image1.bmp": b"\x00" * 40_000_000})), Package)


def test_the_directory_may_not_declare_nonsense() -> None:
    data = bytearray(SOUND)
    place = directory_entry(SOUND, b"xl/workbook.xml")
    data[place + 42 : place + 46] = struct.pack("<I", 0x7FFFFFFF)  # where the local header is said to stand
    result = open_package(bytes(data))
    assert isinstance(result, Finding) or result.workbook == "xl/workbook.xml"


def test_a_part_without_a_name_is_damage() -> None:
    place = directory_entry(SOUND, b"xl/styles.xml") + 46
    assert code(SOUND[:place] + b"\0" + SOUND[place + 1 :]) == Code.FILE_DAMAGED


def test_a_workbook_is_found_by_relationships_not_by_fixed_names() -> None:
    moved = {
        "_rels/.rels": relationships(("officeDocument", "/Daten/Mappe.xml")),
        "Daten/Mappe.xml": "<workbook/>",
    }
    package = open_package(zipped(moved))
    assert isinstance(package, Package)
    assert package.workbook == "daten/mappe.xml"


def test_a_strict_workbook_is_found_by_the_last_word_of_the_relationship_type() -> None:
    strict = relationships(("officeDocument", "xl/workbook.xml")).replace(
        RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
    )
    assert isinstance(open_package(workbook(sheet(""), {"_rels/.rels": strict})), Package)


def test_windows_slashes_and_case_do_not_hide_a_part() -> None:
    names = {name.replace("/", "\\").upper(): content for name, content in parts(sheet("")).items()}
    package = open_package(zipped(names))
    assert isinstance(package, Package)
    assert isinstance(package.entries["xl/workbook.xml"], Entry)


def test_content_types_name_the_workbook_where_the_relationships_are_damaged() -> None:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/b/book.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    damaged = {"[Content_Types].xml": types, "_rels/.rels": "CORRUPTED", "b/book.xml": "<workbook/>"}
    package = open_package(zipped(damaged))
    assert isinstance(package, Package)
    assert package.workbook == "b/book.xml"


def test_a_doctype_in_the_list_of_relationships_is_refused() -> None:
    evil = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Relationships>&b;</Relationships>'
    assert code(workbook(sheet(""), {"_rels/.rels": evil})) == Code.FILE_DOCTYPE


def test_nothing_is_written_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_package(SOUND)
    open_package(zipped(parts(sheet("")) | {"../evil.xml": "x"}))
    assert os.listdir(tmp_path) == []  # noqa: PTH208  (the plain list says it best)
