"""The Minhang form as a department would retype or publish it: one table of texts, in four kinds of file.

Made from the stored golden answers, so it needs no seed. Positions are (row, column) from 1.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

import docx
import openpyxl

from tests.golden.seed import GoldenIndicator, stored_fields, stored_indicators

UNIT = "闵行区民政局（本级）"
DUTIES = "（一）负责社会救助工作。\n（二）负责养老服务工作。"
GOALS = "完善社会救助，推进养老服务。"
CONTENT = "（一）第一项重点工作。（二）第二项重点工作。"


@dataclass(frozen=True)
class Cell:
    text: str
    down: int = 1
    across: int = 1


@dataclass
class Table:
    """Cells by their place; `offset` moves all of them, as a title row or an empty column would."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)

    def row(self, *cells: str | Cell) -> None:
        row, col = max((place[0] for place in self.cells), default=0) + 1, 1
        covered = {
            (r, c) for (top, left), cell in self.cells.items()
            for r in range(top, top + cell.down) for c in range(left, left + cell.across)
        }  # fmt: skip
        for item in cells:
            while (row, col) in covered:
                col += 1
            cell = item if isinstance(item, Cell) else Cell(item)
            self.cells[row, col] = cell
            col += cell.across

    def rows(self) -> Iterator[tuple[int, list[tuple[int, Cell]]]]:
        for row, places in groupby(sorted(self.cells), key=lambda place: place[0]):
            yield row, [(place[1], self.cells[place]) for place in places]

    def replaced(self, changes: dict[str, str]) -> Table:
        return Table({at: Cell(changes.get(c.text, c.text), c.down, c.across) for at, c in self.cells.items()})

    def xlsx(self, *, top: int = 0, left: int = 0) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for (row, col), cell in self.cells.items():
            first = sheet.cell(row + top, col + left)
            first.value = cell.text
            first.data_type = "s"
            if cell.down > 1 or cell.across > 1:
                sheet.merge_cells(
                    start_row=row + top, start_column=col + left,
                    end_row=row + top + cell.down - 1, end_column=col + left + cell.across - 1,
                )  # fmt: skip
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def html(self) -> bytes:
        lines = ["<html><head><meta charset='gb2312'><title>表</title></head><body><table border=1>"]
        for _, cells in self.rows():
            lines.append("<tr>")
            for _, cell in cells:
                text = escape(cell.text).replace("\n", "<br>")
                lines.append(f"<td rowspan={cell.down} colspan={cell.across}><p>{text}</p></td>")
            lines.append("</tr>")
        return "\n".join([*lines, "</table></body></html>"]).encode("gb18030")

    def docx(self) -> bytes:
        document = docx.Document()
        last = max(place[0] for place in self.cells)
        table = document.add_table(last, 4)
        for (row, col), cell in self.cells.items():
            first = table.cell(row - 1, col - 1)
            whole = first.merge(table.cell(row + cell.down - 2, col + cell.across - 2))
            whole.text = cell.text
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()

    def text(self) -> bytes:
        """Tab-separated, a covered cell as an empty one; cells with line breaks quoted as a spreadsheet does."""
        lines = []
        for _, cells in self.rows():
            at = dict(cells)
            texts = [at[col].text if col in at else "" for col in range(1, 5)]
            lines.append("\t".join(f'"{text}"' if "\n" in text else text for text in texts))
        return "\n".join(lines).encode("utf-8-sig")


def minhang() -> Table:
    """The whole published form with the golden answers."""
    answers = {item.field: item.text for item in stored_fields()}
    tasks = [text for key, text in answers.items() if key.startswith("tasks.")]
    table = Table()
    table.row(Cell("部门（单位）整体支出绩效目标申报表", across=4))
    table.row(Cell("（2024年度）", across=4))
    table.row("部门名称", UNIT, "下属预算单位个数", answers["subordinate_units"])
    table.row("部门职责", Cell(DUTIES, across=3))
    table.row("年度履职目标", Cell(GOALS, across=3))
    table.row(Cell("年度重点任务", across=4))
    table.row("任务名称", Cell("主要内容（重点工作计划）", across=3))
    for title in tasks:
        table.row(title, Cell(CONTENT, across=3))
    table.row(Cell("预算情况", across=4))
    table.row(Cell("内容", across=2), Cell("预算情况", across=2))
    for item in stored_fields():
        if item.field.startswith("budget."):
            table.row(Cell(item.label, across=2), Cell(item.text, across=2))
    table.row("年末资产总额(元)", "年末在职人数", Cell("内设机构数", across=2))
    table.row(answers["assets"], answers["persons"], Cell(answers["offices"], across=2))
    table.row(Cell("分解目标", across=4))
    table.row("一级目标", "二级目标", "三级目标", "指标目标值")
    _levels(table, stored_indicators())
    return table


def _levels(table: Table, rows: tuple[GoldenIndicator, ...]) -> None:
    for level1, items in groupby(rows, key=lambda item: item.level1):
        under = list(items)
        first: list[Cell] = [Cell(level1, down=len(under))]
        for level2, leaves in groupby(under, key=lambda item: item.level2):
            listed = list(leaves)
            first.append(Cell(level2, down=len(listed)))
            for item in listed:
                table.row(*first, item.name, item.text)
                first = []
