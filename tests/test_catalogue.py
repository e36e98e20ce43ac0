"""The catalogue, its page and its cases agree, and no two codes say the same."""

from __future__ import annotations

import re
import string

import pytest

from docs.pages import FOLDER
from tests.finding_cases import cases
from xltool.findings import Code, catalogue, example

HEADS = {"完整性", "相关性", "适当性", "可行性", "技术"}
PAGE = (FOLDER / "findings.md").read_text(encoding="utf-8")


def test_catalogue_page_and_cases_agree_by_count() -> None:
    described = re.findall(r"^### ([A-Z]+\d+) ", PAGE, re.MULTILINE)
    covered = {case.code for case in cases() if case.code}
    assert len(described) == len(set(described)) == len(catalogue()) == len(covered)


def test_every_code_belongs_to_a_head_of_review() -> None:
    assert {entry.head for entry in catalogue().values()} <= HEADS


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_codes_never_say_the_same(language: str) -> None:
    """Two codes whose title and remedy agree would be one fault under two numbers."""
    first: dict[tuple[str, str], str] = {}
    for code, entry in catalogue().items():
        words = entry.words[language]
        assert first.setdefault((words.message, words.remedy), code) == code


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_codes_always_differ_in_what_is_to_be_done(language: str) -> None:
    """Beyond the places that are filled in: two faults with one remedy are one fault."""
    remedies: dict[str, list[str]] = {}
    for code, entry in catalogue().items():
        bare = re.sub(r"\{[^}]*\}|\W", "", entry.words[language].remedy)
        remedies.setdefault(bare, []).append(code)
    assert [codes for codes in remedies.values() if len(codes) > 1] == []


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_a_remedy_says_more_than_that_something_is_to_be_checked(code: Code) -> None:
    words = catalogue()[code].words
    assert len(re.sub(r"\W", "", words["zh"].remedy)) >= 6
    assert len(words["en"].remedy.split()) >= 3


@pytest.mark.parametrize("code", list(Code), ids=str)
def test_every_code_is_shown_with_an_example_that_one_of_its_cases_brings(code: Code) -> None:
    expected = {case.data["expected"]["message"] for case in cases() if case.code == code.value}
    assert "".join(example(code.value)) in expected
    if "{reason_en}" not in catalogue()[code].words["en"].remedy:  # only said where it is found
        assert "".join(example(code.value, "en")).count("…") == "".join(example(code.value)).count("…")


def test_both_languages_fill_the_same_places() -> None:
    for entry in catalogue().values():
        places = [
            {name for _, name, _, _ in string.Formatter().parse(f"{words.message}{words.remedy}") if name}
            for words in entry.words.values()
        ]
        assert all(places[0] | {"reason_zh", "reason_en"} >= found - {"reason_zh", "reason_en"} for found in places)


def test_the_numbers_of_a_topic_are_given_once() -> None:
    assert len({code.value for code in Code}) == len(Code)
