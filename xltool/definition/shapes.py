"""What a value of form.toml may look like, and the record of one known key: the parts the vocabulary is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

EXCEL_TEXT_LIMIT = 32_767  # characters in one cell

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"  # what XML cannot carry
SHOWN = rf"^[^{_CONTROL}]*$"
FILLED = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
SIMPLE_KEY = r"^[a-z][a-z0-9_]{0,39}$"
DOTTED_KEY = r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,3}$"
CHECK_KEY = r"^[a-z][a-z0-9_.-]{0,59}$"
FINDING_CODE = r"^(VAL|IND|SUM)[0-9]{2}$"
FORM_ID = r"^[a-z0-9][a-z0-9-]{0,39}$"
# `_` begins the names of our hidden sheets
SHEET_NAME = rf"^[^\[\]:*?/\\'_{_CONTROL}][^\[\]:*?/\\'{_CONTROL}]{{0,30}}$"
CSV_NAME = rf"^[^/\\:*?\"<>|.{_CONTROL}][^/\\:*?\"<>|{_CONTROL}]*\.csv$"
DECIMAL_TEXT = r"^-?[0-9]{1,15}(\.[0-9]{1,10})?$"


class Shape(StrEnum):
    """The build of a value; what it is called in the JSON Schema follows from it."""

    TEXT = "text"
    DECIMAL = "decimal"  # an exact number as text, or a whole number
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    WORD = "word"  # one of a fixed list
    WORDS = "words"
    TEXTS = "texts"
    PLACING = "placing"  # rows of field keys
    SPAN = "span"  # one or two counts of tracks
    WIDTHS = "widths"
    TABLE = "table"
    TABLES = "tables"
    BLOCKS = "blocks"  # tables told apart by their kind


SAMPLES = {
    Shape.TEXT: '"abc"',
    Shape.DECIMAL: '"0.005"',
    Shape.INTEGER: "3",
    Shape.NUMBER: "12.5",
    Shape.FLAG: "true",
    Shape.WORD: '"abc"',
    Shape.WORDS: '["abc", "def"]',
    Shape.TEXTS: '["abc", "def"]',
    Shape.PLACING: '[["abc", "def"], ["ghi"]]',
    Shape.SPAN: "[1, 2]",
    Shape.WIDTHS: "[12, 8.5]",
    Shape.TABLE: '{ key = "abc" }',
    Shape.TABLES: '[{ key = "abc" }]',
    Shape.BLOCKS: "[[block]]",
}
"""How a value of each shape is written in TOML; shown instead of a type's name, so it needs no translation."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. `low` and `high` bound a number, a text's length, or how many items a list has.

    A number in a list is bound by the language itself (spans and widths). `default` None is the shape's empty value.
    """

    name: str
    shape: Shape
    doc: str
    required: bool = False
    default: object = None
    words: tuple[str, ...] = ()
    pattern: str = SHOWN
    sample: str = ""
    low: int = 0
    high: int = EXCEL_TEXT_LIMIT
    places: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of table with its keys in the order they are documented."""

    name: str
    doc: str
    keys: tuple[Key, ...]

    def key(self, name: str) -> Key:
        """The key of that name, which the caller knows to exist."""
        return next(item for item in self.keys if item.name == name)

    def names(self) -> tuple[str, ...]:
        return tuple(item.name for item in self.keys)
