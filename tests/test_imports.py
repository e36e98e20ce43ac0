"""The floors of the house as data, held against every import that stands in the code."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).parents[1] / "xltool"

# A room imports from lower floors and from itself, never from a room beside it.
FLOORS: dict[str, int] = {
    "model": 0,
    "data": 0,
    "words": 0,
    "addresses": 1,
    "findings": 1,
    "measures": 1,
    "values": 2,
    "expressions": 2,
    "definition": 3,
    "layout": 3,
    "excel": 4,
    "checks": 4,
    "foreign": 4,
    "consolidate": 4,
    "collect": 5,
    "campaign": 5,
    "drafting": 5,
    "store": 5,
    "reports": 5,
    "workflow": 6,
    "cli": 7,
    "__main__": 8,
}

# Modules that may import others of ours inside a function, and why.
LATE: dict[str, str] = {
    "cli": "commands load when they are called, so that --help and check stay quick",
}

# Libraries with a home: who alone may import them (a module, or a room as a whole).
HOMES: dict[str, tuple[str, ...]] = {
    "xlsxwriter": ("excel.write",),
    "pandas": ("store",),
    "pyarrow": ("store.parquet",),
    "sqlalchemy": ("store.database",),
    "openpyxl": ("drafting", "foreign"),
    "lxml": ("foreign",),
    "docx": ("foreign",),
    "xlrd": ("foreign.xls",),
    "click": ("cli",),
    "rich": ("cli",),
}

STANDARD_LIBRARY_ONLY = ("model",)


Check = Callable[[Mapping[str, str]], list[str]]


class Import(NamedTuple):
    module: str  # who imports, without «xltool.»
    target: str  # what, in full
    line: int
    late: bool  # inside a function


def sources() -> dict[str, str]:
    """Every module of the package by its dotted name without «xltool.»; the package itself is ''."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = path.read_text(encoding="utf-8")
    return found


def imports(modules: Mapping[str, str]) -> list[Import]:
    """Every import of every module; `from a import b` counts as a.b where that is a module, else as a."""
    found: list[Import] = []
    for module, text in modules.items():
        for node, late in _statements(ast.parse(text)):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            else:
                assert node.level == 0, f"{module}: relative imports hide the floor"
                targets = [_target(node.module or "", alias.name, modules) for alias in node.names]
            found.extend(Import(module, target, node.lineno, late) for target in targets)
    return found


def _statements(tree: ast.AST, late: bool = False) -> Iterable[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, late
        inside = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _statements(node, inside)


def _target(module: str, name: str, modules: Mapping[str, str]) -> str:
    inner = f"{module}.{name}".removeprefix("xltool.")
    return f"{module}.{name}" if module.startswith("xltool") and inner in modules else module


def own(target: str) -> str | None:
    """The name of one of our modules without «xltool.»; None for a library."""
    if target == "xltool":
        return ""
    return target.removeprefix("xltool.") if target.startswith("xltool.") else None


def room(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def within(module: str, homes: Iterable[str]) -> bool:
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def floor_faults(modules: Mapping[str, str]) -> list[str]:
    """Imports that do not go down the floors, and rooms that the table does not know."""
    faults = [f"{name}: no floor is known for this room" for name in modules if name and room(name) not in FLOORS]
    for item in imports(modules):
        target = own(item.target)
        if not target or room(item.module) == room(target) or faults:
            continue
        if not item.module:
            faults.append(f"xltool/__init__.py:{item.line} imports {target}")
        elif FLOORS.get(room(target), 99) >= FLOORS[room(item.module)]:
            faults.append(f"{item.module}:{item.line} imports {target}, which is not below it")
    return faults


def late_faults(modules: Mapping[str, str]) -> list[str]:
    """Own modules imported inside a function by one who may not."""
    late = [item for item in imports(modules) if item.late and own(item.target) is not None]
    return [f"{item.module}:{item.line} imports {item.target} late" for item in late if not within(item.module, LATE)]


def home_faults(modules: Mapping[str, str]) -> list[str]:
    """Libraries imported away from home, and anything but the standard library in rooms that hold to it."""
    faults = []
    for item in imports(modules):
        library = item.target.split(".")[0]
        if library in HOMES and not within(item.module, HOMES[library]):
            faults.append(f"{item.module}:{item.line} imports {library}")
        if room(item.module) in STANDARD_LIBRARY_ONLY and library not in {*sys.stdlib_module_names, "xltool"}:
            faults.append(f"{item.module}:{item.line} imports {library}, not of the standard library")
    return faults


def cycles(modules: Mapping[str, str]) -> list[str]:
    """Modules of one room that import each other in a circle, one line for each circle found."""
    edges: dict[str, set[str]] = {name: set() for name in modules}
    for item in imports(modules):
        target = own(item.target)
        # A package's __init__ may gather from its modules, and they may not reach back through it.
        if target and target in modules and room(target) == room(item.module) and target != item.module:
            edges[item.module].add(target)
    found: list[str] = []
    done: set[str] = set()
    for name in edges:
        _walk(name, edges, [], done, found)
    return found


def _walk(name: str, edges: Mapping[str, set[str]], path: list[str], done: set[str], found: list[str]) -> None:
    if name in path:
        found.append(" → ".join([*path[path.index(name) :], name]))
        return
    if name in done:
        return
    for target in sorted(edges[name]):
        _walk(target, edges, [*path, name], done, found)
    done.add(name)


@pytest.mark.parametrize("check", [floor_faults, late_faults, home_faults, cycles])
def test_the_house_keeps_its_floors(check: Check) -> None:
    assert check(sources()) == []


def test_every_room_that_exists_is_read() -> None:
    assert {"model.form", "findings", "values", ""} <= set(sources())


@pytest.mark.parametrize(
    ("check", "modules", "expected"),
    [
        (floor_faults, {"values": "from xltool.layout import form", "layout.form": ""}, "not below"),
        (floor_faults, {"checks.cell": "import xltool.excel.read", "excel.read": ""}, "not below"),
        (floor_faults, {"layout": "from xltool import definition", "definition": ""}, "not below"),
        (floor_faults, {"": "import xltool.values", "values": ""}, "imports values"),
        (floor_faults, {"cellar": ""}, "no floor"),
        (late_faults, {"values": "def f():\n    import xltool.measures", "measures": ""}, "late"),
        (home_faults, {"excel.read": "import xlsxwriter"}, "xlsxwriter"),
        (home_faults, {"reports.board": "from pandas import DataFrame"}, "pandas"),
        (home_faults, {"model.form": "import yaml"}, "standard library"),
        (cycles, {"values.a": "import xltool.values.b", "values.b": "from xltool.values import a"}, "values.a → "),
        (cycles, {"values": "from xltool.values.a import x", "values.a": "from xltool.values import y"}, " → "),
    ],
)
def test_each_kind_of_fault_is_found(check: Check, modules: dict[str, str], expected: str) -> None:
    assert [fault for fault in check(modules) if expected in fault]


def test_a_late_import_where_it_is_allowed_is_no_fault() -> None:
    assert late_faults({"cli.main": "def f():\n    import xltool.workflow", "workflow": ""}) == []
