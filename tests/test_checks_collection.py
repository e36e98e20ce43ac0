"""What is seen only across the attempts of a whole campaign."""

from __future__ import annotations

from xltool.checks import COLLECTION_CHECKS, check_collection
from xltool.findings import Code, message
from xltool.model.campaign import Campaign, ReportingUnit
from xltool.model.finding import Finding
from xltool.model.form import Role
from xltool.model.submission import Identity, Submission

UNITS = (ReportingUnit("001", "甲站", Role.UNIT), ReportingUnit("002", "乙站", Role.UNIT))
CAMPAIGN = Campaign("round", "tiny", 2024, "某局", None, "", "", UNITS)


def _attempt(unit: str, issue: int = 1, sha256: str = "", campaign: str = "round", form: str = "tiny") -> Submission:
    digest = sha256 or f"{unit}-{issue}"
    return Submission(Identity(form, "1", campaign, unit, issue), f"{digest}.xlsx", digest, "", (), (), ())


def _said(*attempts: Submission) -> list[tuple[str, str, str]]:
    found = check_collection(CAMPAIGN, attempts)
    assert all(message(item) and message(item, "en") for item in found)
    return [_short(item) for item in found]


def _short(item: Finding) -> tuple[str, str, str]:
    return item.code, item.position.unit_code, item.position.file


def test_one_form_of_every_unit_is_complete() -> None:
    assert _said(_attempt("001"), _attempt("002")) == []


def test_a_unit_that_has_not_sent_is_missing() -> None:
    assert _said(_attempt("001")) == [(Code.COL_MISSING, "002", "")]


def test_a_unit_that_is_not_on_the_roster_is_unknown() -> None:
    assert _said(_attempt("001"), _attempt("002"), _attempt("009")) == [(Code.IDN_UNKNOWN_UNIT, "009", "009-1.xlsx")]


def test_a_form_of_another_campaign_counts_for_nobody() -> None:
    found = _said(_attempt("001"), _attempt("002", campaign="last-year"))
    assert found == [(Code.COL_MISSING, "002", ""), (Code.IDN_OTHER_CAMPAIGN, "002", "002-1.xlsx")]


def test_another_form_is_named() -> None:
    found = _said(_attempt("001"), _attempt("002", form="other"))
    assert (Code.IDN_OTHER_FORM, "002", "002-1.xlsx") in found


def test_the_same_bytes_twice_count_once() -> None:
    again = _attempt("001", sha256="001-1")
    assert _said(_attempt("001"), _attempt("002"), again) == [(Code.COL_SAME_BYTES, "001", "001-1.xlsx")]


def test_two_contents_of_one_issue_are_an_error_on_both() -> None:
    found = _said(_attempt("001"), _attempt("001", sha256="other"), _attempt("002"))
    assert found == [
        (Code.COL_TWO_CONTENTS, "001", "001-1.xlsx"),
        (Code.COL_TWO_CONTENTS, "001", "other.xlsx"),
    ]


def test_an_older_issue_is_superseded_whatever_came_first() -> None:
    for attempts in ((_attempt("001", 2), _attempt("001", 1)), (_attempt("001", 1), _attempt("001", 2))):
        assert _said(*attempts, _attempt("002")) == [(Code.COL_SUPERSEDED, "001", "001-1.xlsx")]


def test_every_check_is_listed() -> None:
    assert len(COLLECTION_CHECKS) == len(set(COLLECTION_CHECKS)) == 6
