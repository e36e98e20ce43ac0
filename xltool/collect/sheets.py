"""Which sheet of a returned workbook is the form."""

from __future__ import annotations

from collections import Counter

from xltool.collect.names import reference
from xltool.collect.plan_index import PlanIndex, plain
from xltool.excel.identity import PREFIX
from xltool.findings import Code, finding
from xltool.model.finding import Finding, Position
from xltool.model.workbook import RawSheet, RawWorkbook
from xltool.words import table

_KEYS = 0.2  # a sheet with this share of our row keys is a form; a copy of a few rows is not
_MOST_KEYS = 0.5  # with this share it is as likely the form as any other sheet
_LABELS = 0.3  # … or, without keys, with this share of our texts
_FEW_LABELS = 0.1  # … or with names of ours and some of our texts: names stay where a grid was put over the form
_NAMES = 3
_PLACES = ("F_", "S_")  # names of fields and of rows


def form_sheets(workbook: RawWorkbook, index: PlanIndex) -> tuple[RawSheet, ...]:
    """The sheets that are this form, the likeliest first. More than one: somebody copied the sheet in the book.

    Of sheets that are as likely the first in the book is meant: copies and backups are put behind.
    """
    ours = [item for item in workbook.names if item.name.startswith(_PLACES)]  # lists have names too
    named = Counter(where[0] for item in ours if (where := reference(item.refers_to)) is not None)
    found: list[tuple[bool, bool, bool, int, RawSheet]] = []
    words = table("workbook")
    beside = {words[sheet]["sheet"] for sheet in ("guide", "opinions")}  # they speak of every field
    for place, sheet in enumerate(workbook.sheets):
        texts = {cell.text for cell in sheet.cells.values()}
        keys, names = len(texts & index.row_of.keys()), named[sheet.name]
        if keys < max(1, _KEYS * len(index.row_of)):
            least = _FEW_LABELS if names >= _NAMES else _LABELS
            labels = 0 if sheet.name in beside else len({plain(text) for text in texts} & index.texts)
            if labels < max(1, least * len(index.texts)):
                continue
        likely = (sheet.name == index.layout.sheet.name, sheet.state == "visible")
        marked = names >= _NAMES or keys >= _MOST_KEYS * len(index.row_of)
        found.append((*likely, marked, -place, sheet))
    return tuple(item[-1] for item in sorted(found, key=lambda item: item[:-1], reverse=True))


def choose(
    workbook: RawWorkbook, index: PlanIndex
) -> tuple[RawSheet | None, frozenset[str], tuple[Finding, ...]]:
    """The form sheet and the names of its copies, or the finding that there is none.

    A second form with other content is a finding too.
    """
    found = form_sheets(workbook, index)
    # A sheet that has the form's name is what people take for the form, whatever became of it.
    own = [sheet for sheet in workbook.sheets if sheet.name == index.layout.sheet.name]
    if not found or (own and own[0] not in found):
        sheets = "、".join(sheet.name for sheet in workbook.sheets)
        return None, frozenset(), (finding(Code.TPL_NO_FORM, sheet=index.layout.sheet.name, found=sheets),)
    chosen = found[0]
    others = [sheet for sheet in found[1:] if _texts(sheet, index) != _texts(chosen, index)]
    findings = [
        finding(Code.TPL_TWO_FORMS, Position(sheet=other.name), used=chosen.name, other=other.name) for other in others
    ]
    if chosen.name != index.layout.sheet.name:
        position = Position(sheet=chosen.name)
        findings.append(finding(Code.TPL_RENAMED, position, before=index.layout.sheet.name, after=chosen.name))
    copies = frozenset(sheet.name for sheet in found[1:] if sheet not in others)
    return chosen, copies, tuple(findings)


def _texts(sheet: RawSheet, index: PlanIndex) -> dict[tuple[int, int], str]:
    """What was written on the sheet, without formulas and hidden keys."""
    return {
        place: cell.text
        for place, cell in sheet.cells.items()
        if cell.formula is None and cell.text not in index.row_of and not cell.text.startswith(PREFIX)
    }
