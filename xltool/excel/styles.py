"""What reading needs of the stylesheet: for each cell format its number format code and its lock."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from xltool.excel.package import Package
from xltool.excel.parts import truth, unescape, walk
from xltool.model.workbook import RawStyle

DEFAULT_STYLE = RawStyle("General", True)

_LITERAL = re.compile(r'"[^"]*"?|\\.|_.|\*.')  # quoted text, an escaped character, a width, a filler
_BRACKET = re.compile(r"\[(?!(?:h+|m+|s+)\])[^\]]*\]", re.IGNORECASE)  # colours, conditions, locales; not [h]
_DATE = re.compile(r"[dmyhs]|e(?![+-])", re.IGNORECASE)
_GENERAL = re.compile("general|standard", re.IGNORECASE)


@cache
def built_in_formats() -> dict[str, str]:
    """Number formats known by id alone, as a Chinese Excel shows them (27–36 and 50–58 are its own)."""
    text = (resources.files("xltool") / "excel" / "number_formats.tsv").read_text(encoding="utf-8")
    return dict(line.split("\t", 1) for line in text.splitlines())


@cache
def is_date_format(code: str) -> bool:
    """Whether a number in this format is shown as a date or a time, judged by the format's first section."""
    first = _BRACKET.sub("", _LITERAL.sub("", code)).split(";")[0]
    return _DATE.search(_GENERAL.sub("", first)) is not None


@cache
def is_percent_format(code: str) -> bool:
    """Whether a number in this format is shown times one hundred with a percent sign."""
    return "%" in _BRACKET.sub("", _LITERAL.sub("", code))


class _Styles:
    """Collects `cellXfs` and, for locks inherited from a named style, `cellStyleXfs`."""

    def __init__(self) -> None:
        self.codes = dict(built_in_formats())
        self.table = ""
        self.xf: dict[str, str] = {}
        self.lock: bool | None = None
        self.style_locks: list[bool] = []
        self.styles: list[RawStyle] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("cellXfs", "cellStyleXfs", "dxfs"):
            self.table = name
        elif name == "numFmt" and self.table != "dxfs":
            self.codes[attributes.get("numFmtId", "")] = unescape(attributes.get("formatCode", ""))
        elif name == "xf":
            self.xf, self.lock = attributes, None
        elif name == "protection":
            self.lock = truth(attributes, "locked", "1")

    def end(self, name: str, _: str) -> None:
        if name == self.table:
            self.table = ""
        elif name == "xf" and self.table == "cellStyleXfs":
            self.style_locks.append(True if self.lock is None else self.lock)
        elif name == "xf" and self.table == "cellXfs":
            code = self.codes.get(self.xf.get("numFmtId", "0"), "General")
            self.styles.append(RawStyle(code or "General", self._locked()))

    def _locked(self) -> bool:
        if self.lock is not None:
            return self.lock
        parent = self.xf.get("xfId", "")
        if truth(self.xf, "applyProtection") or not parent.isdecimal():
            return True
        return self.style_locks[int(parent)] if int(parent) < len(self.style_locks) else True


def read_styles(package: Package, part: str) -> tuple[RawStyle, ...]:
    """The cell formats in order, at least one: a workbook without a stylesheet has only the default."""
    styles = _Styles()
    if part:
        walk(package, part, styles.start, styles.end)
    return tuple(styles.styles) or (DEFAULT_STYLE,)
