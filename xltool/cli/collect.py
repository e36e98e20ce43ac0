"""xltool collect."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, jobs_option, json_option
from xltool.cli.language import say, words
from xltool.cli.passwords import password_options
from xltool.cli.render import CLEAN, ERRORS, NOT_OPENED, exit_code, progress, show_findings, show_json
from xltool.cli.spoken import InputPath, command
from xltool.model.finding import Severity
from xltool.store.entries import AttemptStatus
from xltool.workflow.collect import CollectResult, has_errors
from xltool.workflow.collect import collect as run

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M"]


@command(help=words("collect.help"))
@click.argument("paths", nargs=-1, type=InputPath(path_type=Path))
@click.option("--info", is_flag=True, help=words("collect.info"))
@click.option("--received-at", type=click.DateTime(MOMENTS), default=None, help=words("collect.received_at"))
@click.option("--as", "unit", default="", metavar="CODE", help=words("collect.as_unit"))
@click.option("--sheet", default="", help=words("collect.sheet"))
@password_options
@campaign_folder
@form_folders_option
@jobs_option
@json_option
def collect(
    paths: tuple[Path, ...],
    info: bool,
    received_at: datetime | None,
    unit: str,
    sheet: str,
    passwords: tuple[str, ...],
    folder: Path,
    form_folders: tuple[Path, ...],
    jobs: int | None,
    as_json: bool,
) -> None:
    with progress(say("collect.progress")) as bar:
        received = received_at and received_at.astimezone()
        context = context_of(bar, jobs, form_folders)
        result = run(
            folder, paths, received_at=received, passwords=passwords, unit=unit, sheet=sheet, context=context
        )
    if as_json:
        show_json(result)
    else:
        show_collected(result, info=info)
    raise SystemExit(code_of(result))


def show_collected(result: CollectResult, *, info: bool = False) -> None:
    """Findings of the new files, those across the units, and the count."""
    least = Severity.INFO if info else Severity.WARNING
    show_findings((item for file in result.files for item in file.findings), least=least)
    show_findings(result.findings, least=least)
    if not result.files and exit_code(result.findings) == NOT_OPENED:
        return
    statuses = [file.status for file in result.files]
    click.echo(
        say(
            "collect.total",
            received=len(result.files),
            new=sum(1 for file in result.files if file.new),
            accepted=sum(1 for status in statuses if status is AttemptStatus.ACCEPTED),
            errors=sum(1 for status in statuses if status is AttemptStatus.ERRORS),
            refused=sum(1 for status in statuses if status is AttemptStatus.REFUSED),
        )
    )


def code_of(result: CollectResult) -> int:
    """1 while errors remain, 3 where the only errors are inputs that could not be opened."""
    if not has_errors(result):
        return CLEAN
    if not result.files:
        return exit_code(result.findings)
    refused = all(file.status is AttemptStatus.REFUSED for file in result.files if any(
        item.severity is Severity.ERROR for item in file.findings))  # fmt: skip
    across = any(item.severity is Severity.ERROR for item in result.findings)
    return NOT_OPENED if refused and not across and not result.units_with_errors else ERRORS
