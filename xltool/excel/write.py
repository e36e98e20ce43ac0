"""Writing a planned workbook with xlsxwriter: the only place that knows it, and the only one that may."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from xlsxwriter.exceptions import XlsxWriterException
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from xltool.addresses import a1, absolute_range, letters
from xltool.excel.charts import drawn
from xltool.excel.write_options import WriteError, properties, validation
from xltool.model.layout import Chart, Mark, PlanCell, SheetPlan, Style, WorkbookPlan

# One moment for every file, so that the same inputs give the same bytes.
CREATED = datetime(2024, 1, 1)  # noqa: DTZ001  # the format stores it without a zone
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NOTE_AUTHOR = "xltool"
PAPERS = {"A3": 8, "A4": 9}
CELL_FORMULA_LIMIT = 8192
ROW_LIMIT = 409.5  # points; xlsxwriter writes any height, Excel repairs the file
_FUNCTION = re.compile(r"[A-Z][A-Z0-9.]*\(")


def write(plan: WorkbookPlan) -> bytes:
    """The bytes of the workbook. Equal plans give equal bytes; raises WriteError instead of dropping anything."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            _Writer(plan, buffer).write()
        except (UserWarning, XlsxWriterException) as refusal:
            raise WriteError(str(refusal)) from refusal
    return buffer.getvalue()


def _accepted(result: Any, what: str) -> None:
    """xlsxwriter warns, returns a negative number and drops what it does not like; nothing may be dropped."""
    if isinstance(result, int) and result < 0:
        raise WriteError(f"{what} was refused ({result})")


class _LockedWorkbook(Workbook):
    """xlsxwriter has no structure lock; the element belongs right before the book views."""

    structure_locked = False

    def _write_book_views(self) -> None:
        if self.structure_locked:
            self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
        super()._write_book_views()


class _Sheet(Worksheet):
    """A worksheet that writes formulas and cells quickly and leaves some rows to be fitted to their text.

    xlsxwriter tries about a hundred patterns on each formula, to prefix functions newer than Excel 2007. Whether a
    function is one of them is asked once per function, and formulas of old functions alone stay as they are: half the
    time of writing a form. It also marks every height as set by hand, which keeps programs from fitting the row.
    """

    fh: Any  # where xlsxwriter writes to
    old: ClassVar[dict[tuple[str, bool], bool]] = {}
    fitted: frozenset[int] = frozenset()

    def _xml_start_tag_unencoded(self, tag: str, attributes: Any = ()) -> None:
        if tag == "row" and attributes[0][1] in self.fitted:
            attributes = [attribute for attribute in attributes if attribute[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)

    def put(self, row: int, col: int, content: str | Decimal | None, style: Any) -> Any:
        """One plain cell; what xlsxwriter answers. Its public methods first ask whether the row is an address."""
        if content is None or content == "":
            return self._write_blank(row, col, None, style)
        if isinstance(content, Decimal):
            return self._write_number(row, col, _exact(content), style)
        return self._write_string(row, col, content, style)

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Texts, numbers and blanks, of which large tables are full, without a search for what is to be escaped."""
        kind = type(cell).__name__
        if not cell.format or kind not in ("String", "Number", "Blank"):
            super()._write_cell(row, col, cell)
            return
        place = cell.format._get_xf_index()  # noqa: SLF001  # as xlsxwriter itself asks
        start = f'<c r="{letters(col + 1)}{row + 1}" s="{place}"'
        if kind == "String":
            self.fh.write(f'{start} t="s"><v>{cell.string}</v></c>')
        elif kind == "Number":
            self.fh.write(f"{start}><v>{cell.number:.16G}</v></c>")
        else:
            self.fh.write(f"{start}/>")

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        prepare: Callable[[str, bool], str] = super()._prepare_formula
        for name in set(_FUNCTION.findall(formula)):
            key = (name, expand_future_functions)
            if key not in self.old:
                self.old[key] = prepare(f"{name})", expand_future_functions) == f"{name})"
            if not self.old[key]:
                return prepare(formula, expand_future_functions)
        return formula.removeprefix("=")


class _Writer:
    def __init__(self, plan: WorkbookPlan, buffer: io.BytesIO) -> None:
        self.plan = plan
        self.book = _LockedWorkbook(buffer, OPTIONS)
        self.book.structure_locked = plan.structure_locked
        self.formats: dict[Style, Any] = {}
        self.met: dict[int, tuple[Style, Any]] = {}  # by identity; each style is kept, so that no other takes its id
        self.names: set[str] = set()

    def write(self) -> None:
        self.book.set_properties({"title": self.plan.title, "created": CREATED})
        self.book.set_calc_mode("auto")
        sheets = [(sheet, self._added(sheet.name)) for sheet in self.plan.sheets]
        for name, value in self.plan.properties:
            _accepted(self.book.set_custom_property(name, value, "text"), f"property {name}")
        for sheet, target in sheets:
            self._sheet(sheet, target)
        for name, value in self.plan.constants:
            self._name(name, f'="{value}"')
        self.book.close()

    def _added(self, name: str) -> _Sheet:
        sheet = self.book.add_worksheet(name, _Sheet)
        assert isinstance(sheet, _Sheet)
        return sheet

    def format(self, style: Style) -> Any:
        known = self.met.get(id(style))
        if known is None:
            if style not in self.formats:
                self.formats[style] = self.book.add_format(properties(style))
            known = self.met[id(style)] = (style, self.formats[style])
        return known[1]

    def _sheet(self, plan: SheetPlan, sheet: _Sheet) -> None:
        for column, width in enumerate(plan.widths):
            hidden = {"hidden": True} if column + 1 in plan.hidden_columns else None
            sheet.set_column(column, column, width, None, hidden)
        sheet.fitted = plan.fitted_rows
        for row, height in plan.heights:
            if height > ROW_LIMIT:
                raise WriteError(f"row {row} may not be {height} points high")
            sheet.set_row(row - 1, height)
        for cell in plan.cells:
            self._cell(sheet, cell)
        for rule in plan.rules:
            _accepted(sheet.data_validation(*_corners(rule.range), validation(rule)), f"rule at {rule.range}")
        for mark in plan.marks:
            self._mark(sheet, mark)
        for name, refers_to in plan.names:
            self._name(name, refers_to)
        for chart in plan.charts:
            self._chart(plan.name, chart, sheet)
        self._page(plan, sheet)
        _show(plan, sheet)
        if plan.protected:
            allowed = {"format_rows": True, "select_locked_cells": True, "autofilter": plan.filter_range is not None}
            sheet.protect(self.plan.password, allowed)

    def _chart(self, name: str, chart: Chart, sheet: Worksheet) -> None:
        made = drawn(self.book, name, chart)
        _accepted(sheet.insert_chart(chart.at[0] - 1, chart.at[1] - 1, made), "chart")

    def _name(self, name: str, refers_to: str) -> None:
        if name.lower() in self.names:
            raise WriteError(f"two names {name}: Excel would repair the file")
        self.names.add(name.lower())
        _accepted(self.book.define_name(name, refers_to), f"name {name}")

    def _cell(self, sheet: _Sheet, cell: PlanCell) -> None:
        first_row, first_col, last_row, last_col = _corners(cell.range)
        style = self.format(cell.style)
        if (first_row, first_col) != (last_row, last_col):
            _accepted(sheet.merge_range(first_row, first_col, last_row, last_col, "", style), f"merge {cell.range}")
        content = cell.content
        if cell.formula:
            if len(cell.formula) > CELL_FORMULA_LIMIT:
                raise WriteError(f"a formula may not exceed {CELL_FORMULA_LIMIT} characters")
            cached = "" if content is None else float(content) if isinstance(content, Decimal) else content
            result = sheet.write_formula(first_row, first_col, cell.formula, style, cached)
        elif cell.link:
            result = sheet.write_url(first_row, first_col, cell.link, style, str(content))
            if isinstance(content, Decimal):  # the link stays, the text gives way to the number
                _accepted(result, f"link {cell.link}")
                result = sheet.write_number(first_row, first_col, _exact(content), style)
        else:
            result = sheet.put(first_row, first_col, content, style)
        if result:
            _accepted(result, f"cell {a1(cell.range.first_row, cell.range.first_col)}")
        if cell.comment:
            note = {"author": NOTE_AUTHOR, "x_scale": 2.2, "y_scale": 1 + len(cell.comment) / 60, "font_size": 9}
            _accepted(sheet.write_comment(first_row, first_col, cell.comment, note), "comment")

    def _mark(self, sheet: Worksheet, mark: Mark) -> None:
        tint = self.book.add_format({"bg_color": f"#{mark.fill}"})
        options = {"type": "formula", "criteria": f"={mark.formula}", "format": tint}
        _accepted(sheet.conditional_format(*_corners(mark.range), options), f"mark at {mark.range}")

    def _page(self, plan: SheetPlan, sheet: Worksheet) -> None:
        sheet.set_paper(PAPERS[plan.paper])
        if plan.landscape:
            sheet.set_landscape()
        sheet.set_margins(0.6, 0.6, 0.7, 0.7)
        sheet.center_horizontally()
        if plan.scale:  # fitting would let the programs put the page breaks where they like
            sheet.set_print_scale(plan.scale)
        else:
            sheet.fit_to_pages(1, 0)
        if plan.print_area:
            sheet.print_area(*_corners(plan.print_area))
        if plan.repeat_rows:
            sheet.repeat_rows(plan.repeat_rows[0] - 1, plan.repeat_rows[1] - 1)
        if plan.page_breaks:
            sheet.set_h_pagebreaks(list(plan.page_breaks))
        if plan.footer:
            sheet.set_footer(f"&C&8{plan.footer}")
        if self.plan.black_and_white:
            sheet.print_black_and_white()


def _show(plan: SheetPlan, sheet: Worksheet) -> None:
    if plan.state == "hidden":
        sheet.hide()
    elif plan.state == "veryHidden":
        sheet.very_hidden()
    if not plan.gridlines:
        sheet.hide_gridlines(2)
    if plan.freeze_row or plan.freeze_column:
        sheet.freeze_panes(plan.freeze_row, plan.freeze_column)
    if plan.filter_range:
        sheet.autofilter(*_corners(plan.filter_range))
    if plan.print_area:
        sheet.ignore_errors({"number_stored_as_text": absolute_range(plan.print_area).replace("$", "")})


def _corners(where: Any) -> tuple[int, int, int, int]:
    return where.first_row - 1, where.first_col - 1, where.last_row - 1, where.last_col - 1


def _exact(number: Decimal) -> float:
    """A cell holds a double: refuse to write one that would be read back as another number."""
    value = float(number)
    if Decimal(f"{value:.15g}") != number:
        raise WriteError(f"{number} has more digits than a cell can hold")
    return value
