"""Where each figure and each row of a consolidation stands in its working paper, for whoever is sent there."""

from __future__ import annotations

from collections.abc import Callable

from xltool.addresses import a1
from xltool.consolidate import Deliberation
from xltool.layout import paper_sheets
from xltool.layout.paper import HEADING_ROW, column_of
from xltool.model.form import FormDefinition, Rows
from xltool.model.submission import Source
from xltool.words import table


def row_sheets(form: FormDefinition) -> dict[str, str]:
    """The sheet of each block of rows, by the block's key."""
    taken = list(table("working_paper")["sheets"].values())
    names: dict[str, str] = {}
    for block in form.blocks:
        if isinstance(block, Rows):
            caption = block.frame.caption or block.frame.key
            names[block.frame.key] = paper_sheets.sheet_name(caption, [*taken, *names.values()])
    return names


def places(form: FormDefinition, made: Deliberation) -> Callable[[str], Source]:
    """The cell of a figure by its key, and of a row's answer by the row's key and the column's."""
    column, sheet = column_of("result", 0), table("working_paper")["sheets"]["paper"]
    found = {
        one.key: Source(sheet, a1(number, column)) for number, one in enumerate(made.formed, start=HEADING_ROW + 1)
    }
    for block in form.blocks:
        if isinstance(block, Rows):
            name = row_sheets(form)[block.frame.key]
            picks = (pick for pick in made.picks if pick.row.answer.block == block.frame.key)
            for number, pick in enumerate(picks, start=paper_sheets.HEADING_ROW + 1):
                for place, answer in enumerate(block.columns, start=2):
                    found[f"{pick.key}:{answer.key}"] = Source(name, a1(number, place))
    return lambda key: found.get(key, Source("", key))
