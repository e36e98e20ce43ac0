"""Checks of what stands in the sheets: rows, cells, texts, merges, columns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.audit.parts import COLUMNS, MAIN, ROWS, Package, area, overlapping, place

SPACE = "{http://www.w3.org/XML/1998/namespace}space"
LONGEST_TEXT = 32_767
TALLEST_ROW = 409.5
KINDS = {"b", "d", "e", "inlineStr", "n", "s", "str"}


def _count(tree: Element | None, path: str) -> int:
    return 0 if tree is None else len(tree.findall(path))


def _text(item: Element) -> str:
    """The text of a string item, its phonetic reading left out."""
    runs = [*item.findall(f"{MAIN}t"), *item.findall(f"{MAIN}r/{MAIN}t")]
    return "".join(run.text or "" for run in runs)


def _texts(package: Package) -> Iterator[str]:
    for name, tree in package.trees.items():
        for item in _strings(tree):
            text = _text(item)
            if len(text) > LONGEST_TEXT:
                yield f"{name}: text of {len(text)} characters, {LONGEST_TEXT} at most"
            for run in item.iter(f"{MAIN}t"):
                if run.text and run.text != run.text.strip(" \t\r\n") and run.get(SPACE) != "preserve":
                    yield f"{name}: white space at the end of a text would be lost: {run.text[:20]!r}"


def _strings(tree: Element) -> Iterator[Element]:
    yield from tree.iter(f"{MAIN}si")
    yield from tree.iter(f"{MAIN}is")


def _cells(package: Package) -> Iterator[str]:
    strings = _count(package.only("sharedStrings"), f"{MAIN}si")
    styles = max(1, _count(package.only("styles"), f"{MAIN}cellXfs/{MAIN}xf"))
    for sheet, tree in package.sheets():
        last_row = 0
        for row in tree.iterfind(f"{MAIN}sheetData/{MAIN}row"):
            number = int(row.get("r", last_row + 1))
            if not last_row < number <= ROWS:
                yield f"{sheet}: row {number} after row {last_row}"
            last_row = number
            yield from (f"{sheet}: {fault}" for fault in _row(row, number, styles))
            yield from (f"{sheet}: {fault}" for cell in row for fault in _cell(cell, strings, styles))


def _row(row: Element, number: int, styles: int) -> Iterator[str]:
    if float(row.get("ht", "0")) > TALLEST_ROW:
        yield f"row {number} is {row.get('ht')} pt high"
    if int(row.get("s", "0")) >= styles:
        yield f"row {number}: style {row.get('s')} out of range"
    last = 0
    for cell in row.iterfind(f"{MAIN}c"):
        here = place(cell.get("r", ""))
        if here is None or here[0] != number or here[1] <= last:
            yield f"cell {cell.get('r')} is out of place in row {number}"
        else:
            last = here[1]


def _cell(cell: Element, strings: int, styles: int) -> Iterator[str]:
    name, kind = cell.get("r"), cell.get("t", "n")
    value = cell.findtext(f"{MAIN}v")
    if int(cell.get("s", "0")) >= styles:
        yield f"{name}: style {cell.get('s')} out of range"
    if kind not in KINDS:
        yield f"{name}: unknown cell type {kind}"
    if kind == "s" and not (value is not None and value.isdecimal() and int(value) < strings):
        yield f"{name}: shared string {value} out of range"
    if kind == "b" and value not in ("0", "1"):
        yield f"{name}: no truth value: {value}"
    if kind == "n" and value and not _finite(value):  # xlsxwriter leaves it empty where a formula gives no text
        yield f"{name}: no number: {value}"
    if kind == "str" and len(value or "") > LONGEST_TEXT:
        yield f"{name}: text of {len(value or '')} characters, {LONGEST_TEXT} at most"


def _finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _merges(package: Package) -> Iterator[str]:
    for sheet, tree in package.sheets():
        areas = []
        for item in tree.iterfind(f"{MAIN}mergeCells/{MAIN}mergeCell"):
            name = item.get("ref", "")
            one = area(name)
            if one is None:
                yield f"{sheet}: merge {name} is no area"
            else:
                areas.append((name, one))
        yield from (f"{sheet}: merges {one} and {two} overlap" for one, two in overlapping(areas))


def _columns(package: Package) -> Iterator[str]:
    styles = max(1, _count(package.only("styles"), f"{MAIN}cellXfs/{MAIN}xf"))
    for sheet, tree in package.sheets():
        last = 0
        for item in tree.iterfind(f"{MAIN}cols/{MAIN}col"):
            first, end = int(item.get("min", "0")), int(item.get("max", "0"))
            if not last < first <= end <= COLUMNS:
                yield f"{sheet}: columns {first} to {end} after column {last}"
            last = end
            if float(item.get("width", "0")) > 255:
                yield f"{sheet}: column {first} is {item.get('width')} wide"
            if int(item.get("style", "0")) >= styles:
                yield f"{sheet}: column {first}: style {item.get('style')} out of range"


CHECKS = (_texts, _cells, _merges, _columns)
