"""What reading an OpenDocument spreadsheet needs of its styles, names and properties."""

from __future__ import annotations

from collections.abc import Mapping

from xltool.model.workbook import RawStyle

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
NUMBER = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0 "
META = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0 "

# The kinds of number formats that change what a number means; the rest is General.
_FORMATS = {
    f"{NUMBER}percentage-style": "0.00%",
    f"{NUMBER}date-style": "yyyy-mm-dd",
    f"{NUMBER}time-style": "hh:mm:ss",
    f"{NUMBER}text-style": "@",
}
_DECIMALS = f"{NUMBER}decimal-places"


class Styles:
    """Cell styles by name as indexes into a list of `RawStyle`; table styles that hide their sheet."""

    def __init__(self) -> None:
        self.all: list[RawStyle] = [RawStyle("General", True)]
        self.hidden_tables: set[str] = set()
        self._known: dict[RawStyle, int] = {self.all[0]: 0}
        self._index: dict[tuple[str, str], int] = {}
        self._formats: dict[str, str] = {}
        self._cells: dict[str, tuple[str, str, bool]] = {}  # name → parent, data style, locked
        self._style = self._data = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name.startswith(NUMBER) and name.endswith("-style"):
            self._data = attributes.get(f"{STYLE}name", "")
            self._formats[self._data] = _FORMATS.get(name, "General")
        elif name == f"{NUMBER}number" and self._data:
            self._number(attributes)
        elif name == f"{STYLE}style":
            self._style = attributes.get(f"{STYLE}name", "")
            parent, data = (attributes.get(f"{STYLE}{key}", "") for key in ("parent-style-name", "data-style-name"))
            self._cells[self._style] = (parent, data, True)
        elif name == f"{STYLE}table-properties" and attributes.get(f"{TABLE}display") == "false":
            self.hidden_tables.add(self._style)
        elif name == f"{STYLE}table-cell-properties" and self._style in self._cells:
            locked = "protected" in attributes.get(f"{STYLE}cell-protect", "protected")
            self._cells[self._style] = (*self._cells[self._style][:2], locked)

    def _number(self, attributes: Mapping[str, str]) -> None:
        places = attributes.get(_DECIMALS, "")
        if places.isascii() and places.isdigit() and len(places) < 3:
            percent = "%" if self._formats[self._data].endswith("%") else ""
            self._formats[self._data] = f"0.{'0' * int(places)}{percent}" if int(places) else f"0{percent}"

    def index(self, name: str, number_format: str = "") -> int:
        """The style of this name as an index, with another number format where one is given; 0 for an unknown one."""
        found = self._index.get((name, number_format))
        if found is None:
            parent, data, locked = self._cells.get(name, ("", "", True))
            inherited = self._cells.get(parent, ("", "", True))
            style = RawStyle(number_format or self._formats.get(data or inherited[1], "General"), locked)
            if style not in self._known:
                self._known[style] = len(self.all)
                self.all.append(style)
            self._index[name, number_format] = found = self._known[style]
        return found


class Meta:
    """meta.xml: the properties somebody defined, and the program that saved the file."""

    def __init__(self) -> None:
        self.properties: list[tuple[str, str]] = []
        self.application = ""
        self._name = ""
        self._text: list[str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in (f"{META}user-defined", f"{META}generator"):
            self._name, self._text = attributes.get(f"{META}name", ""), []

    def text(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def end(self, name: str) -> None:
        if self._text is None:
            return
        text = "".join(self._text)
        if name == f"{META}user-defined":
            self.properties.append((self._name, text))
        elif name == f"{META}generator":
            self.application = text.partition("/")[0]
        self._text = None
