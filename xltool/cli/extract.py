"""xltool extract."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.passwords import password_options
from xltool.cli.render import exit_code, show_findings, show_json, show_table, show_written
from xltool.cli.spoken import InputPath, command
from xltool.model.finding import Severity
from xltool.model.submission import Submission
from xltool.workflow.extract import extract as run
from xltool.workflow.extract import write_tables

_SHOWN = 40  # characters of a long text in the terminal


@command(help=words("extract.help"))
@click.argument("file", type=InputPath(path_type=Path, dir_okay=False))
@click.option("--form", "form_id", required=True, help=words("extract.form"))
@click.option("--repair", is_flag=True, help=words("extract.repair"))
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False), help=words("extract.output"))
@click.option("--info", is_flag=True, help=words("collect.info"))
@password_options
@form_folders_option
@json_option
def extract(
    file: Path, form_id: str, repair: bool, output: Path | None, info: bool, passwords: tuple[str, ...],
    form_folders: tuple[Path, ...], as_json: bool,
) -> None:  # fmt: skip
    context = context_of(form_folders=form_folders)
    result = run(file, form_id, form_folders=context.form_folders, repair=repair, passwords=passwords)
    files = write_tables(result, output) if output is not None else ()
    if as_json:
        show_json({"submission": result.submission, "files": files, "findings": result.findings})
    else:
        show_findings(result.findings, least=Severity.INFO if info else Severity.WARNING)
        if result.submission is not None:
            _show(result.submission)
        show_written(files)
    raise SystemExit(exit_code(result.findings))


def _show(submission: Submission) -> None:
    """The answers as two tables: scalars and rows, then indicators."""
    scalars = [(given.key, _short(given.text)) for given in submission.fields if given.text]
    rows = [(row.key, _short(" · ".join(given.text for given in row.answers))) for row in submission.rows]
    show_table(words("extract.field_headings"), [*scalars, *rows])
    click.echo("")
    show_table(words("extract.indicator_headings"), [
        ("·".join(item.levels), item.name, *(target.value.text for target in item.targets[:1]))
        for item in submission.indicators
    ])  # fmt: skip
    click.echo(say("extract.total", fields=len(scalars), rows=len(rows), indicators=len(submission.indicators)))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
