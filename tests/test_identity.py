"""The token: signed, read back, and collected from every place of a workbook that carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xltool.excel.identity import (
    CONSTANT,
    META_SHEET,
    PROPERTY,
    TOKEN_LIMIT,
    Carrier,
    belongs,
    collect_tokens,
    read_without_key,
    recognise,
    sign,
    verify,
)
from xltool.findings import message
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Finding, Severity
from xltool.model.form import Role
from xltool.model.submission import Identity
from xltool.model.workbook import CellKind, RawCell, RawName, RawSheet, RawWorkbook

KEY = bytes(range(32))
OURS = Identity("sample-2024", "1", "round-2024", "001", 1, "unit")
THEIRS = replace(OURS, unit_code="002")
PART = st.text(min_size=1, max_size=2)
IDENTITIES = st.builds(Identity, PART, PART, PART, PART, st.integers(1, 9999), PART)


def sheet(name: str, *cells: tuple[int, int, str], state: str = "visible") -> RawSheet:
    stored = {(row, col): RawCell(row, col, CellKind.TEXT, text, None, 0) for row, col, text in cells}
    return RawSheet(name, state, stored)


def workbook(*, form: str = "", meta: str = "", prop: str = "", constant: str = "") -> RawWorkbook:
    """A workbook with the given token in each place, and some cells that are none."""
    pages = [sheet("申报表", (1, 1, "XT"), (2, 2, "部门职责"), *([(1, 9, form)] if form else []))]
    if meta:
        pages.append(sheet(META_SHEET, (1, 1, meta), state="hidden"))
    properties = (("KSOProductBuildVer", "2052"), *(((PROPERTY, prop),) if prop else ()))
    names = [RawName("F_duties", "申报表!$B$2", "", False)]
    if constant:
        names.append(RawName(CONSTANT, constant, "", True))
    return RawWorkbook(tuple(pages), names=tuple(names), properties=properties)


def everywhere(token: str) -> RawWorkbook:
    return workbook(form=token, meta=token, prop=token, constant=f'"{token}"')


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [item.code for item in findings]


def test_the_token_says_in_the_open_what_it_names() -> None:
    token = sign(replace(OURS, form_version="1.2"), KEY)
    assert token.startswith("XT1.sample-2024.1%2E2.round-2024.001.unit.1.")
    assert len(token.rpartition(".")[2]) >= 16  # 80 bits in base 32


@given(IDENTITIES)
def test_what_was_signed_is_read_back(identity: Identity) -> None:
    token = sign(identity, KEY)
    assert verify(token, KEY) == identity == read_without_key(token)
    assert token.isascii()
    assert len(token) <= TOKEN_LIMIT


@given(IDENTITIES, IDENTITIES)
def test_two_identities_never_share_a_token(one: Identity, other: Identity) -> None:
    assert (sign(one, KEY) == sign(other, KEY)) is (one == other)


@given(st.data())
def test_no_altered_character_passes(data: st.DataObject) -> None:
    token = sign(OURS, KEY)
    at = data.draw(st.integers(0, len(token) - 1))
    altered = token[:at] + data.draw(st.characters()) + token[at + 1:]
    result = verify(altered, KEY)
    assert altered.strip() == token or isinstance(result, Finding)


@given(st.text() | st.text().map("XT1.".__add__))
def test_no_text_makes_reading_raise(text: str) -> None:
    assert isinstance(verify(text, KEY), Finding)


def test_damaged_and_forged_are_told_apart() -> None:
    token = sign(OURS, KEY)
    for text, code in [("", "IDN07"), ("XT1.", "IDN07"), (token[:40], "IDN07"), (token + ".x", "IDN07"),
                       (token.replace(".1.", ".0.", 1), "IDN02"), (token.replace(".unit.1.", ".unit.01."), "IDN07"),
                       (token.replace("001", "002"), "IDN02"), (token[:-1] + "!", "IDN02"), (token.lower(), "IDN07")]:
        result = verify(text, KEY)
        assert isinstance(result, Finding)
        assert result.code == code, text
    forged = verify(token, b"another key")
    assert isinstance(forged, Finding)
    assert forged.code == "IDN02"


@pytest.mark.parametrize("identity", [
    replace(OURS, unit_code=""), replace(OURS, issue=0), replace(OURS, campaign="单" * 30)])
def test_an_identity_without_room_in_the_token_is_a_bug_of_the_caller(identity: Identity) -> None:
    with pytest.raises(ValueError, match="no token"):
        sign(identity, KEY)


def test_the_token_is_collected_from_all_four_places() -> None:
    token = sign(OURS, KEY)
    carried = collect_tokens(everywhere(token))
    assert [(copy.carrier, copy.place) for copy in carried] == [
        (Carrier.SHEET, "申报表!I1"), (Carrier.META, "_meta!A1"),
        (Carrier.PROPERTY, PROPERTY), (Carrier.CONSTANT, CONSTANT)]
    assert {copy.token for copy in carried} == {token}
    assert recognise(everywhere(token), KEY, OURS.campaign) == (OURS, ())


@pytest.mark.parametrize("place", ["form", "meta", "prop", "constant"])
def test_one_copy_is_enough_and_the_lost_ones_are_information(place: str) -> None:
    identity, findings = recognise(workbook(**{place: sign(OURS, KEY)}), KEY)
    assert identity == OURS
    assert codes(findings) == ["IDN08"]
    assert findings[0].severity is Severity.INFO


def test_a_copy_spoilt_beside_sound_ones_counts_as_lost() -> None:
    token = sign(OURS, KEY)
    for spoilt in (token[:-3], token[:-1] + "?", "XT1."):
        identity, findings = recognise(workbook(form=token, meta=token, prop=token, constant=f'"{spoilt}"'), KEY)
        assert (identity, codes(findings)) == (OURS, ["IDN08"])
        assert findings[0].args == (("lost", "XT_TOKEN"),)


def test_copies_that_disagree_are_never_resolved_by_a_guess() -> None:
    ours, theirs = sign(OURS, KEY), sign(THEIRS, KEY)
    later = sign(replace(OURS, issue=2), KEY)
    unproven = sign(THEIRS, b"another key")
    for other in (theirs, later, unproven):
        identity, findings = recognise(workbook(form=ours, meta=other, prop=other), KEY)
        assert (identity, codes(findings)) == (None, ["IDN03"])
        assert findings[0].position.cell == "I1"
        assert "申报表!I1" in message(findings[0])
        assert "_meta!A1" in message(findings[0], "en")


def test_a_sheet_copied_in_from_another_form_disagrees() -> None:
    book = everywhere(sign(OURS, KEY))
    second = sheet("申报表 (2)", (1, 9, sign(THEIRS, KEY)))
    identity, findings = recognise(replace(book, sheets=(*book.sheets, second)), KEY)
    assert (identity, codes(findings)) == (None, ["IDN03"])


def test_without_a_proven_copy_the_finding_says_why() -> None:
    foreign = sign(replace(OURS, campaign="round-2023"), b"another key")
    assert codes(recognise(workbook(), KEY)[1]) == ["IDN01"]
    assert codes(recognise(everywhere("XT1.half"), KEY)[1]) == ["IDN07"]
    assert codes(recognise(everywhere(sign(OURS, b"another key")), KEY, OURS.campaign)[1]) == ["IDN02"]
    assert codes(recognise(everywhere(foreign), KEY, OURS.campaign)[1]) == ["IDN04"]
    assert codes(recognise(everywhere(foreign), KEY)[1]) == ["IDN02"]


def test_a_proven_identity_must_belong_to_the_campaign() -> None:
    units = (ReportingUnit("001", "示例一", Role.UNIT),)
    campaign = Campaign("round-2024", "sample-2024", 2024, "示例局", date(2024, 3, 15), "", "", units)
    assert belongs(OURS, campaign, "1") == ()
    assert codes(belongs(replace(OURS, campaign="x", form_id="y"), campaign, "1")) == ["IDN04"]
    assert codes(belongs(replace(OURS, form_id="y"), campaign, "1")) == ["IDN05"]
    assert codes(belongs(THEIRS, campaign, "1")) == ["IDN06"]
    assert codes(belongs(OURS, campaign, "2")) == ["IDN09"]
