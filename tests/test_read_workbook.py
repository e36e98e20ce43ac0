"""The reader around the cells: sheets, names, protection, comments, properties, links; and odd packages."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from tests.packages import MAIN, RELATIONS, parts, relationships, sheet, workbook, zipped
from tests.test_read import first, opened
from xltool.excel.read import read_bytes
from xltool.findings import Code
from xltool.model.workbook import (
    CellRange,
    RawComment,
    RawName,
    RawValidation,
)


def test_what_stands_around_the_cells_is_read() -> None:
    rows = (
        '<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3" ht="0" customHeight="1"/><row r="4" hidden="0"/>'
    )
    around = (
        '<sheetProtection sheet="1" objects="1"/>'
        '<mergeCells count="2"><mergeCell ref="A1:C2"/><mergeCell ref="$E$9:$D$8"/></mergeCells>'
        '<conditionalFormatting sqref="A1"><cfRule type="expression"><formula>1</formula></cfRule>'
        "</conditionalFormatting>"
        '<dataValidations><dataValidation type="list" sqref="D1:D9 F1"><formula1>"=,≥"</formula1></dataValidation>'
        '<dataValidation sqref="G:G"/></dataValidations>'
        '<extLst><ext uri="x"><x14:dataValidations xmlns:x14="x14" xmlns:xm="xm"><x14:dataValidation type="custom">'
        "<x14:formula1>\n<xm:f>_lists!A1&lt;2</xm:f></x14:formula1><xm:sqref>H1:H2</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>"
    )
    before = '<dimension ref="A1"/><cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="0"/></cols>'
    found = first(sheet(rows, around, before))
    assert (sorted(found.hidden_rows), sorted(found.hidden_cols)) == ([2, 3], [2, 3, 5])
    assert (found.protected, found.conditional_formats) == (True, 1)
    assert found.merges == (CellRange(1, 1, 2, 3), CellRange(8, 4, 9, 5))
    assert found.validations == (
        RawValidation((CellRange(1, 4, 9, 4), CellRange(1, 6, 1, 6)), "list", '"=,≥"', ""),
        RawValidation((CellRange(1, 7, 1_048_576, 7),), "none", "", ""),
        RawValidation((CellRange(1, 8, 2, 8),), "custom", "_lists!A1<2", ""),
    )


@pytest.mark.parametrize("around", ["", "<sheetProtection/>", '<sheetProtection sheet="0"/>'])
def test_an_empty_protection_protects_nothing(around: str) -> None:
    assert not first(sheet("", around)).protected


def test_comments_and_threads_are_read_with_their_authors() -> None:
    notes = (
        f'<comments xmlns="{MAIN}"><authors><author>财务</author></authors><commentList><comment ref="B2" authorId="0">'
        '<text><r><t>请</t></r><r><t xml:space="preserve"> 核对</t></r></text></comment><comment ref="C3" authorId="5">'
        "<text><t>[Threaded comment]</t></text></comment></commentList></comments>"
    )
    thread = (
        '<ThreadedComments xmlns="t"><threadedComment ref="C3" personId="{1}"><text>改了</text></threadedComment>'
        "</ThreadedComments>"
    )
    related = relationships(("comments", "../comments1.xml"), ("threadedComment", "../thread.xml"))
    book_related = relationships(("worksheet", "worksheets/sheet1.xml"), ("person", "persons/p.xml"))
    extra = {
        "xl/worksheets/_rels/sheet1.xml.rels": related,
        "xl/comments1.xml": notes,
        "xl/thread.xml": thread,
        "xl/_rels/workbook.xml.rels": book_related,
        "xl/persons/p.xml": '<personList xmlns="t"><person id="{1}" displayName="经办"/></personList>',
    }
    assert first(sheet(""), extra=extra).comments == (
        RawComment(2, 2, "财务", "请 核对"),
        RawComment(3, 3, "经办", "改了"),
    )


def test_the_workbook_part_gives_names_epoch_and_lock() -> None:
    book = (
        '<workbookPr date1904="1"/><workbookProtection lockStructure="1"/><definedNames><definedName name="F_money">'
        ' 表!$B$2</definedName><definedName name="_xlnm.Print_Area" localSheetId="0" hidden="1">表!$A$1</definedName>'
        '<definedName name="id" localSheetId="7">"MH"</definedName></definedNames>'
    )
    found = opened(workbook(sheet(""), book=book))
    assert (found.date1904, found.structure_locked) == (True, True)
    assert found.names == (
        RawName("F_money", "表!$B$2", "", False),
        RawName("_xlnm.Print_Area", "表!$A$1", "表", True),
        RawName("id", '"MH"', "", False),
    )


def test_properties_and_the_program_are_read() -> None:
    root = relationships(
        ("officeDocument", "xl/workbook.xml"),
        ("custom-properties", "docProps/c.xml"),
        ("extended-properties", "a.xml"),
    )
    custom = (
        '<Properties xmlns="c" xmlns:vt="v"><property name="xltool"><vt:lpwstr>MH-01&amp;2</vt:lpwstr></property>'
        '<property name="issue"><vt:i4>2</vt:i4></property></Properties>'
    )
    extra = {
        "_rels/.rels": root,
        "docProps/c.xml": custom,
        "a.xml": "<Properties><Application>WPS 表格</Application>",
    }
    found = opened(workbook(sheet(""), extra))
    assert found.properties == (("xltool", "MH-01&2"), ("issue", "2"))
    assert found.application == "WPS 表格"


def test_links_and_macros_are_information_and_never_followed() -> None:
    extra = {
        "xl/_rels/workbook.xml.rels": relationships(
            ("worksheet", "worksheets/sheet1.xml"),
            ("externalLink", "externalLinks/e1.xml"),
            ("vbaProject", "vbaProject.bin"),
        ),
        "xl/externalLinks/e1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/e1.xml.rels": relationships(
            ("externalLinkPath", "http://127.0.0.1:9/x.xlsx"), mode="External"
        ),
        "xl/vbaProject.bin": "\x00",
    }
    found, findings = read_bytes(workbook(sheet(""), extra))
    assert found is not None
    assert (found.external_links, found.has_macros) == (("http://127.0.0.1:9/x.xlsx",), True)
    assert [item.code for item in findings] == [Code.FILE_MACROS, Code.FILE_EXTERNAL_LINK]


def test_sheets_keep_order_and_state_and_a_chart_sheet_is_an_empty_one() -> None:
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="图" r:id="rId2"/><sheet name="表" '
        'state="veryHidden" r:id="rId1"/><sheet name="模块" r:id=""/></sheets></workbook>'
    )
    related = relationships(("worksheet", "worksheets/sheet1.xml"), ("chartsheet", "chartsheets/c.xml"))
    extra = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": related}
    found = opened(workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'), extra))
    assert [(item.name, item.state, len(item.cells)) for item in found.sheets] == [
        ("图", "visible", 0), ("表", "veryHidden", 1), ("模块", "visible", 0),
    ]  # fmt: skip


def test_a_package_with_windows_names_reads_like_any_other() -> None:
    rows = sheet('<row r="1"><c r="A1" t="s"><v>1</v></c></row>')
    names = {name.replace("/", "\\").lower(): content for name, content in parts(rows).items()}
    assert opened(zipped(names)) == opened(workbook(rows))


def test_a_strict_workbook_reads_like_a_transitional_one() -> None:
    rows = sheet('<row r="1"><c r="A1" t="s"><v>1</v></c></row>')
    strict = {
        name: str(content)
        .replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        .replace(RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
        for name, content in parts(rows).items()
    }
    assert opened(zipped(strict)) == opened(workbook(rows))


def test_a_zip_without_compression_and_with_a_front_matter_is_read() -> None:
    stored = zipped(parts(sheet('<row r="1"><c r="A1"><v>1</v></c></row>')), method=0)
    assert len(opened(stored).sheets[0].cells) == 1


def test_what_xlsxwriter_writes_comes_back() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("申报表")
        page.write_string(0, 0, "=")
        page.write_rich_string(1, 0, "a", book.add_format({"bold": True}), "b", "c")
        page.write_number(2, 0, 0.1)
        page.write_formula(3, 0, '=A1&"x"', None, "=x")
        page.write_string(4, 0, "多行\n文字\t _x0041_ \r")
        page.set_row(5, None, None, {"hidden": True})
        book.set_custom_property("xltool", "id")
    found = opened(buffer.getvalue())
    texts = [cell.text for cell in found.sheets[0].cells.values()]
    assert texts == ["=", "abc", "0.1", "=x", "多行\n文字\t _x0041_ \r"]
    assert found.sheets[0].hidden_rows == {6}
    assert found.properties == (("xltool", "id"),)
