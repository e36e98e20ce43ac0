"""xltool form new."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import json_option
from xltool.cli.language import language, say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_table, show_written
from xltool.cli.spoken import command
from xltool.workflow.new_form import new_form as run
from xltool.workflow.new_form import told

LONGEST = 60  # characters of a guess: a blank may hold whole paragraphs


@command(help=words("form.new.help"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "blank", required=True, type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help=words("form.new.from"))  # fmt: skip
@json_option
def form_new(folder: Path, blank: Path, as_json: bool) -> None:
    made = run(folder, blank)
    if as_json:
        show_json(made)
    else:
        show_written(made.files)
        if made.guesses:
            click.echo(say("form.new.guesses", count=len(made.guesses)))
        rows = [(item.cell, words(f"form.new.confidence.{item.confidence.value}"), _short(told(item, language())))
                for item in made.guesses]  # fmt: skip
        show_table(words("form.new.headings"), rows)
        show_findings(made.findings)
    raise SystemExit(exit_code(made.findings))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
