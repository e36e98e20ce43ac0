"""review: opinions.xlsx for the reviewers, with every answer that came and what the system found; and read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from xltool import campaign as campaigns
from xltool.addresses import a1
from xltool.collect.examine import OpenedForm
from xltool.collect.reasons import reasons
from xltool.collect.typed import Typed, typed_now
from xltool.findings import Code, finding
from xltool.model.campaign import ReportingUnit
from xltool.model.finding import Finding, Position
from xltool.model.layout import Slot
from xltool.model.opinion import Opinion, OpinionSource, OpinionState
from xltool.reports.opinions_book import ReviewLine, WrittenLine, opinions_workbook, read_opinions
from xltool.store.entries import Attempt
from xltool.store.ledger import Ledger
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.files import put
from xltool.workflow.opening import Opened, open_campaign, open_ledger, reading_of
from xltool.workflow.opinions import Round, Said, judge, within
from xltool.workflow.reissue import last_attempt, reopened
from xltool.workflow.review import copied, in_file


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """`file` is None where nothing could be prepared; `units` are the codes in it, `opinions` those of the system."""

    file: Path | None
    units: tuple[str, ...]
    opinions: int
    findings: tuple[Finding, ...]


def review(
    folder: Path, units: Sequence[str] = (), *, output: Path | None = None, context: Context
) -> ReviewResult:
    """Prepare opinions.xlsx from the last attempt of each unit, or of the named ones."""
    opened = open_campaign(folder, context)
    if isinstance(opened, tuple):
        return ReviewResult(None, (), 0, opened)
    known = {unit.code for unit in opened.campaign.units}
    findings = [*opened.findings]
    findings += [finding(Code.DEF_UNIT_UNKNOWN, Position(unit_code=code), unit=code)
                 for code in units if code not in known]  # fmt: skip
    lines: list[ReviewLine] = []
    with open_ledger(folder) as ledger:
        if not isinstance(ledger, Ledger):
            return ReviewResult(None, (), 0, (*findings, ledger))
        common = copied(opened.form, opened.campaign, campaigns.ledger(folder))
        for unit in opened.campaign.units:
            attempt = last_attempt(ledger, unit.code) if not units or unit.code in units else None
            if attempt is not None:
                found = (*attempt.findings, *in_file(common, attempt))
                lines.extend(_lines(opened, ledger, unit, replace(attempt, findings=found)))
    file, written = put(output or opinions_file(folder), opinions_workbook(opened.form, lines))
    codes = tuple(dict.fromkeys(line.unit_code for line in lines))
    count = sum(1 for line in lines if line.severity)
    return ReviewResult(file, codes, count, (*findings, *written))


def opinions_file(folder: Path) -> Path:
    """Where the reviewers' workbook of a campaign lies."""
    return folder / str(table("files")["review"]["opinions"])


def read_said(opened: Opened, ledger: Ledger, path: Path | None) -> tuple[dict[str, Said], tuple[Finding, ...]]:
    """What the reviewers wrote into opinions.xlsx, by unit code. Lines on a file that is no longer the unit's last
    are left out; a finding says so unless that file was sent back with them."""
    path = path or opinions_file(opened.folder)
    if not path.is_file():
        return {}, ()
    lines, faults = read_opinions(path.read_bytes(), path.name)
    findings = list(faults)
    names = {unit.code: unit.name for unit in opened.campaign.units}
    found: dict[str, Said] = {}
    for line in lines:
        if line.unit_code not in names:
            where = Position(file=path.name, row=line.row)
            findings.append(
                finding(Code.COL_OPINION_PLACE, where, unit=line.unit_code or "?", place=line.slot, text=line.text)
            )
            continue
        attempt = last_attempt(ledger, line.unit_code)
        if attempt is not None and line.attempt not in ("", attempt.sha256):
            findings.extend(_stale(path.name, line, names[line.unit_code], ledger))
            continue
        dropped = frozenset({line.key} if line.dropped and line.key else ())
        opinions = ((line.slot, line.text),) if line.text else ()
        told = Said((), dropped, opinions) if line.bureau else Said(opinions, dropped)
        found[line.unit_code] = found.get(line.unit_code, Said()).joined(told)
    return found, tuple(findings)


def _stale(name: str, line: WrittenLine, unit: str, ledger: Ledger) -> Iterator[Finding]:
    if line.text and all(issue.answers != line.attempt for issue in ledger.issues(line.unit_code)):
        where = Position(file=name, row=line.row, unit_code=line.unit_code)
        yield finding(Code.COL_OPINION_STALE, where, file_name=name, row=line.row, unit=unit, text=line.text)


def _lines(opened: Opened, ledger: Ledger, unit: ReportingUnit, attempt: Attempt) -> Iterator[ReviewLine]:
    """The whole form first, then answer after answer with what was found there."""
    reading = reading_of(opened)
    form = reopened(opened, attempt, reading)
    if not isinstance(form, OpenedForm):
        return
    typed = typed_now(form, reading)
    before = ledger.opinions(unit.code, attempt.issue)
    judged = judge(Round(attempt.findings, typed.contents, before, reasons(form.workbook)), Said())
    words = table("workbook")["review"]
    whole = ReviewLine(unit.code, unit.name, attempt.sha256, "", "", words["whole_label"], "")
    places = {place.slot: place for place in _places(form, typed)}
    by_place: dict[str, list[Opinion]] = {}
    for opinion in judged:
        at = max((slot for slot in places if within(opinion.slot, slot)), key=len, default="") if opinion.slot else ""
        by_place.setdefault(at, []).append(opinion)
    yield whole
    yield from (_with(whole, opinion) for opinion in by_place.get("", ()))
    for place in places.values():
        line = replace(whole, slot=place.slot, cell=place.cell, label=place.label, answer=place.answer)
        said = by_place.get(place.slot, ())
        yield from (_with(line, opinion) for opinion in said) if said else (line,)


def _with(line: ReviewLine, opinion: Opinion) -> ReviewLine:
    """The line with an opinion on it. One that was put right is shown, and cannot be dropped any more."""
    words = table("workbook")
    problem = opinion.problem
    by_person = opinion.source is not OpinionSource.SYSTEM
    if by_person:
        state = words["opinions"]["state"][opinion.state.value]
        source = words["opinions"]["source"][opinion.source.value]
        problem = words["review"]["earlier"].format(source=source, state=state, text=problem)
    if opinion.state is OpinionState.FIXED:
        return replace(line, problem=problem) if by_person else line
    if opinion.reason:
        problem += words["review"]["reason"].format(reason=opinion.reason)
    dropped = opinion.state is OpinionState.DROPPED
    return replace(line, severity=opinion.severity, problem=problem, key=opinion.key, dropped=dropped)


@dataclass(frozen=True, slots=True)
class _Place:
    slot: str
    cell: str
    label: str
    answer: str


def _places(form: OpenedForm, typed: Typed) -> Iterator[_Place]:
    """Every field; every table and level of indicators as a whole, then each of its rows that something stands in."""
    rows: dict[str, list[Slot]] = {}
    for slot in form.layout.slots:
        rows.setdefault(slot.row_key if "#" in slot.row_key else slot.key, []).append(slot)
    empty = table("workbook")["review"]["empty"]
    seen: set[str] = set()
    for key, slots in rows.items():
        part = key.partition("#")[0] if "#" in key else ""
        if part and part not in seen:
            seen.add(part)
            yield _part(part, rows, form, typed)
        said = [_shown(typed, slot) for slot in slots]
        at = form.located.places.get(slots[0].key)
        cell = a1(*at) if at else ""
        if "#" not in key:
            yield _Place(key, cell, slots[0].label, said[0] or empty)
        elif any(said):
            level = slots[0].level
            label = level.path[-1] if level is not None else slots[0].label
            yield _Place(key, cell, label, " ｜ ".join(text for text in said if text))


def _part(part: str, rows: Mapping[str, list[Slot]], form: OpenedForm, typed: Typed) -> _Place:
    """A table or level as a whole, at its first row; it shows how many of its rows are filled in."""
    words = table("workbook")["review"]
    mine = [slots for key, slots in rows.items() if key.startswith(f"{part}#")]
    filled = sum(1 for slots in mine if any(_shown(typed, slot) for slot in slots))
    at = form.located.places.get(mine[0][0].key)
    level = mine[0][0].level
    captions = {block.frame.key: block.frame.caption for block in form.layout.form.blocks}
    label = level.path[-1] if level is not None else captions.get(part) or mine[0][0].label
    return _Place(part, a1(*at) if at else "", f"{label}{words['level_label']}", words["count"].format(count=filled))


def _shown(typed: Typed, slot: Slot) -> str:
    content = typed.contents.get(slot.key, "")
    return f"{content:f}" if isinstance(content, Decimal) else content.strip()
