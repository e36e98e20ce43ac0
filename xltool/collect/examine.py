"""One returned file from bytes to findings: gate, read, recognise, locate, interpret, account, check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xltool.checks import Case, background, check_submission, check_workbook, errors_first, graded, settle
from xltool.checks import workbook as workbook_checks
from xltool.collect.account import account
from xltool.collect.allocated import with_ids
from xltool.collect.carryover import Passage, carry_over, counts, passage
from xltool.collect.containers import open_returned
from xltool.collect.drafts import asked_of
from xltool.collect.given import Given, altered_answers
from xltool.collect.interpret import interpret
from xltool.collect.locate import Located, locate
from xltool.collect.other_sheets import UNKNOWN
from xltool.collect.plan_index import index_of
from xltool.collect.reasons import foreign_notes, reasons
from xltool.collect.sizes import filling_for
from xltool.excel.identity import belongs, collect_tokens, read_without_key, recognise
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
    """`submission` is None where the file could not be read as this form; `findings` are all findings on the file."""

    file: str
    sha256: str
    submission: Submission | None
    findings: tuple[Finding, ...]

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


def open_form(data: bytes, reading: Reading, name: str = "") -> OpenedForm | tuple[Finding, ...]:
    """Gate, read, recognise and locate; the findings alone where no form of ours can be made out."""
    workbook, findings = open_returned(data, name, reading.passwords)
    if workbook is None:
        return settle(findings)
    identity, doubts = _identity(workbook, reading, name)
    findings += doubts
    form, role = _form(identity, reading), _role(identity)
    if identity is None or form is None or role is None:
        return _at(settle(findings), name, "")
    layout, guides = _layout(reading, form, role, filling_for(workbook, form, reading.places))
    located = locate(workbook, layout)
    findings += located.findings
    if located.sheet is None:
        return _at(settle(findings), name, identity.unit_code)
    sheet = replace(located.sheet, comments=foreign_notes(workbook, located.sheet))
    return OpenedForm(workbook, sheet, identity, layout, guides, located, findings)


def examine(data: bytes, reading: Reading, name: str = "", sha256: str = "") -> Examination:
    """Everything about one file. Never raises for what is in it; picklable in and out, so any process may run it."""
    opened = open_form(data, reading, name)
    if not isinstance(opened, OpenedForm):
        return Examination(name, sha256, None, opened)
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
    return Examination(name, sha256, replace(submission, findings=settled), settled)


def _identity(workbook: RawWorkbook, reading: Reading, name: str) -> tuple[Identity | None, tuple[Finding, ...]]:
    campaign = reading.campaign
    if campaign is None:
        return _claimed(workbook, reading, name)
    identity, findings = recognise(workbook, reading.key, campaign.id, name)
    form = _form(identity, reading)
    if identity is None or form is None:
        return identity, findings if identity is None else (*findings, _other_form(identity, reading, name))
    return identity, (*findings, *belongs(identity, campaign, form.version, Position(file=name)))


def _claimed(workbook: RawWorkbook, reading: Reading, name: str) -> tuple[Identity | None, tuple[Finding, ...]]:
    """Without a key nothing can be proven: what the token says is taken as said, if all its copies say the same."""
    tokens = collect_tokens(workbook)
    claims = {claim for copy in tokens if (claim := read_without_key(copy.token)) is not None}
    if not claims:
        damaged = finding(Code.IDN_DAMAGED, Position(file=name), token=tokens[0].token[:60]) if tokens else None
        return None, (damaged or finding(Code.IDN_MISSING, Position(file=name)),)
    if len(claims) > 1:
        said = ", ".join(sorted(f"{claim.campaign}/{claim.unit_code} #{claim.issue}" for claim in claims))
        return None, (finding(Code.IDN_DISAGREE, Position(file=name), claims=said),)
    identity = claims.pop()
    return identity, () if _form(identity, reading) else (_other_form(identity, reading, name),)


def _other_form(identity: Identity, reading: Reading, name: str) -> Finding:
    expected = "、".join(form.id for form in reading.forms)
    return finding(Code.IDN_OTHER_FORM, Position(file=name), found=identity.form_id, expected=expected)


def _form(identity: Identity | None, reading: Reading) -> FormDefinition | None:
    """The form in the version it was issued in; where that is not known, in the current one (a finding says so)."""
    if identity is None:
        return None
    named = [form for form in reading.forms if form.id == identity.form_id]
    return next((form for form in named if form.version == identity.form_version), named[0] if named else None)


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
