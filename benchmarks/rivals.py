"""What the same work costs without xltool: bare xlsxwriter, openpyxl, and the floor of zip and expat."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal
from typing import Any
from xml.parsers import expat

import openpyxl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from xltool.model.layout import PlanCell, Rule, SheetPlan, Style, WorkbookPlan
from xltool.model.workbook import CellRange

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def load(data: bytes) -> None:
    """openpyxl, as most programs use it."""
    openpyxl.load_workbook(io.BytesIO(data))


def floor(data: bytes) -> list[tuple[str, str]]:
    """Every part inflated and parsed, and the texts of all cells kept with the nearest address; nothing understood."""
    texts: list[tuple[str, str]] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                _parse(archive.read(name), texts)
    return texts


def _parse(part: bytes, texts: list[tuple[str, str]]) -> None:
    address = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal address
        if name == "c":
            address = attributes.get("r", "")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = lambda text: texts.append((address, text))
    parser.Parse(part, True)


def write_bare(plan: WorkbookPlan) -> bytes:
    """The same sheets, cells, formats, merges, validations, names and protection, with plain calls of xlsxwriter."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, _OPTIONS)
    formats: dict[Style, Any] = {}
    book.set_properties({"title": plan.title})
    for sheet in plan.sheets:
        _sheet(book, book.add_worksheet(sheet.name), sheet, formats)
    for name, value in plan.properties:
        book.set_custom_property(name, value)
    for name, value in plan.constants:
        book.define_name(name, f'="{value}"')
    book.close()
    return buffer.getvalue()


def _sheet(book: Any, sheet: Worksheet, plan: SheetPlan, formats: dict[Style, Any]) -> None:
    for column, width in enumerate(plan.widths):
        sheet.set_column(column, column, width)
    for row, height in plan.heights:
        sheet.set_row(row - 1, height)
    for cell in plan.cells:
        if cell.style not in formats:
            formats[cell.style] = book.add_format(_format(cell.style))
        _cell(sheet, cell, formats[cell.style])
    for rule in plan.rules:
        sheet.data_validation(*_corners(rule.range), _validation(rule))
    for mark in plan.marks:
        tint = book.add_format({"bg_color": f"#{mark.fill}"})
        options = {"type": "formula", "criteria": f"={mark.formula}", "format": tint}
        sheet.conditional_format(*_corners(mark.range), options)
    for name, refers_to in plan.names:
        book.define_name(name, refers_to)
    _page(sheet, plan)


def _page(sheet: Worksheet, plan: SheetPlan) -> None:
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if plan.print_area:
        sheet.print_area(*_corners(plan.print_area))
    if plan.footer:
        sheet.set_footer(plan.footer)
    if plan.state == "hidden":
        sheet.hide()
    elif plan.state == "veryHidden":
        sheet.very_hidden()
    if plan.protected:
        sheet.protect()


def _cell(sheet: Worksheet, cell: PlanCell, style: Any) -> None:
    row, column, last_row, last_column = _corners(cell.range)
    if (row, column) != (last_row, last_column):
        sheet.merge_range(row, column, last_row, last_column, "", style)
    if cell.formula:
        sheet.write_formula(row, column, cell.formula, style, cell.content)
    elif isinstance(cell.content, Decimal):
        sheet.write_number(row, column, float(cell.content), style)
    elif cell.content:
        sheet.write_string(row, column, cell.content, style)
    else:
        sheet.write_blank(row, column, None, style)


def _corners(where: CellRange) -> tuple[int, int, int, int]:
    return where.first_row - 1, where.first_col - 1, where.last_row - 1, where.last_col - 1


def _format(style: Style) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "font_name": style.font, "font_size": style.size, "bold": style.bold, "align": style.align,
        "valign": style.valign, "text_wrap": style.wrap, "locked": style.locked, "num_format": style.number_format,
        "border": int(style.border),
    }  # fmt: skip
    colours = {"bg_color": style.fill, "font_color": style.color}
    return wanted | {name: f"#{colour}" for name, colour in colours.items() if colour}


def _validation(rule: Rule) -> dict[str, Any]:
    kind, first = rule.kind.removeprefix("warn-"), rule.values[0]
    wanted: dict[str, Any]
    if kind == "list":
        reference = first.startswith("=") and len(first) > 1
        wanted = {"validate": "list", "source": first if reference else list(rule.values)}
    elif kind == "length":
        wanted = {"validate": "length", "criteria": "<=", "value": int(first)}
    else:
        wanted = {"validate": "custom", "value": f"={first}"}
    texts = {"input_title": rule.prompt_title, "input_message": rule.prompt, "error_title": rule.error_title,
             "error_message": rule.error}  # fmt: skip
    return wanted | {name: text for name, text in texts.items() if text}
