"""Cases on files that are no sound workbook of ours, from named builders."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from tests.finding_cases import locked, parcels, whose
from tests.packages import RELATIONS, parts, relationships, sheet, workbook, zipped
from tests.test_gate import SOUND, ole, package_of
from xltool.collect import intake
from xltool.excel.read import read_bytes
from xltool.findings import Code, catalogue, finding
from xltool.model.finding import Finding, Position
from xltool.workflow import examiners
from xltool.workflow.files import put


def _macros() -> bytes:
    return workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), {"xl/vbaProject.bin": b"x"})


def _external_link() -> bytes:
    links = '<externalReferences><externalReference r:id="rId9"/></externalReferences>'
    related = relationships(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"),
                            ("styles", "styles.xml"))  # fmt: skip
    related = related.replace(
        "</Relationships>",
        f'<Relationship Id="rId9" Type="{RELATIONS}/externalLink" Target="externalLinks/externalLink1.xml"/>'
        "</Relationships>",
    )
    outer = relationships(("externalLinkPath", "file:///other.xlsx"), mode="External")
    extra = {
        "xl/_rels/workbook.xml.rels": related,
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": outer,
    }
    return workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), extra, links)


def _doctype() -> bytes:
    return workbook('<!DOCTYPE worksheet [<!ENTITY a "b">]>' + sheet(""))


def _lost_comments() -> bytes:
    related = relationships(("comments", "../comments1.xml"))
    cell = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return workbook(sheet(cell), {"xl/worksheets/_rels/sheet1.xml.rels": related, "xl/comments1.xml": "<comments"})


BUILDERS: dict[str, Callable[[], bytes]] = {
    "unknown": lambda: b"\x01\x02\x03\x04\xff\xfe",
    "empty": lambda: b"",
    "encrypted": lambda: ole("EncryptionInfo", "EncryptedPackage"),
    "old-xls": lambda: ole("Workbook", "\x05SummaryInformation"),
    "word-document": lambda: package_of("word/document.xml"),
    "truncated": lambda: SOUND[: len(SOUND) // 2],
    "bomb": lambda: workbook(b"<worksheet>" + b" " * 200_000_000),
    "doctype": _doctype,
    "part-twice": lambda: zipped(parts(sheet("")) | {"XL/Workbook.xml": "<a/>"}),
    "open-document": lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    "xlsb": lambda: package_of("xl/workbook.bin"),
    "pdf": lambda: b"%PDF-1.7\n%\xe2\xe3",
    "rar": lambda: b"Rar!\x1a\x07\x01\x00",
    "macros": _macros,
    "lost-comments": _lost_comments,
    "external-link": _external_link,
    "csv": lambda: "单位,指标值\r\n本级,48\r\n".encode("gbk"),
    "way-out": lambda: zipped(parts(sheet("")) | {"../../evil.xml": "x"}),
}


def run(case: dict[str, Any], folder: Path) -> tuple[Finding, ...]:
    if case.get("surroundings"):
        return _SURROUNDINGS[case["surroundings"]](folder)
    return read_bytes(BUILDERS[case["bytes"]](), "表.xlsx")[1]


def _locked(folder: Path) -> tuple[Finding, ...]:
    """Another program holds the file open, as on Windows."""
    path = folder / "表.xlsx"
    path.write_bytes(SOUND)
    catalogue()  # the words lie in files too
    with mock.patch.object(Path, "open", mock.Mock(side_effect=PermissionError)):
        taken = intake.take(path)
    assert isinstance(taken, Finding)
    return (taken,)


def _written_beside(folder: Path) -> tuple[Finding, ...]:
    """Our own result is open in another program when it is to be replaced."""
    path = folder / "汇总表.xlsx"
    path.write_bytes(b"old")
    replaced = os.replace

    def refusing(source: Path, target: Path) -> None:
        if Path(target) == path:
            raise PermissionError
        replaced(source, target)

    with mock.patch("os.replace", refusing):
        return put(path, b"new")[1]


def _bug(_: Path) -> tuple[Finding, ...]:
    """A bug of ours met in one file."""
    with mock.patch.object(examiners, "examine_parts", side_effect=KeyError("x")):
        found = examiners._examined((b"", "表.xlsx", "", None), mock.Mock())
    assert isinstance(found, Finding)
    place = dict(found.args)["error"].rpartition(" (")[0]  # without the line of the code
    return (finding(Code(found.code), Position(file="表.xlsx"), name="表.xlsx", error=place),)


_SURROUNDINGS = {"locked": _locked, "written-beside": _written_beside, "bug": _bug, **parcels.SURROUNDINGS,
                 **locked.SURROUNDINGS, **whose.SURROUNDINGS}  # fmt: skip
