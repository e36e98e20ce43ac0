"""Last year's answers as they are put into this year's forms: a starting point, and the 上年 column."""

from __future__ import annotations

from collections.abc import Mapping

from xltool.model.campaign import Campaign, PreviousAnswer, ReportingUnit
from xltool.model.form import AnswerType, Entry, Fields, FormDefinition, Level, Tree

THIS_YEAR, LAST_YEAR = "current", "previous"  # the keys by which a form's target columns say their year


def suggested(
    form: FormDefinition, campaign: Campaign, unit: ReportingUnit, taken: Mapping[str, str]
) -> dict[str, str]:
    """Contents by slot: last year's texts in open text fields, last year's indicators with their targets under 上年.

    `taken` are the contents that stand already (the allocation's): its indicators get their 上年 target, others
    follow them as long as there is room.
    """
    mine = [item for item in campaign.previous if item.unit_code == unit.code]
    texts = text_fields(form)
    contents = {item.name: item.value for item in mine if item.kind == "field" and item.name in texts}
    for tree in (block for block in form.blocks if isinstance(block, Tree)):
        for level in tree.leaves:
            answers = [item for item in mine if item.kind == "indicator" and item.level == level.key]
            contents.update(_rows(tree, level, answers, taken))
    return contents


def _rows(tree: Tree, level: Level, answers: list[PreviousAnswer], taken: Mapping[str, str]) -> dict[str, str]:
    if level.entry == "none":
        return {}
    room = level.prepared + level.spare
    rows = {name: key for key, name in taken.items() if key.startswith(f"{level.key}#") and key.endswith(".name")}
    contents: dict[str, str] = {}
    number = len(rows)
    for item in answers:
        name_key = rows.get(item.name, "")
        if not name_key:
            number += 1
            if number > room:
                break
            name_key = f"{level.key}#{number:02d}.name"
            contents[name_key] = item.name
            contents.update(_parts(tree, name_key, THIS_YEAR, {"operator": item.operator, "measure": item.measure}))
        before = f"{item.operator}{item.value}{item.measure}" if item.measure else item.value
        contents.update(_parts(tree, name_key, LAST_YEAR, {"value": before}))
    return contents


def _parts(tree: Tree, name_key: str, column: str, texts: Mapping[str, str]) -> dict[str, str]:
    row = name_key.removesuffix(".name")
    return {
        f"{row}.{target.key}.{part.part}": texts[part.part]
        for target in tree.targets
        for part in target.parts
        if target.key == column and texts.get(part.part)
    }


def text_fields(form: FormDefinition) -> frozenset[str]:
    """Fields whose last year's text is a starting point: open, compulsory, and text."""
    return frozenset(
        answer.key
        for block in form.blocks
        if isinstance(block, Fields) and not block.sign
        for row in block.rows
        for answer in row
        if answer.type is AnswerType.TEXT and answer.entry is Entry.OPEN and answer.compulsory
    )
