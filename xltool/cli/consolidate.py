"""xltool consolidate."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import ERRORS, exit_code, progress, show_findings, show_json, show_written
from xltool.cli.spoken import InputPath, command
from xltool.model.consolidation import Consolidation
from xltool.workflow.consolidate import consolidate as run


@command(help=words("consolidate.help"))
@campaign_folder
@click.option(
    "--decisions",
    type=InputPath(path_type=Path, dir_okay=False),
    default=None,
    help=words("consolidate.decisions"),
)
@click.option("--node", default="", metavar="CODE", help=words("consolidate.node"))
@click.option("--all-nodes", is_flag=True, help=words("consolidate.all_nodes"))
@click.option("--pdf", is_flag=True, help=words("consolidate.pdf"))
@form_folders_option
@json_option
def consolidate(
    folder: Path, decisions: Path | None, node: str, all_nodes: bool, pdf: bool, form_folders: tuple[Path, ...],
    as_json: bool,
) -> None:  # fmt: skip
    with progress(say("consolidate.progress")) as bar:
        context = context_of(bar, form_folders=form_folders)
        result = run(folder, context=context, decisions=decisions, node=node, all_nodes=all_nodes, pdf=pdf)
    made = (*([result.consolidation] if result.consolidation else []), *result.nodes)
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        for one in made:
            _show(one, named=bool(result.nodes))
        show_written(result.files)
    raise SystemExit(ERRORS if any(one.draft for one in made) else exit_code(result.findings))


def _show(result: Consolidation, *, named: bool) -> None:
    included = sum(1 for item in result.indicators if item.included)
    name = f"{result.node}  " if named else ""
    click.echo(name + say("consolidate.total", units=len(result.units), indicators=included))
    if result.draft:
        click.secho(say("consolidate.draft"), fg="yellow")
