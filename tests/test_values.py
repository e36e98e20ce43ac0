"""The grammar of target values: a table of cells as people fill them, and what must hold for every text."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from xltool import measures, values
from xltool.model.value import Doubt, Kind, Note, Operator, PrintProfile, State, TargetValue

CASES = Path(__file__).parent / "cases" / "values.csv"
SEEDS = Path(__file__).parents[1].parent / "shared" / "seeds"
POSITIONAL = {Note.MEASURE_IN_VALUE, Note.OPERATOR_IN_VALUE, Note.OPERATOR_IMPLIED}
FROM_PARTS = (Kind.NUMBER, Kind.RANGE, Kind.DISTRIBUTIVE, Kind.TOLERANCE, Kind.DURATION, Kind.FREQUENCY)
BRACKETED = PrintProfile()
PLAIN = PrintProfile(pattern="{operator}{number}{measure}")
MINHANG = PrintProfile(decimals=2)
YUZHONG = PrintProfile(pattern="{number}{measure}")


def unescaped(text: str) -> str:
    return re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(row: dict[str, str]) -> TargetValue:
    return values.parse(
        unescaped(row["value"]),
        unescaped(row["operator_cell"]),
        unescaped(row["measure_cell"]),
        number_format=row["number_format"] or "General",
        numeric=bool(row["numeric"]),
        money=row["money"],
    )


def written(number: Decimal | None) -> str:
    return "" if number is None else f"{number:f}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['operator_cell']}|{row['value']}|{row['measure_cell']}")
def test_cells_are_read_as_the_table_says(row: dict[str, str]) -> None:
    value = read(row)
    found = {
        "operator": value.operator.value if value.operator else "",
        "number": written(value.number),
        "upper": written(value.upper),
        "measure": value.measure or "",
        "kind": value.kind.value,
        "state": "" if value.state is State.GIVEN else value.state.value,
        "every": value.every or "",
        "base": value.base or "",
        "notes": " ".join(note for note in value.notes if note not in POSITIONAL),
        "doubts": " ".join(value.doubts),
    }
    assert found == {name: row[name] for name in found}
    assert value.text == unescaped(row["value"])


def test_the_table_holds_every_kind_and_every_doubt() -> None:
    table = rows()
    assert {row["kind"] for row in table} == {kind.value for kind in Kind}
    assert {doubt for row in table for doubt in row["doubts"].split()} == {doubt.value for doubt in Doubt}
    assert len({tuple(row.values())[:6] for row in table}) == len(table) >= 170


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("2小时内", "内"),
        ("3日内办结", "内办结"),
        ("12月底到位", "底到位"),
        ("约200人", "约"),
        ("10余次", "余"),
        ("100%(历史标准)", "历史标准"),
        ("100%（含）", "含"),
        ("每日130份", "每日"),
        ("服务效率较2023年提升", "服务效率提升"),
        ("较上年增长5%", "增长"),
        ("不超预算", "不超预算"),
        ("及时", "及时"),
        ("48家", None),
        ("无", None),
        ("沪财绩【2022】13号文", None),
    ],
)
def test_words_a_bare_figure_would_lose_are_kept(text: str, wording: str | None) -> None:
    assert values.parse(text).wording == wording


@pytest.mark.parametrize(
    ("text", "inclusive", "operator"),
    [
        ("95%以上", True, Operator.AT_LEAST),
        ("95%以上", False, Operator.MORE),
        ("95%及以上", False, Operator.AT_LEAST),
        ("95%以下", True, Operator.AT_MOST),
        ("95%以下", False, Operator.LESS),
        ("95%(含)以上", False, Operator.AT_LEAST),
        ("95%以上(不含)", True, Operator.MORE),
    ],
)
def test_whether_the_figure_itself_counts_is_a_setting(text: str, inclusive: bool, operator: Operator) -> None:
    assert values.parse(text, inclusive=inclusive).operator is operator


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("48", "48"),
        ("48.50", "48.5"),
        ("1E+2", "100"),
        ("1.5E-3", "0.0015"),
        ("0.30000000000000004", "0.3"),
        ("0.0900000762939453", "0.0900000762939453"),
        ("123456789012345678", "123456789012346000"),
        ("-0", "0"),
        ("-0.300000152587891", "-0.300000152587891"),
    ],
)
def test_a_stored_number_is_its_double_at_fifteen_digits_written_plainly(text: str, shown: str) -> None:
    assert str(values.decimal_from_double(text)) == shown


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1E+999999999", "１２", "1,000"])
def test_what_no_spreadsheet_stores_as_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        values.decimal_from_double(text)


@pytest.mark.parametrize(
    ("text", "number", "notes"),
    [
        ("476,373,173.65", "476373173.65", {Note.THOUSANDS}),
        ("0.00", "0.00", set()),
        ("120.2", "120.2", set()),
        ("100", "100", set()),
        ("１００．５０", "100.50", {Note.WIDTH}),
        ("1，000", "1000", {Note.WIDTH, Note.THOUSANDS}),
        (" 52920036.15\u00a0", "52920036.15", {Note.SPACE}),
        ("24\u200b", "24", {Note.SPACE}),
        ("-5", "-5", set()),
        ("＋5", "5", {Note.WIDTH}),
        ("\u22125", "-5", {Note.WIDTH}),
        ("8□", "8", {Note.LOST_CHARACTER}),
    ],
)
def test_a_number_typed_as_text_into_a_money_cell_is_read_with_notes(text: str, number: str, notes: set[Note]) -> None:
    found, noted, doubts = values.decimal_of(text)
    assert (str(found), set(noted), doubts) == (number, notes | {Note.TEXT_NUMBER}, ())


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("", ()),
        ("\u3000", ()),
        ("无", ()),
        ("约200", ()),
        ("250万", ()),
        ("100元", ()),
        ("≥100", ()),
        ("三", ()),
        ("12,34", ()),
        ("1.2.3", ()),
        ("1e5", ()),
        ("=1+1", ()),
        ("NaN", ()),
        ("١٢", ()),
        ("½", ()),
        ("10²", (Doubt.SUPERSCRIPT,)),
        ("10 20", (Doubt.AMBIGUOUS,)),
        ("9" * 100, ()),
    ],
)
def test_anything_but_one_number_is_no_number(text: str, doubts: tuple[Doubt, ...]) -> None:
    found, notes, doubted = values.decimal_of(text)
    assert (found, doubted) == (None, doubts)
    assert Note.TEXT_NUMBER not in notes


def test_a_leading_zero_is_read_and_doubted() -> None:
    assert values.decimal_of("007") == (Decimal(7), (Note.TEXT_NUMBER,), (Doubt.AMBIGUOUS,))


@pytest.mark.parametrize(
    ("text", "profile", "printed"),
    [
        ("=48(家)", MINHANG, "=48.00(家)"),
        ("=100(%)", MINHANG, "=100.00(%)"),
        ("≥85.125%", MINHANG, "≥85.125(%)"),
        ("≥85.100%", MINHANG, "≥85.10(%)"),
        ("=48", MINHANG, "=48.00"),
        ("=48.00(家)", PrintProfile(decimals=0), "=48(家)"),
        ("1-2次", MINHANG, "1.00-2.00(次)"),
        ("各2个", PLAIN, "各2个"),
        ("≥50个", YUZHONG, "50个"),
        ("≥50个", PrintProfile("{operator}{number}{measure}", bare_operators=("≥",)), "50个"),
        ("=48家", PrintProfile("{operator}{number}（{measure}）"), "=48（家）"),
        ("=48", PrintProfile("{operator}{number}（{measure}）"), "=48"),
        ("每月15号前", MINHANG, "每月15号前"),
        ("每日130份", MINHANG, "每日130份"),
        ("提升□", MINHANG, "提升"),
        ("<p>及时</p>", MINHANG, "及时"),
        ("无", MINHANG, "无"),
        ("", MINHANG, ""),
    ],
)
def test_a_form_prints_figures_by_its_profile_and_words_as_written(
    text: str, profile: PrintProfile, printed: str
) -> None:
    assert values.format(values.parse(text), profile) == printed


@pytest.mark.parametrize(
    ("operator", "value", "measure", "printed"),
    [
        ("=", "48", "家", "=48.00(家)"),
        ("定性", "48", "家", "48.00(家)"),
        ("=", "每日130", "份", "每日130份"),
        ("≥", "约200", "人", "≥约200人"),
        ("=", "零事故", "", "零事故"),
        ("定性", "每月15号前", "", "每月15号前"),
        ("≤", "2", "小时", "≤2.00(小时)"),
        ("不适用", "", "", "不适用"),
        ("≥", "", "%", ""),
    ],
)
def test_three_cells_print_as_one(operator: str, value: str, measure: str, printed: str) -> None:
    assert values.format(values.parse(value, operator, measure), MINHANG) == printed


def seed_a_targets() -> list[str]:
    lines = (SEEDS / "minhang-2024.txt").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("产出指标"))
    return [line.split("\t")[-1] for line in lines[start:] if line.strip()]


def seed_b_targets() -> list[str]:
    lines = [line.strip() for line in (SEEDS / "yuzhong-2020.txt").read_text(encoding="utf-8").splitlines()]
    return [lines[i + 1] for i, line in enumerate(lines) if line in {"=", "≥"}]


@pytest.mark.skipif(not SEEDS.exists(), reason="the published forms are not beside this checkout")
def test_published_targets_print_letter_for_letter() -> None:
    published = seed_a_targets()
    assert len(published) == 42
    expected = [text.rstrip("□").replace("=100(%)", "=100.00(%)") for text in published]
    assert [values.format(values.parse(text), MINHANG) for text in published] == expected
    assert not [text for text in published if values.parse(text).kind is Kind.UNPARSED]


@pytest.mark.skipif(not SEEDS.exists(), reason="the published forms are not beside this checkout")
def test_published_targets_with_an_operator_column_print_letter_for_letter() -> None:
    published = seed_b_targets()
    assert len(published) == 11
    assert [values.format(values.parse(text, "="), YUZHONG) for text in published] == published


numbers = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(-(10**12), 10**12), st.integers(0, 4)
)
counts = st.builds(lambda digits, places: Decimal(digits).scaleb(-places), st.integers(0, 10**9), st.integers(0, 3))
plain_measures = st.sampled_from([symbol for symbol in measures.symbols() if symbol not in {"月", "号"}])
per_unit = st.sampled_from(["元/人", "万元/人", "元/人·月", "元/亩", "份/日", "次/年", "万元/年"])
operators = st.sampled_from([None, *list(Operator)[:5]])


@st.composite
def figures(draw: st.DrawFn) -> TargetValue:
    """Values made from parts, as a program that reads no text would make them."""
    kind = draw(st.sampled_from([Kind.NUMBER, Kind.RANGE, Kind.DISTRIBUTIVE, Kind.TOLERANCE]))
    measure = draw(st.none() | plain_measures | per_unit)
    operator = draw(operators)
    number, upper = draw(numbers if kind is Kind.NUMBER else counts), None
    if kind is Kind.RANGE:
        upper = number + draw(counts) + 1
        operator = draw(st.sampled_from([None, Operator.EQUAL]))
        assume(measure or not (1900 <= number < 2100 and upper < 2100))  # 2020-2023 alone are years
        assume(not re.search(r"\.0?\d$", f"{number:f}") or measure)  # 2020.1-12 is a period
    return TargetValue("", State.GIVEN, kind, operator, number, upper, measure)


def parts(value: TargetValue) -> tuple[object, ...]:
    return (value.operator, written(value.number), written(value.upper), value.measure)


@given(figures())
def test_parse_is_the_inverse_of_format_on_values_made_from_parts(value: TargetValue) -> None:
    again = values.parse(values.format(value))
    assert parts(again) == parts(value)
    measured = measures.find(value.measure) if value.measure else None
    if value.kind in (Kind.NUMBER, Kind.RANGE) and measured and measures.family(measured) == "duration":
        assert again.kind is Kind.DURATION
    elif value.kind in (Kind.NUMBER, Kind.RANGE) and value.measure in {"份/日", "次/年"}:
        assert again.kind is Kind.FREQUENCY
    else:
        assert again.kind is value.kind
    assert values.parse(values.format(again)) == again
    assert again == replace(again, doubts=())


alphabet = (
    "0123456789.,-~%≥≤=><＝（）()家人次元万亿年月日号前内底末季度每各约±较比上"
    "提升增长小时工作个百分点之以不低于超过及时无三十余X*□ /·"
)
target_texts = st.one_of(
    st.text(alphabet=alphabet, max_size=12),
    st.text(max_size=20),
    st.sampled_from([unescaped(row["value"]) for row in rows()]),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "=", "≥", "不低于", "约", "各", "每年", "较上年增长"]),
        st.decimals(0, 10**6, places=2).map(str) | st.integers(0, 10**6).map(str),
        st.sampled_from(["", "%", "(%)", "家", "(家)", "小时", "小时内", "个百分点", "万元", "余次", "次/年", "以上"]),
    ),
)
cells = st.text(max_size=12) | st.sampled_from(["", "=", "≥", "定性", "不适用", "%", "家", "份/日", "小时", "万元"])


def is_clean(value: TargetValue) -> bool:
    return not value.doubts and set(value.notes) <= POSITIONAL


@given(target_texts)
@example("=48.00(家)")
@example("100%")
@example("3本")
@example("各2个")
@example("≥50个")
@example("每月15号前")
def test_format_is_the_inverse_of_parse_on_clean_texts(text: str) -> None:
    value = values.parse(text)
    assume(is_clean(value))
    assert text in {values.format(value, BRACKETED), values.format(value, PLAIN)}


@pytest.mark.parametrize(
    "text", ["=48.00(家)", "≥66575.00(人次)", "100%", "3本", "各2个", "≥50个", "1-2次", "11.5万元"]
)
def test_what_official_forms_publish_is_clean(text: str) -> None:
    assert is_clean(values.parse(text))


@given(target_texts)
def test_what_has_been_printed_once_is_canonical(text: str) -> None:
    printed = values.format(values.parse(text))
    value = values.parse(printed)
    assert values.parse(values.format(value)) == value


@given(
    target_texts,
    cells,
    cells,
    st.text(max_size=12) | st.sampled_from(["General", "@", "0.00%", "yyyy/m/d", '0"家"', "#,##0,"]),
    st.booleans(),
    st.sampled_from(["", "元", "万元"]),
)
def test_no_cells_raise_and_every_number_is_a_finite_decimal(
    value: str, operator: str, measure: str, number_format: str, numeric: bool, money: str
) -> None:
    found = values.parse(value, operator, measure, number_format=number_format, numeric=numeric, money=money)
    assert found.text == value
    for number in (found.number, found.upper):
        assert number is None or (type(number) is Decimal and number.is_finite())
    assert (found.kind is Kind.UNPARSED) <= (found.number is None)
    for profile in (BRACKETED, MINHANG, YUZHONG):
        assert isinstance(values.format(found, profile), str)


@given(st.text(), st.text(alphabet="0123456789.,- ０１²", max_size=20))
def test_no_text_makes_the_number_reader_raise(text: str, digits: str) -> None:
    for candidate in (text, digits, text + digits):
        number, _, _ = values.decimal_of(candidate)
        assert number is None or (type(number) is Decimal and number.is_finite())


@given(numbers)
def test_decimals_stay_as_written(number: Decimal) -> None:
    text = f"{number:f}"
    assert str(values.parse(text).number) == text
    assert str(values.decimal_of(text)[0]) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_stored_double_is_within_half_a_unit_of_its_fifteenth_digit(stored: float) -> None:
    number, written_out = values.decimal_from_double(repr(stored)), Decimal(repr(stored))
    assert len(number.normalize().as_tuple().digits) <= 15
    assert abs(number - written_out) <= Decimal(5).scaleb(written_out.adjusted() - 15)


@pytest.mark.parametrize(
    "text", ["家" * 40_000, "“" * 40_000, "<p>" * 40_000, "9" * 40_000, "&amp;" * 20_000, "一" * 60]
)
def test_a_hostile_text_stays_text(text: str) -> None:
    assert values.parse(text, "=", text).number is None
