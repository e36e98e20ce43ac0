"""A package that passed the gate → `RawWorkbook`, in one bounded streaming pass over what matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xltool.excel.book import SheetEntry, external_links, read_application, read_book, read_properties
from xltool.excel.comments import read_comments, read_persons
from xltool.excel.gate import DEFAULT, Limits, Package, open_package
from xltool.excel.package import Refusal, Relation
from xltool.excel.parts import relations, target_of
from xltool.excel.sheet import read_sheet
from xltool.excel.strings import read_strings
from xltool.excel.styles import is_date_format, is_percent_format, read_styles
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawSheet, RawWorkbook

__all__ = ["is_date_format", "is_percent_format", "read", "read_bytes"]

_MACROS = ("vbaProject", "xlMacrosheet", "xlIntlMacrosheet")  # types of relationships


def read_bytes(data: bytes, name: str = "", limits: Limits = DEFAULT) -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """Gate and read in one. Findings about a workbook that was read (macros, links) are information."""
    package = open_package(data, limits, name)
    workbook = read(package) if isinstance(package, Package) else package
    if isinstance(workbook, Finding):
        return None, (workbook,)
    return workbook, tuple(_information(workbook, name))


def _information(workbook: RawWorkbook, name: str) -> list[Finding]:
    position = Position(file=name)
    macros = [finding(Code.FILE_MACROS, position)] if workbook.has_macros else []
    links = [finding(Code.FILE_EXTERNAL_LINK, position, target=link) for link in workbook.external_links]
    return macros + links


def read(package: Package) -> RawWorkbook | Finding:
    """Everything `RawWorkbook` holds, or the finding that says why the package cannot be read."""
    package.begin()
    try:
        return _read(package)
    except Refusal as refusal:
        return refusal.finding(package.name)


@dataclass(frozen=True, slots=True)
class _Tables:
    """What all sheets of a workbook share. `strings` and `styles` are by index as a file writes it."""

    related: Mapping[str, Relation]
    strings: Mapping[str, str]
    styles: Mapping[str, int]
    persons: dict[str, str]


def _read(package: Package) -> RawWorkbook:
    book = read_book(package)
    root = package.root
    related = relations(package, package.workbook)
    styles = read_styles(package, target_of(related, "styles"))
    strings = target_of(related, "sharedStrings")
    tables = _Tables(
        related,
        read_strings(package, strings) if strings else {},
        {str(index): index for index in range(len(styles))},
        read_persons(package, target_of(related, "person")),
    )
    return RawWorkbook(
        sheets=tuple(_sheet(package, entry, tables) for entry in book.sheets),
        styles=styles,
        names=tuple(book.names),
        properties=read_properties(package, target_of(root, "custom-properties", "customProperties")),
        application=read_application(package, target_of(root, "extended-properties", "extendedProperties")),
        date1904=book.date1904,
        structure_locked=book.structure_locked,
        external_links=external_links(package, related),
        has_macros=_has_macros(package, related),
    )


def _has_macros(package: Package, related: Mapping[str, Relation]) -> bool:
    types = {item.type for item in related.values()}
    return not types.isdisjoint(_MACROS) or "xl/vbaproject.bin" in package.entries


def _sheet(package: Package, entry: SheetEntry, tables: _Tables) -> RawSheet:
    relation = tables.related.get(entry.relation)
    if relation is None or relation.type == "chartsheet":
        # A chart sheet holds no cells; an entry without a relationship (an old module sheet) leads nowhere.
        return RawSheet(entry.name, entry.state, {})
    cells, around = read_sheet(package, relation.target, tables.strings, tables.styles)
    return RawSheet(
        name=entry.name,
        state=entry.state,
        cells=cells,
        merges=tuple(around.merges),
        hidden_rows=frozenset(around.hidden_rows),
        hidden_cols=around.hidden_cols(),
        protected=around.protected,
        validations=tuple(around.validations),
        comments=read_comments(package, relations(package, relation.target), tables.persons),
        conditional_formats=around.conditional_formats,
    )
