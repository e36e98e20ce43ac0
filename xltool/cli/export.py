"""xltool export."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.export import FORMATS
from xltool.workflow.export import export as run


@command(help=words("export.help"))
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv", help=words("export.format"))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help=words("export.output"))
@campaign_folder
@form_folders_option
@json_option
def export(kind: str, output: Path | None, folder: Path, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, kind, output, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        for file in result.files:
            click.echo(say("common.written", file=file))
    raise SystemExit(exit_code(result.findings))
