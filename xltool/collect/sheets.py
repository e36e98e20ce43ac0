"""Which sheet of a returned workbook is the form."""

from __future__ import annotations

from xltool.collect.names import reference
from xltool.collect.plan_index import PlanIndex, plain
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawSheet, RawWorkbook
from xltool.words import table

_KEYS = 0.2  # a sheet with this share of our row keys is a form; a copy of a few rows is not
_LABELS = 0.3  # … or, where no sheet has keys, with this share of our texts
_FEW_LABELS = 0.1  # … or with names of ours and some of our texts: names stay where a grid was put over the form
_NAMES = 3
_PLACES = ("F_", "S_")  # names of fields and of rows


def form_sheets(workbook: RawWorkbook, index: PlanIndex) -> tuple[RawSheet, ...]:
    """The sheets that are this form, the likeliest first. More than one: somebody copied the sheet in the book."""
    ours = [item for item in workbook.names if item.name.startswith(_PLACES)]  # lists have names too
    names = [where[0] for item in ours if (where := reference(item.refers_to)) is not None]
    keyed, named, labelled = [], [], []
    words = table("workbook")
    beside = {words[sheet]["sheet"] for sheet in ("guide", "opinions")}  # they speak of every field
    for sheet in workbook.sheets:
        texts = {cell.text for cell in sheet.cells.values()}
        keys = len(texts & index.row_of.keys())
        likely = (sheet.name == index.layout.sheet.name, sheet.state == "visible")
        if keys >= max(1, _KEYS * len(index.row_of)):
            keyed.append((*likely, keys, sheet))
        elif not keyed:
            labels = len({plain(text) for text in texts} & index.texts)
            if names.count(sheet.name) >= _NAMES and labels >= _FEW_LABELS * len(index.texts):
                named.append((*likely, names.count(sheet.name), sheet))
            elif labels >= max(1, _LABELS * len(index.texts)) and sheet.name not in beside:
                labelled.append((*likely, labels, sheet))
    found = keyed or named or labelled
    return tuple(item[-1] for item in sorted(found, key=lambda item: item[:-1], reverse=True))


def choose(workbook: RawWorkbook, index: PlanIndex) -> tuple[RawSheet | None, tuple[Finding, ...]]:
    """The form sheet, or the finding that there is none; a second one with other content is a finding too."""
    found = form_sheets(workbook, index)
    if not found:
        sheets = "、".join(sheet.name for sheet in workbook.sheets)
        return None, (finding(Code.TPL_NO_FORM, sheet=index.layout.sheet.name, found=sheets),)
    chosen = found[0]
    others = [sheet for sheet in found[1:] if _texts(sheet) != _texts(chosen)]
    findings = [
        finding(Code.TPL_TWO_FORMS, Position(sheet=other.name), used=chosen.name, other=other.name) for other in others
    ]
    if chosen.name != index.layout.sheet.name:
        position = Position(sheet=chosen.name)
        findings.append(finding(Code.TPL_RENAMED, position, before=index.layout.sheet.name, after=chosen.name))
    return chosen, tuple(findings)


def _texts(sheet: RawSheet) -> dict[tuple[int, int], str]:
    return {place: cell.text for place, cell in sheet.cells.items() if cell.formula is None}
