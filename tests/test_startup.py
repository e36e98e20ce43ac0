"""Small commands start at once: what they do not need is not imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from xltool.data import example

HEAVY = {"pandas", "numpy", "openpyxl", "xlsxwriter", "lxml"}
FORM = Path(str(example("minhang-2024"))) / "inbox" / "002_示例区殡仪馆_2024整体绩效目标_第1次.xlsx"
PROBE = """
import json, sys
from xltool.cli import main
try:
    main(sys.argv[1:], prog_name="xltool")
except SystemExit as end:
    assert end.code in (0, None), end.code
finally:
    sys.stderr.write("\\n" + json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def imported(*arguments: str) -> set[str]:
    """The top-level packages that a command has imported when it is done."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, check=True, encoding="utf-8", timeout=120
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("check", str(FORM)), ("form", "list")])
def test_a_small_command_imports_no_library_for_tables_or_workbooks(arguments: tuple[str, ...]) -> None:
    assert not imported(*arguments) & HEAVY


def test_help_imports_nothing_of_the_work_itself() -> None:
    assert not imported("--help") & {"sqlite3", "rich", "cattrs"}


def test_the_probe_sees_a_heavy_import() -> None:
    assert "xlsxwriter" in imported("generate", "--help")
