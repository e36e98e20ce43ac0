"""Measure xltool against what the same work costs bare, and print tables: `python -m benchmarks [--units 10,100]`."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from benchmarks import datamaps, rivals, steps, timing
from benchmarks.campaigns import EXAMPLE, empty, fill_inbox, lay_campaign, returned_forms
from xltool import campaign as campaigns
from xltool.collect.examine import examine
from xltool.data import example
from xltool.excel import press
from xltool.layout.workbook import Stamp, common_sheets, unit_workbook
from xltool.model.layout import WorkbookPlan
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.generate import filling_of, unit_bytes
from xltool.workflow.opening import Opened, guide_places, open_campaign, reading_of

SAMPLE = 100  # files on which the slow rivals are timed; beyond that their time per file does not change


def main() -> None:
    """Every table in turn."""
    options = _options()
    rounds = 3 if options.quick else 9
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors")
    opened = open_campaign(Path(str(example(EXAMPLE))), Context())
    assert isinstance(opened, Opened)
    print("\nOne form (milliseconds of the processor, the least of", rounds, "rounds)\n")
    _table(("returned form, saved by", "read + check", "floor", "× floor", "openpyxl", "openpyxl ÷ ours"),
           _one_read(opened, rounds))  # fmt: skip
    print()
    _table(("generated form", "ours", "bare xlsxwriter", "× bare"), _one_generated(opened, rounds))
    print("\nMany (seconds on the clock; per unit in milliseconds of the processor; memory at its peak)\n")
    heading = ("units", "step", "s", "ms per unit", "MiB", "bare xlsxwriter ÷", "openpyxl ÷", "× floor")
    _table((*heading, "datamaps ÷") if options.datamaps else heading, _many(options, opened))
    print("\nStart (milliseconds on the clock)\n")
    _table(("xltool --help", "import click", "more"), [_start(rounds)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--units", default="10,100,1000", help="sizes of the campaigns, by commas")
    parser.add_argument("--quick", action="store_true", help="campaigns of 10 and 100 units, few rounds")
    parser.add_argument("--datamaps", metavar="PROGRAM", help="the datamaps program, to compare collecting with")
    options = parser.parse_args()
    options.sizes = [10, 100] if options.quick else [int(size) for size in options.units.split(",")]
    return options


def _one_read(opened: Opened, rounds: int) -> Iterable[tuple[str, ...]]:
    """Gate, read, locate, interpret, account and check, for one form of each program of the bundled inbox."""
    reading = reading_of(opened)
    programs = {form.program: form for form in returned_forms()}
    for program, form in programs.items():
        works: list[timing.Work] = [partial(examine, form.data, reading, form.name), partial(rivals.floor, form.data),
                                     partial(rivals.load, form.data)]  # fmt: skip
        ours, floor, openpyxl = timing.compare(works, rounds)
        name = program.partition("$")[0]
        yield name, _ms(ours), _ms(floor), f"{ours / floor:.1f}", _ms(openpyxl), f"{openpyxl / ours:.1f}"


def _one_generated(opened: Opened, rounds: int) -> Iterable[tuple[str, ...]]:
    """Laid out, signed and written: the first of a kind, and one more of the same."""
    unit = opened.campaign.units[1]
    common = common_sheets(opened.form, unit.role, guide_places(opened.campaign))
    filling = filling_of(opened.form, opened.campaign, unit)
    one_more = partial(unit_bytes, opened, unit, 1, common, filling)

    def first() -> None:
        press.forget()
        one_more()

    works: list[timing.Work] = [first, one_more, partial(rivals.write_bare, _plan(opened))]
    alone, further, bare = timing.compare(works, rounds)
    yield "the first", _ms(alone), _ms(bare), f"{alone / bare:.2f}"
    yield "each further one", _ms(further), _ms(bare), f"{further / bare:.2f}"


def _plan(opened: Opened) -> WorkbookPlan:
    """What a unit's workbook is to hold."""
    form, unit = opened.form, opened.campaign.units[1]
    common = common_sheets(form, unit.role, guide_places(opened.campaign))
    return unit_workbook(form, unit.role, filling_of(form, opened.campaign, unit), Stamp("XT1.benchmark"), common)[1]


def _many(options: argparse.Namespace, opened: Opened) -> Iterable[tuple[str, ...]]:
    for units in options.sizes:
        with tempfile.TemporaryDirectory(prefix="xltool-benchmark-") as place:
            folder = Path(place) / "campaign"
            lay_campaign(folder, units)
            fill_inbox(folder)
            yield from _campaign(folder, units, opened, options.datamaps)


def _campaign(folder: Path, units: int, opened: Opened, program: str | None) -> Iterable[tuple[str, ...]]:
    """The steps over one campaign, each against what its rivals take for as many files."""
    files = [path.read_bytes() for path in sorted(campaigns.inbox(folder).iterdir())[:SAMPLE]]
    plan, scale = _plan(opened), units / len(files)
    generated = steps.run("generate", folder)
    bare = timing.total(lambda _: rivals.write_bare(plan), files) * scale
    yield _row(units, "generate", generated, f"{bare / generated.processor:.1f}")
    collected = steps.run("collect", folder)
    loaded, floor = timing.total(rivals.load, files) * scale, timing.total(rivals.floor, files) * scale
    yield _row(units, "collect", collected, "", f"{loaded / collected.processor:.1f}",
               f"{collected.processor / floor:.1f}")  # fmt: skip
    consolidated = steps.run("consolidate", folder)
    yield _row(units, "consolidate", consolidated, "", f"{loaded / consolidated.processor:.1f}",
               f"{consolidated.processor / floor:.1f}")  # fmt: skip
    accepted = _accepted(folder)
    empty(folder)
    jobs = os.cpu_count() or 1
    pooled = steps.run("collect", folder, jobs)
    both = pooled.seconds + consolidated.seconds
    theirs = f"{datamaps.seconds(program, folder) / both:.1f}" if program else ""
    yield str(units), f"collect with {jobs} processes", f"{pooled.seconds:.2f}", "", f"{pooled.peak:.0f}"
    yield str(units), f"… and consolidate ({accepted} accepted)", f"{both:.2f}", "", "", "", "", "", theirs


def _accepted(folder: Path) -> int:
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        return len(ledger.accepted()) if isinstance(ledger, Ledger) else 0


def _row(units: int, step: str, done: steps.Cost, *ratios: str) -> tuple[str, ...]:
    per_unit = f"{done.processor / units * 1000:.1f}"
    return str(units), step, f"{done.seconds:.2f}", per_unit, f"{done.peak:.0f}", *ratios


def _start(rounds: int) -> tuple[str, ...]:
    ours, bare = timing.starts([["-m", "xltool", "--help"], ["-c", "import click"]], rounds)
    return _ms(ours), _ms(bare), _ms(ours - bare)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _table(heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table as Markdown, each row printed when it is known."""
    _line(heading)
    _line(["---"] + ["---:"] * (len(heading) - 1))
    for row in rows:
        _line([*row, *[""] * (len(heading) - len(row))][: len(heading)])


def _line(cells: Sequence[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
