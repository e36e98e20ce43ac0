"""部门汇总稿: what the department's own draft holds beforehand, from what its units have handed in so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal

from xltool.consolidate import Deliberation
from xltool.consolidate.fields import NUMERIC, scalars
from xltool.layout.draft import Offer, pick_label, pickable
from xltool.layout.grid import Content
from xltool.model.consolidation import IndicatorFigure, Status, TargetFigure
from xltool.model.form import FormDefinition, Role, Tree
from xltool.model.value import Kind


def drafted_contents(form: FormDefinition, made: Deliberation) -> tuple[dict[str, Content], frozenset[str]]:
    """What stands in the draft by slot, and which slots are computed and so locked.

    Texts are the department's to write over; figures that are undecided stay blank.
    """
    contents, locked = _fields(form, made)
    contents |= _picks(form, made)
    for slot, text in _indicators(form, made):
        locked.add(slot)
        if text:
            contents[slot] = text
    return contents, frozenset(locked)


def drafted_counts(form: FormDefinition, made: Deliberation, usual: dict[str, int]) -> dict[str, int]:
    """Rows of each block and level: as many as are issued, and room for all that stands in the form."""
    found = dict(usual)
    for block in pickable(form):
        key = block.frame.key
        standing = sum(1 for row in made.result.rows if row.block == key)
        found[key] = max(found.get(key, 0), standing + block.spare)
    standing_in = Counter(item.level for item in made.result.indicators if item.included)
    found |= {level: max(found.get(level, 0), count) for level, count in standing_in.items()}
    return {key: count for key, count in found.items() if count > usual.get(key, 0)}


def offers(form: FormDefinition, made: Deliberation) -> dict[str, tuple[Offer, ...]]:
    """All units' rows of each block that is picked from, in roster order."""
    found: dict[str, tuple[Offer, ...]] = {}
    for block in pickable(form):
        rows = (pick.row for pick in made.picks if pick.row.answer.block == block.frame.key)
        told = []
        for row in rows:
            given = {answer.key: answer.text.strip() for answer in row.answer.answers}
            if row.unit.role is not Role.DEPARTMENT:
                texts = tuple(given.get(column.key, "") for column in block.columns)
                told.append(Offer(row.unit.code, row.unit.name, texts))
        found[block.frame.key] = tuple(told)
    return found


def _fields(form: FormDefinition, made: Deliberation) -> tuple[dict[str, Content], set[str]]:
    figures = {figure.key: figure for figure in made.result.fields}
    contents: dict[str, Content] = {}
    locked: set[str] = set()
    for scalar in scalars(form):
        figure = figures.get(scalar.key)
        numeric = scalar.answer.type in NUMERIC
        if Role.DEPARTMENT not in scalar.roles or figure is None:
            continue
        if numeric or scalar.rule == "consolidated_name":
            locked.add(scalar.key)
        if figure.status is Status.RESOLVED:
            content: Content | None = figure.number if numeric and figure.number is not None else figure.text
            if content not in (None, ""):
                contents[scalar.key] = content
    return contents, locked


def _picks(form: FormDefinition, made: Deliberation) -> dict[str, Content]:
    """The rows that stand in the form now, each as a pick; the department's own rows with all their answers."""
    contents: dict[str, Content] = {}
    for block in pickable(form):
        key, first = block.frame.key, block.columns[0].key
        standing = [pick for pick in made.picks if pick.order and pick.row.answer.block == key]
        for pick in sorted(standing, key=lambda pick: pick.order):
            row, place = pick.row, f"{key}#{pick.order:02d}"
            if row.unit.role is Role.DEPARTMENT:
                contents |= {f"{place}.{given.key}": given.text for given in row.answer.answers if given.text}
            else:
                title = next((given.text.strip() for given in row.answer.answers if given.key == first), "")
                contents[f"{place}.{first}"] = pick_label(row.unit.code, title)
    return contents


def _indicators(form: FormDefinition, made: Deliberation) -> Iterator[tuple[str, str]]:
    by_level: defaultdict[str, list[IndicatorFigure]] = defaultdict(list)
    for item in made.result.indicators:
        if item.included:
            by_level[item.level].append(item)
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        for level in tree.leaves:
            count = max(level.prepared + level.spare, len(by_level[level.key]))
            for number in range(1, count + 1) if level.entry != "none" else ():
                row = f"{level.key}#{number:02d}"
                figure = by_level[level.key][number - 1] if number <= len(by_level[level.key]) else None
                yield f"{row}.name", figure.name if figure else ""
                yield from _targets(tree, row, figure)
                texts = dict(figure.extras) if figure else {}
                yield from ((f"{row}.{column.key}", texts.get(column.key, "")) for column in tree.columns)


def _targets(tree: Tree, row: str, figure: IndicatorFigure | None) -> Iterator[tuple[str, str]]:
    told = {target.column: target for target in figure.targets} if figure else {}
    for column in tree.targets:
        parts = {part.part for part in column.parts}
        for part in parts:
            target = told.get(column.key)
            yield f"{row}.{column.key}.{part}", _part(target, part, parts) if target else ""


def _part(target: TargetFigure, part: str, parts: set[str]) -> str:
    """One cell of a target; a value that is alone in its row of cells is written as the form prints it."""
    apart = target.kind is Kind.NUMBER and target.number is not None and "operator" in parts
    if part == "operator":
        return target.operator.value if target.operator else ""
    if part == "measure":
        return target.measure if apart else ""
    return f"{target.number or Decimal(0):f}" if apart else target.text


