"""xltool check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from xltool.cli.common import context_of, form_folders_option, json_option
from xltool.cli.language import language, say, words
from xltool.cli.passwords import password_options
from xltool.cli.render import exit_code, progress, show_findings, show_json, shown
from xltool.cli.spoken import InputPath, command
from xltool.collect.examine import Examination
from xltool.model.finding import Finding, Severity
from xltool.workflow.check import check as run


@command(help=words("check.help"))
@click.argument("files", nargs=-1, required=True, type=InputPath(path_type=Path))
@click.option("--info", is_flag=True, help=words("collect.info"))
@click.option("--xlsx", "book", type=click.Path(path_type=Path, dir_okay=False), help=words("check.xlsx"))
@password_options
@form_folders_option
@json_option
def check(
    files: tuple[Path, ...],
    info: bool,
    book: Path | None,
    passwords: tuple[str, ...],
    form_folders: tuple[Path, ...],
    as_json: bool,
) -> None:
    with progress(say("check.progress")) as bar:
        result = run(files, passwords=passwords, context=context_of(bar, form_folders=form_folders))
    findings = (*result.findings, *(item for file in result.files for item in file.findings))
    least = Severity.INFO if info else Severity.WARNING
    beside = _save(book, shown(findings, least)) if book else ()
    if as_json:
        show_json(result)
    else:
        show_findings(findings, least=least)
        for file in result.files:
            click.echo(_told(file))
        if book and not beside:
            click.echo(say("common.written", file=book))
        show_findings(beside)
    raise SystemExit(exit_code(findings))


def _told(file: Examination) -> str:
    """How a file stands, in one line."""
    count = Counter(item.severity for item in file.findings)
    if file.has_errors:
        return say("check.faulty", file=file.file, errors=count[Severity.ERROR], warnings=count[Severity.WARNING])
    return say("check.clean", file=file.file)


def _save(book: Path, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    from xltool.workflow.findings_book import save_findings  # writes a workbook, which checking alone does not

    return save_findings(book, findings, language())[1]
