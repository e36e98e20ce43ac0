"""Installed as a wheel or from a checkout, xltool finds its forms and its example from any folder."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.installing import checkout, libraries, new_environment, run, surroundings

pytestmark = pytest.mark.xdist_group("package")  # one worker builds the wheel, once


class Installed(NamedTuple):
    """An environment of its own, and a folder far from the checkout to work in."""

    python: Path
    elsewhere: Path
    environment: dict[str, str]
    source: Path

    def __call__(self, *arguments: str | Path) -> str:
        program = self.python.with_name("xltool")
        return run(program, *arguments, cwd=self.elsewhere, environment=self.environment).stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return surroundings(libraries(tmp_path_factory.mktemp("installing") / "libraries"))


@pytest.fixture(scope="module")
def wheel(source: Path, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    python = new_environment(folder / "build")
    run(python, "-m", "pip", "wheel", "--wheel-dir", folder, source, cwd=folder, environment=environment)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module", params=["wheel", "editable"])
def installed(
    request: pytest.FixtureRequest,
    source: Path,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Installed:
    folder = tmp_path_factory.mktemp(request.param)
    python = new_environment(folder / "venv")
    editable = request.param == "editable"
    what: list[str | Path] = ["--editable", source] if editable else [request.getfixturevalue("wheel")]
    run(python, "-m", "pip", "install", *what, cwd=folder, environment=environment)
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    return Installed(python, elsewhere, environment, source)


def test_the_wheel_carries_its_data_and_nothing_of_the_checkout_beside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        names = package.namelist()
        metadata = next(package.read(name).decode("utf-8") for name in names if name.endswith("METADATA"))
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"xltool"}
    for name in (
        "py.typed",
        "words/cli.zh.toml",
        "words/findings/FILE.toml",
        "_data/templates/minhang-2024/form.toml",
        "_data/templates/minhang-2024/indicators.csv",
        "_data/templates/codelists/measures.csv",
        "_data/examples/minhang-2024/campaign.key",
    ):
        assert f"xltool/{name}" in names
    inbox = [name for name in names if name.startswith("xltool/_data/examples/minhang-2024/inbox/")]
    assert len(inbox) == 11
    assert not [name for name in names if "_data" in name and name.endswith((".py", ".js"))]
    assert "Requires-Python: >=3.11" in metadata
    assert "Description-Content-Type: text/markdown" in metadata


def test_the_installed_program_is_the_one_meant(installed: Installed, request: pytest.FixtureRequest) -> None:
    program = "import xltool; print(xltool.__file__)"
    done = run(installed.python, "-c", program, cwd=installed.elsewhere, environment=installed.environment)
    place = Path(done.stdout.strip())
    home = installed.source if "editable" in request.node.name else installed.python.parents[1]
    assert place.is_relative_to(home)


def test_the_forms_are_found_from_another_folder(installed: Installed) -> None:
    assert "minhang-2024" in [form["id"] for form in json.loads(installed("form", "list", "--json"))]
    assert "年度履职目标" in installed("form", "show", "minhang-2024")


def test_the_demo_runs_from_another_folder(installed: Installed) -> None:
    told = json.loads(installed("demo", "round", "--json"))
    figures = {figure["key"]: figure["text"] for figure in told["consolidation"]["fields"]}
    assert figures["budget.total"] == "476,373,173.65"
    assert (installed.elsewhere / "round" / "result" / "汇总表.xlsx").is_file()


def test_the_module_runs_as_a_program(installed: Installed) -> None:
    done = run(
        installed.python, "-m", "xltool", "--version", cwd=installed.elsewhere, environment=installed.environment
    )
    assert done.stdout == "xltool 0.1.0\n"
