"""What the pages say is so: commands run, excerpts are real, links lead somewhere, made pages are up to date."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs import commands, examples, findings
from docs.pages import COMMANDS, FINDINGS
from tests.commands import xltool
from tests.installing import checkout, libraries, run, surroundings
from tests.test_cli import commands as all_commands

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "minhang-2024"
READMES = ("README.md", "README.zh-CN.md")
PAGES = (*READMES, "CHANGELOG.md", "docs/forms.md", "docs/findings.md", "docs/commands.md")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")


def blocks(page: str, kind: str) -> list[list[str]]:
    """The lines of each fenced block of this kind."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [body.splitlines() for found, body in FENCE.findall(text) if found == kind]


def block(page: str, start: str) -> list[str]:
    """The one block of commands whose first line starts so."""
    (found,) = [lines for lines in blocks(page, "sh") if lines[0].startswith(start)]
    return found


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where `python3` is this Python, `make` and `pip` fetch nothing, and `xltool` is on the path."""
    folder = tmp_path_factory.mktemp("docs")
    programs = folder / "bin"
    programs.mkdir()
    (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (programs / "xltool").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m xltool "$@"\n', encoding="utf-8")
    for program in programs.iterdir():
        program.chmod(0o755)
    found = surroundings(libraries(folder / "libraries"))
    return found | {"PATH": f"{programs}{os.pathsep}{found['PATH']}", "XLTOOL_LANG": "zh"}


# The made pages


def test_the_examples_of_the_findings_are_up_to_date() -> None:
    assert examples.EXAMPLES.read_text(encoding="utf-8") == examples.page(), "python -m docs"


def test_the_page_of_findings_is_up_to_date() -> None:
    assert FINDINGS.read_text(encoding="utf-8") == findings.page(), "python -m docs"


def test_the_page_of_commands_is_up_to_date() -> None:
    assert COMMANDS.read_text(encoding="utf-8") == commands.page(), "python -m docs"


def test_every_command_is_documented_in_both_languages() -> None:
    text = COMMANDS.read_text(encoding="utf-8")
    for command in all_commands():
        if command != ("form",):
            assert text.count(f"\n### xltool {' '.join(command)}\n") == 2


# The pages as a whole


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in LINK.findall(text):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_both_readmes_show_the_same_commands() -> None:
    first, second = ([blocks(page, kind) for kind in ("sh", "bat")] for page in READMES)
    assert first == second
    assert len(first[0]) == 12


def test_every_command_of_the_readme_belongs_to_a_block_that_is_run() -> None:
    run_here = ("make demo", "python3", "make wheel", "xltool")
    assert all(lines[0].startswith(run_here) for lines in blocks("README.md", "sh"))


def test_windows_is_told_the_same_as_everybody() -> None:
    (windows,) = blocks("README.md", "bat")
    told = [line.replace("py -m", "python3 -m").replace(".venv\\Scripts\\", ".venv/bin/") for line in windows]
    assert told == block("README.md", "python3")


# The commands, run


def test_the_commands_of_make_are_there(environment: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make")
    copy = checkout(tmp_path)
    for line in block("README.md", "make demo"):
        told = run(*line.split(), "-n", cwd=copy, environment=environment).stdout
        assert {"make demo": "xltool demo demo-result", "make test": "python -m pytest"}[line] in told


@pytest.mark.xdist_group("package")
@pytest.mark.parametrize("start", ["python3", "make wheel"])
def test_the_commands_that_install_do_so(environment: dict[str, str], tmp_path: Path, start: str) -> None:
    copy = checkout(tmp_path)
    lines = block("README.md", start)
    if start == "make wheel":
        assert "-m build" in run("make", "wheel", "-n", cwd=copy, environment=environment).stdout
        lines[0] = "python3 -m venv build && build/bin/python -m pip wheel --wheel-dir dist ."
    else:
        del environment["XLTOOL_LANG"]
    assert [line for line in lines if "xltool demo" in line] == [lines[-1]]
    run("bash", "-euc", "\n".join(lines), cwd=copy, environment=environment)
    assert (copy / "demo-result" / "result" / "汇总表.xlsx").is_file()


@pytest.mark.parametrize("page", READMES)
def test_the_excerpt_is_what_the_demo_prints(page: str, tmp_path: Path) -> None:
    ((command, *excerpt),) = blocks(page, "console")
    arguments = command.removeprefix("$ xltool ").split()
    told = xltool(*arguments, cwd=tmp_path).stdout.splitlines()
    places = [told.index(line) for line in excerpt]
    assert places == sorted(places)


def test_the_commands_of_a_round_run_one_after_the_other(environment: dict[str, str], tmp_path: Path) -> None:
    returned = tmp_path / "returned"
    shutil.copytree(EXAMPLE / "inbox", returned)
    for name in ("units.csv", "controls.csv"):
        shutil.copy(EXAMPLE / name, tmp_path)
    started = [lines for lines in blocks("README.md", "sh") if lines[0].startswith("xltool")]
    lines = [line for block in started for line in block]
    assert len(lines) == 17
    for line in lines:
        if line.startswith("xltool check"):
            shutil.copy(next(returned.glob("002*")), tmp_path / "returned" / "002.xlsx")
        done = run(*line.split(), cwd=tmp_path, environment=environment, check=False)
        assert done.returncode in ((0, 1) if line.startswith("xltool collect") else (0,)), (line, done.stdout)
        assert done.stderr == "", line
        if line.startswith("xltool init"):  # the example's units answered the example's campaign
            for name in ("campaign.toml", "campaign.key", "rules.csv"):
                shutil.copy(EXAMPLE / name, tmp_path / "round")
    assert_the_results_are_where_the_readme_says(tmp_path)


def assert_the_results_are_where_the_readme_says(folder: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(round/[^`]+)` \|", text, re.MULTILINE)
    assert len(told) == 9
    for place in told:
        assert list(folder.glob(place)), place


def test_the_readme_names_what_a_new_machine_needs(environment: dict[str, str]) -> None:
    for page in READMES:
        assert "apt-get install make python3-venv" in (ROOT / page).read_text(encoding="utf-8")
    minimum = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert minimum is not None
    assert all(f"Python {minimum[1]}" in (ROOT / page).read_text(encoding="utf-8") for page in READMES)


def test_the_changelog_tells_of_this_version() -> None:
    version = subprocess.run(
        [sys.executable, "-m", "xltool", "--version"], capture_output=True, encoding="utf-8", check=True
    )
    assert f"## [{version.stdout.split()[1]}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
