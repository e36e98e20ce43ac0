"""The dataset's tables: exact, complete, the same again, and safe to open in a spreadsheet as a workbook."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission, an_indicator
from xltool.consolidate import consolidate
from xltool.findings import Code, finding
from xltool.model.campaign import Campaign, RuleLine
from xltool.model.finding import Position
from xltool.model.form import Frame, Rows
from xltool.store.dataset import frames, plain
from xltool.store.exports import write_csv, write_xlsx

ROOT = Path(__file__).parents[1]
HOSTILE = [
    "=48.00(家)", "=1+1", "+1", "-1", "@x", "\tx", "＝1", "http://x.cn", "mailto:a", "00123", "1-2", 'a,b\n"c"\r甲',
]  # fmt: skip

COLUMNS = {
    "units": "unit_code unit_name role parent full_name accepted issue file sha256",
    "fields": "unit_code unit_name field label state text number file sha256 sheet cell",
    "tasks": "unit_code unit_name row title content file sha256 sheet cell",
    "indicators": (
        "unit_code unit_name level1 level2 key figure id name target column state operator number upper measure kind "
        "text "
        "every base remark file sha256 sheet cell"
    ),
    "consolidated_fields": "field label number text rule status units_total contributors cell",
    "consolidated_tasks": "order title content contributors figure cell",
    "consolidated_indicators": (
        "level1 level2 name target column operator number upper measure kind text rule status order "
        "contributors key cell remark"
    ),
    "contributions": "figure unit_code unit_name key target text number used reason file sha256 sheet cell",
    "differences": (
        "against part figure column name level match units_text units_number declared_text declared_number amount "
        "share bound cause unit_code unit_name units_total told file sheet cell"
    ),
    "findings": "code severity message unit_code field file sha256 sheet cell row column",
}


def a_dataset(campaign: Campaign | None = None) -> dict[str, pd.DataFrame]:
    """Four units that count something, agree on something, and write what a spreadsheet would take for a formula."""
    submissions = {
        unit.code: a_submission(
            unit.code,
            fields={
                "remarks": HOSTILE[place],
                "budget.total": Decimal("119093293.41"),
                "budget.other": Decimal("0.00"),
            },
            rows=[a_row(1, f"任务{place}□", HOSTILE[place + 4])],
            indicators=[
                an_indicator("奖励数", f"={12 + place}.00(家)", previous="无", remark=HOSTILE[place + 8]),
                an_indicator("及时性", "每月15号前", level="output.timeliness", row=2),
            ],
        )
        for place, unit in enumerate(UNITS)
    }
    round_ = campaign or a_campaign()
    found = finding(
        Code.AGG_UNITS, Position("002.xlsx", "申报表", "C4", "persons", "002"), accepted=1, expected=2, units="甲"
    )
    result = consolidate(a_form(), round_, submissions)
    return frames(round_, a_form(), submissions, result, [found])


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_table_has_its_columns_in_order() -> None:
    assert {name: " ".join(table.columns) for name, table in a_dataset().items()} == COLUMNS


def test_an_empty_campaign_has_every_table_with_its_columns(tmp_path: Path) -> None:
    campaign, form = a_campaign(), a_form()
    tables = frames(campaign, form, {}, consolidate(form, campaign, {}), [])
    write_csv(tables, tmp_path)
    write_xlsx(tables, tmp_path / "dataset.xlsx")
    assert {name: " ".join(table.columns) for name, table in tables.items()} == COLUMNS
    assert read(tmp_path / "tasks.csv") == []


def test_the_consolidated_indicators_stand_letter_for_letter_in_the_csv(tmp_path: Path) -> None:
    write_csv(a_dataset(), tmp_path)
    rows = read(tmp_path / "consolidated_indicators.csv")
    current = [row for row in rows if row["column"] == "本年"]
    names = (
        "level1",
        "level2",
        "name",
        "operator",
        "number",
        "measure",
        "kind",
        "text",
        "rule",
        "contributors",
    )
    assert [[row[name] for name in names] for row in current] == [
        [
            "产出指标",
            "数量指标",
            "奖励数",
            "=",
            "54.00",
            "家",
            "number",
            "=54.00(家)",
            "sum",
            "001 002 003 010",
        ],
        [
            "产出指标",
            "时效指标",
            "及时性",
            "≤",
            "15",
            "日/月",
            "deadline",
            "每月15号前",
            "all_equal",
            "001 002 003 010",
        ],
    ]


def test_the_consolidated_fields_stand_in_the_csv_with_their_exact_numbers(tmp_path: Path) -> None:
    write_csv(a_dataset(), tmp_path)
    rows = {row["field"]: row for row in read(tmp_path / "consolidated_fields.csv")}
    total = rows["budget.total"]
    assert (total["label"], total["number"], total["text"]) == ("预算总额(元)", "476373173.64", "476,373,173.64")
    assert (rows["budget.other"]["number"], rows["budget.other"]["text"]) == ("0.00", "0.00")
    assert (rows["persons"]["text"], rows["persons"]["units_total"], rows["persons"]["contributors"]) == (
        "5",
        "5",
        "001",
    )


def test_unit_codes_and_texts_come_back_from_the_csv_as_they_were_written(tmp_path: Path) -> None:
    write_csv(a_dataset(), tmp_path)
    assert [row["unit_code"] for row in read(tmp_path / "units.csv")] == ["001", "002", "003", "010"]
    assert [row["text"] for row in read(tmp_path / "fields.csv") if row["field"] == "remarks"] == HOSTILE[:4]
    assert [row["content"] for row in read(tmp_path / "tasks.csv")] == HOSTILE[4:8]
    remarks = [
        row["remark"]
        for row in read(tmp_path / "indicators.csv")
        if row["name"] == "奖励数" and row["target"] == "current"
    ]
    assert remarks == HOSTILE[8:12]


def test_a_spreadsheet_recognises_the_csv_as_utf_8(tmp_path: Path) -> None:
    for path in write_csv(a_dataset(), tmp_path):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_row_from_a_workbook_leads_to_its_cell() -> None:
    tables = a_dataset()
    for name in ("fields", "tasks", "indicators", "contributions"):
        for column in ("unit_code", "sha256", "sheet", "cell"):
            assert (tables[name][column] != "").all(), (name, column)
    (row,) = tables["findings"].to_dict("records")
    assert (row["unit_code"], row["sha256"], row["cell"]) == ("002", "002-1", "C4")


def test_numbers_in_the_frames_are_exact_decimals() -> None:
    tables = a_dataset()
    numbers = tables["contributions"].query("figure == 'budget.total'")["number"]
    assert sum(numbers) == Decimal("476373173.64")
    assert all(isinstance(number, Decimal) for number in numbers)


def test_contributions_used_add_up_to_the_consolidated_figures() -> None:
    tables = a_dataset()
    told = tables["contributions"]
    summed = tables["consolidated_indicators"].query("rule == 'sum'")
    assert len(summed) == 1
    for _, figure in summed.iterrows():
        used = told.query("figure == @figure.key and target == @figure.target and used == True")
        assert sum(used["number"]) == figure["number"]


def test_every_accepted_answer_has_its_contribution() -> None:
    tables = a_dataset()
    told = set(zip(tables["contributions"]["unit_code"], tables["contributions"]["key"], strict=True))
    answers = tables["fields"].query("state != 'blank'")
    assert set(zip(answers["unit_code"], answers["field"], strict=True)) <= told
    assert set(zip(tables["indicators"]["unit_code"], tables["indicators"]["key"], strict=True)) <= told


def test_the_workbook_holds_every_cell_as_text_and_nothing_live(tmp_path: Path) -> None:
    tables = a_dataset()
    book = openpyxl.load_workbook(write_xlsx(tables, tmp_path / "dataset.xlsx"))
    assert book.sheetnames == list(tables)
    for name, table in tables.items():
        sheet = book[name]
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} == {"s"}
        assert not any(cell.hyperlink for cell in cells)
        shown = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
        assert [[_as_xml(text) for text in row] for row in table.map(plain).to_numpy().tolist()] == shown


def _as_xml(text: str) -> str:
    """openpyxl shows a carriage return as the escape it stands as in the file."""
    return text.replace("\r", "_x000D_")


def test_a_text_longer_than_a_cell_is_cut_visibly_in_the_workbook_and_whole_in_the_csv(tmp_path: Path) -> None:
    tables = {"units": pd.DataFrame({"text": ["长" * 40_000]}, dtype=object)}
    book = openpyxl.load_workbook(write_xlsx(tables, tmp_path / "dataset.xlsx"))
    shown = str(book["units"]["A2"].value)
    assert (len(shown), shown[-1]) == (32_767, "…")
    (path,) = write_csv(tables, tmp_path)
    assert "长" * 40_000 in path.read_text(encoding="utf-8-sig")


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    tables = {"units": pd.DataFrame({"code": list("abcdefg")}, dtype=object)}
    book = openpyxl.load_workbook(write_xlsx(tables, tmp_path / "dataset.xlsx", 3))
    told = {sheet.title: [cell.value for cell in sheet["A"]] for sheet in book.worksheets}
    assert told == {"units": ["code", *"abc"], "units_2": ["code", *"def"], "units_3": ["code", "g"]}


def test_writing_again_gives_the_same_bytes_and_leaves_nothing_beside_them(tmp_path: Path) -> None:
    contents = []
    for _ in range(2):
        tables = a_dataset()
        written = [*write_csv(tables, tmp_path), write_xlsx(tables, tmp_path / "dataset.xlsx")]
        contents.append([path.read_bytes() for path in written])
    assert contents[0] == contents[1]
    assert len(list(tmp_path.iterdir())) == len(COLUMNS) + 1


def test_a_file_that_is_kept_open_is_left_and_the_new_one_stands_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "units.csv").write_text("old", encoding="utf-8")
    replace_ = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "units.csv":
            raise PermissionError(target)
        return replace_(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    written = write_csv(a_dataset(), tmp_path)
    assert written[0] == tmp_path / "units-new.csv"
    assert (tmp_path / "units.csv").read_text(encoding="utf-8") == "old"
    assert read(tmp_path / "units-new.csv")[0]["unit_code"] == "001"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00"), "0.00"),
        (Decimal("1E-7"), "0.0000001"),
        (None, ""),
        (3, "3"),
        ("=", "="),
    ],
)
def test_a_number_is_written_plainly_with_its_decimals(cell: Decimal | int | str | None, text: str) -> None:
    assert plain(cell) == text


def test_an_indicator_that_is_not_selected_stands_in_the_contributions_alone_with_its_reason() -> None:
    tables = a_dataset(a_campaign([RuleLine("indicator", "", "奖励数", include=False)]))
    consolidated = tables["consolidated_indicators"].query("target == 'current'")
    assert [(row["name"], row["order"]) for row in consolidated.to_dict("records")] == [("及时性", 1)]
    told = tables["contributions"].query("figure == 'output.quantity:奖励数' and target == 'current'")
    assert [(row["used"], row["reason"]) for row in told.to_dict("records")] == [(False, "not-selected")] * 4


@pytest.mark.parametrize("key", ["units", "fields", "findings"])
def test_a_block_of_the_form_never_takes_the_name_of_a_table(key: str) -> None:
    form, campaign = a_form(), a_campaign()
    blocks = tuple(replace(b, frame=Frame(key)) if isinstance(b, Rows) else b for b in form.blocks)
    form = replace(form, blocks=blocks)
    tables = frames(campaign, form, {}, consolidate(form, campaign, {}), [])
    assert f"{key}_rows" in tables
    assert len(tables) == len(COLUMNS)


def test_consolidating_and_keeping_the_ledger_never_load_pandas() -> None:
    program = (
        "import sys, xltool.consolidate, xltool.store.ledger; print(*({'pandas', 'xlsxwriter'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []
