"""xltool form list, show, check, schema."""

from __future__ import annotations

from pathlib import Path

import click

from xltool.cli.common import context_of, form_folders_option, json_option
from xltool.cli.language import say, words
from xltool.cli.render import exit_code, show_findings, show_json, show_table
from xltool.cli.spoken import command
from xltool.model.form import Profile, Role
from xltool.reports.drawing import drawn
from xltool.workflow import forms


@command(help=words("form.list.help"))
@form_folders_option
@json_option
def form_list(form_folders: tuple[Path, ...], as_json: bool) -> None:
    found = forms.list_forms(context_of(form_folders=form_folders))
    if as_json:
        show_json(found)
        return
    rows = [(item.id, item.version, item.year, item.issuer, item.title) for item in found]
    show_table(words("form.list.headings"), rows)


@command(help=words("form.show.help"))
@click.argument("form")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="unit", help=words("form.show.role"))
@click.option("--print", "printed", is_flag=True, help=words("form.show.print"))
@form_folders_option
@json_option
def form_show(form: str, role: str, printed: bool, form_folders: tuple[Path, ...], as_json: bool) -> None:
    profile = Profile.PRINT if printed else Profile.FILL
    shown = forms.show_form(form, Role(role), profile, context_of(form_folders=form_folders))
    if as_json:
        show_json({"form": shown.form, "findings": shown.findings})
    else:
        if shown.layout is not None:
            for line in drawn(shown.layout):
                click.echo(line)
        show_findings(shown.findings)
    raise SystemExit(exit_code(shown.findings))


@command(help=words("form.check.help"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@json_option
def form_check(folder: Path, as_json: bool) -> None:
    found = forms.check_form(folder)
    if as_json:
        show_json(found)
    else:
        show_findings(found)
        if not found:
            click.echo(say("form.check.clean"))
    raise SystemExit(exit_code(found))


@command(help=words("form.schema.help"))
def form_schema() -> None:
    show_json(forms.form_schema())
