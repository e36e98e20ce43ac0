"""Each container becomes the grid a person sees in it, and a hostile one becomes a finding."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given
from hypothesis import strategies as st

from xltool.collect.containers import open_form
from xltool.definition import load_form
from xltool.excel.read import read_bytes
from xltool.excel.write import write
from xltool.findings import Code, message
from xltool.foreign import child, html, limited, text, wire
from xltool.foreign.decoding import decoded
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.workbook import Stamp, common_sheets, unit_workbook
from xltool.model.form import Profile, Role
from xltool.model.workbook import CellKind, CellRange, RawCell, RawComment, RawName, RawSheet, RawStyle, RawWorkbook

ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
)


def grid(workbook: RawWorkbook | None) -> dict[tuple[int, int], str]:
    assert workbook is not None
    return {place: cell.text for place, cell in workbook.sheets[0].cells.items()}


def ods(rows: str, head: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", head + ODS.format(rows=rows))
    return stream.getvalue()


# Text


def test_tabs_part_cells_and_lines_are_rows() -> None:
    workbook, findings = text.read("名称\t数量\n\n养老床位\t210\n".encode())
    assert grid(workbook) == {(1, 1): "名称", (1, 2): "数量", (3, 1): "养老床位", (3, 2): "210"}
    assert [(item.code, item.position.row) for item in findings] == [(Code.EXT_BLANK_LINE, 2)]


def test_one_cell_a_line_becomes_rows_again() -> None:
    lines = ["附表", "\t标题", "", "\t甲", "\t", "\t乙一", "乙二", "", "\t", "\t丙"]
    workbook, findings = text.read("\n".join(lines).encode())
    assert grid(workbook) == {
        (1, 1): "附表", (1, 2): "标题", (4, 1): "甲", (4, 3): "乙一\n乙二", (9, 2): "丙"
    }  # fmt: skip
    assert workbook is not None
    assert workbook.sheets[0].lines == {(1, 1): 1, (1, 2): 2, (4, 1): 4, (4, 3): 6, (9, 2): 10}
    assert [(item.code, item.position.row) for item in findings] == [
        (Code.EXT_CELL_PER_LINE, 1), (Code.EXT_CONTINUED, 7)
    ]  # fmt: skip


def test_quotes_of_a_spreadsheet_hold_line_breaks_together() -> None:
    workbook, _ = text.read('名称\t内容\n甲\t"一\n二"\n乙\t三\n'.encode())
    assert grid(workbook)[2, 2] == "一\n二"
    assert grid(workbook)[4, 1] == "乙"


def test_somebodys_own_quotes_are_text() -> None:
    workbook, _ = text.read('"一网通办"改革\t内容\n甲\t乙\n'.encode())
    assert grid(workbook)[1, 1] == '"一网通办"改革'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_the_encodings_of_office_programs_are_known(encoding: str) -> None:
    workbook, findings = text.read("部门名称\t某某局\n职责\t救助".encode(encoding))
    assert grid(workbook)[1, 2] == "某某局"
    assert findings == ()


def test_bytes_that_are_no_text_are_an_error() -> None:
    _, findings = text.read("部门名称\t".encode() + b"\xff\xff\x81")
    assert [item.code for item in findings] == [Code.EXT_UNDECODABLE]


@given(st.text(max_size=40))
def test_whole_text_is_decoded_as_it_was_written(written: str) -> None:
    assert decoded(written.encode("utf-8-sig")) == (written, True)


@given(st.binary(max_size=300))
def test_no_bytes_make_the_text_reader_fail(data: bytes) -> None:
    text.read(data)
    html.read(data)


@given(st.text(alphabet="\t\n\r\"'甲1 ", max_size=60))
def test_no_layout_of_tabs_lines_and_quotes_loses_a_character(written: str) -> None:
    workbook, _ = text.read(written.encode())
    kept = "".join(grid(workbook).values())
    assert {character: kept.count(character) for character in "甲1'"} == {
        character: written.count(character) for character in "甲1'"
    }


# Pages


def test_a_page_gives_its_tables_and_texts_in_order() -> None:
    page = """<html><head><title>不是内容</title></head><body><h1>申报表</h1><script>var x=1</script>
    <table><tr><td rowspan=2>一级</td><td colspan="2">二级&nbsp;甲</td></tr>
    <tr><td>乙<br>丙</td><td style="display:none">看不见</td><td><p>丁</p><p>戊</p></td></tr></table>
    尾注</body></html>"""
    workbook, findings = html.read(page.encode())
    assert grid(workbook) == {
        (1, 1): "申报表", (2, 1): "一级", (2, 2): "二级\u00a0甲", (3, 2): "乙\n丙", (3, 3): "丁\n戊", (4, 1): "尾注"
    }  # fmt: skip
    assert workbook is not None
    assert workbook.sheets[0].merges == (CellRange(2, 1, 3, 1), CellRange(2, 2, 2, 3))
    assert workbook.sheets[0].lines[3, 2] == 3
    assert findings == ()


def test_a_page_that_declares_gb2312_is_read_as_its_larger_set() -> None:
    page = "<html><meta charset=gb2312><body><table><tr><td>镕</td></tr></table></body></html>".encode("gb18030")
    assert grid(html.read(page)[0]) == {(1, 1): "镕"}


def test_a_table_for_layout_gives_its_inner_table() -> None:
    page = b"<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td></tr></table>"
    assert grid(html.read(page)[0]) == {(1, 1): "a", (2, 1): "b", (2, 2): "c"}


@pytest.mark.parametrize(
    "page",
    [
        b"<table><tr>" + b"<td colspan=1000 rowspan=1000>x</td>" * 40 + b"</tr></table>",
        b"<div>" * 5_000 + b"x",
        b"<table>" * 5_000,
        b"<html><body><table><tr><td>" + b"x" * 200_000,
    ],
)
def test_a_hostile_page_is_a_finding_or_a_small_grid(page: bytes) -> None:
    workbook, findings = html.read(page, "page.html")
    assert workbook is None or len(workbook.sheets[0].cells) < 10
    assert findings or workbook


# Word processor


def docx_bytes(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def test_merged_cells_of_a_document_stand_once_where_they_begin() -> None:
    document = docx.Document()
    document.add_paragraph("申报表")
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "一级"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "二级"
    table.cell(1, 1).text, table.cell(1, 2).text = "甲", "乙\n丙"
    workbook, findings = limited.read("docx", docx_bytes(document))
    assert findings == ()
    assert grid(workbook) == {
        (1, 1): "申报表", (2, 1): "一级", (2, 2): "二级", (3, 2): "甲", (3, 3): "乙\n丙"
    }  # fmt: skip
    assert workbook is not None
    assert set(workbook.sheets[0].merges) == {CellRange(2, 1, 3, 1), CellRange(2, 2, 2, 3)}


def test_insertions_and_content_controls_are_seen_and_deletions_are_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("甲")
    for tag, run in (("w:ins", "<w:t>乙</w:t>"), ("w:del", "<w:delText>丙</w:delText>")):
        change = OxmlElement(tag)
        change.append(parse_xml(f"<w:r {nsdecls('w')}>{run}</w:r>"))
        paragraph._p.append(change)
    moved = OxmlElement("w:moveFrom")
    moved.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>丁</w:t></w:r>"))
    paragraph._p.append(moved)
    control = OxmlElement("w:sdt")
    content = OxmlElement("w:sdtContent")
    content.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>戊</w:t></w:r>"))
    control.append(content)
    paragraph._p.append(control)
    assert paragraph._p.tag == qn("w:p")
    assert grid(limited.read("docx", docx_bytes(document))[0]) == {(1, 1): "甲乙戊"}


# Spreadsheets of other programs


def test_an_ods_gives_values_formats_merges_and_what_repeats() -> None:
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell '
        'office:value-type="float" office:value="3.5"><text:p>3.50</text:p></table:table-cell></table:table-row>'
        '<table:table-row table:visibility="collapse"><table:table-cell table:number-columns-spanned="2">'
        '<office:annotation><text:p>批注</text:p></office:annotation><text:p>一<text:s text:c="2"/>二</text:p>'
        "<text:p>三</text:p></table:table-cell><table:covered-table-cell/>"
        '<table:table-cell table:formula="of:=[.A1]*2" office:value-type="float" office:value="7"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    workbook, findings = limited.read("ods", ods(rows))
    assert findings == ()
    assert grid(workbook) == {(1, 1): "3.5", (2, 1): "3.5", (3, 1): "一  二\n三", (3, 3): "7"}
    assert workbook is not None
    sheet = workbook.sheets[0]
    assert sheet.merges == (CellRange(3, 1, 3, 2),)
    assert sheet.hidden_rows == {3}
    assert sheet.cells[3, 3].formula == "[.A1]*2"
    assert sheet.cells[1, 1].kind is CellKind.NUMBER


ODS_CELLS = {
    "error": ('office:value-type="string" office:string-value="" calcext:value-type="error"', "#DIV/0!",
              (CellKind.ERROR, "#DIV/0!", "General")),
    "true": ('office:value-type="boolean" office:boolean-value="true"', "TRUE", (CellKind.BOOLEAN, "1", "General")),
    "false in LibreOffice": ('table:formula="of:=FALSE()" office:value-type="float" office:value="0"', "FALSE",
                             (CellKind.BOOLEAN, "0", "General")),
    "date": ('office:value-type="date" office:date-value="2024-01-02"', "1月2日",
             (CellKind.NUMBER, "45293", "yyyy/m/d")),
    "date and time": ('office:value-type="date" office:date-value="2024-01-02T12:00:00"', "2024/1/2 12:00",
                      (CellKind.NUMBER, "45293.5", "yyyy/m/d")),
    "hidden": ('office:value-type="float" office:value="123"', "", (CellKind.NUMBER, "123", ";;;")),
    "rounded": ('office:value-type="float" office:value="12.345"', "12.3", (CellKind.NUMBER, "12.345", "0.0")),
    "words around": ('office:value-type="float" office:value="12"', "约12家", (CellKind.NUMBER, "12", '"约"0"家"')),
    "as it is": ('office:value-type="float" office:value="1234.5"', "1,234.50", (CellKind.NUMBER, "1234.5", "General")),
}  # fmt: skip


@pytest.mark.parametrize(("attributes", "shown", "expected"), ODS_CELLS.values(), ids=ODS_CELLS.keys())
def test_a_cell_of_an_ods_is_what_the_screen_shows(
    attributes: str, shown: str, expected: tuple[CellKind, str, str]
) -> None:
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    cell_xml = f"<table:table-cell {calc} {attributes}><text:p>{shown}</text:p></table:table-cell>"
    workbook, _ = limited.read("ods", ods(f"<table:table-row>{cell_xml}</table:table-row>"))
    assert workbook is not None
    cell = workbook.sheets[0].cells[1, 1]
    assert (cell.kind, cell.text, workbook.styles[cell.style].number_format) == expected


def test_notes_of_an_ods_are_kept() -> None:
    rows = (
        "<table:table-row><table:table-cell/><table:table-cell><office:annotation><text:p>要核实</text:p>"
        "<text:p>第二行</text:p></office:annotation><text:p>甲</text:p></table:table-cell></table:table-row>"
    )
    workbook, _ = limited.read("ods", ods(rows))
    assert workbook is not None
    assert workbook.sheets[0].comments == (RawComment(1, 2, "", "要核实\n第二行"),)
    assert grid(workbook) == {(1, 2): "甲"}


def issued() -> bytes:
    """A workbook of ours as a unit gets it, filled."""
    form, _ = load_form("minhang-2024")
    assert form is not None
    contents = {slot.key: "第一项" for slot in lay_out(form, Role.UNIT, Profile.FILL).slots if slot.part == "name"}
    contents |= {"duties": "救助\n养老", "output.quality#01.current.value": "85%"}
    stamp = Stamp("XT1.token", (("form", form.id),))
    places = {"deadline": "", "contact": "", "telephone": ""}
    common = common_sheets(form, Role.UNIT, places)
    return write(unit_workbook(form, Role.UNIT, Filling(contents=contents), stamp, common)[1])


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_a_returned_form_of_ours_in_another_format_is_the_same_form(
    kind: str, libreoffice: object, tmp_path: Path
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(issued())
    with libreoffice.open(path) as book:  # type: ignore[attr-defined]
        book.save(tmp_path / f"form.{kind}", kind)
    ours, _ = read_bytes(path.read_bytes())
    theirs, findings = open_form((tmp_path / f"form.{kind}").read_bytes())
    assert findings == ()
    assert ours is not None
    assert theirs is not None
    assert [(sheet.name, sheet.state != "visible") for sheet in theirs.sheets] == [
        (sheet.name, sheet.state != "visible") for sheet in ours.sheets
    ]
    for mine, other in zip(ours.sheets, theirs.sheets, strict=True):
        texts = {place: cell.text for place, cell in mine.cells.items() if cell.formula is None and cell.text}
        assert {place: other.cells[place].text for place in texts} == texts
        assert set(other.merges) == set(mine.merges)
    names = {item.name: item.refers_to.replace("'", "").removeprefix("$") for item in ours.names}
    found = {item.name: item.refers_to.replace("'", "").removeprefix("$") for item in theirs.names}
    placed = {name: refers for name, refers in names.items() if name.startswith(("F_", "S_"))}
    assert {name: found.get(name) for name in placed} == placed


def test_an_old_workbook_keeps_number_formats(libreoffice: object, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = 0.85, 45000, True, "文字"
    sheet["A1"].number_format, sheet["A2"].number_format = "0.00%", "yyyy-mm-dd"
    book.save(tmp_path / "a.xlsx")
    for kind in ("xls", "ods"):
        with libreoffice.open(tmp_path / "a.xlsx") as opened:  # type: ignore[attr-defined]
            opened.save(tmp_path / f"a.{kind}", kind)
        workbook, _ = limited.read(kind, (tmp_path / f"a.{kind}").read_bytes())
        assert workbook is not None
        cells = workbook.sheets[0].cells
        assert cells[1, 1].text == "0.85"
        assert workbook.styles[cells[1, 1].style].number_format == "0.00%"
        assert cells[3, 1].kind is CellKind.BOOLEAN
        assert cells[2, 1].kind is CellKind.NUMBER
        assert cells[2, 1].text == "45000"


def test_an_old_workbook_says_which_cells_are_formulas(libreoffice: object, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet()
    assert first is not None
    first["A1"], first["A2"], first["A3"], first["A4"] = "=1+1", 2, '="户"&"数"', '=""'
    second["B2"], second["B3"], second["B4"] = "=1/0", 0, "=Sheet!A2-2"
    book.save(tmp_path / "a.xlsx")
    with libreoffice.open(tmp_path / "a.xlsx") as opened:  # type: ignore[attr-defined]
        opened.save(tmp_path / "a.xls", "xls")
    workbook, _ = limited.read("xls", (tmp_path / "a.xls").read_bytes())
    assert workbook is not None
    seen = [{(*place, cell.text): cell.formula is not None for place, cell in s.cells.items()} for s in workbook.sheets]
    assert seen == [
        {(1, 1, "2"): True, (2, 1, "2"): False, (3, 1, "户数"): True, (4, 1, ""): True},
        {(2, 2, "#DIV/0!"): True, (3, 2, "0"): False, (4, 2, "0"): True},
    ]


def test_every_old_workbook_of_the_corpus_is_read_or_refused_with_a_finding(shared: Path) -> None:
    refused = {}
    for path in sorted((shared / "corpus" / "xls").iterdir()):
        workbook, findings = open_form(path.read_bytes(), path.name)
        if workbook is None:
            refused[path.name] = [item.code for item in findings]
    assert set(map(tuple, refused.values())) <= {(Code.FILE_ENCRYPTED,)}
    assert len(refused) <= 2


# The child process


def test_a_workbook_comes_back_from_the_wire_as_it_was() -> None:
    cells = {(1, 2): RawCell(1, 2, CellKind.NUMBER, "3.5", None, 1), (2, 1): RawCell(2, 1, CellKind.TEXT, "甲", "", 0)}
    sheet = RawSheet("表", "hidden", cells, (CellRange(1, 1, 2, 2),), frozenset({3}), frozenset({4}), True)
    styles = (RawStyle("General", True), RawStyle("0.00%", False))
    workbook = RawWorkbook((sheet,), styles, (RawName("F_duties", "表!$A$1", "", False),), (("a", "b"),), "WPS", True)
    assert wire.load(wire.dump(workbook)) == workbook


def bomb(part: str, size: int) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b"<a>" + b" " * size + b"</a>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048), Code.FILE_DAMAGED),
        ("docx", b"PK\x03\x04" + bytes(100), Code.FILE_DAMAGED),
        ("docx", bomb("word/document.xml", 80 << 20), Code.FILE_TOO_LARGE),
        ("ods", bomb("content.xml", 140 << 20), Code.FILE_TOO_LARGE),
        ("ods", ods("", '<!DOCTYPE x [<!ENTITY a "b">]>'), Code.FILE_DAMAGED),
        ("ods", ods("<unclosed>")[:-30], Code.FILE_DAMAGED),
        (
            "ods",
            ods('<table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>x</text:p>'
                "</table:table-cell></table:table-row>"),
            Code.FILE_TOO_LARGE,
        ),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_by_the_child(kind: str, data: bytes, code: Code) -> None:
    workbook, findings = limited.read(kind, data, "file")
    assert workbook is None
    assert [item.code for item in findings] == [code]
    assert "{" not in message(findings[0])


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: object, **keywords: object) -> None:
        raise subprocess.TimeoutExpired("child", 1)

    monkeypatch.setattr("xltool.foreign.limited.subprocess.run", endless)
    workbook, findings = limited.read("xls", b"x")
    assert workbook is None
    assert [item.code for item in findings] == [Code.FILE_TOO_LARGE]


@pytest.mark.skipif(sys.platform == "win32", reason="the cap is the operating system's; Windows has none")
def test_a_child_that_takes_too_much_memory_ends_by_itself() -> None:
    script = (
        "from xltool.foreign import child\nchild.limit_itself()\n"
        "try:\n    bytearray(child.MEMORY)\nexcept MemoryError:\n    raise SystemExit(41)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    assert done.returncode == child.Exit.TOO_LARGE
