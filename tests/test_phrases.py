"""The list of phrases proves itself: each pattern finds its example and leaves its counterexample alone."""

from __future__ import annotations

import pytest

from xltool.values.phrases import WHOLE, Phrase, one_width, phrase, phrases, untitled


def matches(row: Phrase, text: str) -> bool:
    found = row.pattern.fullmatch if row.role in WHOLE else row.pattern.search
    return found(one_width(text)) is not None


@pytest.mark.parametrize("row", phrases(), ids=lambda row: f"{row.role}-{row.example}")
def test_a_pattern_finds_its_example_and_not_its_counterexample(row: Phrase) -> None:
    assert matches(row, row.example)
    assert not matches(row, row.counterexample)


def test_a_whole_text_is_one_without_its_full_stop_and_a_part_of_it_is_none() -> None:
    assert phrase("nothing", "详见附件。")
    assert phrase("nothing", " / ")
    assert phrase("nothing", "无重大安全事故") is None
    assert phrase("blank", "全年完成XX次检查")


def test_years_of_documents_are_nobodys_plan() -> None:
    assert untitled("按《2023年计划》和沪府发〔2021〕5号执行") == "按和沪府发5号执行"
