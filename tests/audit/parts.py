"""The opened package that every check looks at: parsed parts and their relationships."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
ROWS, COLUMNS = 1_048_576, 16_384

CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both ends included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def overlaps(self, other: Area) -> bool:
        rows = self.top <= other.bottom and other.top <= self.bottom
        return rows and self.left <= other.right and other.left <= self.right


@dataclass(frozen=True, slots=True)
class Relationship:
    kind: str  # the last word of the type's address
    target: str  # a part's name, or whatever an external one says
    external: bool


class Package:
    """Parts by name without a leading slash; those that are XML also parsed."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.broken: dict[str, str] = {}
        self.trees: dict[str, Element] = {}
        for name, content in parts.items():
            if name.endswith((".xml", ".rels", ".vml")):
                try:
                    self.trees[name] = ElementTree.fromstring(content)
                except ElementTree.ParseError as fault:
                    self.broken[name] = str(fault)

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part ('' for the package) by id; the last of two with one id."""
        folder, name = posixpath.split(part)
        tree = self.trees.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = {}
        for item in tree if tree is not None else ():
            external = item.get("TargetMode") == "External"
            target = item.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[item.get("Id", "")] = Relationship(item.get("Type", "").rsplit("/", 1)[-1], target, external)
        return found

    def only(self, kind: str) -> Element | None:
        """The workbook's part of a kind (styles, sharedStrings), if it has one."""
        for link in self.relationships(self.workbook_name()).values():
            if link.kind == kind:
                return self.trees.get(link.target)
        return None

    def workbook_name(self) -> str:
        for link in self.relationships("").values():
            if link.kind == "officeDocument":
                return link.target
        return "xl/workbook.xml"

    def workbook(self) -> Element:
        return self.trees.get(self.workbook_name(), Element(f"{MAIN}workbook"))

    def sheets(self) -> Iterator[tuple[str, Element]]:
        """Every worksheet's name and tree, in the order of the tabs."""
        links = self.relationships(self.workbook_name())
        for item in self.workbook().iterfind(f"{MAIN}sheets/{MAIN}sheet"):
            link = links.get(item.get(f"{OFFICE}id", ""))
            if link is not None and link.target in self.trees:
                yield item.get("name", ""), self.trees[link.target]


def place(name: str) -> tuple[int, int] | None:
    """(row, column) of an A1 name, counted from 1; None where it is none or lies outside the sheet."""
    match = CELL.match(name)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(match[2])
    return (row, column) if 1 <= row <= ROWS and column <= COLUMNS else None


def area(reference: str) -> Area | None:
    """The rectangle of `A1` or `A1:B2`; None where it is no such thing."""
    first, _, last = reference.partition(":")
    start, end = place(first), place(last or first)
    if start is None or end is None or end[0] < start[0] or end[1] < start[1]:
        return None
    return Area(start[0], start[1], end[0], end[1])


def overlapping(areas: list[tuple[str, Area]]) -> Iterator[tuple[str, str]]:
    """Pairs of named areas that share a cell."""
    rest = sorted(areas, key=lambda item: item[1].top)
    for index, (name, one) in enumerate(rest):
        for other, two in rest[index + 1 :]:
            if two.top > one.bottom:
                break
            if one.overlaps(two):
                yield name, other
