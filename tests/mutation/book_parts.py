"""The XML of a saved book around its worksheets, and the zip of it all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping

from tests.mutation.book import Book, Sheet
from tests.mutation.sheet_part import HEAD, HIDDEN, MAIN, RELATIONS, Tables, address, escape, quoted

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument"


def strings_part(tables: Tables) -> str:
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in tables.strings)
    return f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(tables.strings)}">{items}</sst>'


_FONT = '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
_FILLS = (
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    "</fills>"
)
_BORDERS = '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
_BASE = '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
_AFTER = (
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="1"><dxf><fill>'
    '<patternFill><bgColor rgb="FFFFEB9C"/></patternFill></fill></dxf></dxfs>'
)
_BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "@": 49}


def styles_part(tables: Tables) -> str:
    codes = dict.fromkeys(code for code, _ in tables.styles if code not in _BUILT_IN)
    ids = _BUILT_IN | {code: number for number, code in enumerate(codes, start=164)}
    formats = "".join(f'<numFmt numFmtId="{ids[code]}" formatCode={quoted(code)}/>' for code in codes)
    cells = "".join(
        f'<xf numFmtId="{ids[code]}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        f"{_LOCKED if locked else _UNLOCKED}"
        for code, locked in tables.styles
    )
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}">{f"<numFmts>{formats}</numFmts>" if codes else ""}{_FONT}{_FILLS}{_BORDERS}'
        f'{_BASE}<cellXfs count="{len(tables.styles)}">{cells}</cellXfs>{_AFTER}</styleSheet>'
    )


_LOCKED = "/>"
_UNLOCKED = ' applyProtection="1"><protection locked="0"/></xf>'


def workbook_part(book: Book) -> str:
    places = {sheet.name: number for number, sheet in enumerate(book.sheets)}
    listed = "".join(
        f'<sheet name={quoted(sheet.name)} sheetId="{number}" r:id="rId{number}"'
        f"{'' if sheet.state == 'visible' else f' state={quoted(sheet.state)}'}/>"
        for number, sheet in enumerate(book.sheets, start=1)
    )
    names = "".join(
        f"<definedName name={quoted(item.name)}{_scope(places.get(item.sheet))}{HIDDEN if item.hidden else ''}>"
        f"{escape(item.refers_to)}</definedName>"
        for item in book.names
        if not item.sheet or item.sheet in places
    )
    lock = '<workbookProtection lockStructure="1"/>' if book.structure_locked else ""
    defined = f"<definedNames>{names}</definedNames>" if names else ""
    return (
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr/>{lock}'
        f"<bookViews><workbookView/></bookViews><sheets>{listed}</sheets>{defined}</workbook>"
    )


def _scope(place: int | None) -> str:
    return "" if place is None else f' localSheetId="{place}"'


def comment_part(sheet: Sheet) -> str:
    authors = list(dict.fromkeys(comment.author for comment in sheet.comments))
    items = "".join(
        f'<comment ref="{address(item.row, item.col)}" authorId="{authors.index(item.author)}"><text><r>'
        f'<t xml:space="preserve">{escape(item.text)}</t></r></text></comment>'
        for item in sheet.comments
    )
    listed = "".join(f"<author>{escape(author)}</author>" for author in authors)
    return f'{HEAD}<comments xmlns="{MAIN}"><authors>{listed}</authors><commentList>{items}</commentList></comments>'


def properties_part(book: Book) -> str:
    items = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name={quoted(name)}>'
        f"<vt:lpwstr>{escape(text)}</vt:lpwstr></property>"
        for number, (name, text) in enumerate(book.properties, start=2)
    )
    return (
        f'{HEAD}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">{items}'
        "</Properties>"
    )


def application_part(book: Book) -> str:
    return (
        f'{HEAD}<Properties xmlns="{_OFFICE}/extended-properties"><Application>{escape(book.application)}</Application>'
        "</Properties>"
    )


def relations_part(items: Iterable[tuple[str, str]]) -> str:
    """Relationships rId1, rId2 … of these types (the last word of the URI) and targets."""
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(items, start=1)
    )
    return f'{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


_KINDS = {
    "xl/workbook.xml": "spreadsheetml.sheet.main+xml",
    "xl/styles.xml": "spreadsheetml.styles+xml",
    "xl/sharedStrings.xml": "spreadsheetml.sharedStrings+xml",
    "docProps/app.xml": "extended-properties+xml",
    "docProps/custom.xml": "custom-properties+xml",
}


def types_part(parts: Iterable[str]) -> str:
    items = []
    for part in parts:
        kind = _KINDS.get(part)
        if kind is None and part.startswith("xl/worksheets/sheet"):
            kind = "spreadsheetml.worksheet+xml"
        if kind is None and part.startswith("xl/comments"):
            kind = "spreadsheetml.comments+xml"
        if kind is not None:
            items.append(f'<Override PartName="/{part}" ContentType="{_TYPES}.{kind}"/>')
    return (
        f'{HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{"".join(items)}</Types>'
    )


def packed(parts: Mapping[str, str]) -> bytes:
    """The zip of these parts, its list of content types first."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {"[Content_Types].xml": types_part(parts), **parts}.items():
            part = zipfile.ZipInfo(name, (2024, 3, 1, 8, 0, 0))  # the same book gives the same bytes
            archive.writestr(part, content, zipfile.ZIP_DEFLATED, 1)
    return buffer.getvalue()
