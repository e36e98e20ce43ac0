"""Whose form a workbook is: by its token, proven where a campaign is known, or by what a person said of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xltool.collect.proposals import proposal
from xltool.excel.identity import belongs, collect_tokens, read_without_key, recognise
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position
from xltool.model.form import FormDefinition
from xltool.model.submission import Identity
from xltool.model.workbook import RawWorkbook

Known = tuple[Identity | None, tuple[Finding, ...]]
# Where a person may say whose form it is; a form of another round or of another kind stays what it is.
_DOUBTS = (Code.IDN_MISSING, Code.IDN_DAMAGED, Code.IDN_FORGED, Code.IDN_DISAGREE, Code.IDN_UNKNOWN_UNIT)
_FOREIGN = (Code.IDN_OTHER_CAMPAIGN, Code.IDN_OTHER_FORM)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person says that a file, or one sheet of it, is this unit's form. `issue` counts where no token says it."""

    unit_code: str
    issue: int
    sheet: str = ""


def form_named(identity: Identity | None, forms: Sequence[FormDefinition]) -> FormDefinition | None:
    """The form in the version it was issued in; where that is not known, in the current one (a finding says so)."""
    if identity is None:
        return None
    named = [form for form in forms if form.id == identity.form_id]
    return next((form for form in named if form.version == identity.form_version), named[0] if named else None)


def claimed(workbook: RawWorkbook, forms: Sequence[FormDefinition], file: str) -> Known:
    """Without a key nothing can be proven: what the token says is taken as said, if all its copies say the same."""
    tokens = collect_tokens(workbook)
    claims = {claim for copy in tokens if (claim := read_without_key(copy.token)) is not None}
    if not claims:
        damaged = finding(Code.IDN_DAMAGED, Position(file=file), token=tokens[0].token[:60]) if tokens else None
        return None, (damaged or finding(Code.IDN_MISSING, Position(file=file)),)
    if len(claims) > 1:
        said = ", ".join(sorted(f"{claim.campaign}/{claim.unit_code} #{claim.issue}" for claim in claims))
        return None, (finding(Code.IDN_DISAGREE, Position(file=file), claims=said),)
    identity = claims.pop()
    return identity, () if form_named(identity, forms) else (_other_form(identity, forms, file),)


def proven(
    workbook: RawWorkbook, campaign: Campaign, key: bytes, forms: Sequence[FormDefinition], file: str,
    sheet: str = "",
) -> Known:  # fmt: skip
    """By the campaign's key. Where that proves nothing, a finding proposes whose form it probably is."""
    identity, findings = recognise(workbook, key, campaign.id, file)
    form = form_named(identity, forms)
    if identity is not None and form is not None:
        findings = (*findings, *belongs(identity, campaign, form.version, Position(file=file)))
    elif identity is not None:
        findings = (*findings, _other_form(identity, forms, file))
    if any(item.code in _DOUBTS for item in findings):
        findings = (*findings, *proposal(workbook, campaign, file, sheet))
    return identity, findings


def assigned_to(
    known: Known, said: Assigned, workbook: RawWorkbook, campaign: Campaign, forms: Sequence[FormDefinition],
    file: str, *, other: bool,
) -> Known:  # fmt: skip
    """The identity a person gave the form, where its own is in doubt or, with `other`, names another unit than its
    text does; the number and version of a token that names the same unit are kept."""
    identity, findings = known
    doubtful = any(item.code in _DOUBTS for item in findings)
    foreign = any(item.code in _FOREIGN for item in findings)
    if foreign or (not doubtful and (identity is None or identity.unit_code == said.unit_code)):
        return known
    if not doubtful and not other:
        assert identity is not None
        sure = finding(Code.IDN_SURE, Position(file=file), issued=identity.unit_code, unit_code=said.unit_code)
        return identity, (*findings, sure)
    unit = next(unit for unit in campaign.units if unit.code == said.unit_code)
    claims = [claim for copy in collect_tokens(workbook) if (claim := read_without_key(copy.token)) is not None]
    own = next((claim for claim in claims if claim.unit_code == unit.code and claim.campaign == campaign.id), None)
    version = next((form.version for form in forms if own and form.version == own.form_version), forms[0].version)
    issue = own.issue if own else said.issue
    given = Identity(campaign.form_id, version, campaign.id, unit.code, issue, unit.role.value)
    kept = tuple(item for item in findings if item.code not in (*_DOUBTS, Code.IDN_PROPOSED))
    noted = finding(
        Code.IDN_ASSIGNED, Position(file=file, unit_code=unit.code), unit=unit.name, unit_code=unit.code, issue=issue
    )
    return given, (*kept, noted)


def _other_form(identity: Identity, forms: Sequence[FormDefinition], file: str) -> Finding:
    expected = "、".join(dict.fromkeys(form.id for form in forms))
    return finding(Code.IDN_OTHER_FORM, Position(file=file), found=identity.form_id, expected=expected)
