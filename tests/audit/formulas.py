"""Checks of every formula: its length, brackets, the sheets it names, functions that older Excels lack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.audit.parts import MAIN, Package

LONGEST = 8192
TEXT = re.compile(r'"(?:[^"]|"")*"')
SHEET = re.compile(r"'((?:[^']|'')+)'!|([^\W\d][\w.]*)!")
FUNCTION = re.compile(r"([A-Z_][A-Z0-9_.]*)\(", re.IGNORECASE)

# Functions newer than Excel 2010: older programs show #NAME?, and without the prefix Excel itself does.
NEWER = frozenset(
    """
    ARRAYTOTEXT BYCOL BYROW CHOOSECOLS CHOOSEROWS CONCAT DAYS DROP ENCODEURL EXPAND FILTER FILTERXML
    FORMULATEXT HSTACK IFNA IFS ISFORMULA ISOWEEKNUM LAMBDA LET MAKEARRAY MAP MAXIFS MINIFS NUMBERVALUE
    RANDARRAY REDUCE SCAN SEQUENCE SHEET SHEETS SORT SORTBY SWITCH TAKE TEXTAFTER TEXTBEFORE TEXTJOIN
    TEXTSPLIT TOCOL TOROW UNICHAR UNICODE UNIQUE VALUETOTEXT VSTACK WEBSERVICE WRAPCOLS WRAPROWS XLOOKUP
    XMATCH XOR
    """.split()
)


def _formulas(package: Package) -> Iterator[tuple[str, str]]:
    """Where each formula stands, and its text."""
    for item in package.workbook().iterfind(f"{MAIN}definedNames/{MAIN}definedName"):
        yield f"defined name {item.get('name')}", item.text or ""
    for sheet, tree in package.sheets():
        for cell in tree.iter(f"{MAIN}c"):
            formula = cell.findtext(f"{MAIN}f")
            if formula:
                yield f"{sheet}!{cell.get('r')}", formula
        for rule in tree.iterfind(f"{MAIN}dataValidations/{MAIN}dataValidation"):
            for bound in rule:
                yield f"{sheet}: validation of {rule.get('sqref')}", bound.text or ""
        for block in tree.iterfind(f"{MAIN}conditionalFormatting"):
            for formula_element in block.iter(f"{MAIN}formula"):
                yield f"{sheet}: conditional format of {block.get('sqref')}", formula_element.text or ""


def _sound(package: Package) -> Iterator[str]:
    sheets = {item.get("name", "").casefold() for item in package.workbook().iterfind(f"{MAIN}sheets/{MAIN}sheet")}
    for where, formula in _formulas(package):
        yield from (f"{where}: {fault}" for fault in _faults(formula, sheets))


def _faults(formula: str, sheets: set[str]) -> Iterator[str]:
    if len(formula) > LONGEST:
        yield f"formula of {len(formula)} characters, {LONGEST} at most"
    if formula.startswith("="):
        yield "formula begins with a second ="
    bare = TEXT.sub('""', formula)
    if "#REF!" in bare:
        yield "formula refers to nothing"
        bare = bare.replace("#REF!", "0")
    if not _balanced(bare):
        yield f"brackets or quotes do not match: {formula[:60]}"
    for quoted, plain in SHEET.findall(bare):
        name = quoted.replace("''", "'") or plain
        if name.casefold() not in sheets:
            yield f"no sheet named {name}"
    for name in FUNCTION.findall(bare):
        if name.upper().removeprefix("_XLFN.").removeprefix("_XLWS.") in NEWER:
            yield f"{name} is newer than Excel 2010"


def _balanced(bare: str) -> bool:
    """Brackets match outside texts and quoted sheet names."""
    depth = 0
    outside = re.sub(r"'(?:[^']|'')*'", "", bare)
    for sign in outside:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0 and outside.count('"') % 2 == 0 and "'" not in outside


CHECKS = (_sound,)
