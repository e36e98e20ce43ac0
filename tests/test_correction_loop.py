"""Forty faults and five opinions, round after round between ten units and their reviewer, until all is accepted.

The workbooks are generated, and typed into by LibreOffice and exceljs. In cases/correction-loop, `attempt` is the
attempt in which a unit puts right what was asked, or gives its reason; until then it stays as it was.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

import pytest

from examples.fill_inbox import Example
from tests.clients.javascript import NodeClient
from tests.clients.libreoffice import LibreOffice
from tests.conftest import ROOT
from tests.test_returns import FORM, OPINIONS, Seen, context, reason_cell, seen
from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.excel.read import read_bytes
from xltool.findings.catalogue import catalogue
from xltool.layout.form import lay_out
from xltool.model.finding import Severity
from xltool.model.form import AnswerType, Profile
from xltool.model.layout import Slot
from xltool.model.opinion import Opinion, OpinionSource
from xltool.model.standing import Standing
from xltool.reports.opinions_book import KEY_COLUMN
from xltool.store.entries import Attempt, AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.collect import collect
from xltool.workflow.consolidate import consolidate
from xltool.workflow.generate import generate
from xltool.workflow.opening import Opened, open_campaign
from xltool.workflow.returns import ReturnedForm, return_forms
from xltool.workflow.reviewing import opinions_file, review
from xltool.workflow.status import status

EXAMPLE = Example(ROOT / "examples" / "minhang-2024")
CASES = Path(__file__).parent / "cases" / "correction-loop"
BY_EXCELJS = ("007", "008", "009", "010")
CLEAN = ("002", "010")
LAST = 4  # attempts of the slowest unit
NEEDS_REASON = "IND25"  # passes only with a 合理性说明 in this campaign
REVIEW_SHEET, REVIEW_TEXT = "审核", 9
CLEARER = {("009", "output.timeliness#01.current.value"): "11月30日前"}  # the published 11月前 draws a warning
NUMBERS = {AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER}


class Fault(NamedTuple):
    """`content` is typed into `slot` at first; `code` is to be found `at` a slot."""

    unit: str
    slot: str
    content: str
    code: str
    at: str
    attempt: int
    reason: str

    def open_in(self, attempt: int) -> bool:
        return attempt < self.attempt or bool(self.reason)

    def bars(self, attempt: int) -> bool:
        """Whether a form cannot be accepted with it."""
        if self.code == NEEDS_REASON:
            return attempt < self.attempt
        return self.open_in(attempt) and catalogue()[self.code].severity is Severity.ERROR


class Asked(NamedTuple):
    """The reviewer's opinion, given on the attempt `round`; the unit types `content` into `slot` because of it."""

    round: int
    unit: str
    place: str
    text: str
    attempt: int
    slot: str
    content: str


class Beside(NamedTuple):
    """A text that a unit writes where nothing was asked."""

    unit: str
    attempt: int
    sheet: str
    cell: str
    text: str


def rows_of(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FAULTS = tuple(Fault(**{**row, "attempt": int(row["attempt"])}) for row in rows_of("faults.csv"))  # type: ignore[arg-type]
ASKED = tuple(Asked(int(r["round"]), r["unit"], r["place"], r["text"], int(r["attempt"]), r["slot"], r["content"])
              for r in rows_of("opinions.csv"))  # fmt: skip
BESIDE = tuple(Beside(r["unit"], int(r["attempt"]), r["sheet"], r["cell"], r["text"]) for r in rows_of("outside.csv"))
UNITS = tuple(row["code"] for row in EXAMPLE.rows_of("units.csv"))
PREFILLED = {row["code"]: {"unit_name": row["name"]} for row in EXAMPLE.rows_of("units.csv")}
Key = tuple[str, str, str]  # code, slot and cell


@dataclass
class Story:
    """What was there after each round, counted from 1, by unit code."""

    folder: Path
    slots: dict[str, dict[str, Slot]]
    typed: dict[str, dict[str, str]]
    asked_for: dict[int, dict[str, Counter[Key]]] = field(default_factory=dict)
    cells: dict[int, dict[str, Mapping[str, str]]] = field(default_factory=dict)
    after_collecting: dict[int, dict[str, Standing]] = field(default_factory=dict)
    after_returning: dict[int, dict[str, Standing]] = field(default_factory=dict)
    returned: dict[int, dict[str, ReturnedForm]] = field(default_factory=dict)
    should_hold: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)  # everything typed until then


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, libreoffice: LibreOffice, exceljs: NodeClient) -> Story:
    """The whole way, once for all tests of this module."""
    told = begun(tmp_path_factory.mktemp("loop") / "round")
    desk = _Clerks(told, libreoffice, exceljs)
    for attempt in range(1, LAST + 1):
        desk.send(attempt)
        collect(told.folder, context=context())
        told.after_collecting[attempt] = standings(told.folder)
        told.asked_for[attempt] = {unit: asked_of(latest(told.folder, unit)) for unit in UNITS}
        told.should_hold[attempt] = {unit: dict(texts) for unit, texts in told.typed.items()}
        desk.give_opinions(attempt)
        result = return_forms(told.folder, context=context())
        told.returned[attempt] = {item.unit_code: item for item in result.returned}
        told.after_returning[attempt] = standings(told.folder)
    return told


def begun(folder: Path) -> Story:
    """A campaign whose workbooks were given out, and what each unit is going to type into its own."""
    keep = shutil.ignore_patterns("*.py", "*.md", "inbox", "__pycache__")
    shutil.copytree(EXAMPLE.folder, folder, ignore=keep)
    campaigns.inbox(folder).mkdir()
    with (folder / "campaign.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[checks]\nreasons = ["{NEEDS_REASON}"]\n')
    generate(folder, context=context())
    opened = open_campaign(folder, context())
    assert isinstance(opened, Opened), opened
    roles = {unit.code: unit.role for unit in opened.campaign.units}
    slots = {code: {slot.key: slot for slot in lay_out(opened.form, role, Profile.FILL).slots}
             for code, role in roles.items()}  # fmt: skip
    typed = {unit: right_answers(unit) for unit in UNITS}
    for fault in FAULTS:
        typed[fault.unit][fault.slot] = fault.content
    return Story(folder, slots, typed)


def right_answers(unit: str) -> dict[str, str]:
    return EXAMPLE.answers(unit, spoiled=False) | {slot: text for (code, slot), text in CLEARER.items() if code == unit}


class _Clerks:
    """The units' clerks at their programs, and the reviewer at LibreOffice."""

    def __init__(self, story: Story, office: LibreOffice, exceljs: NodeClient) -> None:
        self.story, self.office, self.exceljs = story, office, exceljs

    def send(self, attempt: int) -> None:
        """Every unit whose turn it is types into the workbook it has and sends it."""
        back = self.story.returned.get(attempt - 1, {})
        for unit in UNITS if attempt == 1 else back:
            source = back[unit].file if back else next(campaigns.outbox(self.story.folder).glob(f"{unit}_*"))
            new = self._first(unit) if attempt == 1 else self._corrections(unit, attempt)
            self.story.typed[unit] |= new
            where = seen(self.story.folder, source).cells
            self.story.cells.setdefault(attempt, {})[unit] = where
            lines = [(FORM, where[slot], self._value(unit, slot, text)) for slot, text in new.items()]
            reasons = [fault for fault in FAULTS if (fault.unit, fault.attempt) == (unit, attempt) and fault.reason]
            lines += [(OPINIONS, reason_cell(source, f"{fault.code}|{fault.at}", self.story.folder), fault.reason)
                      for fault in reasons]  # fmt: skip
            lines += [(item.sheet, item.cell, item.text) for item in BESIDE
                      if (item.unit, item.attempt) == (unit, attempt)]  # fmt: skip
            self._type(unit, source, campaigns.inbox(self.story.folder) / f"{unit}-{attempt}.xlsx", lines)

    def give_opinions(self, attempt: int) -> None:
        """Into opinions.xlsx, made anew, where the reviewer has something to say."""
        said = [item for item in ASKED if item.round == attempt]
        if said:
            review(self.story.folder, context=context())
            path = opinions_file(self.story.folder)
            lines = [(REVIEW_SHEET, a1(line_of(path, item.unit, item.place), REVIEW_TEXT), item.text) for item in said]
            self._by_office(path, path, lines)

    def _first(self, unit: str) -> dict[str, str]:
        return {slot: text for slot, text in self.story.typed[unit].items() if text}

    def _corrections(self, unit: str, attempt: int) -> dict[str, str]:
        right = right_answers(unit)
        new = {fault.slot: right.get(fault.slot, "") for fault in FAULTS
               if (fault.unit, fault.attempt) == (unit, attempt) and not fault.reason}  # fmt: skip
        return new | {item.slot: item.content for item in ASKED if (item.unit, item.attempt) == (unit, attempt)
                      and item.slot}  # fmt: skip

    def _value(self, unit: str, slot: str, text: str) -> str | float | None:
        """As a library takes it, which has no input parser; the office program is given the text in any case."""
        answer = self.story.slots[unit][slot].answer
        if unit in BY_EXCELJS and answer is not None and answer.type in NUMBERS:
            try:
                return float(text)
            except ValueError:
                pass
        return text or None

    def _type(self, unit: str, source: Path, out: Path, lines: list[tuple[str, str, str | float | None]]) -> None:
        if unit in BY_EXCELJS:
            self.exceljs.fill(source, out, lines)
        else:
            self._by_office(source, out, lines)

    def _by_office(self, source: Path, out: Path, lines: Iterable[tuple[str, str, str | float | None]]) -> None:
        with self.office.open(source) as book:
            for sheet, cell, text in lines:
                assert book.type(sheet, cell, "" if text is None else str(text)).changed, (source.name, cell, text)
            book.save(out)


def line_of(path: Path, unit: str, place: str) -> int:
    """The row of this unit's field, level or whole form in opinions.xlsx, by the hidden key."""
    workbook, findings = read_bytes(path.read_bytes())
    assert workbook is not None, findings
    for (row, col), cell in sorted(workbook.sheets[0].cells.items()):
        if col == KEY_COLUMN and row > 2:
            code, _, slot, _ = json.loads(cell.text)
            if (code, slot) == (unit, place):
                return row
    raise AssertionError((unit, place))


def latest(folder: Path, unit: str) -> Attempt:
    with Ledger.open(campaigns.ledger(folder)) as ledger:
        assert isinstance(ledger, Ledger)
        return ledger.attempts(unit)[-1]


def asked_of(attempt: Attempt) -> Counter[Key]:
    """Errors and warnings of an attempt; notes on text outside the form are another matter."""
    return Counter(
        (item.code, item.position.field, item.position.cell)
        for item in attempt.findings
        if item.severity is not Severity.INFO and not item.code.startswith("TPL")
    )


def standings(folder: Path) -> dict[str, Standing]:
    return {row.code: row.standing for row in status(folder, context=context()).rows}


# What ought to be.


def open_faults(unit: str, attempt: int) -> list[Fault]:
    return [fault for fault in FAULTS if fault.unit == unit and fault.open_in(attempt)]


def unmet(unit: str, attempt: int) -> list[Asked]:
    return [item for item in ASKED if item.unit == unit and item.round < attempt < item.attempt]


def is_good(unit: str, attempt: int) -> bool:
    return not any(fault.bars(attempt) for fault in open_faults(unit, attempt)) and not unmet(unit, attempt)


def is_returned(unit: str, attempt: int) -> bool:
    return not is_good(unit, attempt) or any((item.unit, item.round) == (unit, attempt) for item in ASKED)


def attempts_of(unit: str) -> int:
    """How many times a unit sends its form: until nothing is returned any more."""
    return next(attempt for attempt in range(1, LAST + 1) if not is_returned(unit, attempt))


EVERY = [(unit, attempt) for unit in UNITS for attempt in range(1, attempts_of(unit) + 1)]


def test_there_are_forty_faults_twenty_of_them_in_one_unit_and_none_in_the_clean_ones() -> None:
    assert len(FAULTS) == 40
    assert len(UNITS) == 10
    assert max(Counter(fault.unit for fault in FAULTS).values()) == 20
    assert not [fault for fault in FAULTS if fault.unit in CLEAN]
    assert {item.place.count("#") + bool(item.place) for item in ASKED} == {0, 1, 2}  # form, field or level, row
    assert max(attempts_of(unit) for unit in UNITS) == LAST


@pytest.mark.parametrize(("unit", "attempt"), EVERY)
def test_each_fault_that_is_left_is_found_at_its_cell_once_and_no_other_is_invented(
    story: Story, unit: str, attempt: int
) -> None:
    cells = story.cells[attempt][unit]
    expected = Counter((fault.code, fault.at, cells[fault.at]) for fault in open_faults(unit, attempt))
    assert story.asked_for[attempt][unit] == expected


@pytest.mark.parametrize("attempt", range(1, LAST + 1))
def test_exactly_the_units_that_have_something_to_put_right_get_their_form_back(story: Story, attempt: int) -> None:
    expected = {unit for unit in UNITS if attempt <= attempts_of(unit) and is_returned(unit, attempt)}
    assert set(story.returned[attempt]) == expected


@pytest.mark.parametrize("attempt", range(1, LAST + 1))
def test_every_opinion_says_what_became_of_it(story: Story, attempt: int) -> None:
    for unit, made in story.returned[attempt].items():
        told = {told_key(item): (item.state.value, item.reason) for item in made.opinions if told_key(item)}
        assert told == expected_opinions(unit, attempt), unit


def told_key(item: Opinion) -> str:
    """Code and place, or the reviewer's words; nothing for notes on text outside the form."""
    if item.source is OpinionSource.REVIEWER:
        return item.problem
    return "" if item.key.startswith("TPL") else f"{item.key.partition('|')[0]} {item.slot}"


def expected_opinions(unit: str, attempt: int) -> dict[str, tuple[str, str]]:
    """待改 in the first round, then 未改 or, once, 已改; with the reason from the round on in which it was given."""
    expected = {}
    for fault in FAULTS:
        if (fault.unit == unit and attempt <= fault.attempt) or (fault.unit == unit and fault.reason):
            state = "new" if attempt == 1 else "standing" if fault.open_in(attempt) else "fixed"
            expected[f"{fault.code} {fault.at}"] = (state, fault.reason if attempt >= fault.attempt else "")
    for item in ASKED:
        if item.unit == unit and item.round <= attempt <= item.attempt:
            state = "new" if attempt == item.round else "standing" if attempt < item.attempt else "fixed"
            expected[item.text] = (state, "")
    return expected


@pytest.mark.parametrize("attempt", range(1, LAST + 1))
def test_a_returned_form_holds_everything_that_was_typed_in_the_form_and_beside_it(story: Story, attempt: int) -> None:
    for unit, made in story.returned[attempt].items():
        form = seen(story.folder, made.file)
        assert held(form) == plain(story.should_hold[attempt][unit] | PREFILLED[unit]), unit
        beside = [item.text for item in BESIDE if item.unit == unit and item.attempt <= attempt]
        assert [text for text in beside if not any(text in line for line in form.typed.outside)] == [], unit


def held(form: Seen) -> dict[str, str]:
    return plain({key: str(content) for key, content in form.typed.contents.items()})


def plain(texts: Mapping[str, str]) -> dict[str, str]:
    """Blank ones left out; numbers without the zeros that a numeric cell does not keep."""

    def bare(text: str) -> str:
        try:
            return f"{Decimal(text).normalize():f}"
        except InvalidOperation:
            return text.strip()

    return {key: bare(text) for key, text in texts.items() if text.strip()}


@pytest.mark.parametrize("item", BESIDE)
def test_what_was_written_beside_the_form_is_named_in_that_attempt_and_in_no_other(story: Story, item: Beside) -> None:
    with Ledger.open(campaigns.ledger(story.folder)) as ledger:
        assert isinstance(ledger, Ledger)
        attempts = ledger.attempts(item.unit)
    named = [one.issue for one in attempts for found in one.findings if item.text in str(found.args)]
    assert named == [item.attempt]


@pytest.mark.parametrize("attempt", range(1, LAST + 1))
def test_the_status_is_right_before_and_after_each_return(story: Story, attempt: int) -> None:
    for unit in UNITS:
        done = attempt > attempts_of(unit)
        good = done or is_good(unit, attempt)
        assert (story.after_collecting[attempt][unit] is Standing.ACCEPTED) is good, unit
        back = not done and is_returned(unit, attempt)
        assert story.after_returning[attempt][unit] is (Standing.RETURNED if back else Standing.ACCEPTED), unit


def test_the_reasons_stand_in_the_ledger_and_in_the_working_paper(story: Story) -> None:
    given = sorted((fault.unit, fault.reason) for fault in FAULTS if fault.reason)
    with Ledger.open(campaigns.ledger(story.folder)) as ledger:
        assert isinstance(ledger, Ledger)
        assert sorted((item.unit_code, item.reason) for item in ledger.justified()) == given
    consolidate(story.folder, context=context())
    paper, findings = read_bytes((campaigns.result(story.folder) / "底稿.xlsx").read_bytes())
    assert paper is not None, findings
    sheet = next(item for item in paper.sheets if item.name == "合理性说明")
    shown = {cell.text for cell in sheet.cells.values()}
    assert {reason for _, reason in given} <= shown


def test_in_the_end_every_unit_is_accepted_with_all_that_it_typed_and_nothing_is_left_to_return(story: Story) -> None:
    for unit in UNITS:
        last = latest(story.folder, unit)
        assert (last.issue, last.status) == (attempts_of(unit), AttemptStatus.ACCEPTED)
        form = seen(story.folder, next((campaigns.archive(story.folder) / last.sha256).iterdir()))
        assert held(form) == plain(story.typed[unit] | PREFILLED[unit])
    assert return_forms(story.folder, context=context()).returned == ()
