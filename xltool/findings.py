"""The catalogue of findings: each code's severity and words, rendered late in Chinese or English.

The words are data: one TOML file per topic under `words/findings/`, a table per code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

from xltool.model.finding import Finding, Position, Severity


class Code(StrEnum):
    """Every code. The first letters are the topic; numbers carry no meaning and are never reused."""

    # FILE: is this file safe, and what is it (excel/gate.py, excel/read.py)
    FILE_UNKNOWN = "FILE01"
    FILE_EMPTY = "FILE02"
    FILE_ENCRYPTED = "FILE03"
    FILE_OLD_XLS = "FILE04"
    FILE_NOT_WORKBOOK = "FILE05"  # a sound zip that holds no workbook (docx, pptx, plain zip)
    FILE_DAMAGED = "FILE06"  # truncated, corrupt zip or XML
    FILE_TOO_LARGE = "FILE07"  # bytes, ratio, parts, rows, columns, cells or time beyond the caps
    FILE_DOCTYPE = "FILE08"
    FILE_DUPLICATE_PART = "FILE09"
    FILE_OPEN_DOCUMENT = "FILE10"
    FILE_BINARY_XLSB = "FILE11"
    FILE_PICTURE_OR_PDF = "FILE12"
    FILE_ARCHIVE = "FILE13"
    FILE_MACROS = "FILE14"
    FILE_EXTERNAL_LINK = "FILE15"
    FILE_LOCKED = "FILE16"  # another program holds the file open
    FILE_TEXT_OR_HTML = "FILE17"
    FILE_WRITTEN_BESIDE = "FILE19"  # a file of ours is open in another program
    FILE_NOT_EXAMINED = "FILE20"  # a bug of ours met in this file; it is not recorded and tried again next time
    FILE_UNSAFE_NAME = "FILE18"  # a zip entry that wants to leave its folder (../)
    FILE_OTHER_FORMAT = "FILE21"  # a form of ours saved as .xls, .et or .ods, read nevertheless
    FILE_PARCEL_TOO_LARGE = "FILE22"  # a zip or mail with more members, bytes or nesting than is opened
    FILE_PARCEL_EMPTY = "FILE23"
    FILE_MAIL_TEXT = "FILE24"
    FILE_SCAN_KEPT = "FILE25"

    # DEF: a form definition, a roster or a rules file (definition/, campaign.py)
    DEF_FILE_MISSING = "DEF01"
    DEF_SYNTAX = "DEF02"
    DEF_UNKNOWN_KEY = "DEF03"
    DEF_MISSING_KEY = "DEF04"
    DEF_WRONG_VALUE = "DEF05"
    DEF_UNKNOWN_WORD = "DEF06"
    DEF_DUPLICATE = "DEF07"
    DEF_NOT_DEFINED = "DEF08"
    DEF_NOT_PLACED = "DEF09"
    DEF_SPANS = "DEF10"
    DEF_SECTION_BROKEN = "DEF11"
    DEF_EXPRESSION = "DEF12"
    DEF_EXPRESSION_NAME = "DEF13"
    DEF_PLACE = "DEF14"
    DEF_MEASURE = "DEF15"
    DEF_CONTRADICTION = "DEF16"
    DEF_OUT_OF_RANGE = "DEF17"
    DEF_ROWS_DISAGREE = "DEF18"
    DEF_UNSUITABLE = "DEF19"
    DEF_CAMPAIGN_MISSING = "DEF20"
    DEF_CAMPAIGN_EXISTS = "DEF21"
    DEF_CAMPAIGN_SYNTAX = "DEF22"
    DEF_SETTING_UNKNOWN = "DEF23"
    DEF_SETTING_MISSING = "DEF24"
    DEF_SETTING_BAD = "DEF25"
    DEF_ROSTER_MISSING = "DEF26"
    DEF_TABLE_TWICE = "DEF27"  # as .csv and as .xlsx
    DEF_TABLE_UNREADABLE = "DEF28"
    DEF_TABLE_COLUMN_MISSING = "DEF29"
    DEF_TABLE_COLUMN_UNKNOWN = "DEF30"
    DEF_TABLE_COLUMN_TWICE = "DEF31"
    DEF_TABLE_CELL_EMPTY = "DEF32"
    DEF_TABLE_CELL_BAD = "DEF33"
    DEF_TABLE_REPEATED = "DEF34"
    DEF_ROSTER_CODE = "DEF35"
    DEF_UNIT_UNKNOWN = "DEF36"
    DEF_ROSTER_CIRCLE = "DEF37"
    DEF_ROSTER_OWN = "DEF38"
    DEF_CAMPAIGN_KEY = "DEF39"
    DEF_ALLOCATION_LEVEL = "DEF40"
    DEF_PART_UNKNOWN = "DEF41"
    DEF_FORM_EXISTS = "DEF42"

    # IDN: who sent this (excel/identity.py, collect/)
    IDN_MISSING = "IDN01"
    IDN_FORGED = "IDN02"
    IDN_DISAGREE = "IDN03"
    IDN_OTHER_CAMPAIGN = "IDN04"
    IDN_OTHER_FORM = "IDN05"
    IDN_UNKNOWN_UNIT = "IDN06"
    IDN_DAMAGED = "IDN07"  # a token nobody can read
    IDN_CARRIER_LOST = "IDN08"  # some copies lost, identity still sure
    IDN_OTHER_VERSION = "IDN09"

    # TPL: the form itself was altered (collect/locate.py, checks/workbook.py)
    TPL_NO_FORM = "TPL01"
    TPL_TWO_FORMS = "TPL02"
    TPL_DISAGREE = "TPL03"
    TPL_ROW_MISSING = "TPL04"
    TPL_ROWS_MISSING = "TPL05"
    TPL_ROW_MOVED = "TPL06"
    TPL_KEY_TWICE = "TPL07"
    TPL_READ_BY_NAMES = "TPL08"
    TPL_READ_BY_LABELS = "TPL09"
    TPL_READ_BY_ADDRESS = "TPL10"
    TPL_COLUMN_LOST = "TPL11"
    TPL_LABEL_MOVED = "TPL12"
    TPL_LABEL_ALTERED = "TPL13"
    TPL_LABELS_GONE = "TPL14"
    TPL_CHECKS_LOST = "TPL15"
    TPL_UNASKED = "TPL16"
    TPL_INSERTED_ROW = "TPL17"
    TPL_PROTECTION_LOST = "TPL18"
    TPL_VALIDATION_LOST = "TPL19"
    TPL_HIDDEN = "TPL20"
    TPL_COMMENT = "TPL21"
    TPL_OTHER_SHEET = "TPL22"
    TPL_RENAMED = "TPL23"
    TPL_COLLISION = "TPL24"
    TPL_CARRIED_OVER = "TPL40"  # filled on an earlier version (collect/carryover.py)
    TPL_CARRIED_GONE = "TPL41"
    TPL_CARRIED_NEW = "TPL42"
    TPL_CARRIED_RENAMED = "TPL43"

    # VAL: one value (collect/interpret.py, checks/cell.py)
    VAL_BLANK = "VAL01"
    VAL_NOT_NUMBER = "VAL02"
    VAL_BELOW_MINIMUM = "VAL03"
    VAL_ABOVE_MAXIMUM = "VAL04"
    VAL_NOT_INTEGER = "VAL05"
    VAL_TOO_LONG = "VAL06"
    VAL_NOT_A_CHOICE = "VAL07"
    VAL_ERROR_CELL = "VAL08"
    VAL_FORMULA_WITHOUT_VALUE = "VAL09"
    VAL_FORMULA = "VAL10"
    VAL_HIDDEN_DIGITS = "VAL11"
    VAL_NORMALISED = "VAL12"
    VAL_DATE = "VAL13"
    VAL_PERCENT = "VAL14"
    VAL_DECIMALS = "VAL15"
    VAL_NOT_APPLICABLE = "VAL16"
    VAL_TOO_FEW_ROWS = "VAL17"
    VAL_SUPERSCRIPT = "VAL18"
    VAL_AMBIGUOUS = "VAL19"
    VAL_MEASURE_DROPPED = "VAL20"
    VAL_PLACEHOLDER = "VAL21"
    VAL_OTHER_UNIT = "VAL22"
    VAL_LAST_YEARS = "VAL23"

    # IND: one indicator (checks/form.py)
    IND_NAME_BLANK = "IND01"
    IND_VALUE_BLANK = "IND02"
    IND_OPERATOR_BLANK = "IND03"
    IND_MEASURE_BLANK = "IND04"
    IND_OPERATOR_UNKNOWN = "IND05"
    IND_MEASURE_UNKNOWN = "IND06"
    IND_MEASURE_NOT_OFFERED = "IND07"
    IND_OPERATOR_DISAGREES = "IND08"
    IND_MEASURE_DISAGREES = "IND09"
    IND_NUMBER_UNDER_QUALITATIVE = "IND10"
    IND_WORDING_UNDER_QUANTITATIVE = "IND11"
    IND_MEASURE_WITH_WORDING = "IND12"
    IND_SUPERSCRIPT = "IND13"
    IND_DATE = "IND14"
    IND_AMBIGUOUS = "IND15"
    IND_NUMBER_MISSING = "IND16"
    IND_PLACEHOLDER = "IND17"
    IND_UNPARSED = "IND18"
    IND_TOO_FEW = "IND19"
    IND_TOO_MANY = "IND20"
    IND_DUPLICATE_NAME = "IND21"
    IND_KIND_NOT_ALLOWED = "IND22"
    IND_NO_TARGET = "IND23"
    IND_DIRECTION = "IND24"
    IND_WRONG_LEVEL = "IND25"
    IND_BELOW_LAST_YEAR = "IND26"
    IND_VAGUE = "IND27"
    IND_OUTSIDE_YEAR = "IND28"
    IND_NOT_WHOLE = "IND29"
    IND_SHARE = "IND30"

    # SUM: arithmetic, in checks/form.py and checks/approved.py
    SUM_FAILS = "SUM01"
    SUM_BLANK_AS_ZERO = "SUM02"
    SUM_NOT_APPROVED = "SUM03"
    SUM_WRONG_MEASURE = "SUM04"

    # COL: across submissions (checks/collection.py)
    COL_LEDGER_UNAVAILABLE = "COL20"
    COL_MISSING = "COL01"
    COL_SAME_BYTES = "COL02"
    COL_TWO_CONTENTS = "COL03"
    COL_SUPERSEDED = "COL04"
    COL_IGNORED_FILE = "COL05"
    COL_NEWER_HELD = "COL30"
    COL_HAS_ERRORS = "COL31"
    COL_ALREADY_ACCEPTED = "COL32"
    COL_NOT_ACCEPTED = "COL33"
    COL_NO_SUCH_FILE = "COL34"
    COL_WHICH_FILE = "COL35"
    COL_REOPENED = "COL36"
    COL_OPINION_STALE = "COL37"
    COL_OPINION_PLACE = "COL38"
    COL_ERROR_DROPPED = "COL39"
    COL_RESULT_STALE = "COL40"
    COL_TEXT_COPIED = "COL06"

    # AGG: consolidation (consolidate/)
    AGG_VALUES_DIFFER = "AGG01"
    AGG_OPERATORS = "AGG02"
    AGG_DIMENSIONS = "AGG03"
    AGG_DOUBLE_ENTRY = "AGG04"
    AGG_MISSING = "AGG05"
    AGG_MIXED_OPERATORS = "AGG06"
    AGG_COUNTED_TWICE = "AGG07"
    AGG_RULE_UNKNOWN = "AGG08"
    AGG_RULE_UNMATCHED = "AGG09"
    AGG_UNITS = "AGG10"
    AGG_OWN_DIFFERS = "AGG11"
    AGG_RULE_REPEATED = "AGG12"
    AGG_NO_SOURCE = "AGG13"
    AGG_RULE_UNSUITED = "AGG14"  # the rule means nothing for values of this kind
    AGG_NO_DIRECTION = "AGG15"  # weakest of bare =
    AGG_WEIGHT_MISSING = "AGG16"
    AGG_ROUNDED = "AGG17"
    AGG_EXPANDED = "AGG18"
    AGG_CONVERTED = "AGG19"
    AGG_NEAR_NAMES = "AGG20"
    AGG_DECISION_STALE = "AGG21"
    AGG_DECISION_UNMATCHED = "AGG22"
    AGG_DECISION_BAD = "AGG23"
    AGG_DECISION_REASON = "AGG24"
    AGG_OVERRIDDEN = "AGG25"
    AGG_PAPER_FOREIGN = "AGG26"
    AGG_NODE_UNKNOWN = "AGG27"
    AGG_DECISIONS_DAMAGED = "AGG28"
    AGG_TOO_MANY = "AGG29"

    # EXT: a published or home-made form (foreign/, collect/extract.py)
    EXT_NOT_THIS_FORM = "EXT01"
    EXT_LABEL_MISSING = "EXT02"
    EXT_LABEL_TWICE = "EXT03"
    EXT_TABLE_MISSING = "EXT04"
    EXT_COLUMN_MISSING = "EXT05"
    EXT_CELL_PER_LINE = "EXT06"
    EXT_CONTINUED = "EXT07"
    EXT_BLANK_LINE = "EXT08"
    EXT_UNDECODABLE = "EXT09"
    EXT_MARKUP = "EXT10"
    EXT_LOST_CHARACTER = "EXT11"
    EXT_BLANK_FILLED = "EXT12"
    EXT_MISPLACED = "EXT13"
    EXT_SHIFTED = "EXT14"
    EXT_ROW_UNREAD = "EXT15"
    EXT_LEVEL_UNKNOWN = "EXT16"
    EXT_LEVEL_MOVED = "EXT17"
    EXT_MISFILED = "EXT18"
    EXT_MOVED = "EXT19"
    EXT_PLACE_DOUBTFUL = "EXT20"
    EXT_NO_INDICATORS = "EXT21"
    EXT_NAME_TWICE = "EXT22"
    EXT_WORD_DOUBLED = "EXT23"
    EXT_NUMBERING = "EXT24"
    EXT_DECIMALS = "EXT25"
    EXT_OPERATOR_IN_VALUE = "EXT26"
    EXT_NO_VALUE = "EXT27"
    EXT_EACH = "EXT28"
    EXT_EMPTY_WORDING = "EXT29"
    EXT_COMPARISON = "EXT30"
    EXT_MEASURE_DOUBTFUL = "EXT31"
    EXT_TARGET_IN_TEXT = "EXT32"
    EXT_EXPLAINED_NAME = "EXT33"
    EXT_TWO_NAMES = "EXT34"
    EXT_GAP = "EXT35"
    EXT_YEAR = "EXT36"
    EXT_MONEY_MEASURE = "EXT37"
    EXT_STRAY_SPACE = "EXT38"
    EXT_HALF_WIDTH = "EXT39"
    EXT_PUNCTUATION = "EXT40"
    EXT_BRACKETS = "EXT41"
    EXT_DOCUMENT_NUMBER = "EXT42"
    EXT_ENUMERATION = "EXT43"
    EXT_TYPO = "EXT44"
    EXT_UNASKED = "EXT45"
    EXT_UNKNOWN_COLUMN = "EXT46"
    EXT_NEAR_WORDING = "EXT47"
    EXT_COUNT_DECIMALS = "EXT48"

    # REC: reconciliation (consolidate/)
    REC_DIFFERS = "REC01"
    REC_SLIP = "REC02"  # 元 and 万元
    REC_LEFT_OUT = "REC03"  # exactly one unit's figure is not in it
    REC_ROUNDING = "REC04"
    REC_ONLY_UNITS = "REC05"
    REC_ONLY_DECLARED = "REC06"
    REC_OTHER_LEVEL = "REC07"
    REC_WRITTEN = "REC08"
    REC_OTHER_TEXT = "REC09"
    REC_TARGET = "REC10"  # what is no amount: another operator, wording, measure
    REC_UNIT_COUNT = "REC11"
    REC_HEADS = "REC12"  # persons and offices beside the units' sum
    REC_OPEN = "REC13"
    REC_SINCE = "REC14"  # against last year a change is no fault
    REC_WHOLE_OR_OWN = "REC15"  # one side is the units' sum, the other the 本级's own figure
    REC_NOT_SELECTED = "REC16"
    REC_UNUSABLE = "REC17"  # neither a form, nor a dataset, nor control totals
    REC_CONTROL_UNKNOWN = "REC18"
    REC_NOTHING = "REC19"  # nothing of it meets a figure of the form
    REC_TWICE = "REC20"
    REC_UNIT_SLIP = "REC21"

    # EXP: exporting and printing (store/, workflow/)
    EXP_DATABASE = "EXP01"
    EXP_TABLE_TAKEN = "EXP02"  # a table of this name that is not ours
    EXP_NO_OFFICE = "EXP03"  # PDF asked for and no LibreOffice on the path
    EXP_PDF_FAILED = "EXP04"


@dataclass(frozen=True, slots=True)
class Words:
    """One code in one language. `message` has places for the finding's args; `remedy` says what to do."""

    title: str
    message: str
    explanation: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue: its usual severity, the review head it belongs to, and its words by language."""

    code: Code
    severity: Severity
    head: str
    words: dict[str, Words]


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by code, in the order of `Code`. A code without words is a bug and raises KeyError."""
    tables: dict[str, dict[str, object]] = {}
    folder = resources.files("xltool") / "words" / "findings"
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".toml"):
            tables.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return {code.value: _entry(code, tables[code.value]) for code in Code}


@cache
def _reason_words() -> dict[str, dict[str, str]]:
    return tomllib.loads((resources.files("xltool") / "words" / "reasons.toml").read_text(encoding="utf-8"))


def _entry(code: Code, table: dict[str, object]) -> Entry:
    words = {}
    for language in ("zh", "en"):
        texts = table[language]
        assert isinstance(texts, dict)
        words[language] = Words(texts["title"], texts["message"], texts["explanation"], texts["remedy"])
    return Entry(code, Severity(str(table["severity"])), str(table["head"]), words)


def finding(code: Code, position: Position | None = None, severity: Severity | None = None, **args: object) -> Finding:
    """A finding with its catalogue severity unless one is given; args become text in the order written."""
    texts = tuple((name, str(value)) for name, value in args.items())
    return Finding(code.value, severity or catalogue()[code.value].severity, texts, position or Position())


def split_message(item: Finding, language: str = "zh") -> tuple[str, str]:
    """What is wrong, and what to do about it, each a sentence with the finding's args in place."""
    words = catalogue()[item.code].words[language]
    args = dict(item.args)
    remedy = words.remedy.format_map(args)
    if "justification" in args:  # one that passes only with a written reason
        said = _reason_words()[language]["given" if args["justification"] else "missing"].format_map(args)
        remedy = f"{remedy}{'' if language == 'zh' else ' '}{said}"
    return words.message.format_map(args), remedy


def message(item: Finding, language: str = "zh") -> str:
    """The sentences a person reads: what is wrong, where it stands in the args, what to do."""
    return ("" if language == "zh" else " ").join(split_message(item, language))
