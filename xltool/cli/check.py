"""xltool check."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.passwords import password_options
from xltool.cli.render import exit_code, progress, show_findings, show_json
from xltool.cli.spoken import InputPath, command
from xltool.model.finding import Severity
from xltool.workflow.check import check as run


@command(help=words("check.help"))
@click.argument("files", nargs=-1, required=True, type=InputPath(path_type=Path))
@click.option("--info", is_flag=True, help=words("collect.info"))
@password_options
@form_folders_option
@json_option
def check(
    files: tuple[Path, ...], info: bool, passwords: tuple[str, ...], form_folders: tuple[Path, ...], as_json: bool
) -> None:
    with progress(say("check.progress")) as bar:
        result = run(files, passwords=passwords, context=context_of(bar, form_folders=form_folders))
    findings = (*result.findings, *(item for file in result.files for item in file.findings))
    if as_json:
        show_json(result)
    else:
        show_findings(findings, least=Severity.INFO if info else Severity.WARNING)
        for file in result.files:
            if not file.has_errors:
                click.echo(say("check.clean", file=file.file))
    raise SystemExit(exit_code(findings))
