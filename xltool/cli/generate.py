"""xltool generate."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, progress, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.generate import generate as run


@command(help=words("generate.help"))
@click.option("--unit", "units", multiple=True, metavar="CODE", help=words("generate.unit"))
@campaign_folder
@form_folders_option
@json_option
def generate(units: tuple[str, ...], folder: Path, form_folders: tuple[Path, ...], as_json: bool) -> None:
    with progress(say("generate.progress")) as bar:
        result = run(folder, units, context=context_of(bar, form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        for item in result.generated:
            click.echo(say("generate.made", code=item.unit_code, unit=item.unit_name, file=item.file.name))
        if result.kept:
            click.echo(say("generate.kept", count=len(result.kept)))
        click.echo(say("generate.total", count=len(result.generated)))
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
