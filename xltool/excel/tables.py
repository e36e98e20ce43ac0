"""Large plain tables as a workbook, written directly: a sheet a table, every cell text, nothing live.

xlsxwriter takes five times as long for cells that need no format; only here does it matter.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from xltool.addresses import letters

LONGEST = 32_767  # characters a cell of a workbook holds
ROWS = 1_048_575  # rows a sheet holds below its heading
_MOMENT = (2000, 1, 1, 0, 0, 0)  # a fixed time, so that the same tables give the same file
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_UNWRITABLE = re.compile("_x[0-9A-Fa-f]{4}_|[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs '
    'count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf '
    'numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
Table = tuple[Sequence[str], Sequence[Sequence[str]]]


def write_tables(path: Path, tables: Mapping[str, Table], rows: int = ROWS) -> None:
    """Columns and rows by name. A text longer than a cell holds ends in `…`; a table longer than `rows` goes on in
    the sheet `name_2`."""
    sheets = list(_sheets(tables, rows))
    strings: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:

        def part(name: str, write: Callable[[IO[bytes]], None]) -> None:
            with archive.open(zipfile.ZipInfo(name, _MOMENT), "w", force_zip64=True) as file:
                write(file)

        def text(name: str, content: str) -> None:
            part(name, lambda file: _put(file, content))

        archive.compression, count = zipfile.ZIP_DEFLATED, len(sheets)
        text("[Content_Types].xml", _types(count))
        text("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        text("xl/workbook.xml", _workbook([name for name, _, _ in sheets]))
        parts = [("worksheet", f"worksheets/sheet{place}.xml") for place in range(1, count + 1)]
        text("xl/_rels/workbook.xml.rels",
             _relations([*parts, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]))  # fmt: skip
        text("xl/styles.xml", _STYLES)
        for place, (_, columns, body) in enumerate(sheets, start=1):
            part(f"xl/worksheets/sheet{place}.xml", lambda file, c=columns, b=body: _sheet(file, c, b, strings))  # type: ignore[misc]
        part("xl/sharedStrings.xml", lambda file: _strings(file, strings))


def _put(file: IO[bytes], text: str) -> None:
    file.write(text.encode())


def _sheets(
    tables: Mapping[str, Table], most: int
) -> Iterable[tuple[str, Sequence[str], Sequence[Sequence[str]]]]:
    for name, (columns, rows) in tables.items():
        for part, start in enumerate(range(0, max(len(rows), 1), most), start=1):
            yield name[:31] if part == 1 else f"{name[:28]}_{part}", columns, rows[start : start + most]


def _sheet(file: IO[bytes], columns: Sequence[str], rows: Sequence[Sequence[str]], strings: dict[str, int]) -> None:
    names = [letters(place) for place in range(1, len(columns) + 1)]
    area = f"A1:{names[-1]}{len(rows) + 1}" if names else "A1"
    _put(file, f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="{area}"/><sheetViews><sheetView workbookViewId="0">'
               '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
               "<sheetData>")  # fmt: skip
    pieces: list[str] = []
    index = strings.setdefault
    for number, row in enumerate((columns, *rows), start=1):
        cells = [f'<c r="{name}{number}" t="s"><v>{index(text, len(strings))}</v></c>'
                 for name, text in zip(names, row, strict=True) if text]  # fmt: skip
        pieces.append(f'<row r="{number}">{"".join(cells)}</row>')
        if len(pieces) == 5000:
            _put(file, "".join(pieces))
            pieces.clear()
    _put(file, "".join(pieces) + "</sheetData></worksheet>")


def _strings(file: IO[bytes], strings: Mapping[str, int]) -> None:
    _put(file, f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(strings)}">')
    texts = list(strings)
    for start in range(0, len(texts), 5000):
        _put(file, "".join(f'<si><t xml:space="preserve">{_written(text)}</t></si>'
                           for text in texts[start : start + 5000]))  # fmt: skip
    _put(file, "</sst>")


def _written(text: str) -> str:
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return escape(_UNWRITABLE.sub(_escaped, text))


def _escaped(match: re.Match[str]) -> str:
    """What XML cannot hold stands as `_xHHHH_`; a text that looks like that has its own first sign escaped."""
    found = match[0]
    return f"_x{ord(found):04X}_" if len(found) == 1 else f"_x005F{found}"


def _types(count: int) -> str:
    sheets = "".join(f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
                     for place in range(1, count + 1))  # fmt: skip
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{sheets}'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
    )


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    items = "".join(f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
                    for place, (kind, target) in enumerate(targets, start=1))  # fmt: skip
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{items}</Relationships>'


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"/>'
                     for place, name in enumerate(names, start=1))  # fmt: skip
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
