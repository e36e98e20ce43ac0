"""What stands around a worksheet's cells: merges, hidden rows and columns, protection, validations."""

from __future__ import annotations

from dataclasses import dataclass, field

from xltool.excel.parts import local, truth, unescape
from xltool.excel.references import LAST_COL, LAST_ROW, ranges, whole
from xltool.model.workbook import CellRange, RawValidation


@dataclass(slots=True)
class Surroundings:
    """Collected while a worksheet streams by. `pieces` is the character data since it was last cleared.

    `arrays` are the ranges of array formulas and data tables; `prefix` is that of the sheet's own elements.
    """

    pieces: list[str]
    prefix: str = ""
    arrays: list[CellRange] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_spans: list[tuple[int, int]] = field(default_factory=list)  # columns, first and last
    merges: list[CellRange] = field(default_factory=list)
    validations: list[RawValidation] = field(default_factory=list)
    protected: bool = False
    conditional_formats: int = 0
    _rule: dict[str, str] | None = None

    def count(self) -> int:
        return len(self.merges) + len(self.validations) + len(self.arrays) + len(self.hidden_spans)

    def row(self, attributes: dict[str, str], previous: int) -> int:
        """Note a hidden row; returns its number, one more than the previous where it does not say."""
        stated = attributes.get("r")
        number = whole(stated) if stated else previous + 1
        hidden = "hidden" in attributes and truth(attributes, "hidden")
        if (hidden or attributes.get("ht") == "0") and number <= LAST_ROW:
            self.hidden_rows.add(number)
        return number

    def formula(self, attributes: dict[str, str]) -> None:
        if "ref" in attributes and attributes.get("t") in ("array", "dataTable"):
            self.arrays.extend(ranges(attributes["ref"]))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name) if name.endswith(_IN_EXTENSIONS) else name.removeprefix(self.prefix)
        if name == "mergeCell":
            self.merges.extend(ranges(attributes.get("ref", "")))
        elif name == "col":
            self._col(attributes)
        elif name == "sheetProtection":
            self.protected = truth(attributes, "sheet")
        elif name == "cfRule":
            self.conditional_formats += 1
        elif name == "dataValidation":
            self._rule = dict(attributes)
        elif name in ("formula1", "formula2", "sqref", "f"):
            self.pieces.clear()

    def end(self, name: str) -> None:
        if self._rule is None:
            return
        name = local(name)
        if name in ("formula1", "formula2", "sqref"):
            self._rule[name] = "".join(self.pieces).strip()
        elif name == "dataValidation":
            rule, self._rule = self._rule, None
            formulas = (unescape(rule.get("formula1", "")), unescape(rule.get("formula2", "")))
            where, kind = ranges(rule.get("sqref", "")), rule.get("type", "none")
            self.validations.append(RawValidation(where, kind, *formulas))

    def _col(self, attributes: dict[str, str]) -> None:
        if truth(attributes, "hidden") or attributes.get("width") == "0":
            first, last = whole(attributes.get("min", "1")), whole(attributes.get("max", "0"))
            self.hidden_spans.append((max(first, 1), min(last, LAST_COL)))

    def hidden_cols(self) -> frozenset[int]:
        """The hidden columns, each visited once however often the file says so."""
        found: set[int] = set()
        reached = 0
        for first, last in sorted(self.hidden_spans):
            found.update(range(max(first, reached + 1), last + 1))
            reached = max(reached, last)
        return frozenset(found)


# Excel 2010 keeps validations that refer to another sheet in an extension, under another prefix.
_IN_EXTENSIONS = ("dataValidation", "formula1", "formula2", ":sqref", ":f")
