"""The vocabulary of blocks and answers in form.toml; reading, suggestions and the JSON Schema all come from here."""

from __future__ import annotations

from dataclasses import fields

from xltool.definition.shapes import (
    CSV_NAME,
    DOTTED_KEY,
    FILLED,
    SIMPLE_KEY,
    Key,
    Shape,
    Table,
)
from xltool.model.campaign import ReportingUnit
from xltool.model.form import AnswerType, Entry, Profile, Role

FORM_PLACES = ("title", "year", "annex", "money", "department")
PRINT_PLACES = ("operator", "number", "measure")

_FIGURES = frozenset({AnswerType.MONEY, AnswerType.INTEGER, AnswerType.NUMBER})
NUMERIC = _FIGURES | {AnswerType.PERCENT}
_ORDERED = NUMERIC | {AnswerType.DATE}
_ANY = frozenset(AnswerType)

RULES: dict[str, frozenset[AnswerType]] = {
    "sum": _FIGURES,
    "own": _ANY,
    "owner": _ANY,
    "pick": _ANY,
    "all_equal": _ANY,
    "weakest": _ORDERED,
    "maximum": _ORDERED,
    "minimum": _ORDERED,
    "latest": _ANY,
    "weighted_mean": NUMERIC,
    "most_frequent": _ANY,
    "keep_each": _ANY,
    "expand_and_sum": _FIGURES,
    "count_units": frozenset({AnswerType.INTEGER}),
    "consolidated_name": frozenset({AnswerType.TEXT}),
    "none": _ANY,
}
"""The consolidation rules by name, each with the types of answer it can be used on."""

SOURCES = (
    *(f"unit.{item.name}" for item in fields(ReportingUnit) if item.name not in ("role", "prefill")),
    "department.name",
)
"""Where a prefilled value can come from, besides a column of the roster (a name without a dot)."""

_RULES = tuple(RULES)
_ROLES = tuple(Role)
_PROFILES = tuple(Profile)
SIMPLE = Key(
    "key", Shape.TEXT, "Name in files and expressions.", required=True, pattern=SIMPLE_KEY, sample='"total"', high=40
)
_DOTTED = Key(
    "key", Shape.TEXT, "Name in files and expressions.", required=True, pattern=DOTTED_KEY, sample='"income.total"'
)
ON_ROLES = Key("roles", Shape.WORDS, "The uses of the form it appears in.", words=_ROLES, default=_ROLES, low=1)
_RULE = Key("rule", Shape.WORD, "How the department's value is formed from the units' values.", words=_RULES)
_ALIASES = Key("aliases", Shape.TEXTS, "Other wordings it is known by.", pattern=FILLED, high=50)
_TRACKS = Key("span", Shape.INTEGER, "How many tracks wide.", default=1, low=1, high=200)
_HEADING = Key("heading", Shape.TEXT, "The text over the column.", high=500, places=FORM_PLACES)
_MESSAGE_NAME = Key("name", Shape.TEXT, "What messages call it, where the printed text is no name.", high=100)


def caption(name: str, doc: str, *, filled: bool = True) -> Key:
    if filled:
        return Key(name, Shape.TEXT, doc, required=True, pattern=FILLED, high=500, places=FORM_PLACES)
    return Key(name, Shape.TEXT, doc, high=500, places=FORM_PLACES)


_ANSWER = (
    Key("type", Shape.WORD, "What is answered.", required=True, words=tuple(AnswerType)),
    _ALIASES,
    Key("compulsory", Shape.FLAG, "A blank is an error."),
    Key("expected_length", Shape.INTEGER, "Characters to be expected; the cell is drawn for it."),
    Key("max_length", Shape.INTEGER, "Characters allowed; print has room for all of them."),
    Key("minimum", Shape.DECIMAL, "Least value allowed."),
    Key("maximum", Shape.DECIMAL, "Greatest value allowed."),
    Key("decimals", Shape.INTEGER, "Decimal places; money has the form's.", high=10),
    Key("choices", Shape.TEXTS, "The values of a choice, in order.", pattern=FILLED, high=200),
    Key("entry", Shape.WORD, "Who writes the answer.", words=tuple(Entry), default=Entry.OPEN.value),
    Key("source", Shape.TEXT, "Where a prefilled value comes from.", high=100),
    Key("default", Shape.TEXT, "The value it starts with.", places=FORM_PLACES),
    _RULE,
    Key("help", Shape.TEXT, "The prompt beside the cell.", high=200),
)

FIELD = Table(
    "field",
    "One question with its answer.",
    (
        _DOTTED,
        caption("label", "The printed label."),
        Key("span", Shape.SPAN, "Tracks of label and answer; one number where labels stand above.", required=True),
        *_ANSWER,
        _MESSAGE_NAME,
        ON_ROLES,
        Key("label_align", Shape.WORD, "How the label stands in its cell.", words=("left", "center", "right")),
    ),
)
COLUMN = Table(
    "column",
    "One column of a repeating table, of fixed lines or of the indicators.",
    (SIMPLE, _HEADING, _TRACKS, *_ANSWER, _MESSAGE_NAME),
)
LINE = Table(
    "line",
    "One fixed line.",
    (SIMPLE, caption("label", "The printed text of the line."), _MESSAGE_NAME, _ALIASES, _RULE),
)
NOTE = Table(
    "note",
    "A text at the right end of the block's last row.",
    (caption("text", "The text; {money} is the money measure."), _TRACKS),
)
LEVEL = Table("level", "The column of one level of the tree.", (SIMPLE, _HEADING, _TRACKS))
NAME = Table(
    "name",
    "The column of the indicator's name.",
    (
        _HEADING,
        _TRACKS,
        caption("group", "A heading over this and the neighbouring columns of the same group.", filled=False),
        Key("max_length", Shape.INTEGER, "Characters allowed.", default=100, low=1),
        Key("numbered", Shape.FLAG, "Names carry 1. 2. within their level."),
    ),
)
PART = Table(
    "part",
    "One cell of a target in the fill form.",
    (
        _HEADING,
        _TRACKS,
        Key("max_length", Shape.INTEGER, "Characters allowed.", default=60, low=1),
        Key("printed", Shape.FLAG, "Keeps a column of its own in print; otherwise it merges into the value."),
    ),
)
PRINT = Table(
    "print",
    "How a numeric target is printed in one cell.",
    (
        Key(
            "pattern",
            Shape.TEXT,
            "Text with {operator}, {number} and {measure}.",
            default="{operator}{number}({measure})",
            pattern=FILLED,
            high=60,
            places=PRINT_PLACES,
        ),
        Key("decimals", Shape.INTEGER, "Decimal places; as written where absent.", high=10),
        Key("bare_operators", Shape.TEXTS, "Operators that are not printed.", high=10),
    ),
)
TARGET = Table(
    "target",
    "One target of an indicator (this year, last year, half a year ...).",
    (
        SIMPLE,
        caption("label", "What messages and data sets call it."),
        Key(
            "heading",
            Shape.TEXT,
            "The text over it in print, where its cells become one.",
            high=500,
            places=FORM_PLACES,
        ),
        caption("group", "A heading over this and the neighbouring columns of the same group.", filled=False),
        Key("operator", Shape.TABLE, "The cell of the operator.", table=PART),
        Key("value", Shape.TABLE, "The cell of the value.", required=True, table=PART),
        Key("measure", Shape.TABLE, "The cell of the measure.", table=PART),
        Key("compulsory", Shape.FLAG, "A blank is an error.", default=True),
        Key("print", Shape.TABLE, "How it is printed in one cell.", table=PRINT),
    ),
)

_FRAME = (
    SIMPLE,
    Key("section", Shape.TEXT, "The section it belongs to.", pattern=SIMPLE_KEY, sample='"one"'),
    caption("caption", "Its caption: on top, or down the left side with `side`.", filled=False),
    Key("side", Shape.INTEGER, "Tracks of a caption down the left side; 0 puts it on top.", high=200),
    Key(
        "profiles",
        Shape.WORDS,
        "Whether it is in the fill form, in print or both.",
        words=_PROFILES,
        default=_PROFILES,
        low=1,
    ),
    ON_ROLES,
    Key("optional", Shape.FLAG, "Only where the campaign asks for it."),
    Key("frame", Shape.FLAG, "Drawn with borders.", default=True),
)
_PAIRS = (
    Key("labels", Shape.WORD, "Where labels stand.", words=("left", "above"), default="left"),
    Key(
        "rows", Shape.PLACING, "The rows, each a list of field keys from left to right.", required=True, low=1, high=200
    ),
    Key("fields", Shape.TABLES, "The fields placed in the rows.", required=True, table=FIELD, low=1, high=200),
    Key("note", Shape.TABLE, "A text at the right end of the last row.", table=NOTE),
)
_COUNTS = (
    Key("minimum", Shape.INTEGER, "Rows that must be filled.", high=1_000),
    Key("prepared", Shape.INTEGER, "Rows drawn as expected.", required=True, high=1_000),
    Key("spare", Shape.INTEGER, "Further rows as room.", high=1_000),
)
_COLUMNS = Key("columns", Shape.TABLES, "The columns from left to right.", required=True, table=COLUMN, low=1, high=50)


def _block(kind: str, doc: str, *keys: Key) -> Table:
    told = Key("kind", Shape.WORD, "Which kind of block this is.", required=True, words=(kind,))
    return Table(kind, doc, (told, *_FRAME, *keys))


_BLOCKS = (
    _block(
        "band",
        "A line of text over the whole width.",
        Key("style", Shape.WORD, "How it looks.", required=True, words=("title", "subtitle", "section", "note")),
        caption("text", "The text; {title}, {year}, {annex}, {money} and {department} are filled in."),
    ),
    _block("fields", "Label and answer pairs.", *_PAIRS),
    _block(
        "lines",
        "Fixed lines and columns, such as the budget.",
        _HEADING,
        _TRACKS,
        _COLUMNS,
        Key("lines", Shape.TABLES, "The lines from top to bottom.", required=True, table=LINE, low=1, high=200),
    ),
    _block(
        "rows",
        "A repeating table.",
        _COLUMNS,
        *_COUNTS,
        Key("rule", Shape.WORD, _RULE.doc, words=_RULES, default="keep_each"),
    ),
    _block(
        "tree",
        "The levels with their indicators.",
        Key("levels", Shape.TABLES, "The levels from the first down.", required=True, table=LEVEL, low=1, high=3),
        Key("name", Shape.TABLE, "The indicator's name.", required=True, table=NAME),
        Key(
            "rows_from",
            Shape.TEXT,
            "The CSV file of the tree's leaves.",
            required=True,
            pattern=CSV_NAME,
            sample='"indicators.csv"',
            high=100,
        ),
        Key("targets", Shape.TABLES, "The targets from left to right.", required=True, table=TARGET, low=1, high=12),
        Key("columns", Shape.TABLES, "Further answers of an indicator.", table=COLUMN, high=20),
        Key(
            "order",
            Shape.TEXTS,
            "Keys of all targets and columns from left to right, where columns do not follow the targets.",
            pattern=SIMPLE_KEY,
            sample='["kind", "current", "remark"]',
        ),
    ),
    _block("sign", "The signature block: label and answer pairs.", *_PAIRS),
)
BLOCKS = {item.name: item for item in _BLOCKS}
"""The six kinds of block."""
