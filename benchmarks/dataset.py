"""Consolidating and exporting records, without workbooks: time and memory for each row of contributions.

`python -m benchmarks.dataset` prints the table; each step's size runs in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from xltool import values
from xltool.consolidate import consolidate
from xltool.definition import load_form
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.form import FormDefinition, Role, Tree
from xltool.model.submission import FieldAnswer, Identity, Indicator, Source, Submission, Target
from xltool.model.value import State

FORM = "minhang-2024"
INDICATORS = 60
SIZES = (100, 3077)  # units: a large department, and as many as give 200,000 rows of contributions
MONEY = ("budget.total", "budget.fiscal", "budget.other", "budget.basic", "budget.project")


def submissions(form: FormDefinition, units: int) -> tuple[Campaign, dict[str, Submission]]:
    """Accepted forms as records: so many units, each with the five amounts and 60 indicators that add."""
    roster = tuple(
        ReportingUnit(f"{n:05d}", f"单位{n}", Role.OWN if n == 1 else Role.UNIT) for n in range(1, units + 1)
    )
    tree = next(block for block in form.blocks if isinstance(block, Tree))
    leaves = [leaf for leaf in tree.leaves if leaf.entry != "none"]
    source, value = Source("申报表", "C9"), values.parse("=12.00(个)")
    indicators = tuple(
        Indicator(f"{leaf.key}#{n:02d}", leaf.key, leaf.path, f"指标{leaf.key}第{n}项", source,
                  (Target("current", value, source),))
        for n in range(1, INDICATORS // len(leaves) + 2) for leaf in leaves
    )[:INDICATORS]  # fmt: skip
    fields = tuple(FieldAnswer(key, State.GIVEN, "100.25", Decimal("100.25"), source) for key in MONEY)
    campaign = Campaign("benchmark", form.id, form.year, "示例", None, "", "", roster)
    told = {
        unit.code: Submission(Identity(form.id, form.version, "benchmark", unit.code, 1), f"{unit.code}.xlsx",
                              unit.code, "", fields, (), indicators)
        for unit in roster
    }  # fmt: skip
    return campaign, told


def measure(units: int) -> list[tuple[str, float, int]]:
    """Each step with its seconds and the rows it dealt with; the last line's figure is what the result holds in MiB."""
    from xltool.store import dataset, described, exports, parquet  # noqa: PLC0415  # their memory counts here

    form, _ = load_form(FORM)
    assert form is not None
    campaign, told = submissions(form, units)
    found: list[tuple[str, float, int]] = []
    rows = 0

    def step(name: str, work: Callable[[], object]) -> object:
        begun = time.process_time()
        result = work()
        found.append((name, time.process_time() - begun, rows))
        return result

    tracemalloc.start()
    result = consolidate(form, campaign, told)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    step("consolidate", lambda: consolidate(form, campaign, told))
    data = step("tables", lambda: dataset.frames(campaign, form, told, result, result.findings))
    assert isinstance(data, dict)
    rows = len(data["contributions"])
    columns = {name: tuple(table.columns) for name, table in data.items()}
    with tempfile.TemporaryDirectory(prefix="xltool-benchmark-") as place:
        folder = Path(place)
        step("csv", lambda: exports.write_csv(data, folder / "csv"))
        step("xlsx", lambda: exports.write_xlsx(data, folder / "dataset.xlsx"))
        step("parquet", lambda: parquet.write_parquet(data, folder / "parquet"))
        step("sqlite", lambda: exports.write_sqlite(data, folder / "d.sqlite", described.describe(form, columns)))
        step("csv read again", lambda: exports.read_csv(folder / "csv"))
    return [*((name, seconds, rows) for name, seconds, _ in found), ("held by the consolidation", held / 2**20, rows)]


def main() -> None:
    print("| units | rows of contributions | step | s | µs per row |")
    print("| ---: | ---: | --- | ---: | ---: |")
    for units in SIZES:
        arguments = [sys.executable, "-m", "benchmarks.dataset", str(units)]
        done = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, cwd=Path(__file__).parents[1])
        *steps, (_, held, rows) = json.loads(done.stdout)
        for name, seconds, _ in steps:
            print(f"| {units} | {rows} | {name} | {seconds:.2f} | {seconds / rows * 1e6:.1f} |")
        each = f"{held * 2**20 / rows:.0f} bytes"
        print(f"| {units} | {rows} | memory held by the consolidation | {held:.0f} MiB | {each} |")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
