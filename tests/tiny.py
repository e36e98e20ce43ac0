"""A small form made by hand, and a returned workbook of it that a test can damage the way people and programs do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from xltool.addresses import absolute_range, parse_range
from xltool.collect.interpret import interpret
from xltool.collect.locate import Located, locate
from xltool.layout.form import lay_out
from xltool.layout.grid import Content, Filling
from xltool.model.finding import Finding, Severity
from xltool.model.form import (
    Answer,
    AnswerType,
    Band,
    Check,
    Fields,
    FormDefinition,
    Frame,
    Level,
    LevelColumn,
    Line,
    Lines,
    NameColumn,
    PartColumn,
    Profile,
    Role,
    Rows,
    SheetDesign,
    TargetColumn,
    Tree,
)
from xltool.model.layout import FormLayout
from xltool.model.submission import FieldAnswer, Identity, Indicator, Submission
from xltool.model.value import PrintProfile
from xltool.model.workbook import (
    CellKind,
    CellRange,
    RawCell,
    RawName,
    RawSheet,
    RawStyle,
    RawValidation,
    RawWorkbook,
)

TOKEN = "XT1.tiny.1.round.001.unit.1.signature"
IDENTITY = Identity("tiny", "1", "round", "001", 1)
FORMATS = ("@", "General", "0.00", "0%", "yyyy/m/d", "0", ";;;")


def _money(key: str, label: str) -> Answer:
    return Answer(key, label, AnswerType.MONEY, compulsory=True, minimum=Decimal(0))


FORM = FormDefinition(
    id="tiny", version="1", year=2024, issuer="某区", annex="", title="小表", short_title="小表",
    money="元", decimals=2, consolidated_name="{department}", double_entry_threshold=Decimal(1000),
    sheet=SheetDesign("申报表", (12, 14, 20, 9, 12, 9)), sections=(),
    blocks=(
        Band(Frame("title"), "小表标题", "title"),
        Fields(Frame("basic"), (
            (Answer("unit_name", "单位名称", AnswerType.TEXT, max_length=20, compulsory=True, answer_span=2),
             Answer("leader", "负责人", AnswerType.TEXT, max_length=10, answer_span=2)),
            (Answer("duties", "主要职责", AnswerType.TEXT, max_length=2000, compulsory=True, answer_span=5),),
        )),
        Rows(Frame("tasks", caption="重点任务"), (
            Answer("title", "任务名称", AnswerType.TEXT, max_length=20, compulsory=True, answer_span=2),
            Answer("content", "主要内容", AnswerType.TEXT, max_length=60, compulsory=True, answer_span=4),
        ), minimum=1, prepared=3, spare=1),
        Lines(Frame("budget", caption="预算情况"), "内容", 3, (
            Line("total", "预算总额(元)", "预算总额"), Line("fiscal", "1、财政拨款", "财政拨款"),
            Line("other", "2、其他资金", "其他资金"),
        ), (replace(_money("amount", "预算情况"), answer_span=3),)),
        Fields(Frame("scale"), ((
            replace(_money("assets", "资产总额"), answer_span=3),
            Answer("persons", "在职人数", AnswerType.INTEGER, compulsory=True, minimum=Decimal(0),
                   maximum=Decimal(10000), answer_span=3),
        ),), labels="above"),
        Tree(
            Frame("indicators", caption="分解目标"),
            (LevelColumn("level1", "一级目标"), LevelColumn("level2", "二级目标")),
            NameColumn("三级目标", max_length=30),
            (TargetColumn("current", "本年", "指标目标值", (
                PartColumn("operator", "计算符号"), PartColumn("value", "目标值"), PartColumn("measure", "计量单位"),
            ), PrintProfile()),), (),
            (Level("input.rules", ("投入", "预算管理"), entry="none", text="按规定设置"),
             Level("output.quantity", ("产出", "数量指标"), minimum=1, prepared=2, spare=2, maximum=3,
                   measures=("家", "人次", "万元")),
             Level("output.quality", ("产出", "质量指标"), prepared=1, spare=2, measures=("%",))),
        ),
    ),
    checks=(Check("sources", "资金来源合计与预算总额", "budget.total == budget.fiscal + budget.other", Decimal("0.005"),
                  Severity.ERROR),),
)  # fmt: skip

LAYOUT: FormLayout = lay_out(FORM, Role.UNIT, Profile.FILL, Filling())
SLOTS = {slot.key: slot for slot in LAYOUT.slots}
ROWS = {key: row for row, key in LAYOUT.row_keys}

FILLED: dict[str, Content] = {
    "unit_name": "示例站", "leader": "甲", "duties": "负责示例工作",
    "tasks#01.title": "任务一", "tasks#01.content": "内容一", "tasks#02.title": "任务二", "tasks#02.content": "内容二",
    "budget.total": Decimal("300.50"), "budget.fiscal": Decimal(300), "budget.other": Decimal("0.50"),
    "assets": Decimal("12.34"), "persons": Decimal(24),
    "output.quantity#01.name": "养老机构", "output.quantity#01.current.operator": "=",
    "output.quantity#01.current.value": "48", "output.quantity#01.current.measure": "家",
    "output.quantity#02.name": "服务人次", "output.quantity#02.current.operator": "≥",
    "output.quantity#02.current.value": "1000", "output.quantity#02.current.measure": "人次",
    "output.quality#01.name": "合格率", "output.quality#01.current.operator": "≥",
    "output.quality#01.current.value": "95", "output.quality#01.current.measure": "%",
}  # fmt: skip


@dataclass
class Book:
    """A returned workbook that can still be changed. Rows and columns count from 1, as in Excel."""

    cells: dict[tuple[int, int], RawCell]
    names: dict[str, CellRange | None]
    sheet: str = "申报表"
    extra: list[RawSheet] = field(default_factory=list)
    protected: bool = True
    validated: bool = True
    hidden_rows: frozenset[int] = frozenset()

    def put(self, place: tuple[int, int] | str, content: Content | None, style: int = 1) -> None:
        """Type into a cell, given by (row, column) or by the slot that stands there in the form as issued."""
        row, col = at(place) if isinstance(place, str) else place
        if content is None:
            self.cells.pop((row, col), None)
            return
        kind = CellKind.TEXT if isinstance(content, str) else CellKind.NUMBER
        self.cells[row, col] = RawCell(row, col, kind, str(content), None, style)

    def put_raw(self, key: str, kind: CellKind, text: str, formula: str | None = None, style: int = 1) -> None:
        row, col = at(key)
        self.cells[row, col] = RawCell(row, col, kind, text, formula, style)

    def insert(self, row: int = 0, col: int = 0, count: int = 1) -> None:
        """Insert rows above `row` or columns left of `col`."""
        self._shift(lambda r: r + count if row and r >= row else r, lambda c: c + count if col and c >= col else c)

    def delete_row(self, row: int) -> None:
        self.cells = {place: cell for place, cell in self.cells.items() if place[0] != row}
        names = dict(self.names)
        self._shift(lambda r: r - 1 if r > row else r, lambda c: c)
        for name, where in names.items():
            if where is None:
                continue
            first = where.first_row - (where.first_row > row)
            last = where.last_row - (where.last_row >= row)
            self.names[name] = where._replace(first_row=first, last_row=last) if first <= last else None

    def delete_col(self, col: int) -> None:
        self.cells = {place: cell for place, cell in self.cells.items() if place[1] != col}
        names = dict(self.names)
        self._shift(lambda r: r, lambda c: c - 1 if c > col else c)
        for name, where in names.items():
            if where is None:
                continue
            first = where.first_col - (where.first_col > col)
            last = where.last_col - (where.last_col >= col)
            self.names[name] = where._replace(
                first_row=where.first_row, last_row=where.last_row, first_col=first, last_col=last
            ) if first <= last else None

    def move_row(self, row: int, to: int) -> None:
        """Cut a whole row and insert it above row `to`."""
        kept = {c: cell for (r, c), cell in self.cells.items() if r == row}
        self.insert(row=to)
        source = row if row < to else row + 1
        for c in list(kept):
            self.cells.pop((source, c), None)
        for c, cell in kept.items():
            self.cells[to, c] = cell._replace(row=to, col=c)
        self.delete_row(source)

    def row_of(self, key: str) -> int:
        """The row that now carries this key."""
        return next(row for (row, _), cell in self.cells.items() if cell.text == key)

    def _shift(self, row: Callable[[int], int], col: Callable[[int], int]) -> None:
        self.cells = {(row(r), col(c)): cell._replace(row=row(r), col=col(c)) for (r, c), cell in self.cells.items()}
        for name, where in self.names.items():
            if where is not None:
                self.names[name] = CellRange(
                    row(where.first_row), col(where.first_col), row(where.last_row), col(where.last_col)
                )

    def raw(self) -> RawWorkbook:
        rules = (RawValidation((CellRange(1, 1, 1, 1),), "list", '"="', ""),) if self.validated else ()
        form = RawSheet(self.sheet, "visible", dict(self.cells), protected=self.protected, validations=rules,
                        hidden_rows=self.hidden_rows)  # fmt: skip
        names = tuple(
            RawName(name, f"'申报表'!{absolute_range(where)}" if where else "#REF!", "", False)
            for name, where in self.names.items()
        )
        styles = tuple(RawStyle(code, False) for code in FORMATS)
        return RawWorkbook((form, *self.extra), styles, names)


def filled(changes: dict[str, Content | None] | None = None, layout: FormLayout = LAYOUT) -> Book:
    """The form as issued and filled in, with some answers changed."""
    contents: dict[str, Content | None] = {**FILLED, **(changes or {})}
    cells: dict[tuple[int, int], RawCell] = {}
    for cell in layout.sheet.cells:
        row, col = cell.range.first_row, cell.range.first_col
        if cell.formula:
            cells[row, col] = RawCell(row, col, CellKind.TEXT, str(cell.content), cell.formula, 1)
        elif cell.content not in (None, ""):
            cells[row, col] = RawCell(row, col, CellKind.TEXT, str(cell.content), None, 1)
    cells[1, layout.key_column] = RawCell(1, layout.key_column, CellKind.TEXT, TOKEN, None, 1)
    names: dict[str, CellRange | None] = {}
    for name, refers_to in layout.sheet.names:
        names[name] = parse_range(refers_to.partition("!")[2])
    book = Book(cells, names)
    for key, content in contents.items():
        book.put(key, content)
    return book


def at(key: str) -> tuple[int, int]:
    """Where a slot stands in the form as issued."""
    where = SLOTS[key].range
    return where.first_row, where.first_col


def read(book: Book) -> tuple[Submission, Located]:
    workbook = book.raw()
    located = locate(workbook, LAYOUT)
    return interpret(workbook, located, LAYOUT, IDENTITY, "tiny.xlsx", "0" * 64), located


def values_of(submission: Submission) -> dict[str, object]:
    """Every answer that was given: numbers as Decimal, targets as the form prints them."""
    found: dict[str, object] = {}

    def put(prefix: str, answer: FieldAnswer) -> None:
        if answer.text:
            found[prefix + answer.key] = answer.text if answer.number is None else answer.number

    for answer in submission.fields:
        put("", answer)
    for row in submission.rows:
        for answer in row.answers:
            put(f"{row.key}.", answer)
    for item in submission.indicators:
        found[f"{item.key}.name"] = item.name
        found[f"{item.key}.current"] = target_of(item)
    return found


def target_of(item: Indicator) -> tuple[object, ...]:
    value = item.targets[0].value
    return (value.operator and value.operator.value, value.number, value.measure)


def codes(findings: tuple[Finding, ...]) -> list[str]:
    return [item.code for item in findings]
