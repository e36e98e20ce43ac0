"""English sentences take the number of what they count, and list as English does."""

from __future__ import annotations

import re

import pytest

from xltool.findings import Code, catalogue, finding, message
from xltool.model.finding import Position
from xltool.reports.text import lines
from xltool.words import fill

# A number before a word in the plural: either there may be one of it, or the word follows the number.
COUNTED = re.compile(r"\{(?:count|limit|short|over)\} (?!of\b|more\b|times as\b)[a-z-]+s\b")


@pytest.mark.parametrize(("count", "told"), [(0, "0 errors"), (1, "1 error"), (2, "2 errors"), ("1", "1 error")])
def test_a_word_follows_the_number_before_it(count: object, told: str) -> None:
    assert fill("{count} {count:error|errors}", {"count": count}) == told


def test_a_list_is_parted_by_commas_in_english_and_what_people_wrote_stays() -> None:
    asked = finding(Code.VAL_NOT_A_CHOICE, label="类型、性质", text="甲、乙", choices="定量、定性")
    assert "定量, 定性" in message(asked, "en")
    assert "甲、乙" in message(asked, "en")
    assert "定量、定性" in message(asked, "zh")


def test_cells_are_listed_as_the_language_does() -> None:
    found = [finding(Code.VAL_BLANK, Position("表.xlsx", "申报表", cell), label="某") for cell in ("B9", "B13")]
    assert [where for _, _, where, _ in lines(found, "zh")] == ["表.xlsx 申报表!B9、B13"]
    assert [where for _, _, where, _ in lines(found, "en")] == ["表.xlsx 申报表!B9, B13"]


@pytest.mark.parametrize("code", [*catalogue()])
def test_no_english_sentence_counts_one_of_several(code: str) -> None:
    words = catalogue()[code].words["en"]
    assert not COUNTED.search(words.message), words.message
    assert not COUNTED.search(words.remedy), words.remedy
