"""The signed token that says whose form a workbook is, and the places in a workbook that carry it.

The token stands in several places because office programs lose some of them, and each is lost by other programs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from xltool.addresses import a1
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign
from xltool.model.finding import Finding, Position
from xltool.model.submission import Identity
from xltool.model.workbook import RawWorkbook

PREFIX = "XT1."
META_SHEET = "_meta"
PROPERTY = "xltool-token"
CONSTANT = "XT_TOKEN"
TOKEN_LIMIT = 200  # characters: fits a constant name's formula, a footer and a property
_SIGNATURE_BYTES = 15  # 120 bits, 24 letters without padding
_PARTS = 8
_ISSUE = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_SHOWN = 60  # characters of a damaged token that a message repeats
_CLAIMS_SHOWN = 5


class Carrier(StrEnum):
    """Where a copy of the token stands. The printed footer is for people and is not read."""

    SHEET = "sheet"  # a cell of a sheet that shows: the head of the form's hidden key column
    META = META_SHEET
    PROPERTY = PROPERTY
    CONSTANT = CONSTANT


class Carried(NamedTuple):
    """One copy. `place` is where a person finds it: 申报表!K1, or the carrier's own name."""

    carrier: Carrier
    token: str
    place: str


def sign(identity: Identity, key: bytes) -> str:
    """The token: `XT1.form.version.campaign.unit.role.issue.signature`, at most 200 characters of ASCII.

    The parts are percent-encoded, dots included, so no two identities share a token. Raises ValueError for an
    identity that has no place in it (campaign and roster are checked for that when they are read).
    """
    parts = (identity.form_id, identity.form_version, identity.campaign, identity.unit_code, identity.role)
    body = PREFIX + ".".join([*map(_encoded, parts), str(identity.issue)])
    token = f"{body}.{_signature(body, key)}"
    if len(token) > TOKEN_LIMIT or read_without_key(token) != identity:
        raise ValueError(f"no token for this identity: {identity}")
    return token


def verify(token: str, key: bytes, position: Position | None = None) -> Identity | Finding:
    """Whom the token names; IDN_DAMAGED where it cannot be read, IDN_FORGED where the signature is not ours."""
    identity = read_without_key(token)
    if identity is None:
        return finding(Code.IDN_DAMAGED, position, token=token.strip()[:_SHOWN])
    body, _, signature = token.strip().rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(body, key).encode()):
        return finding(Code.IDN_FORGED, position, unit=identity.unit_code)
    return identity


@lru_cache(maxsize=64)  # each workbook carries several copies
def read_without_key(token: str) -> Identity | None:
    """What the token claims, unproven; None where it is no whole token."""
    parts = token.strip().split(".")
    if len(token) > TOKEN_LIMIT or len(parts) != _PARTS or f"{parts[0]}." != PREFIX or not token.isascii():
        return None
    form_id, version, campaign, unit, role = (unquote(part, errors="replace") for part in parts[1:6])
    if not _ISSUE.fullmatch(parts[6]) or not all((form_id, version, campaign, unit, role, parts[7])):
        return None
    return Identity(form_id, version, campaign, unit, int(parts[6]), role)


def collect_tokens(workbook: RawWorkbook) -> tuple[Carried, ...]:
    """Every copy of a token in the workbook, sound or not, sheet cells first."""
    return (*_in_cells(workbook), *_in_properties(workbook), *_in_names(workbook))


def recognise(
    workbook: RawWorkbook, key: bytes, campaign_id: str = "", file: str = ""
) -> tuple[Identity | None, tuple[Finding, ...]]:
    """Whose form this is, and what is odd about it. No identity is given where its copies disagree.

    A copy that is damaged, or that repeats a proven identity under a spoilt signature, counts as lost. A form
    of another campaign cannot be proven with this campaign's key and is told from a forgery by what it claims.
    """
    carried = collect_tokens(workbook)
    if not carried:
        return None, (finding(Code.IDN_MISSING, Position(file=file)),)
    results = [verify(copy.token, key, _position(copy, file)) for copy in carried]
    proven = {result for result in results if isinstance(result, Identity)}
    claims = proven | {claim for copy in carried if (claim := read_without_key(copy.token)) is not None}
    if len(claims) > 1:
        return None, (_disagreement(carried, file),)
    if proven:
        return proven.pop(), _lost(carried, results, file)
    for claim in claims:
        if campaign_id and claim.campaign != campaign_id:
            return None, (_other_campaign(claim, campaign_id, _position(carried[0], file)),)
    worst = next((item for item in results if isinstance(item, Finding) and item.code == Code.IDN_FORGED), results[0])
    assert isinstance(worst, Finding)
    return None, (worst,)


def belongs(
    identity: Identity, campaign: Campaign, form_version: str, position: Position | None = None
) -> tuple[Finding, ...]:
    """Whether a proven identity fits this campaign: its round, its form, the form's version, its roster."""
    if identity.campaign != campaign.id:
        return (_other_campaign(identity, campaign.id, position),)
    if identity.form_id != campaign.form_id:
        return (finding(Code.IDN_OTHER_FORM, position, found=identity.form_id, expected=campaign.form_id),)
    found = []
    if identity.unit_code not in {unit.code for unit in campaign.units}:
        found.append(finding(Code.IDN_UNKNOWN_UNIT, position, unit=identity.unit_code))
    if identity.form_version != form_version:
        version = finding(Code.IDN_OTHER_VERSION, position, found=identity.form_version, expected=form_version)
        found.append(version)
    return tuple(found)


def _encoded(part: str) -> str:
    return quote(part, safe="").replace(".", "%2E")


@lru_cache(maxsize=64)
def _signature(body: str, key: bytes) -> str:
    digest = hmac.new(key, body.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode("ascii")


def _in_cells(workbook: RawWorkbook) -> list[Carried]:
    found: list[Carried] = []
    for sheet in workbook.sheets:
        carrier = Carrier.META if sheet.name == META_SHEET else Carrier.SHEET
        found.extend(
            Carried(carrier, cell.text.strip(), f"{sheet.name}!{a1(cell.row, cell.col)}")
            for cell in sheet.cells.values() if cell.text.startswith(PREFIX))
    return found


def _in_properties(workbook: RawWorkbook) -> list[Carried]:
    texts = (text for name, text in workbook.properties if name == PROPERTY)
    return [Carried(Carrier.PROPERTY, text.strip(), PROPERTY) for text in texts]


def _in_names(workbook: RawWorkbook) -> list[Carried]:
    """A constant name refers to a quoted text; a reference there is what another program made of it."""
    texts = (name.refers_to for name in workbook.names if name.name.upper() == CONSTANT)
    return [Carried(Carrier.CONSTANT, text.strip().lstrip("=").strip('"'), CONSTANT) for text in texts]


def _position(copy: Carried, file: str) -> Position:
    if copy.carrier not in (Carrier.SHEET, Carrier.META):
        return Position(file=file)
    sheet, _, cell = copy.place.rpartition("!")
    return Position(file=file, sheet=sheet, cell=cell)


def _other_campaign(identity: Identity, expected: str, position: Position | None) -> Finding:
    return finding(Code.IDN_OTHER_CAMPAIGN, position, found=identity.campaign, expected=expected)


def _disagreement(carried: Sequence[Carried], file: str) -> Finding:
    """Each claim once, with the first place that makes it: `001 #1 (申报表!K1), 002 #1 (XT_TOKEN)`."""
    places: dict[Identity, str] = {}
    for copy in carried:
        claim = read_without_key(copy.token)
        if claim is not None:
            places.setdefault(claim, copy.place)
    claims = ", ".join(
        f"{claim.campaign}/{claim.unit_code} #{claim.issue} ({place})"
        for claim, place in list(places.items())[:_CLAIMS_SHOWN])
    return finding(Code.IDN_DISAGREE, _position(carried[0], file), claims=claims)


def _lost(
    carried: Sequence[Carried], results: Sequence[Identity | Finding], file: str
) -> tuple[Finding, ...]:
    sound = {copy.carrier for copy, result in zip(carried, results, strict=True) if isinstance(result, Identity)}
    lost = [carrier.value for carrier in Carrier if carrier not in sound]
    spoilt = [copy.place for copy, result in zip(carried, results, strict=True)
              if isinstance(result, Finding) and copy.carrier in sound]
    names = dict.fromkeys([*lost, *spoilt])
    return (finding(Code.IDN_CARRIER_LOST, Position(file=file), lost=", ".join(names)),) if names else ()
