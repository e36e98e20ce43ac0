"""The working paper: LibreOffice calculates every rule for every kind as Python does, and links lead to sources."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.audit import audit
from tests.clients.libreoffice import Book, LibreOffice
from tests.consolidation_cases import UNITS, a_campaign, a_form, a_row, a_submission, an_indicator
from tests.test_consolidate_rules import CASES, matrix
from xltool.consolidate import Deliberation, deliberate
from xltool.consolidate.rules import RULES
from xltool.layout import paper_sheets
from xltool.layout.paper import HEADING_ROW, column_of
from xltool.model.campaign import Campaign
from xltool.model.consolidation import Status
from xltool.model.decision import Decision
from xltool.model.form import Answer, AnswerType, FormDefinition
from xltool.model.submission import Submission
from xltool.reports import paper_lists
from xltool.reports.working_paper import working_paper
from xltool.words import table
from xltool.workflow.context import Context
from xltool.workflow.demo import demo

WORDS = table("working_paper")
SHEET = WORDS["sheets"]["paper"]
LABELS: dict[str, str] = {rule: names[0] for rule, names in table("campaign")["rule_names"].items()}
FUNCTIONS = {
    "IF", "OR", "AND", "TRIM", "LEFT", "SUBSTITUTE", "INDEX", "MATCH", "MODE", "MAX", "MIN", "SUM", "ROUND", "TEXT",
    "SUMPRODUCT", "ISNUMBER", "COUNT", "COUNTIFS", "CHOOSE", "IFERROR", "FIND", "ROWS",
}  # fmt: skip
EXTRA = """
各2个 ; 各3个 ; . ; .
各2个 ; =3(个) ; . ; .
≥97.5(%) ; ≥90.25(%) ; ≥88(%) ; ≥85(%)
=0.1(万元) ; =0.2(万元) ; =0.3(元) ; .
=-3(套) ; =2(套) ; . ; .
"""
FIELDS: list[tuple[str, list[str | Decimal | None]]] = [
    ("money", [Decimal("476373173.65"), Decimal("0.10"), Decimal("0.20"), Decimal("1.005")]),
    ("integer", [Decimal(24), Decimal(5), Decimal(5), Decimal(7)]),
    ("percent", [Decimal(85), Decimal(90), Decimal("87.5"), None]),
    ("text", ["甲", "乙", "甲", "甲"]),
    ("date", ["2024-03-15", "2024-12-01", "2024-03-15", "2024-11-30"]),
]


def sets_of_targets() -> list[list[str]]:
    lines = [line.split("|")[1] for line in CASES.strip().splitlines()] + EXTRA.strip().splitlines()
    lines += [f"{row['values']}; ." for row in matrix()]
    return [[cell.strip() for cell in line.split(";")] for line in dict.fromkeys(line.strip() for line in lines)]


class World:
    """One campaign with a row for every kind of value: fields of each type, an indicator for each set of targets."""

    def __init__(self) -> None:
        asked = [Answer(f"f{n}", f"栏{n}", AnswerType(kind), rule="sum" if kind in ("money", "integer") else "own")
                 for n, (kind, _) in enumerate(FIELDS)]  # fmt: skip
        persons = Answer("persons", "在职人数", AnswerType.INTEGER, rule="own")
        self.form: FormDefinition = a_form(fields=[*asked, persons], rows_rule="keep_each")
        self.campaign: Campaign = a_campaign()
        self.submissions: dict[str, Submission] = {}
        for place, unit in enumerate(UNITS):
            fields: dict[str, str | Decimal | None] = {f"f{n}": told[place] for n, (_, told) in enumerate(FIELDS)}
            fields["persons"] = Decimal((5, 1, 2, 3)[place])
            indicators = [
                an_indicator(f"第{n}项、又{n}项", told[place], row=n)
                for n, told in enumerate(sets_of_targets(), start=1)
                if told[place] != "."
            ]
            rows = [a_row(1, f"{unit.name}的任务", "内容")]
            self.submissions[unit.code] = a_submission(unit.code, fields=fields, rows=rows, indicators=indicators)

    def deliberate(self, *decisions: Decision) -> Deliberation:
        return deliberate(self.form, self.campaign, self.submissions, decisions)

    def paper(self, folder: Path, *decisions: Decision) -> Path:
        archive = {item.sha256: f"../archive/{item.sha256}/{item.file}" for item in self.submissions.values()}
        path = folder / "底稿.xlsx"
        path.write_bytes(working_paper(self.form, self.campaign, "", self.deliberate(*decisions), archive))
        return path


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def paper(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.paper(tmp_path_factory.mktemp("paper"))


def test_the_paper_is_a_sound_workbook(paper: Path) -> None:
    assert audit(paper) == []


def test_formulas_use_functions_of_excel_2010_only(paper: Path) -> None:
    """In cells, in drop-downs and in marks, on every sheet."""
    with zipfile.ZipFile(paper) as package:
        names = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
        sheets = [package.read(name).decode() for name in names]
    cells = [formula for sheet in sheets for formula in re.findall(r"<f>(.*?)</f>", sheet)]
    rules = [formula for sheet in sheets for formula in re.findall(r"<formula[12]?>(.*?)</formula[12]?>", sheet)]
    plain_ones = [re.sub(r"&quot;.*?&quot;|\"[^\"]*\"", "", formula) for formula in (*cells, *rules)]
    used = {name for formula in plain_ones for name in re.findall(r"([A-Z][A-Z0-9.]*)\(", formula)}
    assert len(cells) > 300
    assert used <= FUNCTIONS
    assert not any("_xlfn" in sheet for sheet in sheets)
    assert max(map(len, cells)) < 8192


def columns(*names: str) -> list[int]:
    return [column_of(name, len(UNITS)) - 1 for name in names]


def shown(book: Book) -> list[tuple[str, str]]:
    """Result and status of every row as LibreOffice shows them."""
    result, status = columns("result", "status")
    return [(row[result], row[status]) for row in book.used(SHEET)[HEADING_ROW:]]


def expected(made: Deliberation) -> list[tuple[str, str]]:
    words = {Status.RESOLVED: "resolved", Status.CONFLICT: "conflict", Status.MISSING: "missing"}
    return [(one.text, WORDS["values"][words[one.outcome.status]]) for one in made.formed]


def plain(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Numbers without separators: those of a cell's format are the form's, Python's text keeps decimals as written."""
    return [(_number(text), status) for text, status in pairs]


def _number(text: str) -> str:
    bare = text.replace(",", "")
    return f"{Decimal(bare).normalize():f}" if re.fullmatch(r"-?\d+(\.\d+)?", bare) else text


def test_libreoffice_calculates_the_paper_as_it_was_written(
    world: World, paper: Path, libreoffice: LibreOffice
) -> None:
    with libreoffice.open(paper) as book:
        book.recalculate()
        assert plain(shown(book)) == plain(expected(world.deliberate()))


def offered(made: Deliberation, rule: str, paper: Path) -> Iterator[tuple[int, Decision]]:
    """The rows whose drop-down offers the rule, with the decision that choosing it is."""
    with zipfile.ZipFile(paper) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    letter = "D"
    lists = dict(re.findall(rf'sqref="{letter}(\d+)".*?<formula1>(.*?)</formula1>', sheet))
    for row, one in enumerate(made.formed, start=HEADING_ROW + 1):
        choices = lists.get(str(row), "").replace("&quot;", '"').strip('"').split(",")
        if LABELS[rule] in choices:
            weight = "persons" if rule == "weighted_mean" else ""
            yield row, Decision(one.key, one.inputs, rule, "003" if rule == "owner" else "", weight)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "pick"])
def test_under_each_rule_libreoffice_calculates_what_python_gives(
    rule: str, world: World, paper: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    decisions = dict(offered(world.deliberate(), rule, paper))
    assert decisions, "no row offers this rule"
    book_of_all = openpyxl.load_workbook(paper)
    page = book_of_all[SHEET]
    for row, decision in decisions.items():
        page.cell(row, 4).value = LABELS[rule]
        page.cell(row, 5).value = "003 乙站" if decision.owner else "在职人数" if decision.weight else None
    book_of_all.save(tmp_path / "chosen.xlsx")
    with libreoffice.open(tmp_path / "chosen.xlsx") as book:
        book.recalculate()
        found = plain(shown(book))
    told = plain(expected(world.deliberate(*decisions.values())))
    chosen = [row - HEADING_ROW - 1 for row in decisions]
    assert [found[place] for place in chosen] == [told[place] for place in chosen]
    assert found == told


def test_picking_another_rule_from_the_drop_down_recalculates_the_row(
    world: World, paper: Path, libreoffice: LibreOffice
) -> None:
    row, decision = next(offered(world.deliberate(), "maximum", paper))
    with libreoffice.open(paper) as book:
        assert book.choose(SHEET, f"D{row}", LABELS["maximum"]).changed
        found = plain(shown(book))
    assert found == plain(expected(world.deliberate(decision)))


def test_a_rule_that_is_not_offered_gives_no_figure(paper: Path, libreoffice: LibreOffice) -> None:
    with libreoffice.open(paper) as book:
        row = next(n for n, cells in enumerate(book.used(SHEET), 1) if "每月15号前" in cells[12:16])
        book.type(SHEET, f"D{row}", LABELS["sum"])
        assert (book.read(SHEET, f"F{row}").text, book.read(SHEET, f"G{row}").text) == ("", "待定")


def test_an_override_stands_whatever_the_rule_says(paper: Path, libreoffice: LibreOffice) -> None:
    with libreoffice.open(paper) as book:
        rows = [n for n, (_, status) in enumerate(shown(book), HEADING_ROW + 1) if status == "待定"]
        book.type(SHEET, f"H{rows[0]}", "=9.00(套)")
        assert (book.read(SHEET, f"F{rows[0]}").text, book.read(SHEET, f"G{rows[0]}").text) == ("=9.00(套)", "已定")


def test_only_the_cells_of_decisions_can_be_typed_into(paper: Path, libreoffice: LibreOffice) -> None:
    with libreoffice.open(paper) as book:
        row = len(book.used(SHEET))
        for name in ("path", "name", "result", "status", "units_total"):
            cell = f"{'ABCDEFGHIJKLM'[columns(name)[0]]}{row - 3}"
            assert not book.type(SHEET, cell, "x").changed
        assert not book.type(SHEET, f"M{row - 3}", "x").changed
        assert book.type(SHEET, f"K{row - 3}", "理由").changed


def test_every_value_leads_to_its_row_of_sources_and_from_there_to_the_archived_cell(world: World, paper: Path) -> None:
    with zipfile.ZipFile(paper) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        names = re.findall(r'<sheet name="(.*?)"', package.read("xl/workbook.xml").decode())
        place = names.index(WORDS["sheets"]["sources"]) + 1
        sources = package.read(f"xl/worksheets/sheet{place}.xml").decode()
        targets = package.read(f"xl/worksheets/_rels/sheet{place}.xml.rels").decode()
    values = sum(len(one.candidates) for one in world.deliberate().formed)
    links = re.findall(r"<hyperlink [^>]*location=\"'来源'!A(\d+)\"", sheet)
    assert len(links) == values
    assert len(set(links)) == values
    originals = re.findall(r"<hyperlink [^>]*location=\"(.*?)\"", sources)
    assert set(originals) >= {"'申报表'!C4", "'申报表'!D21"}
    assert set(re.findall(r'Target="(.*?)"', targets)) == {rf"..\archive\{u.code}-1\{u.code}.xlsx" for u in UNITS}


def test_a_number_with_more_digits_than_a_cell_holds_is_kept_as_text(tmp_path: Path) -> None:
    world = World()
    told = {"f0": Decimal("12345678901234567.89")}
    world.submissions = {u.code: a_submission(u.code, fields=told) for u in UNITS}
    path = world.paper(tmp_path)
    with zipfile.ZipFile(path) as package:
        assert "49,382,715,604,938,271.56" in package.read("xl/sharedStrings.xml").decode()


def test_the_same_consolidation_gives_the_same_bytes(world: World, tmp_path: Path, paper: Path) -> None:
    assert world.paper(tmp_path).read_bytes() == paper.read_bytes()


CHARTS = WORDS["sheets"]["charts"]


def chart_titles(path: Path) -> list[str]:
    """The title of each native chart of the workbook, in the order of the parts."""
    with zipfile.ZipFile(path) as package:
        names = sorted(name for name in package.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name))
        parts = [package.read(name).decode() for name in names]
    return ["".join(re.findall(r"<a:t>(.*?)</a:t>", part.partition("</c:title>")[0])) for part in parts]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The paper of the bundled example, which has money, levels and a selection."""
    folder = tmp_path_factory.mktemp("example")
    for _ in demo(folder, context=Context(jobs=1)):
        pass
    return folder / "result" / "底稿.xlsx"


def test_the_charts_are_native_have_chinese_titles_and_outlive_being_saved_by_libreoffice(
    example: Path, tmp_path: Path, libreoffice: LibreOffice
) -> None:
    titles = chart_titles(example)
    assert titles == [
        "进度：底稿各行", "进度：各单位", "部门整体预算总额：财政拨款、其他资金（万元，按单位）",
        "部门整体预算总额：基本支出、项目支出（万元，按单位）", "纳入部门表的指标，按级次",
    ]  # fmt: skip
    with libreoffice.open(example) as book:
        assert sorted(chart_titles(book.save(tmp_path / "saved.xlsx"))) == sorted(titles)


def tables_of(book: Book) -> dict[str, list[list[str]]]:
    """The tables of the sheet of charts by title, headings first."""
    found: dict[str, list[list[str]]] = {}
    for row in book.used(CHARTS)[2:]:
        if row[0] and not any(row[1:]):
            found[row[0]] = table = []
        elif row[0]:
            table.append([cell for cell in row if cell])
    return found


def test_the_figures_behind_the_charts_are_those_of_the_paper_and_follow_it(
    example: Path, libreoffice: LibreOffice
) -> None:
    with libreoffice.open(example) as book:
        written = tables_of(book)
        book.recalculate()
        assert tables_of(book) == written
        assert written["进度：底稿各行"][1:] == [["已定", "54"], ["待定", "0"], ["缺值", "0"]]
        assert written["进度：各单位"][1:] == [["已接收", "10"], ["未接收", "0"]]
        money = written["部门整体预算总额：基本支出、项目支出（万元，按单位）"]
        assert money[1] == ["示例区民政局（本级）", "1,428.63", "35,218.06"]
        assert dict(written["纳入部门表的指标，按级次"])["数量指标"] == "12"
        row = next(n for n, row in enumerate(book.used(SHEET), 1) if row[0].endswith("数量指标") and row[8] == "是")
        book.choose(SHEET, f"I{row}", "否")
        assert dict(tables_of(book)["纳入部门表的指标，按级次"])["数量指标"] == "11"


def test_a_row_left_out_of_the_form_takes_its_further_columns_with_it(libreoffice: LibreOffice, tmp_path: Path) -> None:
    """An undecided 上年 of an indicator that is not selected keeps nobody waiting."""
    world = World()
    world.submissions = {
        unit.code: a_submission(unit.code, indicators=[an_indicator("甲", "=1(次)", previous=f"≥{place}(%)")])
        for place, unit in enumerate(UNITS, start=1)
    }
    with libreoffice.open(world.paper(tmp_path)) as book:
        book.recalculate()
        before = book.read(SHEET, "A2").text
        lead = next(n for n, row in enumerate(book.used(SHEET), 1) if row[1] == "甲" and row[2] == "本年")
        assert [row[6] for row in book.used(SHEET)[lead - 1 : lead + 1]] == ["已定", "待定"]
        book.choose(SHEET, f"I{lead}", "否")
        after = book.read(SHEET, "A2").text
    pending = [int(re.sub(r"\D", "", text) or 0) for text in (before, after)]
    assert pending[0] - pending[1] == 1


def test_a_long_text_shows_its_beginning_and_leads_to_the_whole(tmp_path: Path) -> None:
    world = World()
    duties = "（一）负责" + "很长的职责，" * 30
    world.submissions = {u.code: a_submission(u.code, fields={"f3": duties}) for u in UNITS}
    book = openpyxl.load_workbook(world.paper(tmp_path))
    page, sources = book[SHEET], book[WORDS["sheets"]["sources"]]
    row = next(n for n in range(HEADING_ROW + 1, page.max_row + 1) if page.cell(n, 2).value == "栏3")
    cell: Any = page.cell(row, 13)
    assert cell.value == f"{duties[:40]}…"
    whole = sources[cell.hyperlink.location.rpartition("!")[2].replace("A", "C")]
    assert whole.value == duties


def test_where_the_list_of_sources_ends_it_says_so_and_leads_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paper_lists, "MOST_ROWS", 5)
    book = openpyxl.load_workbook(World().paper(tmp_path))
    sources: Any = book[WORDS["sheets"]["sources"]]
    assert "只列前 5 条" in sources["A1"].value
    last = sources.cell(paper_sheets.HEADING_ROW + 6, 1)
    assert last.hyperlink.target == r"dataset\contributions.csv"
    assert "只列前 5 条" in book[SHEET]["A3"].value
