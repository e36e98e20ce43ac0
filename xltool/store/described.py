"""What the tables and columns of the dataset hold, and of which type: the words for people, the types for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xltool.model.form import FormDefinition, Rows, Tree
from xltool.store.columns import block_table, free_column
from xltool.words import table

_DEFAULT = "string"


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is string, integer, number (exact decimals) or boolean."""

    name: str
    type: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Description:
    """One table: its key columns (none where rows have no key of their own) and its columns."""

    name: str
    key: tuple[str, ...]
    zh: str
    en: str
    columns: tuple[Column, ...]


def type_of(name: str, column: str) -> str:
    """The type of a column; texts are what the form itself names."""
    return str(_told(name, column).get("type", _DEFAULT))


def _worded(name: str) -> str:
    """Under which name the words file speaks of a table; of all repeating blocks it speaks once."""
    if name in table("dataset")["table"]:
        return name
    return "consolidated_block" if name.startswith("consolidated_") else "block"


def _told(name: str, column: str) -> Mapping[str, Any]:
    words = table("dataset")
    own = words["table"][_worded(name)].get("column", {})
    found: Mapping[str, Any] = own.get(column) or words["column"].get(column, {})
    return found


def describe(form: FormDefinition, tables: Mapping[str, tuple[str, ...]]) -> tuple[Description, ...]:
    """The descriptions of these tables with these columns, as a dataset of this form has them."""
    blocks = {block_table(block): block for block in form.blocks if isinstance(block, Rows)}
    return tuple(_described(form, name, columns, blocks) for name, columns in tables.items())


def _described(
    form: FormDefinition, name: str, columns: tuple[str, ...], blocks: Mapping[str, Rows]
) -> Description:
    words = table("dataset")["table"]
    block = blocks.get(name.removeprefix("consolidated_"))
    told = words[_worded(name)]
    caption = (block.frame.caption or block.frame.key) if block else ""
    labels = _labels(form, block)
    return Description(
        name, tuple(told["key"]), told["zh"].format(caption=caption), told["en"].format(caption=caption),
        tuple(_column(name, column, labels) for column in columns),
    )  # fmt: skip


def _labels(form: FormDefinition, block: Rows | None) -> dict[str, str]:
    """The form's own name for the columns it gives: levels, columns of a block, further answers of an indicator."""
    if block is not None:
        return {free_column(item.key): item.label for item in block.columns}
    labels: dict[str, str] = {}
    for tree in (item for item in form.blocks if isinstance(item, Tree)):
        labels |= {free_column(item.key): item.label for item in tree.columns}
        for place, level in enumerate(tree.levels, start=1):
            labels.setdefault(f"level{place}", level.heading)
    return labels


def _column(name: str, column: str, labels: Mapping[str, str]) -> Column:
    told = _told(name, column)
    own = labels.get(column, column)
    return Column(column, str(told.get("type", _DEFAULT)), str(told.get("zh", own)), str(told.get("en", own)))
