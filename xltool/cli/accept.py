"""xltool accept, reopen, withdraw, stamp, hand-in: what people decide about the forms that came."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import by_option, campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_written
from xltool.cli.spoken import InputPath, command
from xltool.workflow import decide
from xltool.workflow.decide import DecideResult


@command(help=words("accept.help"))
@click.argument("unit")
@click.option("--file", default="", help=words("accept.file"))
@click.option("--sha", default="", help=words("accept.sha"))
@by_option
@campaign_folder
@form_folders_option
@json_option
def accept(
    unit: str, file: str, sha: str, who: str, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    context = context_of(form_folders=form_folders, who=who)
    _show(decide.accept(folder, unit, file=file, sha=sha, context=context), "accept", as_json)


@command(help=words("reopen.help"))
@click.argument("unit")
@click.option("--reason", required=True, help=words("reopen.reason"))
@by_option
@campaign_folder
@form_folders_option
@json_option
def reopen(
    unit: str, reason: str, who: str, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    context = context_of(form_folders=form_folders, who=who)
    _show(decide.reopen(folder, unit, reason, context=context), "reopen", as_json)


@command(help=words("withdraw.help"))
@click.argument("unit", metavar="UNIT|SHA")
@click.option("--reason", required=True, help=words("withdraw.reason"))
@click.option("--file", default="", help=words("accept.file"))
@by_option
@campaign_folder
@form_folders_option
@json_option
def withdraw(
    unit: str, reason: str, file: str, who: str, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    context = context_of(form_folders=form_folders, who=who)
    _show(decide.withdraw(folder, unit, reason, file=file, context=context), "withdraw", as_json)


@command(help=words("stamp.help"))
@click.argument("unit")
@click.argument("scan", required=False, type=InputPath(path_type=Path, dir_okay=False))
@by_option
@campaign_folder
@form_folders_option
@json_option
def stamp(
    unit: str, scan: Path | None, who: str, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    context = context_of(form_folders=form_folders, who=who)
    _show(decide.stamp(folder, unit, scan, context=context), "stamp", as_json)


@command(help=words("hand-in.help"))
@click.argument("units", nargs=-1, metavar="[UNIT]...")
@by_option
@campaign_folder
@form_folders_option
@json_option
def hand_in(
    units: tuple[str, ...], who: str, folder: Path, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    context = context_of(form_folders=form_folders, who=who)
    _show(decide.hand_in(folder, units, context=context), "hand-in", as_json)


def _show(result: DecideResult, name: str, as_json: bool) -> None:
    """What was decided, then what is to be said about it. 1 where nothing came of it, or where something remains."""
    if as_json:
        show_json(result)
    else:
        for item in result.decided:
            places = {"code": item.unit_code, "unit": item.unit_name, "issue": item.issue, "file": item.file}
            click.echo(say(f"{name}.done", **places))
        show_written(result.files[:1])
        show_findings(result.findings)
    raise SystemExit(exit_code(result.findings))
