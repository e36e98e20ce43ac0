"""The mutation harness: whatever programs, people and transport do to a form, it is read as seen or told at its cell.

The oracle is on trial too: it must agree with the plan on intact forms, and see every fault that is planted here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.conftest import need
from tests.mutation import programs
from tests.mutation.display import Grid
from tests.mutation.hand import MUTATIONS
from tests.mutation.issue import KINDS, blank, fill, forms, reading
from tests.mutation.person import Meaning, look
from tests.mutation.run import REAL, STYLES, Damaged, damage, judged, run
from tests.mutation.runs import counted
from tests.mutation.saves import emit
from tests.mutation.tally import Tally
from tests.mutation.transport import WAYS, Sent, receive
from tests.mutation.verdict import Verdict, judge
from xltool.collect.examine import Examination
from xltool.model.form import Role
from xltool.model.layout import Slot
from xltool.model.submission import FieldAnswer, Submission

BLANKS = [(form.id, role, size) for form in forms() for role, size in KINDS]


def said(tally: Tally) -> str:
    return "\n".join([*tally.lines(), *(fault for _, fault in tally.faults[:2])])


def proven(tally: Tally, runs: int) -> None:
    """Nothing wrong without a word, nothing left behind, no traceback, and nobody accused who did nothing."""
    assert tally.total.runs == runs
    assert not tally.faults, said(tally)
    assert (tally.total.silent, tally.total.unaccounted) == (0, 0), said(tally)
    assert tally.total.read > 50 * runs
    assert tally.total.reported > runs / 2
    assert tally.calm > runs
    assert tally.cries <= tally.calm / 1000, said(tally)


def test_two_thousand_damaged_forms_are_read_as_seen_or_told_at_their_cells() -> None:
    for program in REAL[:4]:
        need(programs.missing(program))
    tally = counted(2000, 1, programs=256)
    proven(tally, 2000)
    assert tally.through == 256


@pytest.mark.long
def test_twenty_thousand_damaged_forms_by_every_program_and_way() -> None:
    for program in REAL:
        need(programs.missing(program))
    tally = counted(20_000, 100_000, programs=512)
    proven(tally, 20_000)
    assert tally.through == 512


def test_a_run_follows_from_its_seed_alone() -> None:
    for seed in range(60, 80):
        one, other = damage(seed), damage(seed)
        assert (one.names, one.book, one.sent) == (other.names, other.book, other.sent)


def test_every_mutation_happens_among_the_seeds_of_a_test_run() -> None:
    done = {name for seed in range(1, 1200) for name in damage(seed, "any").names}
    assert done >= MUTATIONS.keys()


def test_programs_and_ways_are_among_the_first_seeds() -> None:
    done = {name for seed in range(1, 300) for name in damage(seed).names}
    assert done >= {f"saved as {style}" for style in STYLES} | WAYS.keys()


# --- the oracle sees what the plan put there ------------------------------------------------------------------------


def meaning(slot: Slot) -> Meaning:
    """What a person should take an answer for."""
    column = slot.key.removeprefix(f"{slot.row_key}.")
    if "#" not in slot.key:
        return ("field", slot.key)
    return ("tree", slot.key.partition("#")[0], column) if slot.block == "indicators" else ("row", slot.block, column)


@pytest.mark.parametrize(("form", "role", "size"), BLANKS)
def test_on_an_intact_form_the_person_reads_every_answer_where_it_was_asked_for(
    form: str, role: Role, size: str
) -> None:
    made = blank(form, role, size)
    book = fill(made, random.Random(5))
    grid = Grid(book.sheet)
    view = look(made, grid)
    places = {(slot.range.first_row, slot.range.first_col): slot for slot in made.slots.values()}
    expected = {place: meaning(slot) for place, slot in places.items() if place in grid.texts}
    assert view.meanings == expected
    assert grid.texts.keys() - view.ours == expected.keys()


# --- the harness sees a reader's faults -----------------------------------------------------------------------------


def intact(seed: int = 11) -> tuple[Damaged, Examination]:
    """A filled form that nothing was done to, and its reading."""
    made = blank("minhang-2024", *KINDS[0])
    book = fill(made, random.Random(seed))
    done = Damaged(seed, made, book, book, [], [], intact=True)
    return done, receive(Sent("001.xlsx", emit(book)), reading())


def verdict(done: Damaged, result: Examination) -> Verdict:
    view = look(done.made, Grid(done.book.sheet))
    return judge(view, done.book, result, done.demands, done.made.form.money)


def changed(change: Callable[[Submission], Submission]) -> Verdict:
    done, result = intact()
    assert result.submission is not None
    assert not verdict(done, result).problems
    return verdict(done, replace(result, submission=change(result.submission), findings=()))


def kinds(found: Verdict) -> set[str]:
    return {problem.kind for problem in found.problems}


def _answer(submission: Submission, key: str, change: Callable[[FieldAnswer], FieldAnswer]) -> Submission:
    return replace(submission, fields=tuple(change(a) if a.key == key else a for a in submission.fields))


def shifted(submission: Submission) -> Submission:
    """Every indicator's name from the row below, as an inserted row shifts them."""
    names = [item.name for item in submission.indicators]
    moved = [*names[1:], names[0]]
    return replace(
        submission,
        indicators=tuple(replace(item, name=name) for item, name in zip(submission.indicators, moved, strict=True)),
    )


def swapped(submission: Submission) -> Submission:
    """Two amounts under each other's label."""
    by_key = {answer.key: answer for answer in submission.fields}
    one, two = by_key["budget.basic"], by_key["budget.project"]
    return replace(submission, fields=tuple(
        replace(two, key=one.key) if a is one else replace(one, key=two.key) if a is two else a
        for a in submission.fields
    ))  # fmt: skip


def in_another_measure(submission: Submission) -> Submission:
    return _answer(
        submission, "budget.total",
        lambda answer: replace(answer, number=answer.number * 10000 if answer.number else Decimal(1)),
    )  # fmt: skip


def dropped(submission: Submission) -> Submission:
    return replace(submission, indicators=submission.indicators[1:])


def without_a_task(submission: Submission) -> Submission:
    return replace(submission, rows=submission.rows[:-1])


def in_another_level(submission: Submission) -> Submission:
    first, *rest = submission.indicators
    other = next(item.level for item in rest if item.level != first.level)
    return replace(submission, indicators=(replace(first, level=other), *rest))


def another_value(submission: Submission) -> Submission:
    """Value cells read one row too low."""
    items = list(submission.indicators)
    items[0] = replace(items[0], targets=(replace(items[0].targets[0], value=items[1].targets[0].value),))
    return replace(submission, indicators=tuple(items))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (shifted, "silent-wrong"), (swapped, "silent-wrong"), (in_another_measure, "silent-wrong"),
        (in_another_level, "silent-wrong"), (another_value, "silent-wrong"),
        (dropped, "unaccounted"), (without_a_task, "unaccounted"),
    ],
)  # fmt: skip
def test_a_planted_fault_of_the_reader_is_seen(change: Callable[[Submission], Submission], kind: str) -> None:
    assert kind in kinds(changed(change))


@pytest.mark.parametrize(
    "name",
    ["delete filled row", "write beside the form", "retype a label", "add a sheet", "fraction that became a date",
     "insert filled row", "note on a cell", "hide rows", "about so much money"],
)  # fmt: skip
def test_a_finding_that_is_held_back_is_missed(name: str) -> None:
    seed = next(seed for seed in range(1, 5000) if name in damage(seed, "any").names)
    done = damage(seed, "any")
    assert done.sent is not None
    result = receive(done.sent, reading())
    assert not verdict(done, result).problems
    assert verdict(done, replace(result, findings=())).problems


def test_a_refusal_without_a_reason_is_silent() -> None:
    done, result = intact()
    assert verdict(done, replace(result, submission=None, findings=())).problems


def test_an_outcome_of_a_fault_is_kept_with_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Damaged) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tests.mutation.run.judged", fail)
    out = run(3)
    assert (out.seed, "ZeroDivisionError" in out.fault) == (3, True)
    tally = Tally()
    tally.take(out)
    assert not tally.clean


def test_counts_are_kept_and_added() -> None:
    tally = Tally()
    for seed in range(40, 60):
        tally.take(judged(damage(seed)))
    again = Tally.parse(tally.json())
    assert list(again.lines()) == list(tally.lines())
    again.add(tally)
    assert again.total.runs == 2 * tally.total.runs


def test_every_bundled_form_takes_part() -> None:
    assert {form for form, _, _ in BLANKS} == {form.id for form in forms()}
    assert len(forms()) >= 4
