"""xltool diff."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_table
from xltool.cli.spoken import command
from xltool.workflow.compare import diff as run


@command(help=words("diff.help"))
@click.argument("unit")
@click.option("--issues", nargs=2, type=click.IntRange(1), default=None, help=words("diff.issues"))
@click.option("--last-year", is_flag=True, help=words("diff.last_year"))
@click.option("--previous", type=click.Path(path_type=Path, file_okay=False, exists=True),
              help=words("diff.previous_in"))  # fmt: skip
@campaign_folder
@form_folders_option
@json_option
def diff(
    unit: str,
    issues: tuple[int, int] | None,
    last_year: bool,
    previous: Path | None,
    folder: Path,
    form_folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    context = context_of(form_folders=form_folders)
    result = run(folder, unit, issues=issues, last_year=last_year, previous=previous, context=context)
    if as_json:
        show_json(result)
    else:
        if result.after:
            click.echo(say("diff.title", before=result.before or say("diff.previous"), after=result.after))
        rows = [(item.cell, " ".join(filter(None, (item.row, item.label))), item.before, item.after)
                for item in result.changes]  # fmt: skip
        if rows:
            show_table(words("diff.headings"), rows)
        if result.after:
            click.echo(say("diff.total", count=len(rows)))
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
