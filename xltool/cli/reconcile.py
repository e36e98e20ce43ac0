"""xltool reconcile."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option, node_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_written
from xltool.cli.spoken import InputPath, command
from xltool.model.difference import Match
from xltool.model.finding import Severity
from xltool.workflow.reconcile import ReconcileResult
from xltool.workflow.reconcile import reconcile as run


@command(help=words("reconcile.help"))
@click.argument("against", required=False, default=None, type=InputPath(path_type=Path))
@campaign_folder
@node_option
@form_folders_option
@json_option
def reconcile(
    against: Path | None, folder: Path, node: str, form_folders: tuple[Path, ...], as_json: bool
) -> None:
    result = run(folder, against, node=node, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings, least=Severity.INFO)
        show_counts(result)
        if not result.files and against is None:
            click.echo(say("reconcile.nothing"))
        show_written(result.files)
    raise SystemExit(exit_code(result.findings))


def show_counts(result: ReconcileResult) -> None:
    """How many figures stand to their counterparts in which way."""
    counts = Counter(item.match for item in result.differences)
    for match in Match:
        if counts[match]:
            click.echo(say("reconcile.count", match=words("reconcile.match")[match.value], count=counts[match]))
