"""xltool explain."""

from __future__ import annotations

import click

from xltool.cli.common import json_option
from xltool.cli.language import language, say, words
from xltool.cli.render import show_json
from xltool.cli.spoken import command
from xltool.findings import catalogue


@command(help=words("explain.help"))
@click.argument("code", required=False)
@json_option
def explain(code: str | None, as_json: bool) -> None:
    entries = catalogue()
    if code is None and as_json:
        show_json(entries)
        return
    if code is None:
        for entry in entries.values():
            click.echo(
                f"{entry.code.value:7} {say(f'severity.{entry.severity.value}')}  {entry.words[language()].title}"
            )
        return
    if code.upper() not in entries:
        raise click.UsageError(say("explain.unknown", code=code))
    entry = entries[code.upper()]
    if as_json:
        show_json(entry)
        return
    spoken = entry.words[language()]
    click.secho(f"{entry.code.value}  {spoken.title}", bold=True)
    click.echo(f"{say(f'severity.{entry.severity.value}')} · {entry.head}\n")
    click.echo(f"{spoken.explanation}\n\n{say('explain.remedy')}{spoken.remedy}")
