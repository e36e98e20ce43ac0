"""xltool allocate."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.allocate import allocate as run


@command(help=words("allocate.help"))
@click.option("--from", "source", type=click.Path(path_type=Path, exists=True), help=words("allocate.from"))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help=words("allocate.output"))
@campaign_folder
@form_folders_option
@json_option
def allocate(
    source: Path | None, output: Path | None, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    result = run(folder, source, output, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        if result.file is not None:
            click.echo(say("allocate.done", file=result.file, rows=result.rows))
    raise SystemExit(exit_code(result.findings))
