"""xltool generate."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, progress, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.generate import Reissue
from xltool.workflow.generate import generate as run

MOST_ROWS = 400


def _rows(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> dict[str, int]:
    """`output.quantity=5` → how many rows more each part gets."""
    found = {}
    for text in value:
        part, mark, number = text.partition("=")
        if not (part and mark and number.isdecimal() and 0 < int(number) <= MOST_ROWS):
            raise click.BadParameter(say("generate.more_rows_wrong", text=text), ctx, param)
        found[part] = int(number)
    return found


@command(help=words("generate.help"))
@click.option("--unit", "units", multiple=True, metavar="CODE", help=words("generate.unit"))
@click.option("--more-rows", multiple=True, metavar="PART=N", callback=_rows, help=words("generate.more_rows"))
@click.option("--carry-over", is_flag=True, help=words("generate.carry_over"))
@click.option("--draft", is_flag=True, help=words("generate.draft"))
@campaign_folder
@form_folders_option
@json_option
def generate(
    units: tuple[str, ...],
    more_rows: dict[str, int],
    carry_over: bool,
    draft: bool,
    folder: Path,
    form_folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    reissue = Reissue(more_rows, carry_over) if more_rows or carry_over else None
    with progress(say("generate.progress")) as bar:
        context = context_of(bar, form_folders=form_folders)
        result = run(folder, units, reissue=reissue, draft=draft, context=context)
    if as_json:
        show_json(result)
    else:
        for item in result.generated:
            click.echo(say("generate.made", code=item.unit_code, unit=item.unit_name, file=item.file.name))
        if result.kept and not draft:
            click.echo(say("generate.kept", count=len(result.kept)))
        click.echo(say("generate.total", count=len(result.generated)))
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
