"""Arguments that several commands share."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from xltool.cli.language import words
from xltool.cli.spoken import InputPath
from xltool.workflow.context import Context

Function = TypeVar("Function", bound=Callable[..., Any])


def campaign_folder(function: Function) -> Function:
    """The campaign folder, the current one unless `-C` names another."""
    option = click.option(
        "-C",
        "--campaign",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(),
        help=words("common.campaign"),
    )
    return option(function)


def json_option(function: Function) -> Function:
    return click.option("--json", "as_json", is_flag=True, help=words("common.json"))(function)


def by_option(function: Function) -> Function:
    """Who decides, as the history names them; the name under which the machine is used by default."""
    return click.option("--by", "who", default=_user, envvar="XLTOOL_USER", help=words("common.by"))(function)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # nobody the system knows by name
        return ""


def node_option(function: Function) -> Function:
    """A unit with others below it, in the place of the whole campaign."""
    return click.option("--node", default="", metavar="CODE", help=words("common.node"))(function)


def jobs_option(function: Function) -> Function:
    return click.option("--jobs", type=click.IntRange(1), default=None, help=words("common.jobs"))(function)


def form_folders_option(function: Function) -> Function:
    """Own folders of forms, searched before the bundled ones."""
    option = click.option(
        "--forms",
        "form_folders",
        type=InputPath(path_type=Path, file_okay=False),
        multiple=True,
        envvar="XLTOOL_FORMS",
        help=words("common.forms"),
    )
    return option(function)


def context_of(
    progress: Callable[[int, int], None] | None = None,
    jobs: int | None = None,
    form_folders: tuple[Path, ...] = (),
    who: str = "",
) -> Context:
    plain = Context(form_folders=form_folders, who=who or _user())
    return replace(plain, progress=progress or plain.progress, jobs=jobs or plain.jobs)
