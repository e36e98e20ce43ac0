"""Showing results: findings and tables for the eye, JSON for programs, progress for the patient."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from xltool.cli.language import language, say
from xltool.findings import Code
from xltool.model.finding import Finding, Severity
from xltool.reports.text import lines, plain

CLEAN, ERRORS, NOT_OPENED = 0, 1, 3
COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}
# What says that an input could not be opened: a file that came in, or what the command itself begins with.
NOT_OPENED_CODES = {code for code in Code if code.startswith("FILE")} | {
    Code.DEF_FILE_MISSING, Code.DEF_CAMPAIGN_MISSING, Code.DEF_ROSTER_MISSING,
    Code.COL_LEDGER_BUSY, Code.COL_LEDGER_FOREIGN, Code.COL_LEDGER_NEWER,
}  # fmt: skip
PIPE_WIDTH = 160  # characters of a table that goes to a file or another program


def show_json(result: Any) -> None:
    click.echo(json.dumps(plain(result), ensure_ascii=False, indent=2))


def shown(findings: Iterable[Finding], least: Severity = Severity.WARNING) -> list[Finding]:
    """Those that are at least so severe; information is left out unless asked for, for it never asks for an action."""
    order = list(COLOURS)
    return [item for item in findings if order.index(item.severity) <= order.index(least)]


def show_written(files: Iterable[Path]) -> None:
    """The files that were written, one a line."""
    for file in files:
        click.echo(say("common.written", file=file))


def show_findings(findings: Iterable[Finding], *, least: Severity = Severity.WARNING) -> None:
    """Errors first, and in each file from its top to its end."""
    for severity, code, where, text in lines(shown(findings, least), language()):
        mark = click.style(say(f"severity.{severity.value}"), fg=COLOURS[severity], bold=True)
        click.echo(f"{mark} {code}  {where}\n    {text}" if where else f"{mark} {code}\n    {text}")


def show_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain table; rich draws it so that wide characters stay in line."""
    from rich.console import Console  # heavy, and most calls show no table
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False, box=None, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(str(item) for item in row))
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(highlight=False, markup=False, soft_wrap=False, width=width).print(table)


def exit_code(findings: Iterable[Finding]) -> int:
    """1 while errors remain; 3 where nothing worse than unopened inputs happened."""
    errors = [item for item in findings if item.severity is Severity.ERROR]
    if not errors:
        return CLEAN
    return NOT_OPENED if all(item.code in NOT_OPENED_CODES for item in errors) else ERRORS


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere. The yielded function takes done and total."""
    if not sys.stderr.isatty():
        yield lambda done, total: None  # noqa: ARG005
        return
    from rich.progress import Progress  # heavy, and pointless where nobody watches

    with Progress(transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
