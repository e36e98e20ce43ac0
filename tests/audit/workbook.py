"""Checks of the workbook as a whole: order of elements, sheets, defined names, styles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.audit.parts import MAIN, Package, place

WORKBOOK_ORDER = """
    fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences
    definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing
    fileRecoveryPr webPublishObjects extLst
""".split()
SHEET_ORDER = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges
    scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr
    conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter
    rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing
    legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst
""".split()
STYLES_ORDER = """
    numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst
""".split()

NAME = re.compile(r"[^\W\d][\w.?]*\Z|\\[\w.?]*\Z")
ROW_COLUMN = re.compile(r"R[0-9]*(C[0-9]*)?\Z|C[0-9]*\Z", re.IGNORECASE)
LAST_BUILT_IN_FORMAT = 163


def _order(package: Package) -> Iterator[str]:
    trees = [("workbook", package.workbook(), WORKBOOK_ORDER)]
    trees += [(f"sheet {name}", tree, SHEET_ORDER) for name, tree in package.sheets()]
    styles = package.only("styles")
    if styles is not None:
        trees.append(("styles", styles, STYLES_ORDER))
    for where, tree, order in trees:
        words = [item.tag.removeprefix(MAIN) for item in tree if item.tag.startswith(MAIN)]
        known = [order.index(word) for word in words if word in order]
        if known != sorted(known):
            yield f"{where}: elements in the wrong order ({', '.join(words)})"
        yield from (f"{where}: unknown element {word}" for word in words if word not in order)
        for word, count in Counter(words).items():
            if count > 1 and word != "conditionalFormatting":
                yield f"{where}: element {word} stands {count} times"


def _sheets(package: Package) -> Iterator[str]:
    items = package.workbook().findall(f"{MAIN}sheets/{MAIN}sheet")
    names = [item.get("name", "") for item in items]
    for name in names:
        if not 1 <= len(name) <= 31:
            yield f"sheet name of {len(name)} characters: {name}"
        if set(name) & set("[]:*?/\\") or name != name.strip("'") or name.casefold() == "history":
            yield f"illegal sheet name: {name}"
    yield from _twice(names, "sheet name")
    yield from _twice([item.get("sheetId", "") for item in items], "sheet number")
    shown = [index for index, item in enumerate(items) if item.get("state", "visible") == "visible"]
    if not shown:
        yield "no visible sheet"
    for view in package.workbook().iterfind(f"{MAIN}bookViews/{MAIN}workbookView"):
        if shown and int(view.get("activeTab", "0")) not in shown:
            yield "the active sheet is hidden or missing"


def _names(package: Package) -> Iterator[str]:
    book = package.workbook()
    sheets = len(book.findall(f"{MAIN}sheets/{MAIN}sheet"))
    items = book.findall(f"{MAIN}definedNames/{MAIN}definedName")
    for item in items:
        name, text = item.get("name", ""), item.text or ""
        scope = item.get("localSheetId")
        if scope is not None and int(scope) >= sheets:
            yield f"defined name {name}: no sheet number {scope}"
        if not name.startswith("_xlnm.") and _illegal(name):
            yield f"illegal defined name: {name}"
        if not text:
            yield f"defined name {name}: refers to nothing"
        if len(text) > 8192:
            yield f"defined name {name}: formula over 8192 characters"
    yield from _twice([f"{item.get('name', '')}@{item.get('localSheetId', '')}" for item in items], "defined name")


def _illegal(name: str) -> bool:
    return len(name) > 255 or not NAME.match(name) or bool(ROW_COLUMN.match(name)) or place(name) is not None


def _styles(package: Package) -> Iterator[str]:
    styles = package.only("styles")
    if styles is None:
        yield "no styles"
        return
    formats = {int(item.get("numFmtId", "0")) for item in styles.iterfind(f"{MAIN}numFmts/{MAIN}numFmt")}
    sizes = {word: len(styles.findall(f"{MAIN}{word}/*")) for word in ("fonts", "fills", "borders", "cellStyleXfs")}
    for index, item in enumerate(styles.iterfind(f"{MAIN}cellXfs/{MAIN}xf")):
        for key, word in (
            ("fontId", "fonts"),
            ("fillId", "fills"),
            ("borderId", "borders"),
            ("xfId", "cellStyleXfs"),
        ):
            if int(item.get(key, "0")) >= max(sizes[word], 1):
                yield f"style {index}: {key} {item.get(key)} out of range"
        number = int(item.get("numFmtId", "0"))
        if number > LAST_BUILT_IN_FORMAT and number not in formats:
            yield f"style {index}: number format {number} is not declared"


def _twice(words: list[str], what: str) -> Iterator[str]:
    for word, count in Counter(word.casefold() for word in words).items():
        if count > 1:
            yield f"{what} {word.rstrip('@')} stands {count} times"


CHECKS = (_order, _sheets, _names, _styles)
