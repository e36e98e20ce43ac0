"""The half of the LibreOffice client that runs in the Python which has `uno`.

It starts one headless LibreOffice and carries out jobs: one JSON object a line on standard input, one answer
a line on standard output.

Run by `libreoffice.py`, never by hand; the system's Python has no packages of the project, so this file
imports none.
"""

import bisect
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback

import uno
from com.sun.star.beans import NamedValue, PropertyValue

KINDS = {"EMPTY": "empty", "VALUE": "number", "TEXT": "text", "FORMULA": "formula"}
FILTERS = {"xlsx": "Calc MS Excel 2007 XML", "ods": "calc8", "xls": "MS Excel 97", "pdf": "calc_pdf_Export"}

# A fresh profile asks the system for its locale; the tests must not. Lock files are off because one left by
# a killed run makes the next open fail without a word.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">
<value>{locale}</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/AutoSave"><prop oor:name="Enabled" oor:op="fuse">
<value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="UseLocking" oor:op="fuse">
<value>false</value></prop></item>
</oor:items>
"""


def properties(**values):
    """The PropertyValue tuple that every UNO call takes its options in."""
    items = []
    for name, value in values.items():
        item = PropertyValue()
        item.Name, item.Value = name, value
        items.append(item)
    return tuple(items)


def url(path):
    return uno.systemPathToFileUrl(os.path.abspath(path))


class Office:
    """One LibreOffice with the workbooks open in it. Each public method is a job, its arguments the job's."""

    def __init__(self, profile, locale):
        user = os.path.join(profile, "user")
        os.makedirs(user, exist_ok=True)
        with open(os.path.join(user, "registrymodifications.xcu"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(locale=locale))
        pipe = "xltool-%d" % os.getpid()
        self.process = subprocess.Popen(
            [
                "soffice",
                "--headless",
                "--norestore",
                "--nologo",
                "--nofirststartwizard",
                "-env:UserInstallation=" + url(profile),
                "--accept=pipe,name=%s;urp;" % pipe,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.context = self._connect("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        services = self.context.ServiceManager
        self.desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", self.context)
        self.dispatcher = services.createInstanceWithContext(
            "com.sun.star.frame.DispatchHelper", self.context
        )
        self.books = {}
        self.opened = 0

    def _connect(self, address):
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + 90
        while True:
            try:
                return resolver.resolve(address)
            except Exception:
                # The bridge raises several classes while nobody listens yet; only time tells a failure.
                if self.process.poll() is not None:
                    raise RuntimeError("soffice ended with exit code %s" % self.process.returncode)
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self):
        try:
            self.desktop.terminate()
            self.process.wait(10)
        except Exception:
            self.process.kill()

    # the program

    def version(self):
        provider = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.configuration.ConfigurationProvider", self.context
        )
        product = provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess",
            properties(nodepath="/org.openoffice.Setup/Product"),
        )
        return product.getByName("ooSetupVersionAboutBox")

    def fonts(self):
        toolkit = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.awt.Toolkit", self.context
        )
        device = toolkit.createScreenCompatibleDevice(1, 1)
        return sorted({font.Name for font in device.getFontDescriptors()})

    # workbooks

    def open(self, path):
        # Not hidden: a hidden load loses frozen panes on saving.
        book = self.desktop.loadComponentFromURL(url(path), "_blank", 0, ())
        if book is None:
            raise ValueError("LibreOffice did not open the file")
        if not hasattr(book, "Sheets"):
            book.close(True)
            raise ValueError("not a spreadsheet to LibreOffice")
        self.opened += 1
        self.books[self.opened] = book
        return self.opened

    def close(self, book):
        self.books.pop(book).close(True)

    def sheets(self, book):
        return [
            {"name": sheet.Name, "visible": sheet.IsVisible, "protected": sheet.isProtected()}
            for sheet in self._sheets(book)
        ]

    def recalculate(self, book):
        self.books[book].calculateAll()

    def save(self, book, path, format, password=""):
        more = {"Password": password} if password else {}
        if password and format == "xlsx":
            keys = [NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", password)]
            more = {"EncryptionData": uno.Any("[]com.sun.star.beans.NamedValue", tuple(keys))}
        self.books[book].storeToURL(url(path), properties(FilterName=FILTERS[format], **more))

    def import_sheet(self, book, other, sheet, place):
        self.books[book].Sheets.importSheet(self.books[other], sheet, place)

    def remove_sheet(self, book, sheet):
        self.books[book].Sheets.removeByName(sheet)

    def rename_sheet(self, book, sheet, title):
        self.books[book].Sheets.getByName(sheet).Name = title

    def print(self, book, path, sheet=None):
        """PDF of every visible sheet, or of one alone (the others are hidden while it prints)."""
        sheets = list(self._sheets(book))
        visible = [item.Name for item in sheets if item.IsVisible]
        if sheet is not None and sheet not in visible:
            raise ValueError("no visible sheet of that name")
        for item in sheets:
            if sheet is not None and item.Name != sheet:
                item.IsVisible = False
        try:
            self.save(book, path, "pdf")
        finally:
            for item in sheets:
                item.IsVisible = item.Name in visible

    # cells

    def type(self, book, sheet, cell, text):
        """Enter text through the input line like the keyboard; a refused entry leaves the cell alone."""
        target = self._select(book, sheet, cell)
        before = self._state(target)
        self._dispatch(book, ".uno:EnterString", StringName=text)
        after = self._state(target)
        return {"before": before, "after": after, "changed": before != after}

    def choose(self, book, sheet, cell, text):
        """Pick from the cell's drop-down, which enters the text through the same parser; a text that the
        list does not offer is taken back and refused, since no person could pick it."""
        target = self._cell(book, sheet, cell)
        if target.Validation.Type.value != "LIST" or not target.Validation.ShowList:
            raise ValueError("the cell has no drop-down")
        old = target.Formula
        answer = self.type(book, sheet, cell, text)
        if not self.accepts(book, sheet, cell):
            if answer["changed"]:
                target.Formula = old
            raise ValueError("the drop-down does not offer this")
        return answer

    def accepts(self, book, sheet, cell):
        x, y, width, height = _frame(self._merged(book, sheet, cell))
        return not any(
            x <= left < x + width and y <= top < y + height for left, top in self._circles(book, sheet)
        )

    def invalid(self, book, sheet):
        """Every cell that «mark invalid data» circles, as A1 names in reading order."""
        circles = self._circles(book, sheet)
        end = self._used(book, sheet)
        columns = self._edges(book, sheet, ((n, 0) for n in range(end.EndColumn + 1)), 0) if circles else []
        rows = self._edges(book, sheet, ((0, n) for n in range(end.EndRow + 1)), 1) if circles else []
        found = set()
        for left, top in circles:
            cell = _name(bisect.bisect_right(columns, left) - 1, bisect.bisect_right(rows, top) - 1)
            address = self._merged(book, sheet, cell).RangeAddress
            found.add((address.StartRow, address.StartColumn))
        return [_name(column, row) for row, column in sorted(found)]

    def read(self, book, sheet, cell):
        return self._state(self._cell(book, sheet, cell))

    def used(self, book, sheet):
        """The used area from A1 on as a table of displayed strings, through the CSV export («as shown»)."""
        names = [item.Name for item in self._sheets(book)]
        folder = tempfile.mkdtemp(prefix="used-")
        path = os.path.join(folder, "used.csv")
        # Tokens: comma, double quote, UTF-8, from row 1, no column formats, language, all text quoted,
        # numbers recognised, cells as shown, no formulas, no trailing blanks removed, sheet number from 1.
        options = "44,34,76,1,,0,true,true,true,false,false,%d" % (names.index(sheet) + 1)
        self.books[book].storeToURL(
            url(path), properties(FilterName="Text - txt - csv (StarCalc)", FilterOptions=options)
        )
        (made,) = os.listdir(folder)
        path = os.path.join(folder, made)
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        os.remove(path)
        os.rmdir(folder)
        return rows

    def insert_rows(self, book, sheet, row, count):
        """Insert rows above a row (from 1) with the menu's command; True when the program allowed it."""
        return self._row_command(book, sheet, row, count, ".uno:InsertRowsBefore") > 0

    def delete_rows(self, book, sheet, row, count):
        return self._row_command(book, sheet, row, count, ".uno:DeleteRows") < 0

    def copy(self, book, sheet, source, target):
        """Copy one range over another with the clipboard, formats and all."""
        self._select(book, sheet, source)
        self._dispatch(book, ".uno:Copy")
        self._select(book, sheet, target)
        self._dispatch(book, ".uno:Paste")

    def copy_to_new_book(self, book, sheet):
        """The sheet alone in a new workbook, which takes the place of the old one under its number. The old one stays
        open: closing what the new one still refers to ends the program now and then."""
        old = self.books[book]
        new = self.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
        blank = [item.Name for item in (new.Sheets.getByIndex(n) for n in range(new.Sheets.Count))]
        new.Sheets.importSheet(old, sheet, 0)
        for name in blank:
            new.Sheets.removeByName(name)
        self.books[book] = new

    def sort(self, book, sheet, range, column, ascending):
        """Sort the rows of a range by one of its columns (from 0), formats going with what they format."""
        area = self._cell(book, sheet, range)
        field = uno.createUnoStruct("com.sun.star.table.TableSortField")
        field.Field, field.IsAscending = column, ascending
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        area.sort(properties(SortFields=fields, ContainsHeader=False, BindFormatsToContent=True))

    def dispatch(self, book, command, sheet=None, cell=None, arguments=None):
        """Any other command of the menus, after selecting a cell or range."""
        if sheet is not None:
            self._select(book, sheet, cell)
        self._dispatch(book, command, **(arguments or {}))

    # inside

    def _sheets(self, book):
        sheets = self.books[book].Sheets
        return [sheets.getByIndex(n) for n in range(sheets.Count)]

    def _cell(self, book, sheet, cell):
        return self.books[book].Sheets.getByName(sheet).getCellRangeByName(cell)

    def _select(self, book, sheet, cell):
        controller, page = self.books[book].CurrentController, self.books[book].Sheets.getByName(sheet)
        if not page.IsVisible:
            raise ValueError("nobody can select a cell of a hidden sheet")
        controller.setActiveSheet(page)
        target = self._cell(book, sheet, cell)
        controller.select(target)
        return target

    def _dispatch(self, book, command, **arguments):
        frame = self.books[book].CurrentController.Frame
        return self.dispatcher.executeDispatch(frame, command, "", 0, properties(**arguments))

    def _used(self, book, sheet):
        cursor = self.books[book].Sheets.getByName(sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        return cursor.RangeAddress

    def _row_command(self, book, sheet, row, count, command):
        before = self._used(book, sheet).EndRow
        self._select(book, sheet, "%d:%d" % (row, row + count - 1))
        self._dispatch(book, command)
        return self._used(book, sheet).EndRow - before

    def _merged(self, book, sheet, cell):
        """The merged area that a cell belongs to, or the cell: circles surround the whole area."""
        page = self.books[book].Sheets.getByName(sheet)
        cursor = page.createCursorByRange(page.getCellRangeByName(cell))
        cursor.collapseToMergedArea()
        return cursor

    def _edges(self, book, sheet, places, axis):
        page = self.books[book].Sheets.getByName(sheet)
        return [_frame(page.getCellByPosition(*place))[axis] for place in places]

    def _circles(self, book, sheet):
        """The middles of the circles that «mark invalid data» draws."""
        page = self.books[book].Sheets.getByName(sheet)
        before = page.DrawPage.Count
        page.showInvalid()
        frames = [_frame(page.DrawPage.getByIndex(n)) for n in range(before, page.DrawPage.Count)]
        page.clearArrows()
        return [(x + width / 2, y + height / 2) for x, y, width, height in frames]

    @staticmethod
    def _state(cell):
        return {
            "kind": KINDS[cell.Type.value],
            "text": cell.String,
            "value": cell.Value,
            "formula": cell.Formula,
            "error": cell.getError(),
            "locked": cell.CellProtection.IsLocked,
            "font": cell.CharFontName,
            "font_asian": cell.CharFontNameAsian,
        }


def _frame(thing):
    return thing.Position.X, thing.Position.Y, thing.Size.Width, thing.Size.Height


def _name(column, row):
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return "%s%d" % (letters, row + 1)


def main():
    profile, locale = sys.argv[1:3]
    office = Office(profile, locale)
    print(json.dumps({"ready": True}), flush=True)
    try:
        for line in sys.stdin:
            job = json.loads(line)
            try:
                answer = {"result": getattr(office, job["do"])(**job["with"])}
            except Exception as fault:
                answer = {
                    "error": "%s: %s" % (type(fault).__name__, getattr(fault, "Message", "") or fault),
                    "trace": traceback.format_exc(),
                }
            print(json.dumps(answer), flush=True)
    finally:
        office.stop()


if __name__ == "__main__":
    main()
