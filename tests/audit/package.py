"""Our own check of a generated workbook: what openxml-audit misses and Excel would repair or refuse."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.audit import cells, formulas, rules, workbook
from tests.audit.parts import OFFICE, Package

Check = Callable[[Package], Iterator[str]]

CONTENT_TYPES = "[Content_Types].xml"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
PROPERTIES = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}"


def audit(path: str | Path) -> list[str]:
    """What Excel would repair, refuse or silently change, a line each; empty when clean."""
    try:
        with zipfile.ZipFile(path) as file:
            names = [item.filename for item in file.infolist() if not item.is_dir()]
            parts = {name: file.read(name) for name in names}
    except zipfile.BadZipFile:
        return ["no zip file"]
    package = Package(parts)
    found = list(_duplicates(names))
    for check in CHECKS:
        found.extend(check(package))
    return found


def _duplicates(names: list[str]) -> Iterator[str]:
    for name, count in Counter(name.casefold() for name in names).items():
        if count > 1:
            yield f"part {name} stands {count} times in the package"


def _well_formed(package: Package) -> Iterator[str]:
    for name, fault in package.broken.items():
        yield f"{name}: not well-formed XML ({fault})"
    for name, content in package.parts.items():
        if b"<!DOCTYPE" in content:
            yield f"{name}: has a DOCTYPE"


def _content_types(package: Package) -> Iterator[str]:
    tree = package.trees.get(CONTENT_TYPES)
    if tree is None:
        yield f"{CONTENT_TYPES} is missing"
        return
    endings = {item.get("Extension", "").casefold() for item in tree.iterfind(f"{TYPES}Default")}
    overrides = [item.get("PartName", "").lstrip("/") for item in tree.iterfind(f"{TYPES}Override")]
    for name in overrides:
        if name not in package.parts:
            yield f"content type of {name}, which is missing"
    for name in package.parts:
        typed = name in overrides or name.rsplit(".", 1)[-1].casefold() in endings
        if name != CONTENT_TYPES and not typed:
            yield f"{name}: no content type"


def _relationships(package: Package) -> Iterator[str]:
    for name, tree in package.trees.items():
        if not name.endswith(".rels"):
            continue
        for identity, count in Counter(item.get("Id") for item in tree).items():
            if count > 1:
                yield f"{name}: relationship {identity} stands {count} times"
        owner = name.replace("_rels/", "").removesuffix(".rels")
        if owner and owner not in package.parts:
            yield f"{name}: relationships of {owner}, which is missing"
        for identity, link in package.relationships(owner).items():
            if not link.external and link.kind != "hyperlink" and link.target not in package.parts:
                yield f"{name}: {identity} points to {link.target}, which is missing"


def _references(package: Package) -> Iterator[str]:
    for name, tree in package.trees.items():
        known = package.relationships(name)
        for item in tree.iter():
            for key, value in item.attrib.items():
                if key.startswith(OFFICE) and value not in known:
                    yield f"{name}: {item.tag.rsplit('}', 1)[-1]} names a missing relationship {value}"


def _custom_properties(package: Package) -> Iterator[str]:
    tree = package.trees.get("docProps/custom.xml")
    if tree is None:
        return
    items = tree.findall(f"{PROPERTIES}property")
    for name, count in Counter(item.get("name", "").casefold() for item in items).items():
        if count > 1:
            yield f"custom property {name} stands {count} times"
    numbers = [int(item.get("pid", "0")) for item in items]
    if len(set(numbers)) < len(numbers) or min(numbers, default=2) < 2:
        yield "custom properties: numbers below 2 or twice"
    for item in items:
        if len("".join(item.itertext())) > 255:
            yield f"custom property {item.get('name')}: over 255 characters"


CHECKS: tuple[Check, ...] = (
    _well_formed,
    _content_types,
    _relationships,
    _references,
    _custom_properties,
    *workbook.CHECKS,
    *cells.CHECKS,
    *rules.CHECKS,
    *formulas.CHECKS,
)
