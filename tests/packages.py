"""Packages made part by part, so that a test can put in exactly what no honest program writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
)

Content = str | bytes


def zipped(parts: Mapping[str, Content], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts in this order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def relationships(*items: tuple[str, str], mode: str = "") -> str:
    """A .rels part: types without their namespace, and targets; ids rId1, rId2 …"""
    mode = f' TargetMode="{mode}"' if mode else ""
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'
        for number, (kind, target) in enumerate(items, 1)
    )
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{rows}</Relationships>'


def sheet(rows: str, after: str = "", before: str = "") -> str:
    """A worksheet part around the rows of its sheetData."""
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def strings(*items: str) -> str:
    """A shared string table of these `<si>` contents."""
    return f'<sst xmlns="{MAIN}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def parts(sheet_part: Content, extra: Mapping[str, Content] | None = None, book: str = "") -> dict[str, Content]:
    """The parts of a workbook with one sheet; `extra` adds or replaces parts, `book` stands after its sheets."""
    related = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    found: dict[str, Content] = {
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
            f'<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>{book}</workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relationships(*related),
        "xl/worksheets/sheet1.xml": sheet_part,
        "xl/sharedStrings.xml": strings("<t>甲</t>", "<t>乙</t>"),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/></cellXfs></styleSheet>',
    }
    return found | dict(extra or {})


def workbook(sheet_part: Content, extra: Mapping[str, Content] | None = None, book: str = "") -> bytes:
    """The bytes of such a workbook."""
    return zipped(parts(sheet_part, extra, book))
