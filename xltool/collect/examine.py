"""One returned file from bytes to findings: gate, read, recognise, locate, interpret, account, check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xltool.checks import Case, background, check_submission, check_workbook, errors_first, graded, settle
from xltool.checks import workbook as workbook_checks
from xltool.collect.account import account
from xltool.collect.allocated import with_ids
from xltool.collect.apart import Part, taken_apart
from xltool.collect.carryover import Passage, carry_over, counts, passage
from xltool.collect.containers import open_returned
from xltool.collect.drafts import asked_of
from xltool.collect.given import Given, altered_answers
from xltool.collect.identities import Assigned, Known, assigned_to, claimed, form_named, proven
from xltool.collect.interpret import interpret
from xltool.collect.locate import Located, locate
from xltool.collect.naming import named_in
from xltool.collect.other_sheets import UNKNOWN
from xltool.collect.plan_index import index_of
from xltool.collect.proposals import other_unit
from xltool.collect.reasons import foreign_notes, reasons
from xltool.collect.sheets import form_sheets
from xltool.collect.sizes import filling_for
from xltool.findings import Code, finding
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.layout.guide import GUIDE_PLACES
from xltool.layout.workbook import common_sheets
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position, Severity
from xltool.model.form import FormDefinition, Profile, Rename, Role
from xltool.model.layout import FormLayout, SheetPlan
from xltool.model.submission import Identity, Submission
from xltool.model.workbook import RawSheet, RawWorkbook


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading needs to know: the forms it may meet, and of a campaign its key, its roster and its texts.

    It is sent to worker processes once. Without a campaign the token is only read, not proven. `places` fill the
    form's own texts as they were filled when it was issued; `guide` those of the guide. `given` are the answers that
    each unit was given, by its code.
    """

    forms: tuple[FormDefinition, ...]  # of each id the current version first, then earlier ones
    campaign: Campaign | None = None
    key: bytes = b""
    places: Mapping[str, str] = field(default_factory=dict)
    guide: Mapping[str, str] = field(default_factory=dict)
    renames: tuple[Rename, ...] = ()
    given: Mapping[str, Given] = field(default_factory=dict)
    passwords: tuple[str, ...] = field(default=(), repr=False)  # for files with an opening password


@dataclass(frozen=True, slots=True)
class Examination:
    """`submission` is None where the file could not be read as this form; `findings` are all findings on the file.

    `number` is the place of the form's sheet in a file that held several units' forms, else 0.
    """

    file: str
    sha256: str
    submission: Submission | None
    findings: tuple[Finding, ...]
    number: int = 0

    @property
    def key(self) -> str:
        """What tells this form from all others: the hash of its file, and its sheet's place where that has several."""
        return f"{self.sha256}#{self.number}" if self.number else self.sha256

    @property
    def has_errors(self) -> bool:
        return any(item.severity is Severity.ERROR for item in self.findings)


@dataclass(frozen=True, slots=True)
class OpenedForm:
    """A returned form whose answers have been found, but not yet read. `guides` are the sheets issued beside it."""

    workbook: RawWorkbook
    sheet: RawSheet
    identity: Identity
    layout: FormLayout
    guides: tuple[SheetPlan, ...]
    located: Located
    findings: tuple[Finding, ...]


def open_form(
    data: bytes, reading: Reading, name: str = "", recorded: Identity | None = None, number: int = 0
) -> OpenedForm | tuple[Finding, ...]:
    """Gate, read, recognise and locate; the findings alone where no form of ours can be made out.

    Of a file that was recorded before, `recorded` says whose form it is, and `number` which sheet of a file that was
    taken apart.
    """
    workbook, findings = open_returned(data, name, reading.passwords)
    if workbook is None:
        return settle(findings)
    parts = _parts(workbook, reading)
    part = next((part for part in parts if part.number == number), parts[0])
    known = _whose(part, reading, name, None)
    if recorded is not None:
        # What was carried over is recorded under the current version; the file itself tells the one it was issued in.
        own = known[0]
        known = (recorded if own is None else replace(recorded, form_version=own.form_version), ())
    return _located(part.workbook, reading, name, known, findings)


def _located(
    workbook: RawWorkbook, reading: Reading, name: str, known: Known, findings: tuple[Finding, ...]
) -> OpenedForm | tuple[Finding, ...]:
    identity, doubts = known
    findings += doubts
    form, role = form_named(identity, reading.forms), _role(identity)
    if identity is None or form is None or role is None:
        return _at(settle(findings), name, "")
    layout, guides = _layout(reading, form, role, filling_for(workbook, form, reading.places))
    located = locate(workbook, layout)
    findings += located.findings
    if located.sheet is None:
        return _at(settle(findings), name, identity.unit_code)
    if reading.campaign is not None:
        findings += other_unit(located.sheet, identity, reading.campaign, name)
    sheet = replace(located.sheet, comments=foreign_notes(workbook, located.sheet))
    return OpenedForm(workbook, sheet, identity, layout, guides, located, findings)


def examine(data: bytes, reading: Reading, name: str = "", sha256: str = "") -> Examination:
    """The first, and nearly always only, form in a file; see `examine_parts`."""
    return examine_parts(data, reading, name, sha256)[0]


def examine_parts(
    data: bytes, reading: Reading, name: str = "", sha256: str = "", said: Assigned | None = None
) -> tuple[Examination, ...]:
    """Everything about one file, unit by unit. Never raises for what is in it; picklable in and out, so any process
    may run it. `said` is what a person says about whose form it is."""
    workbook, findings = open_returned(data, name, reading.passwords)
    if workbook is None:
        return (Examination(name, sha256, None, settle(findings)),)
    parts = _parts(workbook, reading)
    which: tuple[Finding, ...] = ()
    if len(parts) > 1 and said is not None and said.sheet not in {part.sheet for part in parts}:
        sheets = "、".join(part.sheet for part in parts)
        which = (finding(Code.IDN_WHICH_SHEET, Position(file=name), sheets=sheets, unit_code=said.unit_code),)
        said = None
    found = []
    for part in parts:
        if part.number:
            where = Position(file=name, sheet=part.sheet)
            findings += (finding(Code.FILE_TAKEN_APART, where, sheet=part.sheet, count=len(parts)),)
        opened = _located(part.workbook, reading, name, _whose(part, reading, name, said), findings)
        opened = opened if isinstance(opened, OpenedForm) else (*opened, *which)
        found.append(_examined(opened, reading, name, sha256, part.number))
        findings = ()
    return tuple(found)


def _examined(
    opened: OpenedForm | tuple[Finding, ...], reading: Reading, name: str, sha256: str, number: int
) -> Examination:
    if not isinstance(opened, OpenedForm):
        return Examination(name, sha256, None, opened, number)
    layout, located = opened.layout, opened.located
    submission = interpret(opened.workbook, located, layout, opened.identity, name, sha256)
    findings = opened.findings + submission.findings
    findings += account(opened.workbook, located, layout, opened.identity, opened.guides)
    findings += altered_answers(opened.workbook, located, layout, _given(opened, reading))
    findings += check_workbook(workbook_checks.Entry(opened.sheet, layout, located.places))
    places = located.places
    way = passage_of(opened, reading)
    if way is not None:
        submission, carried = carry_over(submission, way)
        findings += carried
        layout, places = way.new, way.places(places)
    submission = with_ids(submission, opened.workbook, located, reading.campaign)
    case = _case(submission, opened.sheet, layout, places, reading.campaign)
    findings += check_submission(case)
    asked = asked_of(settle(findings), layout.form, layout.role)
    judged = graded(asked, case.background, reasons(opened.workbook), _remarks(submission, layout.form))
    settled = _at(errors_first(judged), name, opened.identity.unit_code)
    return Examination(name, sha256, replace(submission, findings=settled), settled, number)


def _parts(workbook: RawWorkbook, reading: Reading) -> tuple[Part, ...]:
    """The workbook, or the units' workbooks that are in it."""
    if reading.campaign is None:
        return taken_apart(workbook, (), lambda _: False)
    index = index_of(_layout(reading, reading.forms[0], Role.UNIT, Filling())[0])
    return taken_apart(
        workbook, reading.campaign.units, lambda sheet: bool(form_sheets(RawWorkbook((sheet,)), index))
    )


def _whose(part: Part, reading: Reading, name: str, said: Assigned | None) -> Known:
    campaign, workbook = reading.campaign, part.workbook
    if campaign is None:
        return claimed(workbook, reading.forms, name)
    known = proven(workbook, campaign, reading.key, reading.forms, name, part.sheet)
    if said is None or said.sheet not in ("", part.sheet):
        return known
    other = any(named_in(sheet, campaign.units) == said.unit_code for sheet in workbook.sheets)
    return assigned_to(known, said, workbook, campaign, reading.forms, name, other=other)


def _role(identity: Identity | None) -> Role | None:
    return Role(identity.role) if identity is not None and identity.role in set(Role) else None


_Sizes = tuple[tuple[tuple[str, int], ...], frozenset[str]]
_kept: dict[tuple[int, str, str, Role, _Sizes], tuple[Reading, FormLayout, tuple[SheetPlan, ...]]] = {}
_KEPT = 16


def _layout(
    reading: Reading, form: FormDefinition, role: Role, filling: Filling
) -> tuple[FormLayout, tuple[SheetPlan, ...]]:
    """The layout this workbook was issued in, and the guide beside it; made once per role and size."""
    sizes: _Sizes = (tuple(sorted(filling.counts.items())), filling.optional_blocks)
    key = (id(reading), form.id, form.version, role, sizes)
    found = _kept.get(key)
    if found is not None and found[0] is reading:
        return found[1], found[2]
    if len(_kept) >= _KEPT:
        _kept.clear()
    layout = lay_out(form, role, Profile.FILL, filling)
    places = dict(reading.guide) or dict.fromkeys(GUIDE_PLACES, UNKNOWN)
    common = common_sheets(form, role, places)
    beside = (common.guide, common.lists)
    _kept[key] = (reading, layout, beside)
    return layout, beside


def _given(opened: OpenedForm, reading: Reading) -> Given | None:
    """What this unit was given, in the keys of the form's current version."""
    current = next(form for form in reading.forms if form.id == opened.layout.form.id)
    return reading.given.get(opened.identity.unit_code) if current.version == opened.layout.form.version else None


def passage_of(opened: OpenedForm, reading: Reading) -> Passage | None:
    """The way from the version this form was issued in to the current one; None where that is the same."""
    old = opened.layout.form
    current = next(form for form in reading.forms if form.id == old.id)
    if current.version == old.version:
        return None
    filling = filling_for(opened.workbook, old, reading.places)
    sizes = replace(filling, counts=counts(filling.counts, reading.renames, old.version))
    layout, _ = _layout(reading, current, opened.layout.role, sizes)
    return passage(opened.layout, layout, reading.renames)


def _case(
    submission: Submission,
    sheet: RawSheet,
    layout: FormLayout,
    places: Mapping[str, tuple[int, int]],
    campaign: Campaign | None,
) -> Case:
    texts = {}
    for indicator in submission.indicators:
        for target in indicator.targets:
            for part in ("operator", "measure"):
                slot_key = f"{indicator.key}.{target.column}.{part}"
                place = places.get(slot_key)
                if place is not None and place in sheet.cells:
                    texts[slot_key] = sheet.cells[place].text
    slots, known = index_of(layout).slots, background(layout.form, campaign, submission.identity.unit_code)
    return Case(submission, layout.form, layout.role, sheet.name, slots, dict(places), texts, known)


def _remarks(submission: Submission, form: FormDefinition) -> str:
    return next((answer.text for answer in submission.fields if form.remarks and answer.key == form.remarks), "")


def _at(findings: Iterable[Finding], file: str, unit_code: str) -> tuple[Finding, ...]:
    """The same findings, each saying in which file and of which unit."""
    return tuple(
        replace(item, position=replace(item.position, file=file, unit_code=unit_code or item.position.unit_code))
        for item in findings
    )
