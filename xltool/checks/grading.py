"""What becomes of a finding by the form's and the campaign's wishes: left out, graded anew, or excused by a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from xltool.checks.background import Background
from xltool.checks.vocabulary import bare
from xltool.model.finding import Finding, Position, Severity

OFF = "off"
_DIGITS = 12
GRADED = ("VAL", "IND", "SUM", "COL")
"""The topics that a campaign may switch and grade; who sent what and whether a file is safe are no matters of taste."""


def graded(
    findings: Iterable[Finding], known: Background, reasons: Mapping[str, str], remarks: str
) -> Iterator[Finding]:
    """`reasons` are those of the 审核意见 sheet, by `code|slot`; `remarks` is what stands in the form's 其他说明.

    A finding that passes only with a reason is an error until one is written, and then a warning that carries it.
    """
    for item in findings:
        grade = known.grades.get(item.code, "") if item.code.startswith(GRADED) else ""
        if grade == OFF:
            continue
        if grade:
            item = replace(item, severity=Severity(grade))  # noqa: PLW2901  the finding itself, graded anew
        yield _excused(item, reasons, remarks) if item.code in known.reasons else item


def anchor(position: Position) -> str:
    """What a finding is known by besides its code: its answer, else its cells; of many the first and a digest."""
    first, comma, _ = position.cell.partition(",")
    if position.field or not comma:
        return position.field or first
    return f"{first}+{hashlib.sha256(position.cell.encode()).hexdigest()[:_DIGITS]}"


def _excused(item: Finding, reasons: Mapping[str, str], remarks: str) -> Finding:
    reason = reasons.get(f"{item.code}|{anchor(item.position)}", "").strip() or _remark(item, remarks)
    severity = Severity.WARNING if reason else Severity.ERROR
    return replace(item, severity=severity, args=(*item.args, ("justification", reason)))


def _remark(item: Finding, remarks: str) -> str:
    """The remarks where they speak of this: by the indicator's or the answer's name, or by the cell."""
    args = dict(item.args)
    about = [bare(args[key]) for key in ("name", "label") if args.get(key)]
    about += [item.position.cell] if item.position.cell else []
    said = bare(remarks)
    return remarks.strip() if any(part in said for part in about) else ""
