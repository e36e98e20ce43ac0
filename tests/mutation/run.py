"""One run: a form filled in, damaged, saved, sent, read, and judged. Everything follows from its seed."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutation import people_blocks, people_columns, people_rows, people_sheets, people_typing, programs, transport
from tests.mutation.book import Book
from tests.mutation.display import Grid
from tests.mutation.hand import MUTATIONS, CannotError, Hand
from tests.mutation.issue import Blank, fill, pick, reading
from tests.mutation.person import look
from tests.mutation.saves import emit
from tests.mutation.transport import Sent, receive
from tests.mutation.verdict import Demand, Verdict, judge
from xltool.collect.examine import Examination
from xltool.model.form import Rows, Tree

FAMILIES = (people_blocks, people_columns, people_rows, people_sheets, people_typing)
STYLES = ("plain", "plain", "libreoffice", "exceljs", "sheetjs", "openpyxl")
REAL = (
    "libreoffice", "exceljs", "sheetjs", "openpyxl", "libreoffice via ods", "libreoffice via xls", "ods", "xls",
)  # fmt: skip
# By family, not as they were entered: which module somebody imported first must not change what a seed means.
_ORDERED = tuple(
    item for family in FAMILIES for item in MUTATIONS.values() if item.change.__module__ == family.__name__
)
_NAMES = tuple(item.name for item in _ORDERED)
_WEIGHTS = tuple(item.weight for item in _ORDERED)
_INTACT = tuple(item.name for item in _ORDERED if item.intact)


@dataclass(slots=True)
class Damaged:
    """A book after everything that was done to it. `names` are what was done, by tag."""

    seed: int
    made: Blank
    before: Book
    book: Book
    names: list[str]
    demands: list[Demand]
    intact: bool
    sent: Sent | None = None


@dataclass(slots=True)
class Outcome:
    """`cries` are errors and warnings at answers of a run that left the person's view intact."""

    seed: int
    form: str
    names: list[str]
    verdict: Verdict
    intact: bool = False
    cries: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""


def damage(seed: int, program: str = "") -> Damaged:
    """Fill in a form and do one to five things to it. `program` is the real one that will save it, if any."""
    rnd = random.Random(seed)
    made = pick(rnd)
    before = fill(made, rnd)
    book = before.copy()
    hand = Hand(rnd, made, book)
    names: list[str] = []
    count = rnd.choice((1, 1, 2, 2, 3, 4, 5))
    only_intact = rnd.random() < 0.25
    for _ in range(count * 4):
        if len(names) == count:
            break
        name = rnd.choice(_INTACT) if only_intact else rnd.choices(_NAMES, _WEIGHTS)[0]
        kept, demands = book.copy(), list(hand.demands)
        hand.tag = len(names)
        try:
            MUTATIONS[name].change(hand)
            if hand.sheet.overlaps:
                raise CannotError
        except CannotError:
            hand.book, hand.demands = kept, demands
            book = kept
            continue
        names.append(name)
    intact = all(MUTATIONS[name].intact for name in names)
    done = Damaged(seed, made, before, hand.book, names, hand.demands, intact)
    _send(done, rnd, program)
    return done


def _send(done: Damaged, rnd: random.Random, program: str) -> None:
    """Save as a program does, and send it on its way."""
    style = rnd.choice(STYLES)
    way = rnd.choice(tuple(transport.WAYS)) if rnd.random() < 0.15 else ""
    if program == "libreoffice via ods":  # it brings a number back as 0 where its formula failed
        done.demands = [
            replace(item, codes=item.codes | {"VAL10"}) if "VAL08" in item.codes else item for item in done.demands
        ]
    done.names.append(f"saved by {program}" if program else f"saved as {style}")
    data = emit(done.book, "plain" if program else style)
    done.sent = Sent(done.book.file, data)
    if way and not program:
        done.sent = transport.WAYS[way](rnd, data)
        if done.sent.broken:
            done.demands = [transport.demand(len(done.names))]
            done.intact = False
        done.names.append(way)


def judged(done: Damaged) -> Outcome:
    """Read what was sent and hold it against what the person sees."""
    assert done.sent is not None
    result = receive(done.sent, reading())
    view = look(done.made, Grid(done.book.sheet))
    verdict = judge(view, done.book, result, _knowable(done), done.made.form.money)
    out = Outcome(done.seed, done.made.id, done.names, verdict, done.intact)
    if done.intact:
        out.cries = _cries(done, result, verdict)
    return out


def _knowable(done: Damaged) -> list[Demand]:
    """Where the sheet came without its book, nothing says any more that it was issued larger than usual."""
    if any(sheet.name == "_meta" for sheet in done.book.sheets):
        return done.demands
    usual: dict[str, int] = {}
    optional: set[str] = set()
    for block in done.made.form.blocks:
        if block.frame.optional:
            optional.add(block.frame.key)
        if isinstance(block, Rows):
            usual[block.frame.key] = block.prepared + block.spare
        elif isinstance(block, Tree):
            usual |= {leaf.key: leaf.prepared + leaf.spare for leaf in block.leaves}
    slots = done.made.slots

    def known(key: str) -> bool:
        section, mark, number = key.partition("#")
        return int(number) <= usual[section] if mark else key not in slots or slots[key].block not in optional

    return [replace(item, keys=tuple(key for key in item.keys if known(key))) for item in done.demands]


def _cries(done: Damaged, result: Examination, verdict: Verdict) -> list[tuple[str, str]]:
    """What is said at answers and was not to be said of the same form before anything was done to it."""
    if result.submission is None:
        return [(item.code, "") for item in result.findings]
    if not verdict.loud:
        return []
    untouched = receive(Sent("001.xlsx", emit(done.before, "plain")), reading())
    before = {(item.code, item.position.field) for item in untouched.findings}
    return sorted(verdict.loud - before)


def run(seed: int) -> Outcome:
    """One whole run; whatever goes wrong in it is its outcome."""
    try:
        return judged(damage(seed))
    except Exception:  # noqa: BLE001 a fault of reader or harness, to be counted and replayed
        return Outcome(seed, "", [], Verdict(), fault=traceback.format_exc())


def run_through(seeds: Iterable[int], program: str) -> Iterator[Outcome]:
    """Runs saved by a real program, all in one start of it."""
    done = []
    for seed in seeds:
        try:
            done.append(damage(seed, program))
        except Exception:  # noqa: BLE001 as above
            yield Outcome(seed, "", [], Verdict(), fault=traceback.format_exc())
    with TemporaryDirectory(prefix="xltool-mutation-") as scratch:
        files = []
        for item in done:
            assert item.sent is not None
            path = Path(scratch, f"{item.seed}.xlsx")
            path.write_bytes(item.sent.data)
            files.append(path)
        saved = programs.save(files, program, Path(scratch, "saved"))
        for item, path in zip(done, saved, strict=True):
            item.sent = Sent(path.name, path.read_bytes())
    for item in done:
        try:
            yield judged(item)
        except Exception:  # noqa: BLE001 as above
            yield Outcome(item.seed, item.made.id, item.names, Verdict(), fault=traceback.format_exc())
