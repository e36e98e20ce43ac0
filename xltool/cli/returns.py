"""xltool return."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import by_option, campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json
from xltool.cli.spoken import InputPath, command
from xltool.workflow.opinions import Said
from xltool.workflow.returns import return_forms as run


@command(help=words("return.help"))
@click.option("--unit", "units", multiple=True, help=words("return.unit"))
@click.option("--opinion", "opinions", multiple=True, metavar="UNIT:PLACE=TEXT", help=words("return.opinion"))
@click.option("--from", "source", type=click.Choice(["reviewer", "bureau"]), default="reviewer",
              help=words("return.from"))  # fmt: skip
@click.option("--drop", "drops", multiple=True, metavar="UNIT:CODE", help=words("return.drop"))
@click.option("--opinions", "workbook", type=InputPath(path_type=Path, dir_okay=False), help=words("return.opinions"))
@by_option
@campaign_folder
@form_folders_option
@json_option
def return_(
    units: tuple[str, ...],
    opinions: tuple[str, ...],
    source: str,
    drops: tuple[str, ...],
    workbook: Path | None,
    who: str,
    folder: Path,
    form_folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    said = _said(opinions, drops, by_bureau=source == "bureau")
    context = context_of(form_folders=form_folders, who=who)
    result = run(folder, units, said=said, opinions=workbook, context=context)
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


def _said(opinions: tuple[str, ...], drops: tuple[str, ...], *, by_bureau: bool) -> dict[str, Said]:
    """What the options say, by unit code."""
    said: dict[str, Said] = {}
    for text in opinions:
        unit, colon, rest = text.partition(":")
        place, equals, opinion = rest.partition("=")
        if not (unit.strip() and colon and equals and opinion.strip()):
            raise click.UsageError(say("return.bad_opinion", text=text))
        told = ((place.strip(), opinion.strip()),)
        words_ = Said(bureau=told) if by_bureau else Said(told)
        said[unit.strip()] = said.get(unit.strip(), Said()).joined(words_)
    for text in drops:
        unit, _, key = text.partition(":")
        if not (unit.strip() and key.strip()):
            raise click.UsageError(say("return.bad_drop", text=text))
        said[unit.strip()] = said.get(unit.strip(), Said()).joined(Said((), frozenset({key.strip()})))
    return said
