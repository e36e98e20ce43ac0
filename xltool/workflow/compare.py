"""diff: what changed between two attempts of a unit, or against last year, value by value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from xltool.addresses import a1
from xltool.campaign.previous import NAME as PREVIOUS
from xltool.collect.examine import OpenedForm
from xltool.collect.typed import Typed, typed_now
from xltool.findings import Code, finding
from xltool.layout.form import lay_out
from xltool.model.campaign import PreviousAnswer
from xltool.model.finding import Finding, Position
from xltool.model.form import Profile, Role
from xltool.model.layout import Slot
from xltool.store.entries import Attempt, AttemptStatus
from xltool.store.ledger import Ledger
from xltool.workflow.context import Context
from xltool.workflow.opening import Opened, open_campaign, open_ledger, reading_of
from xltool.workflow.previous import previous_answers
from xltool.workflow.reissue import reopened
from xltool.workflow.suggestions import THIS_YEAR, suggested


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs: where it stands now (empty where it is gone), what it was and what it is.

    `row` is the name of the row or indicator it belongs to, empty for a field.
    """

    slot: str
    cell: str
    label: str
    row: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DiffResult:
    """`before` and `after` name what was compared: files, or nothing for last year."""

    unit_code: str
    before: str
    after: str
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Content:
    name: str
    contents: Mapping[str, str]
    cells: Mapping[str, str]


def diff(
    folder: Path, unit: str, *, issues: tuple[int, int] | None = None, last_year: bool = False,
    previous: Path | None = None, context: Context,
) -> DiffResult:  # fmt: skip
    """The unit's last two attempts, those of the named issues, or the last one against last year's answers.

    These are the ones beside the roster (`previous.csv`), or those of `previous`, last year's campaign or dataset.
    """
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return _nothing(unit, opened)
    if unit not in {item.code for item in opened.campaign.units}:
        return _nothing(unit, (*opened.findings, finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=unit), unit=unit)))
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return _nothing(unit, (*opened.findings, ledger))
        attempts = [item for item in ledger.attempts(unit)
                    if item.submission is not None and item.status is not AttemptStatus.WITHDRAWN]  # fmt: skip
    last_year = last_year or previous is not None
    earlier = _last_year(opened, unit, previous, context) if last_year else None
    wanted = _wanted(attempts, issues, last_year=last_year)
    if isinstance(earlier, tuple) or isinstance(wanted, str):
        faults = earlier if isinstance(earlier, tuple) else (_missing(unit, str(wanted)),)
        return _nothing(unit, (*opened.findings, *faults))
    found = [_content(opened, item) for item in wanted]
    unread = tuple(fault for item in found if isinstance(item, tuple) for fault in item)
    contents = [item for item in found if isinstance(item, _Content)]
    if unread:
        return _nothing(unit, (*opened.findings, *unread))
    slots = {slot.key: slot for slot in lay_out(opened.form, _role(opened, unit), Profile.FILL).slots}
    before, after = earlier or contents[0], contents[-1]
    changes = tuple(_changes(before, after, slots, only_known=last_year))
    return DiffResult(unit, before.name, after.name, changes, opened.findings)


def _nothing(unit: str, findings: tuple[Finding, ...]) -> DiffResult:
    return DiffResult(unit, "", "", (), findings)


def _missing(unit: str, wanted: str) -> Finding:
    return finding(Code.COL_NO_SUCH_FILE, Position(unit_code=unit), unit=unit, wanted=wanted)


def _wanted(
    attempts: Sequence[Attempt], issues: tuple[int, int] | None, *, last_year: bool
) -> tuple[Attempt, ...] | str:
    """The attempts to compare, or what is missing."""
    if issues is not None:
        found = [next((item for item in reversed(attempts) if item.issue == number), None) for number in issues]
        missing = [f"#{number}" for number, item in zip(issues, found, strict=True) if item is None]
        return ", ".join(missing) or tuple(item for item in found if item is not None)
    least = 1 if last_year else 2
    return tuple(attempts[-least:]) if len(attempts) >= least else f"#{len(attempts) + 1}"


def _content(opened: Opened, attempt: Attempt) -> _Content | tuple[Finding, ...]:
    reading = reading_of(opened)
    form = reopened(opened, attempt, reading)
    if not isinstance(form, OpenedForm):
        return form
    typed: Typed = typed_now(form, reading)
    texts = {key: _plain(content) for key, content in typed.contents.items()}
    return _Content(attempt.file, texts, {key: a1(*at) for key, at in form.located.places.items()})


def _last_year(
    opened: Opened, unit: str, previous: Path | None, context: Context
) -> _Content | tuple[Finding, ...]:
    """What the unit answered last year, or why that is not known."""
    told = (opened.campaign.previous, ()) if previous is None else previous_answers(previous, opened.form, context)
    answers, faults = told
    mine = [item for item in answers if item.unit_code == unit]
    if not mine:
        return faults or (_missing(unit, PREVIOUS if previous is None else previous.name),)
    who = next(item for item in opened.campaign.units if item.code == unit)
    campaign = replace(opened.campaign, previous=answers)
    texts = {key: _plain(content) for key, content in suggested(opened.form, campaign, who, {}).items()}
    return _Content("", {**texts, **dict(_targets(texts, [item for item in mine if item.kind == "indicator"]))}, {})


def _targets(texts: Mapping[str, str], answers: Sequence[PreviousAnswer]) -> Iterator[tuple[str, str]]:
    """Last year's targets beside their names, as this year's stand."""
    for item in answers:
        level = f"{item.level}#"
        name_key = next((key for key, text in texts.items() if text == item.name and key.startswith(level)), "")
        row = name_key.removesuffix(".name")
        if row:
            for part, text in (("operator", item.operator), ("value", item.value), ("measure", item.measure)):
                yield f"{row}.{THIS_YEAR}.{part}", text


def _plain(content: Decimal | str) -> str:
    return f"{content:f}" if isinstance(content, Decimal) else content.replace("\r\n", "\n").strip()


def _role(opened: Opened, unit: str) -> Role:
    return next(item.role for item in opened.campaign.units if item.code == unit)


def _changes(
    before: _Content, after: _Content, slots: Mapping[str, Slot], *, only_known: bool
) -> Iterator[Change]:
    """Rows are compared by their names, so that one that moved has not changed; with `only_known` new ones are left
    out, and what was not there before."""
    rows = _rows_of(before.contents, after.contents)
    earlier = {new: old for old, new in rows.items() if new}
    for key, text in after.contents.items():
        row, tail = _split(key)
        known = f"{earlier[row]}{tail}" if row in earlier else "" if row else key
        was = before.contents.get(known, "")
        if not _same(was, text) and not (only_known and known not in before.contents):
            yield Change(key, after.cells.get(key, ""), _label(key, slots), _name(after.contents, row), was, text)
    for key, text in before.contents.items():
        row, _ = _split(key)
        if text and row and not rows.get(row):
            yield Change(key, "", _label(key, slots), _name(before.contents, row), text, "")


def _rows_of(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """Row before → the same row after: of the same name in its section, else in the same place; empty if it is gone."""
    old, new = _named_rows(before), _named_rows(after)
    by_name = {(row.partition("#")[0], name): row for row, name in reversed(new.items())}
    found: dict[str, str] = {}
    for row, name in old.items():
        now = by_name.pop((row.partition("#")[0], name), "")
        found[row] = now
    taken = set(found.values())
    return {row: now or (row if row in new and row not in taken else "") for row, now in found.items()}


def _named_rows(contents: Mapping[str, str]) -> dict[str, str]:
    """Rows that anything stands in, with their names: what stands in their first answer."""
    rows: dict[str, str] = {}
    filled: set[str] = set()
    for key, text in contents.items():
        row, _ = _split(key)
        if row:
            rows.setdefault(row, text)
            filled.update({row} if text else ())
    return {row: name for row, name in rows.items() if row in filled}


def _split(key: str) -> tuple[str, str]:
    """The row of an answer and the rest of its key; no row for a field."""
    section, mark, tail = key.partition("#")
    number, dot, rest = tail.partition(".")
    return (f"{section}#{number}", f"{dot}{rest}") if mark else ("", key)


def _name(contents: Mapping[str, str], row: str) -> str:
    return _named_rows(contents).get(row, "") if row else ""


def _same(before: str, after: str) -> bool:
    if before == after:
        return True
    try:
        return Decimal(before) == Decimal(after)
    except ArithmeticError:
        return False


def _label(key: str, slots: Mapping[str, Slot]) -> str:
    return slots[key].label if key in slots else key
