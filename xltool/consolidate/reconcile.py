"""Reconciliation: every consolidated figure held against what the other side states, and what explains it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from xltool.consolidate.arithmetic import exact_sum, folded
from xltool.consolidate.fields import NUMERIC, Scalar, counted_units, scalars
from xltool.consolidate.hierarchy import below
from xltool.consolidate.matching import normalised, trimmed
from xltool.consolidate.printing import printed_number
from xltool.consolidate.reconcile_amounts import Pair, weigh
from xltool.consolidate.reconcile_indicators import compare_indicators
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Consolidation, Contribution, FieldFigure, RowFigure, Status
from xltool.model.difference import Against, Cause, Difference, Match, StatedField, Statement, UnitCount
from xltool.model.form import Answer, AnswerType, FormDefinition, Role, Rows, Tree
from xltool.model.submission import Source

_NOWHERE = Source("", "")
_SUMS = ("sum",)


def reconcile(
    form: FormDefinition, result: Consolidation, statement: Statement, campaign: Campaign | None = None
) -> tuple[Difference, ...]:
    """Every figure of either side, in the form's order; those that agree too, as `matched`. Pure and exact.

    With the `campaign` an amount stated for a unit that has others below it is held against theirs and its own
    together, and against its own form alone where that is what it says.
    """
    found: list[Difference] = []
    if "fields" in statement.speaks:
        found += _fields(form, result, statement, campaign)
    if "rows" in statement.speaks:
        found += _rows(form, result, statement)
    if "indicators" in statement.speaks:
        found += compare_indicators(result.indicators, statement, _labels(form))
    return tuple(found)


def unit_count(
    form: FormDefinition, campaign: Campaign, result: Consolidation, statement: Statement
) -> UnitCount:
    """下属预算单位个数 beside the roster and beside the units whose forms are accepted."""
    keys = {scalar.key for scalar in scalars(form) if scalar.rule == "count_units"}
    told = next((item.number for item in statement.fields if item.key in keys and item.number is not None), None)
    counted = counted_units(campaign)
    accepted = sum(1 for unit in counted if unit.code in result.units)
    return UnitCount(None if told is None else int(told), len(counted), accepted)


def _fields(
    form: FormDefinition, result: Consolidation, statement: Statement, campaign: Campaign | None
) -> Iterator[Difference]:
    figures = {figure.key: figure for figure in result.fields}
    for scalar in scalars(form):
        stated = [item for item in statement.fields if item.key == scalar.key]
        whole = next((item for item in stated if not item.unit_code), None)
        figure = figures.get(scalar.key)
        asked = whole is not None or statement.against is not Against.CONTROLS
        if Role.DEPARTMENT in scalar.roles and figure is not None and asked:
            yield from _field(form, scalar, figure, whole, statement)
        elif whole is not None and (whole.number is not None or whole.text):
            made = _made(scalar.key, scalar.spellings[0], whole, statement)
            yield replace(made, match=Match.ONLY_DECLARED)
        for item in stated:
            if item.unit_code and figure is not None:
                yield _of_unit(form, scalar, figure, item, statement, campaign)


def _made(key: str, name: str, stated: StatedField, statement: Statement) -> Difference:
    told = f"{stated.text} {stated.measure}" if stated.measure and stated.measure not in stated.text else stated.text
    return Difference(
        statement.against, "field", key, "", name, (), Match.MATCHED, "", None, told, stated.number,
        stated.source, statement.name, unit_code=stated.unit_code,
    )  # fmt: skip


def _field(
    form: FormDefinition, scalar: Scalar, figure: FieldFigure, stated: StatedField | None, statement: Statement
) -> Iterator[Difference]:
    given = stated or StatedField(scalar.key, "", None, _NOWHERE)
    made = replace(
        _made(scalar.key, scalar.spellings[0], given, statement),
        units_text=figure.text, units_number=figure.number, units_total=figure.units_total,
    )  # fmt: skip
    silent = not given.text and given.number is None
    if figure.status is Status.CONFLICT:
        yield replace(made, match=Match.OPEN)
    elif not figure.text:
        if not silent:
            yield replace(made, match=Match.ONLY_DECLARED)
    elif silent:
        yield replace(made, match=Match.ONLY_UNITS)
    elif scalar.answer.type in NUMERIC:
        yield _number(form, scalar, figure, given, made)
    else:
        yield replace(made, match=_text(figure.text, given.text))


def _number(
    form: FormDefinition, scalar: Scalar, figure: FieldFigure, given: StatedField, made: Difference
) -> Difference:
    if given.number is None or figure.number is None:
        return replace(made, match=_text(figure.text, given.text, numeric=True))
    money = form.money if scalar.answer.type is AnswerType.MONEY else ""
    decimals = form.decimals if given.places is None else given.places
    counted = figure.rule == "count_units"
    pair = Pair(
        figure.number, given.number, () if counted else figure.contributions, money, given.measure if money else "",
        decimals, figure.rule in _SUMS,
    )  # fmt: skip
    return _explained(made, pair)


def _explained(made: Difference, pair: Pair) -> Difference:
    weighed = weigh(pair)
    unit = weighed.unit
    return replace(
        made, match=weighed.match, amount=weighed.amount, share=weighed.share, bound=weighed.bound,
        cause=weighed.cause, unit_code=unit.unit_code if unit else made.unit_code,
        unit_name=unit.unit_name if unit else made.unit_name,
    )  # fmt: skip


def _of_unit(
    form: FormDefinition, scalar: Scalar, figure: FieldFigure, stated: StatedField, statement: Statement,
    campaign: Campaign | None,
) -> Difference:  # fmt: skip
    """A control total of one unit: against its answer and those of the units below it, or its answer alone."""
    given = [item for item in figure.contributions if item.number is not None]
    own = [item for item in given if item.unit_code == stated.unit_code]
    codes = {unit.code for unit in below(campaign, stated.unit_code)} if campaign else set()
    whole = [item for item in given if item.unit_code == stated.unit_code or item.unit_code in codes]
    names = {unit.code: unit.name for unit in campaign.units} if campaign else {}
    made = _made(scalar.key, scalar.spellings[0], stated, statement)
    name = names.get(stated.unit_code) or next((item.unit_name for item in own), "")
    held = [_amount_of(form, scalar, part, replace(made, unit_name=name), stated) for part in (whole, own) if part]
    fitting = (item for item in held if item.match is not Match.DIFFERS)
    return next(fitting, held[0] if held else replace(made, match=Match.ONLY_DECLARED))


def _amount_of(
    form: FormDefinition, scalar: Scalar, given: Sequence[Contribution], made: Difference, stated: StatedField
) -> Difference:
    """The stated amount of a unit against what these answers add up to; no unit among them is singled out."""
    if stated.number is None:
        return replace(made, match=Match.ONLY_DECLARED)
    ours = exact_sum(item.number for item in given if item.number is not None)
    text = printed_number(ours, scalar.answer.type, form.decimals)
    money = form.money if scalar.answer.type is AnswerType.MONEY else ""
    used = tuple(replace(item, used=True) for item in given)
    decimals = form.decimals if stated.places is None else stated.places
    pair = Pair(ours, stated.number, used, money, stated.measure if money else "", decimals)
    explained = _explained(replace(made, units_text=text, units_number=ours), pair)
    cause = explained.cause if explained.cause is Cause.SLIP else Cause.NONE
    return replace(explained, cause=cause, unit_code=stated.unit_code, unit_name=made.unit_name)


def _text(ours: str, theirs: str, *, numeric: bool = False) -> Match:
    mine, told = trimmed(ours), trimmed(theirs)
    if mine == told:
        return Match.MATCHED
    if folded(mine) == folded(told):
        return Match.WRITTEN
    return Match.DIFFERS if numeric else Match.TEXT


def _labels(form: FormDefinition) -> dict[str, str]:
    """What the form calls the further columns of its indicators."""
    trees = [block for block in form.blocks if isinstance(block, Tree)]
    targets = {target.key: target.label for tree in trees for target in tree.targets[1:]}
    return targets | {column.key: column.label for tree in trees for column in tree.columns}


def _rows(form: FormDefinition, result: Consolidation, statement: Statement) -> Iterator[Difference]:
    for block in form.blocks:
        if not isinstance(block, Rows):
            continue
        first = block.columns[0].key
        left: dict[str, dict[str, tuple[str, Source]]] = {}
        for stated in statement.rows:
            if stated.block == block.frame.key:
                texts = {key: (text, source) for key, text, source in stated.answers}
                left.setdefault(normalised(texts.get(first, ("", _NOWHERE))[0]), texts)
        for row in (row for row in result.rows if row.block == block.frame.key):
            yield from _row(block, row, left.pop(normalised(dict(row.answers).get(first, "")), None), statement)
        for texts in left.values():
            for column in block.columns:
                text, source = texts.get(column.key, ("", _NOWHERE))
                if text:
                    made = _cell(block, 0, column, texts[first][0], statement)
                    yield replace(made, match=Match.ONLY_DECLARED, declared_text=trimmed(text), source=source)


def _row(
    block: Rows, row: RowFigure, stated: Mapping[str, tuple[str, Source]] | None, statement: Statement
) -> Iterator[Difference]:
    mine = dict(row.answers)
    name = mine.get(block.columns[0].key, "")
    for column in block.columns:
        ours = mine.get(column.key, "")
        theirs, source = (stated or {}).get(column.key, ("", _NOWHERE))
        if not ours and not theirs:
            continue
        made = _cell(block, row.order, column, name, statement)
        made = replace(made, units_text=trimmed(ours), declared_text=trimmed(theirs), source=source)
        if ours and theirs:
            yield replace(made, match=_text(ours, theirs))
        else:
            yield replace(made, match=Match.ONLY_UNITS if ours else Match.ONLY_DECLARED)


def _cell(block: Rows, order: int, column: Answer, name: str, statement: Statement) -> Difference:
    figure = f"{block.frame.key}#{order:02d}" if order else block.frame.key
    label = "" if column is block.columns[0] else column.label
    return Difference(
        statement.against, "row", figure, column.key, trimmed(name), (), Match.MATCHED, "", None, "", None, _NOWHERE,
        statement.name, label=label,
    )  # fmt: skip
