"""A package that passed the gate → `RawWorkbook`, in one bounded streaming pass over what matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from xltool.excel.book import SheetEntry, external_links, read_application, read_book, read_properties
from xltool.excel.comments import read_comments, read_persons
from xltool.excel.gate import DEFAULT, Limits, Package, open_package
from xltool.excel.package import Refusal, Relation
from xltool.excel.parts import content_types, relations, target_of
from xltool.excel.sheet import read_sheet
from xltool.excel.strings import read_strings
from xltool.excel.styles import is_date_format, is_percent_format, read_styles
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawComment, RawSheet, RawWorkbook

__all__ = ["is_date_format", "is_percent_format", "read", "read_bytes"]

_Part = TypeVar("_Part")
_MACROS = ("vbaProject", "xlMacrosheet", "xlIntlMacrosheet")  # types of relationships


def read_bytes(data: bytes, name: str = "", limits: Limits = DEFAULT) -> tuple[RawWorkbook | None, tuple[Finding, ...]]:
    """Gate and read in one. The findings on a workbook that was read name macros, links, lost parts."""
    package = open_package(data, limits, name)
    workbook = read(package) if isinstance(package, Package) else package
    if isinstance(workbook, Finding):
        return None, (workbook,)
    return workbook, tuple(_information(workbook, name))


def _information(workbook: RawWorkbook, name: str) -> list[Finding]:
    position = Position(file=name)
    macros = [finding(Code.FILE_MACROS, position)] if workbook.has_macros else []
    links = [finding(Code.FILE_EXTERNAL_LINK, position, target=link) for link in workbook.external_links]
    lost = [finding(Code.FILE_PART_LOST, position, part=part) for part in workbook.lost]
    return macros + links + lost


def read(package: Package) -> RawWorkbook | Finding:
    """Everything `RawWorkbook` holds, or the finding that says why the package cannot be read."""
    package.begin()
    try:
        return _read(package)
    except Refusal as refusal:
        return refusal.finding(package.name)


@dataclass(frozen=True, slots=True)
class _Tables:
    """What all sheets of a workbook share. `strings` and `styles` are by index as a file writes it.

    `lost` collects the parts that could not be read and that the cells' values do not depend on.
    """

    related: Mapping[str, Relation]
    strings: Mapping[str, str]
    styles: Mapping[str, int]
    persons: dict[str, str]
    lost: list[str] = field(default_factory=list)


def _read(package: Package) -> RawWorkbook:
    book = read_book(package)
    root, related = package.root, relations(package, package.workbook)
    styles = read_styles(package, _table(package, related, "styles"))
    strings = _table(package, related, "sharedStrings")
    lost: list[str] = []
    tables = _Tables(
        related,
        read_strings(package, strings) if strings else {},
        {str(index): index for index in range(len(styles))},
        _spared(lost, target_of(related, "person"), lambda part: read_persons(package, part), {}),
        lost,
    )
    sheets = tuple(_sheet(package, entry, tables) for entry in book.sheets)
    if len(lost) >= len(sheets) and not any(sheet.cells for sheet in sheets):
        raise Refusal(Code.FILE_DAMAGED, part=lost[0])
    custom = target_of(root, "custom-properties", "customProperties")
    extended = target_of(root, "extended-properties", "extendedProperties")
    return RawWorkbook(
        sheets=sheets,
        styles=styles,
        names=tuple(book.names),
        properties=_spared(lost, custom, lambda part: read_properties(package, part), ()),
        application=_spared([], extended, lambda part: read_application(package, part), ""),
        date1904=book.date1904,
        structure_locked=book.structure_locked,
        external_links=external_links(package, related),
        has_macros=_has_macros(package, related),
        lost=tuple(lost),
    )


def _table(package: Package, related: Mapping[str, Relation], kind: str) -> str:
    """The part all sheets share, by its relationship, else by its content type; empty where there is none."""
    part = target_of(related, kind)
    if part in package.entries:
        return part
    kinds = content_types(package)
    return next((part for part in kinds if part in package.entries and kinds[part].endswith(f".{kind}+xml")), "")


def _spared(lost: list[str], part: str, read_part: Callable[[str], _Part], otherwise: _Part) -> _Part:
    """What a part holds; `otherwise` where it is damaged, so that the cells need not be lost with it."""
    try:
        return read_part(part)
    except Refusal as refusal:
        if refusal.code != Code.FILE_DAMAGED:
            raise
        lost.append(refusal.places.get("part", part).partition(":")[0])
        return otherwise


def _has_macros(package: Package, related: Mapping[str, Relation]) -> bool:
    types = {item.type for item in related.values()}
    return not types.isdisjoint(_MACROS) or "xl/vbaproject.bin" in package.entries


def _sheet(package: Package, entry: SheetEntry, tables: _Tables) -> RawSheet:
    relation = tables.related.get(entry.relation)
    if relation is None or relation.type == "chartsheet":
        # A chart sheet holds no cells; an entry without a relationship (an old module sheet) leads nowhere.
        return RawSheet(entry.name, entry.state, {})
    if relation.target not in package.entries:
        tables.lost.append(relation.target or entry.name)
        return RawSheet(entry.name, entry.state, {})
    cells, around = read_sheet(package, relation.target, tables.strings, tables.styles)

    def comments(part: str) -> tuple[RawComment, ...]:
        return read_comments(package, relations(package, part), tables.persons)

    return RawSheet(
        name=entry.name,
        state=entry.state,
        cells=cells,
        merges=tuple(around.merges),
        hidden_rows=frozenset(around.hidden_rows),
        hidden_cols=around.hidden_cols(),
        protected=around.protected,
        validations=tuple(around.validations),
        comments=_spared(tables.lost, relation.target, comments, ()),
        conditional_formats=around.conditional_formats,
    )
