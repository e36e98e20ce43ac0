"""Where everything stands on the sheets of one workbook. Writer and reader both use it, so they cannot disagree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from xltool.model.form import Answer, FormDefinition, Level, Profile, Role, TargetColumn
from xltool.model.workbook import CellRange


@dataclass(frozen=True, slots=True)
class Style:
    """A cell format in the writer's terms; equal styles are written once. Colours are RRGGBB or empty."""

    font: str = ""
    size: float = 10.0
    bold: bool = False
    align: str = "left"
    valign: str = "vcenter"
    wrap: bool = True
    border: bool = True
    fill: str = ""
    color: str = ""
    locked: bool = True
    number_format: str = "General"
    shrink: bool = False  # a number that is too wide is shown smaller, not as ###
    open_side: str = ""  # the side of a border at which no line is drawn: top, bottom


@dataclass(frozen=True, slots=True)
class PlanCell:
    """One cell or merged range to be written. `content` is text, an exact number, or None for an empty answer.

    With a `formula`, `content` is its cached value. `link` is an internal or external target for a hyperlink,
    `comment` a cell note.
    """

    range: CellRange
    content: str | Decimal | None
    style: Style
    formula: str = ""
    link: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell that holds an answer. `key` is unique in the workbook; `range` is the merged range it covers.

    Keys: `duties` · `budget.total` · `tasks#03.content` · `output.quantity#05.name` ·
    `output.quantity#05.current.value` (operator, value, measure) · `output.quantity#05.remark`.
    `row_key` is the key in the hidden key column of its first row; `column` the heading key it stands under.
    """

    key: str
    range: CellRange
    row_key: str
    column: str
    label: str
    block: str
    answer: Answer | None = None
    level: Level | None = None
    target: TargetColumn | None = None
    part: str = ""
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A text of ours that locates a column (or labels a field): its key is `block.column` or the field's key."""

    key: str
    text: str
    range: CellRange
    row_key: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A data validation. `kind` is list, warn-list, decimal, integer, length or custom; `values` are its arguments."""

    range: CellRange
    kind: str
    values: tuple[str, ...]
    prompt_title: str = ""
    prompt: str = ""
    error_title: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A conditional format: the formula is true where the cell is to be tinted."""

    range: CellRange
    formula: str
    fill: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart of one or more columns of values, its top left corner at a cell (row, column).

    A series is named by the cell above its first value. `size` is in pixels, `colors` are RRGGBB by series.
    """

    title: str
    categories: CellRange
    series: tuple[CellRange, ...]
    at: tuple[int, int]
    stacked: bool = False
    size: tuple[int, int] = (360, 240)
    colors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """Everything on one sheet. `heights` are (row, points); `names` are defined names of ours on this sheet.

    `fitted_rows` start with their height, but whoever shows the sheet may make them higher for what is typed in.
    """

    name: str
    state: str
    widths: tuple[float, ...]
    heights: tuple[tuple[int, float], ...]
    cells: tuple[PlanCell, ...]
    hidden_columns: tuple[int, ...] = ()
    rules: tuple[Rule, ...] = ()
    marks: tuple[Mark, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    protected: bool = True
    paper: str = "A4"
    landscape: bool = False
    print_area: CellRange | None = None
    repeat_rows: tuple[int, int] | None = None
    page_breaks: tuple[int, ...] = ()
    scale: int = 0  # percent; 0 makes the sheet one page wide
    freeze_row: int = 0
    freeze_column: int = 0
    footer: str = ""
    gridlines: bool = False
    filter_range: CellRange | None = None
    fitted_rows: frozenset[int] = frozenset()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class FormLayout:
    """The form sheet of one role and profile. Key and check column are counted from 1 like every column."""

    form: FormDefinition
    role: Role
    profile: Profile
    sheet: SheetPlan
    slots: tuple[Slot, ...]
    headings: tuple[Heading, ...]
    row_keys: tuple[tuple[int, str], ...]
    key_column: int
    check_column: int


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """A workbook to be written: its sheets in order, constant names, properties and whether its structure is locked."""

    sheets: tuple[SheetPlan, ...]
    title: str = ""
    constants: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    structure_locked: bool = False
    black_and_white: bool = False
    password: str = ""
