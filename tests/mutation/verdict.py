"""The verdict on one reading: each value as the person sees it, or a finding at its cell; nothing left behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.mutation import agree
from tests.mutation.book import TEXT, Area, Book, Place
from tests.mutation.display import squeezed
from tests.mutation.edits import a1, number
from tests.mutation.person import Meaning, View
from xltool.collect.examine import Examination
from xltool.findings import catalogue
from xltool.model.finding import Finding, Severity
from xltool.model.submission import FieldAnswer, Indicator, RowAnswer, Source, Target
from xltool.model.value import Kind, State

LOUD = (Severity.ERROR, Severity.WARNING)
HIDDEN, NOTE, COPY, READ_AS = "TPL20", "TPL21", "TPL02", "VAL12"
# A cell is named, and not read: its place is in doubt, or it is no answer.
PLACES = frozenset({"TPL03", "TPL06", "TPL07", "TPL12", "TPL16", "TPL17", "TPL24", "TPL25"})
COLUMN_LOST = "TPL11"
LABELS = frozenset({"TPL06", "TPL11", "TPL12", "TPL13", "TPL14"})  # a caption is not what or where it was
_CELL = re.compile(r"([A-Z]{1,3})?([0-9]+)?(?::([A-Z]{1,3})?([0-9]+)?)?")


@dataclass(frozen=True, slots=True)
class Demand:
    """What a mutation wants to be told: a finding of these codes at its cells, about these keys, or on the file."""

    codes: frozenset[str]
    tag: int
    keys: tuple[str, ...] = ()
    whole: bool = False
    cell: bool = False  # only while a cell still holds what this mutation put there
    or_read: bool = False  # reading its cells as they are seen, or finding fault with them as answers, is as good


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind` is silent-wrong or unaccounted; `tags` the mutations that touched the cell."""

    kind: str
    where: str
    what: str
    tags: tuple[int, ...] = ()


@dataclass(slots=True)
class Verdict:
    """`read` and `reported` count answers; `refused` is set where the whole file was."""

    read: int = 0
    reported: int = 0
    refused: bool = False
    problems: list[Problem] = field(default_factory=list)
    loud: set[tuple[str, str]] = field(default_factory=set)


class Said:
    """The findings by the cells, rows and answers they name."""

    def __init__(self, findings: Iterable[Finding], sheet: str) -> None:
        self.all = tuple(findings)
        self.cells: dict[Place, list[Finding]] = {}
        self.areas: list[tuple[Area, Finding]] = []
        self.fields: dict[str, list[Finding]] = {}
        for item in self.all:
            for key in (item.position.field, *dict(item.args).get("keys", "").split()):
                self.fields.setdefault(key, []).append(item)
            if item.position.sheet in ("", sheet):
                self._places(item)

    def _places(self, item: Finding) -> None:
        for part in item.position.cell.split(","):
            area = _area(part.strip())
            if area is None:
                continue
            if area.top == area.bottom and area.left == area.right:
                self.cells.setdefault((area.top, area.left), []).append(item)
            else:
                self.areas.append((area, item))

    def at(self, place: Place | None) -> list[Finding]:
        if place is None:
            return []
        return [*self.cells.get(place, ()), *(item for area, item in self.areas if area.holds(*place))]

    def of(self, key: str) -> list[Finding]:
        return self.fields.get(key, []) if key else []

    def loud(self, place: Place | None, *keys: str) -> bool:
        """Whether an error or warning names this cell or answer; a department's draft has them as information."""
        found = [*self.at(place), *(item for key in keys for item in self.of(key))]
        return any(item.severity in LOUD or catalogue()[item.code].severity in LOUD for item in found)


def _area(text: str) -> Area | None:
    found = _CELL.fullmatch(text.replace("$", "")) if text else None
    if found is None or not any(found.groups()):
        return None
    col1, row1, col2, row2 = found.groups()
    top, left = int(row1 or 1), number(col1) if col1 else 1
    if ":" not in text:
        return Area(top, left, top, left)
    return Area(top, left, int(row2 or 1 << 30), number(col2) if col2 else 1 << 30)


def place_of(source: Source) -> Place | None:
    area = _area(source.cell)
    return (area.top, area.left) if area else None


def judge(view: View, book: Book, done: Examination, demands: Iterable[Demand], money: str) -> Verdict:
    """Hold what was read and said against what the person sees."""
    return _Judge(view, book, done, money).verdict(tuple(demands))


class _Judge:
    def __init__(self, view: View, book: Book, done: Examination, money: str) -> None:
        self.view, self.book, self.done, self.money = view, book, done, money
        self.said = Said(done.findings, book.form)
        self.result = Verdict(refused=done.submission is None)
        self.covered: set[Place] = set()
        self.right: set[Place] = set()
        self.told_with: set[Place] = set()  # sign and measure of a value that is told to be unreadable
        read = done.submission
        # A row of one's own may stand in a deleted one's place.
        self.records = {row.key for row in read.rows} | {item.key for item in read.indicators} if read else set()

    def verdict(self, demands: tuple[Demand, ...]) -> Verdict:
        submission = self.done.submission
        for item in self.done.findings:
            if item.severity in LOUD and item.position.field and item.position.cell:
                self.result.loud.add((item.code, item.position.field))
        if submission is None:
            if not any(item.severity is Severity.ERROR for item in self.done.findings):
                self._wrong("", "refused without a word")
        else:
            for answer in submission.fields:
                self._field(answer)
            for row in submission.rows:
                self._row(row)
            for indicator in submission.indicators:
                self._indicator(indicator)
            self._rest()
        for demand in demands:
            self._demand(demand)
        return self.result

    # --- answers ---

    def _field(self, answer: FieldAnswer) -> None:
        key, place = answer.key, place_of(answer.source)
        seen = self.view.answers.get(key)
        if answer.state is State.BLANK and seen is not None and not self._anothers(seen, key):
            self._settle(seen, False, f"{key} is read as blank, seen is {self.view.text(seen)!r}", key)
        elif answer.state is State.UNREADABLE:
            self._settle(place or seen, False, f"{key} is unreadable and nothing is said", key)
        elif answer.state is not State.BLANK:
            self._compare(answer, place, ("field", key), key, known=key in self.view.asked)

    def _anothers(self, place: Place, key: str) -> bool:
        """Read as another answer, whose lost label left its text beside this one's: that is told."""
        submission = self.done.submission
        fields = submission.fields if submission else ()
        owners = [item.key for item in fields if item.state is not State.BLANK and item.key != key
                  and place_of(item.source) == place]  # fmt: skip
        return any(self._lost(("field", owner)) for owner in owners) and self._labels_told()

    def _compare(
        self, answer: FieldAnswer, place: Place | None, what: Meaning, key: str, *, known: bool = True
    ) -> None:
        seen = self.view.text(place)
        meant = self.view.meanings.get(place) if place else None
        same = agree.same_answer(seen, answer, self.money)
        if same and not known and meant is None and not self._fits(None, what):
            self._settle(place, False, f"{key} is read from {seen!r}, where no label can be seen", key)
            return
        fits = self._fits(meant, what)
        self._settle(place, same and fits, f"{key} = {answer.text!r}, seen {seen!r} as {meant}", key, _column(what))

    def _row(self, row: RowAnswer) -> None:
        rows = {place[0] for answer in row.answers if answer.state is not State.BLANK
                and (place := place_of(answer.source))}  # fmt: skip
        for answer in row.answers:
            key, place = f"{row.key}.{answer.key}", place_of(answer.source)
            column = f"{row.block}.{answer.key}"
            if answer.state is State.UNREADABLE:
                self._settle(place, False, f"{key} is unreadable and nothing is said", key, row.key, column)
            elif answer.state is not State.BLANK:
                self._compare(answer, place, ("row", row.block, answer.key), key)
            elif place and self.view.text(place):
                self._settle(place, False, f"{key} is read as blank", key, row.key)
        if len(rows) > 1:
            self._wrong(row.key, f"its answers come from rows {sorted(rows)}")

    def _indicator(self, item: Indicator) -> None:
        place = place_of(item.source)
        if item.name:
            seen, meant = self.view.text(place), self.view.meanings.get(place) if place else None
            same = agree.same_name(seen, item.name) and self._fits(meant, ("tree", item.level, "name"))
            self._settle(place, self._level(same, meant), f"{item.key}.name = {item.name!r}, seen {seen!r} as {meant}",
                         f"{item.key}.name", item.key)  # fmt: skip
        sources = [place_of(target.source) for target in item.targets] + [
            place_of(extra.source) for extra in item.extras
        ]
        self.covered.update(place for place in sources if place)
        for target in item.targets:
            self._target(item, target)
        for answer in item.extras:
            key, where = f"{item.key}.{answer.key}", place_of(answer.source)
            if answer.state is State.UNREADABLE:
                self._settle(where, False, f"{key} is unreadable and nothing is said", key, item.key,
                             f"indicators.{answer.key}")  # fmt: skip
            elif answer.state is not State.BLANK:
                self._compare(answer, where, ("tree", item.level, answer.key), key)
            if where and place and where[0] != place[0]:
                self._wrong(key, "is read from another row")

    def _level(self, same: bool, meant: Meaning | None) -> bool:
        """A row beside which no level stands is read rightly only where its lost label is told."""
        return same and (meant is None or meant[1] != "?" or self._labels_told())

    def _fits(self, meant: Meaning | None, what: Meaning) -> bool:
        """The person reads this text as the same answer, or cannot tell because its caption is gone, which is told."""
        if self._lost(what) and self._labels_told():
            return True
        if meant is None:
            return False
        if meant[0] != what[0] or meant[-1] != what[-1]:
            return False
        return meant[1] == what[1] or meant[1] == "?"

    def _lost(self, what: Meaning) -> bool:
        """A caption that would tell what this text answers stands nowhere any more."""
        if what[0] == "tree":
            names = {item[2:] for item in self.view.lost if item[0] == "name"}
            if names & self.view.paths.get(what[1], set()):
                return True
        if what[0] == "field" and "." in what[1]:
            column = what[1].rpartition(".")[2]
            if any(item[0] == "heading" and item[-1] == column for item in self.view.lost):
                return True
        return bool(self.view.lost & set(_captions(what)))

    def _labels_told(self) -> bool:
        return any(item.code in LABELS for item in self.done.findings)

    def _target(self, item: Indicator, target: Target) -> None:
        place, home = place_of(target.source), self._home(item)
        key, column = f"{item.key}.{target.column}", f"indicators.{target.column}"
        parts = self._parts(place or home, place, target.column)
        if target.value.state is State.UNREADABLE:
            self._settle(place, False, f"{key} is unreadable and nothing is said", f"{key}.value", item.key,
                         f"{column}.value", f"{key}.operator", f"{key}.measure")  # fmt: skip
            self.covered.update(parts.values())
            self.told_with.update(parts.values())
            for part in ("operator", "measure"):
                self._without_caption(
                    part, ("tree", item.level, f"{target.column}.{part}"), home, target, f"{key}.value"
                )
            return
        texts = {part: self.view.text(where) for part, where in parts.items()}
        value = texts.get("value", "")
        rules = {
            "value": agree.same_value(value, target.value) if squeezed(value) else not target.value.text.strip(),
            "operator": agree.same_operator(texts.get("operator", ""), value, target.value),
            "measure": agree.same_measure(texts.get("measure", ""), value, target.value)
            or self._of_a_date(target, key),
        }
        for part, same in rules.items():
            where, what = parts.get(part), ("tree", item.level, f"{target.column}.{part}")
            if where is None and (self._without_caption(part, what, home, target, f"{key}.value") or same):
                continue
            meant = self.view.meanings.get(where) if where else None
            fits = where is None or self._level(self._fits(meant, what), meant)
            told = f"{key}.{part} of {_shown(target)}, seen {texts.get(part, '')!r} as {meant}"
            self._settle(where or place, same and fits, told, f"{key}.{part}", f"{key}.value", item.key,
                         f"{column}.{part}")  # fmt: skip

    def _of_a_date(self, target: Target, key: str) -> bool:
        """What stands beside a date counts nothing; that it was left out is told."""
        return target.value.kind is Kind.DEADLINE and any(item.code == READ_AS for item in self.said.of(f"{key}.value"))

    def _home(self, item: Indicator) -> Place | None:
        """A cell on the row of this indicator; its name's column may be gone."""
        targets, extras = (tuple(part.source for part in item.targets), tuple(part.source for part in item.extras))
        sources = (item.source, *targets, *extras)
        return next((place for source in sources if (place := place_of(source))), None)

    def _without_caption(self, part: str, what: Meaning, home: Place | None, target: Target, item_key: str) -> bool:
        """A sign or measure whose heading is gone: it is told, and the text that was read stands on this row."""
        if home is None or not self._fits(None, what):
            return False
        free = [place for place in self.view.grid.texts if place[0] == home[0] and place not in self.covered
                and place not in self.view.ours]  # fmt: skip
        rule = agree.same_operator if part == "operator" else agree.same_measure
        agreeing = [place for place in free if rule(self.view.text(place), target.value.text, target.value)]
        if not agreeing and self.said.loud(place_of(target.source), item_key):
            agreeing = [place for place in free if len(squeezed(self.view.text(place))) <= 4]
        self.covered.update(agreeing[:1])
        self.right.update(agreeing[:1])
        return bool(agreeing)

    def _parts(self, home: Place | None, value: Place | None, column: str) -> dict[str, Place]:
        """The cells of this target on its row, as the person tells them."""
        if home is None:
            return {}
        found: dict[str, Place] = {}
        for (_, row), cells in self.view.rows.items():
            if row == home[0]:
                for name, where in cells.items():
                    target, _, part = name.partition(".")
                    if target == column and part:
                        found[part] = where
        if value and self.view.text(value):
            found.setdefault("value", value)
        return found

    def _settle(self, place: Place | None, same: bool, what: str, *keys: str) -> None:
        """One answer: read rightly, or named by a loud finding, or silently wrong."""
        if place is not None:
            self.covered.add(place)
        if same:
            self.result.read += 1
            self.right.update((place,) if place else ())
        elif self.said.loud(place, *keys):
            self.result.reported += 1
        else:
            self._wrong(a1(*place) if place else "", what, place)

    def _wrong(self, where: str, what: str, place: Place | None = None) -> None:
        self.result.problems.append(Problem("silent-wrong", where, what, self._tags(place)))

    def _tags(self, place: Place | None) -> tuple[int, ...]:
        cell = self.book.sheet.cells.get(place) if place else None
        return cell.tags if cell else ()

    # --- what is left ---

    def _rest(self) -> None:
        """Texts that are seen and neither read nor ours: each must be named."""
        for place, text in sorted(self.view.grid.texts.items()):
            if place in self.covered or place in self.view.ours:
                continue
            if self.said.at(place) or self._of_a_lost_value(place):
                self.result.reported += 1
            elif self.view.copies[squeezed(text)] > 0:
                self.view.copies[squeezed(text)] -= 1
            else:
                meant = self.view.meanings.get(place)
                self.result.problems.append(
                    Problem("unaccounted", a1(*place), f"{text[:30]!r} ({meant})", self._tags(place))
                )

    def _of_a_lost_value(self, place: Place) -> bool:
        """A sign or measure of a target whose value's column is gone, which is told."""
        meant = self.view.meanings.get(place)
        target, dot, part = meant[-1].partition(".") if meant and meant[0] == "tree" else ("", "", "")
        lost = self.said.of(f"indicators.{target}.value") if dot and part != "value" else []
        return any(item.code == COLUMN_LOST for item in lost)

    # --- what mutations demand ---

    def _demand(self, demand: Demand) -> None:
        codes = [item for item in self.done.findings if item.code in demand.codes]
        if demand.whole or self.result.refused:
            wanted = not demand.cell or self._holds(demand)
            if not codes and not self.result.refused and wanted:
                self._missing(demand, "the file")
            return
        self._rows_named(demand, codes)
        for place, cell in self.book.sheet.cells.items():
            if not cell.tags or cell.tags[-1] != demand.tag or place not in self.view.grid.texts:
                continue
            answered = place in self.right or place in self.told_with or self.said.loud(place)
            if demand.or_read and answered:
                continue
            if self._unread(place) or any(item in codes for item in self.said.at(place)):
                continue
            self._missing(demand, a1(*place), place)

    def _rows_named(self, demand: Demand, codes: list[Finding]) -> None:
        """A deleted row is told by its key."""
        keys = {cell.text for cell in self.book.sheet.cells.values()}  # a copied row may stand for a deleted one
        named = {key for item in codes for key in (item.position.field, *dict(item.args).get("keys", "").split())}
        if self._unkeyed():  # such a row may be the deleted one as well as its neighbour: one of its part is named
            named = {key.partition("#")[0] for key in named}
        for key in demand.keys if self._has_keys() else ():
            if key not in keys and key not in self.records and named.isdisjoint((key, key.partition("#")[0])):
                self._missing(demand, key)

    def _unkeyed(self) -> bool:
        """A row between rows with keys has lost its own."""
        cells, hidden = self.book.sheet.cells, self.book.sheet.hidden_cols
        keyed = {row for (row, col), cell in cells.items() if col in hidden and cell.text and cell.kind == TEXT}
        return bool({row for row, _ in cells if keyed and min(keyed) < row < max(keyed)} - keyed)

    def _has_keys(self) -> bool:
        """Without the column of keys nobody can say which of several rows alike was deleted."""
        return any(place[1] in self.book.sheet.hidden_cols and "#" in cell.text and cell.kind == TEXT
                   for place, cell in self.book.sheet.cells.items())  # fmt: skip

    def _holds(self, demand: Demand) -> bool:
        """Something the mutation put there, or hid, is still there and not left unread for a reason that is told."""
        if HIDDEN in demand.codes:
            sheet = self.book.sheet
            return any(row in sheet.hidden_rows or col in sheet.hidden_cols for row, col in self.right)
        if NOTE in demand.codes:
            return bool(self.book.sheet.comments)
        copies = {item.position.sheet for item in self.done.findings if item.code == COPY} - {self.book.form}
        return any(
            cell.tags and cell.tags[-1] == demand.tag and not cell.empty and not self._unread(place)
            for sheet in self.book.sheets
            if sheet.name not in copies
            for place, cell in sheet.cells.items()
        )

    def _unread(self, place: Place) -> bool:
        if any(item.code in PLACES for item in self.said.at(place)):
            return True
        meant = self.view.meanings.get(place)
        column = _column(meant) if meant and meant[0] != "field" else ""
        return any(item.code == COLUMN_LOST for item in self.said.of(column))

    def _missing(self, demand: Demand, where: str, place: Place | None = None) -> None:
        text = self.view.text(place)
        self.result.problems.append(
            Problem("silent-wrong", where, f"{text[:30]!r}: none of {'/'.join(sorted(demand.codes))}", (demand.tag,))
        )


def _captions(what: Meaning) -> tuple[Meaning, ...]:
    """The captions that would tell what a text answers."""
    if what[0] == "field":
        block, _, line = what[1].partition(".")
        line, _, column = line.partition(".")
        parts = (("heading", block, column), ("heading", block, "amount")) if line else ()
        return (("left", what[1]), ("above", what[1]), ("line", block, line), *parts)
    if what[0] == "tree":
        return (
            ("heading", "indicators", what[2]),
            ("level", "indicators", "level1"),
            ("level", "indicators", "level2"),
        )
    return (("heading", *what[1:]),)


def _column(what: Meaning) -> str:
    return ".".join(what[1:]) if what[0] == "row" else f"indicators.{what[-1]}"


def _shown(target: Target) -> str:
    value = target.value
    return f"{value.operator.value if value.operator else ''}|{value.text}|{value.number}|{value.measure}"
