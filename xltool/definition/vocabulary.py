"""The vocabulary of a whole form.toml: the form, its sheet, sections, blocks and checks."""

from __future__ import annotations

from dataclasses import fields

from xltool.definition.block_vocabulary import FORM_PLACES, ON_ROLES, SIMPLE, caption
from xltool.definition.shapes import (
    CHECK_KEY,
    DOTTED_KEY,
    FILLED,
    FINDING_CODE,
    FORM_ID,
    SHEET_NAME,
    Key,
    Shape,
    Table,
)
from xltool.model.finding import Severity
from xltool.model.form import SheetDesign

TITLE_PLACES = ("year", "department")
_DESIGN = {item.name: item.default for item in fields(SheetDesign)}

MONEY = Table(
    "money",
    "The measure amounts are written in.",
    (
        Key("measure", Shape.TEXT, "A money measure of the code list.", required=True, pattern=FILLED, high=20),
        Key("decimals", Shape.INTEGER, "Decimal places.", default=2, high=6),
    ),
)
FORM = Table(
    "form",
    "What the form is.",
    (
        Key("id", Shape.TEXT, "The form's id.", required=True, pattern=FORM_ID, sample='"minhang-2024"'),
        Key(
            "version",
            Shape.TEXT,
            "Changes whenever workbooks of the old one must be carried over.",
            required=True,
            pattern=FILLED,
            high=20,
        ),
        Key("year", Shape.INTEGER, "The budget year.", required=True, low=1990, high=2200),
        Key("issuer", Shape.TEXT, "Who published the form.", high=100),
        Key("annex", Shape.TEXT, "Its number among the annexes.", high=50),
        Key("title", Shape.TEXT, "The printed title.", required=True, pattern=FILLED, high=200, places=TITLE_PLACES),
        Key("short_title", Shape.TEXT, "The title in file names; the title where absent.", high=40),
        Key("money", Shape.TABLE, "The measure of amounts.", required=True, table=MONEY),
        Key(
            "consolidated_name",
            Shape.TEXT,
            "The department's name on its form.",
            default="{department}",
            high=200,
            places=FORM_PLACES,
        ),
        Key(
            "double_entry_threshold",
            Shape.DECIMAL,
            "From where on equal figures of two units are questioned.",
            default="1000",
        ),
        Key("remarks", Shape.TEXT, "The field for reasons (其他说明).", pattern=DOTTED_KEY, sample='"remarks"'),
        Key(
            "reasons",
            Shape.TEXTS,
            "Codes of findings that pass only with a written reason.",
            pattern=FINDING_CODE,
            sample='["IND26"]',
            high=100,
        ),
    ),
)
SHEET = Table(
    "sheet",
    "Page and grid.",
    (
        Key("name", Shape.TEXT, "The sheet's name.", required=True, pattern=SHEET_NAME, high=31),
        Key(
            "tracks",
            Shape.WIDTHS,
            "Widths of the grid's tracks in characters, left to right.",
            required=True,
            low=1,
            high=200,
        ),
        Key("paper", Shape.WORD, "Paper size.", words=("A4", "A3"), default="A4"),
        Key("orientation", Shape.WORD, "Page orientation.", words=("portrait", "landscape"), default="portrait"),
        Key("font", Shape.TEXT, "Font of the sheet.", default=_DESIGN["font"], pattern=FILLED, high=31),
        Key("title_font", Shape.TEXT, "Font of the title.", default=_DESIGN["title_font"], pattern=FILLED, high=31),
        Key("font_size", Shape.NUMBER, "Size of the text in points.", default=_DESIGN["font_size"], low=6, high=36),
    ),
)
SECTION = Table(
    "section",
    "A numbered part whose caption runs down the left side of its blocks.",
    (
        SIMPLE,
        caption("caption", "Its caption."),
        Key("side", Shape.INTEGER, "Tracks of the caption.", default=1, low=1, high=200),
    ),
)
CHECK = Table(
    "check",
    "An arithmetic check over field keys.",
    (
        Key("key", Shape.TEXT, "Name of the check.", required=True, pattern=CHECK_KEY, sample='"budget-sources"'),
        caption("label", "What is checked, as messages say it."),
        Key(
            "expression",
            Shape.TEXT,
            "E.g. budget.total == budget.fiscal + budget.other",
            required=True,
            pattern=FILLED,
            high=2_000,
        ),
        Key("tolerance", Shape.DECIMAL, "Difference that passes, in the form's money measure.", default="0"),
        Key("severity", Shape.WORD, "How grave a failure is.", words=tuple(Severity), default=Severity.ERROR.value),
        Key("head", Shape.TEXT, "The head of review it belongs to.", high=20),
        ON_ROLES,
    ),
)
DOCUMENT = Table(
    "form definition",
    "A form for xltool.",
    (
        Key("form", Shape.TABLE, FORM.doc, required=True, table=FORM),
        Key("sheet", Shape.TABLE, SHEET.doc, required=True, table=SHEET),
        Key("section", Shape.TABLES, "The numbered parts, in order.", table=SECTION, high=50),
        Key("block", Shape.BLOCKS, "The blocks from top to bottom.", required=True, low=1, high=200),
        Key("check", Shape.TABLES, "The checks.", table=CHECK, high=500),
    ),
)
