"""What was filled in and locked when a form was issued is held against what came back, wherever it stands now."""

from __future__ import annotations

from decimal import Decimal

from tests.issued import form_of
from tests.tiny import FORM, LAYOUT, filled
from xltool.collect.given import Given, altered_answers, given_in
from xltool.collect.locate import locate
from xltool.findings import Code
from xltool.layout.form import lay_out
from xltool.layout.grid import Filling
from xltool.model.finding import Finding
from xltool.model.form import Profile, Role
from xltool.model.workbook import CellRange

GIVEN = Given({"unit_name": "示例站", "budget.total": Decimal("300.5"), "output.quantity#01.name": "养老机构"},
              {"output.quantity#01": "A1"})  # fmt: skip


def _altered(book: object, given: Given = GIVEN) -> tuple[Finding, ...]:
    workbook = book.raw()  # type: ignore[attr-defined]
    return altered_answers(workbook, locate(workbook, LAYOUT), LAYOUT, given)


def test_answers_as_given_are_no_finding() -> None:
    assert _altered(filled()) == ()


def test_a_given_answer_that_was_changed_is_told_before_and_after() -> None:
    (item,) = _altered(filled({"unit_name": "别的站"}))
    assert (item.code, item.position.field) == (Code.TPL_ANSWER_ALTERED, "unit_name")
    assert (dict(item.args)["before"], dict(item.args)["after"]) == ("示例站", "别的站")


def test_a_given_answer_that_was_cleared_is_named() -> None:
    (item,) = _altered(filled({"budget.total": None}))
    assert (item.position.field, dict(item.args)["after"]) == ("budget.total", "")


def test_a_number_given_is_the_same_in_any_spelling() -> None:
    assert _altered(filled({"budget.total": Decimal("300.500")})) == ()


def test_an_allocated_row_is_known_by_its_name_wherever_its_id_stands_now() -> None:
    """The campaign may have got rows since that form was issued, so that this one would have another number."""
    book = filled()
    row = next(row for row, key in LAYOUT.row_keys if key == "output.quantity#02")
    book.names["I_A1"] = CellRange(row, 1, row, 1)
    (item,) = _altered(book)
    assert (item.position.field, dict(item.args)["after"]) == ("output.quantity#02.name", "服务人次")


def test_what_the_definition_prescribes_is_held_against_without_a_campaign() -> None:
    layout = lay_out(FORM, Role.UNIT, Profile.FILL, Filling({"output.quantity#01.name": "养老机构"},
                     locked=frozenset({"output.quantity#01.name"})))  # fmt: skip
    workbook = filled({"output.quantity#01.name": "托育机构"}).raw()
    (item,) = altered_answers(workbook, locate(workbook, layout), layout)
    assert item.position.field == "output.quantity#01.name"


def test_what_a_unit_is_given_is_what_it_may_not_change() -> None:
    form = form_of("minhang-2024")
    filling = Filling(
        {"output.quantity#01.name": "机构数", "output.quantity#01.current.value": "3", "duties": "去年的话"},
        sources={"unit.name": "示例站"},
        locked=frozenset({"output.quantity#01.name"}),
        ids={"output.quantity#01": "A1"},
    )
    given = given_in(form, filling)
    assert given.contents == {"output.quantity#01.name": "机构数", "unit_name": "示例站"}
    assert given.ids == {"output.quantity#01": "A1"}
