"""Rosters, forms and submissions as records, for the tests of consolidation and of what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from xltool import values
from xltool.model.campaign import Campaign, ReportingUnit, RuleLine
from xltool.model.form import (
    Answer,
    AnswerType,
    Fields,
    FormDefinition,
    Frame,
    Level,
    LevelColumn,
    Line,
    Lines,
    NameColumn,
    PartColumn,
    Role,
    Rows,
    SheetDesign,
    TargetColumn,
    Tree,
)
from xltool.model.submission import FieldAnswer, Identity, Indicator, RowAnswer, Source, Submission, Target
from xltool.model.value import PrintProfile, State, TargetValue

UNITS = (
    ReportingUnit("001", "本级", Role.OWN),
    ReportingUnit("002", "甲中心", Role.UNIT, "001"),
    ReportingUnit("003", "乙站", Role.UNIT, "001"),
    ReportingUnit("010", "丙院", Role.UNIT, "001"),
)
LEAVES = (
    Level("input.control", ("投入管理指标", "内部控制管理"), entry="none"),
    Level("output.quantity", ("产出指标", "数量指标")),
    Level("output.timeliness", ("产出指标", "时效指标"), aliases=("进度指标",)),
)
ONE_CELL = PrintProfile("{operator}{number}({measure})", 2)
AS_WRITTEN = PrintProfile("{operator}{number}{measure}", None, ("=",))


def a_form(
    *, fields: Sequence[Answer] | None = None, rows_rule: str = "pick", numbered: bool = False
) -> FormDefinition:
    """A small form with every kind of block that is consolidated."""
    money = Answer("amount", "金额", AnswerType.MONEY, compulsory=True, rule="sum")
    lines = (Line("total", "预算总额(元)", "预算总额"), Line("other", "(2)其他资金", "其他资金"))
    columns = (Answer("title", "任务名称", AnswerType.TEXT), Answer("content", "主要内容", AnswerType.TEXT))
    targets = (
        TargetColumn("current", "本年", "指标值", (PartColumn("value", "目标值"),), ONE_CELL),
        TargetColumn("previous", "上年", "上年值", (PartColumn("value", ""),), AS_WRITTEN, compulsory=False),
    )
    tree = Tree(
        Frame("indicators"), (LevelColumn("level1", "一级"), LevelColumn("level2", "二级")),
        NameColumn("三级", numbered=numbered), targets, (Answer("remark", "备注", AnswerType.TEXT),), LEAVES,
    )  # fmt: skip
    return FormDefinition(
        "small", "1", 2024, "示例", "", "申报表", "目标", "元", 2, "{department}(汇总)", Decimal(1000),
        SheetDesign("申报表", (10.0,)), (),
        (
            Fields(Frame("basic"), (tuple(fields if fields is not None else FIELDS),)),
            Rows(Frame("tasks"), columns, 1, 2, 1, rows_rule),
            Lines(Frame("budget"), "内容", 1, lines, (money,)),
            tree,
        ),
        (),
    )  # fmt: skip


FIELDS = (
    Answer("unit_name", "部门名称", AnswerType.TEXT, compulsory=True, rule="consolidated_name"),
    Answer(
        "subordinate_units", "下属预算单位个数", AnswerType.INTEGER, compulsory=True, rule="count_units",
        roles=frozenset({Role.DEPARTMENT}),
    ),
    Answer("duties", "部门职责", AnswerType.TEXT, compulsory=True, rule="own"),
    Answer("persons", "年末在职人数", AnswerType.INTEGER, compulsory=True, rule="own"),
    Answer("remarks", "其他说明", AnswerType.TEXT, rule="none"),
)  # fmt: skip


def a_campaign(
    rules: Iterable[RuleLine] = (), units: tuple[ReportingUnit, ...] = UNITS, own_counts: bool = True
) -> Campaign:
    return Campaign(
        "round", "small", 2024, "示例区民政局", None, "", "", units, tuple(rules), own_counts=own_counts
    )  # fmt: skip


def a_field(key: str, given: str | Decimal | None) -> FieldAnswer:
    """A field's answer: text, a number, or None for blank; `?` is unreadable and `不适用` does not apply."""
    source = Source("申报表", "C4")
    if given is None or given == "":
        return FieldAnswer(key, State.BLANK, "", None, source)
    if given == "?":
        return FieldAnswer(key, State.UNREADABLE, "?", None, source)
    if given == "不适用":
        return FieldAnswer(key, State.NOT_APPLICABLE, "不适用", None, source)
    number = given if isinstance(given, Decimal) else None
    return FieldAnswer(key, State.GIVEN, str(given), number, source)


def a_row(number: int, title: str, content: str) -> RowAnswer:
    return RowAnswer("tasks", f"tasks#{number:02}", (a_field("title", title), a_field("content", content)))


def an_indicator(
    name: str, target: str, *, level: str = "output.quantity", row: int = 1, previous: str | None = None,
    remark: str = "", id: str = "",
) -> Indicator:  # fmt: skip
    """An indicator; the target is one text, or operator, value and measure separated by blanks."""
    path = next((leaf.path for leaf in LEAVES if leaf.key == level), ("?", level))
    source = Source("申报表", f"D{row + 20}")
    targets = [Target("current", _value(target), source)]
    if previous is not None:
        targets.append(Target("previous", _value(previous), source))
    extras = (a_field("remark", remark),)
    return Indicator(f"{level}#{row:02}", level, path, name, source, tuple(targets), extras, id)


def _value(text: str) -> TargetValue:
    operator, _, rest = text.partition(" ")
    value, _, measure = rest.partition(" ")
    return values.parse(value, operator, measure) if rest else values.parse(text)


def a_submission(
    code: str, *, fields: Mapping[str, str | Decimal | None] | None = None, rows: Sequence[RowAnswer] = (),
    indicators: Sequence[Indicator] = (), issue: int = 1,
) -> Submission:  # fmt: skip
    """An accepted submission whose every compulsory field is answered unless told otherwise."""
    given: dict[str, str | Decimal | None] = {
        "unit_name": "某单位", "duties": f"{code}的职责", "persons": Decimal(5 if code == "001" else 0),
        "budget.total": Decimal("100.00"), "budget.other": Decimal("0.00"),
    }  # fmt: skip
    given.update(fields or {})
    answers = tuple(a_field(key, value) for key, value in given.items())
    identity = Identity("small", "1", "round", code, issue)
    return Submission(identity, f"{code}.xlsx", f"{code}-{issue}", "Test", answers, tuple(rows), tuple(indicators))
