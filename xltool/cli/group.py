"""The group of commands, each loaded only when it is called, so that help and small commands start at once."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from xltool import __version__
from xltool.cli.language import LANGUAGES, words

# Command → module of `xltool.cli`; a nested dict is a group of commands.
COMMANDS: dict[str, Any] = {
    "demo": "demo",
    "form": {"list": "form", "show": "form", "check": "form", "schema": "form"},
    "init": "init",
    "generate": "generate",
    "collect": "collect",
    "check": "check",
    "status": "status",
    "consolidate": "consolidate",
    "export": "export",
    "explain": "explain",
}


class CommandGroup(click.Group):
    """Knows its commands by name; their modules are imported on use. Short help comes from the words file."""

    def __init__(self, path: str, commands: dict[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.path = path
        self.table = commands

    @classmethod
    def top(cls) -> CommandGroup:
        """The whole command line."""
        group = cls("", COMMANDS, name="xltool", help=words("xltool.help"), no_args_is_help=True)
        group.params.append(
            click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=words("common.lang"))
        )
        return click.version_option(__version__, prog_name="xltool", help=words("common.version"))(group)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        entry = self.table.get(cmd_name)
        if entry is None:
            return None
        if isinstance(entry, dict):
            path = f"{self.path}{cmd_name}."
            return CommandGroup(path, entry, name=cmd_name, help=words(f"{path}help"), no_args_is_help=True)
        command = getattr(import_module(f"xltool.cli.{entry}"), (self.path + cmd_name).replace(".", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        rows = [(name, str(words(f"{self.path}{name}.short"))) for name in self.table]
        with formatter.section(words("common.commands")):
            formatter.write_dl(rows)

    def main(self, *args: Any, **options: Any) -> Any:
        """As click's, with output that any Windows console takes."""
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="replace")
        return super().main(*args, **options)
