"""xltool consolidate."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import ERRORS, exit_code, show_findings, show_json
from xltool.cli.spoken import command
from xltool.workflow.consolidate import consolidate as run


@command(help=words("consolidate.help"))
@campaign_folder
@form_folders_option
@json_option
def consolidate(folder: Path, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        if result.consolidation is not None:
            included = sum(1 for item in result.consolidation.indicators if item.included)
            click.echo(say("consolidate.total", units=len(result.consolidation.units), indicators=included))
            if result.consolidation.draft:
                click.secho(say("consolidate.draft"), fg="yellow")
        for file in result.files:
            click.echo(say("common.written", file=file))
    draft = result.consolidation is not None and result.consolidation.draft
    raise SystemExit(ERRORS if draft else exit_code(result.findings))
