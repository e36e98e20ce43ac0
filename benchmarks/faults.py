"""Ten returned forms, one of them faulty: what is read and what is said, by xltool and, where installed, by datamaps.

    python -m benchmarks.faults [--datamaps PROGRAM]

Values are held against those read from the same ten forms before the fault; of what the fault itself changed something
must be said, or the value read as it stands there now. «Silent» are values that differ without a word about them.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from benchmarks import datamaps
from benchmarks.campaigns import fill_inbox, lay_campaign
from tests.mutation import programs
from tests.mutation.book import EMPTY, NUMBER, TEXT, Book, load
from tests.mutation.edits import insert_rows
from tests.mutation.saves import emit
from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.cli.collect import code_of
from xltool.collect.examine import Examination, OpenedForm, examine, open_form
from xltool.model.finding import Finding, Severity
from xltool.model.form import AnswerType
from xltool.model.submission import FieldAnswer, Submission
from xltool.model.value import State
from xltool.workflow.collect import CollectResult, collect
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign, reading_of

UNITS, UNIT = 10, "003"
SHEET, BUDGET = "申报表", "budget.total"
NUMERIC = (AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER)

Place = tuple[int, int]
Places = Mapping[str, Place]  # of the answers of the faulty unit's form, by key
Edit = Callable[[Book, Places], None]
Inflict = Callable[[Path, Places], None]
Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the inbox. `changed` are the answers that are no more what they were, with what they say now."""

    name: str
    inflict: Inflict
    changed: Mapping[str, object] | None = None
    needs: str | None = None  # a program that is missing


@dataclass(frozen=True, slots=True)
class Outcome:
    """`units` counts those of which anything was read; `wrong` and `silent` the values of the faulty one."""

    units: int
    wrong: int
    silent: int
    said: tuple[str, ...]
    code: int


def _path(inbox: Path) -> Path:
    return inbox / f"{UNIT}.xlsx"


def _edited(edit: Edit) -> Inflict:
    """The form opened, edited and saved as by Excel."""

    def inflict(inbox: Path, places: Places) -> None:
        book = load(_path(inbox).read_bytes(), SHEET)
        edit(book, places)
        _path(inbox).write_bytes(emit(book))

    return inflict


def _type(key: str, text: str) -> Edit:
    def edit(book: Book, places: Places) -> None:
        place = places[key]
        book.sheet.cells[place] = book.sheet.cells[place]._replace(kind=TEXT if text else EMPTY, text=text)

    return edit


def _number(key: str, text: str) -> Edit:
    def edit(book: Book, places: Places) -> None:
        book.sheet.cells[places[key]] = book.sheet.cells[places[key]]._replace(kind=NUMBER, text=text)

    return edit


def _as_text(book: Book, places: Places) -> None:
    """The figure stays what it is, stored as text."""
    place = places[BUDGET]
    assert book.sheet.cells[place].kind == NUMBER
    book.sheet.cells[place] = book.sheet.cells[place]._replace(kind=TEXT)


def _rename(book: Book, _: Places) -> None:
    book.sheet.name = book.form = "Sheet1"


def _insert(book: Book, _: Places) -> None:
    insert_rows(book, book.sheet, 5)


def _cut(inbox: Path, _: Places) -> None:
    data = _path(inbox).read_bytes()
    _path(inbox).write_bytes(data[: len(data) // 2])


def _nonsense(inbox: Path, _: Places) -> None:
    _path(inbox).write_bytes(b"this is no workbook")


def _lock(inbox: Path, _: Places) -> None:
    (inbox / f"~${UNIT}.xlsx").write_bytes(b"\x06clerk " + b" " * 158)


def _copy(inbox: Path, _: Places) -> None:
    shutil.copyfile(_path(inbox), inbox / f"{UNIT} (1).xlsx")


def _other_copy(inbox: Path, places: Places) -> None:
    _copy(inbox, places)
    _edited(_number(BUDGET, "1"))(inbox, places)


def _et(inbox: Path, _: Places) -> None:
    with tempfile.TemporaryDirectory(prefix="xltool-et-") as scratch:
        (saved,) = programs.save([_path(inbox)], "xls", Path(scratch))
        saved.replace(inbox / f"{UNIT}.et")
    _path(inbox).unlink()


FAULTS = (
    Fault("the file cut off in the middle", _cut),
    Fault("the file no workbook", _nonsense),
    Fault("Excel's lock file `~$003.xlsx` beside it", _lock),
    Fault("the sheet renamed", _edited(_rename)),
    Fault("`约三百` typed as the budget", _edited(_type(BUDGET, "约三百")), {BUDGET: None}),
    Fault("`1,234.50` typed as text as the budget", _edited(_type(BUDGET, "1,234.50")), {BUDGET: Decimal("1234.50")}),
    Fault("`≥85%` typed as the budget", _edited(_type(BUDGET, "≥85%")), {BUDGET: None}),
    Fault("the budget stored as text", _edited(_as_text)),
    Fault("one row inserted at row 5", _edited(_insert)),
    Fault("the budget empty", _edited(_type(BUDGET, "")), {BUDGET: None}),
    Fault("the same file twice, as `003 (1).xlsx`", _copy),
    Fault("two different files of the unit", _other_copy, {BUDGET: Decimal(1)}),
    Fault("the form saved as `.et`", _et, None, programs.missing("xls")),
)


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--datamaps", metavar="PROGRAM", help="the datamaps program, to hold xltool against")
    program = parser.parse_args().datamaps
    with tempfile.TemporaryDirectory(prefix="xltool-faults-") as scratch:
        bench = Bench(Path(scratch), program)
        heading = ["fault in one of ten", "xltool: units", "wrong", "silent", "says", "exit"]
        heading += ["datamaps: units", "wrong", "silent", "says", "exit"] if program else []
        print("| " + " | ".join(heading) + " |")
        print("|" + " --- |" * len(heading))
        for fault in FAULTS:
            if fault.needs is not None:
                print(f"| {fault.name} | {fault.needs} |")
                continue
            ours = bench.ours(fault)
            cells = [fault.name, *_cells(ours), *(_cells(bench.theirs(fault)) if program else [])]
            print("| " + " | ".join(cells) + " |", flush=True)


def _cells(outcome: Outcome) -> list[str]:
    said = "; ".join(outcome.said) or "nothing"
    return [str(outcome.units), str(outcome.wrong), str(outcome.silent), said, str(outcome.code)]


class Bench:
    """A campaign of ten units with its inbox as returned, copied for each fault."""

    def __init__(self, scratch: Path, program: str | None = None) -> None:
        self.scratch, self.program = scratch, program
        self.clean = scratch / "clean"
        lay_campaign(self.clean, UNITS)
        fill_inbox(self.clean)
        opened = open_campaign(self.clean, Context())
        assert isinstance(opened, Opened)
        self.opened = opened
        form = open_form(_path(campaigns.inbox(self.clean)).read_bytes(), reading_of(opened))
        assert isinstance(form, OpenedForm)
        self.places = form.located.places
        numeric = {slot.key for slot in form.layout.slots if slot.answer is not None and slot.answer.type in NUMERIC}
        self.cells = [
            (key, SHEET, a1(*place), "NUMBER" if key in numeric else "TEXT") for key, place in self.places.items()
        ]
        untouched = self._examined(_path(campaigns.inbox(self.clean)))
        self.ordinary = frozenset((item.code, item.position.cell) for item in untouched.findings)
        self.before = _values(untouched.submission)
        self.master: Values = {}
        if program:
            self.master = datamaps.imported(program, self.cells, campaigns.inbox(self.clean))[0][UNIT]

    def ours(self, fault: Fault) -> Outcome:
        """The whole inbox collected; the values of the faulty unit's files as they are read."""
        inbox = self._inflicted(fault)
        result = collect(inbox.parent, context=Context())
        said = tuple(_said(result))
        files = [path for path in inbox.glob(f"{UNIT}*") if path.is_file()]
        read = [_values(done.submission) for path in files if (done := self._examined(path)).submission is not None]
        wrong = _wrong(self.before, read, fault)
        units = {file.unit_code for file in result.files if file.unit_code}
        silent = {key for key in wrong if not any(key in (item.position.field, _arg(item)) for item in said)}
        return Outcome(len(units), len(wrong), len(silent), _notable(said, self.ordinary), code_of(result))

    def theirs(self, fault: Fault) -> Outcome:
        """`datamaps import templates -m` of the same inbox: its master workbook and its report."""
        assert self.program is not None
        columns, report = datamaps.imported(self.program, self.cells, self._inflicted(fault))
        read = [values for name, values in columns.items() if name.startswith(UNIT)]
        wrong = _wrong(self.master, read, fault)
        own = [row for row in report.rows if Path(row["Filename"]).name.startswith(UNIT)]
        empty = {key for key, value in self.master.items() if value in (None, "")}
        failed = {row["Key"] for row in own if row["Pass Status"] != "PASS"}
        said = [f"{len(failed - empty)} FAIL"] if failed - empty else []
        return Outcome(len(columns), len(wrong), len(wrong - failed), (*said, *report.lines), report.code)

    def _examined(self, path: Path) -> Examination:
        return examine(path.read_bytes(), reading_of(self.opened), path.name)

    def _inflicted(self, fault: Fault) -> Path:
        """The inbox of a fresh campaign after the fault."""
        folder = self.scratch / "faulty"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.clean, folder)
        fault.inflict(campaigns.inbox(folder), self.places)
        return campaigns.inbox(folder)


def _wrong(before: Values, files: list[Values], fault: Fault) -> set[str]:
    """Keys that some file is read to answer neither as before nor as the fault has it."""
    changed = fault.changed or {}
    return {
        key for values in files for key, was in before.items()
        if values.get(key) != was and not (key in changed and values.get(key) == changed[key])
    }  # fmt: skip


def _values(submission: Submission | None) -> Values:
    """Every answer by the key of its cell; a target as it was understood."""
    found: Values = {}
    if submission is None:
        return found
    for answer in submission.fields:
        found[answer.key] = _value(answer)
    for row in submission.rows:
        found |= {f"{row.key}.{answer.key}": _value(answer) for answer in row.answers}
    for item in submission.indicators:
        found[f"{item.key}.name"] = item.name
        for target in item.targets:
            found[f"{item.key}.{target.column}.value"] = target.value
        found |= {f"{item.key}.{answer.key}": _value(answer) for answer in item.extras}
    return found


def _value(answer: FieldAnswer) -> object:
    return answer.number if answer.number is not None or answer.state is State.UNREADABLE else answer.text or None


def _said(result: CollectResult) -> Iterator[Finding]:
    """What is said of the faulty unit's files, and of files that could not be told whose they are."""
    for file in result.files:
        if file.unit_code == UNIT or UNIT in file.file:
            yield from file.findings
    for item in result.findings:
        if UNIT in (item.position.unit_code, item.position.file[:3]) or not item.position.unit_code:
            yield item


def _arg(item: Finding) -> str:
    return dict(item.args).get("field", "")


def _notable(said: tuple[Finding, ...], ordinary: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    """Code and cell of each finding that the untouched form does not have, errors first."""
    new = [item for item in said if (item.code, item.position.cell) not in ordinary]
    new.sort(key=lambda item: tuple(Severity).index(item.severity))
    return tuple(dict.fromkeys(f"{item.code} {item.position.cell}".strip() + f" ({item.severity})" for item in new))


if __name__ == "__main__":
    main()
