"""xltool export."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option, node_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, progress, show_findings, show_json, show_written
from xltool.cli.spoken import command
from xltool.workflow.export import export as run

FORMATS = ("csv", "xlsx", "parquet", "sqlite")


@command(help=words("export.help"))
@click.option("--format", "kind", type=click.Choice(FORMATS), default="csv", help=words("export.format"))
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, help=words("export.output"))
@click.option("--url", default="", metavar="URL", envvar="XLTOOL_DATABASE", help=words("export.url"))
@campaign_folder
@node_option
@form_folders_option
@json_option
def export(
    kind: str, output: Path | None, url: str, folder: Path, node: str, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    with progress(say("export.progress")) as bar:
        result = run(folder, kind, output, url=url, node=node, context=context_of(bar, form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        show_written(result.files)
        if url and result.tables:
            click.echo(say("export.tables", count=len(result.tables)))
    raise SystemExit(exit_code(result.findings))
