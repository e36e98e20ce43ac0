"""The workbook part (sheets in order, defined names, epoch, structure lock) and the properties of the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from xltool.excel.package import Package, Refusal, Relation
from xltool.excel.parts import Enough, ignore, relation_id, relations, truth, unescape, walk
from xltool.findings import Code
from xltool.model.workbook import RawName


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One entry of the list of sheets; `relation` is the id of the relationship that leads to its part."""

    name: str
    state: str
    relation: str


@dataclass(slots=True)
class Book:
    """The workbook part, as it is being read."""

    sheets: list[SheetEntry] = field(default_factory=list)
    names: list[RawName] = field(default_factory=list)
    date1904: bool = False
    structure_locked: bool = False
    root: str = ""
    _name: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "definedName":
            self._name = attributes
        elif not self.root:
            self.root = name
        elif name == "sheet":
            title, state = unescape(attributes.get("name", "")), attributes.get("state", "visible")
            self.sheets.append(SheetEntry(title, state, relation_id(attributes)))
        elif name == "workbookPr":
            self.date1904 = truth(attributes, "date1904")
        elif name == "workbookProtection":
            self.structure_locked = truth(attributes, "lockStructure")

    def end(self, name: str, text: str) -> None:
        if name == "definedName":
            attributes = self._name
            # The list of names follows the list of sheets, by whose order a name is local.
            scope = attributes.get("localSheetId", "")
            sheet = self.sheets[int(scope)].name if scope.isdecimal() and int(scope) < len(self.sheets) else ""
            label = unescape(attributes.get("name", ""))
            self.names.append(RawName(label, unescape(text.strip()), sheet, truth(attributes, "hidden")))


def read_book(package: Package) -> Book:
    """The workbook part; refuses a part that is something else or lists no sheet."""
    book = Book()
    walk(package, package.workbook, book.start, book.end)
    if book.root != "workbook":
        raise Refusal(Code.FILE_NOT_WORKBOOK)
    if not book.sheets:
        raise Refusal(Code.FILE_DAMAGED, part=package.workbook)
    return book


def read_properties(package: Package, part: str) -> tuple[tuple[str, str], ...]:
    """The custom properties in order, values as text whatever their type."""
    found: list[tuple[str, str]] = []
    name = ""
    value = ""

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal name, value
        if element == "property":
            name, value = attributes.get("name", ""), ""

    def end(element: str, text: str) -> None:
        nonlocal value
        if element == "property":
            found.append((unescape(name), unescape(value)))
        else:
            value = text

    if part in package.entries:
        walk(package, part, start, end)
    return tuple(found)


def read_application(package: Package, part: str) -> str:
    """The program that says it saved the file, or empty."""
    found = ""

    def end(name: str, text: str) -> None:
        nonlocal found
        if name == "Application":
            found = text.strip()
            raise Enough

    if part in package.entries:
        walk(package, part, ignore, end)
    return found


def external_links(package: Package, related: dict[str, Relation]) -> tuple[str, ...]:
    """The files this workbook takes values from, as written in it; a DDE source as `service|topic`."""
    found: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "ddeLink":
            found.append(f"{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}")

    for item in related.values():
        if item.type == "externalLink" and item.target in package.entries:
            found.extend(link.target for link in relations(package, item.target).values() if link.external)
            walk(package, item.target, start, ignore)
    return tuple(found)
