"""xltool report."""

from __future__ import annotations

from pathlib import Path

from xltool.cli.common import campaign_folder, context_of, form_folders_option, json_option, node_option
from xltool.cli.language import language, words
from xltool.cli.render import exit_code, show_findings, show_json, show_written
from xltool.cli.spoken import command
from xltool.workflow.report import report as run


@command(help=words("report.help"))
@campaign_folder
@node_option
@form_folders_option
@json_option
def report(folder: Path, node: str, form_folders: tuple[Path, ...], as_json: bool) -> None:
    result = run(folder, language=language(), node=node, context=context_of(form_folders=form_folders))
    if as_json:
        show_json(result)
    else:
        show_findings(result.findings)
        show_written(result.files)
    raise SystemExit(exit_code(result.findings))
