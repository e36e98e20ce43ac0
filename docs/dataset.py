"""docs/dataset.md from the tables' own descriptions, with the questions that tests answer."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from docs.pages import FOLDER
from xltool.consolidate import consolidate
from xltool.definition import load_form
from xltool.model.campaign import Campaign
from xltool.store.dataset import frames
from xltool.store.described import Description, describe

TEXTS = tomllib.loads((FOLDER / "dataset.toml").read_text(encoding="utf-8"))
FORM = "minhang-2024"


def page() -> str:
    """Introduction, every table with its columns, and the questions."""
    parts = [TEXTS["introduction"].strip(), TEXTS["tables"]]
    for item in descriptions():
        parts.extend(_table(item))
    parts += [TEXTS["questions"].strip(), f"```python\n{TEXTS['reading'].strip()}\n```"]
    for number, question in enumerate(TEXTS["question"], start=1):
        parts.extend(_question(number, question))
    return "\n\n".join(parts) + "\n"


def descriptions() -> tuple[Description, ...]:
    """The tables of an empty campaign of the form that the page shows."""
    form, _ = load_form(FORM)
    assert form is not None
    campaign = Campaign("", form.id, form.year, "", None, "", "", ())
    data = frames(campaign, form, {}, consolidate(form, campaign, {}), ())
    return describe(form, {name: tuple(table.columns) for name, table in data.items()})


def _table(item: Description) -> Iterator[str]:
    yield f"### {item.name}"
    yield f"{item.zh} {item.en}"
    if item.key:
        yield f"{TEXTS['key']}: {', '.join(f'`{name}`' for name in item.key)}"
    rows = [f"| `{column.name}` | {column.type} | {column.zh} | {column.en} |" for column in item.columns]
    yield "\n".join([TEXTS["heading"], "| --- | --- | --- | --- |", *rows])


def _question(number: int, question: dict[str, str]) -> Iterator[str]:
    yield f"### {number}. {question['zh']} {question['en']}"
    yield f"```python\n{question['pandas'].strip()}\n```"
    yield f"```sql\n{question['sql'].strip()}\n```"
