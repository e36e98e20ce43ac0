"""xltool demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from xltool import campaign as campaigns
from xltool.cli.collect import show_collected
from xltool.cli.common import context_of, json_option
from xltool.cli.language import language, say, words
from xltool.cli.reconcile import show_counts
from xltool.cli.render import show_findings, show_json
from xltool.cli.spoken import command
from xltool.cli.status import show_status
from xltool.model.consolidation import Consolidation
from xltool.workflow.collect import CollectResult
from xltool.workflow.consolidate import ConsolidateResult
from xltool.workflow.demo import Laid, Returned, afterwards
from xltool.workflow.demo import demo as run
from xltool.workflow.generate import GenerateResult
from xltool.workflow.reconcile import ReconcileResult
from xltool.workflow.report import ReportResult
from xltool.workflow.status import StatusResult


@command(help=words("demo.help"))
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default="xltool-demo")
@json_option
def demo(folder: Path, as_json: bool) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise click.UsageError(say("demo.exists", folder=folder))
    last: object = None
    shown = _Journey()
    context = context_of()
    for step in run(folder, context=context):
        last = step
        if not as_json:
            shown.show(step)
    for after in afterwards(folder, language=language(), context=context):
        if not as_json:
            shown.show(after)
    if not as_json:
        click.echo()
        click.secho(say("demo.results", folder=campaigns.result(folder)), fg="green", bold=True)
    if as_json:
        show_json(last)
    result = last.consolidation if isinstance(last, ConsolidateResult) else None
    raise SystemExit(0 if result is not None and not result.draft else 1)


class _Journey:
    """Shows the steps in order; the second generate and collect are told from the first by counting."""

    def __init__(self) -> None:
        self.generated = 0
        self.faulty = ""

    def show(self, step: object) -> None:
        if isinstance(step, Laid):
            _title("demo.step_init", folder=step.folder)
        elif isinstance(step, GenerateResult):
            self._generated(step)
        elif isinstance(step, Returned) and self.generated == 1:
            _title("demo.step_inbox", count=len(step.files))
        elif isinstance(step, CollectResult):
            self._collected(step)
        elif isinstance(step, StatusResult):
            _title("demo.step_status")
            show_status(replace(step, days_left=None))  # the example's deadline is long past
        elif isinstance(step, ConsolidateResult):
            _title("demo.step_consolidate")
            _show_consolidated(step)
        elif isinstance(step, ReconcileResult):
            _title("demo.step_reconcile", count=len(step.differences))
            show_counts(step)
        elif isinstance(step, ReportResult):
            _title("demo.step_report")
            for file in step.files:
                click.echo(f"  {file}")

    def _generated(self, step: GenerateResult) -> None:
        self.generated += 1
        if self.generated == 1:
            _title("demo.step_generate", count=len(step.generated))
            return
        for item in step.generated:
            _title("demo.step_again", unit=item.unit_name, issue=item.issue)

    def _collected(self, step: CollectResult) -> None:
        if self.generated == 1:
            faulty = "、".join(sorted({file.file.partition("_2")[0] for file in step.files if _errors(file.findings)}))
            _title("demo.step_first", unit=faulty)
        show_collected(step)


def _errors(findings: tuple[object, ...]) -> bool:
    return any(getattr(item, "severity", "") == "error" for item in findings)


def _title(key: str, **places: object) -> None:
    click.echo()
    click.secho(say(key, **places), bold=True)


def _show_consolidated(step: ConsolidateResult) -> None:
    show_findings(step.findings)
    if step.consolidation is not None:
        click.echo(say("demo.total", **dict(_totals(step.consolidation))))
    for file in step.files:
        click.echo(f"  {file.relative_to(step.files[0].parent)}")


def _totals(result: Consolidation) -> Iterator[tuple[str, object]]:
    """The first summed figure of the form, and how many indicators stand in it."""
    total = next((figure.text for figure in result.fields if figure.rule == "sum"), "")
    yield "total", total
    yield "indicators", sum(1 for item in result.indicators if item.included)
