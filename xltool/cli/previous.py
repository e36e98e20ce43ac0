"""xltool previous."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.previous import take_previous as run


@command(help=words("previous.help"))
@click.argument("source", type=click.Path(path_type=Path, file_okay=False, exists=True))
@campaign_folder
@form_folders_option
@json_option
def previous(source: Path, folder: Path, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, source, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        if result.file is not None:
            click.echo(say("previous.done", file=result.file, units=result.units, answers=result.answers))
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
