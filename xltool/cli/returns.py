"""xltool return."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.returns import return_forms as run


@command(help=words("return.help"), name="return")
@click.option("--unit", "units", multiple=True, metavar="CODE", help=words("return.unit"))
@campaign_folder
@form_folders_option
@json_option
def return_(units: tuple[str, ...], folder: Path, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, units, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        for item in result.returned:
            places = {"code": item.unit_code, "unit": item.unit_name, "file": item.file.name}
            click.echo(say("return.made", count=len(item.opinions), **places))
        for code in result.waiting:
            click.echo(say("return.waiting", code=code))
        click.echo(say("return.total", count=len(result.returned)))
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
