"""xltool review."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.reviewing import review as run


@command(help=words("review.help"))
@click.option("--unit", "units", multiple=True, help=words("review.unit"))
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help=words("review.output"))
@campaign_folder
@form_folders_option
@json_option
def review(
    units: tuple[str, ...], output: Path | None, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    result = run(folder, units, output=output, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        if result.file is not None:
            click.echo(say("review.done", file=result.file, units=len(result.units), count=result.opinions))
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
