"""xltool trace."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option, node_option
from xltool.cli.language import language, say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_table
from xltool.cli.spoken import command
from xltool.consolidate.crosswalk import Behind
from xltool.words import table
from xltool.workflow.trace import TracedCell
from xltool.workflow.trace import trace as run


@command(help=words("trace.help"))
@click.argument("cells", nargs=-1)
@campaign_folder
@node_option
@form_folders_option
@json_option
def trace(cells: tuple[str, ...], folder: Path, node: str, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, cells, node=node, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        for one in result.cells:
            _show(one)
    raise SystemExit(exit_code(result.findings))


def _show(one: TracedCell) -> None:
    told = one.behind
    click.secho(say("trace.cell", cell=one.cell or "—", name=told.name, text=told.text, rule=_rule(told)), bold=True)
    used = sorted(told.contributions, key=lambda item: not item.used)
    rows = [
        [item.unit_name, item.text, words("trace.used") if item.used else _reason(item.reason),
         item.file, f"{item.sheet}!{item.cell}"]
        for item in used
    ]  # fmt: skip
    if rows:
        show_table(words("trace.headings"), rows)


def _rule(told: Behind) -> str:
    names = table("campaign")["rule_names"].get(told.rule) if language() == "zh" else None
    return names[0] if names else told.rule or "—"


def _reason(reason: str) -> str:
    """The reasons have codes, which the Chinese pages put into words."""
    said: str = table("working_paper")["reasons"].get(reason, reason) if language() == "zh" else reason
    return said
