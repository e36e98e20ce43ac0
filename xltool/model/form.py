"""A form as data: what `templates/<form>/` says, once it has been read and found sound."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xltool.model.finding import Severity
from xltool.model.value import PrintProfile


class Role(StrEnum):
    """Which of the three uses of one form a workbook is (DESIGN §1)."""

    UNIT = "unit"  # 单位表: a leaf unit
    OWN = "own"  # 本级表: the department's own bureau
    DEPARTMENT = "department"  # 部门表: the 汇总


class Profile(StrEnum):
    """The fill form has a cell per part of a target and help; the print form is the published layout."""

    FILL = "fill"
    PRINT = "print"


class AnswerType(StrEnum):
    TEXT = "text"
    MONEY = "money"
    INTEGER = "integer"
    NUMBER = "number"
    PERCENT = "percent"
    PHONE = "phone"
    DATE = "date"
    CHOICE = "choice"


class Entry(StrEnum):
    """Who writes the answer: the unit, nobody (locked), the roster first and the unit may not change it."""

    OPEN = "open"
    LOCKED = "locked"
    PREFILLED = "prefilled"  # locked once the source has a value, else open
    SUGGESTED = "suggested"  # filled in beforehand and open


@dataclass(frozen=True, slots=True)
class Answer:
    """One scalar answer: a field, a cell of a fixed line, or a column of a repeating block.

    Lengths are in characters. `source` names where a prefilled value comes from (`unit.name`, `department.name`,
    or a column of the roster). `rule` is the consolidation rule's name, empty for the default of its type.
    `decimals` of a money answer is the form's.
    """

    key: str
    label: str
    type: AnswerType
    aliases: tuple[str, ...] = ()
    compulsory: bool = False
    expected_length: int = 0
    max_length: int = 0
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: int | None = None
    choices: tuple[str, ...] = ()
    entry: Entry = Entry.OPEN
    source: str = ""
    default: str = ""
    rule: str = ""
    help: str = ""
    name: str = ""  # what messages call it where the label is no name of its own
    roles: frozenset[Role] = frozenset(Role)
    label_span: int = 1
    answer_span: int = 1
    label_align: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered part of the form whose caption runs down the left side of its blocks, `side` tracks wide."""

    key: str
    caption: str
    side: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What every block has: where it belongs, its caption (on top, or down the left side), where it appears."""

    key: str
    section: str = ""
    caption: str = ""
    side: int = 0  # 0: the caption stands on top over the whole width
    profiles: frozenset[Profile] = frozenset(Profile)
    roles: frozenset[Role] = frozenset(Role)
    optional: bool = False  # only where the campaign asks for it
    ruled: bool = True  # drawn with borders


@dataclass(frozen=True, slots=True)
class Band:
    """A line of text over the whole width: `style` is title, subtitle, section or note."""

    frame: Frame
    text: str
    style: str


@dataclass(frozen=True, slots=True)
class Note:
    """A text at the right end of a fields block's last row that asks for nothing (单位：万元)."""

    text: str
    span: int


@dataclass(frozen=True, slots=True)
class Fields:
    """Label and answer pairs in rows; `labels` is left or above. `sign` marks a signature block."""

    frame: Frame
    rows: tuple[tuple[Answer, ...], ...]
    labels: str = "left"
    note: Note | None = None
    sign: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One fixed line of a `Lines` block; `label` is printed, `name` is what messages call it."""

    key: str
    label: str
    name: str
    aliases: tuple[str, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Fixed rows × columns, such as the budget. The answer of (line, column) has the key `block.line[.column]`."""

    frame: Frame
    heading: str
    span: int
    lines: tuple[Line, ...]
    columns: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A repeating table. `prepared` rows are drawn as expected, `spare` ones more as room; row keys are `block#01`."""

    frame: Frame
    columns: tuple[Answer, ...]
    minimum: int
    prepared: int
    spare: int
    rule: str = "keep_each"


@dataclass(frozen=True, slots=True)
class LevelColumn:
    """The column of one level of the tree: 一级, 二级."""

    key: str
    heading: str
    span: int = 1


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """An indicator that the form itself suggests or prescribes under a level."""

    name: str
    operator: str = ""
    measure: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A leaf of the level tree: `path` holds the printed names from the first level down.

    `entry` is open (units write indicators) or none (the form prints `text`, or nothing, and asks for nothing).
    `measures` are the canonical symbols offered in the list; what is not among them draws a warning.
    """

    key: str
    path: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    entry: str = "open"
    text: str = ""
    minimum: int = 0
    prepared: int = 0
    spare: int = 0
    maximum: int | None = None
    measures: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    indicators: tuple[IndicatorRow, ...] = ()


@dataclass(frozen=True, slots=True)
class NameColumn:
    """The column of the indicator's name (三级指标). `numbered`: names carry `1.` within their level."""

    heading: str
    span: int = 1
    group: str = ""
    max_length: int = 100
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class PartColumn:
    """One cell of a target in the fill profile; `printed` keeps a column of its own in the print profile."""

    part: str  # operator, value or measure
    heading: str
    span: int = 1
    max_length: int = 60
    printed: bool = False


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """One target of an indicator (本年, 上年 …): the cells it is filled in, and how it is printed in one."""

    key: str
    label: str
    heading: str
    parts: tuple[PartColumn, ...]
    print: PrintProfile
    group: str = ""
    compulsory: bool = True


@dataclass(frozen=True, slots=True)
class Tree:
    """The level tree with its indicators. `columns` are further answers of an indicator (备注, 权重 …).

    `order` holds the keys of targets and columns from left to right where columns do not follow the targets.
    """

    frame: Frame
    levels: tuple[LevelColumn, ...]
    name: NameColumn
    targets: tuple[TargetColumn, ...]
    columns: tuple[Answer, ...]
    leaves: tuple[Level, ...]
    order: tuple[str, ...] = ()


Block = Band | Fields | Lines | Rows | Tree


@dataclass(frozen=True, slots=True)
class Check:
    """An arithmetic check over field keys, e.g. `budget.total == budget.fiscal + budget.other`."""

    key: str
    label: str
    expression: str
    tolerance: Decimal
    severity: Severity
    head: str = ""
    roles: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True, slots=True)
class SheetDesign:
    """Page and grid: `tracks` are column widths in Excel's units, left to right; the fonts name their fallbacks."""

    name: str
    tracks: tuple[float, ...]
    paper: str = "A4"
    landscape: bool = False
    font: str = "宋体"
    title_font: str = "方正小标宋简体"
    font_size: float = 10.0


@dataclass(frozen=True, slots=True)
class Rename:
    """A key that changed since `version`; `kind` says of what: field, line, block, column, level or target."""

    version: str
    kind: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A whole form. `money` is the measure its amounts are written in, `decimals` how many places they have."""

    id: str
    version: str
    year: int
    issuer: str
    annex: str
    title: str
    short_title: str
    money: str
    decimals: int
    consolidated_name: str
    double_entry_threshold: Decimal
    sheet: SheetDesign
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    checks: tuple[Check, ...]
    remarks: str = ""  # the field where a unit gives its reasons in the first round
    reasons: tuple[str, ...] = ()  # codes of findings that pass only with a written reason
