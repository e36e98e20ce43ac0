"""Checks across one form: how many rows and indicators, names that stand twice; sums stand in a module of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from xltool.addresses import a1
from xltool.checks import indicator, sums
from xltool.checks.case import Case
from xltool.checks.vocabulary import bare
from xltool.findings import Code
from xltool.model.finding import Finding
from xltool.model.form import Level, Rows, Tree
from xltool.model.submission import Indicator


def row_minimums(case: Case) -> Iterator[Finding]:
    """A repeating block has at least its minimum of rows."""
    for block in case.form.blocks:
        if not isinstance(block, Rows) or case.role not in block.frame.roles:
            continue
        filled = {row.key for row in case.submission.rows if row.block == block.frame.key}
        if len(filled) < block.minimum:
            label = block.frame.caption or block.columns[0].label
            short = block.minimum - len(filled)
            key = _free(case, block.frame.key, filled, block.columns[0].key)
            yield case.say(Code.VAL_TOO_FEW_ROWS, key, label=label, limit=block.minimum, short=short)


def level_limits(case: Case) -> Iterator[Finding]:
    """A level has at least its minimum and at most its maximum of indicators."""
    for level, found in _by_level(case):
        filled = {item.key for item in found}
        if len(found) < level.minimum:
            short = level.minimum - len(found)
            key = _free(case, level.key, filled, "name")
            yield case.say(Code.IND_TOO_FEW, key, level=level.path[-1], limit=level.minimum, short=short)
        elif level.maximum is not None and len(found) > level.maximum:
            over = len(found) - level.maximum
            key = f"{found[level.maximum].key}.name"
            yield case.say(Code.IND_TOO_MANY, key, level=level.path[-1], limit=level.maximum, over=over)


def duplicate_names(case: Case) -> Iterator[Finding]:
    """No name stands twice in a level; blanks, width and numbering do not make it another name."""
    for level, found in _by_level(case):
        first: dict[str, str] = {}
        for item in found:
            name = bare(item.name)
            if not name:
                continue
            if name in first:
                place = case.places.get(f"{first[name]}.name")
                other = a1(*place) if place else first[name]
                key = f"{item.key}.name"
                yield case.say(Code.IND_DUPLICATE_NAME, key, level=level.path[-1], name=item.name, other=other)
            first.setdefault(name, item.key)


FORM_CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    indicator.names,
    row_minimums,
    level_limits,
    duplicate_names,
    sums.arithmetic,
)


def _by_level(case: Case) -> Iterator[tuple[Level, list[Indicator]]]:
    found: dict[str, list[Indicator]] = {}
    for item in case.submission.indicators:
        found.setdefault(item.level, []).append(item)
    for block in case.form.blocks:
        if isinstance(block, Tree) and case.role in block.frame.roles:
            for level in block.leaves:
                if level.entry == "open":
                    yield level, found.get(level.key, [])


def _free(case: Case, section: str, filled: set[str], column: str) -> str:
    """The slot of the section's first empty row, where something could be added; else the section itself."""
    for number in range(1, len(filled) + 2):
        row = f"{section}#{number:02d}"
        if row not in filled and f"{row}.{column}" in case.places:
            return f"{row}.{column}"
    return section
