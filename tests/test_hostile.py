"""Files made to do harm, and files broken by accident: each gets its code, or is read for what it holds."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.packages import MAIN, parts, sheet, strings, workbook, zipped
from xltool.excel.gate import Limits
from xltool.excel.read import read_bytes
from xltool.findings import Code, message
from xltool.model.workbook import RawWorkbook

LAUGHS = (
    '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    '<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">]>'
)
XXE = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
PROBE = Path(__file__).with_name("hostile_memory.py")


def text_cell(text: str) -> str:
    return f'<row r="1"><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>'


def evil_sheet(head: str) -> bytes:
    return workbook(head + sheet(text_cell("&e;")))


def evil_strings(head: str) -> bytes:
    return workbook(
        sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), {"xl/sharedStrings.xml": head + strings("<t>&e;</t>")}
    )


def many_cells(count: int, references: bool = True) -> bytes:
    """So many cells in rows of 100."""
    rows = (
        f'<row r="{row}">'
        + "".join(f'<c r="{letters}{row}"><v>1</v></c>' if references else "<c><v>1</v></c>" for letters in LETTERS)
        + "</row>"
        for row in range(1, count // 100 + 1)
    )
    return workbook(sheet("".join(rows)))


LETTERS = [xlsxwriter.utility.xl_col_to_name(column) for column in range(100)]


def corrupted() -> bytes:
    """A sheet whose compressed bytes are broken, the directory being sound."""
    part = sheet("".join(f'<row r="{row}"><c r="A{row}"><v>{row * 7919}</v></c></row>' for row in range(1, 500)))
    data = bytearray(workbook(part))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename)
    for place in range(start + 200, start + 260):
        data[place] ^= 0xFF
    return bytes(data)


def lying_bomb() -> bytes:
    """A part of 300 MB whose directory entry and local header say it is small."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    blanks = b" " * 1_000_000
    packed = packer.compress(b"<worksheet>") + packer.compress(blanks * 300) + packer.flush()
    placeholder = b"y" * len(packed)
    stored = zipped(parts(placeholder), zipfile.ZIP_STORED)
    data = bytearray(stored.replace(placeholder, packed))
    name = b"xl/worksheets/sheet1.xml"
    for header, method in ((data.index(name) - 30, 8), (data.rindex(name) - 46, 10)):
        data[header + method] = zipfile.ZIP_DEFLATED
    return bytes(data)


def many_strings() -> bytes:
    table = strings().replace("</sst>", "<si/>" * 4_000_000 + "</sst>")
    return workbook(sheet(""), {"xl/sharedStrings.xml": table})


def many_merges() -> bytes:
    return workbook(sheet("", "<mergeCells>" + '<mergeCell ref="A1:B2"/>' * 500_000 + "</mergeCells>"))


def array_formulas_over_everything() -> bytes:
    formula = '<f t="array" ref="A1:XFD1048576">X</f>'
    rows = (f'<row r="{row}"><c r="A{row}">{formula}<v>1</v></c></row>' for row in range(1, 5000))
    return workbook(sheet("".join(rows)))


def one_long_tag() -> bytes:
    noise = "".join(random.Random(1).choices("0123456789:", k=3_000_000))  # packs badly: the ratio is no help
    return workbook(sheet(f'<row r="1" spans="{noise}"/>'))


def without_its_sheet() -> bytes:
    return zipped({name: content for name, content in parts("").items() if "sheet1" not in name})


def with_book(part: str) -> bytes:
    return workbook(sheet(""), {"xl/workbook.xml": part})


HOSTILE: dict[str, tuple[Callable[[], bytes], Code]] = {
    "bomb": (lambda: workbook(b"<worksheet>" + b" " * 200_000_000), Code.FILE_TOO_LARGE),
    "bomb with false sizes": (lying_bomb, Code.FILE_TOO_LARGE),
    "3 M cells": (lambda: many_cells(3_000_000, references=False), Code.FILE_TOO_LARGE),
    "more cells than the cap": (lambda: many_cells(420_000), Code.FILE_TOO_LARGE),
    "4 M strings": (many_strings, Code.FILE_TOO_LARGE),
    "500,000 merges": (many_merges, Code.FILE_TOO_LARGE),
    "array formulas over everything": (array_formulas_over_everything, Code.FILE_TOO_LARGE),
    "one tag of 3 MB": (one_long_tag, Code.FILE_DAMAGED),
    "elements within elements": (lambda: workbook("<worksheet>" + "<a>" * 600_000), Code.FILE_DAMAGED),
    "billion laughs in the sheet": (lambda: evil_sheet(LAUGHS), Code.FILE_DOCTYPE),
    "billion laughs in the strings": (lambda: evil_strings(LAUGHS), Code.FILE_DOCTYPE),
    "external entity in the sheet": (lambda: evil_sheet(XXE), Code.FILE_DOCTYPE),
    "external entity in the strings": (lambda: evil_strings(XXE), Code.FILE_DOCTYPE),
    "undeclared entity": (lambda: evil_sheet(""), Code.FILE_DAMAGED),
    "corrupt deflate": (corrupted, Code.FILE_DAMAGED),
    "a sheet that is missing": (without_its_sheet, Code.FILE_DAMAGED),
    "a workbook part that is a document": (lambda: with_book("<document/>"), Code.FILE_NOT_WORKBOOK),
    "a workbook without sheets": (lambda: with_book("<workbook/>"), Code.FILE_DAMAGED),
    # Found by fuzzing (tests/fuzz):
    "a lost text in a cell whose name is empty": (
        lambda: workbook(sheet('<row r="1"><c r="" t="s"><v>9</v></c></row>')),
        Code.FILE_DAMAGED,
    ),
    "a number in a cell whose name is empty": (
        lambda: workbook(sheet('<row r="1"><c r=""><v>9</v></c></row>')),
        Code.FILE_DAMAGED,
    ),
    "an encoding nobody knows": (lambda: with_book('<?xml version="1.0" encoding="x-evil"?><a/>'), Code.FILE_DAMAGED),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_its_code(name: str) -> None:
    make, expected = HOSTILE[name]
    result, findings = read_bytes(make(), "evil.xlsx")
    assert result is None
    assert [item.code for item in findings] == [expected]
    assert all("{" not in message(item, language) for item in findings for language in ("zh", "en"))


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="peak memory is asked the Linux way")
def test_no_hostile_file_takes_200_mebibytes(tmp_path: Path) -> None:
    for number, (make, _) in enumerate(HOSTILE.values()):
        (tmp_path / f"{number}.xlsx").write_bytes(make())
    done = subprocess.run([sys.executable, PROBE, tmp_path], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200 * 1024


@pytest.mark.parametrize(("where", "place"), [("XFD1048576", (1_048_576, 16_384)), ("H1048576", (1_048_576, 8))])
def test_a_value_far_away_is_one_cell(where: str, place: tuple[int, int]) -> None:
    found, _ = read_bytes(workbook(sheet(f'<row r="1048576"><c r="{where}"><v>7</v></c></row>')))
    assert found is not None
    assert list(found.sheets[0].cells) == [place]


def test_a_blank_formatted_cell_far_away_is_nothing() -> None:
    found, _ = read_bytes(workbook(sheet('<row r="1048576"><c r="XFD1048576" s="0"/></row>')))
    assert found is not None
    assert not found.sheets[0].cells


def test_a_caller_may_draw_rows_and_columns_closer() -> None:
    data = workbook(sheet('<row r="9"><c r="C9"><v>7</v></c></row>'))
    for limits in (Limits(rows=8), Limits(columns=2)):
        result, findings = read_bytes(data, limits=limits)
        assert (result, findings[0].code) == (None, Code.FILE_TOO_LARGE)
    assert read_bytes(data, limits=Limits(rows=9, columns=3))[0] is not None


def test_a_false_dimension_hides_nothing() -> None:
    for dimension in ("A1", "A1:XFD1048576", "nonsense"):
        data = workbook(sheet('<row r="3"><c r="C3"><v>7</v></c></row>', before=f'<dimension ref="{dimension}"/>'))
        found, _ = read_bytes(data)
        assert found is not None
        assert list(found.sheets[0].cells) == [(3, 3)]


def test_reading_that_takes_too_long_stops() -> None:
    result, findings = read_bytes(many_cells(100_000), limits=Limits(seconds=0.01))
    assert (result, findings[0].code) == (None, Code.FILE_TOO_LARGE)


def test_hidden_columns_over_and_over_end_in_time() -> None:
    hidden = "<cols>" + '<col min="1" max="16384" hidden="1"/>' * 20_000 + "</cols>"
    result, findings = read_bytes(workbook(sheet("", before=hidden)), limits=Limits(seconds=0.5))
    assert result is not None or findings[0].code == Code.FILE_TOO_LARGE


def small_workbook() -> bytes:
    """A workbook with a little of everything a reader follows."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet("申报表")
        unlocked = book.add_format({"locked": False, "num_format": "0.00%"})
        for row in range(12):
            page.write_string(row, 0, f"指标{row}")
            page.write_number(row, 1, row / 7, unlocked)
            page.write_formula(row, 2, f"=B{row + 1}*2", None, row * 2 / 7)
        page.merge_range("D1:E2", "说明")
        page.data_validation("B1:B9", {"validate": "list", "source": ["=", "≥"]})
        page.write_comment("A1", "注")
        page.protect()
        book.define_name("F_1", "=申报表!$B$1")
        book.set_custom_property("xltool", "id")
    return buffer.getvalue()


SMALL = small_workbook()
UNPACKED = {
    info.filename: zipfile.ZipFile(io.BytesIO(SMALL)).read(info)
    for info in zipfile.ZipFile(io.BytesIO(SMALL)).infolist()
}


TOKENS = [
    token.encode()
    for token in (
        '|<|>|/>|"|&|-1|0|99999999999|\0|<c>|</c>|<v>|</row>|<is><t>|t="s"|t="str"|<f>|r="|</sheetData>|<row|rId9|../|A1:|'
        "_x0041_"
    ).split("|")
] + [b"\xff", b"\xe7"]


def reads_or_refuses(data: bytes) -> None:
    result, findings = read_bytes(data, "x.xlsx")
    assert isinstance(result, RawWorkbook) or len(findings) == 1
    assert all(item.code.startswith("FILE") for item in findings)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_flipped_bytes_never_raise(data: st.DataObject) -> None:
    changed = bytearray(SMALL)
    for place, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), min_size=1, max_size=8)
    ):
        changed[place] = value
    reads_or_refuses(bytes(changed))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SMALL)), st.binary(max_size=40))
def test_a_cut_or_lengthened_file_never_raises(length: int, tail: bytes) -> None:
    reads_or_refuses(SMALL[:length] + tail)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_parts_changed_inside_a_sound_zip_never_raise(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(UNPACKED)))
    content = bytearray(UNPACKED[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        content[place : place + length] = data.draw(st.sampled_from(TOKENS))
    reads_or_refuses(zipped(UNPACKED | {name: bytes(content)}, zipfile.ZIP_STORED))


def test_the_little_of_everything_is_really_read() -> None:
    found, findings = read_bytes(SMALL)
    assert found is not None
    page = found.sheets[0]
    assert findings == ()
    assert (len(page.cells), len(page.merges), len(page.validations), len(page.comments)) == (37, 1, 1, 1)
    assert MAIN.encode() in UNPACKED["xl/workbook.xml"]
