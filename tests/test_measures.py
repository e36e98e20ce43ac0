"""Measures: what a spelling names, which figures may be added, and exact conversion."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xltool import measures
from xltool.data import codelist, data_root


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("家", "家"), ("(家)", "家"), ("（％）", "%"), ("百分比", "%"),
        ("pp", "个百分点"), ("百分点", "个百分点"), ("人/次", "人次"), ("人·次", "人次"),
        ("人次数", "人次"), ("户家庭", "户"), ("台套", "套"), ("台/套", "套"),
        ("台(套)", "台"), ("次数", "次"), ("h", "小时"), ("个小时", "小时"),
        ("个工作日", "工作日"), ("M", "米"), ("km", "公里"), ("㎡", "平方米"),
        ("m²", "平方米"), ("m2", "平方米"), ("平米", "平方米"), ("m³", "立方米"),
        ("kg", "千克"), ("t", "吨"), ("元/人", "元/人"), ("万元/人", "万元/人"),
        ("元/亩", "元/亩"), ("元/台", "元/台"), ("元/人·月", "元/人·月"), ("元/人•月", "元/人·月"),
        ("份/日", "份/日"), ("份/天", "份/日"), ("万元/年", "万元/年"), ("次/季", "次/季度"),
        ("万人次", "万人次"), ("元/㎡", "元/平方米"), ("元/月·人", "元/人·月"), ("元/人/月", "元/人·月"),
    ],
)  # fmt: skip
def test_a_measure_is_found_under_each_of_its_spellings(spelling: str, symbol: str) -> None:
    found = measures.find(spelling)
    assert found is not None
    assert found.symbol == symbol


@pytest.mark.parametrize(
    "spelling", ["", " ", "未知", "台/件", "/", "元/", "/人", "元/未知", "()", "万%", "44,561", "家" * 99]
)
def test_what_nobody_listed_is_no_measure(spelling: str) -> None:
    assert measures.find(spelling) is None


def test_every_listed_symbol_is_found_as_itself_and_has_a_listed_base() -> None:
    listed = [measures.find(symbol) for symbol in measures.symbols()]
    assert [measure.symbol for measure in listed if measure] == list(measures.symbols())
    bases = [measures.find(measure.base) for measure in listed if measure]
    assert all(base and base.factor == 1 and base.base == base.symbol for base in bases)
    assert [base.dimension for base in bases if base] == [measure.dimension for measure in listed if measure]


@pytest.mark.parametrize(
    ("number", "from_", "to", "expected"),
    [
        ("28.8", "万元", "元", "288000"),
        ("476373173.65", "元", "万元", "47637.317365"),
        ("1", "元", "亿元", "0.00000001"),
        ("1.2", "亿元", "万元", "12000"),
        ("3.5", "万人次", "人次", "35000"),
        ("2", "公顷", "亩", "30"),
        ("3", "亩", "平方米", "2000"),
        ("2", "天", "小时", "48"),
        ("1.5", "万元/人", "元/人", "15000"),
        ("5", "名", "人", "5"),
        ("100.00", "家", "家", "100.00"),
    ],
)
def test_conversion_is_exact(number: str, from_: str, to: str, expected: str) -> None:
    assert measures.convert(Decimal(number), from_, to) == Decimal(expected)


@pytest.mark.parametrize(
    ("from_", "to"),
    [("元", "%"), ("人", "人次"), ("家", "个"), ("元/人", "元/户"), ("元/人", "元"), ("工作日", "日"), ("天", "个月")],
)
def test_different_dimensions_do_not_convert(from_: str, to: str) -> None:
    with pytest.raises(ValueError, match="different things"):
        measures.convert(Decimal(1), from_, to)


def test_an_unknown_measure_does_not_convert() -> None:
    with pytest.raises(ValueError, match="unknown measure"):
        measures.convert(Decimal(1), "未知", "元")


def test_a_result_that_is_no_finite_decimal_is_refused_and_not_rounded() -> None:
    with pytest.raises(ValueError, match="not a finite decimal"):
        measures.convert(Decimal(1), "亩", "平方米")


@pytest.mark.parametrize(
    ("spelling", "adds", "family"),
    [
        ("家", True, "organisations"), ("人", True, "persons"), ("人次", True, "services"), ("户", True, "households"),
        ("万元", True, "money"), ("件", True, "count"), ("%", False, "ratio"), ("小时", False, "duration"),
        ("工作日", False, "duration"),
        ("元/人", False, "per-unit"), ("份/日", False, "per-unit"), ("分", False, "score"),
        ("万人次", True, "services"),
    ],
)  # fmt: skip
def test_a_measure_says_whether_it_adds_and_of_what_family_it_is(spelling: str, adds: bool, family: str) -> None:
    found = measures.find(spelling)
    assert found is not None
    assert (found.adds, measures.family(found)) == (adds, family)


def test_only_spellings_that_need_a_fitting_context_are_doubtful() -> None:
    assert [spelling for spelling in ("M", "万", "m", "万元", "家") if measures.doubtful(spelling)] == ["M", "万"]


@given(st.integers(-(10**15), 10**15), st.integers(0, 6), st.sampled_from(["元", "千元", "万元", "百万元", "亿元"]))
def test_money_converted_there_and_back_is_the_same(digits: int, places: int, symbol: str) -> None:
    number = Decimal(digits).scaleb(-places)
    assert measures.convert(measures.convert(number, "万元", symbol), symbol, "万元") == number


@given(st.text(max_size=30))
def test_no_text_makes_the_look_up_raise(text: str) -> None:
    found = measures.find(text)
    assert found is None or found.symbol


@pytest.mark.parametrize("name", ["measures", "operators", "wording"])
def test_code_lists_are_found_from_anywhere(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert (data_root() / "codelists" / f"{name}.csv").is_file()
    assert len(codelist(name).splitlines()) > 10
