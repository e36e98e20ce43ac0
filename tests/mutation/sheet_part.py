"""The XML of a worksheet, as fast as strings can be joined, and how texts stand in XML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from tests.mutation.book import BOOLEAN, EMPTY, ERROR, NUMBER, TEXT, Area, Cell, Sheet
from xltool.addresses import letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HIDDEN = ' hidden="1"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LETTERS = tuple(letters(col) for col in range(1, 257))
_ATTRIBUTES = {"allow_blank": "allowBlank"}  # names of the model that differ from the file's


@dataclass(frozen=True, slots=True)
class Manner:
    """How a program writes what it keeps. `texts` is shared, inline or plain (`t="str"`)."""

    texts: str = "shared"
    cached: bool = True  # formulas with their results
    dimension: bool = True
    row_attributes: str = ""
    formula_attributes: str = ""
    types: bool = False  # `t="n"` written out
    blanks: bool = True  # cells that have only a format


@dataclass(slots=True)
class Tables:
    """What the sheets share while they are being written."""

    manner: Manner
    styles: dict[tuple[str, bool], int] = field(default_factory=lambda: {("General", True): 0})
    strings: dict[str, int] = field(default_factory=dict)


def escape(text: str) -> str:
    """A text between tags, with the control characters that XML cannot hold as `_x0001_`, as programs write them."""
    return text if text.isalnum() else _escaped(text)


@lru_cache(maxsize=8192)
def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "_x000D_")
    if text.isprintable():
        return text
    return "".join(f"_x{ord(sign):04X}_" if sign < " " and sign not in "\n\t" else sign for sign in text)


def quoted(text: str) -> str:
    """An attribute's value with its quotes."""
    return '"' + escape(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;") + '"'


def address(row: int, col: int) -> str:
    return f"{_LETTERS[col - 1] if col <= len(_LETTERS) else letters(col)}{row}"


def reference(area: Area) -> str:
    """`A1:B2`; `A1` for a single cell."""
    first = address(area.top, area.left)
    return first if area[:2] == area[2:] else f"{first}:{address(area.bottom, area.right)}"


def sheet_part(sheet: Sheet, tables: Tables) -> str:
    """One worksheet, its elements in the order of the schema."""
    return "".join((
        HEAD, f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">', _dimension(sheet, tables.manner), _columns(sheet),
        "<sheetData>", _rows(sheet, tables), "</sheetData>",
        '<sheetProtection sheet="1" objects="1" scenarios="1"/>' if sheet.protected else "",
        _merges(sheet), _marks(sheet), _validations(sheet), "</worksheet>",
    ))  # fmt: skip


def _dimension(sheet: Sheet, manner: Manner) -> str:
    if not manner.dimension or not sheet.cells:
        return ""
    return f'<dimension ref="{reference(Area(1, 1, sheet.last_row, sheet.last_col))}"/>'


def _columns(sheet: Sheet) -> str:
    wanted = sorted(sheet.widths.keys() | sheet.hidden_cols)
    items = "".join(
        f'<col min="{col}" max="{col}" width="{sheet.widths.get(col, 8.43):g}" customWidth="1"'
        f"{HIDDEN if col in sheet.hidden_cols else ''}/>"
        for col in wanted
    )
    return f"<cols>{items}</cols>" if items else ""


def _rows(sheet: Sheet, tables: Tables) -> str:
    manner, cells = tables.manner, sheet.cells
    out: list[str] = []
    write = _writer(tables, out)
    special = sorted(sheet.heights.keys() | sheet.hidden_rows)
    current, at = 0, 0
    for place in sorted(cells):
        row, col = place
        if row != current:
            if current:
                out.append("</row>")
            while at < len(special) and special[at] < row:
                out.append(f"{_row(sheet, special[at], manner)}</row>")
                at += 1
            at += at < len(special) and special[at] == row
            out.append(_row(sheet, row, manner))
            current = row
        write(row, col, cells[place])
    out.append("</row>" if current else "")
    out.extend(f"{_row(sheet, row, manner)}</row>" for row in special[at:])
    return "".join(out)


def _row(sheet: Sheet, row: int, manner: Manner) -> str:
    height = sheet.heights.get(row)
    size = "" if height is None else f' ht="{height:g}" customHeight="1"'
    return f'<row r="{row}"{size}{HIDDEN if row in sheet.hidden_rows else ""}{manner.row_attributes}>'


def _writer(tables: Tables, out: list[str]) -> Callable[[int, int, Cell], None]:
    """The function that writes one cell. Locals, not attributes: it runs a thousand times a book."""
    manner, styles, strings = tables.manner, tables.styles, tables.strings
    add = out.append
    number_type = ' t="n"' if manner.types else ""

    def text_cell(head: str, text: str) -> str:
        if manner.texts == "shared":
            return f'{head} t="s"><v>{strings.setdefault(text, len(strings))}</v></c>'
        if manner.texts == "plain":
            return f'{head} t="str"><v>{escape(text)}</v></c>'
        return f'{head} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'

    def write(row: int, col: int, cell: Cell) -> None:
        style = styles.setdefault((cell.format, cell.locked), len(styles))
        head = f'<c r="{address(row, col)}" s="{style}"'
        if cell.formula is not None:
            add(_formula(head, cell, manner))
        elif cell.kind == TEXT:
            add(text_cell(head, cell.text))
        elif cell.kind == NUMBER:
            add(f"{head}{number_type}><v>{cell.text.removesuffix('.0')}</v></c>")
        elif cell.kind != EMPTY:
            add(f'{head} t="{cell.kind}"><v>{escape(cell.text)}</v></c>')
        elif manner.blanks:
            add(f"{head}/>")

    return write


_RESULTS = {TEXT: ' t="str"', BOOLEAN: ' t="b"', ERROR: ' t="e"', NUMBER: "", EMPTY: ""}


def _formula(head: str, cell: Cell, manner: Manner) -> str:
    formula = escape(cell.formula or "")
    if not manner.cached:
        return f"{head}><f>{formula}</f><v/></c>"
    value = f"<v>{escape(cell.text)}</v>" if cell.kind != EMPTY else ""
    return f"{head}{_RESULTS[cell.kind]}><f{manner.formula_attributes}>{formula}</f>{value}</c>"


def _merges(sheet: Sheet) -> str:
    items = "".join(f'<mergeCell ref="{reference(area)}"/>' for area in sheet.merges)
    return f'<mergeCells count="{len(sheet.merges)}">{items}</mergeCells>' if items else ""


def _marks(sheet: Sheet) -> str:
    return "".join(
        f'<conditionalFormatting sqref="{_areas(mark.areas)}"><cfRule type="expression" dxfId="0" priority="{number}">'
        f"<formula>{escape(mark.formula)}</formula></cfRule></conditionalFormatting>"
        for number, mark in enumerate(sheet.marks, start=1)
    )


def _validations(sheet: Sheet) -> str:
    items = []
    for rule in sheet.validations:
        rest = "".join(f" {_ATTRIBUTES.get(name, name)}={quoted(value)}" for name, value in rule.rest)
        formulas = "".join(
            f"<{name}>{escape(text)}</{name}>" if text else ""
            for name, text in (("formula1", rule.formula1), ("formula2", rule.formula2))
        )
        where = _areas(rule.areas)
        items.append(f'<dataValidation type="{rule.type}"{rest} sqref="{where}">{formulas}</dataValidation>')
    return f'<dataValidations count="{len(items)}">{"".join(items)}</dataValidations>' if items else ""


def _areas(areas: Iterable[Area]) -> str:
    return " ".join(reference(area) for area in areas)
