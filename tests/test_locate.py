"""Finding each answer's cell, whatever became of the sheet; what cannot be told is a finding and never a value."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.tiny import FILLED, FORM, IDENTITY, LAYOUT, ROWS, Book, at, codes, filled, read, values_of
from xltool.addresses import a1
from xltool.collect.account import account
from xltool.collect.locate import locate
from xltool.collect.names import reference
from xltool.collect.plan_index import index_of, plain
from xltool.findings import Code, message
from xltool.model.finding import Severity
from xltool.model.layout import FormLayout
from xltool.model.value import State
from xltool.model.workbook import CellRange, RawSheet, RawWorkbook

INTACT = values_of(read(filled())[0])
KEY_COLUMN = LAYOUT.key_column


def _without_keys(book: Book) -> Book:
    book.delete_col(KEY_COLUMN)
    return book


def _without_names(book: Book) -> Book:
    book.names = {}
    return book


def _renamed(book: Book) -> Book:
    book.sheet, book.names = "我的表", {}
    return book


def _inserted(row: int = 0, col: int = 0, count: int = 1) -> Callable[[Book], Book]:
    def change(book: Book) -> Book:
        book.insert(row=row, col=col, count=count)
        return book

    return change


def _both(*changes: Callable[[Book], Book]) -> Callable[[Book], Book]:
    def change(book: Book) -> Book:
        for item in changes:
            book = item(book)
        return book

    return change


def test_a_filled_form_reads_back_what_was_typed() -> None:
    submission, located = read(filled())
    assert located.findings == ()
    assert values_of(submission)["budget.total"] == FILLED["budget.total"]
    assert values_of(submission)["output.quantity#02.current"] == ("≥", 1000, "人次")
    assert len(INTACT) == 12 + 2 * 3


HARMLESS = {
    "row inserted at the top": _inserted(row=1),
    "two rows inserted among the tasks": _inserted(row=ROWS["tasks#02"], count=2),
    "row inserted below the budget's heading": _inserted(row=ROWS["budget.total"]),
    "row inserted inside a tall answer": _inserted(row=ROWS["basic:2"] + 1),
    "row inserted in a level": _inserted(row=ROWS["output.quantity#02"]),
    "column inserted at the left": _inserted(col=1),
    "column inserted in the middle": _inserted(col=4),
    "column inserted right of the form": _inserted(col=7),
    "names lost": _without_names,
    "sheet renamed and names lost (copied to a new book)": _renamed,
    "key column deleted": _without_keys,
    "key column deleted and a row inserted": _both(_without_keys, _inserted(row=ROWS["tasks#03"])),
    "key column deleted and a column inserted": _both(_without_keys, _inserted(col=3)),
    "keys and names lost": _both(_without_keys, _without_names),
    "keys and names lost and a row inserted at the top": _both(_without_keys, _without_names, _inserted(row=1)),
    "keys and names lost and a column inserted": _both(_without_keys, _without_names, _inserted(col=4)),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_people_and_programs_do_to_rows_columns_names_and_keys_loses_no_value(
    change: Callable[[Book], Book],
) -> None:
    submission, _ = read(change(filled()))
    assert values_of(submission) == INTACT


@pytest.mark.parametrize("row", sorted(ROWS.values()))
@pytest.mark.parametrize("before", [(), (_without_keys,), (_without_names,), (_without_keys, _without_names)])
def test_an_inserted_row_anywhere_never_shifts_a_value(row: int, before: tuple[Callable[[Book], Book], ...]) -> None:
    submission, located = read(_both(*before, _inserted(row=row))(filled()))
    found = values_of(submission)
    wrong = {key: value for key, value in found.items() if INTACT.get(key) != value}
    assert not wrong
    missing = INTACT.keys() - found.keys()
    assert not missing or any(item.severity is not Severity.INFO for item in located.findings)


@pytest.mark.parametrize("row", sorted(ROWS.values()))
@pytest.mark.parametrize("before", [(), (_without_keys,), (_without_names,), (_without_keys, _without_names)])
def test_a_deleted_row_anywhere_never_shifts_a_value(row: int, before: tuple[Callable[[Book], Book], ...]) -> None:
    book = filled()
    lost = {INTACT_KEY for INTACT_KEY in INTACT if _planned_row(INTACT_KEY) == row}
    for change in before:
        book = change(book)
    book.delete_row(row)
    submission, located = read(book)
    found = values_of(submission)
    by_section = _unordered(found, lost)
    assert by_section <= _unordered(INTACT, lost)
    if INTACT.keys() - lost - found.keys() or lost:
        assert any(item.severity is not Severity.INFO for item in located.findings)


def _planned_row(key: str) -> int:
    return at(key if not key.endswith(".current") else f"{key}.value")[0]


def _unordered(values: dict[str, object], lost: set[str]) -> set[tuple[str, str]]:
    """Values by what they answer; without keys the rows of one section may be counted anew."""
    return {(_kind(key), str(value)) for key, value in values.items() if key not in lost or values is not INTACT}


def _kind(key: str) -> str:
    section, mark, rest = key.partition("#")
    return f"{section}{mark}{rest.partition('.')[2]}"


def test_a_deleted_fixed_row_is_reported_by_its_label() -> None:
    book = filled()
    book.delete_row(ROWS["budget.fiscal"])
    submission, located = read(book)
    found = [item for item in located.findings if item.code == Code.TPL_ROW_MISSING]
    assert [dict(item.args)["label"] for item in found] == ["财政拨款"]
    answer = next(item for item in submission.fields if item.key == "budget.fiscal")
    assert answer.state is State.UNREADABLE


def test_a_deleted_repeating_row_is_reported_by_its_key() -> None:
    book = filled()
    book.delete_row(ROWS["output.quantity#02"])
    _, located = read(book)
    found = [item for item in located.findings if item.code == Code.TPL_ROWS_MISSING]
    assert [dict(item.args)["keys"] for item in found] == ["output.quantity#02"]


def test_a_name_and_a_key_that_disagree_give_no_value() -> None:
    book = filled()
    row, col = at("budget.other")
    book.names["F_budget.fiscal"] = CellRange(row, col, row, col)
    submission, located = read(book)
    assert codes(located.findings) == [Code.TPL_DISAGREE]
    assert "budget.fiscal" not in values_of(submission)
    assert values_of(submission)["budget.other"] == FILLED["budget.other"]


def _exchange(book: Book, first: int, second: int) -> None:
    """Two rows without their keys, as sorting what is seen does."""
    for col in range(1, 7):
        upper, lower = book.cells.pop((first, col), None), book.cells.pop((second, col), None)
        if upper:
            book.cells[second, col] = upper._replace(row=second)
        if lower:
            book.cells[first, col] = lower._replace(row=first)


def test_lines_sorted_without_their_keys_are_not_read_under_the_wrong_label() -> None:
    book = filled()
    _exchange(book, ROWS["budget.fiscal"], ROWS["budget.other"])
    submission, located = read(book)
    assert codes(located.findings).count(Code.TPL_LABEL_MOVED) == 2
    assert not {"budget.fiscal", "budget.other"} & values_of(submission).keys()


@pytest.mark.parametrize("text", ["其他款项", None])
def test_among_lines_that_were_sorted_a_label_nobody_knows_or_none_takes_no_answer(text: str | None) -> None:
    book = filled()
    _exchange(book, ROWS["budget.total"], ROWS["budget.fiscal"])
    row, col = ROWS["budget.other"], 1
    book.put((row, col), text)
    submission, located = read(book)
    assert codes(located.findings).count(Code.TPL_LABEL_MOVED) == 3
    assert not {"budget.total", "budget.fiscal", "budget.other"} & values_of(submission).keys()


def test_a_label_nobody_knows_where_no_line_moved_keeps_its_answer() -> None:
    book = filled()
    book.put((ROWS["budget.other"], 1), "其他款项")
    assert values_of(read(book)[0]) == INTACT


def test_columns_whose_headings_came_to_stand_over_each_other_are_each_one_finding() -> None:
    book = filled()
    heading = at("output.quantity#01.name")[1]
    value = at("output.quantity#01.current.value")[1]
    top = ROWS["indicators:heading+1"]
    book.put((top, heading), book.cells[top, value].text)
    book.put((top, value), "自定")
    submission, located = read(book)
    lost = [item.position.field for item in located.findings if item.code == Code.TPL_COLUMN_LOST]
    assert sorted(lost) == ["indicators.current.value", "indicators.name"]
    assert Code.TPL_COLLISION not in codes(located.findings)
    assert {(item.name, item.targets[0].value.number) for item in submission.indicators} == {("", None)}


def test_columns_swapped_with_their_headings_are_read_under_their_headings() -> None:
    book = filled()
    value, measure = at("output.quantity#01.current.value")[1], at("output.quantity#01.current.measure")[1]
    top = ROWS["indicators:heading"] + 1
    for row in range(top, max(ROWS.values()) + 1):
        left, right = book.cells.pop((row, value), None), book.cells.pop((row, measure), None)
        if left:
            book.cells[row, measure] = left._replace(col=measure)
        if right:
            book.cells[row, value] = right._replace(col=value)
    assert values_of(read(book)[0]) == INTACT


def test_an_indicator_moved_into_another_level_is_a_finding() -> None:
    book = filled()
    book.move_row(ROWS["output.quantity#02"], ROWS["output.quality#02"])
    _, located = read(book)
    assert Code.TPL_ROW_MOVED in codes(located.findings)


def test_rows_that_change_places_inside_their_level_are_no_finding() -> None:
    book = filled({"output.quantity#03.name": "第三项"})
    book.move_row(ROWS["output.quantity#03"], ROWS["output.quantity#02"])
    submission, located = read(book)
    assert located.findings == ()
    assert values_of(submission).items() >= INTACT.items()


def test_a_row_moved_above_the_name_of_its_level_is_a_finding() -> None:
    """What one sees is a row of the level above."""
    book = filled()
    book.move_row(ROWS["output.quantity#02"], ROWS["output.quantity#01"])
    submission, located = read(book)
    assert codes(located.findings) == [Code.TPL_ROW_MOVED]
    assert values_of(submission) == INTACT


def test_names_of_levels_that_changed_places_are_a_finding_on_each_filled_row() -> None:
    book = filled()
    first, second = (ROWS["output.quantity#01"], 2), (ROWS["output.quality#01"], 2)
    book.put(first, "质量指标")
    book.put(second, "数量指标")
    _, located = read(book)
    assert [item.position.field for item in located.findings if item.code == Code.TPL_ROW_MOVED] == [
        "output.quantity#01", "output.quantity#02", "output.quality#01",
    ]  # fmt: skip


def test_a_row_deleted_and_replaced_by_a_blank_one_is_reported_by_its_key() -> None:
    """Its key cell had been cleared, so that the blank row fits exactly where it was."""
    for without_checks in (False, True):
        book = filled()
        row = ROWS["tasks#02"]
        if without_checks:
            book.cells = {place: cell._replace(formula=None) for place, cell in book.cells.items()}
        del book.cells[row, KEY_COLUMN]
        book.delete_row(row)
        book.insert(row=row)
        submission, located = read(book)
        assert [dict(item.args)["keys"] for item in located.findings] == ["tasks#02"]
        assert values_of(submission).keys() == INTACT.keys() - {"tasks#02.title", "tasks#02.content"}


def test_a_row_whose_key_was_cleared_is_read_for_its_check_stands_beside_it() -> None:
    book = filled()
    del book.cells[ROWS["tasks#02"], KEY_COLUMN]
    submission, located = read(book)
    assert located.findings == ()
    assert values_of(submission) == INTACT


def test_a_filled_row_that_nothing_but_its_place_speaks_for_is_named() -> None:
    book = filled()
    row = ROWS["tasks#02"]
    book.cells = {place: cell._replace(formula=None) for place, cell in book.cells.items()}
    del book.cells[row, KEY_COLUMN]
    submission, located = read(book)
    named = [(item.code, item.position.cell) for item in located.findings]
    assert named == [(Code.TPL_READ_BY_ADDRESS, f"{row}:{row}")]
    assert values_of(submission) == INTACT


def test_a_row_of_another_part_put_among_rows_without_keys_is_not_read_as_one_of_them() -> None:
    book = _without_keys(filled())
    book.move_row(ROWS["output.quantity#02"], ROWS["tasks#02"])
    submission, located = read(book)
    assert "服务人次" not in {str(value) for value in values_of(submission).values()}
    assert (Code.TPL_INSERTED_ROW, f"{ROWS['tasks#02']}") in [
        (item.code, dict(item.args).get("row")) for item in account(book.raw(), located, LAYOUT, IDENTITY)
    ]


def test_a_row_whose_check_speaks_of_other_answers_is_not_read_without_its_key() -> None:
    """Nothing else tells a moved indicator from a task where their columns are the same."""
    book = _without_keys(filled())
    row, other = ROWS["tasks#02"], ROWS["output.quantity#02"]
    book.cells[row, LAYOUT.check_column] = book.cells[other, LAYOUT.check_column]._replace(row=row)
    submission, located = read(book)
    assert "任务二" not in values_of(submission).values()
    found = account(book.raw(), located, LAYOUT, IDENTITY)
    assert [item.position.cell.split(":")[0][0] for item in found if item.code == Code.TPL_INSERTED_ROW] == ["A"]


def test_a_filled_row_without_key_and_check_is_read_where_the_rows_number_as_issued() -> None:
    book = _without_keys(filled())
    row = ROWS["tasks#02"]
    book.cells[row, LAYOUT.check_column] = book.cells[row, LAYOUT.check_column]._replace(formula=None, text="没问题")
    assert values_of(read(book)[0]) == INTACT


def test_every_cell_of_an_inserted_row_is_named_also_beside_the_form() -> None:
    book = filled()
    row = ROWS["output.quantity#02"]
    book.insert(row=row)
    book.put((row, 3), "自己加的指标")
    book.put((row, KEY_COLUMN + 2), "旁注")
    cells = _accounted(book)[1]
    assert {a1(row, 3), a1(row, KEY_COLUMN + 2)} == {cell for item in cells for cell in item.split(",")}


def test_an_answer_below_a_label_that_was_moved_away_is_not_read() -> None:
    book = filled()
    book.move_row(ROWS["scale:1:heading"], ROWS["tasks:caption"])
    submission, located = read(book)
    assert codes(located.findings).count(Code.TPL_LABEL_MOVED) == 2
    assert not {"assets", "persons"} & values_of(submission).keys()


def test_a_blank_column_put_where_a_deleted_one_was_loses_no_answer_unsaid() -> None:
    book = filled()
    book.delete_col(3)
    book.insert(col=3)
    submission, located = read(book)
    lost = {item.position.field for item in located.findings if item.code == Code.TPL_COLUMN_LOST}
    assert {"tasks.content", "indicators.name"} <= lost
    assert "tasks#01.title" in values_of(submission)


def test_operators_and_measures_beside_a_lost_column_of_values_are_named_with_it() -> None:
    book = filled()
    book.delete_col(at("output.quantity#01.current.value")[1])
    _, located = read(book)
    (item,) = (item for item in located.findings if item.position.field == "indicators.current.value")
    first, last = ROWS["output.quantity#01"], ROWS["output.quality#03"]
    assert item.position.cell == f"D{first}:D{last},E{first}:E{last}"


def test_an_answer_whose_cell_was_deleted_and_is_empty_now_is_named() -> None:
    book = filled()
    row, col = at("leader")
    book.cells = {place: cell for place, cell in book.cells.items() if place != (row, col)}
    book.names["F_leader"] = None
    submission, located = read(book)
    assert [(item.code, item.position.cell) for item in located.findings] == [(Code.TPL_CELL_GONE, a1(row, col))]
    assert next(item for item in submission.fields if item.key == "leader").state is State.UNREADABLE


def test_another_grid_under_the_same_names_is_not_read_as_the_form() -> None:
    book = filled()
    book.cells = {place: cell._replace(text=f"别的{row}{col}", formula=None)
                  for place, cell in book.cells.items() for row, col in [place]}  # fmt: skip
    submission, located = read(book)
    assert codes(located.findings) == [Code.TPL_NO_FORM]
    assert submission.fields == ()


def test_a_copied_row_is_read_once_and_named() -> None:
    book = filled()
    row = ROWS["output.quantity#02"]
    book.insert(row=row + 1)
    for col in range(1, KEY_COLUMN + 1):
        if (row, col) in book.cells:
            book.cells[row + 1, col] = book.cells[row, col]._replace(row=row + 1)
    submission, located = read(book)
    assert codes(located.findings) == [Code.TPL_KEY_TWICE]
    assert values_of(submission) == INTACT


def test_cells_pushed_to_the_right_on_one_row_take_their_answer_along() -> None:
    book = filled()
    row = ROWS["basic:1"]
    moved = {col: book.cells.pop((row, col)) for col in range(6, 0, -1) if (row, col) in book.cells}
    for col, cell in moved.items():
        book.cells[row, col + 1] = cell._replace(col=col + 1)
    for key in ("F_unit_name", "F_leader"):
        where = book.names[key]
        assert where is not None
        book.names[key] = where._replace(first_col=where.first_col + 1, last_col=where.last_col + 1)
    assert values_of(read(book)[0]) == INTACT


def test_a_copy_of_the_sheet_with_other_content_is_an_error() -> None:
    book = filled()
    other = filled({"persons": 25}).raw().sheets[0]  # type: ignore[dict-item]
    book.extra = [RawSheet("申报表 (2)", "visible", other.cells)]
    submission, located = read(book)
    assert codes(located.findings) == [Code.TPL_TWO_FORMS]
    assert values_of(submission) == INTACT


def test_a_copy_with_its_keys_is_not_read_instead_of_the_form_that_lost_them() -> None:
    book = _without_keys(filled())
    copied = filled({"persons": Decimal(25)}).raw().sheets[0]
    book.extra = [RawSheet("备份", "visible", copied.cells)]
    submission, located = read(book)
    assert located.sheet is not None
    assert located.sheet.name == "申报表"
    assert Code.TPL_TWO_FORMS in codes(located.findings)
    assert values_of(submission)["persons"] == FILLED["persons"]


def test_of_two_forms_under_other_names_the_first_in_the_book_is_read() -> None:
    """Rows may have been cleared in it since; the backup that somebody made stands behind."""
    book = filled()
    book.sheet, book.names = "Sheet1", {}
    for col in range(1, KEY_COLUMN + 1):
        book.cells.pop((ROWS["tasks#01"], col), None)
    book.extra = [RawSheet("备份", "visible", filled().raw().sheets[0].cells)]
    submission, located = read(book)
    assert located.sheet is not None
    assert located.sheet.name == "Sheet1"
    assert "tasks#01.title" not in values_of(submission)


def test_a_retyped_copy_with_other_content_is_a_second_form() -> None:
    book = filled()
    other = _without_keys(filled({"persons": Decimal(25)})).raw().sheets[0]
    book.extra = [RawSheet("另一份", "visible", other.cells)]
    assert codes(read(book)[1].findings) == [Code.TPL_TWO_FORMS]


def test_what_stands_under_a_merged_cell_is_not_read_and_named() -> None:
    book = filled()
    row, col = at("output.quantity#01.current.value")
    sheet = book.raw().sheets[0]
    merged = replace(sheet, merges=(CellRange(row, col - 1, row, col),))
    workbook = replace(book.raw(), sheets=(merged,))
    located = locate(workbook, LAYOUT)
    assert [(item.code, item.position.cell) for item in located.findings] == [(Code.TPL_COVERED, a1(row, col))]
    assert "output.quantity#01.current.value" not in located.places
    assert account(workbook, located, LAYOUT, IDENTITY) == ()


def test_merges_of_any_size_and_number_cost_little() -> None:
    sheet = filled().raw().sheets[0]
    huge = tuple(CellRange(1, 1, 1_048_576, 16_384) for _ in range(20_000))
    located = locate(replace(filled().raw(), sheets=(replace(sheet, merges=huge),)), LAYOUT)
    assert set(codes(located.findings)) == {Code.TPL_COVERED}


def test_a_row_of_labels_that_was_deleted_is_named() -> None:
    book = filled()
    book.delete_row(ROWS["scale:1:heading"])
    assert Code.TPL_LABELS_GONE in _accounted(book)[0]


def test_an_untouched_copy_of_the_sheet_is_nothing_to_speak_of() -> None:
    book = filled()
    book.extra = [RawSheet("备份", "visible", filled().raw().sheets[0].cells)]
    assert read(book)[1].findings == ()
    assert _accounted(book) == ([], [])


def test_a_workbook_without_the_form_says_so() -> None:
    empty = RawWorkbook((RawSheet("Sheet1", "visible", {}),))
    located = locate(empty, LAYOUT)
    assert located.sheet is None
    assert codes(located.findings) == [Code.TPL_NO_FORM]


def test_a_gutted_form_never_passes_as_blank() -> None:
    book = filled()
    book.cells, book.names = {}, {}
    assert codes(read(book)[1].findings) == [Code.TPL_NO_FORM]


@pytest.mark.parametrize(
    ("refers_to", "expected"),
    [
        ("'申报表'!$B$4", ("申报表", CellRange(4, 2, 4, 2))),
        ("申报表!$B$4:$D$5", ("申报表", CellRange(4, 2, 5, 4))),
        ("$申报表!$B$4", ("申报表", CellRange(4, 2, 4, 2))),
        ("'甲''乙'!$B$4", ("甲'乙", CellRange(4, 2, 4, 2))),
        ("#REF!", None),
        ("'申报表'!#REF!", None),
        ('"XT1.token"', None),
    ],
)
def test_a_name_is_a_place_or_nothing(refers_to: str, expected: object) -> None:
    assert reference(refers_to) == expected


# --- accounting -------------------------------------------------------------------------------------------------------


def _accounted(book: Book, layout: FormLayout = LAYOUT) -> tuple[list[str], list[str]]:
    workbook = book.raw()
    found = account(workbook, locate(workbook, layout), layout, IDENTITY)
    return codes(found), [item.position.cell for item in found]


def test_a_form_filled_as_meant_has_nothing_left_over() -> None:
    assert _accounted(filled()) == ([], [])


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS.keys())
def test_what_moves_with_the_sheet_is_still_ours(change: Callable[[Book], Book]) -> None:
    assert _accounted(change(filled()))[0] == []


def test_content_beside_and_below_the_form_is_one_finding_with_its_cells() -> None:
    book = filled()
    last = max(ROWS.values())
    book.put((3, KEY_COLUMN + 2), "顺便说明")
    book.put((last + 4, 1), "制表人：甲")
    assert _accounted(book) == ([Code.TPL_UNASKED], [f"{a1(3, KEY_COLUMN + 2)},{a1(last + 4, 1)}"])


def test_of_many_cells_beside_the_form_none_is_left_out() -> None:
    book = filled()
    places = [(row, KEY_COLUMN + 2 + column) for row in range(1, 11) for column in range(4)]
    for row, column in places:
        book.put((row, column), f"{row}行{column}列旁边写的话")
    workbook = book.raw()
    (found,) = account(workbook, locate(workbook, LAYOUT), LAYOUT, IDENTITY)
    assert found.position.cell.split(",") == [a1(*place) for place in sorted(places)]
    assert dict(found.args)["texts"].splitlines() == [f"{row}行{column}列旁边写的话" for row, column in sorted(places)]


def test_content_in_an_inserted_row_is_an_error_that_names_the_row() -> None:
    book = filled()
    row = ROWS["output.quantity#02"]
    book.insert(row=row)
    book.put((row, 3), "自己加的指标")
    book.put((row, 5), "9")
    assert _accounted(book) == ([Code.TPL_INSERTED_ROW], [f"{a1(row, 3)},{a1(row, 5)}"])


def test_a_changed_label_is_told_before_and_after() -> None:
    book = filled()
    book.put((ROWS["basic:2"], 1), "职责（简要）")
    workbook = book.raw()
    found = account(workbook, locate(workbook, LAYOUT), LAYOUT, IDENTITY)
    assert codes(found) == [Code.TPL_LABEL_ALTERED]
    assert dict(found[0].args)["before"] == "主要职责"
    assert dict(found[0].args)["after"] == "职责（简要）"
    assert values_of(read(book)[0]) == INTACT


def test_a_check_that_was_typed_over_is_information() -> None:
    book = filled()
    place = next(
        (c.range.first_row, c.range.first_col) for c in LAYOUT.sheet.cells if c.formula and c.range.first_row > 1
    )
    book.put(place, "")
    assert _accounted(book) == ([], [])
    book.put(place, "没问题")
    assert Code.TPL_CHECKS_LOST in _accounted(book)[0]


def test_every_non_empty_cell_is_accounted_for() -> None:
    """Whatever stands anywhere on the sheet is an answer, ours, or in a finding's cells."""
    for row in range(1, max(ROWS.values()) + 3):
        for col in range(1, KEY_COLUMN + 3):
            book = filled()
            if (row, col) in book.cells:
                continue
            book.put((row, col), "多写的")
            workbook = book.raw()
            located = locate(workbook, LAYOUT)
            if (row, col) in set(located.places.values()):
                continue
            found = account(workbook, located, LAYOUT, IDENTITY)
            assert any(a1(row, col) in item.position.cell.split(",") for item in found), a1(row, col)


def test_other_sheets_with_content_are_named() -> None:
    book = filled()
    book.extra = [RawSheet("附页", "visible", {(1, 1): next(iter(book.cells.values()))})]
    assert _accounted(book)[0] == [Code.TPL_OTHER_SHEET]


def test_the_tiny_form_is_the_one_that_was_laid_out() -> None:
    assert LAYOUT.form is FORM


# --- any mix of damage ------------------------------------------------------------------------------------------------


def _last_row(book: Book) -> int:
    return max(row for row, _ in book.cells)


def _relabel(book: Book, rnd: random.Random) -> None:
    place = rnd.choice([place for place, cell in book.cells.items() if plain(cell.text) in TEXTS] or [(1, 1)])
    if place in book.cells:
        book.cells[place] = book.cells[place]._replace(text=book.cells[place].text + "（改）")


def _clear_keys(book: Book, rnd: random.Random) -> None:
    keys = [place for place, cell in book.cells.items() if cell.text in ROWS]
    for place in rnd.sample(keys, min(len(keys), 3)):
        del book.cells[place]


def _drop_key_column(book: Book, _rnd: random.Random) -> None:
    columns = {col for (_, col), cell in book.cells.items() if cell.text in ROWS}
    for col in sorted(columns, reverse=True):
        book.delete_col(col)


def _drop_names(book: Book, _rnd: random.Random) -> None:
    book.names = {}


DAMAGE: tuple[Callable[[Book, random.Random], None], ...] = (
    lambda book, rnd: book.insert(row=rnd.randint(1, _last_row(book)), count=rnd.choice((1, 2))),
    lambda book, rnd: book.insert(col=rnd.randint(1, KEY_COLUMN + 1)),
    lambda book, rnd: book.delete_row(rnd.randint(1, _last_row(book))),
    lambda book, rnd: book.delete_col(rnd.randint(1, KEY_COLUMN)),
    lambda book, rnd: book.move_row(rnd.randint(1, _last_row(book)), rnd.randint(1, _last_row(book))),
    _relabel,
    _clear_keys,
    _drop_key_column,
    _drop_names,
)
TEXTS = index_of(LAYOUT).texts


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_no_mix_of_damage_gives_a_wrong_value_without_a_finding(start: int) -> None:
    intact = {(_kind(key), str(value)) for key, value in INTACT.items()}
    for seed in range(start, start + 100):
        rnd = random.Random(seed)
        book = filled()
        for _ in range(rnd.randint(1, 4)):
            rnd.choice(DAMAGE)(book, rnd)
        submission, located = read(book)
        found = {(_kind(key), str(value)) for key, value in values_of(submission).items()}
        said = (*located.findings, *account(book.raw(), located, LAYOUT, IDENTITY))
        assert found <= intact or any(item.severity is not Severity.INFO for item in said), seed
        assert all(message(item) and message(item, "en") for item in said)
