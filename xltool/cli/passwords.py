"""Opening passwords on the command line: from a file or typed unseen, never as an argument that others could read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from xltool.campaign import read_passwords
from xltool.cli.language import say, words
from xltool.cli.render import ERRORS, show_findings
from xltool.cli.spoken import InputPath

Function = TypeVar("Function", bound=Callable[..., Any])


def password_options(function: Function) -> Function:
    """`--password-file` and `--ask-password`; the function is given `passwords`, the passwords themselves."""
    ask = click.option(
        "--ask-password", "asked", is_flag=True, expose_value=False, callback=_asked, help=words("common.ask_password")
    )
    file = click.option(
        "--password-file",
        "passwords",
        type=InputPath(path_type=Path, dir_okay=False),
        callback=_from_file,
        help=words("common.password_file"),
    )
    return ask(file(function))


def _from_file(context: click.Context, _: click.Parameter, path: Path | None) -> tuple[str, ...]:
    found, findings = read_passwords(path) if path is not None else ((), ())
    if findings:
        show_findings(findings)
        context.exit(ERRORS)
    return (*found, *context.meta.get(__name__, ()))


def _asked(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # click calls it so
    if wanted:
        typed = click.prompt(say("common.password_prompt"), hide_input=True, err=True, default="", show_default=False)
        context.meta[__name__] = (typed,) if typed else ()
