"""Checks of what stands around the cells: validations, conditional formats, headers and footers."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from tests.audit.formulas import TEXT
from tests.audit.parts import MAIN, Package, area, overlapping

LIMITS = {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}
LONGEST_RULE = 255


def _validations(package: Package) -> Iterator[str]:
    for sheet, tree in package.sheets():
        areas = []
        for item in tree.iterfind(f"{MAIN}dataValidations/{MAIN}dataValidation"):
            where = item.get("sqref", "")
            yield from (f"{sheet}: validation of {where}: {fault}" for fault in _validation(item))
            for name in where.split():
                one = area(name)
                if one is None:
                    yield f"{sheet}: validation of {name}, which is no area"
                else:
                    areas.append((name, one))
        yield from (f"{sheet}: validations of {one} and {two} overlap" for one, two in overlapping(areas))


def _validation(item: Element) -> Iterator[str]:
    for key, limit in LIMITS.items():
        if len(item.get(key, "")) > limit:
            yield f"{key} of {len(item.get(key, ''))} characters, {limit} at most"
    kind = item.get("type", "none")
    first = item.findtext(f"{MAIN}formula1") or ""
    second = item.findtext(f"{MAIN}formula2") or ""
    if kind != "none" and not first:
        yield "no formula"
    if (
        kind not in ("none", "list", "custom")
        and item.get("operator", "between") in ("between", "notBetween")
        and not second
    ):
        yield "only one bound"
    for text in (first, second):
        inline = text[1:-1] if TEXT.fullmatch(text) else None
        if inline is not None and len(inline.replace('""', '"')) > LONGEST_RULE:
            yield f"inline list of {len(inline)} characters, {LONGEST_RULE} at most"
        elif inline is None and len(text) > LONGEST_RULE:
            yield f"formula of {len(text)} characters, {LONGEST_RULE} at most"


def _conditional_formats(package: Package) -> Iterator[str]:
    styles = package.only("styles")
    count = 0 if styles is None else len(styles.findall(f"{MAIN}dxfs/{MAIN}dxf"))
    for sheet, tree in package.sheets():
        for block in tree.iterfind(f"{MAIN}conditionalFormatting"):
            where = block.get("sqref", "")
            if not where or any(area(name) is None for name in where.split()):
                yield f"{sheet}: conditional format of {where!r}, which is no area"
            for rule in block.iterfind(f"{MAIN}cfRule"):
                if int(rule.get("dxfId", "-1")) >= count:
                    yield f"{sheet}: conditional format of {where}: style {rule.get('dxfId')} out of range"


def _headers(package: Package) -> Iterator[str]:
    for sheet, tree in package.sheets():
        for item in tree.iterfind(f"{MAIN}headerFooter/*"):
            length = len(item.text or "")
            if length > 255:
                yield f"{sheet}: {item.tag.removeprefix(MAIN)} of {length} characters, 255 at most"


CHECKS = (_validations, _conditional_formats, _headers)
