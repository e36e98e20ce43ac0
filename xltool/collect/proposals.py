"""Whose form a workbook without a proven identity probably is: for a person to confirm, never acted upon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xltool.collect.naming import named_by, named_in
from xltool.excel.identity import collect_tokens, read_without_key
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign, Duty
from xltool.model.finding import Finding, Position
from xltool.model.submission import Identity
from xltool.model.workbook import RawSheet, RawWorkbook
from xltool.words import table

# Weights: what stands in the form says more than what is left of its tokens, and a file name says least.
_NAME, _TOKEN, _ALLOCATION, _FILE = 4, 3, 2, 1
_FEWEST = 2  # allocated indicators that must be there to say anything
_SHARE = 0.8  # … and of all that are allocated to the unit
_Evidence = tuple[str, int, str, str]  # unit code, weight, kind, what was seen


def proposal(workbook: RawWorkbook, campaign: Campaign, file: str, sheet: str = "") -> tuple[Finding, ...]:
    """The finding that says whose form this probably is and why, if the evidence names one unit above all others."""
    weights: dict[str, int] = {}
    reasons: dict[str, list[str]] = {}
    words = table("proposals")["reasons"]
    for code, weight, kind, seen in _evidence(workbook, campaign, file):
        weights[code] = weights.get(code, 0) + weight
        reasons.setdefault(code, []).append(words[kind].format(seen=seen))
    ranked = sorted(weights, key=lambda code: -weights[code])
    if not ranked or (len(ranked) > 1 and weights[ranked[0]] == weights[ranked[1]]):
        return ()
    code = ranked[0]
    unit = next(unit for unit in campaign.units if unit.code == code)
    found = finding(
        Code.IDN_PROPOSED, Position(file=file, sheet=sheet), unit=unit.name, unit_code=code,
        reasons="；".join(reasons[code]), command=_command(file, code, sheet),
    )  # fmt: skip
    return (found,)


def other_unit(sheet: RawSheet, identity: Identity, campaign: Campaign, file: str) -> tuple[Finding, ...]:
    """A form whose token is one unit's and whose text names another."""
    code = named_in(sheet, campaign.units)
    if not code or code == identity.unit_code or identity.unit_code not in {unit.code for unit in campaign.units}:
        return ()
    unit = next(unit for unit in campaign.units if unit.code == code)
    where = Position(file=file, sheet=sheet.name, unit_code=identity.unit_code)
    found = finding(
        Code.IDN_OTHER_UNIT, where, issued=identity.unit_code, unit=unit.name, unit_code=code,
        command=_command(file, code, ""),
    )  # fmt: skip
    return (found,)


def _command(file: str, code: str, sheet: str) -> str:
    """What a person runs who agrees."""
    return f'xltool collect "{file}" --as {code}' + (f' --sheet "{sheet}"' if sheet else "")


def _evidence(workbook: RawWorkbook, campaign: Campaign, file: str) -> Iterator[_Evidence]:
    known = {unit.code for unit in campaign.units}
    claims = {claim for copy in collect_tokens(workbook) if (claim := read_without_key(copy.token)) is not None}
    for code in sorted({claim.unit_code for claim in claims if claim.campaign == campaign.id} & known):
        yield code, _TOKEN, "token", code
    by_code = {unit.code: unit for unit in campaign.units}
    for code in sorted({found for sheet in workbook.sheets if (found := named_in(sheet, campaign.units))}):
        yield code, _NAME, "name", by_code[code].name
    yield from _allocated(workbook.sheets, campaign)
    code, seen = named_by(file, campaign.units)
    if code:
        yield code, _FILE, "file", seen


def _allocated(sheets: Sequence[RawSheet], campaign: Campaign) -> Iterator[_Evidence]:
    """The unit whose allocated indicators, and no other unit's so many of them, are in the workbook."""
    texts = {cell.text.strip() for sheet in sheets for cell in sheet.cells.values()}
    found = []
    for unit in campaign.units:
        given = {item.name for item in campaign.allocation if item.duty(unit.code) is Duty.MUST}
        there = len(given & texts)
        if there >= _FEWEST and there >= _SHARE * len(given):
            found.append((there, unit.code))
    found.sort(reverse=True)
    if found and (len(found) == 1 or found[0][0] > found[1][0]):
        yield found[0][1], _ALLOCATION, "allocation", str(found[0][0])
