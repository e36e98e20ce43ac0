"""The group of commands, each loaded only when it is called, so that help and small commands start at once."""

from __future__ import annotations

import sys
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click

from xltool import __version__
from xltool.cli.language import LANGUAGES, say, words
from xltool.cli.spoken import SpokenCommand, SpokenUsageError, speaking

# Command → module of `xltool.cli`; a nested dict is a group of commands.
COMMANDS: dict[str, Any] = {
    "demo": "demo",
    "form": {"list": "form", "show": "form", "check": "form", "new": "form_new", "schema": "form"},
    "init": "init",
    "previous": "previous",
    "allocate": "allocate",
    "generate": "generate",
    "collect": "collect",
    "check": "check",
    "review": "review",
    "return": "returns",
    "accept": "accept",
    "reopen": "accept",
    "withdraw": "accept",
    "diff": "diff",
    "status": "status",
    "stamp": "accept",
    "hand-in": "accept",
    "consolidate": "consolidate",
    "reconcile": "reconcile",
    "trace": "trace",
    "report": "report",
    "export": "export",
    "extract": "extract",
    "explain": "explain",
}


@click.pass_context
def _need_command(ctx: click.Context) -> None:
    """A group called without a command shows its help, with the exit code of wrong usage."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


class CommandGroup(SpokenCommand, click.Group):
    """Knows its commands by name; their modules are imported on use. Short help comes from the words file."""

    def __init__(self, path: str, commands: dict[str, Any], **options: Any) -> None:
        metavar = words("usage.command")
        super().__init__(**options, invoke_without_command=True, subcommand_metavar=metavar, callback=_need_command)
        self.path = path
        self.table = commands

    @classmethod
    def top(cls) -> CommandGroup:
        """The whole command line."""
        group = cls("", COMMANDS, name="xltool", help=words("xltool.help"))
        group.params.append(
            click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=words("common.lang"))
        )
        version = click.version_option(
            __version__, prog_name="xltool", message="%(prog)s %(version)s", help=words("common.version")
        )
        return version(group)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        entry = self.table.get(cmd_name)
        if entry is None:
            return None
        if isinstance(entry, dict):
            path = f"{self.path}{cmd_name}."
            return CommandGroup(path, entry, name=cmd_name, help=words(f"{path}help"))
        function = (self.path + cmd_name).replace(".", "_").replace("-", "_")
        function += "_" if iskeyword(function) else ""
        command = getattr(import_module(f"xltool.cli.{entry}"), function)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        rows = [(name, str(words(f"{self.path}{name}.short"))) for name in self.table]
        with formatter.section(words("common.commands")):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            raise SpokenUsageError(say("usage.no_command", command=args[0]), ctx)
        return super().resolve_command(ctx, args)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        with speaking():
            return super().make_context(*args, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with speaking():
            return super().invoke(ctx)

    def main(self, *args: Any, **options: Any) -> Any:
        """As click's, with one name however it was started, and with output that any Windows console takes."""
        options.setdefault("prog_name", "xltool")
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(errors="replace")
        return super().main(*args, **options)
