"""docs/commands.md from the commands themselves: their help, arguments and options in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator

import click

from docs.pages import FOLDER
from xltool.cli import main
from xltool.cli.language import VARIABLE, language, words

HEADING = "# 命令 · Commands"
TEXTS = tomllib.loads((FOLDER / "commands.toml").read_text(encoding="utf-8"))


def page() -> str:
    """Both languages; each is made in a process of its own, as a program speaks one language."""
    return "\n\n".join([HEADING, *map(_spoken, TEXTS)]) + "\n"


def _spoken(name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "docs.commands"],
        cwd=FOLDER.parent,
        env={**os.environ, VARIABLE: name, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def section() -> str:
    """One language: the introduction, then every command."""
    texts = TEXTS[language()]
    parts = [f"## {texts['title']}", texts["text"].strip(), "```text\n" + _tree() + "\n```"]
    for path, command in _walk(main, ("xltool",)):
        if len(path) > 1 and not isinstance(command, click.Group):
            parts.extend(_command(path, command))
    return "\n\n".join(parts)


def _tree() -> str:
    lines = []
    for path, command in _walk(main, ("xltool",)):
        if len(path) > 1 and not isinstance(command, click.Group):
            lines.append(f"{' '.join(path):22} {words('.'.join((*path[1:], 'short')))}")
    return "\n".join(lines)


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _walk(child, (*path, name))


def _command(path: tuple[str, ...], command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=" ".join(path))
    yield f"### {' '.join(path)}"
    yield f"`{' '.join([*path, *command.collect_usage_pieces(context)])}`"
    yield (command.help or "").strip()
    options = [item for item in command.params if isinstance(item, click.Option)]
    if options:
        yield "\n".join(f"- {_names(option)}{TEXTS[language()]['colon']}{option.help}" for option in options)


def _names(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in option.opts)
    if option.is_flag:
        return names
    kind = option.type
    value = "|".join(str(item) for item in kind.choices) if isinstance(kind, click.Choice) else option.metavar
    return f"{names} {value or kind.name.upper()}"


if __name__ == "__main__":
    sys.stdout.write(section())
