"""Checks across all attempts of a campaign: who has not sent, who sent twice, and which attempt counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position
from xltool.model.submission import Submission


class Entry(NamedTuple):
    """Every attempt received, in a fixed order, and the campaign they were sent for."""

    campaign: Campaign
    attempts: Sequence[Submission]


def missing(entry: Entry) -> Iterator[Finding]:
    """Every unit of the roster has sent its form."""
    received = {attempt.identity.unit_code for attempt in _ours(entry)}
    for unit in entry.campaign.units:
        if unit.code not in received:
            yield finding(Code.COL_MISSING, Position(unit_code=unit.code), unit=unit.name, unit_code=unit.code)


def unknown_unit(entry: Entry) -> Iterator[Finding]:
    """Every form is that of a unit of the roster."""
    known = {unit.code for unit in entry.campaign.units}
    for attempt in _ours(entry):
        if attempt.identity.unit_code not in known:
            yield finding(Code.IDN_UNKNOWN_UNIT, _position(attempt), unit=attempt.identity.unit_code)


def other_campaign(entry: Entry) -> Iterator[Finding]:
    """Every form was issued for this campaign, in its form."""
    campaign = entry.campaign
    for attempt in entry.attempts:
        identity = attempt.identity
        if identity.campaign != campaign.id:
            found = identity.campaign
            yield finding(Code.IDN_OTHER_CAMPAIGN, _position(attempt), found=found, expected=campaign.id)
        elif identity.form_id != campaign.form_id:
            found = identity.form_id
            yield finding(Code.IDN_OTHER_FORM, _position(attempt), found=found, expected=campaign.form_id)


def same_bytes(entry: Entry) -> Iterator[Finding]:
    """The same file under two names counts once."""
    first: dict[str, Submission] = {}
    for attempt in entry.attempts:
        earlier = first.setdefault(attempt.sha256, attempt)
        if earlier is not attempt:
            yield finding(Code.COL_SAME_BYTES, _position(attempt), other=earlier.file)


def two_contents(entry: Entry) -> Iterator[Finding]:
    """One issue of a unit's form came back with one content; nobody but a person chooses between two."""
    names = {unit.code: unit.name for unit in entry.campaign.units}
    by_issue: dict[tuple[str, int], dict[str, Submission]] = {}
    for attempt in _ours(entry):
        issue = (attempt.identity.unit_code, attempt.identity.issue)
        by_issue.setdefault(issue, {}).setdefault(attempt.sha256, attempt)
    for (code, number), found in by_issue.items():
        for attempt in found.values() if len(found) > 1 else ():
            other = "、".join(item.file for item in found.values() if item is not attempt)
            unit = names.get(code, code)
            yield finding(Code.COL_TWO_CONTENTS, _position(attempt), unit=unit, issue=number, other=other)


def superseded(entry: Entry) -> Iterator[Finding]:
    """Only the highest issue of a unit's form counts."""
    names = {unit.code: unit.name for unit in entry.campaign.units}
    newest: dict[str, int] = {}
    for attempt in _ours(entry):
        identity = attempt.identity
        newest[identity.unit_code] = max(newest.get(identity.unit_code, 0), identity.issue)
    for attempt in _ours(entry):
        identity = attempt.identity
        newer = newest[identity.unit_code]
        if identity.issue < newer:
            unit = names.get(identity.unit_code, identity.unit_code)
            yield finding(Code.COL_SUPERSEDED, _position(attempt), unit=unit, issue=identity.issue, newer=newer)


COLLECTION_CHECKS: tuple[Callable[[Entry], Iterator[Finding]], ...] = (
    missing,
    unknown_unit,
    other_campaign,
    same_bytes,
    two_contents,
    superseded,
)


def _ours(entry: Entry) -> Iterator[Submission]:
    for attempt in entry.attempts:
        if attempt.identity.campaign == entry.campaign.id:
            yield attempt


def _position(attempt: Submission) -> Position:
    return Position(file=attempt.file, unit_code=attempt.identity.unit_code)
