"""However a workbook is packed, and whatever else in it is damaged or missing, its cells read the same."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.packages import CONTENT_TYPES, MAIN, RELATIONS, Content, parts, relationships, sheet, strings, zipped
from xltool.excel.read import read_bytes
from xltool.findings import Code

ROWS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>5</v></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row>'
)
BASE = {name: str(part) for name, part in parts(sheet(ROWS), {"[Content_Types].xml": CONTENT_TYPES}).items()}
CELLS = [(1, 1, "甲"), (1, 2, "5"), (1, 3, "x")]
BOOK, BOOK_RELATIONS, SHEET = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"
SHEET_RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"


def changed(part: str, old: str, new: str) -> dict[str, Content]:
    assert old in BASE[part]
    return {**BASE, part: BASE[part].replace(old, new)}


def renamed(change: Callable[[str], str]) -> dict[str, Content]:
    return {change(name): part for name, part in BASE.items()}


def recoded(change: Callable[[str], Content]) -> dict[str, Content]:
    return {name: change(part) for name, part in BASE.items()}


def without(*words: str) -> dict[str, Content]:
    return {name: part for name, part in BASE.items() if not any(word in name for word in words)}


def linked(kind: str, target: str, part: str) -> dict[str, Content]:
    """A part that the package refers to."""
    more = f'<Relationship Id="rId9" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    return {**changed("_rels/.rels", "</Relationships>", more), target: part}


def second_sheet(kind: str, target: str, part: str | None) -> dict[str, Content]:
    more = f'<Relationship Id="rId9" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    found = changed(BOOK, "</sheets>", '<sheet name="二" sheetId="2" r:id="rId9"/></sheets>')
    found[BOOK_RELATIONS] = BASE[BOOK_RELATIONS].replace("</Relationships>", more)
    return found if part is None else {**found, f"xl/{target}": part}


def strict(text: str) -> str:
    return text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships"
    )


PACKED: dict[str, dict[str, Content]] = {
    "as it is": {**BASE},
    "slashes of Windows": renamed(lambda name: name.replace("/", "\\")),
    "names in capitals": renamed(str.upper),
    "names with a leading slash": renamed(lambda name: f"/{name}"),
    "absolute targets": changed(BOOK_RELATIONS, 'Target="', 'Target="/xl/'),
    "targets that go up": changed(BOOK_RELATIONS, 'Target="', 'Target="../xl/'),
    "targets from the root without a slash": changed(BOOK_RELATIONS, 'Target="', 'Target="xl/'),
    "a target in other case": changed(BOOK_RELATIONS, "sheet1.xml", "Sheet1.XML"),
    "a target with slashes of Windows": changed(BOOK_RELATIONS, "worksheets/", "worksheets\\"),
    "no list of content types": without("Content_Types"),
    "no relationships of the package": without("_rels/.rels"),
    "no stylesheet": without("styles"),
    "no relationship to the strings": changed(BOOK_RELATIONS, '/sharedStrings"', '/nothing"'),
    "strict": recoded(strict),
    "UTF-16": recoded(lambda text: f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")),
    "a byte order mark": recoded(lambda text: text.encode("utf-8-sig")),
    "Latin-1": recoded(lambda text: (
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("latin-1", "xmlcharrefreplace"))),
    "another prefix of relationships": {
        **BASE, BOOK: BASE[BOOK].replace("r:id", "q:id").replace("xmlns:r=", "xmlns:q=")},
    "blanks before the XML declaration": {**BASE, SHEET: f" \n<?xml version='1.0'?>{sheet(ROWS)}"},
    "comments around": {**BASE, SHEET: f"<?xml version='1.0'?><!-- a -->{sheet(ROWS)}<!-- b -->"},
    "zeros behind": {**BASE, SHEET: sheet(ROWS) + "\0\0"},
    "a format nobody has": {**BASE, SHEET: sheet(ROWS.replace('r="B1"', 'r="B1" s="99"'))},
    "a format that is no number": {**BASE, SHEET: sheet(ROWS.replace('r="B1"', 'r="B1" s="x"'))},
    "an empty type": {**BASE, SHEET: sheet(ROWS.replace('r="B1"', 'r="B1" t=""'))},
    "references in small letters": {**BASE, SHEET: sheet(ROWS.replace('r="B1"', 'r="b1"'))},
    "absolute references": {**BASE, SHEET: sheet(ROWS.replace('r="B1"', 'r="$B$1"'))},
    "a row number with decimals": {**BASE, SHEET: sheet(ROWS.replace('r="1"', 'r="1.0"'))},
    "a column number with decimals": {
        **BASE, SHEET: sheet(ROWS, before='<cols><col min="1.0" max="9" hidden="1"/></cols>')},
    "columns beyond the last": {
        **BASE, SHEET: sheet(ROWS, before='<cols><col min="1" max="99999" hidden="1"/></cols>')},
    "an index with zeros before it": {**BASE, SHEET: sheet(ROWS.replace("<v>0</v>", "<v>00</v>"))},
    "counts that are none": {**BASE, "xl/sharedStrings.xml": strings("<t>甲</t>").replace("<sst", "<sst count='x'")},
    "a merge of one cell": {**BASE, SHEET: sheet(ROWS, '<mergeCells count="9"><mergeCell ref="A1"/></mergeCells>')},
    "a merge of nothing": {**BASE, SHEET: sheet(ROWS, '<mergeCells><mergeCell ref="#REF!"/></mergeCells>')},
    "a height that is none": {**BASE, SHEET: sheet(ROWS.replace('r="1"', 'r="1" ht="x"'))},
    "a very hidden sheet": changed(BOOK, 'sheetId="1"', 'sheetId="1" state="veryHidden"'),
    "a name of no sheet": changed(
        BOOK, "</workbook>",
        '<definedNames><definedName localSheetId="9">#REF!</definedName></definedNames></workbook>'),
    "a chart sheet beside": second_sheet("chartsheet", "chartsheets/sheet1.xml", "<chartsheet/>"),
    "a dialogue beside": second_sheet("dialogsheet", "dialogsheets/sheet1.xml", "<dialogsheet/>"),
    "a sheet without a part": changed(BOOK, "</sheets>", '<sheet name="二" sheetId="2" r:id=""/></sheets>'),
    "a workbook with macros": changed("[Content_Types].xml", "sheet.main+xml", "sheet.macroEnabled.main+xml"),
    "a link that is no address": {
        **BASE, SHEET_RELATIONS: relationships(("hyperlink", "http://x y/%zz"), mode="External")},
    "a damaged name of the program": linked("extended-properties", "docProps/app.xml", "none"),
}  # fmt: skip


def read(data: bytes) -> tuple[list[tuple[int, int, str]], list[str]]:
    workbook, findings = read_bytes(data)
    cells = workbook.sheets[0].cells.values() if workbook else ()
    return [(cell.row, cell.col, cell.text) for cell in cells], [item.code for item in findings]


@pytest.mark.parametrize("packed", PACKED)
def test_a_workbook_reads_the_same_however_it_is_packed(packed: str) -> None:
    assert read(zipped(PACKED[packed])) == (CELLS, [])


LOST: dict[str, dict[str, Content]] = {
    "xl/worksheets/sheet9.xml": second_sheet("worksheet", "worksheets/sheet9.xml", None),
    "docProps/custom.xml": linked("custom-properties", "docProps/custom.xml", ""),
    "xl/comments1.xml": {
        **BASE, SHEET_RELATIONS: relationships(("comments", "../comments1.xml")), "xl/comments1.xml": "x"},
    SHEET_RELATIONS: {**BASE, SHEET_RELATIONS: "<bad"},
}  # fmt: skip


@pytest.mark.parametrize("part", LOST)
def test_a_part_that_no_cell_depends_on_may_be_lost_and_is_named(part: str) -> None:
    workbook, findings = read_bytes(zipped(LOST[part]))
    assert workbook is not None
    assert read(zipped(LOST[part])) == (CELLS, [Code.FILE_PART_LOST])
    assert [dict(item.args)["part"].lower() for item in findings] == [part.lower()]


@pytest.mark.parametrize(
    "broken",
    [
        without("sharedStrings"),
        {**BASE, "xl/styles.xml": "<styleSheet"},
        {**BASE, "xl/sharedStrings.xml": ""},
        {**BASE, SHEET: ""},
        without("sheet1"),
    ],
)
def test_a_part_that_values_depend_on_may_not(broken: dict[str, Content]) -> None:
    assert read(zipped(broken)) == ([], [Code.FILE_DAMAGED])


def streamed() -> bytes:
    """Sizes stand behind the data, as a program writes that does not go back in its file."""

    class Pipe(io.RawIOBase):
        kept = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.kept += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in BASE.items():
            archive.writestr(name, part)
    return bytes(pipe.kept)


def with_long_sizes() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"by nobody"
        archive.writestr("xl/", "")
        for name, part in BASE.items():
            with archive.open(name, "w", force_zip64=True) as stream:
                stream.write(part.encode())
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped(BASE, zipfile.ZIP_STORED), streamed(), with_long_sizes(), zipped(BASE) + b"\0" * 100,
        b"HTTP/1.1 200 OK\r\n\r\n" + zipped(BASE),
    ],
    ids=["stored", "streamed", "zip64 with folders and a comment", "bytes behind", "bytes before"],
)  # fmt: skip
def test_a_zip_of_any_make_is_opened(data: bytes) -> None:
    assert read(data) == (CELLS, [])


def test_a_control_character_is_a_blank_and_joins_nothing() -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>1\x0b2</v></c></row>'
    assert read(zipped({**BASE, SHEET: sheet(rows)})) == ([(1, 1, "1 2")], [])
