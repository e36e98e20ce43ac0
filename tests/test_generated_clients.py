"""The generated workbook in the hands of real programs: what they refuse, flag, keep, read, show and print."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.audit import audit, validate
from tests.clients import javascript, pdf
from tests.clients.libreoffice import LibreOffice
from tests.issued import FORM_IDS, KEY, PLACES, Issued, form_of, issue
from xltool.addresses import a1, letters
from xltool.collect.examine import Reading, examine
from xltool.excel.write import write
from xltool.layout.grid import Content, Filling
from xltool.layout.metrics import SPARE, height_for_text, lines_of
from xltool.layout.workbook import printed_workbook
from xltool.model.form import AnswerType, FormDefinition, Profile, Role
from xltool.model.layout import FormLayout, Slot
from xltool.model.value import Operator, State

MINHANG, YUZHONG = form_of("minhang-2024"), form_of("yuzhong-2020")
FORMS = [pytest.param(form_of(form_id), id=form_id) for form_id in FORM_IDS]
SHEET = MINHANG.sheet.name
FOOTER = re.compile(r"^第 \d+ 页.*$", re.MULTILINE)


@pytest.fixture(scope="module")
def minhang() -> Issued:
    return issue(MINHANG)


@pytest.fixture(scope="module")
def minhang_path(minhang: Issued, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("issued") / "form.xlsx"
    path.write_bytes(minhang.data)
    return path


def cell(issued: Issued, key: str) -> str:
    where = issued.slots[key].range
    return a1(where.first_row, where.first_col)


def written(folder: Path, data: bytes, name: str = "form.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# --- opening, locks and rules -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_libreoffice_opens_every_role_and_sees_two_protected_sheets(
    libreoffice: LibreOffice, form: FormDefinition, tmp_path: Path
) -> None:
    for role in Role:
        issued = issue(form, role)
        with libreoffice.open(written(tmp_path, issued.data)) as book:
            sheets = book.sheets()
            shown = book.used(issued.sheet)
        assert [sheet.name for sheet in sheets if sheet.visible] == [issued.sheet, "填报说明"]
        assert all(sheet.protected for sheet in sheets)
        assert not [text for line in shown for text in line if text.startswith(("#", "Err:"))]


@pytest.mark.parametrize("form", FORMS)
def test_typing_into_any_cell_that_is_not_an_open_answer_is_refused(
    libreoffice: LibreOffice, form: FormDefinition, tmp_path: Path
) -> None:
    issued = issue(form)
    locked = [item.range for item in issued.layout.sheet.cells if item.style.locked]
    with libreoffice.open(written(tmp_path, issued.data)) as book:
        names = [a1(where.first_row, where.first_col) for where in locked]
        taken = [name for name in names if book.type(issued.sheet, name, "x").changed]
        beside = a1(issued.layout.row_keys[-1][0] + 3, 2)
        assert not book.type(issued.sheet, beside, "x").changed
        open_slots = [slot for slot in issued.layout.slots if not slot.locked]
        first = cell(issued, open_slots[0].key)
        assert book.type(issued.sheet, first, "x").changed
    assert not taken


WRONG: Mapping[str, str] = {
    "output.quantity#01.current.operator": "约",
    "output.quantity#02.current.measure": "公斤",
    "output.quantity#03.name": "长" * 101,
    "budget.total": "-5",
    "budget.fiscal": "五元",
    "budget.other": "1.234",
    "persons": "24.5",
    "assets": "约100",
    "duties": "职" * 2001,
    "tasks#02.title": "题" * 41,
    "tasks#08.content": "容" * 301,
    "remarks": "注" * 501,
}
RIGHT: Mapping[str, str] = {
    "output.quantity#01.current.operator": "=",
    "output.quantity#02.current.measure": "人次",
    "output.quantity#03.name": "长" * 100,
    "budget.total": "1234567.80",
    "budget.fiscal": "0",
    "budget.other": "不适用",
    "persons": "24",
    "assets": "1,000.5",
    "duties": "职" * 2000,
    "tasks#02.title": "题" * 40,
    "tasks#08.content": "容" * 300,
    "remarks": "注" * 500,
}
DISAGREEING = [
    ("定性", "48"), ("定性", "1,000"), ("定性", "85%"), ("=", "及时"), ("≥", "符合政策规定"), ("<", "提升"),
]  # fmt: skip
AGREEING = [
    ("=", "48"), ("≥", "85%"), ("≤", "每月15号前"), ("=", "各2个"), ("≥", "较2023年提升"), ("≤", "两小时内"),
    ("定性", "及时"), ("定性", "每月15号前"), ("定性", "2024年3月1日"), ("不适用", ""), ("", "及时"), ("=", "1/2"),
    (">", "100.00"),
]  # fmt: skip


def _pairs(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    levels = [f"{level}#{number:02d}" for level in ("output.quality", "output.timeliness") for number in range(1, 10)]
    for key, (operator, value) in zip(levels, pairs, strict=False):
        yield key, operator, value


def test_each_wrong_entry_is_flagged_by_the_rule_of_its_own_cell(
    libreoffice: LibreOffice, minhang: Issued, minhang_path: Path
) -> None:
    with libreoffice.open(minhang_path) as book:
        assert book.invalid(SHEET) == []
        for key, text in WRONG.items():
            assert book.accepts(SHEET, cell(minhang, key)), key
            assert book.type(SHEET, cell(minhang, key), text).changed, key
            assert not book.accepts(SHEET, cell(minhang, key)), key
        values = []
        for key, operator, value in _pairs(DISAGREEING):
            book.choose(SHEET, cell(minhang, f"{key}.current.operator"), operator)
            book.type(SHEET, cell(minhang, f"{key}.current.value"), value)
            values.append(cell(minhang, f"{key}.current.value"))
        expected = {*values, *(cell(minhang, key) for key in WRONG)}
        assert set(book.invalid(SHEET)) == expected


def test_right_entries_are_not_flagged(libreoffice: LibreOffice, minhang: Issued, minhang_path: Path) -> None:
    with libreoffice.open(minhang_path) as book:
        for key, text in RIGHT.items():
            assert book.type(SHEET, cell(minhang, key), text).changed, key
        for key, operator, value in _pairs(AGREEING):
            if operator:
                book.choose(SHEET, cell(minhang, f"{key}.current.operator"), operator)
            if value:
                book.type(SHEET, cell(minhang, f"{key}.current.value"), value)
        assert book.invalid(SHEET) == []


def test_every_operator_and_every_measure_of_a_level_can_be_chosen(
    libreoffice: LibreOffice, minhang: Issued, minhang_path: Path
) -> None:
    level = next(slot.level for slot in minhang.layout.slots if slot.key == "output.quantity#01.name")
    assert level is not None
    with libreoffice.open(minhang_path) as book:
        for operator in Operator:
            where = cell(minhang, "output.quantity#01.current.operator")
            assert book.choose(SHEET, where, operator.value).after.text == operator.value
        for measure in level.measures:
            where = cell(minhang, "output.quantity#12.current.measure")
            assert book.choose(SHEET, where, measure).after.text == measure


def test_an_equals_sign_from_the_list_survives_saving_and_reading(
    libreoffice: LibreOffice, minhang: Issued, minhang_path: Path, tmp_path: Path
) -> None:
    with libreoffice.open(minhang_path) as book:
        chosen = book.choose(SHEET, cell(minhang, "output.quantity#01.current.operator"), "=")
        assert (chosen.after.kind, chosen.after.text) == ("text", "=")
        book.type(SHEET, cell(minhang, "output.quantity#01.name"), "扶持数")
        book.type(SHEET, cell(minhang, "output.quantity#01.current.value"), "48")
        book.choose(SHEET, cell(minhang, "output.quantity#01.current.measure"), "家")
        book.save(tmp_path / "saved.xlsx")
    result = examine((tmp_path / "saved.xlsx").read_bytes(), Reading((MINHANG,), key=KEY, guide=PLACES), "saved.xlsx")
    assert result.submission is not None
    (indicator,) = result.submission.indicators
    value = indicator.targets[0].value
    assert (value.state, value.operator, str(value.number), value.measure) == (State.GIVEN, Operator.EQUAL, "48", "家")


def test_text_cells_keep_what_is_typed_and_number_cells_hold_numbers(
    libreoffice: LibreOffice, minhang: Issued, minhang_path: Path
) -> None:
    with libreoffice.open(minhang_path) as book:
        for text in ("85%", "1/2", "00123", "1,000", "=", "2024-1-1", "TRUE"):
            typed = book.type(SHEET, cell(minhang, "output.quantity#01.current.value"), text).after
            assert (typed.kind, typed.text) == ("text", text)
        amount = book.type(SHEET, cell(minhang, "budget.total"), "1,234.5").after
    assert (amount.kind, amount.value, amount.text) == ("number", 1234.5, "1,234.50")


# --- what a save keeps --------------------------------------------------------------------------------------------


def _unlocked(page: Worksheet) -> set[str]:
    return {item.coordinate for line in page.iter_rows() for item in line if not item.protection.locked}


def _ruled(page: Worksheet) -> set[str]:
    areas = " ".join(str(rule.sqref) for rule in page.data_validations.dataValidation).split()
    return {name for area in areas for line in page[area if ":" in area else f"{area}:{area}"] for name in _names(line)}


def _names(line: tuple[object, ...]) -> Iterator[str]:
    for item in line:
        yield str(getattr(item, "coordinate", ""))


def _tinted(page: Worksheet) -> set[str]:
    return {name for tint in page.conditional_formatting for name in str(tint.sqref).split()}


def _firsts(page: Worksheet, names: set[str]) -> set[str]:
    """Names of cells that are not inside a merged range."""
    inside = {name for area in page.merged_cells.ranges for line in page[str(area)] for name in _names(line)}
    firsts = {str(area).partition(":")[0] for area in page.merged_cells.ranges}
    return {name for name in names if name not in inside or name in firsts}


@pytest.mark.parametrize("form", FORMS)
def test_names_locks_rules_and_tints_survive_a_save_by_libreoffice(
    libreoffice: LibreOffice, form: FormDefinition, tmp_path: Path
) -> None:
    issued = issue(form)
    path = written(tmp_path, issued.data)
    with libreoffice.open(path) as book:
        book.save(tmp_path / "saved.xlsx")
    before, after = openpyxl.load_workbook(path), openpyxl.load_workbook(tmp_path / "saved.xlsx")
    wanted = {name: item.attr_text.replace("'", "") for name, item in before.defined_names.items()}
    found = {name: item.attr_text.replace("'", "") for name, item in after.defined_names.items()}
    assert {name: found.get(name) for name in wanted} == wanted
    old, new = before[issued.sheet], after[issued.sheet]
    assert new.protection.sheet
    assert _firsts(new, _unlocked(new)) == _firsts(old, _unlocked(old))
    assert _ruled(new) == _ruled(old)
    assert _tinted(new) == _tinted(old)
    assert (new.print_title_rows, new.print_area) == (old.print_title_rows, old.print_area)
    assert new.column_dimensions[letters(issued.layout.key_column)].hidden


def test_rules_still_judge_after_rows_were_inserted_and_the_file_was_saved(
    libreoffice: LibreOffice, minhang: Issued, tmp_path: Path
) -> None:
    open_sheets = tuple(replace(sheet, protected=False) for sheet in minhang.plan.sheets)
    path = written(tmp_path, write(replace(minhang.plan, sheets=open_sheets)))
    row = minhang.slots["output.quantity#03.name"].range.first_row
    operator = minhang.slots["output.quantity#01.current.operator"].range.first_col
    with libreoffice.open(path) as book:
        assert book.insert_rows(SHEET, row, 2)
        book.save(tmp_path / "inserted.xlsx")
    with libreoffice.open(tmp_path / "inserted.xlsx") as book:
        for below in (row - 1, row, row + 1, row + 2, row + 7):
            book.type(SHEET, a1(below, operator), "定性")
            book.type(SHEET, a1(below, operator + 1), "48")
            assert not book.accepts(SHEET, a1(below, operator + 1)), below
            book.type(SHEET, a1(below, operator), "=")
            assert book.accepts(SHEET, a1(below, operator + 1)), below


# --- other readers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_exceljs_reads_the_protection_locks_and_rules_that_were_planned(
    exceljs: javascript.NodeClient, form: FormDefinition, tmp_path: Path
) -> None:
    issued = issue(form)
    seen = javascript.inspect(written(tmp_path, issued.data))
    page = seen[issued.sheet]
    assert page.protection is not None
    assert page.protection["sheet"]
    assert page.protection["formatRows"] is True  # allowed; what it does not mention is forbidden
    assert not page.protection.keys() & {"insertRows", "deleteRows", "insertColumns", "formatCells"}
    planned = {cell(issued, slot.key) for slot in issued.layout.slots if not slot.locked}
    covered = {
        a1(row, column)
        for slot in issued.layout.slots if not slot.locked
        for row in range(slot.range.first_row, slot.range.last_row + 1)
        for column in range(slot.range.first_col, slot.range.last_col + 1)
    }  # fmt: skip
    assert planned <= page.unlocked <= covered
    kinds = {"list": "list", "custom": "custom", "length": "textLength"}
    for rule in issued.layout.sheet.rules:
        found = page.validations[a1(rule.range.first_row, rule.range.first_col)]
        assert found["type"] == kinds[rule.kind.removeprefix("warn-")]
        assert found.get("errorStyle", "stop") == ("warning" if rule.kind.startswith("warn-") else "stop")
        assert (found["prompt"], found["error"]) == (rule.prompt, rule.error)
        if found["type"] == "custom":
            assert found["formulae"] == [rule.values[0]]
    states = {name: item.state for name, item in seen.items()}
    assert states == {issued.sheet: "visible", "填报说明": "visible", "_lists": "hidden", "_meta": "veryHidden"}


@pytest.mark.parametrize("form", FORMS)
def test_openpyxl_reads_the_protection_locks_and_rules_that_were_planned(form: FormDefinition) -> None:
    issued = issue(form)
    book = openpyxl.load_workbook(io.BytesIO(issued.data))
    page = book[issued.sheet]
    assert (page.protection.sheet, book.security.lockStructure) == (True, True)
    assert _firsts(page, _unlocked(page)) == {cell(issued, slot.key) for slot in issued.layout.slots if not slot.locked}
    assert len(page.data_validations.dataValidation) == len(issued.layout.sheet.rules)
    assert set(book.defined_names) >= {name for name, _ in issued.layout.sheet.names}


# --- print --------------------------------------------------------------------------------------------------------


def _prose(length: int, mark: str) -> str:
    """A text of exactly so many characters in which no two places are alike."""
    numbered = "".join(f"（{mark}{number:03d}）贯彻执行有关工作的法律法规和方针政策。" for number in range(100))
    return numbered[:length]


def _printed_text(path: Path) -> str:
    """All pages in order, without white space and without the footers between them."""
    return "".join(FOOTER.sub("", pdf.text(path, layout=False)).split())


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("length", [0, 966, 2000])
@pytest.mark.parametrize("profile", Profile)
def test_the_whole_text_of_duties_and_goals_is_printed(
    libreoffice: LibreOffice, profile: Profile, length: int, tmp_path: Path
) -> None:
    contents: dict[str, Content] = {"duties": _prose(length, "职"), "goals": _prose(length, "标")}
    filling = Filling({key: text for key, text in contents.items() if text}, sources={"unit.name": "示例单位"})
    if profile is Profile.FILL:
        data = issue(MINHANG, Role.OWN, filling).data
    else:
        data = write(printed_workbook(MINHANG, Role.DEPARTMENT, filling))
    with libreoffice.open(written(tmp_path, data)) as book:
        text = _printed_text(book.pdf(tmp_path / "form.pdf", SHEET))
    assert "部门职责" in text
    for content in contents.values():
        pieces = [str(content)[start : start + 20] for start in range(0, length, 20)]
        assert not [piece for piece in pieces if piece not in text]


def _optimal_heights(
    libreoffice: LibreOffice, folder: Path, texts: list[tuple[str, float, float]]
) -> list[float]:
    """LibreOffice's own height for a text in a cell of that width at that size."""
    import xlsxwriter  # noqa: PLC0415  # only here is a workbook made without the writer

    path = folder / "heights.xlsx"
    book = xlsxwriter.Workbook(path)
    for number, (_, width, size) in enumerate(texts):
        page = book.add_worksheet(f"S{number}")
        page.set_column(0, 0, width)
        page.write_blank(0, 0, None, book.add_format({"font_name": "宋体", "font_size": size, "text_wrap": True}))
    book.close()
    with libreoffice.open(path) as opened:
        for number, (text, _, _) in enumerate(texts):
            opened.type(f"S{number}", "A1", text)
        opened.save(folder / "fitted.xlsx")
    fitted = openpyxl.load_workbook(folder / "fitted.xlsx")
    return [float(fitted[f"S{number}"].row_dimensions[1].height or 15) for number in range(len(texts))]


def test_even_in_narrow_cells_a_wrapped_text_has_a_fifth_of_its_height_to_spare(
    libreoffice: LibreOffice, tmp_path: Path
) -> None:
    texts = [
        (_prose(length, "职"), width, size)
        for length in (5, 17, 40, 100, 310, 700)
        for width in (9.0, 20.0, 34.0, 83.0)
        for size in (9.0, 10.0, 12.0)
    ]
    needed = _optimal_heights(libreoffice, tmp_path, texts)
    planned = [height_for_text(*item) for item in texts]
    low = [(len(item[0]), *item[1:], has, needs) for item, has, needs in zip(texts, planned, needed, strict=True)
           if has < needs * (1.2 if lines_of(*item) > 1 else 1)]  # fmt: skip
    assert low == []


def _width(layout: FormLayout, slot: Slot) -> float:
    return sum(layout.sheet.widths[slot.range.first_col - 1 : slot.range.last_col])


def _height(layout: FormLayout, slot: Slot) -> float:
    heights = dict(layout.sheet.heights)
    return sum(heights[row] for row in range(slot.range.first_row, slot.range.last_row + 1))


def test_long_answers_have_thirty_percent_to_spare(libreoffice: LibreOffice, tmp_path: Path) -> None:
    wanted, slots = [], []
    for length in (966, 2000):
        contents: dict[str, Content] = {"duties": _prose(length, "职"), "goals": _prose(length, "标")}
        for layout in (
            issue(MINHANG, Role.OWN, Filling(contents)).layout,
            issue(MINHANG, Role.OWN).layout,
            printed_layout(MINHANG, Filling(contents)),
        ):
            for slot in (slot for slot in layout.slots if slot.key in contents):
                wanted.append((str(contents[slot.key]), _width(layout, slot), 9.0))
                slots.append(_height(layout, slot))
    needed = _optimal_heights(libreoffice, tmp_path, wanted)
    spare = [has / needs for has, needs in zip(slots, needed, strict=True)]
    assert min(spare) >= SPARE


def printed_layout(form: FormDefinition, filling: Filling) -> FormLayout:
    from xltool.layout.form import lay_out  # noqa: PLC0415

    return lay_out(form, Role.DEPARTMENT, Profile.PRINT, filling)


def _longest(layout: FormLayout, slot: Slot) -> int:
    """How many characters may stand in a text slot; 0 for what is no text."""
    if slot.answer is not None:
        return slot.answer.max_length if slot.answer.type is AnswerType.TEXT else 0
    trees = {block.frame.key: block for block in layout.form.blocks}
    tree = trees[slot.block]
    if slot.part == "name":
        return int(getattr(tree, "name").max_length)  # noqa: B009
    if slot.part == "value" and slot.target is not None:
        return next(part.max_length for part in slot.target.parts if part.part == "value")
    return 0


def _filled_to_the_brim(layout: FormLayout) -> dict[str, Content]:
    """Every text as long as it may be, in a character of its own."""
    texts: dict[str, Content] = {}
    for number, slot in enumerate(layout.slots):
        longest = _longest(layout, slot)
        if longest and not slot.locked:
            texts[slot.key] = chr(0x4E00 + number) * longest
    return texts


def _cut(texts: Mapping[str, Content], printed: str) -> dict[str, int]:
    """How much of a text is printed where that is not all of it."""
    found = {key: printed.count(str(text)[0]) for key, text in texts.items()}
    return {key: count for key, count in found.items() if count < len(str(texts[key]))}


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("form", FORMS)
def test_every_text_of_the_greatest_length_is_printed_whole(
    libreoffice: LibreOffice, form: FormDefinition, tmp_path: Path
) -> None:
    texts = _filled_to_the_brim(printed_layout(form, Filling()))
    layout = printed_layout(form, Filling(texts))
    path = written(tmp_path, write(printed_workbook(form, Role.DEPARTMENT, Filling(texts))))
    with libreoffice.open(path) as book:
        printed = pdf.squeezed(book.pdf(tmp_path / "form.pdf"))
    assert _cut(texts, printed) == {}
    for slot in layout.slots:
        if slot.key in texts:
            size = 9.0 if slot.answer is not None and slot.answer.max_length >= 600 else form.sheet.font_size
            needed = min(409.0, height_for_text(str(texts[slot.key]), _width(layout, slot), size))
            assert _height(layout, slot) >= needed - 0.5, slot.key


@pytest.mark.usefixtures("poppler")
@pytest.mark.parametrize("form", FORMS)
def test_every_text_typed_into_the_fill_form_at_its_greatest_length_is_printed_whole(
    libreoffice: LibreOffice, form: FormDefinition, tmp_path: Path
) -> None:
    issued = issue(form)
    texts = _filled_to_the_brim(issued.layout)
    with libreoffice.open(written(tmp_path, issued.data)) as book:
        for key, text in texts.items():
            book.type(issued.sheet, cell(issued, key), str(text))
        assert book.invalid(issued.sheet) == []
        printed = pdf.squeezed(book.pdf(tmp_path / "form.pdf", issued.sheet))
    assert _cut(texts, printed) == {}


@pytest.mark.usefixtures("poppler")
def test_the_named_fonts_are_mapped_to_one_chinese_font(
    libreoffice: LibreOffice, minhang_path: Path, tmp_path: Path
) -> None:
    with libreoffice.open(minhang_path) as book:
        printed = book.pdf(tmp_path / "form.pdf", SHEET)
    assert {name for name in pdf.fonts(printed) if "CJK" in name}
    assert not [name for name in pdf.fonts(printed) if "SimSun" in name or "方正" in name]


def test_a_filled_form_would_open_in_excel_without_repair(tmp_path: Path) -> None:
    for form_id in FORM_IDS:
        layout = issue(form_of(form_id)).layout
        path = written(tmp_path, issue(form_of(form_id), filling=Filling(_filled_to_the_brim(layout))).data)
        assert (audit(path), validate(path)) == ([], [])
