"""A returned workbook into which somebody copied several units' forms → a workbook of its own for each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from xltool.collect.names import reference
from xltool.collect.naming import named_in
from xltool.excel.identity import CONSTANT, META_SHEET, PREFIX, PROPERTY, read_without_key
from xltool.model.campaign import ReportingUnit
from xltool.model.submission import Identity
from xltool.model.workbook import RawName, RawSheet, RawWorkbook

IsForm = Callable[[RawSheet], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """What belongs to one unit. `number` is its form sheet's place in the file from 1, 0 where the file is one form."""

    workbook: RawWorkbook
    number: int = 0
    sheet: str = ""


@dataclass(slots=True)
class _Group:
    owner: Identity | str  # whom its token names, or the code of the unit that it names, or its sheet's name
    holders: list[RawSheet] = field(default_factory=list)
    sheets: list[RawSheet] = field(default_factory=list)


def taken_apart(workbook: RawWorkbook, units: Sequence[ReportingUnit], is_form: IsForm) -> tuple[Part, ...]:
    """One part for each unit whose form is in the workbook, in the order of the sheets; the workbook itself where
    that is one unit or none.

    A sheet belongs to whom its own token names. A form without a token is another unit's where it names one, or where
    several units' forms are there already. What is no form (a guide, lists) goes with the form that it follows.
    """
    owners = _owners(workbook, units, is_form)
    if len(set(owners.values())) < 2:
        return (Part(workbook),)
    groups: dict[Identity | str, _Group] = {}
    current = groups.setdefault(next(iter(owners.values())), _Group(next(iter(owners.values()))))
    for sheet in workbook.sheets:
        owner = owners.get(sheet.name)
        if owner is not None:
            current = groups.setdefault(owner, _Group(owner))
            current.holders.append(sheet)
        current.sheets.append(sheet)
    first = next(iter(groups.values()))
    return tuple(_part(workbook, group, first=group is first) for group in groups.values())


def _owners(
    workbook: RawWorkbook, units: Sequence[ReportingUnit], is_form: IsForm
) -> dict[str, Identity | str]:
    """Each sheet that is somebody's form, by its name, with its owner."""
    claims = {sheet.name: claim for sheet in workbook.sheets if (claim := _claim(sheet)) is not None}
    bare = [sheet for sheet in workbook.sheets if sheet.name not in claims and is_form(sheet)]
    names = {sheet.name: named_in(sheet, units) for sheet in bare}
    by_code = {claim.unit_code: claim for claim in claims.values()}
    distinct = set(claims.values())
    if len(distinct) < 2 and not {code for code in names.values() if code and code not in by_code}:
        return dict(claims)
    if not distinct and len({code for code in names.values() if code}) < 2:
        return {}
    owners: dict[str, Identity | str] = {}
    for sheet in workbook.sheets:
        if sheet.name in claims:
            owners[sheet.name] = claims[sheet.name]
        elif sheet.name in names:
            code = names[sheet.name]
            owners[sheet.name] = by_code.get(code, code) if code else _unnamed(sheet, distinct)
    return owners


def _unnamed(sheet: RawSheet, distinct: set[Identity]) -> Identity | str:
    """A form that says nothing of its unit is a copy where there is one owner only, else nobody's."""
    return next(iter(distinct)) if len(distinct) == 1 else f"?{sheet.name}"


def _claim(sheet: RawSheet) -> Identity | None:
    """Whom the tokens in the sheet's own cells name, if they name one; hidden data of the workbook names nobody."""
    if sheet.name == META_SHEET:
        return None
    texts = (cell.text for cell in sheet.cells.values() if cell.text.startswith(PREFIX))
    claims = {claim for text in texts if (claim := read_without_key(text)) is not None}
    return claims.pop() if len(claims) == 1 else None


def _part(workbook: RawWorkbook, group: _Group, *, first: bool) -> Part:
    form = max(group.holders, key=lambda sheet: len(sheet.cells))
    titles = {sheet.name for sheet in group.sheets}

    def ours(token: str) -> bool:
        claim = read_without_key(token)
        return claim == group.owner or (first and claim is None)

    def kept(name: RawName) -> bool:
        if name.name.upper() == CONSTANT:
            return ours(name.refers_to.strip().lstrip("=").strip('"'))
        where = reference(name.refers_to)
        return (not name.sheet or name.sheet in titles) and (where is None or where[0] in titles)

    sheets = tuple(sheet for sheet in group.sheets if sheet.name != META_SHEET or _meta_is_ours(sheet, ours))
    own = replace(
        workbook,
        sheets=sheets,
        names=tuple(name for name in workbook.names if kept(name)),
        properties=tuple((name, text) for name, text in workbook.properties if name != PROPERTY or ours(text)),
    )
    return Part(own, [sheet.name for sheet in workbook.sheets].index(form.name) + 1, form.name)


def _meta_is_ours(sheet: RawSheet, ours: Callable[[str], bool]) -> bool:
    tokens = [cell.text for cell in sheet.cells.values() if cell.text.startswith(PREFIX)]
    return all(ours(token) for token in tokens)
