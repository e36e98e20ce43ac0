"""The 汇总表: the published captions in their order, on the sheet and on paper, in a file that opens without repair."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from tests.audit import audit, validate
from tests.clients import pdf
from tests.clients.libreoffice import LibreOffice
from tests.golden.seed import stored_indicators
from tests.issued import form_of
from tests.test_layout import texts_in_order
from xltool.layout.form import lay_out
from xltool.model.form import Profile, Role
from xltool.workflow.context import Context
from xltool.workflow.demo import demo

TITLE = "部门（单位）整体支出绩效目标申报表"
BLOCKS = """
部门名称 下属预算单位个数 部门职责 年度履职目标 年度重点任务 任务名称 主要内容（重点工作计划） 预算情况 内容
部门整体预算总额(元) 1、资金来源:(1)财政拨款 (2)其他资金 2、资金结构:(1)基本支出 (2)项目支出
年末资产总额(元) 年末在职人数 内设机构数 分解目标 一级目标 二级目标 三级目标 指标目标值
""".split()
YUZHONG = """
附表10 部门整体支出绩效目标申报表 填报单位（公章）： 单位：万元 一、单位基本情况 项目名称 实施起止时间
实施单位（全称） 绩效管理联系人 联系电话 部门职能职责概述 整体绩效目标 二、单位资金情况 预算安排 收入合计
本级安排 上级补助 其他资金 支出合计 基本支出 公用支出 项目支出 三、绩效目标编制 一级指标 二级指标 三级指标
三级指标上年度指标值 备注 指标名称 指标性质 指标值 产出类指标 数量指标 质量指标 进度指标 效益类指标
社会效益指标 满意度类指标 服务对象满意度指标 四、保障措施 管理办法 工作措施
""".split()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("consolidated") / "round"
    for _ in demo(folder, context=Context(jobs=1)):
        pass
    return folder / "result" / "汇总表.xlsx"


def squeezed(text: str) -> str:
    return "".join(text.split())


def assert_in_order(texts: list[str], whole: str) -> None:
    """Each text stands in the whole after the one before it."""
    place = 0
    for text in texts:
        found = whole.find(squeezed(text), place)
        assert found >= 0, f"{text} does not follow"
        place = found + len(squeezed(text))


def seed(shared: Path, name: str) -> str:
    text = (shared / "seeds" / f"{name}.txt").read_text(encoding="utf-8")
    return squeezed(re.sub(r"</?p>|□", "", text))


def test_the_minhang_captions_are_printed_as_and_where_the_published_form_has_them(shared: Path) -> None:
    texts = texts_in_order(lay_out(form_of("minhang-2024"), Role.DEPARTMENT, Profile.PRINT))
    assert texts[:2] == [TITLE, "（2024年度）"]
    assert [text for text in texts if text in BLOCKS] == [*BLOCKS[:9], "预算情况", *BLOCKS[9:]]
    assert_in_order(texts, seed(shared, "minhang-2024"))


def test_the_yuzhong_captions_are_printed_as_and_where_the_published_form_has_them(shared: Path) -> None:
    texts = texts_in_order(lay_out(form_of("yuzhong-2020"), Role.DEPARTMENT, Profile.PRINT))
    assert sorted(texts) == sorted(YUZHONG)
    assert_in_order(YUZHONG, seed(shared, "yuzhong-2020"))


def test_the_sheet_is_the_published_page(made: Path) -> None:
    page = openpyxl.load_workbook(made).worksheets[0]
    assert (page.title, page.page_setup.paperSize, page.page_setup.orientation) == ("申报表", 9, "portrait")
    assert page.page_setup.scale == 89  # one page wide without fitting, which would undo the page breaks
    assert len(page.row_breaks.brk) == 3
    (heading,) = [cell.row for line in page.iter_rows() for cell in line if cell.value == "三级目标"]
    assert page.print_title_rows == f"${heading}:${heading}"
    texts = [str(cell.value) for line in page.iter_rows() for cell in line if cell.value is not None]
    assert_in_order([TITLE, "（2024年度）", *BLOCKS], squeezed("".join(texts)))


def test_targets_are_texts_though_they_begin_with_an_equals_sign(made: Path) -> None:
    page = openpyxl.load_workbook(made).worksheets[0]
    cells = [cell for line in page.iter_rows() for cell in line if str(cell.value).startswith(("=", "≥"))]
    published = [row.text for row in stored_indicators() if row.text.startswith(("=", "≥"))]
    assert [cell.value for cell in cells] == published
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert len(published) > 20


def test_the_file_would_open_in_excel_without_repair(made: Path) -> None:
    assert (audit(made), validate(made)) == ([], [])


def test_the_same_returns_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    for _ in demo(tmp_path / "again", context=Context(jobs=2)):
        pass
    assert (tmp_path / "again" / "result" / "汇总表.xlsx").read_bytes() == made.read_bytes()


@pytest.mark.usefixtures("poppler")
def test_on_paper_captions_and_indicators_stand_in_the_published_order(
    libreoffice: LibreOffice, made: Path, tmp_path: Path
) -> None:
    with libreoffice.open(made) as book:
        printed = book.pdf(tmp_path / "form.pdf")
    assert_in_order([TITLE, "（2024年度）", *BLOCKS], pdf.squeezed(printed))
    rows = stored_indicators()
    text = pdf.squeezed(printed)
    assert_in_order([row.name for row in rows], text[text.index("三级目标") :])
    assert not [row for row in rows if squeezed(row.text) not in text]
    assert len(pdf.pages(printed, tmp_path)) <= 5
