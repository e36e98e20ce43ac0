"""The reader: what a part says is what `RawWorkbook` holds, whoever wrote it and however."""

from __future__ import annotations

from typing import Any

import pytest

from tests.packages import MAIN, relationships, sheet, strings, workbook
from xltool.excel.read import is_date_format, is_percent_format, read_bytes
from xltool.findings import Code
from xltool.model.workbook import (
    CellKind,
    RawCell,
    RawSheet,
    RawStyle,
    RawWorkbook,
)


def opened(data: bytes) -> RawWorkbook:
    result, findings = read_bytes(data, "表.xlsx")
    assert result is not None, findings
    return result


def first(sheet_part: str | bytes, **more: Any) -> RawSheet:
    return opened(workbook(sheet_part, **more)).sheets[0]


def cells(rows: str, **more: Any) -> list[RawCell]:
    return list(first(sheet(rows), **more).cells.values())


def only(cell: str, **more: Any) -> tuple[CellKind, str, str | None]:
    """Kind, text and formula of the one cell of a sheet."""
    (found,) = cells(f'<row r="1">{cell}</row>', **more)
    return found.kind, found.text, found.formula


@pytest.mark.parametrize(
    ("cell", "kind", "text", "formula"),
    [
        ('<c r="A1"><v>476373173.65000001</v></c>', CellKind.NUMBER, "476373173.65000001", None),
        ('<c r="A1" t="n"><v>-1.5E-3</v></c>', CellKind.NUMBER, "-1.5E-3", None),
        ('<c r="A1"><v> 12 </v></c>', CellKind.NUMBER, "12", None),
        ('<c r="A1"><v>.5</v></c>', CellKind.NUMBER, ".5", None),
        ('<c r="A1"><v>1_000</v></c>', CellKind.TEXT, "1_000", None),
        ('<c r="A1"><v>NaN</v></c>', CellKind.TEXT, "NaN", None),
        ('<c r="A1"><v>１２</v></c>', CellKind.TEXT, "１２", None),
        ('<c r="A1" t="s"><v>1</v></c>', CellKind.TEXT, "乙", None),
        ('<c r="A1" t="s"><v>\n1 </v></c>', CellKind.TEXT, "乙", None),
        ('<c r="A1" t="str"><f>B1&amp;"x"</f><v> 乙 \n</v></c>', CellKind.TEXT, " 乙 \n", 'B1&"x"'),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', CellKind.TEXT, "", "B1"),
        ('<c r="A1" t="str"><v>a_x000D_\nb_x005F_x0041_</v></c>', CellKind.TEXT, "a\r\nb_x0041_", None),
        ('<c r="A1" t="inlineStr"><is><t> 甲\n</t></is></c>', CellKind.TEXT, " 甲\n", None),
        ('<c r="A1" t="inlineStr"><is> <r><rPr><b/></rPr><t>2</t></r> <r><t>号</t></r> </is></c>',
         CellKind.TEXT, "2号", None),
        ('<c r="A1" t="inlineStr"><is><t>甲</t><rPh sb="0" eb="1"><t>jia</t></rPh><phoneticPr/></is></c>',
         CellKind.TEXT, "甲", None),
        ('<c r="A1" t="inlineStr"><f>B1</f><v>乙</v></c>', CellKind.EMPTY, "", "B1"),
        ('<c r="A1" t="b"><v>1</v></c>', CellKind.BOOLEAN, "1", None),
        ('<c r="A1" t="b"><v>false</v></c>', CellKind.BOOLEAN, "0", None),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', CellKind.ERROR, "#DIV/0!", "1/0"),
        ('<c r="A1" t="d"><v>2024-03-15T00:00:00</v></c>', CellKind.DATE, "2024-03-15T00:00:00", None),
        ('<c r="A1"><f>SUM(B1:B2)</f></c>', CellKind.EMPTY, "", "SUM(B1:B2)"),
        ('<c r="A1"><f>SUM(B1:B2)</f><v></v></c>', CellKind.EMPTY, "", "SUM(B1:B2)"),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', CellKind.NUMBER, "2", "1+1"),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', CellKind.NUMBER, "2", ""),
        ('<c r="A1"><v>2</v><f>1+1</f></c>', CellKind.NUMBER, "2", "1+1"),
        ('<c r="A1" t="s"><v>1</v><f/></c>', CellKind.TEXT, "乙", ""),
        ('<c r="A1"><v>1</v><extLst><ext uri="x"><v2>9</v2></ext></extLst></c>', CellKind.NUMBER, "1", None),
        ('<c r="A1" t="s"><v>0</v></c><!-- a note --><?pi x?>', CellKind.TEXT, "甲", None),
        ('<c r="A1" t="str"><v><![CDATA[<b>&]]></v></c>', CellKind.TEXT, "<b>&", None),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_the_file_says_it(cell: str, kind: CellKind, text: str, formula: str | None) -> None:
    assert only(cell) == (kind, text, formula)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" s="0"/>',
        '<c r="A1"><v/></c>',
        '<c r="A1" t="s"><v/></c>',
        '<c r="A1" t="inlineStr"><is><t/></is></c>',
        '<c r="A1" t="inlineStr"><v>乙</v></c>',
    ],
)
def test_a_cell_without_content_is_no_cell(cell: str) -> None:
    assert cells(f'<row r="1">{cell}</row>') == []


def test_an_indented_sheet_reads_like_a_dense_one() -> None:
    rows = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><f>1+1</f><v>2</v></c>'
        '<c r="C1" t="str"><f>A1</f><v>x </v></c>'
        '<c r="D1" t="inlineStr"><is><t>y </t></is></c><c r="E1"/></row><row r="2"><c r="A2"><f>B1</f></c></row>'
    )
    indented = rows.replace("><", ">\n  <").replace("<t>\n  ", "<t>").replace("<v>\n  ", "<v>")
    assert cells(indented) == cells(rows)
    assert len(cells(rows)) == 5


def test_a_prefix_changes_nothing() -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>y</t></is></c></row>'
    plain = sheet(rows, '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    table = strings("<t>甲</t>").replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert first(prefixed, extra={"xl/sharedStrings.xml": table}) == first(plain)


def test_cells_without_references_are_counted() -> None:
    rows = (
        '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="5"><c><v>5</v></c><c r="D5"/><c><v>6</v></c></row>'
        "<row><c><v>7</v></c></row>"
    )
    assert [(cell.row, cell.col, cell.text) for cell in cells(rows)] == [
        (1, 1, "1"), (1, 3, "3"), (5, 1, "5"), (5, 5, "6"), (6, 1, "7"),
    ]  # fmt: skip


def test_a_cell_stands_where_its_own_reference_says() -> None:
    assert [(cell.row, cell.col) for cell in cells('<row r="1"><c r="C7"><v>1</v></c></row>')] == [(7, 3)]


@pytest.mark.parametrize("reference", ["A0", "XFE1", "A1048577", "A", "1", "A1:B2", "", "AAAA1"])
def test_a_reference_that_is_none_is_damage(reference: str) -> None:
    result, (found,) = read_bytes(workbook(sheet(f'<row><c r="{reference}"><v>1</v></c></row>')))
    assert (result, found.code) == (None, Code.FILE_DAMAGED)


def test_followers_of_an_array_formula_have_an_empty_formula() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">X</f><v>1</v></c><c r="B1"><v>2</v></c>'
        '<c r="C1"><v>3</v></c></row>'
        '<row r="2"><c r="A2"><f>Y</f><v>4</v></c></row>'
    )
    assert [cell.formula for cell in cells(rows)] == ["X", "", None, "Y"]


TABLES = [
    (["<t>甲</t>", "<t/>", '<t xml:space="preserve"> 乙 </t>'], ["甲", "", " 乙 "]),
    (["<r><t>2</t></r><r><rPr><b/></rPr><t>024</t></r>"], ["2024"]),
    (['<t>东京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>', "<t>乙</t>"], ["东京", "乙"]),
    (["\n <t>甲</t>\n ", "\n<t>乙 \n</t>"], ["甲", "乙 \n"]),
    (["<t>a&gt;b</t>", "<t>a>b></t>", "<t><![CDATA[<]]></t>"], ["a>b", "a>b>", "<"]),
    (["<t>a_x000D_</t>", "<t>_x005F_x000D_</t>", "<t>_xD83D__xDE00_</t>", "<t>_xD83D_</t>"],
     ["a\r", "_x000D_", "\U0001f600", "\ufffd"]),
    ([], []),
]  # fmt: skip


@pytest.mark.parametrize(("items", "expected"), TABLES)
@pytest.mark.parametrize("indent", ["", "\n  "])
def test_a_shared_string_is_its_runs_without_phonetic_readings(
    items: list[str], expected: list[str], indent: str
) -> None:
    table = strings(*items).replace("<si>", f"{indent}<si>").replace("</sst>", f"{indent}</sst>")
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><f>x</f><v>{row - 1}</v></c></row>' for row in range(1, len(items) + 1)
    )
    found = cells(rows, extra={"xl/sharedStrings.xml": table})
    assert [cell.text for cell in found] == expected


def test_a_string_that_is_not_in_the_table_is_damage() -> None:
    for index in ("2", "-1", "x"):
        result, (found,) = read_bytes(workbook(sheet(f'<row r="1"><c r="B1" t="s"><v>{index}</v></c></row>')))
        assert (result, found.code, dict(found.args)["part"]) == (None, Code.FILE_DAMAGED, "B1")


def test_two_cells_at_one_place_are_refused() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'
    result, (found,) = read_bytes(workbook(sheet(rows)))
    assert (result, found.code) == (None, Code.FILE_DUPLICATE_PART)


def test_number_formats_and_locks_come_by_style() -> None:
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="0.0&quot;万元&quot;"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="9"><protection locked="0"/></xf></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0" xfId="0"/><xf numFmtId="164"><protection locked="0"/></xf><xf numFmtId="10"/>'
        '<xf numFmtId="31"/><xf numFmtId="58"/><xf numFmtId="999"/><xf numFmtId="49">'
        '<protection hidden="1"/></xf></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="164" formatCode="wrong"/><protection locked="0"/></dxf></dxfs></styleSheet>'
    )
    data = workbook(
        sheet('<row r="1"><c r="A1" s="2"><v>1</v></c><c r="B1" s="99"><v>1</v></c></row>'),
        {"xl/styles.xml": styles},
    )
    book = opened(data)
    assert book.styles == (
        RawStyle("General", True),
        RawStyle('0.0"万元"', False),
        RawStyle("0.00%", True),
        RawStyle('yyyy"年"m"月"d"日"', True),
        RawStyle('m"月"d"日"', True),
        RawStyle("General", True),
        RawStyle("@", True),
    )
    assert [cell.style for cell in book.sheets[0].cells.values()] == [2, 0]


def test_a_workbook_without_styles_or_strings_has_one_plain_style() -> None:
    related = relationships(("worksheet", "worksheets/sheet1.xml"))
    data = workbook(sheet('<row r="1"><c r="A1" s="7"><v>1</v></c></row>'), {"xl/_rels/workbook.xml.rels": related})
    book = opened(data)
    assert book.styles == (RawStyle("General", True),)
    assert book.sheets[0].cells[1, 1].style == 0


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("General", False), ("0.00", False), ("@", False), ('0"天"', False), ("0.00E+00", False), ("#,##0\\d", False),
        ("[Red]0;[Blue]-0", False), ('_ * #,##0_ ;_ * "-"_ ', False), ("[$-804]0", False), ("G/通用格式", False),
        ("yyyy-m-d", True), ('yyyy"年"m"月"', True), ("[h]:mm", True), ("mm:ss.0", True), ("[$-804]yyyy/m/d;@", True),
        ("AM/PM h:mm", True), ('"d"0', False), ("[mm]", True), ("[Magenta]0", False), ("0;yyyy", False),
    ],
)  # fmt: skip
def test_a_date_format_is_one_that_shows_a_date_or_a_time(code: str, date: bool) -> None:
    assert is_date_format(code) is date


@pytest.mark.parametrize(
    ("code", "percent"),
    [("0%", True), ("0.00%;[Red]-0.00%", True), ('0"%"', False), ("0\\%", False), ("0", False)],
)
def test_a_percent_format_is_one_that_multiplies(code: str, percent: bool) -> None:
    assert is_percent_format(code) is percent
