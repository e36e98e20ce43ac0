"""xltool explain."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click

from xltool.cli.common import json_option
from xltool.cli.language import language, say, words
from xltool.cli.render import show_json
from xltool.cli.spoken import command
from xltool.findings import Entry, catalogue, example

_NEAR = 4  # codes that are proposed in place of one that does not exist


@command(help=words("explain.help"))
@click.argument("code", required=False)
@json_option
def explain(code: str | None, as_json: bool) -> None:
    entries = catalogue()
    entry = entries.get((code or "").strip().upper())
    found = () if entry else tuple(_meant(code or ""))
    if entry is None and not found:
        raise click.UsageError(say("explain.unknown", code=code, near=" ".join(_near(code or ""))))
    if as_json:
        show_json(_data(entry) if entry else {item.code.value: _data(item) for item in found})
    elif entry:
        _show(entry)
    else:
        _list(found)


def _meant(text: str) -> Iterable[Entry]:
    """All entries without a text; else those of a topic (VAL), or whose title has the text in it."""
    wanted, entries = text.strip().upper(), catalogue().values()
    topic = [entry for entry in entries if entry.code.value.rstrip("0123456789") == wanted]
    return topic or [
        entry for entry in entries if any(wanted in spoken.title.upper() for spoken in entry.words.values())
    ]


def _near(code: str) -> list[str]:
    """Codes spelt much like this one, with their titles; the topics where there are none."""
    entries = catalogue()
    found = get_close_matches(code.strip().upper(), entries, n=_NEAR, cutoff=0.5)
    topics = dict.fromkeys(name.rstrip("0123456789") for name in entries)
    return [f"{name} {entries[name].words[language()].title}" for name in found] or [*topics]


def _list(entries: Iterable[Entry]) -> None:
    for entry in entries:
        click.echo(f"{entry.code.value:7} {say(f'severity.{entry.severity.value}')}  {entry.words[language()].title}")


def _show(entry: Entry) -> None:
    spoken = entry.words[language()]
    wrong, remedy = example(entry.code, language())
    click.secho(f"{entry.code.value}  {spoken.title}", bold=True)
    click.echo(f"{say(f'severity.{entry.severity.value}')} · {entry.head}\n")
    click.echo(f"{spoken.explanation}\n\n{say('explain.example')}{wrong}\n{say('explain.remedy')}{remedy}")


def _data(entry: Entry) -> dict[str, object]:
    """The entry with its example in both languages."""
    examples = {name: dict(zip(("message", "remedy"), example(entry.code, name), strict=True)) for name in entry.words}
    return {"code": entry.code, "severity": entry.severity, "head": entry.head, "words": entry.words,
            "example": examples}  # fmt: skip
