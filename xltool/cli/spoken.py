"""Click in the language of the command line: its headings, its help option and its complaints about usage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from xltool.cli.language import say, words


class SpokenFormatter(click.HelpFormatter):
    """Click names its sections in English; the words file has a name for each."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or words("usage.prefix"))

    def write_heading(self, heading: str) -> None:
        super().write_heading(words("usage.headings").get(heading, heading))


class SpokenContext(click.Context):
    formatter_class = SpokenFormatter


class SpokenCommand(click.Command):
    """A command whose whole help is in one language."""

    context_class = SpokenContext

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"options_metavar": words("usage.options"), **options})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = words("usage.help")
        return option


class SpokenUsageError(click.UsageError):
    """A complaint about usage that shows itself in the language of the command line."""

    def show(self, file: IO[Any] | None = None) -> None:
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), file=file, err=True)
            click.echo(say("usage.hint", command=self.ctx.command_path) + "\n", file=file, err=True)
        click.echo(say("usage.error", message=self.message), file=file, err=True)


class InputPath(click.Path):
    """A file or folder that is there."""

    def __init__(self, **options: Any) -> None:
        super().__init__(exists=True, **options)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as fault:
            raise SpokenUsageError(say("usage.no_path", path=value), ctx) from fault


def command(**options: Any) -> Callable[[Callable[..., Any]], SpokenCommand]:
    """As click's, with the whole help in one language."""
    return click.command(cls=SpokenCommand, **options)  # noqa: TID251


@contextmanager
def speaking() -> Iterator[None]:
    """Complaints of click raised in the block, said in the language of the command line."""
    try:
        yield
    except (SpokenUsageError, click.exceptions.NoArgsIsHelpError):
        raise
    except click.UsageError as fault:
        raise SpokenUsageError(_complaint(fault), fault.ctx) from fault


def _complaint(fault: click.UsageError) -> str:
    if isinstance(fault, click.NoSuchOption):
        return say("usage.no_option", option=fault.option_name)
    if isinstance(fault, click.MissingParameter) and fault.param is not None:
        return say("usage.missing", name=fault.param.get_error_hint(fault.ctx).strip("'"))
    if isinstance(fault, click.BadParameter) and fault.param is not None:
        return say("usage.bad_value", name=fault.param.opts[-1], expected=_expected(fault.param.type))
    if isinstance(fault, click.BadOptionUsage):
        return say("usage.no_value", option=fault.option_name)
    return fault.message  # raised by a command in its own words


def _expected(kind: click.ParamType[Any]) -> str:
    if isinstance(kind, click.Choice):
        return say("usage.choice", choices=", ".join(str(item) for item in kind.choices))
    if isinstance(kind, click.IntRange):
        return say("usage.range" if kind.max is not None else "usage.least", low=kind.min, high=kind.max)
    if isinstance(kind, click.DateTime):
        return say("usage.date")
    return say("usage.other", kind=kind.name)
