"""The department's own draft as it comes back: what is asked of it, and its sheets of the units' rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from xltool.collect.cells import is_blank
from xltool.layout.draft import MARK
from xltool.layout.opinions import fingerprint
from xltool.model.finding import Finding, Severity
from xltool.model.form import Answer, AnswerType, Fields, FormDefinition, Role
from xltool.model.workbook import CellKind, RawCell, RawSheet

_CONTENT = ("VAL", "IND", "SUM")
_MARKED = f"{MARK} "


def asked_of(findings: Iterable[Finding], form: FormDefinition, role: Role) -> Iterator[Finding]:
    """The findings on a form of this role: of the department's draft only its own texts are judged.

    Its figures are computed from the units' forms and its rows picked from them, so whatever stands in those cells is
    for information: consolidating forms the figures anew.
    """
    own = set(_texts(form)) if role is Role.DEPARTMENT else set()
    for item in findings:
        computed = item.code.startswith(_CONTENT) and item.position.field not in own
        yield replace(item, severity=Severity.INFO) if role is Role.DEPARTMENT and computed else item


def _texts(form: FormDefinition) -> Iterator[str]:
    for block in form.blocks:
        if isinstance(block, Fields):
            yield from (answer.key for row in block.rows for answer in row if _is_text(answer))


def _is_text(answer: Answer) -> bool:
    return answer.type is AnswerType.TEXT and answer.rule != "consolidated_name"


def written_beside_rows(sheet: RawSheet) -> tuple[RawCell, ...] | None:
    """What stands on a sheet of the units' rows and is not ours; None where it is no such sheet."""
    prints = {
        row: set(cell.text.split()[1:])
        for (row, _), cell in sheet.cells.items()
        if cell.kind is CellKind.TEXT and cell.text.startswith(_MARKED)
    }
    if not prints:
        return None
    return tuple(
        cell
        for cell in sheet.cells.values()
        if not is_blank(cell)
        and not cell.text.startswith(_MARKED)
        and fingerprint(cell.text) not in prints.get(cell.row, ())
    )
