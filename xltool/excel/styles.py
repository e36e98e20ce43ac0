"""What reading needs of the stylesheet: for each cell format its number format code and its lock."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib import resources

from xltool.excel.package import Package
from xltool.excel.parts import truth, unescape, walk
from xltool.model.workbook import RawStyle

DEFAULT_STYLE = RawStyle("General", True)

_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')  # quoted text, an escaped character, a width, a filler
_BRACKET = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)  # colours, conditions, locales; not [h]
_DATE = re.compile(r"[dmyhs]|e(?![+-])", re.IGNORECASE)
_GENERAL = re.compile("general", re.IGNORECASE)


@cache
def built_in_formats() -> dict[str, str]:
    """Number formats known by id alone, as a Chinese Excel shows them (27–36 and 50–58 are its own)."""
    text = (resources.files("xltool") / "excel" / "number_formats.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())


@lru_cache(maxsize=1024)
def is_date_format(code: str) -> bool:
    """Whether a number in this format is shown as a date or a time, judged by the format's first section."""
    first = _BRACKET.sub("", _LITERAL.sub("", code)).split(";")[0]
    return _DATE.search(_GENERAL.sub("", first)) is not None


@lru_cache(maxsize=1024)
def is_percent_format(code: str) -> bool:
    """Whether a number in this format is shown times one hundred with a percent sign."""
    return "%" in _BRACKET.sub("", _LITERAL.sub("", code))


class _Styles:
    """Collects the formats of cells; those of named styles (`cellStyleXfs`) and of conditions (`dxfs`) pass by."""

    def __init__(self) -> None:
        self.codes = dict(built_in_formats())
        self.table = ""
        self.code = ""
        self.locked = True
        self.styles: list[RawStyle] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("numFmts", "cellXfs", "cellStyleXfs", "dxfs"):
            self.table = name
        elif name == "numFmt" and self.table == "numFmts":
            self.codes[attributes.get("numFmtId", "")] = unescape(attributes.get("formatCode", ""))
        elif name == "xf":
            self.code = self.codes.get(attributes.get("numFmtId", "0")) or "General"
            self.locked = True
        elif name == "protection":
            self.locked = truth(attributes, "locked", "1")

    def end(self, name: str, _: str) -> None:
        if name == "xf" and self.table == "cellXfs":
            self.styles.append(RawStyle(self.code, self.locked))


def read_styles(package: Package, part: str) -> tuple[RawStyle, ...]:
    """The cell formats in order, at least one: a workbook without a stylesheet has only the default."""
    styles = _Styles()
    if part:
        walk(package, part, styles.start, styles.end)
    return tuple(styles.styles) or (DEFAULT_STYLE,)
