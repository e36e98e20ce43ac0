"""xltool status."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_table, show_written
from xltool.cli.spoken import command
from xltool.workflow.status import StatusResult
from xltool.workflow.status import status as run


@command(help=words("status.help"))
@click.option("--xlsx", "board", is_flag=True, help=words("status.xlsx"))
@click.option("--chase", is_flag=True, help=words("status.chase"))
@campaign_folder
@form_folders_option
@json_option
def status(board: bool, chase: bool, folder: Path, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, board=board, chase=chase, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        if result.rows and not chase:
            show_status(result)
        click.echo(result.chase, nl=False)
        show_written(result.files)
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))


def show_status(result: StatusResult) -> None:
    """The board as a table, with the days that are left."""
    rows = []
    for row in result.rows:
        standing = say(f"status.standing.{row.standing.value}", issue=row.accepted_issue, returned=row.returned)
        counts = (row.issued, row.received, row.errors, row.warnings)
        rows.append((row.code, row.name, standing, *counts, row.contact, row.telephone))
    show_table(words("status.headings"), rows)
    accepted = sum(1 for row in result.rows if row.accepted_issue)
    click.echo(say("status.total", accepted=accepted, count=len(result.rows)))
    if result.days_left is not None:
        key = "status.left" if result.days_left >= 0 else "status.late"
        click.echo(say(key, deadline=result.deadline, days=abs(result.days_left)))
    if result.final_days_left is not None:
        key = "status.final_left" if result.final_days_left >= 0 else "status.final_late"
        click.echo(say(key, deadline=result.final_deadline, days=abs(result.final_days_left)))
