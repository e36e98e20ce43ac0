"""Workbooks made by chance: parts no program would write in this mixture, and values as xlsxwriter and openpyxl write
them. Every one is sound, so that what the other two readers agree on must be what ours reads."""

from __future__ import annotations

import datetime
import io
import random
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.packages import CONTENT_TYPES, MAIN, RELATIONS, sheet, strings, workbook

NUMBERS = (
    "0 1 -1 12 1.5 -0.001 1E5 1e-7 1.2345678901234567 476373173.65000001 123456789012345678 45000 45000.25 0.5 59 60 "
    "61 1.75 -1.5 00123 +5 .5 5. 2958465.99"
).split()
TEXTS = [
    "甲", "乙 ", "  丙", "a\nb", "_x000D_", "a_x000D_\nb", "_x005F_x0041_", "_xD83D__xDE00_", "   ", "\t", "85%", "1/2",
    "=1+1", "'x", '&<>"', "\u00a0", "\u200b", "ａ", "x" * 300, "2024-01-01", "TRUE", "12", "1.50", "\u3000", "e\u0301",
    "\U0001f600", "]]", "_x41_", "",
]  # fmt: skip
FORMATS = [
    "General", "GENERAL", "0.00", "@", "0%", "yyyy/m/d", 'yyyy"年"m"月"', "[h]:mm", "[$-804]yyyy/m/d;@", "h:mm:ss",
    "mm:ss.0", "#,##0", "[Red]0;-0", '[DBNum1][$-804]yyyy"年"m"月"d"日"', "[mm]:ss", '0"d"', "# ?/?", "0.00E+00",
    '_ * #,##0.00_ ;_ * "-"??_ ;_ @_ ', "[$-F800]dddd\\,\\ mmmm\\ dd", '上午/下午h"时"mm"分"', '0.0"万元"',
]  # fmt: skip
BUILT_IN = (0, 9, 14, 22, 45, 46, 47, 49)
ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!", "#NULL!", "#NUM!")
VALUES: list[object] = [
    *TEXTS[:-1], 0, 1, -1, 1.5, 476373173.65, 123456789012345678, 1e-7, 1e300, 0.1 + 0.2, 45000.25, 60, True, False,
    datetime.datetime(2024, 1, 31, 10, 20, 30), datetime.date(1904, 3, 1), datetime.time(23, 59, 59),  # noqa: DTZ001
    datetime.timedelta(hours=30, minutes=5),
]  # fmt: skip


def by_hand(seed: int) -> bytes:
    """Parts of every form the format allows: missing references, runs, readings, prefixes, encodings, epochs."""
    chance = random.Random(seed)
    table = [_item(chance) for _ in range(chance.randint(0, 8))]
    codes = "".join(f'<numFmt numFmtId="{170 + at}" formatCode={quoteattr(code)}/>' for at, code in enumerate(FORMATS))
    ids = (*BUILT_IN, *range(170, 170 + len(FORMATS)))
    styles = (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(FORMATS)}">{codes}</numFmts><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="{len(ids)}">'
        + "".join(f'<xf numFmtId="{number}"/>' for number in ids) + "</cellXfs></styleSheet>"
    )  # fmt: skip
    epoch = chance.choice(["", "", "", '<workbookPr date1904="1"/>', '<workbookPr date1904="false"/>'])
    extra = {
        "[Content_Types].xml": CONTENT_TYPES,
        "xl/styles.xml": styles,
        "xl/sharedStrings.xml": strings(*table),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{epoch}<sheets>'
        '<sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>',
    }
    return workbook(_encoded(chance, sheet(_rows(chance, len(table), len(ids)))), extra)


def _item(chance: random.Random) -> str:
    """The content of a shared or inline string."""
    text = escape(chance.choice(TEXTS))
    space = chance.choice(["", ' xml:space="preserve"'])
    runs = "".join(
        f"<r>{chance.choice(['', '<rPr><b/></rPr>'])}<t xml:space=\"preserve\">{escape(chance.choice(TEXTS))}</t></r>"
        for _ in range(chance.randint(1, 3))
    )
    read = f'<t{space}>{text}</t><rPh sb="0" eb="1"><t>トウ</t></rPh><phoneticPr fontId="1"/>'
    plain = f"<t{space}>{text}</t>"
    return chance.choice([plain, plain, plain, runs, runs, read, "<t/>", f"<t><![CDATA[{chance.choice(TEXTS)}]]></t>"])


def _rows(chance: random.Random, strings_there: int, styles_there: int) -> str:
    rows, number, referred = [], 0, chance.random() < 0.7
    for _ in range(chance.randint(1, 8)):
        number += chance.randint(1, 3) if referred else 1
        column, cells = 0, []
        for _ in range(chance.randint(0, 6)):
            column += chance.randint(1, 2) if referred else 1
            place = f' r="{"ABCDEFGHIJKL"[column - 1]}{number}"' if referred else ""
            style = chance.choice(["", f' s="{chance.randrange(styles_there)}"'])
            cells.append(f"<c{place}{style}{_content(chance, strings_there)}")
        between = chance.choice(["", "", "\n  "])
        rows.append(f"<row{f' r={chr(34)}{number}{chr(34)}' if referred else ''}>{between.join(cells)}{between}</row>")
    return "".join(rows)


def _content(chance: random.Random, strings_there: int) -> str:
    formula = chance.choice(["", "", "<f>A1+1</f>", '<f>"a"&amp;B2</f>', '<f t="shared" si="0"/>'])
    text = escape(chance.choice(TEXTS))
    choices = [
        f">{formula}<v>{chance.choice(NUMBERS)}</v></c>",
        f' t="n">{formula}<v>{chance.choice(NUMBERS)}</v></c>',
        f' t="str">{formula}<v xml:space="preserve">{text}</v></c>',
        f' t="inlineStr"><is>{_item(chance)}</is></c>',
        f' t="b">{formula}<v>{chance.choice("01")}</v></c>',
        f' t="e">{formula}<v>{chance.choice(ERRORS)}</v></c>',
        f' t="d"><v>{chance.choice(["2024-01-31", "2024-01-31T10:20:30", "2024-01-31T10:20:30.5"])}</v></c>',
        "/>",
    ]
    shared = f' t="s">{formula}<v>{chance.randrange(max(strings_there, 1))}</v></c>'
    return chance.choice([*choices, *[shared] * (4 if strings_there else 0)])


def _encoded(chance: random.Random, part: str) -> bytes:
    kind = chance.randrange(10)
    if kind == 0:
        return b"\xef\xbb\xbf" + part.encode()
    if kind == 1:
        return ('<?xml version="1.0" encoding="UTF-16"?>' + part).encode("utf-16")
    if kind == 2:
        named = part.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:![", "<![")
        return named.replace("xmlns=", "xmlns:x=").encode()
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + part).encode()


def by_xlsxwriter(seed: int) -> bytes:
    chance, buffer = random.Random(seed), io.BytesIO()
    options = {
        "date_1904": chance.random() < 0.2, "strings_to_formulas": False, "strings_to_urls": False,
        "use_zip64": chance.random() < 0.3, "in_memory": True,
    }  # fmt: skip
    with xlsxwriter.Workbook(buffer, options) as book:
        formats = [book.add_format({"num_format": code}) for code in FORMATS]
        for _ in range(chance.randint(1, 3)):
            page = book.add_worksheet()
            for row in range(chance.randint(0, 12)):
                for col in range(8):
                    style = chance.choice([*formats, *[None] * 10])
                    if chance.random() < 0.2:
                        page.write_formula(row, col, "=1+1", style, chance.choice([2, "x", "", True, "#N/A", 1.5]))
                    elif chance.random() < 0.1:
                        page.write_rich_string(row, col, "a", formats[0], " 乙 ", "c")
                    else:
                        page.write(row, col, chance.choice(VALUES), style)
    return buffer.getvalue()


def by_openpyxl(seed: int) -> bytes:
    chance, buffer = random.Random(seed), io.BytesIO()
    book = openpyxl.Workbook()
    if chance.random() < 0.2:
        book.epoch = CALENDAR_MAC_1904
    book.iso_dates = chance.random() < 0.3
    for _ in range(chance.randint(1, 3)):
        page = book.create_sheet()
        for row in range(1, chance.randint(1, 12)):
            for col in range(1, 9):
                cell = page.cell(row, col, chance.choice(VALUES))
                if chance.random() < 0.4:
                    cell.number_format = chance.choice(FORMATS)
    book.save(buffer)
    return buffer.getvalue()


MAKERS = {"hand": by_hand, "xlsxwriter": by_xlsxwriter, "openpyxl": by_openpyxl}
