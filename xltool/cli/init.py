"""xltool init."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from xltool.cli.common import context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.init import init as run


@command(help=words("init.help"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--form", "form_id", required=True, metavar="ID", help=words("init.form"))
@click.option("--year", type=click.IntRange(2000, 2100), default=None, help=words("init.year"))
@click.option("--units", type=click.Path(path_type=Path, dir_okay=False), default=None, help=words("init.units"))
@click.option("--department", default="", help=words("init.department"))
@click.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), default=None, help=words("init.deadline"))
@click.option("--previous", type=click.Path(path_type=Path, file_okay=False, exists=True), help=words("init.previous"))
@form_folders_option
@json_option
def init(
    folder: Path,
    form_id: str,
    year: int | None,
    units: Path | None,
    department: str,
    deadline: datetime | None,
    previous: Path | None,
    form_folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    day: date | None = deadline.date() if deadline else None
    context = context_of(form_folders=form_folders)
    result = run(
        folder,
        form_id,
        year=year,
        units=units,
        department=department,
        deadline=day,
        previous=previous,
        context=context,
    )
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        if not exit_code(result.findings):
            click.echo(say("init.done", folder=result.folder, units=result.units))
    raise SystemExit(exit_code(result.findings))
